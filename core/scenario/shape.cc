#include "wirewatch/scenario/shape.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/timestamp.pb.h"
#include "wirewatch/scenario/value.h"
#include "wirewatch/sdk/field_values.h"

namespace wirewatch::scenario {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// The field that a plain value stands for: `outlet: KTA`, `watch_hits: [border-shooting]`.
std::string MainOf(const Descriptor& message) {
  static const auto& mains = *new std::map<std::string, std::string>{
      {"PublishedTime", "value"}, {"Language", "tag"},  {"LanguageSpan", "tag"},   {"TimeMention", "value"},
      {"Span", "text"},           {"Quote", "span"},    {"Dateline", "place"},     {"Quantity", "value"},
      {"LoadedTerm", "term"},     {"Topic", "code"},    {"WatchHit", "watch_id"},  {"Signal", "watch_id"},
      {"Evidence", "watch_id"},   {"Media", "caption"}, {"StoryLink", "story_id"}, {"Explanation", "summary"}};
  if (const auto found = mains.find(message.name()); found != mains.end()) return found->second;
  return message.FindFieldByName("name") != nullptr ? "name" : "";
}

Shape Plain(Shape::Kind kind) {
  Shape shape;
  shape.kind = kind;
  return shape;
}

class Shapes {
 public:
  const Shape& Of(const Descriptor& message) {
    if (&message == google::protobuf::Timestamp::descriptor()) return time_;
    auto [known, added] = messages_.try_emplace(&message);
    if (!added) return *known->second;
    known->second = std::make_unique<Shape>();
    // Stays where it is while those below it are made, which may refer to it.
    Shape& shape = *known->second;
    shape.name = message.name();
    shape.main = MainOf(message);
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      shape.fields.push_back({field.name(), &Of(field), field.is_repeated()});
    }
    return shape;
  }
  const Shape& Of(const EnumDescriptor& words) {
    auto [known, added] = words_.try_emplace(&words, Plain(Shape::Kind::kWord));
    for (int i = 0; added && i < words.value_count(); ++i) known->second.words.push_back(WordOf(*words.value(i)));
    return known->second;
  }

 private:
  const Shape& Of(const FieldDescriptor& field) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Of(*field.message_type());
      case FieldDescriptor::CPPTYPE_ENUM:
        return Of(*field.enum_type());
      case FieldDescriptor::CPPTYPE_STRING:
        return TextShape();
      case FieldDescriptor::CPPTYPE_BOOL:
        return BoolShape();
      default:
        return NumberShape();
    }
  }

  const Shape time_ = Plain(Shape::Kind::kTime);
  std::map<const Descriptor*, std::unique_ptr<Shape>> messages_;
  std::map<const EnumDescriptor*, Shape> words_;
};

// Of the process: shapes refer to each other and are never given up.
struct AllShapes {
  std::mutex mutex;
  Shapes shapes;
};
AllShapes& All() {
  static AllShapes& all = *new AllShapes;
  return all;
}

template <class D>
const Shape& Cached(const D& descriptor) {
  AllShapes& all = All();
  const std::lock_guard lock(all.mutex);
  return all.shapes.Of(descriptor);
}

std::string KindName(const Shape& shape) {
  switch (shape.kind) {
    case Shape::Kind::kText:
      return "text";
    case Shape::Kind::kNumber:
      return "a number";
    case Shape::Kind::kBool:
      return "true or false";
    case Shape::Kind::kWord:
      return absl::StrCat("one of ", absl::StrJoin(shape.words, ", "));
    case Shape::Kind::kTime:
      return "a time such as 2026-06-13T10:00:00Z, or +30s from the start";
    case Shape::Kind::kDuration:
      return "a duration such as 30s or 1h30m";
    default:
      return "a table";
  }
}

