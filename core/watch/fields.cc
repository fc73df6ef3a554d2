#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wirewatch/text/utf8.h"
#include "wirewatch/watch/parser.h"

namespace wirewatch::watch {
namespace {

constexpr FieldInfo kFields[] = {
    {"headline", FieldKind::kText, ""},
    {"subheadline", FieldKind::kText, ""},
    {"lead", FieldKind::kText, ""},
    {"body", FieldKind::kText, ""},
    {"caption", FieldKind::kText, ""},
    {"author", FieldKind::kItem, ""},
    {"agency", FieldKind::kItem, "dateline"},
    {"outlet", FieldKind::kItem, ""},
    {"domain", FieldKind::kItem, ""},
    {"url", FieldKind::kItem, ""},
    {"link", FieldKind::kItem, ""},
    {"country", FieldKind::kItem, ""},
    {"region", FieldKind::kItem, ""},
    {"language", FieldKind::kItem, "language"},
    {"type", FieldKind::kItem, ""},
    {"genre", FieldKind::kItem, ""},
    {"topic", FieldKind::kItem, ""},
    {"located", FieldKind::kItem, "dateline"},
    {"published", FieldKind::kDate, ""},
    {"words", FieldKind::kNumber, ""},
    {"entity", FieldKind::kAnnotation, "entities"},
    {"person", FieldKind::kAnnotation, "entities"},
    {"org", FieldKind::kAnnotation, "entities"},
    {"place", FieldKind::kAnnotation, "places"},
    {"place-within", FieldKind::kAnnotation, "places"},
    {"quote", FieldKind::kQuote, "quotes"},
    {"quote.direct", FieldKind::kQuote, "quotes"},
    {"unquoted", FieldKind::kQuote, "quotes"},
    {"speaker", FieldKind::kAnnotation, "quotes"},
    {"event", FieldKind::kAnnotation, "events"},
    {"actor", FieldKind::kAnnotation, "events"},
    {"target", FieldKind::kAnnotation, "events"},
    {"tone", FieldKind::kAnnotation, "tones"},
    {"loaded", FieldKind::kAnnotation, "loaded"},
};

}  // namespace

const FieldInfo* FindField(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(kFields), std::end(kFields), [&](const FieldInfo& field) { return field.name == name; });
  return found == std::end(kFields) ? nullptr : found;
}

std::vector<std::string> FieldNames() {
  std::vector<std::string> names;
  for (const FieldInfo& field : kFields) names.emplace_back(field.name);
  return names;
}

bool HasOrder(const FieldInfo& field) {
  return field.kind == FieldKind::kDate || field.kind == FieldKind::kNumber || field.name == "tone";
}

bool FitsValue(Operation operation) {
  switch (operation) {
    case Operation::kStem:
    case Operation::kSent:
    case Operation::kPara:
    case Operation::kScore:
    case Operation::kLead:
    case Operation::kFirst:
    case Operation::kField:
    case Operation::kRange:
    case Operation::kSaid:
      return false;
    default:
      return true;
  }
}

absl::Status ToStatus(const QueryError& error, std::string_view query) {
  const text::LineColumn place = text::LineColumnOf(query, error.offset);
  return absl::InvalidArgumentError(absl::StrCat(place.line, ":", place.column, ": ", error.message,
                                                 error.hint.empty() ? "" : absl::StrCat("; ", error.hint)));
}

}  // namespace wirewatch::watch
