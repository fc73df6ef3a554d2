#include "wirewatch/scenario/message_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/timestamp.pb.h"
#include "wirewatch/alerts/snippet.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/scenario/shape.h"
#include "wirewatch/scenario/value.h"
#include "wirewatch/sdk/field_values.h"
#include "wirewatch/v1/span.pb.h"

namespace wirewatch::scenario {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

class Reader {
 public:
  Reader(absl::Time base, Diagnostics& diagnostics) : base_(base), diagnostics_(diagnostics) {}

  void Read(const Node& node, Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    if (&type == Timestamp::descriptor()) return ReadTime(node, static_cast<Timestamp&>(message));
    if (node.is_scalar()) {
      const FieldDescriptor* main = type.FindFieldByName(ShapeOf(type).main);
      if (main != nullptr) return ReadMain(node, *main, message);
    }
    if (!node.is_table()) {
      diagnostics_.Error(node.at(), absl::StrCat("expected a table with the fields of ", type.name(), ", found ",
                                                 std::string(node.Describe())));
      return;
    }
    for (const Node::Entry& entry : node.entries()) {
      const FieldDescriptor* field = type.FindFieldByName(entry.key);
      if (field == nullptr) {
        ReportUnknown(entry, type);
      } else if (!entry.value.is_null()) {
        ReadField(entry.value, *field, message);
      }
    }
  }

 private:
  void ReportUnknown(const Node::Entry& entry, const Descriptor& type) {
    std::vector<std::string> names;
    for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
    const std::string closest = ClosestName(entry.key, names);
    diagnostics_.Error(entry.key_at, absl::StrCat(type.name(), " has no field \"", entry.key, "\""),
                       closest.empty() ? "" : absl::StrCat("did you mean \"", closest, "\"?"));
  }

  void ReadTime(const Node& node, Timestamp& time) {
    const std::optional<absl::Time> parsed = node.is_scalar() ? ParseTime(node.text(), base_) : std::nullopt;
    if (parsed) return alerts::SetTime(&time, *parsed);
    diagnostics_.Error(node.at(), "expected a time such as 2026-06-13T10:00:00Z, 2026-06-13 or -2h");
  }

  void ReadMain(const Node& node, const FieldDescriptor& main, Message& message) {
    ReadField(node, main, message);
    auto* published = dynamic_cast<v1::PublishedTime*>(&message);
    // A day says no more than the day.
    if (published != nullptr && node.text().size() == std::string_view("2026-06-13").size()) {
      published->set_precision(v1::TIME_PRECISION_DAY);
    }
  }

  void ReadField(const Node& node, const FieldDescriptor& field, Message& message) {
    if (!field.is_repeated()) return ReadValue(node, field, message);
    // A single value may stand for a list of one.
    if (node.is_scalar()) return ReadValue(node, field, message);
    if (!ExpectList(node, diagnostics_)) return;
    for (const Node& item : node.items()) ReadValue(item, field, message);
  }

  template <class T, class Set, class Add>
  void Put(const Node& node, const FieldDescriptor& field, Message& message, Set set, Add add) {
    T value{};
    const int before = diagnostics_.errors();
    ParseValue(node, value, diagnostics_);
    if (diagnostics_.errors() > before) return;
    const Reflection& reflection = *message.GetReflection();
    field.is_repeated() ? (reflection.*add)(&message, &field, value) : (reflection.*set)(&message, &field, value);
  }

  void ReadValue(const Node& node, const FieldDescriptor& field, Message& message) {
    const Reflection& reflection = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return Put<int32_t>(node, field, message, &Reflection::SetInt32, &Reflection::AddInt32);
      case FieldDescriptor::CPPTYPE_INT64:
        return Put<int64_t>(node, field, message, &Reflection::SetInt64, &Reflection::AddInt64);
      case FieldDescriptor::CPPTYPE_UINT32:
        return Put<uint32_t>(node, field, message, &Reflection::SetUInt32, &Reflection::AddUInt32);
      case FieldDescriptor::CPPTYPE_UINT64:
        return Put<uint64_t>(node, field, message, &Reflection::SetUInt64, &Reflection::AddUInt64);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return Put<double>(node, field, message, &Reflection::SetFloat, &Reflection::AddFloat);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return Put<double>(node, field, message, &Reflection::SetDouble, &Reflection::AddDouble);
      case FieldDescriptor::CPPTYPE_BOOL:
        return Put<bool>(node, field, message, &Reflection::SetBool, &Reflection::AddBool);
      case FieldDescriptor::CPPTYPE_STRING:
        return Put<std::string>(node, field, message, &Reflection::SetString, &Reflection::AddString);
      case FieldDescriptor::CPPTYPE_ENUM:
        return ReadWord(node, field, message);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Read(node, *(field.is_repeated() ? reflection.AddMessage(&message, &field)
                                                : reflection.MutableMessage(&message, &field)));
    }
  }

  void ReadWord(const Node& node, const FieldDescriptor& field, Message& message) {
    std::vector<std::string> words;
    for (int i = 0; i < field.enum_type()->value_count(); ++i) words.push_back(WordOf(*field.enum_type()->value(i)));
    const int chosen = ParseChoice(node, words, diagnostics_);
    if (chosen < 0) return;
    const auto* value = field.enum_type()->value(chosen);
    field.is_repeated() ? message.GetReflection()->AddEnum(&message, &field, value)
                        : message.GetReflection()->SetEnum(&message, &field, value);
  }

  const absl::Time base_;
  Diagnostics& diagnostics_;
};

bool Place(const v1::Item& item, v1::Span& span) {
  for (const v1::Part part :
       {v1::PART_HEADLINE, v1::PART_SUBHEADLINE, v1::PART_LEAD, v1::PART_BODY, v1::PART_CAPTION}) {
    if (span.part() != v1::PART_UNSPECIFIED && span.part() != part) continue;
    const std::optional<std::string_view> text = alerts::PartText(item, part, span.part_index());
    const size_t at = text ? text->find(span.text()) : std::string_view::npos;
    if (at == std::string_view::npos) continue;
    span.set_part(part);
    span.set_begin(static_cast<uint32_t>(at));
    span.set_end(static_cast<uint32_t>(at + span.text().size()));
    span.clear_text();
    return true;
  }
  return false;
}

}  // namespace

void ReadMessage(const Node& node, absl::Time base, Message& message, Diagnostics& diagnostics) {
  Reader(base, diagnostics).Read(node, message);
}

std::string PlaceSpans(const v1::Item& item, Message& message) {
  if (auto* span = dynamic_cast<v1::Span*>(&message)) {
    return span->text().empty() || span->end() > 0 || Place(item, *span) ? "" : span->text();
  }
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      Message& inner = field->is_repeated() ? *reflection.MutableRepeatedMessage(&message, field, i)
                                            : *reflection.MutableMessage(&message, field);
      if (std::string missing = PlaceSpans(item, inner); !missing.empty()) return missing;
    }
  }
  return "";
}

}  // namespace wirewatch::scenario
