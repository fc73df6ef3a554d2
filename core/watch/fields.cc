#include <algorithm>

#include "absl/strings/str_cat.h"
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

absl::Status ToStatus(const QueryError& error, std::string_view query) {
  const std::string_view before = query.substr(0, error.offset);
  const size_t line_begin = before.rfind('\n') + 1;  // 0 when there is none
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const auto columns = std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line_begin), before.end(),
                                     [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  return absl::InvalidArgumentError(absl::StrCat(lines + 1, ":", columns + 1, ": ", error.message,
                                                 error.hint.empty() ? "" : absl::StrCat("; ", error.hint)));
}

}  // namespace wirewatch::watch
