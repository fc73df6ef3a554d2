#include "text_format.h"

#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "ascii.h"
#include "dates.h"
#include "encoding.h"

namespace wirewatch::sources {
namespace {

constexpr size_t kMaxHeadlineBytes = 240;
constexpr int kMaxGroups = 16;

using SetText = void (*)(v1::Item&, std::string);
const std::map<std::string, SetText, std::less<>>& TextSetters() {
  static const auto* const setters = new std::map<std::string, SetText, std::less<>>{
      {"by", [](v1::Item& item, std::string text) { item.set_by(std::move(text)); }},
      {"country", [](v1::Item& item, std::string text) { item.mutable_outlet()->set_country(std::move(text)); }},
      {"domain", [](v1::Item& item, std::string text) { item.mutable_outlet()->set_domain(std::move(text)); }},
      {"ed_note", [](v1::Item& item, std::string text) { item.set_ed_note(std::move(text)); }},
      {"headline", [](v1::Item& item, std::string text) { item.set_headline(std::move(text)); }},
      {"located", [](v1::Item& item, std::string text) { item.set_located(std::move(text)); }},
      {"outlet", [](v1::Item& item, std::string text) { item.mutable_outlet()->set_name(std::move(text)); }},
      {"slugline", [](v1::Item& item, std::string text) { item.set_slugline(std::move(text)); }},
      {"subheadline", [](v1::Item& item, std::string text) { item.set_subheadline(std::move(text)); }},
      {"url", [](v1::Item& item, std::string text) { item.set_url(std::move(text)); }},
      {"agency",
       [](v1::Item& item, std::string text) {
         v1::InfoSource& source = *item.add_info_sources();
         source.set_name(std::move(text));
         source.set_role("agency");
       }},
      {"id",
       [](v1::Item& item, std::string text) {
         v1::AlternateId& id = *item.add_alt_ids();
         id.set_role("publisher");
         id.set_value(std::move(text));
       }},
      {"language",
       [](v1::Item& item, std::string text) {
         item.mutable_language()->set_tag(std::move(text));
         item.mutable_language()->set_declared(true);
       }},
  };
  return *setters;
}

// What one pattern took; `text` loses the match if it is to.
void TakeField(const TextField& field, absl::TimeZone zone, v1::Item& item, std::string& text) {
  const re2::RE2& regex = field.pattern.regex();
  const int groups = std::min(regex.NumberOfCapturingGroups(), kMaxGroups - 1) + 1;
  re2::StringPiece found[kMaxGroups];
  if (!regex.Match(text, 0, text.size(), re2::RE2::UNANCHORED, found, groups)) return;
  bool usable = true;
  for (const auto& [name, number] : regex.NamedCapturingGroups()) {
    if (number >= groups || found[number].data() == nullptr) continue;
    const std::string value = OneLine({found[number].data(), found[number].size()});
    if (!value.empty()) usable &= SetField(name, value, zone, "pattern", item);
  }
  // A value that could not be read stays in the text, where a person can still see it.
  if (field.strip && usable) text.erase(static_cast<size_t>(found[0].data() - text.data()), found[0].size());
}

bool EndsLikeSentence(std::string_view line) {
  for (const std::string_view closing : {"\"", "'", ")", "”", "“", "»", "’"}) {
    if (line.ends_with(closing)) line.remove_suffix(closing.size());
  }
  return (line.ends_with('.') && !line.ends_with("...")) || line.ends_with(':') || line.ends_with(';') ||
         line.ends_with(',') || line.ends_with("。");
}

// A dateline opens a story's text: `PARIS, 3 mai (AFP) -`, `BELGRADE, June 23. /TASS/.`
bool LooksLikeDateline(std::string_view line) {
  static const re2::RE2* const dateline =
      new re2::RE2(R"(^[^.!?]{2,60}(\([A-Za-z/ ]{2,24}\)|/[A-Z]{2,10}/)\s*[.\-–—])");
  return re2::RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), *dateline);
}

