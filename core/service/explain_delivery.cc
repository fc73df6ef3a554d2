// Explain, fourth part: did a channel of the recipient take an event that tells of the Item?
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/render.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/service/explain_way.h"

namespace wirewatch::service {
namespace {

constexpr size_t kMostDeadLetters = 10'000;

v1::ExplainStage StageOf(v1::StopReason reason) {
  switch (reason) {
    case v1::STOP_REASON_SILENCED:
    case v1::STOP_REASON_NOT_ROUTED:
    case v1::STOP_REASON_BELOW_SEVERITY:
      return v1::EXPLAIN_STAGE_ROUTED;
    case v1::STOP_REASON_INHIBITED:
      return v1::EXPLAIN_STAGE_NOT_INHIBITED;
    case v1::STOP_REASON_CAPPED:
      return v1::EXPLAIN_STAGE_NOT_CAPPED;
    default:
      return v1::EXPLAIN_STAGE_NOT_HELD;
  }
}

// What became of one event at one channel.
struct Outcome {
  v1::ExplainStage stage = v1::EXPLAIN_STAGE_DELIVERED;
  v1::StopReason reason = v1::STOP_REASON_UNSPECIFIED;  // unspecified: it was taken
  std::string detail = {};
  google::protobuf::Timestamp at = {};
};

class Channel {
 public:
  Channel(ExplainWay& way, const FoundItem& found, const alerts::ChannelStats& stats)
      : way_(way),
        found_(found),
        stats_(stats),
        name_(stats.recipient.empty() ? absl::StrCat(found.pipeline, "/", stats.id)
                                      : absl::StrCat(found.pipeline, "/", stats.recipient, "/", stats.id)) {}

  absl::Status Read() {
    const auto rows = way_.store.ReadSuppressions(name_, kMostStopsRead);
    if (!rows.ok()) return rows.status();
    for (const store::Suppression& row : *rows) {
      v1::Suppression one;
      if (!one.ParseFromString(row.entry) || one.subscription() != name_) continue;
      if (one.has_digest()) digests_[one.sequence()] = one.digest();
      if (one.reason() == v1::STOP_REASON_SUBSCRIBED_LATER) begins_ = std::max(begins_, one.sequence());
    }
    const auto letters = way_.store.DeadLetters(name_, kMostDeadLetters);
    if (!letters.ok()) return letters.status();
    for (const store::DeadLetter& letter : *letters) dead_[letter.sequence] = std::string(letter.error.message());
    return absl::OkStatus();
  }

  absl::StatusOr<Outcome> Of(const v1::AlertEvent& event) const {
    const uint64_t sequence = event.sequence();
    if (sequence <= begins_) {
      return Outcome{v1::EXPLAIN_STAGE_DELIVERED, v1::STOP_REASON_SUBSCRIBED_LATER,
                     absl::StrCat("\"", stats_.id, "\" was added later: it begins after event ", begins_)};
    }
    if (stats_.position < sequence) {
      return Outcome{v1::EXPLAIN_STAGE_DELIVERED, v1::STOP_REASON_NOT_TAKEN_YET,
                     absl::StrCat("\"", stats_.id, "\" is at event ", stats_.position,
                                  stats_.trouble.empty() ? "" : ": ", stats_.trouble)};
    }
    if (const auto letter = dead_.find(sequence); letter != dead_.end()) {
      return Outcome{v1::EXPLAIN_STAGE_DELIVERED, v1::STOP_REASON_DEAD_LETTER,
                     absl::StrCat("\"", stats_.id, "\" could not take event ", sequence, ": ", letter->second)};
    }
    if (stats_.rules == nullptr) return Taken(sequence, "");
    const auto rows = way_.store.ReadSuppressions(event.alert_id(), kMostStopsRead);
    if (!rows.ok()) return rows.status();
    for (const store::Suppression& row : *rows) {
      v1::Suppression stop;
      if (stop.ParseFromString(row.entry) && stop.subscription() == name_ && stop.sequence() == sequence) {
        return OfRow(stop);
      }
    }
    return Shown(event);
  }

 private:
  Outcome Taken(uint64_t sequence, const std::string& how) const {
    return {.detail = absl::StrCat("\"", stats_.id, "\" has taken event ", sequence, how)};
  }

