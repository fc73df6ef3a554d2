// A model of what becomes of Signals, for grouper_model_test.cc: the rules of docs/alerts.md over plain values, looked
// through from beginning to end at every step. No messages, no indexes, nothing to restore.
#ifndef WIREWATCH_ALERTS_GROUPER_MODEL_FIXTURE_H_
#define WIREWATCH_ALERTS_GROUPER_MODEL_FIXTURE_H_

#include <algorithm>
#include <limits>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "wirewatch/alerts/grouper_model_values_fixture.h"

namespace wirewatch::alerts {

class GrouperModel {
 public:
  using Hit = ModelHit;
  using Item = ModelItem;

  explicit GrouperModel(ModelOptions options) : options_(options) {}

  void Arrive(uint64_t position, int64_t now, const Item& item) {
    position_ = position;
    RunDue(now);
    const auto held = std::find_if(held_.begin(), held_.end(), [&](const Item& other) { return other.id == item.id; });
    const bool was_held = held != held_.end();
    if (was_held) held_.erase(held);
    const bool ahead = item.embargo > now && !item.killed;
    for (Alert& alert : alerts_) {
      if (alert.embargoed_item != item.id) continue;
      if (ahead) alert.embargo = item.embargo;
      if (!ahead && was_held && !item.killed) alert.embargo = now;
    }
    if (ahead) held_.push_back(item);
    TakeIn(item, ahead);
    RunDue(now);
  }
  void Condition(uint64_t position, int64_t now, const std::string& subject, bool holds, int severity) {
    position_ = position;
    RunDue(now);
    Alert* known = nullptr;
    for (Alert& alert : alerts_) {
      if (alert.condition && alert.key == subject && alert.active) known = &alert;
    }
    if (known != nullptr && holds && known->status == "dismissed" && severity > known->severity) {
      known->released = true;
      known->active = false;
      known->last_signal = now_;
      known = nullptr;
    }
    if (known == nullptr && holds) {
      Alert& alert = Find(subject, true, severity);
      alert.active = true;
      ++alert.signals;
      alert.last_signal = now_;
      News(alert);
      Weigh(alert, severity);
    } else if (known != nullptr) {
      known->last_signal = now_;
      known->active = holds;
      if (holds && severity > known->severity) News(*known);
      if (holds) Weigh(*known, severity);
    }
    RunDue(now);
  }
  void Advance(uint64_t position, int64_t now) {
    position_ = position;
    RunDue(now);
  }

  // What is due by other options is told with the next thing that comes.
  void Reload(const ModelOptions& options) { options_ = options; }

  std::vector<ModelEvent> events;

 protected:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  using Member = ModelMember;
  using Alert = ModelAlert;
  using Quiet = ModelSilence;

  // ---- Signals ----