bool LooksLikeHeadline(std::string_view paragraph) {
  return paragraph.find('\n') == std::string_view::npos && paragraph.size() <= kMaxHeadlineBytes &&
         !EndsLikeSentence(paragraph) && !LooksLikeDateline(paragraph);
}

}  // namespace

std::vector<TextField> FilesOptions::DefaultFields() {
  TextField date;
  const absl::Status compiled = Pattern::Compile(
      R"(^\s*(?:[Dd]ate:? +)?(?P<published>\d{4}-\d{2}-\d{2}(?:T[0-9:.]+(?:Z|[+-]\d\d:?\d\d)?)?)\s+)", date.pattern);
  if (!compiled.ok()) return {};
  return {std::move(date)};
}

const std::vector<std::string>& TextFieldNames() {
  static const auto* const names = [] {
    auto* all = new std::vector<std::string>{"created", "embargoed_until", "published", "urgency", "version_created"};
    for (const auto& [name, set] : TextSetters()) all->push_back(name);
    std::sort(all->begin(), all->end());
    return all;
  }();
  return *names;
}

bool SetField(std::string_view name, std::string_view value, absl::TimeZone zone, std::string_view method,
              v1::Item& item) {
  if (const auto setter = TextSetters().find(name); setter != TextSetters().end()) {
    setter->second(item, std::string(value));
    return true;
  }
  if (name == "urgency") {
    uint32_t urgency = 0;
    if (!absl::SimpleAtoi(std::string(value), &urgency) || urgency < 1 || urgency > 9) return false;
    item.set_urgency(urgency);
    return true;
  }
  const std::optional<WrittenTime> time = ParseWrittenTime(value, zone);
  if (!time) return false;
  if (name == "created") SetTimestamp(time->value, *item.mutable_created());
  if (name == "version_created") SetTimestamp(time->value, *item.mutable_version_created());
  if (name == "embargoed_until") SetTimestamp(time->value, *item.mutable_embargoed_until());
  if (name == "published") {
    v1::PublishedTime& published = *item.mutable_published();
    SetTimestamp(time->value, *published.mutable_value());
    published.set_precision(time->precision);
    published.set_method(std::string(method));
  }
  return true;
}

std::string OneLine(std::string_view text) {
  std::string line;
  for (const std::string_view word : Words(text)) {
    if (!line.empty()) line += ' ';
    line += word;
  }
  return line;
}

std::string NormaliseParagraphs(std::string_view text) {
  std::string out;
  const auto add = [&out](std::string_view line, bool new_paragraph) {
    if (!out.empty()) out += new_paragraph ? "\n\n" : "\n";
    out += line;
  };
  std::string_view rest = Strip(text);
  std::vector<std::string_view> lines;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    lines.push_back(Strip(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const bool has_empty = std::find(lines.begin(), lines.end(), "") != lines.end();
  bool after_empty = true;
  for (const std::string_view line : lines) {
    if (!line.empty()) add(line, after_empty || !has_empty);
    after_empty = line.empty();
  }
  return out;
}

absl::Status FillFromText(std::string_view text, const std::vector<TextField>& fields, absl::TimeZone zone,
                          v1::Item& item) {
  std::string rest = CleanText(text);
  for (const TextField& field : fields) TakeField(field, zone, item, rest);
  std::string body = NormaliseParagraphs(rest);
  const size_t paragraph_end = body.find("\n\n");
  if (item.headline().empty() && paragraph_end != std::string::npos &&
      LooksLikeHeadline(std::string_view(body).substr(0, paragraph_end))) {
    item.set_headline(body.substr(0, paragraph_end));
    body.erase(0, paragraph_end + 2);
  }
  if (body.empty() && item.headline().empty()) return absl::InvalidArgumentError("there is no text in it");
  item.set_body(std::move(body));
  item.mutable_extraction()->set_method("plain");
  item.mutable_extraction()->set_confidence(1);
  item.set_completeness(item.body().empty() ? v1::COMPLETENESS_HEADLINE : v1::COMPLETENESS_FULL);
  return absl::OkStatus();
}

}  // namespace wirewatch::sources
