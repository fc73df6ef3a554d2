// What the tests of this folder ask, in short.
#ifndef WIREWATCH_WATCH_C_WATCH_C_FIXTURE_H_
#define WIREWATCH_WATCH_C_WATCH_C_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "wirewatch/watch/c/wirewatch_watch.h"

namespace wirewatch::watch::c {

struct Destroy {
  void operator()(wirewatch_watch_engine* engine) const { wirewatch_watch_engine_destroy(engine); }
  void operator()(wirewatch_watch_matcher* matcher) const { wirewatch_watch_matcher_destroy(matcher); }
  void operator()(wirewatch_watch_item* item) const { wirewatch_watch_item_destroy(item); }
  void operator()(wirewatch_watch_changes* changes) const { wirewatch_watch_changes_destroy(changes); }
  void operator()(wirewatch_watch_error* error) const { wirewatch_watch_error_destroy(error); }
  void operator()(wirewatch_watch_explanation* explanation) const { wirewatch_watch_explanation_destroy(explanation); }
};
template <class Object>
using Held = std::unique_ptr<Object, Destroy>;

inline Held<wirewatch_watch_engine> NewEngine(const wirewatch_watch_engine_options* options = nullptr) {
  wirewatch_watch_engine* engine = nullptr;
  EXPECT_EQ(wirewatch_watch_engine_create(options, &engine, nullptr), WIREWATCH_WATCH_OK);
  return Held<wirewatch_watch_engine>(engine);
}

inline Held<wirewatch_watch_matcher> NewMatcher(const Held<wirewatch_watch_engine>& engine) {
  wirewatch_watch_matcher* matcher = nullptr;
  EXPECT_EQ(wirewatch_watch_matcher_create(engine.get(), &matcher, nullptr), WIREWATCH_WATCH_OK);
  return Held<wirewatch_watch_matcher>(matcher);
}

inline wirewatch_watch_definition Defined(const char* id, const char* query, const char* dialect = nullptr) {
  wirewatch_watch_definition definition = WIREWATCH_WATCH_DEFINITION_INIT;
  definition.id = id;
  definition.query = query;
  definition.dialect = dialect;
  return definition;
}

// "" or `STATUS subject offset: message | hint`.
inline std::string Told(wirewatch_watch_error* error) {
  const Held<wirewatch_watch_error> held(error);
  if (error == nullptr) return "";
  const size_t offset = wirewatch_watch_error_offset(error);
  return std::string(wirewatch_watch_status_name(wirewatch_watch_error_status(error))) + " " +
         wirewatch_watch_error_subject(error) + " " + (offset == WIREWATCH_WATCH_NUL ? "-" : std::to_string(offset)) +
         ": " + wirewatch_watch_error_message(error) + " | " + wirewatch_watch_error_hint(error);
}

inline std::string Set(const Held<wirewatch_watch_engine>& engine, const char* id, const char* query,
                       const char* dialect = nullptr) {
  wirewatch_watch_error* error = nullptr;
  const wirewatch_watch_definition definition = Defined(id, query, dialect);
  wirewatch_watch_engine_set(engine.get(), &definition, &error);
  return Told(error);
}

inline std::string SetList(const Held<wirewatch_watch_engine>& engine, const char* name, const char* query) {
  wirewatch_watch_error* error = nullptr;
  wirewatch_watch_engine_set_list(engine.get(), name, query, WIREWATCH_WATCH_NUL, &error);
  return Told(error);
}

inline std::vector<std::string> HitsOf(const Held<wirewatch_watch_matcher>& matcher) {
  std::vector<std::string> ids;
  for (size_t i = 0; i < wirewatch_watch_matcher_hit_count(matcher.get()); ++i) {
    ids.emplace_back(wirewatch_watch_matcher_hit_id(matcher.get(), i));
  }
  return ids;
}

inline std::vector<std::string> Match(const Held<wirewatch_watch_matcher>& matcher, const std::string& text) {
  EXPECT_EQ(wirewatch_watch_match_text(matcher.get(), text.data(), text.size(), nullptr), WIREWATCH_WATCH_OK);
  return HitsOf(matcher);
}

inline std::vector<std::string> Match(const Held<wirewatch_watch_matcher>& matcher,
                                      const Held<wirewatch_watch_item>& item) {
  EXPECT_EQ(wirewatch_watch_match(matcher.get(), item.get(), nullptr), WIREWATCH_WATCH_OK);
  return HitsOf(matcher);
}

}  // namespace wirewatch::watch::c

#endif  // WIREWATCH_WATCH_C_WATCH_C_FIXTURE_H_
