// Translations of the C interface.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/c/handles.h"
#include "wirewatch/watch/c/names.h"
#include "wirewatch/watch/c/sized.h"
#include "wirewatch/watch/dialect.h"

using namespace wirewatch::watch::c;  // NOLINT(google-build-using-namespace): the functions are C's

wirewatch_watch_status wirewatch_watch_translate(const wirewatch_watch_engine* engine, const char* query,
                                                 size_t query_size, const char* dialect,
                                                 wirewatch_watch_translation** translation,
                                                 wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (translation == nullptr) return NullFailure("translation");
    const Text text = ReadText(query, query_size, "query", wirewatch::watch::kMaxQueryBytes);
    if (!text.failure.ok()) return text.failure;
    wirewatch::watch::Dialect read = wirewatch::watch::Dialect::kWirewatch;
    if (Failure failure = ReadDialect(dialect, read); !failure.ok()) return failure;
    auto made = std::make_unique<wirewatch_watch_translation>();
    const auto translate = [&](const wirewatch::watch::Lists& lists) -> Failure {
      made->translation = wirewatch::watch::Translate(text.view, read, {}, lists);
      return {};
    };
    Failure failure =
        engine == nullptr ? translate(wirewatch::watch::NoLists) : engine->watches->armed.ReadLists(translate);
    if (!failure.ok()) return failure;
    if (made->translation.unreadable) return QueryFailure(*made->translation.error, text.view, "");
    if (made->translation.error) made->translation.normal_form.clear();
    *translation = made.release();
    return {};
  });
}

void wirewatch_watch_translation_destroy(wirewatch_watch_translation* translation) { delete translation; }

const char* wirewatch_watch_translation_normal_form(const wirewatch_watch_translation* translation) {
  return translation == nullptr ? "" : translation->translation.normal_form.c_str();
}

size_t wirewatch_watch_translation_clause_count(const wirewatch_watch_translation* translation) {
  return translation == nullptr ? 0 : translation->translation.clauses.size();
}

wirewatch_watch_status wirewatch_watch_translation_get_clause(const wirewatch_watch_translation* translation,
                                                              size_t number, wirewatch_watch_clause* clause,
                                                              wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (translation == nullptr) return NullFailure("translation");
    if (number >= translation->translation.clauses.size()) {
      return {.status = WIREWATCH_WATCH_INVALID_ARGUMENT, .message = absl::StrCat("there is no clause ", number)};
    }
    const wirewatch::watch::ClauseNote& note = translation->translation.clauses[number];
    wirewatch_watch_clause told = WIREWATCH_WATCH_CLAUSE_INIT;
    told.begin = note.begin;
    told.end = note.end;
    told.kind = static_cast<int32_t>(note.kind);
    told.written = note.written.c_str();
    told.became = note.became.c_str();
    told.why = note.why.c_str();
    told.hint = note.hint.c_str();
    return WriteSized(told, "clause", clause);
  });
}
