// What operators do to the model of grouper_model_fixture.h.
#ifndef WIREWATCH_ALERTS_GROUPER_OPERATED_MODEL_FIXTURE_H_
#define WIREWATCH_ALERTS_GROUPER_OPERATED_MODEL_FIXTURE_H_

#include <cstdint>
#include <string>

#include "wirewatch/alerts/grouper_model_fixture.h"

namespace wirewatch::alerts {

class OperatedModel : public GrouperModel {
 public:
  using GrouperModel::GrouperModel;

  // Each gives false when it is refused.

  bool Acknowledge(uint64_t position, int64_t now, const std::string& name, const std::string& who) {
    Alert* const alert = Operated(position, now, name);
    if (alert == nullptr || alert->status != "open") return false;
    if (alert->acknowledged == who) return true;
    alert->acknowledged = who;
    alert->escalated = false;
    alert->acknowledged_origins = static_cast<int>(alert->origins.size());
    alert->acknowledged_severity = alert->severity;
    alert->acknowledged_correction = alert->correction;
    Tell("acknowledged", *alert, now, true);
    return true;
  }
  bool Dismiss(uint64_t position, int64_t now, const std::string& name) {
    Alert* const alert = Operated(position, now, name);
    if (alert == nullptr || alert->status == "pending") return false;
    if (alert->status == "dismissed") return true;
    if (alert->status != "open") alert->released = true;
    if (alert->status == "open") alert->closed = now;
    alert->status = "dismissed";
    Tell("dismissed", *alert, now, true);
    return true;
  }
  bool Assign(uint64_t position, int64_t now, const std::string& name, const std::string& whom) {
    Alert* const alert = Operated(position, now, name);
    if (alert == nullptr || alert->status == "pending") return false;
    if (alert->assignee == whom) return true;
    alert->assignee = whom;
    Tell("assigned", *alert, now, true);
    return true;
  }
  bool Resolve(uint64_t position, int64_t now, const std::string& name) {
    Alert* const alert = Operated(position, now, name);
    if (alert == nullptr || !alert->condition || alert->status != "open") return false;
    alert->active = false;
    alert->last_signal = now;
    End(*alert, now, true);
    return true;
  }
  void Silence(uint64_t position, int64_t now, const std::string& id, const std::string& watch, int64_t ends) {
    position_ = position;
    RunDue(now);
    silences_.push_back({id, watch, now, ends, false, 0});
    events.push_back({.type = "silence made", .at = now});
  }
  bool EndSilence(uint64_t position, int64_t now, const std::string& id) {
    position_ = position;
    RunDue(now);
    for (Quiet& silence : silences_) {
      if (silence.id != id || silence.ended) continue;
      silence.ends = now;
      EndQuiet(silence, now);
      return true;
    }
    return false;
  }

 private:
  Alert* Operated(uint64_t position, int64_t now, const std::string& name) {
    position_ = position;
    RunDue(now);
    for (Alert& alert : alerts_) {
      if (alert.name == name) return &alert;
    }
    return nullptr;
  }
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_GROUPER_OPERATED_MODEL_FIXTURE_H_
