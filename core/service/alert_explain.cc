#include "wirewatch/service/alert_explain.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/pipeline/last_stage.h"
#include "wirewatch/sdk/document.h"
#include "wirewatch/service/committed_state.h"
#include "wirewatch/service/grpc_status.h"

namespace wirewatch::service {
namespace {

constexpr uint64_t kPositions = 20'000;
constexpr size_t kReadAtOnce = 256, kMostQuarantined = 10'000;

struct Found {
  std::string pipeline;
  v1::Item item;
};

bool IsAt(const v1::Item& item, const std::string& url) {
  return item.url() == url || item.final_url() == url || item.canonical_url() == url;
}

class Walk {
 public:
  Walk(pipeline::Host& host, VisibleAlerts& visible, const v1::ExplainRequest& request,
       const std::function<bool()>& cancelled)
      : host_(host), store_(host.store()), visible_(visible), request_(request), cancelled_(cancelled) {}

  absl::StatusOr<v1::ExplainResponse> Go() {
    absl::Status went = Stages();
    if (!went.ok()) return went;
    return std::move(response_);
  }

 private:
  absl::Status Stages() {
    absl::StatusOr<std::optional<Found>> found = FindItem();
    if (!found.ok()) return found.status();
    if (!found->has_value()) return NotArchived();
    const Found& at = **found;
    const google::protobuf::Timestamp* const arrival = &at.item.arrival();
    Pass(v1::EXPLAIN_STAGE_FETCHED,
         absl::StrCat("it came to \"", at.pipeline, "\" from ", at.item.feed().empty() ? "a source" : at.item.feed()),
         arrival);
    if (at.item.headline().empty() && at.item.body().empty() && at.item.lead().empty()) {
      return Stop(v1::EXPLAIN_STAGE_EXTRACTED, "it has no text");
    }
    Pass(v1::EXPLAIN_STAGE_EXTRACTED, absl::StrCat(at.item.word_count(), " words"), arrival);
    Pass(v1::EXPLAIN_STAGE_KEPT, absl::StrCat("archived at position ", at.item.position()), arrival);
    Pass(v1::EXPLAIN_STAGE_NEW, absl::StrCat("version ", at.item.version()), arrival);
    absl::StatusOr<bool> matched = Matched(at);
    if (!matched.ok() || !*matched) return matched.status();
    return Alerted(at);
  }

  // ---- The Item ----

  absl::StatusOr<std::optional<Found>> FindItem() {
    for (const pipeline::Progress& pipeline : host_.Snapshot()) {
      if (request_.has_item_id()) {
        const auto bytes = store_.ReadItem(pipeline.pipeline, request_.item_id(), 0);
        if (!bytes.ok()) return bytes.status();
        Found found{pipeline.pipeline, {}};
        if (bytes->has_value() && found.item.ParseFromString(**bytes)) return found;
        continue;
      }
      absl::StatusOr<std::optional<Found>> found = FindByUrl(pipeline.pipeline);
      if (!found.ok() || found->has_value()) return found;
    }
    return std::nullopt;
  }
  // The latest version first.
  absl::StatusOr<std::optional<Found>> FindByUrl(const std::string& pipeline) {
    const absl::StatusOr<store::PipelinePosition> last = store_.LastPosition(pipeline);
    if (!last.ok()) return last.status();
    const uint64_t oldest = last->position - std::min(last->position, kPositions);
    for (uint64_t end = last->position; end > oldest;) {
      if (cancelled_()) return absl::CancelledError();
      const uint64_t begin = end - std::min<uint64_t>(end - oldest, kReadAtOnce);
      const auto items = store_.ReadItems(pipeline, begin, end - begin);
      if (!items.ok()) return items.status();
      for (auto archived = items->rbegin(); archived != items->rend(); ++archived) {
        Found found{pipeline, {}};
        if (archived->position <= end && found.item.ParseFromString(archived->item) &&
            IsAt(found.item, request_.url())) {
          return found;
        }
      }
      end = begin;
    }
    return std::nullopt;
  }

