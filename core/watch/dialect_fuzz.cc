// Any bytes as a query in every dialect: it is translated or refused with a place inside it; what it becomes reads as
// the same tree and can be armed as a watch, and every clause says where it stands.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <variant>

#include "wirewatch/text/utf8.h"
#include "wirewatch/watch/dialect.h"
#include "wirewatch/watch/engine.h"

namespace {

using namespace wirewatch;

void Require(bool condition) {
  if (!condition) std::abort();
}

void CheckClauses(const watch::Translation& translation, const std::string& query) {
  for (const watch::ClauseNote& note : translation.clauses) {
    Require(note.begin <= note.end && note.end <= query.size());
    Require(note.written == query.substr(note.begin, note.end - note.begin));
    Require(note.kind == watch::ClauseKind::kExact || !note.why.empty());
    Require(note.kind != watch::ClauseKind::kRefused || translation.error.has_value());
  }
}

void CheckDialect(const std::string& query, watch::Dialect dialect) {
  const watch::Translation kept = watch::Translate(query, dialect, {.keep_moves = true});
  Require(kept.error.has_value() == (kept.expression == nullptr));
  const watch::Translation translation = watch::Translate(query, dialect);
  CheckClauses(translation, query);
  if (translation.error) {
    Require(translation.error->offset <= query.size() && !translation.error->message.empty());
    Require(translation.unreadable || translation.Count(watch::ClauseKind::kRefused) > 0);
    Require(translation.expression == nullptr && translation.normal_form.empty());
    return;
  }
  const auto again = watch::Parse(translation.normal_form);
  const auto* tree = std::get_if<std::shared_ptr<const watch::Expression>>(&again);
  Require(tree != nullptr && watch::SameTree(**tree, *translation.expression));
  watch::Engine engine;
  if (const auto error = engine.Add({.id = "w", .query = translation.normal_form, .timezone = absl::UTCTimeZone()})) {
    Require(watch::PlaceInDialect(translation, error->offset) <= query.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string query = text::RepairUtf8(std::string_view(reinterpret_cast<const char*>(data), size));
  for (const watch::Dialect dialect : {watch::Dialect::kMeltwater, watch::Dialect::kBrandwatch,
                                       watch::Dialect::kTalkwalker, watch::Dialect::kLucene}) {
    CheckDialect(query, dialect);
  }
  return 0;
}
