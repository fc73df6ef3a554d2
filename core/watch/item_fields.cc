#include "wirewatch/watch/item_fields.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/descriptor.h"
#include "wirewatch/text/fold.h"
#include "wirewatch/watch/term_pattern.h"

namespace wirewatch::watch {
namespace {

constexpr std::string_view kCodes[] = {"language", "country", "domain", "url",
                                       "link",     "type",    "region", "place-within"};

void Add(const std::string& value, List<std::string_view>& values) {
  if (value.empty() || std::find(values.begin(), values.end(), value) != values.end()) return;
  values.push_back(value);
}

bool IsAddress(std::string_view field) { return field == "url" || field == "link"; }

bool MatchesOneCode(const std::string& wanted, std::string_view field, const std::string& value) {
  if (IsAddress(field)) {
    return HasWildcard(wanted) ? MatchesGlob(wanted, value) : value.find(wanted) != value.npos;
  }
  if (HasWildcard(wanted)) return MatchesGlob(wanted, value);
  if (value == wanted) return true;
  if (field == "language") return value.starts_with(wanted + "-");
  if (field == "domain") return value.ends_with("." + wanted);
  return false;
}

}  // namespace

bool IsCodeField(std::string_view field) {
  return std::find(std::begin(kCodes), std::end(kCodes), field) != std::end(kCodes);
}

List<std::string_view> ValuesOf(const v1::Item& item, std::string_view field) {
  List<std::string_view> values;
  if (field == "author") Add(item.by(), values);
  if (field == "domain") {
    Add(item.domain(), values);
    Add(item.outlet().domain(), values);
  }
  if (field == "url") {
    for (const auto* url : {&item.url(), &item.final_url(), &item.canonical_url()}) Add(*url, values);
  }
  if (field == "country") Add(item.outlet().country(), values);
  if (field == "type") Add(item.outlet().type(), values);
  if (field == "language" && LanguageIsKnown(item)) Add(item.language().tag(), values);
  if (field == "agency") {
    for (const auto& agency : item.dateline().agencies()) Add(agency.name(), values);
    for (const auto& source : item.info_sources()) {
      if (source.role() == "agency") Add(source.name(), values);
    }
  }
  if (field == "located") {
    Add(item.located(), values);
    Add(item.dateline().place(), values);
  }
  if (field == "link") {
    for (const auto& link : item.links()) Add(link.url(), values);
  }
  if (field == "genre") {
    for (const auto& genre : item.genres()) Add(genre, values);
  }
  if (field == "region") {
    for (const auto& label : item.labels()) {
      if (label.name() == "region") Add(label.value(), values);
    }
  }
  return values;
}

bool LanguageIsKnown(const v1::Item& item) { return !item.language().tag().empty() && item.language().tag() != "und"; }

bool IsKnown(const v1::Item& item, std::string_view annotation) {
  const auto* const field = v1::Item::descriptor()->FindFieldByName(std::string(annotation));
  if (field != nullptr) {
    const auto& reflection = *item.GetReflection();
    if (field->is_repeated() ? reflection.FieldSize(item, field) > 0 : reflection.HasField(item, field)) return true;
  }
  const auto& produced = item.provenance().produced();
  return std::find(produced.begin(), produced.end(), annotation) != produced.end();
}

std::string CodeOf(const Expression& wanted) {
  if (wanted.operation == Operation::kWord) return text::Fold(wanted.text);
  std::string code;
  for (const auto& word : wanted.operands) absl::StrAppend(&code, code.empty() ? "" : " ", word->text);
  return text::Fold(code);
}

bool MatchesCode(const Expression& wanted, std::string_view field, std::span<const std::string> codes) {
  const auto holds = [&](const auto& operand) { return MatchesCode(*operand, field, codes); };
  switch (wanted.operation) {
    case Operation::kAnd:
    case Operation::kList:
      return std::all_of(wanted.operands.begin(), wanted.operands.end(), holds);
    case Operation::kOr:
      return std::any_of(wanted.operands.begin(), wanted.operands.end(), holds);
    case Operation::kNot:
      return !holds(wanted.operands[0]);
    case Operation::kWord:
    case Operation::kPhrase:
      return std::any_of(codes.begin(), codes.end(), [&, code = CodeOf(wanted)](const std::string& value) {
        return MatchesOneCode(code, field, text::Fold(value));
      });
    default:
      return false;
  }
}

bool IsOneOf(const Expression& wanted, std::span<const std::string> ids) {
  if (ids.empty()) return false;
  const std::string code = CodeOf(wanted);
  return std::any_of(ids.begin(), ids.end(), [&](const std::string& id) { return text::Fold(id) == code; });
}

uint32_t WordsOf(const View& view) {
  uint32_t words = view.item().word_count();
  if (words > 0) return words;
  for (const text::PartIndex& part : view.text().parts()) {
    if (part.part != v1::PART_CAPTION) words += part.positions;
  }
  return words;
}

std::optional<absl::Time> PublishedTime(const v1::Item& item, absl::TimeZone timezone) {
  if (!item.published().has_value() || item.published().flag() != v1::TIME_FLAG_UNSPECIFIED) return std::nullopt;
  const auto& value = item.published().value();
  const absl::Time time = absl::FromUnixSeconds(value.seconds()) + absl::Nanoseconds(value.nanos());
  const v1::TimePrecision precision = item.published().precision();
  const bool is_day = precision == v1::TIME_PRECISION_DAY || precision == v1::TIME_PRECISION_MONTH ||
                      precision == v1::TIME_PRECISION_YEAR;
  const absl::CivilSecond utc = absl::ToCivilSecond(time, absl::UTCTimeZone());
  if (is_day && utc == absl::CivilSecond(absl::CivilDay(utc))) return absl::FromCivil(utc, timezone);
  return time;
}

}  // namespace wirewatch::watch
