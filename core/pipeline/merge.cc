#include "wirewatch/pipeline/merge.h"

#include <algorithm>
#include <functional>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/identity.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/text/utf8.h"

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
      return absl::InvalidArgumentError(absl::StrCat("the step set \"", field->name(), "\", which ", what));
    }
  }
  return absl::OkStatus();
}

void Stamp(Message& annotation, const std::string& stamp) {
  const FieldDescriptor* producer = annotation.GetDescriptor()->FindFieldByName("producer");
  if (producer != nullptr) annotation.GetReflection()->SetString(&annotation, producer, stamp);
}

// Stamps every annotation and cuts what is beyond the cap; returns how many were cut.
uint64_t StampAndCut(v1::Item& found, const std::string& stamp, uint64_t cap) {
  uint64_t left = cap;
  uint64_t cut = 0;
  const Reflection& reflection = *found.GetReflection();
  for (const FieldDescriptor* field : SetFields(found)) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      Stamp(*reflection.MutableMessage(&found, field), stamp);
      continue;
    }
    while (static_cast<uint64_t>(reflection.FieldSize(found, field)) > left) {
      reflection.RemoveLast(&found, field);
      ++cut;
    }
    const int size = reflection.FieldSize(found, field);
    for (int i = 0; i < size; ++i) Stamp(*reflection.MutableRepeatedMessage(&found, field, i), stamp);
    left -= static_cast<uint64_t>(size);
  }
  return cut;
}

// What stands once is replaced, lists grow.
void Apply(const v1::Item& found, v1::Item& item) {
  for (const FieldDescriptor* field : SetFields(found)) {
    if (!field->is_repeated()) item.GetReflection()->ClearField(&item, field);
  }
  item.MergeFrom(found);
}

template <class List, class Less>
void Sort(List& list, Less less) {
  if (!std::is_sorted(list.begin(), list.end(), less))
    std::stable_sort(list.pointer_begin(), list.pointer_end(),
                     [&less](const auto* a, const auto* b) { return less(*a, *b); });
}

void SortPairs(v1::Item& item) {
  Sort(*item.mutable_labels(), [](const v1::Label& a, const v1::Label& b) {
    return std::tie(a.name(), a.value()) < std::tie(b.name(), b.value());
  });
  Sort(*item.mutable_numbers(), [](const v1::NumberLabel& a, const v1::NumberLabel& b) { return a.name() < b.name(); });
  Sort(*item.mutable_extensions(),
       [](const v1::Extension& a, const v1::Extension& b) { return a.type_name() < b.type_name(); });
  Sort(*item.mutable_watch_hits(),
       [](const v1::WatchHit& a, const v1::WatchHit& b) { return a.watch_id() < b.watch_id(); });
}

void ReplaceText(const v1::Item& text, v1::Item& item) {
  for (const FieldDescriptor* field : SetFields(text)) item.GetReflection()->ClearField(&item, field);
  item.MergeFrom(text);
}

absl::Status CheckText(const Message& message, const char* what) {
  const std::string bad = FirstInvalidText(message);
  if (bad.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the step's ", what, " has text that is not UTF-8 in \"", bad, "\""));
}

absl::Status Check(const v1::Item* found, const v1::Item* text) {
  absl::Status ok;
  if (found != nullptr) ok = CheckFields(*found, MayBeSet, "only the source and the host may set");
  if (ok.ok() && found != nullptr) ok = CheckText(*found, "annotation");
  if (ok.ok() && text != nullptr) ok = CheckFields(*text, MayBeReplaced, "is no text part that ReplaceText() takes");
  if (ok.ok() && text != nullptr) ok = CheckText(*text, "replacement");
  return ok;
}

}  // namespace

absl::StatusOr<uint64_t> Merge(Findings& findings, const Producer& producer, uint64_t cap, Slot& slot,
                               Document& document) {
  v1::Item* const found = findings.mutable_annotations();
  const v1::Item* const text = findings.replaced_text();
  if (found == nullptr && text == nullptr) return 0;
  if (absl::Status ok = Check(found, text); !ok.ok()) return ok;
  if (text != nullptr) ReplaceText(*text, *slot.item);
  uint64_t cut = 0;
  if (found != nullptr) {
    cut = StampAndCut(*found, producer.stamp, cap);
    Apply(*found, *slot.item);
    SortPairs(*slot.item);
  }
  if (text != nullptr || found->has_dateline()) document.TextChanged();
  v1::Touch& touch = *slot.item->mutable_provenance()->add_touched();
  touch.set_step(producer.step);
  touch.set_plugin(producer.plugin);
  touch.set_version(producer.version);
  return cut;
}

void NoteProduced(const Producer& producer, v1::Item& item) {
  auto& produced = *item.mutable_provenance()->mutable_produced();
  for (const std::string& annotation : producer.provides) {
    if (std::find(produced.begin(), produced.end(), annotation) == produced.end()) *produced.Add() = annotation;
  }
  Sort(produced, std::less<>());
}

void TakeFindingsOff(v1::Item& item) {
  // A publisher's own place and language stay.
  const bool place_is_publishers = !item.has_dateline();
  const bool language_is_publishers = item.language().declared();
  for (const FieldDescriptor* field : SetFields(item)) {
    if (!MayBeSet(*field)) continue;
    if (field->number() == v1::Item::kLocatedFieldNumber && place_is_publishers) continue;
    if (field->number() == v1::Item::kLanguageFieldNumber && language_is_publishers) continue;
    item.GetReflection()->ClearField(&item, field);
  }
  item.mutable_provenance()->clear_touched();
  item.mutable_provenance()->clear_produced();
}

absl::Status CheckSignals(const Findings& findings) {
  for (const v1::Signal* signal : findings.signals()) {
    if (absl::Status ok = CheckText(*signal, "Signal"); !ok.ok()) return ok;
  }
  return absl::OkStatus();
}

void CompleteSignal(const Producer& producer, uint64_t position, absl::Time arrival, uint64_t place,
                    const v1::Item* item, v1::Signal& signal) {
  signal.set_pipeline(producer.pipeline);
  signal.set_step(producer.step);
  signal.set_position(position);
  alerts::SetTime(signal.mutable_arrival(), arrival);
  if (item != nullptr) {
    signal.set_item_id(item->id());
    signal.set_item_version(item->version());
  }
  signal.set_id(alerts::StableId({producer.pipeline, producer.step, absl::StrCat(position), absl::StrCat(place)}));
}

std::string FirstInvalidText(const Message& message) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  std::string scratch;
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->type() == FieldDescriptor::TYPE_STRING) {
        const std::string& text = field->is_repeated()
                                      ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                                      : reflection.GetStringReference(message, field, &scratch);
        if (!text::IsValidUtf8(text)) return field->name();
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        const Message& inner = field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                    : reflection.GetMessage(message, field);
        if (std::string bad = FirstInvalidText(inner); !bad.empty()) return bad;
      } else {
        break;
      }
    }
  }
  return "";
}

}  // namespace wirewatch::pipeline
