// The field table: the one description of a plugin's options. It drives parsing, defaults, bounds, unknown-key errors,
// `wirewatch plugins show`, the JSON Schema and the reference page.
//
//   struct Options { double min_ratio = 0.6; absl::Duration every = absl::Minutes(5); };
//   std::vector<FieldOf<Options>> fields = {
//       Field("min_ratio", &Options::min_ratio, "Share of capitals that counts as shouting.").Range(0, 1),
//       Field("every", &Options::every, "How often to look.").Range(absl::Seconds(1), absl::Hours(24))};
//
// A default is the struct's initialiser. Value types: bool, int32/int64/uint32/uint64, double, std::string,
// absl::Duration (`30s`, `5m`, `1h30m`, `7d`), ByteSize (`64KiB`, `1MB`), Path (relative to the file it is written in),
// Secret, Pattern (RE2), Condition (watch language), Node (anything), and std::vector and std::optional of these.
// Enums: Choice(). Nested tables: Table() and TableList(). Tables are built once at start-up and read by any thread.
#ifndef WIREWATCH_SDK_FIELD_H_
#define WIREWATCH_SDK_FIELD_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/sdk/field_values.h"
#include "wirewatch/sdk/node.h"
#include "wirewatch/v1/plugin.pb.h"

namespace wirewatch {

// One row of the table for options struct O. Made by Field(), Choice(), Table() or TableList(); refined by chaining.
template <class O>
class FieldOf {
 public:
  // The value must lie in [low, high]. For numbers.
  FieldOf& Range(double low, double high) { return Bounds(low, high); }
  FieldOf& Range(absl::Duration low, absl::Duration high) {
    return Bounds(absl::ToDoubleSeconds(low), absl::ToDoubleSeconds(high));
  }
  FieldOf& Range(ByteSize low, ByteSize high) {
    return Bounds(static_cast<double>(low.bytes), static_cast<double>(high.bytes));
  }
  // Must be written; an empty list or text does not count.
  FieldOf& Required() { return description_.set_required(true), *this; }
  // Shown in the schema and the reference page.
  FieldOf& Example(std::string yaml) { return description_.add_examples(std::move(yaml)), *this; }

  const v1::FieldDescription& description() const { return description_; }
  // Name, type and bounds with the default as it stands in `defaults`.
  v1::FieldDescription Describe(const O& defaults) const {
    v1::FieldDescription described = description_;
    if (print_ && !described.required()) described.set_default_value(print_(defaults));
    if (describe_children_) describe_children_(defaults, described);
    return described;
  }
  void Parse(const Node& node, O& options, Diagnostics& diagnostics) const {
    const int errors_before = diagnostics.errors();
    parse_(node, options, diagnostics);
    if (diagnostics.errors() == errors_before && numbers_) {
      CheckBounds(description_, numbers_(options), node, diagnostics);
    }
  }

 private:
  template <class P, class T>
  friend FieldOf<P> Field(std::string, T P::*, std::string);
  template <class P, class T>
  friend FieldOf<P> Choice(std::string, T P::*, std::vector<std::pair<std::string, T>>, std::string);
  template <class P, class T>
  friend FieldOf<P> Table(std::string, T P::*, std::vector<FieldOf<T>>, std::string);
  template <class P, class T>
  friend FieldOf<P> TableList(std::string, std::vector<T> P::*, std::vector<FieldOf<T>>, std::string);

  FieldOf(std::string name, std::string summary, std::string type) {
    description_.set_name(std::move(name));
    description_.set_summary(std::move(summary));
    description_.set_type(std::move(type));
  }
  FieldOf& Bounds(double low, double high) {
    if (low > -std::numeric_limits<double>::infinity()) description_.set_minimum(low);
    if (high < std::numeric_limits<double>::infinity()) description_.set_maximum(high);
    return *this;
  }

