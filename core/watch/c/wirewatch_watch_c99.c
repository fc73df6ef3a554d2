/* The C interface from C99, without a test framework. Prints what does not hold, and then ends with status 1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wirewatch/watch/c/wirewatch_watch.h"

static int failures = 0;

static void Check(int holds, const char* what, int line) {
  if (holds) return;
  ++failures;
  fprintf(stderr, "line %d: does not hold: %s\n", line, what);
}
#define CHECK(condition) Check((condition) ? 1 : 0, #condition, __LINE__)
#define CHECK_TEXT(text, expected) Check(strcmp((text), (expected)) == 0, #text " is " expected, __LINE__)

static wirewatch_watch_status Set(wirewatch_watch_engine* engine, const char* id, const char* query, uint64_t tag,
                                  const char* dialect, wirewatch_watch_error** error) {
  wirewatch_watch_definition definition = WIREWATCH_WATCH_DEFINITION_INIT;
  definition.id = id;
  definition.query = query;
  definition.dialect = dialect;
  definition.tag = tag;
  return wirewatch_watch_engine_set(engine, &definition, error);
}

static void TestLibrary(void) {
  CHECK(strlen(wirewatch_watch_version()) >= 5);
  CHECK(wirewatch_watch_abi_minor() == WIREWATCH_WATCH_ABI_MINOR);
  CHECK_TEXT(wirewatch_watch_status_name(WIREWATCH_WATCH_INVALID_QUERY), "INVALID_QUERY");
  CHECK(wirewatch_watch_limit(WIREWATCH_WATCH_LIMIT_QUERY_BYTES) == 65536);
  CHECK(wirewatch_watch_limit((wirewatch_watch_limit_kind)99) == 0);
}

static void TestErrors(wirewatch_watch_engine* engine) {
  wirewatch_watch_error* error = NULL;
  CHECK(Set(engine, "wrong", "kfor\n  AND b OR c", 0, NULL, &error) == WIREWATCH_WATCH_INVALID_QUERY);
  CHECK(error != NULL);
  CHECK(wirewatch_watch_error_status(error) == WIREWATCH_WATCH_INVALID_QUERY);
  CHECK(wirewatch_watch_error_offset(error) == 13);
  CHECK(wirewatch_watch_error_line(error) == 2);
  CHECK(wirewatch_watch_error_column(error) == 9);
  CHECK(strlen(wirewatch_watch_error_message(error)) > 0);
  CHECK(strstr(wirewatch_watch_error_hint(error), "(kfor AND b) OR") != NULL);
  CHECK_TEXT(wirewatch_watch_error_subject(error), "wrong");
  wirewatch_watch_error_destroy(error);
  CHECK(Set(engine, "wrong", "a \xff", 0, NULL, &error) == WIREWATCH_WATCH_INVALID_UTF8);
  CHECK(wirewatch_watch_error_offset(error) == 2);
  wirewatch_watch_error_destroy(error);
  CHECK(Set(engine, "wrong", "a", 0, "altavista", NULL) == WIREWATCH_WATCH_INVALID_ARGUMENT);
  CHECK(Set(engine, NULL, "a", 0, NULL, NULL) == WIREWATCH_WATCH_INVALID_ARGUMENT);
  CHECK(Set(NULL, "a", "a", 0, NULL, NULL) == WIREWATCH_WATCH_INVALID_ARGUMENT);
  CHECK(wirewatch_watch_engine_remove(engine, "nobody", &error) == WIREWATCH_WATCH_NOT_FOUND);
  wirewatch_watch_error_destroy(error);
  wirewatch_watch_error_destroy(NULL);
}

static void TestMatching(wirewatch_watch_engine* engine) {
  const char text[] =
      "Soldiers of KFOR clashed with Zve\xc4\x8d"
      "an's protesters.";
  wirewatch_watch_matcher* matcher = NULL;
  wirewatch_watch_item* item = wirewatch_watch_item_create();
  wirewatch_watch_counts counts = WIREWATCH_WATCH_COUNTS_INIT;
  wirewatch_watch_explanation* explanation = NULL;
  wirewatch_watch_span span = WIREWATCH_WATCH_SPAN_INIT;
  size_t count = 0, all = 0, size = 0;
  CHECK(wirewatch_watch_engine_set_list(engine, "kfor", "KFOR OR \"Kosovo Force\"", WIREWATCH_WATCH_NUL, NULL) ==
        WIREWATCH_WATCH_OK);
  CHECK(Set(engine, "clash", "LIST(kfor) NEAR/5 clash*", 7, NULL, NULL) == WIREWATCH_WATCH_OK);
  CHECK(Set(engine, "english", "language:en zvecan", 8, NULL, NULL) == WIREWATCH_WATCH_OK);
  CHECK(Set(engine, "meltwater", "KFOR near protesters", 9, "meltwater", NULL) == WIREWATCH_WATCH_OK);
  CHECK(wirewatch_watch_matcher_create(engine, &matcher, NULL) == WIREWATCH_WATCH_OK);
  CHECK(wirewatch_watch_match_text(matcher, text, WIREWATCH_WATCH_NUL, NULL) == WIREWATCH_WATCH_OK);
  CHECK(wirewatch_watch_matcher_hit_count(matcher) == 2);
  CHECK_TEXT(wirewatch_watch_matcher_hit_id(matcher, 0), "clash");
  CHECK(wirewatch_watch_matcher_hit_tag(matcher, 1) == 9);
  CHECK(wirewatch_watch_matcher_hit_id(matcher, 2) == NULL);
  CHECK(wirewatch_watch_matcher_get_counts(matcher, &counts, NULL) == WIREWATCH_WATCH_OK);
  CHECK(counts.unknown == 1 && counts.candidates >= 3);

  CHECK(wirewatch_watch_item_put(item, "headline", "Clash", WIREWATCH_WATCH_NUL, NULL) == WIREWATCH_WATCH_OK);
  CHECK(wirewatch_watch_item_put(item, "body", text, sizeof(text) - 1, NULL) == WIREWATCH_WATCH_OK);
  CHECK(wirewatch_watch_item_put(item, "language", "en", 2, NULL) == WIREWATCH_WATCH_OK);
  CHECK(wirewatch_watch_match(matcher, item, NULL) == WIREWATCH_WATCH_OK);
  CHECK(wirewatch_watch_matcher_hit_count(matcher) == 3);
  CHECK(wirewatch_watch_matcher_find_spans(matcher, "english", &count, &all, NULL) == WIREWATCH_WATCH_OK);
  CHECK(count == 1 && all == 1);
  CHECK(wirewatch_watch_matcher_get_span(matcher, 0, &span, NULL) == WIREWATCH_WATCH_OK);
  CHECK_TEXT(span.part, "body");
  CHECK(span.begin == 30 && span.end == 37);
  CHECK(memcmp(wirewatch_watch_item_get(item, "body", 0, NULL) + span.begin,
               "Zve\xc4\x8d"
               "an",
               7) == 0);
  CHECK(wirewatch_watch_matcher_get_span(matcher, 1, &span, NULL) == WIREWATCH_WATCH_INVALID_ARGUMENT);

  CHECK(wirewatch_watch_matcher_explain(matcher, "clash", &explanation, NULL) == WIREWATCH_WATCH_OK);
  CHECK(wirewatch_watch_explanation_truth(explanation) == WIREWATCH_WATCH_HIT);
  CHECK(strstr(wirewatch_watch_explanation_summary(explanation), "\"KFOR\" within 5 words of \"clashed\"") != NULL);
  CHECK(strstr(wirewatch_watch_explanation_json(explanation, &size), "NEAR/5") != NULL);
  CHECK(size == strlen(wirewatch_watch_explanation_json(explanation, NULL)));
  wirewatch_watch_explanation_destroy(explanation);
  CHECK(wirewatch_watch_engine_remove(engine, "clash", NULL) == WIREWATCH_WATCH_OK);
  CHECK_TEXT(wirewatch_watch_matcher_hit_id(matcher, 0), "clash");
  CHECK(wirewatch_watch_matcher_explain(matcher, "clash", &explanation, NULL) == WIREWATCH_WATCH_NOT_FOUND);
  wirewatch_watch_matcher_destroy(matcher);
  wirewatch_watch_item_destroy(item);
}

static void TestTranslation(void) {
  wirewatch_watch_translation* translation = NULL;
  wirewatch_watch_clause clause = WIREWATCH_WATCH_CLAUSE_INIT;
  CHECK(wirewatch_watch_translate(NULL, "title:a NEAR/0f b", WIREWATCH_WATCH_NUL, "brandwatch", &translation, NULL) ==
        WIREWATCH_WATCH_OK);
  wirewatch_watch_translation_destroy(translation);
  CHECK(wirewatch_watch_translate(NULL, "city:x OR a NEAR/0f b", WIREWATCH_WATCH_NUL, "brandwatch", &translation,
                                  NULL) == WIREWATCH_WATCH_OK);
  CHECK_TEXT(wirewatch_watch_translation_normal_form(translation), "");
  CHECK(wirewatch_watch_translation_clause_count(translation) >= 1);
  CHECK(wirewatch_watch_translation_get_clause(translation, 0, &clause, NULL) == WIREWATCH_WATCH_OK);
  CHECK(clause.kind == WIREWATCH_WATCH_CLAUSE_REFUSED && clause.begin == 0 && clause.end == 6);
  CHECK_TEXT(clause.written, "city:x");
  wirewatch_watch_translation_destroy(translation);
  CHECK(wirewatch_watch_translate(NULL, "a b NOT (c d)", WIREWATCH_WATCH_NUL, NULL, &translation, NULL) ==
        WIREWATCH_WATCH_OK);
  CHECK_TEXT(wirewatch_watch_translation_normal_form(translation), "a AND b AND NOT (c AND d)");
  wirewatch_watch_translation_destroy(translation);
}

int main(void) {
  wirewatch_watch_engine* engine = NULL;
  wirewatch_watch_engine_info info = WIREWATCH_WATCH_ENGINE_INFO_INIT;
  TestLibrary();
  CHECK(wirewatch_watch_engine_create(NULL, &engine, NULL) == WIREWATCH_WATCH_OK);
  TestErrors(engine);
  TestMatching(engine);
  TestTranslation();
  CHECK(wirewatch_watch_engine_get_info(engine, &info, NULL) == WIREWATCH_WATCH_OK);
  CHECK(info.watches == 2 && info.lists == 1 && info.bytes > 0);
  wirewatch_watch_engine_destroy(engine);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