  Outcome OfRow(const v1::Suppression& stop) const {
    const v1::ExplainStage stage = StageOf(stop.reason());
    const auto digest = digests_.lower_bound(stop.sequence());
    const bool held = stage != v1::EXPLAIN_STAGE_ROUTED && stop.reason() != v1::STOP_REASON_OMITTED;
    if (held && digest != digests_.end()) {
      Outcome taken = Taken(stop.sequence(), ", in a digest");
      taken.at = digest->second;
      return taken;
    }
    return {stage, stop.reason(), Words(stop), stop.at()};
  }
  std::string Words(const v1::Suppression& stop) const {
    const std::string who = stats_.recipient;
    switch (stop.reason()) {
      case v1::STOP_REASON_SILENCED:
        return absl::StrCat("a correction that a silence hides from \"", who, "\", who was not told of the Alert");
      case v1::STOP_REASON_NOT_ROUTED:
        return absl::StrCat("the route of \"", who, "\" is for other watches, labels or Alerts");
      case v1::STOP_REASON_BELOW_SEVERITY:
        return absl::StrCat("it is below the least severity of \"", who, "\"");
      case v1::STOP_REASON_INHIBITED:
        return absl::StrCat("it waits for the digest: a graver Alert of the same watch and story",
                            way_.visible.everything() ? absl::StrCat(", ", stop.other_alert_id(), ",") : "",
                            " was open");
      case v1::STOP_REASON_LATE:
        return "it waits for the digest: all Items of the Alert were late (`late_after`)";
      case v1::STOP_REASON_QUIET_HOURS:
        return absl::StrCat("it waits for the digest: quiet hours of \"", who, "\"");
      case v1::STOP_REASON_CAPPED:
        return absl::StrCat("it waits for the digest: the cap of \"", who, "\" was reached");
      case v1::STOP_REASON_OMITTED:
        return "it is only counted for the digest, which was full";
      default:
        return "it waits for the digest with what is held of the Alert already";
    }
  }

  // Whether the recipient may see the Item's text.
  absl::StatusOr<Outcome> Shown(const v1::AlertEvent& event) const {
    v1::AlertEvent shown = event;
    absl::Status done =
        alerts::RenderAlert(*shown.mutable_alert(), alerts::ArchiveOf(way_.store), stats_.rules->render);
    if (!done.ok()) return done;
    for (const v1::Evidence& evidence : shown.alert().evidence()) {
      if (!way_.Asks(found_.pipeline, evidence.watch_id()) || evidence.withheld().empty()) continue;
      // A headline says what it is about.
      if (evidence.item_id() != found_.item.id() || !evidence.headline().empty()) continue;
      return Outcome{v1::EXPLAIN_STAGE_SHOWN, v1::STOP_REASON_WITHHELD,
                     absl::StrCat("\"", stats_.id, "\" has taken event ", event.sequence(),
                                  ", without the Item's text: ", evidence.withheld())};
    }
    return Taken(event.sequence(), "");
  }

  ExplainWay& way_;
  const FoundItem& found_;
  const alerts::ChannelStats& stats_;
  const std::string name_;
  std::map<uint64_t, google::protobuf::Timestamp> digests_;  // by the event up to which they went
  std::map<uint64_t, std::string> dead_;
  uint64_t begins_ = 0;
};

// Stages that are passed before one, in the order in which they come.
void PassUpTo(ExplainWay& way, v1::ExplainStage stage, bool routed) {
  constexpr std::array kStages = {v1::EXPLAIN_STAGE_ROUTED, v1::EXPLAIN_STAGE_NOT_INHIBITED, v1::EXPLAIN_STAGE_NOT_HELD,
                                  v1::EXPLAIN_STAGE_NOT_CAPPED};
  for (const v1::ExplainStage passed : kStages) {
    if (passed == stage || !routed) return;
    way.Pass(passed, "");
  }
}

void Tell(ExplainWay& way, const Outcome& outcome, bool routed) {
  PassUpTo(way, outcome.stage, routed);
  const google::protobuf::Timestamp* const at = outcome.at.seconds() != 0 ? &outcome.at : nullptr;
  if (outcome.reason == v1::STOP_REASON_UNSPECIFIED) return way.Pass(v1::EXPLAIN_STAGE_DELIVERED, outcome.detail, at);
  if (outcome.stage == v1::EXPLAIN_STAGE_SHOWN) way.Pass(v1::EXPLAIN_STAGE_DELIVERED, "");
  way.Stop(outcome.stage, outcome.reason, outcome.detail, at);
}

}  // namespace

absl::Status ExplainDelivery(ExplainWay& way, const FoundItem& found, const std::vector<v1::AlertEvent>& events) {
  std::optional<Outcome> first;
  bool any = false, routed = false;
  for (const pipeline::Progress& progress : way.host.Snapshot()) {
    if (progress.pipeline != found.pipeline) continue;
    for (const alerts::ChannelStats& stats : progress.channels) {
      if (stats.id != way.request.recipient() && stats.recipient != way.request.recipient()) continue;
      any = true;
      Channel channel(way, found, stats);
      if (absl::Status read = channel.Read(); !read.ok()) return read;
      for (const v1::AlertEvent& event : events) {
        if (way.cancelled()) return absl::CancelledError();
        absl::StatusOr<Outcome> outcome = channel.Of(event);
        if (!outcome.ok()) return outcome.status();
        const bool taken = outcome->reason == v1::STOP_REASON_UNSPECIFIED;
        if (!first || taken) {
          first = *std::move(outcome);
          routed = stats.rules != nullptr;
        }
        if (taken) break;
      }
      if (first->reason == v1::STOP_REASON_UNSPECIFIED) break;
    }
  }
  if (!any)
    return absl::NotFoundError(absl::StrCat("there is no recipient or channel \"", way.request.recipient(), "\""));
  Tell(way, *first, routed);
  return absl::OkStatus();
}

}  // namespace wirewatch::service
