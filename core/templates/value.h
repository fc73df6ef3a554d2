// What templates work on: values, and the records whose members they name. A record is described once, in a table, from
// which come the checks when a template is read, the values when it is rendered, and the page of the documentation.
// Plain values; tables are constant. Any thread.
#ifndef WIREWATCH_TEMPLATES_VALUE_H_
#define WIREWATCH_TEMPLATES_VALUE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/time.h"

namespace wirewatch::templates {

struct Record;

// The type of a value, known when a template is read.
struct Shape {
  enum class Kind { kText, kNumber, kFlag, kTime, kRecord, kList };
  Kind kind = Kind::kText;
  const Record* record = nullptr;  // of a record; of a list's elements, nullptr for texts

  static constexpr Shape Text() { return {Kind::kText}; }
  static constexpr Shape Number() { return {Kind::kNumber}; }
  static constexpr Shape Flag() { return {Kind::kFlag}; }
  static constexpr Shape Time() { return {Kind::kTime}; }
  static constexpr Shape Of(const Record& record) { return {Kind::kRecord, &record}; }
  static constexpr Shape ListOf(const Record& record) { return {Kind::kList, &record}; }
  static constexpr Shape Texts() { return {Kind::kList}; }

  Shape Element() const { return record == nullptr ? Text() : Of(*record); }
  // "text", "number", "flag", "time", "list of texts", "list of evidence", "alert".
  std::string Name() const;
  friend bool operator==(const Shape&, const Shape&) = default;
};

// One record and what it is of: data that it owns, or that outlives the rendering.
struct Object {
  const Record* record = nullptr;
  std::shared_ptr<const void> data;

  template <class T>
  static Object Borrowed(const Record& record, const T& data) {
    return {&record, std::shared_ptr<const void>(std::shared_ptr<const void>(), &data)};
  }
  template <class T>
  static Object Owned(const Record& record, T data) {
    return {&record, std::make_shared<const T>(std::move(data))};
  }
};

class Value {
 public:
  using List = std::vector<Value>;

  Value() = default;  // nothing: an absent time or record
  // NOLINTBEGIN(google-explicit-constructor): getters return what they have.
  Value(std::string text) : held_(std::move(text)) {}
  Value(const char* text) : held_(std::string(text)) {}
  Value(int64_t number) : held_(number) {}
  Value(bool flag) : held_(flag) {}
  Value(absl::Time time) : held_(time) {}
  Value(Object object) : held_(std::move(object)) {}
  Value(List list) : held_(std::make_shared<const List>(std::move(list))) {}
  // NOLINTEND

  template <class T>
  const T* As() const {
    return std::get_if<T>(&held_);
  }
  // Empty ones where the value is something else.
  const std::string& text() const;
  int64_t number() const;
  const List& list() const;
  // Jinja's sense: not nothing, not empty, not 0, not false.
  bool Holds() const;

 private:
  std::variant<std::monostate, std::string, int64_t, bool, absl::Time, Object, std::shared_ptr<const List>> held_;
};

struct Member {
  const char* name;
  Shape shape;
  const char* summary;
  Value (*get)(const void* data);
};

struct Record {
  const char* name;  // "alert"
  std::vector<Member> members;

  const Member* Find(std::string_view member) const;
};

}  // namespace wirewatch::templates

#endif  // WIREWATCH_TEMPLATES_VALUE_H_
