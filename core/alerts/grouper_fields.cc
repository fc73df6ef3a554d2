// What Signals can be grouped by.
#include <optional>

#include "wirewatch/alerts/grouper.h"

namespace wirewatch::alerts {
namespace {

std::optional<std::string> LabelOf(const google::protobuf::RepeatedPtrField<v1::Label>& labels,
                                   const std::string& name) {
  for (const v1::Label& label : labels) {
    if (label.name() == name) return label.value();
  }
  return std::nullopt;
}

}  // namespace

std::string Grouper::FieldOf(const std::string& name, const v1::Signal& signal, const v1::Item* item) const {
  if (name == "watch") return signal.watch_id();
  if (name == "story")
    return signal.story_id().empty() && item != nullptr ? item->story().story_id() : signal.story_id();
  if (name == "severity") return v1::Severity_Name(signal.severity());
  if (name == "kind") return v1::SignalKind_Name(signal.kind());
  if (name == "step") return signal.step();
  if (name == "subject") return signal.subject();
  if (name == "pipeline") return pipeline_;
  if (name == "item") return signal.item_id();
  if (name == "outlet" && item != nullptr) {
    return item->outlet().name().empty() ? item->domain() : item->outlet().name();
  }
  if (name == "language" && item != nullptr) return item->language().tag();
  if (const auto label = LabelOf(signal.labels(), name)) return *label;
  return item == nullptr ? "" : LabelOf(item->labels(), name).value_or("");
}

}  // namespace wirewatch::alerts
