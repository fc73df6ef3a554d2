// `wirewatch watch test`: watches tried on texts, and on the examples that they state.
#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/item_reader.h"
#include "wirewatch/cli/terminal.h"
#include "wirewatch/cli/watch_commands.h"
#include "wirewatch/cli/watch_files.h"
#include "wirewatch/cli/watch_report.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/watch/frequencies.h"

namespace wirewatch::cli {
namespace {

namespace json = boost::json;

constexpr size_t kMaxNear = 3;    // misses shown of each watch
constexpr double kNear = 0.4;     // and how near they must be
constexpr double kMaxSpread = 4;  // an interval that is wider than this tells no more than the order

// An Item as it is shown with a watch.
struct Shown {
  json::object item;
  std::string name, excerpt, why;
  json::array spans;
  double nearness = 0;
};

struct ExampleResult {
  std::string file;
  bool must_hit = false, hit = false;
};

// What came of one watch.
struct Tried {
  uint64_t hits = 0, candidates = 0;
  std::vector<Shown> shown, near;
  std::vector<ExampleResult> examples;
};

// Two digits that count, without exponent.
std::string Rounded(double value) {
  if (value < 10) return absl::StrFormat("%.2g", value);
  const double unit = std::pow(10, std::floor(std::log10(value)) - 1);
  return absl::StrFormat("%.0f", std::round(value / unit) * unit);
}

// The file that an Item came from: its origin is the file, or the file and a place in it.
bool IsFrom(const v1::Item& item, const std::filesystem::path& file) {
  const std::string origin = std::filesystem::absolute(item.provenance().origin()).lexically_normal().string();
  const std::string name = std::filesystem::absolute(file).lexically_normal().string();
  return origin.starts_with(name) && (origin.size() == name.size() || origin[name.size()] == ':');
}

class Trial {
 public:
  Trial(const WatchFiles& files, const WatchTestArguments& arguments)
      : files_(files), arguments_(arguments), colours_(!arguments.json && ShowsColours()) {
    files_.Fill(engine_);
  }

  int Run() {
    for (const WrittenWatch& watch : files_.watches()) tried_[watch.id];
    int status = TryExamples();
    if (status == kOk && !arguments_.on.empty()) {
      status = ReadItems(ExpandFolders(arguments_.on), arguments_.pipeline,
                         [this](const v1::Item& item, std::span<const v1::Signal* const>) { Try(item); });
    }
    if (status != kOk && items_ == 0) return status;
    for (const WrittenWatch& watch : files_.watches()) arguments_.json ? PrintJson(watch.id) : PrintText(watch.id);
    return status != kOk ? status : failed_ ? kFailed : kOk;
  }

 private:
  // Ids of the watches that an Item satisfies.
  void Match(const v1::Item& item) {
    index_.Build(item);
    engine_.Match({item, index_}, scratch_, hits_);
  }

  int TryExamples() {
    std::map<std::filesystem::path, std::set<std::string>> hit;  // by file
    for (const WrittenWatch& watch : files_.watches()) {
      for (const auto* examples : {&watch.hit, &watch.miss}) {
        for (const Path& example : *examples) hit[example.resolved];
      }
    }
    if (hit.empty()) return kOk;
    Files files;
    for (const auto& [file, ids] : hit) files.push_back(file);
    const int status = ReadItems(files, arguments_.pipeline, [&](const v1::Item& item, auto) {
      Match(item);
      for (auto& [file, ids] : hit) {
        if (!IsFrom(item, file)) continue;
        for (const watch::Hit& one : hits_) ids.insert(one.watch->id);
      }
    });
    for (const WrittenWatch& watch : files_.watches()) {
      for (const bool must_hit : {true, false}) {
        for (const Path& example : must_hit ? watch.hit : watch.miss) {
          const bool does = hit[example.resolved].contains(watch.id);
          tried_[watch.id].examples.push_back({example.text, must_hit, does});
          failed_ |= does != must_hit;
        }
      }
    }
    return status;
  }

  void Try(const v1::Item& item) {
    ++items_;
    Match(item);
    const watch::View view(item, index_);
    std::set<std::string_view> hit;
    for (const watch::Hit& one : hits_) {
      hit.insert(one.watch->id);
      Tried& tried = tried_.at(one.watch->id);
      if (tried.hits++ >= arguments_.limit) continue;
      v1::WatchHit described;
      engine_.Describe(one, view, scratch_, described, true);
      tried.shown.push_back({ToJson(item), NameOf(item), Excerpt(item, described.spans(), colours_),
                             described.explanation().summary(), ToJson(item, described.spans())});
    }
    for (auto& [id, tried] : tried_) {
      if (!engine_.WhyCandidate(id, view, scratch_)->candidate) continue;
      ++tried.candidates;
      if (!hit.contains(id)) Miss(id, item, view, tried);
    }
  }

