// Random histories of Signals, operators, clocks and restarts, driven through a Grouper and through a model of its
// rules. WIREWATCH_MODEL_HISTORIES sets how many, WIREWATCH_MODEL_SEED the first.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "wirewatch/alerts/grouper.h"
#include "wirewatch/alerts/grouper_history_fixture.h"
#include "wirewatch/alerts/grouper_operated_model_fixture.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'780'000'000);

std::string Lower(const std::string& name, const std::string& prefix) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(name.substr(prefix.size())), {{"_", " "}});
}

std::string Describe(const ModelEvent& event) {
  return absl::StrCat(event.type, " at ", event.at, " alert ", event.alert, " ", event.status, " severity ",
                      event.severity, " signals ", event.signals, " items ", event.items, " origins ", event.origins,
                      event.correction.empty() ? "" : " ", event.correction, event.acknowledged ? " ack" : "",
                      " silenced [", absl::StrJoin(event.silenced_by, ","), "] hidden ", event.hidden);
}

// Runs one history through both; what they say differently, empty when nothing.
class Comparison {
 public:
  explicit Comparison(const History& history) : history_(history), model_(history.options) {
    Use(history.options);
    grouper_ = std::make_unique<Grouper>("p", options_);
  }

  std::string Compare() {
    for (const Step& step : history_.steps) {
      now_ += step.after;
      ++position_;
      Do(step);
      for (const v1::AlertEvent& event : told_) seen_.push_back(Of(event));
      told_.clear();
      Order(seen_, compared_);
      Order(model_.events, compared_);
      const size_t both = std::min(seen_.size(), model_.events.size());
      for (size_t i = compared_; i < both; ++i) {
        if (!(seen_[i] == model_.events[i])) {
          return absl::StrCat("event ", i, "\n  Grouper: ", Describe(seen_[i]),
                              "\n  model:   ", Describe(model_.events[i]), "\n  after ", step.ToString());
        }
      }
      if (seen_.size() != model_.events.size()) {
        return absl::StrCat("the ", seen_.size() > both ? "Grouper" : "model", " alone has ",
                            Describe(seen_.size() > both ? seen_[both] : model_.events[both]), "\n  after ",
                            step.ToString());
      }
      if (!refusal_.empty()) return absl::StrCat(refusal_, "\n  after ", step.ToString());
      compared_ = both;
    }
    return "";
  }

 private:
  void Use(const ModelOptions& options) {
    options_.group_by = {"watch", "story", "subject"};
    options_.wait = absl::Seconds(options.wait);
    options_.interval = absl::Seconds(options.interval);
    options_.repeat = absl::Seconds(options.repeat);
    options_.close_after = absl::Seconds(options.close_after);
    options_.escalate_after = absl::Seconds(options.escalate_after);
    options_.follow_up_for = absl::Seconds(options.follow_up_for);
    options_.on_update = static_cast<OnUpdate>(options.on_update);
    RaiseWhen::Error error;
    RaiseWhen::Parse(absl::StrCat("origins>=", options.least_origins), options_.raise_when, error);
  }

  Moment At() const { return {position_, kStart + absl::Seconds(now_)}; }

  ModelEvent Of(const v1::AlertEvent& event) {
    ModelEvent seen;
    seen.type = Lower(v1::AlertEventType_Name(event.type()), "ALERT_EVENT_TYPE_");
    seen.at = absl::ToInt64Seconds(GetTime(event.at()) - kStart);
    if (event.has_silence()) {
      seen.hidden = event.silence().hidden();
      return seen;
    }
    const v1::Alert& alert = event.alert();
    seen.alert = NameOf(alert);
    if (ids_.emplace(seen.alert, alert.id()).second) names_.push_back(seen.alert);
    seen.status = Lower(v1::AlertStatus_Name(alert.status()), "ALERT_STATUS_");
    seen.severity = alert.severity();
    seen.signals = static_cast<int>(alert.signal_count());
    seen.items = static_cast<int>(alert.item_count());
    seen.origins = static_cast<int>(alert.origin_count());
    if (event.correction() != v1::CORRECTION_KIND_UNSPECIFIED) {
      seen.correction = Lower(v1::CorrectionKind_Name(event.correction()), "CORRECTION_KIND_");
    }
    seen.silenced_by = {event.silenced_by().begin(), event.silenced_by().end()};
    seen.acknowledged = alert.has_acknowledgement();
    return seen;
  }

  static std::string NameOf(const v1::Alert& alert) {
    std::map<std::string, std::string> group;
    for (const v1::Label& label : alert.group()) group[label.name()] = label.value();
    const std::string key =
        alert.kind() == v1::ALERT_KIND_CONDITION ? group["subject"] : absl::StrCat(group["watch"], "/", group["story"]);
    const int64_t opened = absl::ToInt64Seconds(GetTime(alert.opened()) - kStart);
    return ModelName(alert.opened_position(), opened, key, alert.has_embargoed_until());
  }
  // Alerts that opened at one position have no order among them: what they tell at one time is put into one.
  static void Order(std::vector<ModelEvent>& events, size_t from) {
    const auto position = [](const ModelEvent& event) { return event.alert.substr(0, event.alert.find(' ')); };
    for (auto begin = events.begin() + static_cast<std::ptrdiff_t>(from); begin != events.end();) {
      const auto end = std::find_if(begin, events.end(), [&](const ModelEvent& event) {
        return event.at != begin->at || position(event) != position(*begin);
      });
      std::stable_sort(begin, end, [](const ModelEvent& a, const ModelEvent& b) { return a.alert < b.alert; });
      begin = end;
    }
  }

