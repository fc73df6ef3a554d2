#include "wirewatch/watch/dialect.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "wirewatch/watch/dialect_lucene.h"
#include "wirewatch/watch/dialect_reader.h"

namespace wirewatch::watch {
namespace {

constexpr std::array<std::pair<Dialect, std::string_view>, 5> kNames = {{{Dialect::kWirewatch, "wirewatch"},
                                                                         {Dialect::kMeltwater, "meltwater"},
                                                                         {Dialect::kBrandwatch, "brandwatch"},
                                                                         {Dialect::kTalkwalker, "talkwalker"},
                                                                         {Dialect::kLucene, "lucene"}}};

Translation Refused(QueryError error) {
  Translation translation;
  translation.error = std::move(error);
  translation.unreadable = true;
  return translation;
}

Translation Itself(std::string_view query, const TranslateOptions& options, const Lists& lists) {
  auto parsed = Parse(query, lists);
  if (auto* error = std::get_if<QueryError>(&parsed)) return Refused(std::move(*error));
  Translation translation;
  translation.expression = std::get<std::shared_ptr<const Expression>>(std::move(parsed));
  if (!options.notes) return translation;
  translation.normal_form = Print(*translation.expression);
  translation.clauses.push_back({0, static_cast<uint32_t>(query.size()), ClauseKind::kExact, std::string(query),
                                 translation.normal_form, "", ""});
  return translation;
}

Translation Read(std::string_view query, Dialect dialect, const TranslateOptions& options) {
  const DialectRules& rules = RulesOf(dialect);
  auto lexed = LexDialect(query, rules.spelling);
  if (auto* error = std::get_if<QueryError>(&lexed)) return Refused(std::move(*error));
  return DialectReader(query, rules, options).Run(std::get<std::vector<DialectLexeme>>(std::move(lexed)));
}

// The smallest part of `normal` that stands at `offset`, told by its twin.
const Expression& TwinAt(const Expression& normal, const Expression& twin, uint32_t offset) {
  const size_t parts = std::min(normal.operands.size(), twin.operands.size());
  for (size_t i = 0; i < parts; ++i) {
    const Expression& part = *normal.operands[i];
    if (part.begin <= offset && offset < part.end) return TwinAt(part, *twin.operands[i], offset);
  }
  return twin;
}

}  // namespace

std::string_view NameOf(Dialect dialect) {
  return std::find_if(kNames.begin(), kNames.end(), [&](const auto& name) { return name.first == dialect; })->second;
}

std::optional<Dialect> FindDialect(std::string_view name) {
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& known) { return known.second == name; });
  if (found == kNames.end()) return std::nullopt;
  return found->first;
}

std::vector<std::string_view> DialectNames() {
  std::vector<std::string_view> names;
  for (const auto& [dialect, name] : kNames) names.push_back(name);
  return names;
}

std::string_view NameOf(ClauseKind kind) {
  switch (kind) {
    case ClauseKind::kExact:
      return "exact";
    case ClauseKind::kApproximate:
      return "approximate";
    case ClauseKind::kRefused:
      return "refused";
  }
  return "";
}

size_t Translation::Count(ClauseKind kind) const {
  return static_cast<size_t>(
      std::count_if(clauses.begin(), clauses.end(), [kind](const ClauseNote& note) { return note.kind == kind; }));
}

Translation Translate(std::string_view query, Dialect dialect, const TranslateOptions& options, const Lists& lists) {
  if (query.size() > kMaxQueryBytes)
    return Refused({0, "the query is longer than 64 KiB", "split it into several watches"});
  switch (dialect) {
    case Dialect::kWirewatch:
      return Itself(query, options, lists);
    case Dialect::kLucene:
      return TranslateLucene(query, options);
    default:
      return Read(query, dialect, options);
  }
}

uint32_t PlaceInDialect(const Translation& translation, uint32_t offset) {
  if (translation.expression == nullptr) return 0;
  const auto normal = Parse(translation.normal_form);
  const auto* tree = std::get_if<std::shared_ptr<const Expression>>(&normal);
  if (tree == nullptr) return 0;
  return TwinAt(**tree, *translation.expression, offset).begin;
}

bool SameTree(const Expression& a, const Expression& b) {
  const auto same = [](const auto& x, const auto& y) { return SameTree(*x, *y); };
  return a.operation == b.operation && a.text == b.text && a.name == b.name && a.number == b.number &&
         a.edits == b.edits && a.sloppy == b.sloppy && a.moves == b.moves && a.threshold == b.threshold &&
         a.low == b.low && a.high == b.high && a.low_open == b.low_open && a.high_open == b.high_open &&
         a.weights == b.weights &&
         std::equal(a.operands.begin(), a.operands.end(), b.operands.begin(), b.operands.end(), same);
}

}  // namespace wirewatch::watch