  absl::Status NotArchived() {
    // What is set aside or dropped belongs to no watch.
    if (!visible_.everything()) return Stop(v1::EXPLAIN_STAGE_FETCHED, "no pipeline has archived it");
    const absl::StatusOr<bool> aside = SetAside();
    if (!aside.ok() || *aside) return aside.status();
    for (const pipeline::Progress& pipeline : host_.Snapshot()) {
      if (!request_.has_item_id()) break;
      const auto dropped = store_.GetState(pipeline.pipeline, pipeline::kUnarchivedStep, request_.item_id());
      if (!dropped.ok()) return dropped.status();
      if (!dropped->has_value()) continue;
      Pass(v1::EXPLAIN_STAGE_FETCHED, absl::StrCat("it came to \"", pipeline.pipeline, "\""));
      Pass(v1::EXPLAIN_STAGE_EXTRACTED, "");
      return Stop(v1::EXPLAIN_STAGE_KEPT, "an analysis dropped it");
    }
    std::string detail = request_.has_item_id()
                             ? "no pipeline has it"
                             : absl::StrCat("no pipeline has it among its latest ", kPositions, " positions");
    for (const pipeline::Progress& pipeline : host_.Snapshot()) {
      for (const pipeline::SourceProgress& source : pipeline.sources) {
        if (!source.trouble.empty()) absl::StrAppend(&detail, "; ", source.id, ": ", source.trouble);
      }
    }
    return Stop(v1::EXPLAIN_STAGE_FETCHED, std::move(detail));
  }

  absl::StatusOr<bool> SetAside() {
    uint64_t after = 0;
    for (size_t read = 0; read < kMostQuarantined;) {
      if (cancelled_()) return absl::CancelledError();
      const auto entries = store_.ReadQuarantine("", after, kReadAtOnce);
      if (!entries.ok()) return entries.status();
      if (entries->empty()) return false;
      for (const store::QuarantineEntry& entry : *entries) {
        after = entry.id;
        ++read;
        v1::Item item;
        const bool whole = !entry.item.empty() && item.ParseFromString(entry.item);
        const bool it = whole ? (request_.has_item_id() ? item.id() == request_.item_id() : IsAt(item, request_.url()))
                              : request_.has_url() && entry.raw.find(request_.url()) != std::string::npos;
        if (!it) continue;
        google::protobuf::Timestamp at;
        alerts::SetTime(&at, entry.at);
        Pass(v1::EXPLAIN_STAGE_FETCHED, absl::StrCat("\"", entry.pipeline, "\" read it at ", entry.origin), &at);
        const std::string why =
            absl::StrCat("\"", entry.step, "\" (", entry.plugin, " ", entry.plugin_version,
                         "): ", std::string(entry.error.message()), "; quarantine entry ", entry.id);
        if (whole) Pass(v1::EXPLAIN_STAGE_EXTRACTED, "", &at);
        Add(whole ? v1::EXPLAIN_STAGE_KEPT : v1::EXPLAIN_STAGE_EXTRACTED, v1::TRUTH_FALSE,
            (whole ? "it was set aside: " : "no Item could be made of it: ") + why, &at);
        return true;
      }
    }
    return false;
  }

  // ---- The watch ----

  // False after a stop.
  absl::StatusOr<bool> Matched(const Found& at) {
    for (const v1::WatchHit& hit : at.item.watch_hits()) {
      if (hit.watch_id() != request_.watch_id()) continue;
      if (!visible_.SeesWatch(at.pipeline, "", hit.watch_id())) break;
      Pass(v1::EXPLAIN_STAGE_CANDIDATE, "");
      Pass(v1::EXPLAIN_STAGE_MATCHED, absl::StrCat("revision ", hit.revision(), ": ", hit.explanation().summary()),
           &at.item.arrival());
      *response_.mutable_explanation() = hit.explanation();
      response_.set_revision(hit.revision());
      return true;
    }
    v1::WatchTarget target;
    target.set_pipeline(at.pipeline);
    const auto watches = host_.FindWatches(target);
    if (!watches.ok()) return Stopped(v1::EXPLAIN_STAGE_CANDIDATE, std::string(watches.status().message()));
    CommittedState committed(store_, *watches);
    v1::ListRevisionsRequest revisions;
    revisions.set_id(request_.watch_id());
    v1::ListRevisionsResponse kept;
    const bool known = watches->watches->Revisions(revisions, committed, kept).ok() &&
                       visible_.SeesWatch(at.pipeline, watches->step, request_.watch_id());
    if (!known) return absl::NotFoundError(absl::StrCat("there is no watch \"", request_.watch_id(), "\""));
    // The one that was in force at the Item's place.
    const auto day = std::find_if(kept.watches().begin(), kept.watches().end(), [&at](const v1::WatchRecord& record) {
      return record.position() <= at.item.position();
    });
    if (day == kept.watches().end()) {
      return Stopped(v1::EXPLAIN_STAGE_CANDIDATE,
                     absl::StrCat("the watch is younger than the Item: it holds from position ",
                                  kept.watches().rbegin()->position(), " on"));
    }
    if (day->removed()) return Stopped(v1::EXPLAIN_STAGE_CANDIDATE, "the watch had been removed");
    response_.set_revision(day->revision());
    return TryWatch(at, *watches, day->definition());
  }