  v1::FieldDescription description_;
  std::function<void(const Node&, O&, Diagnostics&)> parse_;
  std::function<std::string(const O&)> print_;
  std::function<std::vector<double>(const O&)> numbers_;
  std::function<void(const O&, v1::FieldDescription&)> describe_children_;
};

// Parses `node` (a table, or null for "all defaults") into `options` by `fields`. Unknown, repeated and missing keys,
// wrong types and bounds go to `diagnostics`, each with its place and the nearest valid key. `what` names the table in
// messages, e.g. `analysis "watch"`.
template <class O>
void ParseFields(const Node& node, const std::vector<FieldOf<O>>& fields, std::string_view what, O& options,
                 Diagnostics& diagnostics) {
  std::vector<const v1::FieldDescription*> descriptions;
  descriptions.reserve(fields.size());
  for (const FieldOf<O>& field : fields) descriptions.push_back(&field.description());
  // value_of[i] is the node written for field i, or nullptr.
  const std::vector<const Node*> value_of = MatchKeys(node, descriptions, what, diagnostics);
  for (size_t i = 0; i < fields.size(); ++i) {
    if (value_of[i] != nullptr) fields[i].Parse(*value_of[i], options, diagnostics);
  }
}

template <class O, class T>
FieldOf<O> Field(std::string name, T O::*member, std::string summary) {
  FieldOf<O> field(std::move(name), std::move(summary), std::string(ValueType<T>()));
  field.description_.set_secret(kIsSecret<T>);
  field.description_.set_list(kIsList<T>);
  field.parse_ = [member](const Node& node, O& options, Diagnostics& diagnostics) {
    ParseValue(node, options.*member, diagnostics);
  };
  field.print_ = [member](const O& options) { return PrintValue(options.*member); };
  if constexpr (kIsNumeric<T>) {
    field.numbers_ = [member](const O& options) { return Numbers(options.*member); };
  }
  return field;
}

// An enum: the names that may be written and what each means.
template <class O, class T>
FieldOf<O> Choice(std::string name, T O::*member, std::vector<std::pair<std::string, T>> choices, std::string summary) {
  FieldOf<O> field(std::move(name), std::move(summary), "choice");
  for (const auto& [word, value] : choices) field.description_.add_choices(word);
  const auto table = std::make_shared<const std::vector<std::pair<std::string, T>>>(std::move(choices));
  field.parse_ = [member, table](const Node& node, O& options, Diagnostics& diagnostics) {
    std::vector<std::string> words;
    for (const auto& [word, value] : *table) words.push_back(word);
    if (const int chosen = ParseChoice(node, words, diagnostics); chosen >= 0) {
      options.*member = (*table)[static_cast<size_t>(chosen)].second;
    }
  };
  field.print_ = [member, table](const O& options) {
    for (const auto& [word, value] : *table) {
      if (value == options.*member) return word;
    }
    return std::string();
  };
  return field;
}

// A nested table.
template <class O, class T>
FieldOf<O> Table(std::string name, T O::*member, std::vector<FieldOf<T>> fields, std::string summary) {
  FieldOf<O> field(name, std::move(summary), "table");
  const auto table = std::make_shared<const std::vector<FieldOf<T>>>(std::move(fields));
  field.parse_ = [member, table, name](const Node& node, O& options, Diagnostics& diagnostics) {
    ParseFields(node, *table, "\"" + name + "\"", options.*member, diagnostics);
  };
  field.describe_children_ = [member, table](const O& options, v1::FieldDescription& described) {
    for (const FieldOf<T>& child : *table) *described.add_fields() = child.Describe(options.*member);
  };
  return field;
}

// A list of tables.
template <class O, class T>
FieldOf<O> TableList(std::string name, std::vector<T> O::*member, std::vector<FieldOf<T>> fields, std::string summary) {
  FieldOf<O> field(name, std::move(summary), "table");
  field.description_.set_list(true);
  const auto table = std::make_shared<const std::vector<FieldOf<T>>>(std::move(fields));
  field.parse_ = [member, table, name](const Node& node, O& options, Diagnostics& diagnostics) {
    if (!ExpectList(node, diagnostics)) return;
    (options.*member).clear();
    for (const Node& item : node.items()) {
      ParseFields(item, *table, "\"" + name + "\"", (options.*member).emplace_back(), diagnostics);
    }
  };
  field.describe_children_ = [table](const O&, v1::FieldDescription& described) {
    const T defaults{};
    for (const FieldOf<T>& child : *table) *described.add_fields() = child.Describe(defaults);
  };
  return field;
}

}  // namespace wirewatch

#endif  // WIREWATCH_SDK_FIELD_H_