  // Either those who may know of an Item ahead of its embargo are told, or everybody.
  void TakeIn(const Item& item, bool ahead) {
    for (Alert& alert : alerts_) FollowUp(alert, item, ahead);
    if (!item.hit || item.killed || Known(item, ahead)) return;
    Alert& alert =
        Find(item.hit->watch + "/" + item.hit->story, false, item.hit->severity, ahead ? item.id : std::string());
    if (ahead) alert.embargo = item.embargo;
    Join(alert, item);
  }
  Alert& Find(const std::string& key, bool condition, int severity, const std::string& embargoed_item = "") {
    for (Alert& alert : alerts_) {
      if (alert.key != key || alert.condition != condition || !alert.takes_signals()) continue;
      if (alert.embargoed_item != embargoed_item) continue;
      if (alert.status != "dismissed" || severity <= alert.severity) return alert;
      alert.released = true;
    }
    return alerts_.emplace_back(Alert{.name = ModelName(position_, now_, key, !embargoed_item.empty()),
                                      .key = key,
                                      .condition = condition,
                                      .opened = now_,
                                      .embargoed_item = embargoed_item});
  }
  void Join(Alert& alert, const Item& item) {
    alert.members.push_back({item.id, item.version, "", Noted(item.hit->sentence)});
    ++alert.signals;
    alert.origins.insert(item.origin);
    alert.last_signal = now_;
    News(alert);
    Weigh(alert, item.hit->severity);
  }
  // Sentences are only looked at where they matter: after a reload that makes them matter, each is a new one once.
  int Noted(int sentence) const { return options_.on_update == ModelOptions::Update::kAdded ? sentence : -1; }
  void News(Alert& alert) const {
    if (!alert.news) alert.news = now_;
  }
  static void Weigh(Alert& alert, int severity) {
    if (severity <= alert.severity) return;
    if (severity == 5) alert.urgent = true;
    alert.severity = severity;
  }
  // A watch says the same about an Item once.
  bool Known(const Item& item, bool ahead) const {
    return std::any_of(alerts_.begin(), alerts_.end(), [&](const Alert& alert) {
      if (alert.embargoed_item.empty() == ahead) return false;
      const bool of_watch = !alert.condition && alert.key.starts_with(item.hit->watch + "/");
      return of_watch && std::any_of(alert.members.begin(), alert.members.end(),
                                     [&item](const Member& member) { return member.item == item.id; });
    });
  }

  // ---- Corrections ----

  void FollowUp(Alert& alert, const Item& item, bool ahead) {
    for (Member& member : alert.members) {
      const bool concerned = alert.embargoed_item.empty() != ahead || item.killed;
      if (concerned && member.item == item.id && (item.version > 1 || item.killed)) OnVersion(alert, member, item);
      if (!ahead && !item.correction_of.empty() && item.correction_of != item.id && member.item == item.correction_of) {
        if (item.killed) {
          if (member.standing != "retracted") Correct(alert, member, "retracted");
        } else if (member.stands()) {
          Correct(alert, member, "corrected");
        }
      }
    }
  }
  void OnVersion(Alert& alert, Member& member, const Item& item) {
    if (item.killed) {
      if (member.standing != "retracted") Correct(alert, member, "retracted");
      return;
    }
    if (item.version <= member.version) return;
    member.version = item.version;
    if (!item.hit || !alert.key.starts_with(item.hit->watch + "/")) {
      if (member.stands()) Correct(alert, member, "no longer matches");
      return;
    }
    using Update = ModelOptions::Update;
    const bool back = !member.stands(), added = member.sentence != item.hit->sentence;
    member.standing = "";
    alert.origins.insert(item.origin);
    if (back || options_.on_update == Update::kEvery || (options_.on_update == Update::kAdded && added)) {
      Mark(alert, "corrected");
      member.sentence = Noted(item.hit->sentence);
    }
    alert.last_signal = now_;
    if (item.hit->severity > alert.severity) News(alert);
    Weigh(alert, item.hit->severity);
  }
  void Correct(Alert& alert, Member& member, const std::string& how) {
    member.standing = how;
    Mark(alert, how);
  }
  void Mark(Alert& alert, const std::string& how) {
    News(alert);
    if (alert.status == "pending") return;
    alert.acknowledged_correction.clear();
    const bool again = how == "corrected" && alert.last_correction && now_ < *alert.last_correction + options_.interval;
    if (!again) alert.urgent = true;
    const std::map<std::string, int> gravity = {{"", 0}, {"corrected", 1}, {"no longer matches", 2}, {"retracted", 3}};
    if (gravity.at(how) > gravity.at(alert.correction)) alert.correction = how;
  }

  // ---- Time ----

