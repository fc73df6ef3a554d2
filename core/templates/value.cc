#include "wirewatch/templates/value.h"

#include "absl/strings/str_cat.h"

namespace wirewatch::templates {

std::string Shape::Name() const {
  switch (kind) {
    case Kind::kText:
      return "text";
    case Kind::kNumber:
      return "number";
    case Kind::kFlag:
      return "flag";
    case Kind::kTime:
      return "time";
    case Kind::kRecord:
      return record->name;
    case Kind::kList:
      break;
  }
  return record == nullptr ? "list of texts" : absl::StrCat("list of ", record->name);
}

const std::string& Value::text() const {
  static const auto& none = *new std::string;
  const auto* const text = As<std::string>();
  return text != nullptr ? *text : none;
}

int64_t Value::number() const {
  const auto* const number = As<int64_t>();
  return number != nullptr ? *number : 0;
}

const Value::List& Value::list() const {
  static const auto& none = *new List;
  const auto* const list = As<std::shared_ptr<const List>>();
  return list != nullptr ? **list : none;
}

bool Value::Holds() const {
  if (const auto* const flag = As<bool>()) return *flag;
  if (As<int64_t>() != nullptr) return number() != 0;
  if (As<std::string>() != nullptr) return !text().empty();
  if (As<std::shared_ptr<const List>>() != nullptr) return !list().empty();
  return As<absl::Time>() != nullptr || As<Object>() != nullptr;
}

const Member* Record::Find(std::string_view member) const {
  for (const Member& candidate : members) {
    if (candidate.name == member) return &candidate;
  }
  return nullptr;
}

}  // namespace wirewatch::templates