  // Always false: the archived Item says that it was no hit.
  absl::StatusOr<bool> TryWatch(const Found& at, const pipeline::FoundWatches& watches,
                                v1::WatchDefinition definition) {
    Document document;
    document.Reset(&at.item, {}, at.item.position(), alerts::GetTime(at.item.arrival()));
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
    if (!answer.ok()) return Stopped(v1::EXPLAIN_STAGE_CANDIDATE, std::string(answer.status().message()));
    if (answer->hits() > 0) {
      return Stopped(v1::EXPLAIN_STAGE_CANDIDATE,
                     "its text satisfies the watch, but the step did not look at it: see the step's `when`, or a list "
                     "that has changed since");
    }
    if (answer->unknown() > 0) {
      return Stopped(v1::EXPLAIN_STAGE_MATCHED, "it could not be decided: an annotation or the language is missing");
    }
    // Which clause fails is what the negation, which holds, explains.
    std::string detail = absl::StrCat("it does not satisfy revision ", response_.revision());
    if (definition.dialect().empty() || definition.dialect() == "wirewatch") {
      definition.set_query(absl::StrCat("NOT (", definition.query(), "\n)"));
      const absl::StatusOr<v1::TestWatchResponse> negated = tried(definition);
      if (negated.ok() && negated->hits() > 0) {
        *response_.mutable_explanation() = negated->items(0).evidence().explanation();
        absl::StrAppend(&detail, ": ", FirstFalse(response_.explanation().clause()));
      }
    }
    return Stopped(v1::EXPLAIN_STAGE_MATCHED, std::move(detail));
  }
  static std::string FirstFalse(const v1::Clause& clause) {
    for (const v1::Clause& operand : clause.operands()) {
      if (operand.truth() != v1::TRUTH_FALSE) continue;
      return operand.operands().empty() || operand.operation() == "OR" ? absl::StrCat(operand.text(), " is not in it")
                                                                       : FirstFalse(operand);
    }
    return absl::StrCat(clause.text(), " does not hold");
  }

  // ---- The Alert ----

  absl::Status Alerted(const Found& at) {
    // Its Signal joins an Alert at its own place; the events that tell of that come after it.
    absl::StatusOr<uint64_t> position =
        store_.JournalPositionAt(alerts::GetTime(at.item.arrival()) - absl::Microseconds(1));
    if (!position.ok()) return position.status();
    std::optional<v1::AlertEvent> first;
    std::set<std::string> ids;
    bool any_told = false;
    for (bool more = true; more;) {
      if (cancelled_()) return absl::CancelledError();
      const auto page = store_.ReadJournal(*position, kReadAtOnce);
      if (!page.ok()) return page.status();
      more = !page->empty();
      for (const store::JournalEntry& entry : *page) {
        *position = entry.sequence;
        v1::AlertEvent event;
        if (entry.pipeline != at.pipeline || !event.ParseFromString(entry.event) || !Shows(event.alert(), at.item))
          continue;
        event.set_sequence(entry.sequence);
        ids.insert(event.alert_id());
        if (!first) first = event;
        const bool tells = event.type() == v1::ALERT_EVENT_TYPE_RAISED || event.type() == v1::ALERT_EVENT_TYPE_UPDATED;
        if (!any_told && tells && event.silenced_by().empty()) {
          any_told = true;
          first = std::move(event);
        }
      }
    }
    if (!first) {
      return Stop(v1::EXPLAIN_STAGE_GROUPED,
                  "no Alert shows it: it waits (`wait`, `interval`, `raise_when`), joined an Alert that shows only its "
                  "first and latest Items, or that was dismissed");
    }
    for (const std::string& id : ids) response_.add_alert_ids(id);
    Pass(v1::EXPLAIN_STAGE_GROUPED, absl::StrCat("Alert ", first->alert_id(), ", event ", first->sequence()),
         &first->at());
    if (!any_told) {
      return Stop(v1::EXPLAIN_STAGE_NOT_SILENCED,
                  absl::StrCat("the silence ", first->silenced_by_size() > 0 ? first->silenced_by(0) : "", " hides it"),
                  &first->at());
    }
    Pass(v1::EXPLAIN_STAGE_NOT_SILENCED, "", &first->at());
    if (!request_.recipient().empty()) return Delivered(at.pipeline, *first);
    return absl::OkStatus();
  }
  bool Shows(const v1::Alert& alert, const v1::Item& item) const {
    return std::any_of(alert.evidence().begin(), alert.evidence().end(), [&](const v1::Evidence& evidence) {
      return evidence.item_id() == item.id() && evidence.watch_id() == request_.watch_id();
    });
  }

