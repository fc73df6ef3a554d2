// Engines and changes of the C interface.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/c/handles.h"
#include "wirewatch/watch/c/names.h"
#include "wirewatch/watch/c/sized.h"
#include "wirewatch/watch/frequencies.h"

namespace wirewatch::watch::c {
namespace {

constexpr size_t kMaxFrequencyBytes = 64U << 20;

Failure ReadOptions(const wirewatch_watch_engine_options& given, Engine::Options& options) {
  if (given.words != WIREWATCH_WATCH_WORDS_FOLDED && given.words != WIREWATCH_WATCH_WORDS_PLAIN) {
    return {.status = WIREWATCH_WATCH_INVALID_ARGUMENT, .message = absl::StrCat("there are no words ", given.words)};
  }
  options.words = given.words == WIREWATCH_WATCH_WORDS_PLAIN ? Words::kPlain : Words::kFolded;
  options.explains = given.explains != 0;
  if (given.frequencies == nullptr) return {};
  const Text text = ReadText(given.frequencies, given.frequencies_size, "frequencies", kMaxFrequencyBytes);
  if (!text.failure.ok()) return text.failure;
  auto parsed = Frequencies::Parse(text.view);
  if (!parsed.ok()) {
    return {.status = WIREWATCH_WATCH_INVALID_ARGUMENT,
            .message = absl::StrCat("frequencies: ", std::string(parsed.status().message()))};
  }
  options.share_of_form = [table = std::make_shared<const Frequencies>(*std::move(parsed))](std::string_view form) {
    // A word that was never met is rarer than any that was, and not impossible.
    const double items = static_cast<double>(table->items());
    return (static_cast<double>(table->ItemsWith(form).least) + 0.1) / (items + 1);
  };
  return {};
}

Failure ReadDefinition(const wirewatch_watch_definition* from, Definition& definition) {
  wirewatch_watch_definition given = WIREWATCH_WATCH_DEFINITION_INIT;
  if (Failure failure = ReadSized(from, "definition", given); !failure.ok()) return failure;
  if (Failure failure = ReadName(given.id, "id", definition.id); !failure.ok()) return failure;
  const Text query = ReadText(given.query, given.query_size, "query", kMaxQueryBytes);
  Failure failure = query.failure;
  if (failure.ok()) failure = ReadDialect(given.dialect, definition.dialect);
  if (failure.ok() && !absl::LoadTimeZone(given.timezone == nullptr ? "UTC" : given.timezone, &definition.timezone)) {
    failure = {.status = WIREWATCH_WATCH_INVALID_ARGUMENT,
               .message = absl::StrCat("no time zone is known by the name \"", given.timezone, "\"")};
  }
  failure.subject = failure.ok() ? "" : definition.id;
  definition.query = std::string(query.view);
  definition.tag = given.tag;
  return failure;
}

Failure ReadList(const char* given_name, const char* given_query, size_t size, std::string& name, std::string& query) {
  if (Failure failure = ReadName(given_name, "name", name); !failure.ok()) return failure;
  Text text = ReadText(given_query, size, "query", kMaxQueryBytes);
  if (!text.failure.ok()) text.failure.subject = name;
  query = std::string(text.view);
  return text.failure;
}

}  // namespace

Failure ReadName(const char* given, std::string_view argument, std::string& name) {
  if (given == nullptr) return NullFailure(argument);
  const Text text = ReadText(given, WIREWATCH_WATCH_NUL, argument, kMaxIdBytes);
  if (text.failure.ok() && text.view.empty()) {
    return {.status = WIREWATCH_WATCH_INVALID_ARGUMENT, .message = absl::StrCat(std::string(argument), " is empty")};
  }
  name = std::string(text.view);
  return text.failure;
}

Failure ReadDialect(const char* given, Dialect& dialect) {
  const auto found = FindDialect(given == nullptr ? NameOf(Dialect::kWirewatch) : given);
  if (!found) {
    return {.status = WIREWATCH_WATCH_INVALID_ARGUMENT,
            .message = absl::StrCat("there is no dialect \"", given, "\""),
            .hint = "meltwater, brandwatch, talkwalker, lucene or wirewatch"};
  }
  dialect = *found;
  return {};
}

}  // namespace wirewatch::watch::c

using namespace wirewatch::watch::c;  // NOLINT(google-build-using-namespace): the functions are C's

wirewatch_watch_status wirewatch_watch_engine_create(const wirewatch_watch_engine_options* options,
                                                     wirewatch_watch_engine** engine, wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (engine == nullptr) return NullFailure("engine");
    wirewatch_watch_engine_options given = WIREWATCH_WATCH_ENGINE_OPTIONS_INIT;
    wirewatch::watch::Engine::Options read;
    Failure failure = options == nullptr ? Failure{} : ReadSized(options, "options", given);
    if (failure.ok()) failure = ReadOptions(given, read);
    if (!failure.ok()) return failure;
    auto watches = std::make_shared<SharedWatches>(std::move(read), given.explains != 0);
    *engine = new wirewatch_watch_engine{std::move(watches)};
    return {};
  });
}

