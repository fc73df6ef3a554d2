// `wirewatch watch diff`: what a change of watches gains and loses.
#include <boost/json.hpp>
#include <cstdio>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/item_reader.h"
#include "wirewatch/cli/watch_commands.h"
#include "wirewatch/cli/watch_files.h"
#include "wirewatch/cli/watch_report.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/watch/implication.h"

namespace wirewatch::cli {
namespace {

namespace json = boost::json;

struct Moved {
  json::object item;
  std::string name, why;
};

struct Changed {
  const char* how = "";  // "added", "removed", "changed" or "unchanged"
  uint64_t both = 0;     // Items that old and new hit
  std::vector<Moved> gained, lost;
};

bool AreEqual(const WrittenWatch& a, const WrittenWatch& b) {
  return a.timezone == b.timezone && watch::Implication().Equal(*a.expression, *b.expression);
}

class Comparison {
 public:
  Comparison(const WatchFiles& before, const WatchFiles& after) {
    before.Fill(before_.engine);
    after.Fill(after_.engine);
    for (const WrittenWatch& watch : before.watches()) {
      const WrittenWatch* now = after.Find(watch.id);
      changes_[watch.id].how = now == nullptr ? "removed" : AreEqual(watch, *now) ? "unchanged" : "changed";
    }
    for (const WrittenWatch& watch : after.watches()) {
      if (before.Find(watch.id) == nullptr) changes_[watch.id].how = "added";
    }
  }

  void Take(const v1::Item& item) {
    index_.Build(item);
    const watch::View view(item, index_);
    const std::set<std::string> old_hits = before_.Match(view), new_hits = after_.Match(view);
    for (const std::string& id : new_hits) {
      if (old_hits.contains(id)) {
        ++changes_.at(id).both;
      } else {
        changes_.at(id).gained.push_back({ToJson(item), NameOf(item), after_.Why(id, view)});
      }
    }
    for (const std::string& id : old_hits) {
      if (!new_hits.contains(id)) changes_.at(id).lost.push_back({ToJson(item), NameOf(item), after_.Why(id, view)});
    }
  }

  // The same watches, and they hit the same.
  bool equal() const {
    for (const auto& [id, change] : changes_) {
      if (*change.how == 'a' || *change.how == 'r' || !change.gained.empty() || !change.lost.empty()) return false;
    }
    return true;
  }

  void PrintText() const {
    std::map<std::string, int> counts;
    for (const auto& [id, change] : changes_) {
      if (++counts[change.how]; *change.how == 'u') continue;
      std::printf("%s: %s, gains %zu, loses %zu, keeps %s\n", id.c_str(), change.how, change.gained.size(),
                  change.lost.size(), std::to_string(change.both).c_str());
      PrintMoved('+', change.gained);
      PrintMoved('-', change.lost);
    }
    std::printf("%d added, %d removed, %d changed, %d unchanged\n", counts["added"], counts["removed"],
                counts["changed"], counts["unchanged"]);
  }

  void PrintJson() const {
    for (const auto& [id, change] : changes_) {
      const json::object line = {{"watch", id},
                                 {"change", change.how},
                                 {"kept", change.both},
                                 {"gained", ToArray(change.gained)},
                                 {"lost", ToArray(change.lost)}};
      std::printf("%s\n", json::serialize(line).c_str());
    }
  }

 private:
  struct Side {
    watch::Engine engine;
    watch::Scratch scratch;
    std::vector<watch::Hit> hits;

    std::set<std::string> Match(const watch::View& view) {
      engine.Match(view, scratch, hits);
      std::set<std::string> ids;
      for (const watch::Hit& hit : hits) ids.insert(hit.watch->id);
      return ids;
    }
    std::string Why(const std::string& id, const watch::View& view) {
      v1::Explanation explanation;
      return engine.Explain(id, view, scratch, explanation) ? explanation.summary() : "the watch is not there any more";
    }
  };

  static void PrintMoved(char sign, const std::vector<Moved>& moved) {
    for (const Moved& one : moved)
      std::printf("  %c %s\n    %s\n", sign, one.name.c_str(), text::Printable(one.why).c_str());
  }
  static json::array ToArray(const std::vector<Moved>& moved) {
    json::array array;
    for (const Moved& one : moved) array.push_back({{"item", one.item}, {"why", one.why}});
    return array;
  }

  Side before_, after_;
  text::TextIndex index_;
  std::map<std::string, Changed> changes_;
};

}  // namespace

int DiffWatches(const WatchDiffArguments& arguments) {
  const std::optional<WatchFiles> before = WatchFiles::Load({arguments.old_file});
  const std::optional<WatchFiles> after = WatchFiles::Load({arguments.new_file});
  if (!before || !after) return kConfiguration;
  Comparison comparison(*before, *after);
  const int status =
      ReadItems(ExpandFolders(arguments.on), arguments.pipeline,
                [&](const v1::Item& item, std::span<const v1::Signal* const>) { comparison.Take(item); });
  if (status != kOk) return status;
  arguments.json ? comparison.PrintJson() : comparison.PrintText();
  return comparison.equal() ? kOk : kFailed;
}

}  // namespace wirewatch::cli
