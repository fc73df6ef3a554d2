#include "wirewatch/scenario/value.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "wirewatch/alerts/snippet.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/sdk/field_values.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/v1/span.pb.h"

namespace wirewatch::scenario {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kLongestText = 120;  // in a golden file, bytes

std::string NumberText(double number) {
  if (std::floor(number) == number && std::fabs(number) < 1e15) return absl::StrCat(static_cast<int64_t>(number));
  return absl::StrFormat("%.6g", number);
}

// One element of a repeated field, or the field itself (index -1).
Value ElementOf(const Message& message, const FieldDescriptor& field, int index, const v1::Item* item) {
  const Reflection& get = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Value::Number(one ? get.GetInt32(message, &field) : get.GetRepeatedInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_INT64:
      return Value::Number(
          static_cast<double>(one ? get.GetInt64(message, &field) : get.GetRepeatedInt64(message, &field, index)));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Value::Number(one ? get.GetUInt32(message, &field) : get.GetRepeatedUInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Value::Number(
          static_cast<double>(one ? get.GetUInt64(message, &field) : get.GetRepeatedUInt64(message, &field, index)));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Value::Number(one ? get.GetFloat(message, &field) : get.GetRepeatedFloat(message, &field, index));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Value::Number(one ? get.GetDouble(message, &field) : get.GetRepeatedDouble(message, &field, index));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Value::Bool(one ? get.GetBool(message, &field) : get.GetRepeatedBool(message, &field, index));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* word =
          one ? get.GetEnum(message, &field) : get.GetRepeatedEnum(message, &field, index);
      return Value::Word(WordOf(*word));
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text = one ? get.GetString(message, &field) : get.GetRepeatedString(message, &field, index);
      return Value::Text(field.type() == FieldDescriptor::TYPE_BYTES ? absl::BytesToHexString(text) : std::move(text));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return FromMessage(one ? get.GetMessage(message, &field) : get.GetRepeatedMessage(message, &field, index), item);
}

// What differs between releases, or says nothing that is not said elsewhere.
bool StaysOut(const std::string& name) {
  static constexpr std::array kNames = {
      "id",           "content_hash", "position",         "producer",       "item_id",         "signal_id",
      "provenance",   "fingerprint",  "pipeline",         "new_signal_ids", "opened_position", "sentence_begins",
      "revision",     "clause",       "paragraph_begins", "snippet_span",   "signatures",      "span_count",
      "item_version", "first_seen",   "body_begin",       "phase"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// A table that is best said in a word: a span, or an explanation without its tree. "" for others.
std::string Brief(const Value& value) {
  if (!value.is_table()) return "";
  const Value* text = value.Find("text");
  const Value* part = value.Find("part");
  if (text != nullptr && part != nullptr && value.Find("end") != nullptr) {
    const Value* begin = value.Find("begin");
    return absl::StrCat(text->text, " (", part->text, " ", begin == nullptr ? "0" : begin->text, ")");
  }
  const Value* summary = value.Find("summary");
  return summary == nullptr ? "" : summary->text;
}

std::string Cut(const std::string& text, size_t most) {
  if (text.size() <= most) return text;
  size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "…");
}

std::string ScalarText(const Value& value) {
  if (value.kind != Value::Kind::kText) return value.text;
  const std::string text = Quoted(Cut(value.text, kLongestText));
  return value.text.size() <= kLongestText ? text : absl::StrCat(text, "  # ", value.text.size(), " bytes");
}

void PrintBlock(const Value& value, const std::string& margin, std::string& out);

void PrintField(const std::string& name, const Value& value, const std::string& margin, std::string& out) {
  if (value.is_list()) {
    const bool plain = std::none_of(value.items.begin(), value.items.end(), [](const Value& item) {
      return item.is_list() || (item.is_table() && Brief(item).empty());
    });
    if (plain) {
      absl::StrAppend(&out, margin, name, ": ", OnOneLine(value, 4096), "\n");
      return;
    }
    absl::StrAppend(&out, margin, name, ":\n");
    for (const Value& item : value.items) {
      std::string block;
      PrintBlock(item, margin + "    ", block);
      if (block.empty()) block = margin + "    {}\n";
      block[margin.size() + 2] = '-';
      out += block;
    }
  } else if (const std::string brief = Brief(value); !brief.empty()) {
    absl::StrAppend(&out, margin, name, ": ", Quoted(brief), "\n");
  } else if (value.is_table()) {
    std::string block;
    PrintBlock(value, margin + "  ", block);
    if (!block.empty()) absl::StrAppend(&out, margin, name, ":\n", block);
  } else {
    absl::StrAppend(&out, margin, name, ": ", ScalarText(value), "\n");
  }
}

void PrintBlock(const Value& value, const std::string& margin, std::string& out) {
  if (!value.is_table()) {
    absl::StrAppend(&out, margin, value.is_list() ? OnOneLine(value) : ScalarText(value), "\n");
    return;
  }
  for (const auto& [name, field] : value.fields) {
    if (!StaysOut(name)) PrintField(name, field, margin, out);
  }
}

void PrintLine(const Value& value, size_t most, std::string& out) {
  if (out.size() > most) return;
  const char* separator = "";
  if (value.is_list()) {
    out += '[';
    for (const Value& item : value.items) {
      out += std::exchange(separator, ", ");
      PrintLine(item, most, out);
    }
    out += ']';
  } else if (const std::string brief = Brief(value); !brief.empty()) {
    out += Quoted(Cut(brief, kLongestText));
  } else if (value.is_table()) {
    out += '{';
    for (const auto& [name, field] : value.fields) {
      if (StaysOut(name)) continue;
      absl::StrAppend(&out, std::exchange(separator, ", "), name, ": ");
      PrintLine(field, most, out);
    }
    out += '}';
  } else {
    out += value.kind == Value::Kind::kText ? Quoted(Cut(value.text, kLongestText)) : value.text;
  }
}

}  // namespace

Value Value::Text(std::string text) { return {.kind = Kind::kText, .text = std::move(text)}; }
Value Value::Number(double number) { return {.kind = Kind::kNumber, .text = NumberText(number), .number = number}; }
Value Value::Bool(bool truth) { return {.kind = Kind::kBool, .text = truth ? "true" : "false", .truth = truth}; }
Value Value::Word(std::string word) { return {.kind = Kind::kWord, .text = std::move(word)}; }
Value Value::Time(absl::Time time) { return {.kind = Kind::kTime, .text = TimeText(time), .time = time}; }
Value Value::Duration(absl::Duration duration) {
  return {.kind = Kind::kDuration, .text = PrintValue(duration), .duration = duration};
}
Value Value::List(std::vector<Value> items) { return {.kind = Kind::kList, .items = std::move(items)}; }

const Value* Value::Find(std::string_view name) const {
  for (const Field& field : fields) {
    if (field.first == name) return &field.second;
  }
  return nullptr;
}

Value& Value::Add(std::string name, Value value) {
  return fields.emplace_back(std::move(name), std::move(value)).second;
}

Value FromMessage(const Message& message, const v1::Item* item) {
  if (message.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
    return Value::Time(alerts::GetTime(static_cast<const google::protobuf::Timestamp&>(message)));
  }
  Value table;
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!field->is_repeated()) {
      table.Add(field->name(), ElementOf(message, *field, -1, item));
      continue;
    }
    Value& list = table.Add(field->name(), Value::List());
    const int size = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < size; ++i) list.items.push_back(ElementOf(message, *field, i, item));
  }
  if (message.GetDescriptor() == v1::Span::descriptor() && item != nullptr) {
    const auto& span = static_cast<const v1::Span&>(message);
    if (span.text().empty()) table.Add("text", Value::Text(std::string(alerts::SpanText(*item, span))));
  }
  return table;
}

