// Shape: what may be written in an expectation, and in an Item or annotation of a test file. Made from the descriptors
// of the messages, and from tables for what has none. Built once, read by any thread.
#ifndef WIREWATCH_SCENARIO_SHAPE_H_
#define WIREWATCH_SCENARIO_SHAPE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "wirewatch/sdk/node.h"

namespace wirewatch::scenario {

struct Shape {
  enum class Kind { kText, kNumber, kBool, kWord, kTime, kDuration, kTable, kLabels };
  struct Field {
    std::string name;
    const Shape* shape = nullptr;
    bool list = false;
    // A list in which everything must be named, unless `some` says otherwise; other lists may hold more.
    bool whole = false;
    std::string summary = {};
  };

  Kind kind = Kind::kTable;
  std::string name = {};                // of a table, for messages: "an Item"
  std::vector<std::string> words = {};  // of a word
  std::vector<Field> fields = {};       // of a table
  std::string main = {};                // of a table: the field that a plain value stands for
  const Field* Find(std::string_view field) const;
};

// Of plain values.
const Shape& TextShape();
const Shape& NumberShape();
const Shape& BoolShape();
const Shape& DurationShape();
const Shape& LabelsShape();  // any names, each with a text
const Shape& WordShape(const google::protobuf::EnumDescriptor& words);
// Of a message, with those that it holds.
const Shape& ShapeOf(const google::protobuf::Descriptor& message);

// The operators that may stand in place of a value of this kind: `contains`, `at_least`, ….
const std::vector<std::string>& OperatorsOf(const Shape& shape, bool list);

// Everything that cannot be an expectation of this shape.
void CheckPattern(const Node& pattern, const Shape& shape, bool list, Diagnostics& diagnostics);

// `2026-06-13T10:00:00Z`, `2026-06-13`, or `+30s` and `-2h` from `base`; nullopt when it is none of them.
std::optional<absl::Time> ParseTime(const std::string& text, absl::Time base);
// `30s`, `1h30m`, `0`, with or without a sign; nullopt when it is none.
std::optional<absl::Duration> ParseOffset(const std::string& text);

// What is written, on one line and as YAML would have it.
std::string Written(const Node& node);

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_SHAPE_H_