  struct Due {
    int64_t at = kNever;
    std::string what;
  };
  bool Lapses(const Alert& alert) const {
    if (alert.acknowledged.empty()) return false;
    return alert.severity > alert.acknowledged_severity || alert.correction != alert.acknowledged_correction ||
           (alert.acknowledged_origins > 0 && static_cast<int>(alert.origins.size()) >= 2 * alert.acknowledged_origins);
  }
  Due Told(const Alert& alert) const {
    if (alert.status == "open" && alert.condition && !alert.active) {
      if (alert.urgent) return {*alert.news, "end"};
      return {std::max(alert.last_signal, alert.last_event + options_.interval), "end"};
    }
    if (alert.news) {
      if (alert.urgent) return {*alert.news, "update"};
      return {std::max(alert.last_event + options_.interval, *alert.news + options_.wait), "update"};
    }
    if (!alert.takes_signals()) return {alert.closed + options_.follow_up_for, "forget"};
    if (!alert.condition) return {alert.last_signal + options_.close_after, "end"};
    if (options_.repeat > 0 && alert.acknowledged.empty()) return {alert.last_event + options_.repeat, "repeat"};
    return {};
  }
  Due Next(const Alert& alert) const {
    const Due next = NextInLife(alert);
    if (alert.embargoed_item.empty() || (alert.status != "pending" && alert.status != "open")) return next;
    const std::string end = alert.status == "pending" ? "forget" : "end";
    return next.what == end || alert.embargo <= next.at ? Due{alert.embargo, end} : next;
  }
  Due NextInLife(const Alert& alert) const {
    if (alert.status == "pending") {
      if (alert.condition && !alert.active) return {alert.last_signal, "raise"};
      if (!alert.condition && static_cast<int>(alert.origins.size()) < options_.least_origins) {
        return {alert.last_signal + options_.close_after, "forget"};
      }
      return {alert.urgent ? *alert.news : alert.opened + options_.wait, "raise"};
    }
    if (alert.status == "dismissed") {
      if (!alert.correction.empty()) return Told(alert);
      if (alert.released) return {alert.closed + options_.follow_up_for, "forget"};
      if (!alert.condition) return {alert.last_signal + options_.close_after, "release"};
      return alert.active ? Due() : Due{alert.last_signal, "release"};
    }
    if (alert.status != "open") return Told(alert);
    if (Lapses(alert)) return {alert.news ? *alert.news : alert.last_signal, "lapse"};
    const Due told = Told(alert);
    const bool alone = alert.acknowledged.empty() && alert.assignee.empty() && !alert.escalated && !alert.untold;
    if (options_.escalate_after == 0 || !alone || alert.severity < 4 || (alert.condition && !alert.active)) return told;
    const Due escalation{alert.told + options_.escalate_after, "escalate"};
    return escalation.at < told.at ? escalation : told;
  }

  void RunDue(int64_t until) {
    while (true) {
      Alert* next = nullptr;
      Due due;
      for (Alert& alert : alerts_) {
        if (const Due of = Next(alert); of.at < due.at) {
          due = of;
          next = &alert;
        }
      }
      const auto held = std::min_element(held_.begin(), held_.end(), [](const Item& a, const Item& b) {
        return std::tie(a.embargo, a.id) < std::tie(b.embargo, b.id);
      });
      const int64_t embargo = held == held_.end() ? kNever : held->embargo;
      Quiet* quiet = nullptr;
      for (Quiet& silence : silences_) {
        if (!silence.ended && silence.ends <= std::min(due.at, embargo) &&
            (quiet == nullptr || Earlier(silence, *quiet)))
          quiet = &silence;
      }
      if (quiet != nullptr && quiet->ends <= until) {
        now_ = std::max(now_, quiet->ends);
        EndQuiet(*quiet, now_);
        continue;
      }
      if (embargo < due.at && embargo <= until) {
        const Item item = *held;
        held_.erase(held);
        now_ = std::max(now_, embargo);
        TakeIn(item, false);
        continue;
      }
      if (next == nullptr || due.at > until) break;
      now_ = std::max(now_, due.at);
      Run(*next, due.what);
      alerts_.remove_if([](const Alert& alert) { return alert.gone; });
    }
    now_ = std::max(now_, until);
  }
  static bool Earlier(const Quiet& a, const Quiet& b) { return std::tie(a.ends, a.id) < std::tie(b.ends, b.id); }

