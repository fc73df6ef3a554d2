// Values of protobuf messages, for the tables of the data models. Any thread.
#ifndef WIREWATCH_TEMPLATES_MESSAGE_VALUES_H_
#define WIREWATCH_TEMPLATES_MESSAGE_VALUES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "wirewatch/templates/value.h"

namespace wirewatch::templates {

inline Value ValueOf(const std::string& text) { return text; }
inline Value ValueOf(bool flag) { return flag; }
inline Value ValueOf(const google::protobuf::Timestamp& at) {
  if (at.seconds() == 0 && at.nanos() == 0) return {};
  return absl::FromUnixSeconds(at.seconds()) + absl::Nanoseconds(at.nanos());
}
template <class T>
requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) Value ValueOf(T number) {
  return static_cast<int64_t>(number);
}
template <class T>
Value TextsOf(const T& texts) {
  Value::List list;
  for (const std::string& text : texts) list.emplace_back(text);
  return list;
}
template <class T>
Value RecordsOf(const Record& record, const T& messages) {
  Value::List list;
  for (const auto& message : messages) list.emplace_back(Object::Borrowed(record, message));
  return list;
}

// A member that is a field of the message M.
template <class M, auto Get>
Value Field(const void* data) {
  return ValueOf((static_cast<const M*>(data)->*Get)());
}

// What stands behind the prefix of an enum's names, in small letters; nothing for the unspecified value.
std::string Word(const std::string& name, std::string_view prefix);

// Only what a link may lead to, with what would end it in some notation encoded.
Value LinkOf(const std::string& url);

}  // namespace wirewatch::templates

#endif  // WIREWATCH_TEMPLATES_MESSAGE_VALUES_H_
