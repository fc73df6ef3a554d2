// The value types of the field table and how each is read from a Node. Plugins use the types (ByteSize, Path, Secret,
// Pattern, Condition); the functions serve field.h. All are values, safe to share read-only between threads.
#ifndef WIREWATCH_SDK_FIELD_VALUES_H_
#define WIREWATCH_SDK_FIELD_VALUES_H_

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "wirewatch/sdk/node.h"
#include "wirewatch/v1/plugin.pb.h"

namespace re2 {
class RE2;
}
namespace wirewatch::watch {
class Condition;
}

namespace wirewatch {

class Document;

// A size in bytes: `512`, `64KiB`, `1.5MB`.
struct ByteSize {
  uint64_t bytes = 0;
  friend bool operator==(ByteSize, ByteSize) = default;
};
constexpr ByteSize KiB(uint64_t n) { return {n << 10}; }
constexpr ByteSize MiB(uint64_t n) { return {n << 20}; }

// A path or glob. `text` is what was written; `resolved` is made absolute against the folder of the file it was written
// in.
struct Path {
  std::string text;
  std::filesystem::path resolved;
};

// A password, token or key. Printing one prints `***`; only Reveal() gives the text.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  const std::string& Reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

// A regular expression (RE2 syntax, UTF-8), compiled when read; an error names the place inside the pattern.
class Pattern {
 public:
  Pattern() = default;
  static absl::Status Compile(std::string_view expression, Pattern& pattern);
  bool empty() const { return regex_ == nullptr; }
  const re2::RE2& regex() const { return *regex_; }  // only when not empty
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::shared_ptr<const re2::RE2> regex_;
};

// A condition in the watch language, as `when:` takes it. Matches() may be called by any thread.
class Condition {
 public:
  Condition() = default;
  static absl::Status Compile(std::string_view query, Condition& condition);
  bool empty() const { return compiled_ == nullptr; }  // an empty condition holds for every Item
  // True only if the condition holds; unknown (Kleene) counts as not holding.
  bool Matches(const Document& document) const;
  const std::string& text() const { return text_; }
  // Annotations the condition reads; see PluginSpec::needs.
  std::vector<std::string> Needs() const;