  // ---- Items ----

  void Arrive(const GrouperModel::Item& item) {
    v1::Item arrived;
    arrived.set_id(item.id);
    arrived.set_version(item.version);
    arrived.mutable_outlet()->set_name(item.origin);
    arrived.set_correction_of(item.correction_of);
    if (item.killed) arrived.set_pub_status(v1::PUB_STATUS_CANCELED);
    if (item.embargo > 0) SetTime(arrived.mutable_embargoed_until(), kStart + absl::Seconds(item.embargo));
    // What stands elsewhere changes with every version.
    arrived.set_body(absl::StrCat("Troops did thing ", item.hit ? item.hit->sentence : 9, ". It rained for ",
                                  item.version, " days."));
    v1::Signal signal;
    std::vector<const v1::Signal*> signals;
    if (item.hit) {
      signal = SignalOf("watch", v1::SIGNAL_KIND_HIT, item.hit->severity);
      signal.set_watch_id(item.hit->watch);
      signal.set_story_id(item.hit->story);
      signal.set_item_id(item.id);
      signal.set_item_version(item.version);
      v1::Span& span = *signal.add_spans();
      span.set_part(v1::PART_BODY);
      span.set_end(6);
      signals.push_back(&signal);
    }
    grouper_->OnItem(arrived, signals, At(), told_);
    model_.Arrive(position_, now_, item);
  }
  v1::Signal SignalOf(const std::string& step, v1::SignalKind kind, int severity) const {
    v1::Signal signal;
    signal.set_id(absl::StrCat("s", position_));
    signal.set_step(step);
    signal.set_kind(kind);
    signal.set_severity(static_cast<v1::Severity>(severity));
    signal.set_position(position_);
    SetTime(signal.mutable_arrival(), At().arrival);
    return signal;
  }

  void Do(const Step& step) {
    using Kind = Step::Kind;
    const auto hit = [&step]() {
      return GrouperModel::Hit{absl::StrCat("w", step.watch), absl::StrCat("story", step.story), step.severity,
                               step.sentence};
    };
    const int64_t embargo = step.embargo > 0 ? now_ + step.embargo : 0;
    switch (step.kind) {
      case Kind::kItem:
        items_.push_back({.id = absl::StrCat("i", items_.size()), .origin = absl::StrCat("o", step.origin)});
        items_.back().hit = hit();
        items_.back().embargo = embargo;
        return Arrive(items_.back());
      case Kind::kVersion:
      case Kind::kKill: {
        if (items_.empty()) return Advance();
        GrouperModel::Item& item = items_[static_cast<size_t>(step.which) % items_.size()];
        ++item.version;
        item.killed = step.kind == Kind::kKill;
        item.embargo = embargo;
        const std::optional<GrouperModel::Hit> before = item.hit;
        item.hit = step.flag ? std::optional(hit()) : std::nullopt;
        Arrive(item);
        if (!item.hit) item.hit = before;
        return;
      }
      case Kind::kCorrection: {
        if (items_.empty()) return Advance();
        GrouperModel::Item item{.id = absl::StrCat("i", items_.size()),
                                .origin = absl::StrCat("o", step.origin),
                                .correction_of = items_[static_cast<size_t>(step.which) % items_.size()].id,
                                .killed = step.sentence == 1};
        if (step.flag) item.hit = hit();
        item.embargo = embargo;
        items_.push_back(item);
        return Arrive(item);
      }
      case Kind::kCondition: {
        v1::Signal signal = SignalOf("burst", v1::SIGNAL_KIND_BURST, step.severity);
        signal.set_subject(absl::StrCat("subject", step.which % 2));
        signal.set_phase(step.flag ? v1::SIGNAL_PHASE_RAISED : v1::SIGNAL_PHASE_ENDED);
        const v1::Signal* pointer = &signal;
        grouper_->OnTimer(std::span(&pointer, 1), At(), told_);
        return model_.Condition(position_, now_, signal.subject(), step.flag, step.severity);
      }
      case Kind::kAdvance:
        return Advance();
      case Kind::kRestart:
        Advance();
        return Restart();
      case Kind::kReload:
        Advance();
        Use(step.options);
        model_.Reload(step.options);
        return Restart();
      default:
        return Operate(step);
    }
  }
  void Advance() {
    grouper_->AdvanceTo(At(), told_);
    model_.Advance(position_, now_);
  }
  void Restart() {
    for (const store::StateWrite& write : grouper_->SealWrites()) {
      if (write.value) {
        state_[write.key] = *write.value;
      } else {
        state_.erase(write.key);
      }
    }
    grouper_ = std::make_unique<Grouper>("p", options_);
    const std::vector<std::pair<std::string, std::string>> entries(state_.begin(), state_.end());
    if (!grouper_->Restore(entries).ok()) refusal_ = "the state cannot be restored";
    grouper_->ResumeAt(At().arrival);
  }

