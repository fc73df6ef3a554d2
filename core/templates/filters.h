// The filters of templates: `value | name(arguments)`. Arguments are literals and checked when the template is read, so
// that applying a filter cannot fail. Any thread.
#ifndef WIREWATCH_TEMPLATES_FILTERS_H_
#define WIREWATCH_TEMPLATES_FILTERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "wirewatch/templates/value.h"

namespace wirewatch::templates {

struct FilterContext {
  absl::TimeZone zone;
};

struct Filter {
  const char* name;
  const char* arguments;  // for people: "(number, text)"; "" when it takes none
  const char* summary;
  std::vector<Shape::Kind> takes;
  std::vector<Shape::Kind> parameters;
  size_t required = 0;  // of the parameters
  // What comes out for what goes in.
  Shape (*gives)(const Shape& input);
  Value (*apply)(const Value& input, const std::vector<Value>& arguments, const FilterContext& context);
  // Of the arguments' values; nullptr: any. A message for people.
  absl::Status (*check)(const std::vector<Value>& arguments) = nullptr;
  // The result is JSON by itself and not escaped again in a JSON document.
  bool makes_json = false;
};

// By name.
const std::vector<Filter>& Filters();
const Filter* FindFilter(std::string_view name);

// As a value stands in a text: a time as "2026-11-26 14:05 CET".
std::string Printed(const Value& value, const FilterContext& context);

std::string HtmlEscaped(std::string_view text);
// What stands between the quotes of a JSON string; invalid UTF-8 is mended.
std::string JsonEscaped(std::string_view text);

}  // namespace wirewatch::templates

#endif  // WIREWATCH_TEMPLATES_FILTERS_H_
