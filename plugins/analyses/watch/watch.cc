// The analysis `watch`: standing queries in the watch language.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "watch_file.h"
#include "wirewatch/sdk/analysis.h"
#include "wirewatch/watch/engine.h"

namespace wirewatch::analyses {

class Watch final : public Analysis {
 public:
  struct Options {
    std::vector<Path> files;
    Node lists;
    std::vector<WatchEntry> watches;
    bool explain = true;
  };

  static absl::StatusOr<std::unique_ptr<Watch>> Create(Options options, Setup& setup) {
    WatchSet set(setup);
    for (const Path& pattern : options.files) {
      const absl::StatusOr<std::vector<std::filesystem::path>> files = setup.Glob(pattern.resolved);
      if (!files.ok()) return files.status();
      if (files->empty()) {
        setup.diagnostics().Error(setup.options().at(), absl::StrCat("no file of watches is named by ", pattern.text),
                                  "paths are relative to the file they are written in");
      }
      for (const std::filesystem::path& file : *files) set.AddFile(file);
    }
    set.Add({.lists = std::move(options.lists), .dialect = {}, .watches = std::move(options.watches)});
    std::unique_ptr<Watch> watch(new Watch(options.explain));
    watch->facts_ = set.Fill(watch->engine_);
    watch->examples_ = set.examples();
    if (set.size() == 0 && setup.diagnostics().ok()) return absl::InvalidArgumentError("there are no watches");
    return watch;
  }

  std::vector<std::string> Needs() const override { return engine_.Needs(); }
  std::vector<Example> Examples() const override { return examples_; }

  absl::Status Analyze(const Document& document, Findings& findings) const override {
    auto& memory = findings.Scratch<Memory>();
    const watch::View view = document.View();
    const watch::MatchCounts counts = engine_.Match(view, memory.scratch, memory.hits);
    for (const watch::Hit& hit : memory.hits) Raise(hit, view, memory.scratch, findings);
    if (counts.unknown > 0) findings.Count("unknown", counts.unknown);
    if (counts.over_budget > 0) findings.Count("over_budget", counts.over_budget);
    return absl::OkStatus();
  }

 private:
  struct Memory {
    watch::Scratch scratch;
    std::vector<watch::Hit> hits;
  };

  explicit Watch(bool explain) : explain_(explain) {}

  // The annotation says what was hit where; the Signal says why as well.
  void Raise(const watch::Hit& hit, const watch::View& view, watch::Scratch& scratch, Findings& findings) const {
    v1::WatchHit& described = *findings.Annotate().add_watch_hits();
    engine_.Describe(hit, view, scratch, described, explain_);
    v1::Signal& signal = findings.AddSignal();
    signal.set_kind(v1::SIGNAL_KIND_HIT);
    signal.set_phase(v1::SIGNAL_PHASE_RAISED);
    signal.set_watch_id(described.watch_id());
    signal.set_revision(described.revision());
    signal.set_severity(described.severity());
    *signal.mutable_spans() = described.spans();
    if (explain_) signal.mutable_explanation()->Swap(described.mutable_explanation());
    described.clear_explanation();
    const WatchFacts& facts = facts_.at(hit.watch->id);
    signal.set_title(facts.title);
    for (const auto& [name, value] : facts.labels) {
      v1::Label& label = *signal.add_labels();
      label.set_name(name);
      label.set_value(value);
    }
  }

  const bool explain_;
  watch::Engine engine_;
  std::map<std::string, WatchFacts> facts_;
  std::vector<Example> examples_;
};

WIREWATCH_PLUGIN(
    Watch,
    {.name = "watch",
     .summary = "Matches every Item against standing queries; each hit is a Signal with evidence and the reason.",
     .details =
         "A file of watches has `watches:`, a list with id and query each, and may have `lists:`, parts of queries "
         "with names that all files share, and `dialect:`, the tool in whose spelling its queries are written "
         "(docs/watch-dialects.md). The counters `unknown` and `over_budget` say how often a watch could "
         "not be decided: an annotation or the language was missing, or it took too much work.",
     .options =
         {Field("files", &Watch::Options::files, "Files of watches: a glob or several.").Example("watches/*.yaml"),
          Field("lists", &Watch::Options::lists, "Parts of queries with names, as in a file of watches."),
          TableList("watches", &Watch::Options::watches, WatchEntryFields(), "Watches written right here."),
          Field("explain", &Watch::Options::explain, "Give each Signal the tree of clauses that held.")},
     .provides = {"watch_hits"}});

}  // namespace wirewatch::analyses