class PatternCheck {
 public:
  explicit PatternCheck(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void Check(const Node& pattern, const Shape& shape, bool list) {
    if (pattern.is_null()) return;
    if (list) return List(pattern, shape);
    const bool table = shape.kind == Shape::Kind::kTable;
    if (pattern.is_list()) return Wrong(pattern, KindName(shape));
    if (pattern.is_scalar()) return table ? Main(pattern, shape) : Scalar(pattern, shape);
    if (shape.kind == Shape::Kind::kLabels) {
      for (const Node::Entry& entry : pattern.entries()) Check(entry.value, TextShape(), false);
    } else if (table && !IsExact(pattern)) {
      for (const Node::Entry& entry : pattern.entries()) Key(entry, shape);
    } else {
      Operators(pattern, shape, false);
    }
  }

 private:
  static bool IsExact(const Node& pattern) { return pattern.entries().size() == 1 && pattern.Find("exact") != nullptr; }

  void Wrong(const Node& node, const std::string& expected, const std::string& hint = "") {
    diagnostics_.Error(node.at(),
                       absl::StrCat("expected ", expected, ", found ",
                                    node.is_scalar() ? Quoted(node.text()) : std::string(node.Describe())),
                       hint);
  }
  void List(const Node& pattern, const Shape& shape) {
    if (pattern.is_scalar()) return Check(pattern, shape, false);
    if (pattern.is_table()) return Operators(pattern, shape, true);
    for (const Node& item : pattern.items()) Check(item, shape, false);
  }
  void Main(const Node& pattern, const Shape& shape) {
    const Shape::Field* main = shape.Find(shape.main);
    if (main == nullptr) return Wrong(pattern, "a table");
    Check(pattern, *main->shape, main->list);
  }
  void Key(const Node::Entry& entry, const Shape& shape) {
    if (const Shape::Field* field = shape.Find(entry.key)) return Check(entry.value, *field->shape, field->list);
    std::vector<std::string> names;
    for (const Shape::Field& field : shape.fields) names.push_back(field.name);
    const std::string closest = ClosestName(entry.key, names);
    diagnostics_.Error(entry.key_at, absl::StrCat(shape.name, " has no \"", entry.key, "\""),
                       closest.empty() ? "" : absl::StrCat("did you mean \"", closest, "\"?"));
  }
  void Operators(const Node& pattern, const Shape& shape, bool list) {
    const std::vector<std::string>& operators = OperatorsOf(shape, list);
    for (const Node::Entry& entry : pattern.entries()) {
      if (std::find(operators.begin(), operators.end(), entry.key) != operators.end()) {
        Operand(entry, shape, list);
        continue;
      }
      const std::string closest = ClosestName(entry.key, operators);
      const bool element = list && shape.Find(entry.key) != nullptr;
      diagnostics_.Error(entry.key_at,
                         absl::StrCat("\"", entry.key, "\" is no way to compare ", list ? "a list" : KindName(shape),
                                      ": there are ", absl::StrJoin(operators, ", ")),
                         element           ? "write each entry of the list behind a dash"
                         : closest.empty() ? ""
                                           : absl::StrCat("did you mean \"", closest, "\"?"));
    }
  }
  void Operand(const Node::Entry& entry, const Shape& shape, bool list) {
    const Node& operand = entry.value;
    if (!list) {
      if (shape.kind == Shape::Kind::kTable && !operand.is_table()) return Wrong(operand, "a table");
      if (entry.key == "matches" && operand.is_scalar()) {
        Pattern compiled;
        return ParseValue(operand, compiled, diagnostics_);
      }
      if (shape.kind != Shape::Kind::kTable && !operand.is_scalar()) return Wrong(operand, KindName(shape));
      return Check(operand, shape, false);
    }
    if (entry.key == "count") return Check(operand, NumberShape(), false);
    if (entry.key == "all" || entry.key == "none") return Check(operand, shape, false);
    if (!operand.is_list()) return Wrong(operand, "a list");
    List(operand, shape);
  }
  void Scalar(const Node& pattern, const Shape& shape) {
    const std::string& text = pattern.text();
    double number = 0;
    switch (shape.kind) {
      case Shape::Kind::kNumber:
        if (!absl::SimpleAtod(text, &number)) Wrong(pattern, KindName(shape));
        break;
      case Shape::Kind::kBool:
        if (text != "true" && text != "false") Wrong(pattern, KindName(shape));
        break;
      case Shape::Kind::kWord:
        ParseChoice(pattern, shape.words, diagnostics_);
        break;
      case Shape::Kind::kTime:
        if (!ParseTime(text, absl::UnixEpoch())) Wrong(pattern, KindName(shape));
        break;
      case Shape::Kind::kDuration:
        if (!ParseOffset(text)) {
          Wrong(pattern, KindName(shape),
                absl::SimpleAtod(text, &number) ? absl::StrCat("did you mean ", text, "s?") : "");
        }
        break;
      case Shape::Kind::kLabels:
        Wrong(pattern, "a table of names with values");
        break;
      default:
        break;
    }
  }

  Diagnostics& diagnostics_;
};

}  // namespace

