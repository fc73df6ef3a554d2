// The values of the model of grouper_model_fixture.h. Plain; times are seconds.
#ifndef WIREWATCH_ALERTS_GROUPER_MODEL_VALUES_FIXTURE_H_
#define WIREWATCH_ALERTS_GROUPER_MODEL_VALUES_FIXTURE_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"

namespace wirewatch::alerts {

struct ModelOptions {
  int64_t wait = 30, interval = 300, repeat = 3600, close_after = 86'400, escalate_after = 0;
  int64_t follow_up_for = 30 * 86'400;
  int least_origins = 1;  // raise_when
  enum class Update { kAdded, kFirst, kEvery } on_update = Update::kAdded;

  std::string ToString() const {
    return absl::StrCat("wait ", wait, " interval ", interval, " repeat ", repeat, " close_after ", close_after,
                        " escalate_after ", escalate_after, " origins>=", least_origins, " on_update ",
                        static_cast<int>(on_update));
  }
};

struct ModelEvent {
  std::string type = {};
  int64_t at = 0;
  std::string alert = {};  // ModelAlert::name; empty: about a silence
  std::string status = {};
  int severity = 0, signals = 0, items = 0, origins = 0;
  std::string correction = {};
  std::set<std::string> silenced_by = {};
  bool acknowledged = false;
  uint64_t hidden = 0;  // of a silence

  auto Tie() const {
    return std::tie(type, at, alert, status, severity, signals, items, origins, correction, silenced_by, acknowledged,
                    hidden);
  }
  bool operator==(const ModelEvent& other) const { return Tie() == other.Tie(); }
};

struct ModelHit {
  std::string watch, story;
  int severity = 3;
  int sentence = 0;  // which text the matched sentence has
};
struct ModelItem {
  std::string id = {}, origin = {}, correction_of = {};
  uint32_t version = 1;
  bool killed = false;
  int64_t embargo = 0;  // until when
  std::optional<ModelHit> hit = {};
};

struct ModelMember {
  std::string item;
  uint32_t version;
  std::string standing;  // "", "corrected", "retracted", "no longer matches"
  int sentence;
  bool stands() const { return standing.empty() || standing == "corrected"; }
};
struct ModelAlert {
  std::string name;  // by position, time, key, and whether it is ahead of an embargo
  std::string key;
  bool condition;
  int64_t opened;
  std::string status = "pending";
  int severity = 0, signals = 0;
  std::vector<ModelMember> members = {};
  std::set<std::string> origins = {};
  bool active = false;
  int64_t last_signal = 0, last_event = 0, told = 0, closed = 0;
  std::optional<int64_t> news = {}, last_correction = {};
  bool urgent = false;
  std::string correction = {};
  std::string acknowledged = {}, assignee = {};
  int acknowledged_origins = 0, acknowledged_severity = 0;
  std::string acknowledged_correction = {};
  bool escalated = false, untold = false, released = false, gone = false;
  std::string embargoed_item = {};  // whose embargo it is ahead of; empty: everybody may know of it
  int64_t embargo = 0;

  bool takes_signals() const { return status == "pending" || status == "open" || (status == "dismissed" && !released); }
  int items() const {
    std::set<std::string> ids;
    for (const ModelMember& member : members) ids.insert(member.item);
    return static_cast<int>(ids.size());
  }
};
inline std::string ModelName(uint64_t position, int64_t opened, const std::string& key, bool ahead) {
  return std::to_string(position) + " " + std::to_string(opened) + " " + key + (ahead ? " ahead" : "");
}
struct ModelSilence {
  std::string id, watch;
  int64_t begins, ends;
  bool ended;
  uint64_t hidden;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_GROUPER_MODEL_VALUES_FIXTURE_H_
