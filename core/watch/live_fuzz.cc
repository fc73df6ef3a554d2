// Any bytes as a history of changes, a line each: `+` and an id's letter and a query, `-` and an id's letter, `.` to
// apply what came before, `!` to maintain, `?` and a text, which the watches are matched against: they are the ones
// that an Engine which is made anew finds, and each of them is what an Engine that has no other finds.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wirewatch/text/text_index.h"
#include "wirewatch/text/utf8.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/watch/live_engine.h"

namespace {

using namespace wirewatch;
using Watches = std::map<std::string, std::string>;  // id and query

constexpr size_t kMostLines = 64;
constexpr size_t kLongestQuery = 200;

void Require(bool condition) {
  if (!condition) std::abort();
}

const std::string* ListOf(const std::string& name) {
  static const std::map<std::string, std::string> lists = {{"kfor", "KFOR OR \"Kosovo Force\""},
                                                           {"loop", "LIST(loop)"}};
  const auto found = lists.find(name);
  return found == lists.end() ? nullptr : &found->second;
}

watch::Watch WatchOf(const std::string& id, const std::string& query) {
  return {.id = id, .query = query, .timezone = absl::UTCTimeZone()};
}

class History {
 public:
  void Do(std::string_view line) {
    if (line.empty()) return;
    const std::string id(line.substr(1, 1));
    switch (line[0]) {
      case '+':
        if (line.size() > 2) changes_.push_back({id, WatchOf("", std::string(line.substr(2, kLongestQuery)))});
        return;
      case '-':
        changes_.push_back({id, std::nullopt});
        return;
      case '.':
        return Apply();
      case '!':
        engine_.Maintain();
        return;
      case '?':
        return Compare(line.substr(1));
    }
  }

 private:
  void Apply() {
    const std::vector<watch::WatchChange> made = changes_;
    const auto errors = engine_.Apply(std::exchange(changes_, {}), ListOf);
    Require(errors.size() == made.size());
    for (size_t i = 0; i < made.size(); ++i) {
      const watch::WatchChange& change = made[i];
      if (!change.watch) {
        Require(!errors[i]);
        watches_.erase(change.id);
        continue;
      }
      watch::Engine alone;
      Require(alone.Add(WatchOf(change.id, change.watch->query), ListOf).has_value() == errors[i].has_value());
      if (!errors[i]) watches_[change.id] = change.watch->query;
    }
  }

  void Compare(std::string_view body) {
    v1::Item item;
    item.set_headline("KFOR troops");
    item.set_body(text::RepairUtf8(body));
    text::TextIndex index;
    index.Build(item);
    const watch::View view(item, index);
    watch::Engine anew;
    std::vector<std::string> expected;
    watch::MatchCounts alone_counts;
    std::vector<watch::Hit> hits;
    for (const auto& [id, query] : watches_) {
      Require(!anew.Add(WatchOf(id, query), ListOf));
      watch::Engine alone;
      Require(!alone.Add(WatchOf(id, query), ListOf));
      watch::Scratch scratch;
      const watch::MatchCounts counts = alone.Match(view, scratch, hits);
      if (!hits.empty()) expected.push_back(id);
      alone_counts.unknown += counts.unknown;
      alone_counts.over_budget += counts.over_budget;
    }
    watch::Scratch scratch;
    RequireThese(anew.Match(view, scratch, hits), hits, alone_counts, expected);
    const auto snapshot = engine_.Snapshot();
    RequireThese(snapshot->Match(view, scratch_, hits), hits, alone_counts, expected);
    Require(snapshot->size() == watches_.size());
    for (const auto& [id, query] : watches_) {
      Require(snapshot->Find(id) != nullptr && snapshot->Find(id)->query == query);
      Require(snapshot->NormalForm(id) == anew.NormalForm(id));
    }
  }

  static void RequireThese(const watch::MatchCounts& counts, const std::vector<watch::Hit>& hits,
                           const watch::MatchCounts& expected_counts, const std::vector<std::string>& expected) {
    Require(counts.unknown == expected_counts.unknown && counts.over_budget == expected_counts.over_budget);
    Require(hits.size() == expected.size());
    for (size_t i = 0; i < hits.size(); ++i) Require(hits[i].watch->id == expected[i]);
  }

  watch::LiveEngine engine_{{.background = false}};
  watch::SnapshotScratch scratch_;
  std::vector<watch::WatchChange> changes_;
  Watches watches_;  // as they should be
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  History history;
  for (size_t lines = 0; lines < kMostLines && !text.empty(); ++lines) {
    const std::string_view line = text.substr(0, text.find('\n'));
    history.Do(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return 0;
}
