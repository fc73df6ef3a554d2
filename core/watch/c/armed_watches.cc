#include "wirewatch/watch/c/armed_watches.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

namespace wirewatch::watch::c {
namespace {

// Of queries that are kept as they were read when they were checked; others, beyond it, are read once more, for an
// expression is many times as large.
constexpr size_t kMostKeptBytes = 4U << 20;

void AddLists(const Expression& expression, std::set<std::string>& names) {
  if (expression.operation == Operation::kList) names.insert(expression.name);
  for (const auto& operand : expression.operands) AddLists(*operand, names);
}

// What Parse() makes of a query, or why it is none.
struct Parsed {
  std::shared_ptr<const Expression> expression;
  std::optional<QueryError> error;
};
Parsed ParseQuery(const std::string& query, const Lists& lists) {
  auto parsed = Parse(query, lists);
  if (auto* error = std::get_if<QueryError>(&parsed)) return {nullptr, std::move(*error)};
  return {std::get<std::shared_ptr<const Expression>>(std::move(parsed)), std::nullopt};
}

}  // namespace

ArmedWatches::ArmedWatches(Engine::Options options) : words_(options.words), engine_(std::move(options)) {}

const std::string* ArmedWatches::Find(const ListMap& lists, const std::string& name) {
  const auto found = lists.find(name);
  return found == lists.end() ? nullptr : &found->second;
}

Failure ArmedWatches::Apply(const Changes& changes) {
  const absl::MutexLock changing(&changing_);
  ListMap lists;
  {
    const absl::ReaderMutexLock lock(&reading_);
    if (broken_) return {.status = WIREWATCH_WATCH_OUT_OF_MEMORY};
    lists = lists_;
  }
  for (const auto& [name, query] : changes.lists) query ? void(lists[name] = *query) : void(lists.erase(name));
  if (!changes.lists.empty()) {
    for (const auto& [name, query] : lists) {
      const Parsed parsed = ParseQuery(query, [&](const std::string& list) { return Find(lists, list); });
      if (parsed.error) return QueryFailure(*parsed.error, query, name);
    }
  }
  const std::vector<const Definition*> definitions = ToBeRead(changes);
  std::vector<Readied> kept;
  size_t bytes = 0;
  for (const Definition* definition : definitions) {
    Readied readied = Ready(*definition, lists);
    if (readied.failure.ok()) Check(*definition, readied);
    if (!readied.failure.ok()) return std::move(readied.failure);
    bytes += definition->query.size();
    if (bytes <= kMostKeptBytes) kept.push_back(std::move(readied));
  }
  Make(changes, definitions, std::move(kept), std::move(lists));
  return {};
}

Failure ArmedWatches::Remove(const std::string& id) {
  const absl::MutexLock changing(&changing_);
  const absl::WriterMutexLock lock(&reading_);
  if (broken_) return {.status = WIREWATCH_WATCH_OUT_OF_MEMORY};
  broken_ = true;
  dependents_.erase(id);
  const bool removed = engine_.Remove(id);
  ++changes_;
  broken_ = false;
  if (removed) return {};
  return {.status = WIREWATCH_WATCH_NOT_FOUND, .message = "there is no watch of this id", .subject = id};
}

// The watches that are set, and those that stand on a list that changes.
std::vector<const Definition*> ArmedWatches::ToBeRead(const Changes& changes) const {
  std::vector<const Definition*> definitions;
  for (const auto& [id, definition] : changes.watches) {
    if (definition) definitions.push_back(&*definition);
  }
  if (changes.lists.empty()) return definitions;
  for (const auto& [id, dependent] : dependents_) {
    const auto changes_too = [&](const std::string& list) { return changes.lists.contains(list); };
    if (changes.watches.contains(id)) continue;
    if (std::any_of(dependent.lists.begin(), dependent.lists.end(), changes_too)) {
      definitions.push_back(&dependent.definition);
    }
  }
  return definitions;
}

ArmedWatches::Readied ArmedWatches::Ready(const Definition& definition, const ListMap& lists) const {
  Readied readied;
  readied.watch.id = definition.id;
  readied.watch.revision = definition.tag;
  readied.watch.query = definition.query;
  readied.watch.timezone = definition.timezone;
  const auto fail = [&](const QueryError& error) {
    readied.failure = QueryFailure(error, definition.query, definition.id);
    return std::move(readied);
  };
  Translation translation;
  if (definition.dialect != Dialect::kWirewatch) {
    // Plain words can do what the normal form of Lucene's queries cannot say.
    const bool keep_moves = words_ == Words::kPlain && definition.dialect == Dialect::kLucene;
    translation = Translate(definition.query, definition.dialect, {.keep_moves = keep_moves});
    if (translation.error) return fail(*translation.error);
    if (keep_moves) {
      readied.expression = std::move(translation.expression);
      return readied;
    }
    readied.watch.query = translation.normal_form;
  }
  Parsed parsed = ParseQuery(readied.watch.query, [&](const std::string& list) { return Find(lists, list); });
  if (parsed.error && translation.expression != nullptr) {
    parsed.error->offset = PlaceInDialect(translation, parsed.error->offset);
  }
  if (parsed.error) return fail(*parsed.error);
  readied.expression = std::move(parsed.expression);
  return readied;
}

void ArmedWatches::Check(const Definition& definition, Readied& readied) const {
  PatternTable patterns;
  const auto planned = MakePlan(*readied.expression, definition.timezone, patterns, words_);
  const auto* const error = std::get_if<QueryError>(&planned);
  if (error == nullptr) return;
  QueryError placed = *error;
  if (readied.watch.query != definition.query) {
    placed.offset = PlaceInDialect(Translate(definition.query, definition.dialect), placed.offset);
  }
  readied.failure = QueryFailure(placed, definition.query, definition.id);
}

void ArmedWatches::Make(const Changes& changes, const std::vector<const Definition*>& definitions,
                        std::vector<Readied> readied, ListMap lists) {
  const absl::WriterMutexLock lock(&reading_);
  broken_ = true;
  for (const auto& [id, definition] : changes.watches) {
    if (!definition) engine_.Remove(id);
  }
  std::map<std::string, Dependent, std::less<>> dependents;
  for (size_t i = 0; i < definitions.size(); ++i) {
    Readied next = i < readied.size() ? std::move(readied[i]) : Ready(*definitions[i], lists);
    std::set<std::string> names;
    AddLists(*next.expression, names);
    if (!names.empty()) dependents[definitions[i]->id] = {*definitions[i], std::move(names)};
    (void)engine_.Add(std::move(next.watch), std::move(next.expression));
  }
  for (const auto& [id, definition] : changes.watches) dependents_.erase(id);
  for (auto& [id, dependent] : dependents) dependents_[id] = std::move(dependent);
  lists_ = std::move(lists);
  ++changes_;
  broken_ = false;
}

}  // namespace wirewatch::watch::c
