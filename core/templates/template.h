// Template: a text with places for values, in a part of Jinja's language: {{ value | filter }}, {% if %}, {% elif %},
// {% else %}, {% for %}, {# comments #}. It is read and checked as a whole, types included, before it is used; then it
// can only render: no calls, no files, no state. Sizes, depth and steps are bounded, so a template can be written by
// people who are not trusted with more. docs/templates.md describes the language and what is in an event.
//
// A line on which nothing but tags and comments stand leaves nothing behind.
#ifndef WIREWATCH_TEMPLATES_TEMPLATE_H_
#define WIREWATCH_TEMPLATES_TEMPLATE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/templates/value.h"

namespace wirewatch::templates {

// What values are escaped for, wherever they stand; there is no way around it.
enum class Target {
  kText,  // nothing
  kLine,  // a terminal or a log: made printable, on one line
  kHtml,  // text and quoted attributes
  kJson,  // inside of strings; the filter json makes whole values
};

struct TemplateOptions {
  Target target = Target::kText;
  // Its members are the names that a template may begin with.
  const Record* root = nullptr;
  // Further texts, with their names: what a channel alone knows.
  std::vector<std::string> extras = {};
  absl::TimeZone zone = absl::UTCTimeZone();
  size_t limit_bytes = 1 << 20;  // of what comes out
};

// What is wrong with a template, and the byte of it where.
struct TemplateProblem {
  size_t offset = 0;
  std::string message;
  std::string hint;
};

// Constant once made; any thread.
class Template {
 public:
  // nullptr when there are problems.
  static std::unique_ptr<const Template> Parse(std::string_view text, const TemplateOptions& options,
                                               std::vector<TemplateProblem>& problems);
  ~Template();

  // `root` is what the root record describes; `extras` are in the order of the options'; `zone` stands for the options'
  // where it is given. OutOfRange when a bound was reached.
  absl::StatusOr<std::string> Render(const Object& root, const std::vector<std::string>& extras = {},
                                     const absl::TimeZone* zone = nullptr) const;

  struct Body;

 private:
  Template(TemplateOptions options, std::unique_ptr<const Body> body);

  const TemplateOptions options_;
  const std::unique_ptr<const Body> body_;
};

}  // namespace wirewatch::templates

#endif  // WIREWATCH_TEMPLATES_TEMPLATE_H_