std::string WordOf(const EnumValueDescriptor& value) {
  // Every value begins with the enum's own name: the unspecified one says how long that is.
  const std::string& zero = value.type()->value(0)->name();
  const size_t prefix = zero.size() - std::string_view("UNSPECIFIED").size();
  const std::string word = absl::AsciiStrToLower(value.name().substr(prefix));
  return word == "unspecified" ? "none" : word;
}

std::string TimeText(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone()); }

std::string Quoted(std::string_view text) {
  double number = 0;
  const bool first =
      !text.empty() && std::string_view("-?:,[]{}#&*!|>'\"%@` ~").find(text[0]) == std::string_view::npos;
  const bool plain =
      first && text.back() != ' ' && text.back() != ':' && text.find(": ") == text.npos &&
      text.find(" #") == text.npos && text.find_first_of("[]{},\"\\") == text.npos &&
      std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 32; }) &&
      text != "true" && text != "false" && text != "null" && !absl::SimpleAtod(std::string(text), &number);
  std::string printable = text::Printable(text);
  if (plain) return printable;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else {
      quoted += c;
    }
  }
  return text::Printable(quoted) + "\"";
}

std::string OnOneLine(const Value& value, size_t most) {
  std::string line;
  PrintLine(value, most, line);
  return Cut(line, most);
}

std::string AsBlock(const Value& value) {
  std::string block;
  PrintBlock(value, "", block);
  return block;
}

}  // namespace wirewatch::scenario