  // A recipient is a channel here, or the recipient's channels: those whose subscriptions bear the name.
  absl::Status Delivered(const std::string& pipeline, const v1::AlertEvent& event) {
    for (const pipeline::Progress& progress : host_.Snapshot()) {
      if (progress.pipeline != pipeline) continue;
      for (const alerts::ChannelStats& channel : progress.channels) {
        if (channel.id != request_.recipient() && channel.recipient != request_.recipient()) continue;
        if (channel.position >= event.sequence()) {
          const bool routed = !channel.recipient.empty();
          Add(v1::EXPLAIN_STAGE_DELIVERED, routed ? v1::TRUTH_UNKNOWN : v1::TRUTH_TRUE,
              routed ? absl::StrCat("the route of \"", channel.recipient,
                                    "\" has decided on it: told, held for the digest, or not theirs; "
                                    "wirewatch_recipient_* of /metrics count these")
                     : absl::StrCat("\"", channel.id, "\" has taken it"),
              nullptr);
          return absl::OkStatus();
        }
        return Stop(v1::EXPLAIN_STAGE_DELIVERED, absl::StrCat("\"", channel.id, "\" is at event ", channel.position,
                                                              channel.trouble.empty() ? "" : ": ", channel.trouble));
      }
    }
    return absl::NotFoundError(absl::StrCat("there is no recipient or channel \"", request_.recipient(), "\""));
  }

  // ---- Steps ----

  void Add(v1::ExplainStage stage, v1::Truth passed, std::string detail, const google::protobuf::Timestamp* at) {
    v1::ExplainStep& step = *response_.add_steps();
    step.set_stage(stage);
    step.set_passed(passed);
    step.set_detail(std::move(detail));
    if (at != nullptr) *step.mutable_at() = *at;
  }
  void Pass(v1::ExplainStage stage, std::string detail, const google::protobuf::Timestamp* at = nullptr) {
    Add(stage, v1::TRUTH_TRUE, std::move(detail), at);
  }
  absl::Status Stop(v1::ExplainStage stage, std::string detail, const google::protobuf::Timestamp* at = nullptr) {
    Add(stage, v1::TRUTH_FALSE, std::move(detail), at);
    return absl::OkStatus();
  }
  // False, for who goes on only if nothing has stopped it.
  bool Stopped(v1::ExplainStage stage, std::string detail) {
    Add(stage, v1::TRUTH_FALSE, std::move(detail), nullptr);
    return false;
  }

  pipeline::Host& host_;
  store::Store& store_;
  VisibleAlerts& visible_;
  const v1::ExplainRequest& request_;
  const std::function<bool()>& cancelled_;
  v1::ExplainResponse response_;
};

}  // namespace

absl::StatusOr<v1::ExplainResponse> Explain(pipeline::Host& host, VisibleAlerts& visible,
                                            const v1::ExplainRequest& request, const std::function<bool()>& cancelled) {
  if (request.item_id().empty() && request.url().empty()) return BadRequest("item_id", "write it, or url");
  if (request.watch_id().empty()) return BadRequest("watch_id", "is missing");
  return Walk(host, visible, request, cancelled).Go();
}

}  // namespace wirewatch::service