const Shape::Field* Shape::Find(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == field; });
  return found == fields.end() ? nullptr : &*found;
}

const Shape& TextShape() {
  static const auto& shape = *new Shape(Plain(Shape::Kind::kText));
  return shape;
}
const Shape& NumberShape() {
  static const auto& shape = *new Shape(Plain(Shape::Kind::kNumber));
  return shape;
}
const Shape& BoolShape() {
  static const auto& shape = *new Shape(Plain(Shape::Kind::kBool));
  return shape;
}
const Shape& DurationShape() {
  static const auto& shape = *new Shape(Plain(Shape::Kind::kDuration));
  return shape;
}
const Shape& LabelsShape() {
  static const auto& shape = *new Shape(Plain(Shape::Kind::kLabels));
  return shape;
}
const Shape& WordShape(const EnumDescriptor& words) { return Cached(words); }
const Shape& ShapeOf(const Descriptor& message) { return Cached(message); }

const std::vector<std::string>& OperatorsOf(const Shape& shape, bool list) {
  using Words = std::vector<std::string>;
  static const auto& of_lists = *new Words{"exact", "some", "any_order", "all", "none", "count"};
  static const auto& of_tables = *new Words{"exact"};
  static const auto& of_texts = *new Words{"contains", "matches", "not"};
  static const auto& of_amounts = *new Words{"at_least", "at_most", "not"};
  static const auto& of_words = *new Words{"not"};
  if (list) return of_lists;
  switch (shape.kind) {
    case Shape::Kind::kTable:
      return of_tables;
    case Shape::Kind::kText:
      return of_texts;
    case Shape::Kind::kBool:
    case Shape::Kind::kWord:
    case Shape::Kind::kLabels:
      return of_words;
    default:
      return of_amounts;
  }
}

void CheckPattern(const Node& pattern, const Shape& shape, bool list, Diagnostics& diagnostics) {
  PatternCheck(diagnostics).Check(pattern, shape, list);
}

std::optional<absl::Duration> ParseOffset(const std::string& text) {
  const bool negative = text.starts_with("-");
  const bool sign = negative || text.starts_with("+");
  Diagnostics diagnostics;
  absl::Duration parsed;
  ParseValue(Node::Scalar(text.substr(sign ? 1 : 0), {}), parsed, diagnostics);
  if (!diagnostics.ok() || text.size() == (sign ? 1 : 0)) return std::nullopt;
  return negative ? -parsed : parsed;
}

std::optional<absl::Time> ParseTime(const std::string& text, absl::Time base) {
  if (text.starts_with("+") || text.starts_with("-")) {
    const std::optional<absl::Duration> offset = ParseOffset(text);
    return offset ? std::optional(base + *offset) : std::nullopt;
  }
  absl::Time time;
  for (const char* format : {"%Y-%m-%dT%H:%M:%E*S%Ez", "%Y-%m-%dT%H:%M%Ez", "%Y-%m-%d"}) {
    if (absl::ParseTime(format, text, &time, nullptr)) return time;
  }
  return std::nullopt;
}

std::string Written(const Node& node) {
  std::vector<std::string> parts;
  switch (node.kind()) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kScalar:
      return node.secret()                                          ? "***"
             : Quoted(node.text()) == node.text() || !node.quoted() ? node.text()
                                                                    : Quoted(node.text());
    case Node::Kind::kList:
      for (const Node& item : node.items()) parts.push_back(Written(item));
      return absl::StrCat("[", absl::StrJoin(parts, ", "), "]");
    case Node::Kind::kTable:
      for (const Node::Entry& entry : node.entries())
        parts.push_back(absl::StrCat(entry.key, ": ", Written(entry.value)));
      return absl::StrCat("{", absl::StrJoin(parts, ", "), "}");
  }
  return "";
}

}  // namespace wirewatch::scenario
