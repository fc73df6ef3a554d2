#include "definition.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/text/term_hash.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::analyses {
namespace {

constexpr size_t kLongestTitle = 500, kLongestLabel = 200;  // bytes
constexpr int kMostLabels = 32;

v1::WatchEditFailure QueryFailure(const std::string& id, std::string_view query, const watch::QueryError& error) {
  v1::WatchEditFailure failure = Failure(absl::StatusCode::kInvalidArgument, "");
  const text::LineColumn place = text::LineColumnOf(query, error.offset);
  failure.set_line(place.line);
  failure.set_column(place.column);
  failure.set_hint(error.hint);
  failure.set_message(absl::StrCat("\"", id, "\": ", place.line, ":", place.column, ": ", error.message,
                                   error.hint.empty() ? "" : absl::StrCat(" (", error.hint, ")")));
  return failure;
}

std::optional<v1::WatchEditFailure> CheckFacts(const v1::WatchDefinition& definition) {
  const auto wrong = [&definition](auto... words) {
    return Failure(absl::StatusCode::kInvalidArgument, absl::StrCat("\"", definition.id(), "\"", words...));
  };
  if (!IsWatchId(definition.id())) {
    return wrong(" is no id for a watch (letters, digits, `-`, `_` and `.`, at most 100)");
  }
  absl::TimeZone zone;
  if (!definition.timezone().empty() && !absl::LoadTimeZone(definition.timezone(), &zone)) {
    return wrong(": no time zone is known by the name \"", definition.timezone(), "\"");
  }
  if (!definition.dialect().empty() && !watch::FindDialect(definition.dialect())) {
    return wrong(": there is no dialect \"", definition.dialect(), "\"");
  }
  if (!v1::Severity_IsValid(definition.severity())) return wrong(": there is no severity ", definition.severity());
  if (definition.title().size() > kLongestTitle) return wrong(": a title has at most ", kLongestTitle, " bytes");
  if (definition.labels_size() > kMostLabels) return wrong(": a watch has at most ", kMostLabels, " labels");
  for (int i = 0; i < definition.labels_size(); ++i) {
    const v1::Label& label = definition.labels(i);
    if (label.name().empty() || label.name().size() > kLongestLabel || label.value().size() > kLongestLabel) {
      return wrong(": a label has a name, and name and value have at most ", kLongestLabel, " bytes each");
    }
    for (int before = 0; before < i; ++before) {
      if (definition.labels(before).name() == label.name()) return wrong(": two labels \"", label.name(), "\"");
    }
  }
  return std::nullopt;
}

watch::Dialect DialectOf(const v1::WatchDefinition& definition) {
  return watch::FindDialect(definition.dialect()).value_or(watch::Dialect::kWirewatch);
}

watch::Watch WatchOf(const v1::WatchDefinition& definition, std::string query) {
  watch::Watch watch{.id = definition.id(),
                     .revision = 0,
                     .severity = definition.severity(),
                     .query = std::move(query),
                     .timezone = {}};
  if (!definition.timezone().empty()) absl::LoadTimeZone(definition.timezone(), &watch.timezone);
  return watch;
}

}  // namespace

bool IsWatchId(std::string_view text) {
  return !text.empty() && text.size() <= 100 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

v1::WatchEditFailure Failure(absl::StatusCode code, std::string message) {
  v1::WatchEditFailure failure;
  failure.set_code(static_cast<int>(code));
  failure.set_message(std::move(message));
  return failure;
}

void Normalise(v1::WatchDefinition& definition) {
  if (definition.severity() == v1::SEVERITY_UNSPECIFIED) definition.set_severity(v1::SEVERITY_MEDIUM);
  if (definition.timezone() == "UTC") definition.clear_timezone();
  if (definition.dialect() == watch::NameOf(watch::Dialect::kWirewatch)) definition.clear_dialect();
  for (v1::Label& label : *definition.mutable_labels()) label.clear_producer();
  std::sort(definition.mutable_labels()->begin(), definition.mutable_labels()->end(),
            [](const v1::Label& a, const v1::Label& b) {
              return std::tie(a.name(), a.value()) < std::tie(b.name(), b.value());
            });
}

bool SameDefinition(const v1::WatchDefinition& a, const v1::WatchDefinition& b) {
  return a.id() == b.id() && a.query() == b.query() && a.dialect() == b.dialect() && a.severity() == b.severity() &&
         a.title() == b.title() && a.timezone() == b.timezone() &&
         std::equal(
             a.labels().begin(), a.labels().end(), b.labels().begin(), b.labels().end(),
             [](const v1::Label& x, const v1::Label& y) { return x.name() == y.name() && x.value() == y.value(); });
}

bool WatchLists::Add(const std::string& name, std::string query) {
  return queries_.emplace(name, std::move(query)).second;
}

const std::string* WatchLists::Find(const std::string& name) const {
  const auto found = queries_.find(name);
  return found == queries_.end() ? nullptr : &found->second;
}

void WatchLists::Collect(std::string_view query, std::map<std::string, const std::string*>& named) const {
  for (size_t at = query.find("LIST("); at != std::string_view::npos; at = query.find("LIST(", at + 1)) {
    std::string_view name = query.substr(at + 5, query.substr(at + 5).find(')'));
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    const std::string* const list = Find(std::string(name));
    if (list != nullptr && named.emplace(name, list).second) Collect(*list, named);
  }
}

uint64_t WatchLists::HashFor(std::string_view query) const {
  std::map<std::string, const std::string*> named;
  if (!queries_.empty()) Collect(query, named);
  if (named.empty()) return 0;
  std::string all;
  for (const auto& [name, list] : named) absl::StrAppend(&all, name.size(), ":", name, list->size(), ":", *list);
  const uint64_t hash = text::HashTerm(all);
  return hash == 0 ? 1 : hash;
}

watch::Watch ToWatch(const v1::WatchDefinition& definition) {
  const watch::Dialect dialect = DialectOf(definition);
  return WatchOf(definition, dialect == watch::Dialect::kWirewatch
                                 ? definition.query()
                                 : watch::Translate(definition.query(), dialect).normal_form);
}

std::variant<ReadWatch, v1::WatchEditFailure> Read(const v1::WatchDefinition& definition, const WatchLists& lists) {
  if (std::optional<v1::WatchEditFailure> wrong = CheckFacts(definition)) return *std::move(wrong);
  std::optional<watch::Translation> translation;
  if (DialectOf(definition) != watch::Dialect::kWirewatch) {
    translation = watch::Translate(definition.query(), DialectOf(definition));
    if (translation->error) return QueryFailure(definition.id(), definition.query(), *translation->error);
  }
  ReadWatch read{.watch = WatchOf(definition, translation ? translation->normal_form : definition.query()),
                 .needs = {}};
  watch::Engine trial;
  std::optional<watch::QueryError> error = trial.Add(read.watch, lists.AsLists());
  if (error && translation) error->offset = watch::PlaceInDialect(*translation, error->offset);
  if (error) return QueryFailure(definition.id(), definition.query(), *error);
  read.needs = trial.Needs();
  return read;
}

}  // namespace wirewatch::analyses