  // ---- Operators ----

  void Operate(const Step& step) {
    using Kind = Step::Kind;
    v1::OperatorCall call;
    call.set_actor(absl::StrCat("person", step.origin));
    if (step.kind == Kind::kSilence) {
      const bool condition = step.sentence == 1;
      const std::string what = condition ? absl::StrCat("subject", step.watch) : absl::StrCat("w", step.watch);
      const std::string id = absl::StrCat("silence", absl::Dec(silences_++, absl::kZeroPad3));
      const int64_t ends = now_ + 60 + 700 * step.which;
      v1::SilenceRule& rule = *call.mutable_silence();
      rule.set_id(id);
      rule.set_reason("r");
      SetTime(rule.mutable_ends(), kStart + absl::Seconds(ends));
      if (condition) {
        v1::Label& label = *rule.mutable_matcher()->add_labels();
        label.set_name("subject");
        label.set_value(what);
      } else {
        rule.mutable_matcher()->add_watch_ids(what);
      }
      Expect(call, true);
      return model_.Silence(position_, now_, id, what, ends);
    }
    if (step.kind == Kind::kEndSilence) {
      const std::string id = absl::StrCat("silence", absl::Dec(step.which, absl::kZeroPad3));
      call.set_end_silence(id);
      return Expect(call, model_.EndSilence(position_, now_, id));
    }
    if (names_.empty()) return Advance();
    const std::string& name = names_[names_.size() - 1 - static_cast<size_t>(step.which) % names_.size()];
    const std::string& id = ids_[name];
    switch (step.kind) {
      case Kind::kAcknowledge:
        call.mutable_acknowledge()->set_alert_id(id);
        return Expect(call, model_.Acknowledge(position_, now_, name, call.actor()));
      case Kind::kDismiss:
        call.set_actor("chief");
        call.mutable_dismiss()->set_alert_id(id);
        call.mutable_dismiss()->set_reason(v1::DISMISS_REASON_KNOWN);
        return Expect(call, model_.Dismiss(position_, now_, name));
      case Kind::kAssign:
        call.mutable_assign()->set_alert_id(id);
        call.mutable_assign()->set_assignee(step.flag ? call.actor() : "");
        return Expect(call, model_.Assign(position_, now_, name, call.assign().assignee()));
      default:
        call.mutable_resolve()->set_alert_id(id);
        return Expect(call, model_.Resolve(position_, now_, name));
    }
  }
  void Expect(const v1::OperatorCall& call, bool taken) {
    const auto operated = grouper_->Operate(call, At(), told_);
    if (operated.ok() == taken) return;
    refusal_ = absl::StrCat("the model ", taken ? "takes" : "refuses",
                            " what the Grouper does not: ", operated.status().ToString());
  }

  const History& history_;
  OperatedModel model_;
  GroupingOptions options_;
  std::unique_ptr<Grouper> grouper_;
  std::map<std::string, std::string> state_;
  std::vector<GrouperModel::Item> items_;
  Grouper::Events told_;
  std::vector<ModelEvent> seen_;
  std::map<std::string, std::string> ids_;  // of Alerts, by name
  std::vector<std::string> names_;
  std::string refusal_;
  size_t compared_ = 0;
  int silences_ = 0;
  uint64_t position_ = 0;
  int64_t now_ = 0;
};

// As few steps as still differ.
History Shortened(History history) {
  for (size_t i = history.steps.size(); i-- > 0;) {
    History shorter = history;
    if (i + 1 < history.steps.size()) shorter.steps[i + 1].after += shorter.steps[i].after;
    shorter.steps.erase(shorter.steps.begin() + static_cast<std::ptrdiff_t>(i));
    if (!Comparison(shorter).Compare().empty()) history = std::move(shorter);
  }
  return history;
}

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* const text = std::getenv(name);
  uint64_t value = 0;
  return text != nullptr && absl::SimpleAtoi(text, &value) ? value : otherwise;
}

TEST(GrouperModel, RandomHistoriesAreTheSame) {
  const uint64_t first = FromEnvironment("WIREWATCH_MODEL_SEED", 1);
  const uint64_t histories = FromEnvironment("WIREWATCH_MODEL_HISTORIES", 2000);
  for (uint64_t seed = first; seed < first + histories; ++seed) {
    const History history = MakeHistory(seed);
    if (Comparison(history).Compare().empty()) continue;
    const History shortened = Shortened(history);
    std::string steps;
    for (const Step& step : shortened.steps) absl::StrAppend(&steps, "  ", step.ToString(), "\n");
    FAIL() << "seed " << seed << ": " << shortened.options.ToString() << "\n"
           << Comparison(shortened).Compare() << "\n"
           << steps;
  }
}

}  // namespace
}  // namespace wirewatch::alerts
