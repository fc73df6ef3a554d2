/* Watches over lines of text: embed QUERY… < TEXT prints, for each line, the queries that it satisfies and why. */
#include <stdio.h>
#include <string.h>
#include <wirewatch/watch/c/wirewatch_watch.h>

static int Complain(wirewatch_watch_error* error) {
  fprintf(stderr, "%s:%u:%u: %s", wirewatch_watch_error_subject(error), (unsigned)wirewatch_watch_error_line(error),
          (unsigned)wirewatch_watch_error_column(error), wirewatch_watch_error_message(error));
  if (*wirewatch_watch_error_hint(error)) fprintf(stderr, " (%s)", wirewatch_watch_error_hint(error));
  fprintf(stderr, "\n");
  wirewatch_watch_error_destroy(error);
  return 1;
}

static int Explain(wirewatch_watch_matcher* matcher, const char* id, const char* line) {
  wirewatch_watch_error* error = NULL;
  wirewatch_watch_explanation* why = NULL;
  size_t count = 0, i;
  if (wirewatch_watch_matcher_explain(matcher, id, &why, &error)) return Complain(error);
  printf("  %s: %s\n", id, wirewatch_watch_explanation_summary(why));
  wirewatch_watch_explanation_destroy(why);
  if (wirewatch_watch_matcher_find_spans(matcher, id, &count, NULL, &error)) return Complain(error);
  for (i = 0; i < count; ++i) {
    wirewatch_watch_span span = WIREWATCH_WATCH_SPAN_INIT;
    if (wirewatch_watch_matcher_get_span(matcher, i, &span, &error)) return Complain(error);
    printf("    %u-%u %.*s\n", (unsigned)span.begin, (unsigned)span.end, (int)(span.end - span.begin),
           line + span.begin);
  }
  return 0;
}

int main(int count, char** arguments) {
  wirewatch_watch_error* error = NULL;
  wirewatch_watch_engine* engine = NULL;
  wirewatch_watch_matcher* matcher = NULL;
  char line[4096];
  int i, failed = 0;
  if (wirewatch_watch_engine_create(NULL, &engine, &error)) return Complain(error);
  for (i = 1; i < count; ++i) {
    wirewatch_watch_definition watch = WIREWATCH_WATCH_DEFINITION_INIT;
    watch.id = watch.query = arguments[i]; /* an id can be any text */
    if (wirewatch_watch_engine_set(engine, &watch, &error)) return Complain(error);
  }
  if (wirewatch_watch_matcher_create(engine, &matcher, &error)) return Complain(error);
  while (!failed && fgets(line, sizeof(line), stdin) != NULL) {
    size_t hit;
    if (wirewatch_watch_match_text(matcher, line, WIREWATCH_WATCH_NUL, &error)) return Complain(error);
    printf("%s", line);
    for (hit = 0; hit < wirewatch_watch_matcher_hit_count(matcher); ++hit) {
      failed |= Explain(matcher, wirewatch_watch_matcher_hit_id(matcher, hit), line);
    }
  }
  wirewatch_watch_matcher_destroy(matcher);
  wirewatch_watch_engine_destroy(engine);
  return failed;
}
