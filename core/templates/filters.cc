#include "wirewatch/templates/filters.h"

#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::templates {
namespace {

using Kind = Shape::Kind;
using Arguments = std::vector<Value>;

constexpr char kTimeFormat[] = "%Y-%m-%d %H:%M %Z";

Shape GivesText(const Shape&) { return Shape::Text(); }
Shape GivesNumber(const Shape&) { return Shape::Number(); }
Shape GivesTheSame(const Shape& input) { return input; }

// The byte behind the first `count` characters.
size_t BytesOf(std::string_view text, int64_t count) {
  size_t at = 0;
  while (at < text.size() && count > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
    --count;
  }
  return at;
}
int64_t Characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

Value Truncate(const Value& input, const Arguments& arguments, const FilterContext&) {
  const std::string& text = input.text();
  const int64_t limit = arguments[0].number();
  if (Characters(text) <= limit) return text;
  const std::string end = arguments.size() > 1 ? arguments[1].text() : "…";
  const int64_t kept = std::max<int64_t>(0, limit - Characters(end));
  return text.substr(0, BytesOf(text, kept)) + end.substr(0, BytesOf(end, limit));
}

Value Upper(const Value& input, const Arguments&, const FilterContext&) {
  std::string out;
  return icu::UnicodeString::fromUTF8(input.text()).toUpper(icu::Locale::getRoot()).toUTF8String(out);
}
Value Lower(const Value& input, const Arguments&, const FilterContext&) {
  std::string out;
  return icu::UnicodeString::fromUTF8(input.text()).toLower(icu::Locale::getRoot()).toUTF8String(out);
}

Value Json(const Value& input, const Arguments&, const FilterContext& context) {
  if (input.As<int64_t>() != nullptr || input.As<bool>() != nullptr) return Printed(input, context);
  if (input.As<std::shared_ptr<const Value::List>>() != nullptr) {
    const auto quoted = [](std::string* out, const Value& text) {
      absl::StrAppend(out, "\"", JsonEscaped(text.text()), "\"");
    };
    return absl::StrCat("[", absl::StrJoin(input.list(), ",", quoted), "]");
  }
  if (input.As<absl::Time>() != nullptr)
    return absl::FormatTime("\"%Y-%m-%dT%H:%M:%E*SZ\"", *input.As<absl::Time>(), absl::UTCTimeZone());
  // An absent time is nothing.
  if (input.As<std::string>() == nullptr) return "null";
  return absl::StrCat("\"", JsonEscaped(input.text()), "\"");
}

Value Html(const Value& input, const Arguments&, const FilterContext&) { return HtmlEscaped(input.text()); }

// https://api.slack.com/reference/surfaces/formatting#escaping
Value Slack(const Value& input, const Arguments&, const FilterContext&) {
  return absl::StrReplaceAll(input.text(), {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

Value Markdown(const Value& input, const Arguments&, const FilterContext&) {
  std::string out;
  for (const char c : text::Printable(input.text())) {
    if (std::string_view("\\`*_{}[]()<>#+-.!|~").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

Value Url(const Value& input, const Arguments&, const FilterContext&) {
  std::string out;
  for (const char c : input.text()) {
    const bool unreserved = absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' ||
                            c == '~';  // RFC 3986, 2.3
    unreserved ? void(out += c)
               : absl::StrAppend(&out, "%", absl::AsciiStrToUpper(absl::BytesToHexString(std::string(1, c))));
  }
  return out;
}

Value Line(const Value& input, const Arguments&, const FilterContext&) { return text::Printable(input.text()); }

Value Indent(const Value& input, const Arguments& arguments, const FilterContext&) {
  const std::string space(static_cast<size_t>(arguments[0].number()), ' ');
  return absl::StrReplaceAll(input.text(), {{"\n", "\n" + space}});
}

Value Default(const Value& input, const Arguments& arguments, const FilterContext& context) {
  return input.Holds() ? Printed(input, context) : arguments[0].text();
}

Value Date(const Value& input, const Arguments& arguments, const FilterContext& context) {
  const auto* const time = input.As<absl::Time>();
  if (time == nullptr) return "";
  absl::TimeZone zone = context.zone;
  if (arguments.size() > 1) absl::LoadTimeZone(arguments[1].text(), &zone);
  return absl::FormatTime(arguments[0].text(), *time, zone);
}
absl::Status CheckDate(const Arguments& arguments) {
  absl::TimeZone zone;
  if (arguments.size() > 1 && !absl::LoadTimeZone(arguments[1].text(), &zone))
    return absl::InvalidArgumentError(absl::StrCat("there is no time zone \"", arguments[1].text(), "\""));
  return absl::OkStatus();
}

Value Iso(const Value& input, const Arguments&, const FilterContext&) {
  const auto* const time = input.As<absl::Time>();
  return time == nullptr ? "" : absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", *time, absl::UTCTimeZone());
}
Value Unix(const Value& input, const Arguments&, const FilterContext&) {
  const auto* const time = input.As<absl::Time>();
  return time == nullptr ? int64_t{0} : absl::ToUnixSeconds(*time);
}

Value Plural(const Value& input, const Arguments& arguments, const FilterContext&) {
  return absl::StrCat(input.number(), " ", arguments[input.number() == 1 ? 0 : 1].text());
}

Value Grouped(const Value& input, const Arguments& arguments, const FilterContext&) {
  std::string digits = absl::StrCat(input.number());
  const size_t sign = digits[0] == '-' ? 1 : 0;
  for (size_t at = digits.size(); at > sign + 3; at -= 3)
    digits.insert(at - 3, arguments.empty() ? "," : arguments[0].text());
  return digits;
}

Value Count(const Value& input, const Arguments&, const FilterContext&) {
  if (input.As<std::string>() != nullptr) return Characters(input.text());
  return static_cast<int64_t>(input.list().size());
}

Value Join(const Value& input, const Arguments& arguments, const FilterContext&) {
  return absl::StrJoin(input.list(), arguments[0].text(),
                       [](std::string* out, const Value& text) { out->append(text.text()); });
}

Value First(const Value& input, const Arguments& arguments, const FilterContext&) {
  const Value::List& list = input.list();
  const auto kept = std::min<int64_t>(arguments[0].number(), static_cast<int64_t>(list.size()));
  return Value::List(list.begin(), list.begin() + kept);
}

absl::Status CheckNumber(const Arguments& arguments) {
  return arguments[0].number() >= 0 && arguments[0].number() <= 1'000'000
             ? absl::OkStatus()
             : absl::InvalidArgumentError("the number must lie between 0 and 1000000");
}
absl::Status CheckIndent(const Arguments& arguments) {
  return arguments[0].number() >= 0 && arguments[0].number() <= 80
             ? absl::OkStatus()
             : absl::InvalidArgumentError("the number must lie between 0 and 80");
}

}  // namespace

const std::vector<Filter>& Filters() {
  static const auto& filters = *new std::vector<Filter>{
      {"count",
       "",
       "How many elements a list has, or characters a text.",
       {Kind::kList, Kind::kText},
       {},
       0,
       GivesNumber,
       Count},
      {"date",
       "(format[, zone])",
       "A time written as strftime does, in the channel's zone or another: `date(\"%H:%M\", \"Asia/Tokyo\")`.",
       {Kind::kTime},
       {Kind::kText, Kind::kText},
       1,
       GivesText,
       Date,
       CheckDate},
      {"default",
       "(text)",
       "Another text where there is nothing.",
       {Kind::kText, Kind::kNumber, Kind::kTime},
       {Kind::kText},
       1,
       GivesText,
       Default},
      {"first",
       "(number)",
       "At most so many elements of a list, from its beginning.",
       {Kind::kList},
       {Kind::kNumber},
       1,
       GivesTheSame,
       First,
       CheckNumber},
      {"grouped",
       "[(separator)]",
       "A number in groups of three digits, with `,` or another text between them: 1,204.",
       {Kind::kNumber},
       {Kind::kText},
       0,
       GivesText,
       Grouped},
      {"html",
       "",
       "Escaped for HTML; in an HTML template everything is, without it.",
       {Kind::kText},
       {},
       0,
       GivesText,
       Html},
      {"indent",
       "(number)",
       "Lines after the first moved to the right.",
       {Kind::kText},
       {Kind::kNumber},
       1,
       GivesText,
       Indent,
       CheckIndent},
      {"iso", "", "A time as RFC 3339 has it, in UTC.", {Kind::kTime}, {}, 0, GivesText, Iso},
      {"join",
       "(text)",
       "A list of texts with something between them.",
       {Kind::kList},
       {Kind::kText},
       1,
       GivesText,
       Join},
      {"json",
       "",
       "A whole JSON value: texts and times with quotes, lists of texts with brackets.",
       {Kind::kText, Kind::kNumber, Kind::kFlag, Kind::kTime, Kind::kList},
       {},
       0,
       GivesText,
       Json,
       nullptr,
       true},
      {"line", "", "On one line, without control characters.", {Kind::kText}, {}, 0, GivesText, Line},
      {"lower", "", "In small letters.", {Kind::kText}, {}, 0, GivesText, Lower},
      {"markdown",
       "",
       "On one line, with what Markdown would take for markup escaped.",
       {Kind::kText},
       {},
       0,
       GivesText,
       Markdown},
      {"plural",
       "(one, many)",
       "A number with its noun: `plural(\"Item\", \"Items\")`.",
       {Kind::kNumber},
       {Kind::kText, Kind::kText},
       2,
       GivesText,
       Plural},
      {"slack", "", "With `&`, `<` and `>` escaped as Slack's text wants it.", {Kind::kText}, {}, 0, GivesText, Slack},
      {"truncate",
       "(number[, end])",
       "At most so many characters, of which the end, `…` unless given, is part.",
       {Kind::kText},
       {Kind::kNumber, Kind::kText},
       1,
       GivesText,
       Truncate,
       CheckNumber},
      {"unix", "", "A time in seconds since 1970.", {Kind::kTime}, {}, 0, GivesNumber, Unix},
      {"upper", "", "In capitals.", {Kind::kText}, {}, 0, GivesText, Upper},
      {"url", "", "Percent-encoded, for a part of a URL.", {Kind::kText}, {}, 0, GivesText, Url}};
  return filters;
}

const Filter* FindFilter(std::string_view name) {
  for (const Filter& filter : Filters()) {
    if (filter.name == name) return &filter;
  }
  return nullptr;
}

std::string Printed(const Value& value, const FilterContext& context) {
  if (value.As<int64_t>() != nullptr) return absl::StrCat(value.number());
  if (const auto* const flag = value.As<bool>()) return *flag ? "true" : "false";
  if (const auto* const time = value.As<absl::Time>()) return absl::FormatTime(kTimeFormat, *time, context.zone);
  return value.text();
}

std::string HtmlEscaped(std::string_view text) {
  return absl::StrReplaceAll(absl::string_view(text.data(), text.size()),
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string JsonEscaped(std::string_view text) {
  std::string out;
  for (const char c : text::RepairUtf8(text)) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (code < 0x20 || code == 0x7f) {
      absl::StrAppend(&out, "\\u00", absl::BytesToHexString(std::string(1, c)));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace wirewatch::templates