  // Keeps the nearest misses.
  void Miss(const std::string& id, const v1::Item& item, const watch::View& view, Tried& tried) {
    v1::Explanation explanation;
    engine_.Explain(id, view, scratch_, explanation);
    const double nearness = Nearness(explanation.clause());
    if (nearness < kNear || (tried.near.size() == kMaxNear && nearness <= tried.near.back().nearness)) return;
    tried.near.push_back({ToJson(item), NameOf(item), "", explanation.summary(), {}, nearness});
    std::stable_sort(tried.near.begin(), tried.near.end(),
                     [](const Shown& a, const Shown& b) { return a.nearness > b.nearness; });
    if (tried.near.size() > kMaxNear) tried.near.pop_back();
  }

  static bool IsTooSmall(const watch::Bounds<double>& share) { return share.most > kMaxSpread * share.least; }

  void PrintText(const std::string& id) const {
    const Tried& tried = tried_.at(id);
    std::string text = id;
    if (items_ > 0) {
      const watch::Bounds<double> share = watch::ShareOf(tried.hits, items_);
      const double hits = 100.0 * static_cast<double>(tried.hits) / static_cast<double>(items_);
      absl::StrAppend(&text, ": hits ", tried.hits, " of ", items_, " Items, ", Rounded(hits), " % (",
                      Rounded(100 * share.least), " to ", Rounded(100 * share.most), " % with 95 % confidence), ",
                      tried.candidates, tried.candidates == 1 ? " candidate\n" : " candidates\n");
      if (arguments_.per_day > 0) absl::StrAppend(&text, "  ", PerDay(share), "\n");
    } else {
      text += "\n";
    }
    for (const Shown& shown : tried.shown) {
      absl::StrAppend(&text, "  hit   ", shown.name, "\n        ", shown.excerpt, "\n        ",
                      text::Printable(shown.why), "\n");
    }
    if (tried.hits > tried.shown.size())
      absl::StrAppend(&text, "  and ", tried.hits - tried.shown.size(), " more hits\n");
    for (const Shown& near : tried.near) {
      absl::StrAppend(&text, "  near  ", near.name, "\n        ", text::Printable(near.why), "\n");
    }
    for (const ExampleResult& example : tried.examples) {
      absl::StrAppend(&text, "  ", example.hit == example.must_hit ? "right" : "WRONG",
                      example.hit ? " hits " : " misses ", example.file, "\n");
    }
    std::fwrite(text.data(), 1, text.size(), stdout);
  }

  std::string PerDay(const watch::Bounds<double>& share) const {
    const std::string least = Rounded(share.least * arguments_.per_day),
                      most = Rounded(share.most * arguments_.per_day);
    const std::string estimate =
        absl::StrCat("at ", absl::StrFormat("%.0f", arguments_.per_day),
                     " Items a day: ", share.least == 0 ? "fewer than " : absl::StrCat(least, " to "), most, " hits");
    return IsTooSmall(share) ? absl::StrCat(estimate, "; the sample is too small to say more") : estimate;
  }

  void PrintJson(const std::string& id) const {
    const Tried& tried = tried_.at(id);
    json::object line = {{"watch", id}, {"items", items_}, {"hits", tried.hits}, {"candidates", tried.candidates}};
    if (items_ > 0) {
      const watch::Bounds<double> share = watch::ShareOf(tried.hits, items_);
      line["share"] = {{"least", share.least}, {"most", share.most}};
      line["sample_too_small"] = IsTooSmall(share);
      if (arguments_.per_day > 0)
        line["per_day"] = {{"least", share.least * arguments_.per_day}, {"most", share.most * arguments_.per_day}};
    }
    json::array shown, near, examples;
    for (const Shown& one : tried.shown) shown.push_back({{"item", one.item}, {"spans", one.spans}, {"why", one.why}});
    for (const Shown& one : tried.near) near.push_back({{"item", one.item}, {"why", one.why}});
    for (const ExampleResult& one : tried.examples)
      examples.push_back({{"file", one.file}, {"must_hit", one.must_hit}, {"hit", one.hit}});
    line["shown"] = std::move(shown);
    line["near"] = std::move(near);
    line["examples"] = std::move(examples);
    std::printf("%s\n", json::serialize(line).c_str());
  }

  const WatchFiles& files_;
  const WatchTestArguments& arguments_;
  const bool colours_;
  watch::Engine engine_;
  watch::Scratch scratch_;
  text::TextIndex index_;
  std::vector<watch::Hit> hits_;
  std::map<std::string, Tried> tried_;
  uint64_t items_ = 0;
  bool failed_ = false;
};

}  // namespace

int TestWatches(const WatchTestArguments& arguments) {
  const std::optional<WatchFiles> files = WatchFiles::Load(arguments.files);
  if (!files) return kConfiguration;
  return Trial(*files, arguments).Run();
}

}  // namespace wirewatch::cli