 private:
  std::string text_;
  std::shared_ptr<const watch::Condition> compiled_;
};

// How each type is read. On a problem, one entry goes to `diagnostics` and `value` stays as it was.
void ParseValue(const Node& node, bool& value, Diagnostics& diagnostics);
void ParseValue(const Node& node, int32_t& value, Diagnostics& diagnostics);
void ParseValue(const Node& node, int64_t& value, Diagnostics& diagnostics);
void ParseValue(const Node& node, uint32_t& value, Diagnostics& diagnostics);
void ParseValue(const Node& node, uint64_t& value, Diagnostics& diagnostics);
void ParseValue(const Node& node, double& value, Diagnostics& diagnostics);
void ParseValue(const Node& node, std::string& value, Diagnostics& diagnostics);
void ParseValue(const Node& node, absl::Duration& value, Diagnostics& diagnostics);
void ParseValue(const Node& node, ByteSize& value, Diagnostics& diagnostics);
void ParseValue(const Node& node, Path& value, Diagnostics& diagnostics);
void ParseValue(const Node& node, Secret& value, Diagnostics& diagnostics);
void ParseValue(const Node& node, Pattern& value, Diagnostics& diagnostics);
void ParseValue(const Node& node, Condition& value, Diagnostics& diagnostics);
void ParseValue(const Node& node, Node& value, Diagnostics& diagnostics);
bool ExpectList(const Node& node, Diagnostics& diagnostics);
// Index of the word written, or -1 after an error that lists the words and names the nearest.
int ParseChoice(const Node& node, const std::vector<std::string>& words, Diagnostics& diagnostics);

// A single value may stand for a list of one.
template <class T>
void ParseValue(const Node& node, std::vector<T>& values, Diagnostics& diagnostics) {
  std::vector<T> parsed;
  if (node.is_scalar()) {
    ParseValue(node, parsed.emplace_back(), diagnostics);
  } else if (ExpectList(node, diagnostics)) {
    for (const Node& item : node.items()) ParseValue(item, parsed.emplace_back(), diagnostics);
  }
  values = std::move(parsed);
}
template <class T>
void ParseValue(const Node& node, std::optional<T>& value, Diagnostics& diagnostics) {
  T parsed{};
  const int errors_before = diagnostics.errors();
  ParseValue(node, parsed, diagnostics);
  if (diagnostics.errors() == errors_before) value = std::move(parsed);
}

// As it would be written in YAML; a Secret prints as `***`, an absent optional as "".
std::string PrintValue(bool value);
std::string PrintValue(int64_t value);
std::string PrintValue(uint64_t value);
std::string PrintValue(double value);
std::string PrintValue(const std::string& value);
std::string PrintValue(absl::Duration value);
std::string PrintValue(ByteSize value);
std::string PrintValue(const Path& value);
std::string PrintValue(const Secret& value);
std::string PrintValue(const Pattern& value);
std::string PrintValue(const Condition& value);
std::string PrintValue(const Node& value);
inline std::string PrintValue(int32_t value) { return PrintValue(int64_t{value}); }
inline std::string PrintValue(uint32_t value) { return PrintValue(uint64_t{value}); }
template <class T>
std::string PrintValue(const std::vector<T>& values) {
  std::string text = "[";
  for (const T& value : values) text += (text.size() > 1 ? ", " : "") + PrintValue(value);
  return text + "]";
}
template <class T>
std::string PrintValue(const std::optional<T>& value) {
  return value ? PrintValue(*value) : std::string();
}

template <class T>
struct ElementOf {
  using Type = T;
};
template <class T>
struct ElementOf<std::vector<T>> : ElementOf<T> {};
template <class T>
struct ElementOf<std::optional<T>> : ElementOf<T> {};
template <class T>
using Element = typename ElementOf<T>::Type;

template <class T>
inline constexpr bool kIsList = false;
template <class T>
inline constexpr bool kIsList<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsSecret = std::is_same_v<Element<T>, Secret>;
template <class T>
inline constexpr bool kIsNumeric = (std::is_arithmetic_v<Element<T>> && !std::is_same_v<Element<T>, bool>) ||
                                   std::is_same_v<Element<T>, absl::Duration> || std::is_same_v<Element<T>, ByteSize>;

// The type's name in descriptions: "bool" "integer" "number" "text" "duration" "size" "path" "secret" "pattern"
// "condition" "any".
template <class T>
constexpr std::string_view ValueType() {
  using E = Element<T>;
  if constexpr (std::is_same_v<E, bool>)
    return "bool";
  else if constexpr (std::is_integral_v<E>)
    return "integer";
  else if constexpr (std::is_floating_point_v<E>)
    return "number";
  else if constexpr (std::is_same_v<E, absl::Duration>)
    return "duration";
  else if constexpr (std::is_same_v<E, ByteSize>)
    return "size";
  else if constexpr (std::is_same_v<E, Path>)
    return "path";
  else if constexpr (std::is_same_v<E, Secret>)
    return "secret";
  else if constexpr (std::is_same_v<E, Pattern>)
    return "pattern";
  else if constexpr (std::is_same_v<E, Condition>)
    return "condition";
  else if constexpr (std::is_same_v<E, Node>)
    return "any";
  else
    return "text";
}

// The numbers in a value, for bounds: durations in seconds, sizes in bytes.
template <class T>
requires std::is_arithmetic_v<T> std::vector<double> Numbers(T value) { return {static_cast<double>(value)}; }
inline std::vector<double> Numbers(absl::Duration value) { return {absl::ToDoubleSeconds(value)}; }
inline std::vector<double> Numbers(ByteSize value) { return {static_cast<double>(value.bytes)}; }
template <class T>
std::vector<double> Numbers(const std::optional<T>& value) {
  return value ? Numbers(*value) : std::vector<double>{};
}
template <class T>
std::vector<double> Numbers(const std::vector<T>& values) {
  std::vector<double> numbers;
  for (const T& value : values) numbers.push_back(Numbers(value).front());
  return numbers;
}

void CheckBounds(const v1::FieldDescription& field, const std::vector<double>& values, const Node& node,
                 Diagnostics& diagnostics);
std::vector<const Node*> MatchKeys(const Node& node, const std::vector<const v1::FieldDescription*>& fields,
                                   std::string_view what, Diagnostics& diagnostics);

}  // namespace wirewatch

#endif  // WIREWATCH_SDK_FIELD_VALUES_H_
