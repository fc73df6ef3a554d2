// The analysis `watch`: standing queries in the watch language, which people may change while Items flow.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "live_watches.h"
#include "watch_answers.h"
#include "watch_file.h"
#include "watch_state.h"
#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {

class Watch final : public Analysis, public WatchHolder {
 public:
  struct Options {
    std::vector<Path> files;
    Node lists;
    std::vector<WatchEntry> watches;
    std::optional<bool> live;
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
    std::unique_ptr<Watch> watch(new Watch(options));
    set.Fill(watch->watches_);
    watch->examples_ = set.examples();
    if (set.size() == 0 && !options.live.value_or(false) && setup.diagnostics().ok()) {
      return absl::InvalidArgumentError("there are no watches (if all are to be made later, write live: true)");
    }
    return watch;
  }

  std::vector<std::string> Needs() const override { return watches_.Now()->Needs(); }
  std::vector<Example> Examples() const override { return examples_; }

  absl::Status Analyze(const Document& document, Findings& findings) const override {
    auto& memory = findings.Scratch<Memory>();
    const LiveWatches::Snapshot snapshot = watches_.At(document.position());
    if (const int64_t minute = absl::ToUnixSeconds(document.arrival()) / 60; minute != memory.minute) {
      memory.minute = minute;
      watches_.engine().SetTime(document.arrival());
    }
    const watch::View view = document.View();
    const watch::MatchCounts counts = snapshot->Match(view, memory.scratch, memory.hits);
    for (const watch::Hit& hit : memory.hits) Raise(hit, *snapshot, document, memory.scratch, findings);
    if (counts.unknown > 0) findings.Count("unknown", counts.unknown);
    if (counts.over_budget > 0) findings.Count("over_budget", counts.over_budget);
    return absl::OkStatus();
  }

  absl::Status Restore(const Beginning& beginning, State& state) override { return watches_.Restore(beginning, state); }
  absl::Status Apply(std::span<const WatchEdits> edits, Moment moment, State& state) override {
    return watches_.Apply(edits, moment, state);
  }
  void Passed(uint64_t position) override { watches_.Passed(position); }
  void Check(const v1::ApplyWatchesRequest& request, v1::ApplyWatchesResponse& response) const override {
    watches_.Check(request, response);
  }
  absl::Status List(const v1::ListWatchesRequest& request, v1::ListWatchesResponse& response) const override {
    return ListWatches(watches_, request, response);
  }
  absl::Status Get(const v1::GetWatchRequest& request, v1::GetWatchResponse& response) const override {
    return GetWatch(watches_, request, response);
  }
  absl::Status Revisions(const v1::ListRevisionsRequest& request, State& committed,
                         v1::ListRevisionsResponse& response) const override {
    return ListRevisions(watches_, request, committed, response);
  }
  absl::Status Test(const v1::TestWatchRequest& request,
                    const std::function<absl::Status(const TryItem& try_item)>& each,
                    v1::TestWatchResponse& response) const override {
    return TestWatch(watches_, request, each, response);
  }
  absl::Status Top(const v1::TopWatchesRequest& request, v1::TopWatchesResponse& response) const override {
    return TopWatches(watches_, request, response);
  }

 private:
  struct Memory {
    watch::SnapshotScratch scratch;
    std::vector<watch::Hit> hits;
    int64_t minute = -1;
  };

  explicit Watch(const Options& options) : explain_(options.explain), watches_(options.live.value_or(true)) {}

  // The annotation says what was hit where; the Signal says why as well.
  void Raise(const watch::Hit& hit, const watch::WatchSnapshot& snapshot, const Document& document,
             watch::SnapshotScratch& scratch, Findings& findings) const {
    const WatchBook::Record record = watches_.book().At(hit.watch->id, document.position());
    v1::WatchHit& described = *findings.Annotate().add_watch_hits();
    snapshot.Describe(hit, document.View(), scratch, described, explain_);
    described.set_revision(record->revision());
    v1::Signal& signal = findings.AddSignal();
    signal.set_kind(v1::SIGNAL_KIND_HIT);
    signal.set_phase(v1::SIGNAL_PHASE_RAISED);
    signal.set_watch_id(described.watch_id());
    signal.set_revision(described.revision());
    signal.set_severity(described.severity());
    *signal.mutable_spans() = described.spans();
    if (explain_) signal.mutable_explanation()->Swap(described.mutable_explanation());
    described.clear_explanation();
    signal.set_title(record->definition().title());
    *signal.mutable_labels() = record->definition().labels();
  }

  const bool explain_;
  LiveWatches watches_;
  std::vector<Example> examples_;
};

WIREWATCH_PLUGIN(
    Watch,
    {.name = "watch",
     .summary = "Matches every Item against standing queries; each hit is a Signal with evidence and the reason.",
     .details =
         "A file of watches has `watches:`, a list with id and query each, and may have `lists:`, parts of queries "
         "with names that all files share, and `dialect:`, the tool in whose spelling its queries are written "
         "(docs/watch-dialects.md). Further watches can be made, changed and removed while Items flow, with "
         "`wirewatch watches` (docs/watches-live.md). The counters `unknown` and `over_budget` say how often a watch "
         "could not be decided: an annotation or the language was missing, or it took too much work.",
     .options =
         {Field("files", &Watch::Options::files, "Files of watches: a glob or several.").Example("watches/*.yaml"),
          Field("lists", &Watch::Options::lists, "Parts of queries with names, as in a file of watches."),
          TableList("watches", &Watch::Options::watches, WatchEntryFields(), "Watches written right here."),
          Field("live", &Watch::Options::live,
                "Whether watches may be made and changed while Items flow. Unless written, they may; written as true, "
                "there need not be any watch at the start."),
          Field("explain", &Watch::Options::explain, "Give each Signal the tree of clauses that held.")},
     .provides = {"watch_hits"},
     .state_version = kWatchState});

}  // namespace wirewatch::analyses
