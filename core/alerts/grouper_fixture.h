// For the Grouper's tests: drives one with Items and Signals that come at given seconds.
#ifndef WIREWATCH_ALERTS_GROUPER_FIXTURE_H_
#define WIREWATCH_ALERTS_GROUPER_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "wirewatch/alerts/grouper.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {

inline const absl::Time kStart = absl::FromUnixSeconds(1'780'000'000);

// Drives a Grouper with Items that come at given seconds.
class GrouperFixture : public ::testing::Test {
 protected:
  void Use(GroupingOptions options) {
    options_ = std::move(options);
    grouper_ = std::make_unique<Grouper>("p", options_);
  }
  void SetUp() override { Use({.group_by = {"watch"}}); }

  v1::Item Item(const std::string& id, uint32_t version = 1, const std::string& outlet = "Gazette") {
    v1::Item item;
    item.set_id(id);
    item.set_version(version);
    item.set_body("some text");
    item.mutable_outlet()->set_name(outlet);
    return item;
  }
  v1::Signal Hit(const std::string& watch, v1::Severity severity = v1::SEVERITY_MEDIUM) {
    v1::Signal signal;
    signal.set_step("watch");
    signal.set_kind(v1::SIGNAL_KIND_HIT);
    signal.set_watch_id(watch);
    signal.set_severity(severity);
    return signal;
  }
  v1::Signal Burst(const std::string& subject, v1::SignalPhase phase) {
    v1::Signal signal;
    signal.set_step("burst");
    signal.set_kind(v1::SIGNAL_KIND_BURST);
    signal.set_subject(subject);
    signal.set_phase(phase);
    signal.set_title("a burst of " + subject);
    return signal;
  }
  Moment Next(double second) {
    now_ = kStart + absl::Seconds(second);
    return {.position = ++position_, .arrival = now_};
  }

  // The Item comes with the Signals, filled in as the host does it; gives the events of that.
  Grouper::Events Arrive(double second, const v1::Item& item, std::vector<v1::Signal> signals = {}) {
    const Moment at = Next(second);
    std::vector<const v1::Signal*> pointers;
    for (v1::Signal& signal : signals) {
      Fill(signal, at);
      signal.set_item_id(item.id());
      signal.set_item_version(item.version());
      pointers.push_back(&signal);
    }
    Grouper::Events events;
    grouper_->OnItem(item, pointers, at, events);
    return events;
  }
  Grouper::Events Timer(double second, v1::Signal signal) {
    const Moment at = Next(second);
    Fill(signal, at);
    const v1::Signal* pointer = &signal;
    Grouper::Events events;
    grouper_->OnTimer(std::span(&pointer, 1), at, events);
    return events;
  }
  Grouper::Events Advance(double second) {
    Grouper::Events events;
    grouper_->AdvanceTo(Next(second), events);
    return events;
  }
  Grouper::Events Finish() {
    Grouper::Events events;
    grouper_->Finish(position_, events);
    return events;
  }
  // Everything that was sealed is all that is left.
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
    ASSERT_TRUE(grouper_->Restore(entries).ok());
    grouper_->ResumeAt(now_);
  }

  std::unique_ptr<Grouper> grouper_;
  GroupingOptions options_;
  std::map<std::string, std::string> state_;
  uint64_t position_ = 0;
  absl::Time now_ = absl::InfinitePast();

 private:
  void Fill(v1::Signal& signal, const Moment& at) {
    signal.set_id("signal-" + std::to_string(at.position) + "-" + signal.watch_id() + signal.subject());
    signal.set_position(at.position);
    SetTime(signal.mutable_arrival(), at.arrival);
  }
};

inline std::vector<v1::AlertEventType> Types(const Grouper::Events& events) {
  std::vector<v1::AlertEventType> types;
  for (const v1::AlertEvent& event : events) types.push_back(event.type());
  return types;
}
inline double Second(const v1::AlertEvent& event) { return absl::ToDoubleSeconds(GetTime(event.at()) - kStart); }

inline constexpr auto kRaised = v1::ALERT_EVENT_TYPE_RAISED;
inline constexpr auto kUpdated = v1::ALERT_EVENT_TYPE_UPDATED;
inline constexpr auto kClosed = v1::ALERT_EVENT_TYPE_CLOSED;
inline constexpr auto kResolved = v1::ALERT_EVENT_TYPE_RESOLVED;
inline constexpr auto kRepeated = v1::ALERT_EVENT_TYPE_REPEATED;

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_GROUPER_FIXTURE_H_
