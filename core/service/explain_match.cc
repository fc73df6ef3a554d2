// Explain, second part: did a watch match the Item, under the revision that was in force at its place?
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/sdk/document.h"
#include "wirewatch/service/committed_state.h"
#include "wirewatch/service/explain_way.h"

namespace wirewatch::service {
namespace {

class Matching {
 public:
  Matching(ExplainWay& way, const FoundItem& found) : way_(way), found_(found) {}

  absl::StatusOr<bool> Go() {
    for (const v1::WatchHit& hit : found_.item.watch_hits()) {
      if (!way_.Asks(found_.pipeline, hit.watch_id())) continue;
      way_.Pass(v1::EXPLAIN_STAGE_CANDIDATE, "");
      way_.Pass(v1::EXPLAIN_STAGE_MATCHED,
                absl::StrCat(hit.watch_id(), " revision ", hit.revision(), ": ", hit.explanation().summary()),
                &found_.item.arrival());
      *way_.response.mutable_explanation() = hit.explanation();
      way_.response.set_revision(hit.revision());
      return true;
    }
    v1::WatchTarget target;
    target.set_pipeline(found_.pipeline);
    const auto watches = way_.host.FindWatches(target);
    if (!watches.ok()) {
      return Stopped(v1::EXPLAIN_STAGE_CANDIDATE, v1::STOP_REASON_NO_WATCHES, std::string(watches.status().message()));
    }
    if (way_.request.watch_id().empty()) {
      return Stopped(v1::EXPLAIN_STAGE_MATCHED, v1::STOP_REASON_NOT_MATCHED,
                     "no watch matched it; --watch shows the clause of one that fails");
    }
    return Day(*watches);
  }

 private:
  // The revision that was in force at the Item's place.
  absl::StatusOr<bool> Day(const pipeline::FoundWatches& watches) {
    CommittedState committed(way_.store, watches);
    v1::ListRevisionsRequest revisions;
    revisions.set_id(way_.request.watch_id());
    v1::ListRevisionsResponse kept;
    const bool known = watches.watches->Revisions(revisions, committed, kept).ok() && !kept.watches().empty() &&
                       way_.visible.SeesWatch(found_.pipeline, watches.step, way_.request.watch_id());
    if (!known) return absl::NotFoundError(absl::StrCat("there is no watch \"", way_.request.watch_id(), "\""));
    const auto day = std::find_if(kept.watches().begin(), kept.watches().end(), [this](const v1::WatchRecord& record) {
      return record.position() <= found_.item.position();
    });
    if (day == kept.watches().end()) {
      return Stopped(v1::EXPLAIN_STAGE_CANDIDATE, v1::STOP_REASON_WATCH_YOUNGER,
                     absl::StrCat("the watch is younger than the Item: it holds from position ",
                                  kept.watches().rbegin()->position(), " on"));
    }
    if (day->removed()) {
      return Stopped(v1::EXPLAIN_STAGE_CANDIDATE, v1::STOP_REASON_WATCH_REMOVED, "the watch had been removed");
    }
    way_.response.set_revision(day->revision());
    return Try(watches, day->definition());
  }

  // Always false: the archived Item says that it was no hit.
  absl::StatusOr<bool> Try(const pipeline::FoundWatches& watches, v1::WatchDefinition definition) {
    Document document;
    document.Reset(&found_.item, {}, found_.item.position(), alerts::GetTime(found_.item.arrival()));
    const auto tried = [&](const v1::WatchDefinition& watch) -> absl::StatusOr<v1::TestWatchResponse> {
      v1::TestWatchRequest test;
      *test.mutable_watch() = watch;
      v1::TestWatchResponse answer;
      absl::Status status = watches.watches->Test(
          test,
          [&document](const WatchHolder::TryItem& try_item) {
            try_item(document);
            return absl::OkStatus();
          },
          answer);
      if (!status.ok()) return status;
      return answer;
    };
    definition.clear_id();
    const absl::StatusOr<v1::TestWatchResponse> answer = tried(definition);
    if (!answer.ok()) {
      return Stopped(v1::EXPLAIN_STAGE_CANDIDATE, v1::STOP_REASON_UNDECIDED, std::string(answer.status().message()));
    }
    if (answer->hits() > 0) {
      return Stopped(v1::EXPLAIN_STAGE_CANDIDATE, v1::STOP_REASON_SKIPPED,
                     absl::StrCat("its text satisfies the watch, but the step \"", watches.step,
                                  "\" did not look at it", When(watches), ", or a list has changed since"));
    }
    if (answer->unknown() > 0) {
      return Stopped(v1::EXPLAIN_STAGE_MATCHED, v1::STOP_REASON_UNDECIDED,
                     "it could not be decided: an annotation or the language is missing");
    }
    // Which clause fails is what the negation, which holds, explains.
    std::string detail = absl::StrCat("it does not satisfy revision ", way_.response.revision());
    if (definition.dialect().empty() || definition.dialect() == "wirewatch") {
      definition.set_query(absl::StrCat("NOT (", definition.query(), "\n)"));
      const absl::StatusOr<v1::TestWatchResponse> negated = tried(definition);
      if (negated.ok() && negated->hits() > 0) {
        *way_.response.mutable_explanation() = negated->items(0).evidence().explanation();
        absl::StrAppend(&detail, ": ", FirstFalse(way_.response.explanation().clause()));
      }
    }
    return Stopped(v1::EXPLAIN_STAGE_MATCHED, v1::STOP_REASON_NOT_MATCHED, std::move(detail));
  }
  std::string When(const pipeline::FoundWatches& watches) const {
    for (const pipeline::Progress& pipeline : way_.host.Snapshot()) {
      if (pipeline.pipeline != watches.pipeline) continue;
      for (const pipeline::StepProgress& step : pipeline.steps) {
        if (step.id == watches.step && !step.when.empty()) return absl::StrCat(": its `when` is ", step.when);
      }
    }
    return "";
  }
  static std::string FirstFalse(const v1::Clause& clause) {
    for (const v1::Clause& operand : clause.operands()) {
      if (operand.truth() != v1::TRUTH_FALSE) continue;
      return operand.operands().empty() || operand.operation() == "OR" ? absl::StrCat(operand.text(), " is not in it")
                                                                       : FirstFalse(operand);
    }
    return absl::StrCat(clause.text(), " does not hold");
  }
  // False, for who goes on only if nothing has stopped it.
  bool Stopped(v1::ExplainStage stage, v1::StopReason reason, std::string detail) {
    way_.Stop(stage, reason, std::move(detail));
    return false;
  }

  ExplainWay& way_;
  const FoundItem& found_;
};

}  // namespace

absl::StatusOr<bool> ExplainMatch(ExplainWay& way, const FoundItem& found) { return Matching(way, found).Go(); }

}  // namespace wirewatch::service
