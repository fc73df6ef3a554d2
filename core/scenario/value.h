// Value: what came out of a pipeline, as a tree that expectations are compared with and that reports and golden files
// print. Items, Signals and Alerts become Values by their descriptors, so that annotations of future releases are
// covered as well. Plain values; functions are pure.
#ifndef WIREWATCH_SCENARIO_VALUE_H_
#define WIREWATCH_SCENARIO_VALUE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::scenario {

struct Value {
  enum class Kind { kText, kNumber, kBool, kWord, kTime, kDuration, kList, kTable };
  using Field = std::pair<std::string, Value>;

  Kind kind = Kind::kTable;
  std::string text = {};  // of a text; of everything else that is no list or table as it is printed
  double number = 0;
  bool truth = false;
  absl::Time time = {};
  absl::Duration duration = {};
  std::vector<Value> items = {};
  std::vector<Field> fields = {};  // only what is set

  static Value Text(std::string text);
  static Value Number(double number);
  static Value Bool(bool truth);
  static Value Word(std::string word);
  static Value Time(absl::Time time);
  static Value Duration(absl::Duration duration);
  static Value List(std::vector<Value> items = {});

  bool is_list() const { return kind == Kind::kList; }
  bool is_table() const { return kind == Kind::kTable; }
  const Value* Find(std::string_view name) const;  // nullptr when it is not set
  Value& Add(std::string name, Value value);
};

// The message's fields that are set, in the order of their numbers. `item`: the Item that spans point into; their texts
// are filled in from it.
Value FromMessage(const google::protobuf::Message& message, const v1::Item* item = nullptr);

// An enum's value as people write it: SEVERITY_HIGH is `high`; `none` when it is not set.
std::string WordOf(const google::protobuf::EnumValueDescriptor& value);

// As it would be written in YAML, on one line; cut to about `most` bytes.
std::string OnOneLine(const Value& value, size_t most = 160);
// Text that YAML would read as something else, or not at all, stands in quotes.
std::string Quoted(std::string_view text);

// The whole as a block of YAML, for golden files: without what changes from release to release (ids, hashes,
// producers); long texts are cut.
std::string AsBlock(const Value& value);

// RFC 3339 in UTC, without fraction where there is none.
std::string TimeText(absl::Time time);

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_VALUE_H_
