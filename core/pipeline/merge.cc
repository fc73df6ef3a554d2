#include "wirewatch/pipeline/merge.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/identity.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::pipeline {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Annotations (100 to 199), labels, numbers and extensions (200 to 299), the text's language and place.
bool MayBeSet(const FieldDescriptor& field) {
  return (field.number() >= 100 && field.number() < 300) || field.number() == v1::Item::kLanguageFieldNumber ||
         field.number() == v1::Item::kLocatedFieldNumber || field.number() == v1::Item::kSignaturesFieldNumber;
}
bool MayBeReplaced(const FieldDescriptor& field) {
  switch (field.number()) {
    case v1::Item::kHeadlineFieldNumber:
    case v1::Item::kSubheadlineFieldNumber:
    case v1::Item::kLeadFieldNumber:
    case v1::Item::kBodyFieldNumber:
    case v1::Item::kMediaFieldNumber:
    case v1::Item::kExtractionFieldNumber:
      return true;
    default:
      return false;
  }
}

std::vector<const FieldDescriptor*> SetFields(const v1::Item& item) {
  std::vector<const FieldDescriptor*> fields;
  item.GetReflection()->ListFields(item, &fields);
  return fields;
}

absl::Status CheckFields(const v1::Item& item, bool (*allowed)(const FieldDescriptor&), const char* what) {
  for (const FieldDescriptor* field : SetFields(item)) {
    if (!allowed(*field)) {
      return absl::InvalidArgumentError(absl::StrCat("the step set \"", field->name(), "\", which ", what, " may not"));
    }
  }
  return absl::OkStatus();
}

void Stamp(Message& annotation, const std::string& stamp) {
  const FieldDescriptor* producer = annotation.GetDescriptor()->FindFieldByName("producer");
  if (producer != nullptr) annotation.GetReflection()->SetString(&annotation, producer, stamp);
}

// Stamps every annotation and cuts what is beyond the cap.
void StampAndCut(v1::Item& found, const std::string& stamp, uint32_t cap, uint64_t& cut) {
  uint64_t left = cap;
  const Reflection& reflection = *found.GetReflection();
  for (const FieldDescriptor* field : SetFields(found)) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      Stamp(*reflection.MutableMessage(&found, field), stamp);
      continue;
    }
    while (static_cast<uint64_t>(reflection.FieldSize(found, field)) > left)
      reflection.RemoveLast(&found, field), ++cut;
    const int size = reflection.FieldSize(found, field);
    for (int i = 0; i < size; ++i) Stamp(*reflection.MutableRepeatedMessage(&found, field, i), stamp);
    left -= static_cast<uint64_t>(size);
  }
}

void ReplaceText(v1::Item& text, v1::Item& item) {
  for (const FieldDescriptor* field : SetFields(text)) item.GetReflection()->ClearField(&item, field);
  item.MergeFrom(text);
}

}  // namespace

absl::Status Merge(Findings& findings, const Producer& producer, uint32_t cap, Slot& slot, uint64_t& cut) {
  v1::Item* const found = findings.mutable_annotations();
  v1::Item* const text = findings.replaced_text();
  if (found != nullptr) {
    if (absl::Status ok = CheckFields(*found, MayBeSet, "only the source and the host"); !ok.ok()) return ok;
  }
  if (text != nullptr) {
    if (absl::Status ok = CheckFields(*text, MayBeReplaced, "ReplaceText()"); !ok.ok()) return ok;
    ReplaceText(*text, *slot.item);
  }
  if (found != nullptr) {
    StampAndCut(*found, producer.stamp, cap, cut);
    slot.item->MergeFrom(*found);
  }
  if (text != nullptr || (found != nullptr && (found->has_dateline() || found->has_language())))
    slot.document.TextChanged();
  if (text != nullptr || found != nullptr) {
    v1::Touch& touch = *slot.item->mutable_provenance()->add_touched();
    touch.set_step(producer.step);
    touch.set_plugin(producer.plugin);
    touch.set_version(producer.version);
  }
  for (v1::Signal* signal : findings.signals()) {
    signal->set_step(producer.step);
    slot.signals.push_back(signal);
  }
  if (findings.drop_reason()) slot.live = false;
  return absl::OkStatus();
}

void CompleteSignal(const std::string& pipeline, const Slot& slot, size_t ordinal, v1::Signal& signal) {
  const v1::Item& item = *slot.item;
  signal.set_pipeline(pipeline);
  signal.set_item_id(item.id());
  signal.set_item_version(item.version());
  signal.set_position(slot.document.position());
  *signal.mutable_arrival() = item.arrival();
  signal.set_id(alerts::StableId(
      {pipeline, signal.step(), item.id(), absl::StrCat(item.version()), signal.watch_id(), absl::StrCat(ordinal)}));
}

}  // namespace wirewatch::pipeline