void wirewatch_watch_engine_destroy(wirewatch_watch_engine* engine) { delete engine; }

wirewatch_watch_status wirewatch_watch_engine_set(wirewatch_watch_engine* engine,
                                                  const wirewatch_watch_definition* definition,
                                                  wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (engine == nullptr) return NullFailure("engine");
    Definition read;
    if (Failure failure = ReadDefinition(definition, read); !failure.ok()) return failure;
    Changes changes;
    std::string id = read.id;
    changes.watches.emplace(std::move(id), std::move(read));
    return engine->watches->armed.Apply(changes);
  });
}

wirewatch_watch_status wirewatch_watch_engine_remove(wirewatch_watch_engine* engine, const char* id,
                                                     wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (engine == nullptr) return NullFailure("engine");
    std::string read;
    if (Failure failure = ReadName(id, "id", read); !failure.ok()) return failure;
    return engine->watches->armed.Remove(read);
  });
}

wirewatch_watch_status wirewatch_watch_engine_set_list(wirewatch_watch_engine* engine, const char* name,
                                                       const char* query, size_t query_size,
                                                       wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (engine == nullptr) return NullFailure("engine");
    std::string read_name;
    std::string read_query;
    Failure failure = ReadList(name, query, query_size, read_name, read_query);
    if (!failure.ok()) return failure;
    Changes changes;
    changes.lists.emplace(std::move(read_name), std::move(read_query));
    return engine->watches->armed.Apply(changes);
  });
}

wirewatch_watch_changes* wirewatch_watch_changes_create(void) { return new (std::nothrow) wirewatch_watch_changes; }

void wirewatch_watch_changes_destroy(wirewatch_watch_changes* changes) { delete changes; }

wirewatch_watch_status wirewatch_watch_changes_set(wirewatch_watch_changes* changes,
                                                   const wirewatch_watch_definition* definition,
                                                   wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (changes == nullptr) return NullFailure("changes");
    Definition read;
    if (Failure failure = ReadDefinition(definition, read); !failure.ok()) return failure;
    std::string id = read.id;
    changes->changes.watches.insert_or_assign(std::move(id), std::move(read));
    return {};
  });
}

wirewatch_watch_status wirewatch_watch_changes_remove(wirewatch_watch_changes* changes, const char* id,
                                                      wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (changes == nullptr) return NullFailure("changes");
    std::string read;
    if (Failure failure = ReadName(id, "id", read); !failure.ok()) return failure;
    changes->changes.watches.insert_or_assign(std::move(read), std::nullopt);
    return {};
  });
}

wirewatch_watch_status wirewatch_watch_changes_set_list(wirewatch_watch_changes* changes, const char* name,
                                                        const char* query, size_t query_size,
                                                        wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (changes == nullptr) return NullFailure("changes");
    std::string read_name;
    std::string read_query;
    Failure failure = ReadList(name, query, query_size, read_name, read_query);
    if (!failure.ok()) return failure;
    changes->changes.lists.insert_or_assign(std::move(read_name), std::move(read_query));
    return {};
  });
}

wirewatch_watch_status wirewatch_watch_changes_remove_list(wirewatch_watch_changes* changes, const char* name,
                                                           wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (changes == nullptr) return NullFailure("changes");
    std::string read;
    if (Failure failure = ReadName(name, "name", read); !failure.ok()) return failure;
    changes->changes.lists.insert_or_assign(std::move(read), std::nullopt);
    return {};
  });
}

wirewatch_watch_status wirewatch_watch_engine_apply(wirewatch_watch_engine* engine,
                                                    const wirewatch_watch_changes* changes,
                                                    wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (engine == nullptr) return NullFailure("engine");
    if (changes == nullptr) return NullFailure("changes");
    return engine->watches->armed.Apply(changes->changes);
  });
}

wirewatch_watch_status wirewatch_watch_engine_get_info(const wirewatch_watch_engine* engine,
                                                       wirewatch_watch_engine_info* info,
                                                       wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (engine == nullptr) return NullFailure("engine");
    wirewatch_watch_engine_info told = WIREWATCH_WATCH_ENGINE_INFO_INIT;
    told.lists = engine->watches->armed.list_count();
    Failure failure = engine->watches->armed.Read([&](const wirewatch::watch::Engine& watches, uint64_t) -> Failure {
      told.watches = watches.size();
      told.unanchored = watches.unanchored();
      told.common = watches.common();
      told.bytes = watches.Bytes();
      return {};
    });
    return failure.ok() ? WriteSized(told, "info", info) : failure;
  });
}