  void Run(Alert& alert, const std::string& what) {
    if (what == "forget") {
      alert.gone = true;
    } else if (what == "release") {
      alert.released = true;
    } else if (what == "lapse") {
      alert.acknowledged.clear();
      alert.told = now_;
      Tell("acknowledgement lapsed", alert, now_, true);
    } else if (what == "escalate") {
      alert.escalated = true;
      Tell("escalated", alert, now_, false);
    } else if (what == "raise") {
      const bool stands = alert.condition ? alert.active
                                          : std::any_of(alert.members.begin(), alert.members.end(),
                                                        [](const Member& member) { return member.stands(); });
      if (!stands) {
        alert.gone = true;
        return;
      }
      alert.status = "open";
      alert.told = now_;
      TellNews("raised", alert, now_, false);
    } else if (what == "end") {
      End(alert, now_, false);
    } else {
      TellNews(what == "repeat" ? "repeated" : "updated", alert, now_, false);
    }
  }
  void End(Alert& alert, int64_t at, bool by_hand) {
    alert.status = alert.condition ? "resolved" : "closed";
    alert.closed = alert.condition ? alert.last_signal : at;
    TellNews(alert.status, alert, at, by_hand);
  }

  // ---- Telling ----

  void TellNews(const std::string& type, Alert& alert, int64_t at, bool by_hand) {
    const bool tells = type == "updated" || type == "closed" || type == "resolved";
    const std::string correction = tells ? alert.correction : "";
    if (!correction.empty()) alert.last_correction = at;
    alert.news.reset();
    alert.urgent = false;
    alert.correction.clear();
    alert.acknowledged_correction.clear();
    alert.last_event = at;
    Tell(type, alert, at, by_hand || !correction.empty(), correction);
  }
  void Tell(const std::string& type, Alert& alert, int64_t at, bool passes, const std::string& correction = "") {
    ModelEvent event{.type = type,
                     .at = at,
                     .alert = alert.name,
                     .status = alert.status,
                     .severity = alert.severity,
                     .signals = alert.signals,
                     .items = alert.items(),
                     .origins = static_cast<int>(alert.origins.size()),
                     .correction = correction,
                     .acknowledged = !alert.acknowledged.empty()};
    for (Quiet& silence : silences_) {
      if (passes || silence.ended || !Hides(silence, alert, at)) continue;
      event.silenced_by.insert(silence.id);
      ++silence.hidden;
    }
    const bool hidden = !event.silenced_by.empty();
    if (type == "raised") alert.untold = hidden;
    if ((type == "updated" || type == "repeated") && !hidden) alert.untold = false;
    events.push_back(std::move(event));
  }
  static bool Hides(const Quiet& silence, const Alert& alert, int64_t at) {
    return silence.begins <= at && at < silence.ends &&
           (alert.condition ? alert.key == silence.watch : alert.key.starts_with(silence.watch + "/"));
  }
  void EndQuiet(Quiet& silence, int64_t at) {
    silence.ended = true;
    events.push_back({.type = "silence ended", .at = at, .hidden = silence.hidden});
    for (Alert& alert : alerts_) {
      const bool other = std::any_of(silences_.begin(), silences_.end(),
                                     [&](const Quiet& quiet) { return !quiet.ended && Hides(quiet, alert, at); });
      const bool holds = alert.status == "open" && alert.condition && alert.active;
      if (holds && alert.untold && !other) TellNews("repeated", alert, at, false);
    }
  }

  ModelOptions options_;
  std::list<Alert> alerts_;  // by opening
  std::vector<Item> held_;   // under embargo
  std::vector<Quiet> silences_;
  uint64_t position_ = 0;
  int64_t now_ = 0;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_GROUPER_MODEL_FIXTURE_H_
