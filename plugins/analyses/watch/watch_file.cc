#include "watch_file.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/parser.h"

namespace wirewatch::analyses {
namespace {

std::vector<FieldOf<WatchExamples>> ExampleFields() {
  return {Field("hit", &WatchExamples::hit, "Files that it must hit."),
          Field("miss", &WatchExamples::miss, "Files that it must not hit.")};
}

template <class T>
FieldOf<T> DialectField(std::string summary) {
  std::vector<std::pair<std::string, std::optional<watch::Dialect>>> choices;
  for (const std::string_view name : watch::DialectNames()) choices.emplace_back(name, watch::FindDialect(name));
  return Choice("dialect", &T::dialect, std::move(choices), std::move(summary));
}

}  // namespace

std::vector<FieldOf<WatchEntry>> WatchEntryFields() {
  return {
      Field("id", &WatchEntry::id, "Its name: letters, digits, `-`, `_` and `.`. Alerts and history refer to it.")
          .Required(),
      Field("query", &WatchEntry::query, "The query in the watch language; best as a block scalar (`|`).").Required(),
      DialectField<WatchEntry>(
          "The tool in whose spelling the query is written; that of the file, else the watch language itself."),
      Choice("severity", &WatchEntry::severity,
             {{"info", v1::SEVERITY_INFO},
              {"low", v1::SEVERITY_LOW},
              {"medium", v1::SEVERITY_MEDIUM},
              {"high", v1::SEVERITY_HIGH},
              {"critical", v1::SEVERITY_CRITICAL}},
             "How much a hit matters."),
      Field("title", &WatchEntry::title, "One line for people; the id unless given."),
      Field("timezone", &WatchEntry::timezone, "Zone of the dates in the query, e.g. Europe/Vienna."),
      Field("labels", &WatchEntry::labels, "Names with values, to group and route alerts by."),
      Table("examples", &WatchEntry::examples, ExampleFields(),
            "Texts that show what it is for; run by `wirewatch test`.")};
}

void WatchSet::AddFile(const std::filesystem::path& path) {
  const absl::StatusOr<Node> node = setup_.LoadYaml(path);
  if (!node.ok()) return;  // said already
  WatchFile file;
  ParseFields(*node,
              std::vector<FieldOf<WatchFile>>{
                  Field("lists", &WatchFile::lists, "Parts of queries with names."),
                  DialectField<WatchFile>("The tool in whose spelling the queries of its watches are written."),
                  TableList("watches", &WatchFile::watches, WatchEntryFields(), "The watches.").Required()},
              "a file of watches", file, setup_.diagnostics());
  Add(std::move(file));
}

void WatchSet::Add(WatchFile file) {
  AddLists(file.lists);
  for (WatchEntry& entry : file.watches) {
    if (!entry.dialect) entry.dialect = file.dialect;
  }
  std::move(file.watches.begin(), file.watches.end(), std::back_inserter(entries_));
}

void WatchSet::AddLists(const Node& lists) {
  if (lists.is_null()) return;
  if (!lists.is_table()) {
    setup_.diagnostics().Error(lists.at(), "\"lists\" must be a table of names with queries");
    return;
  }
  for (const Node::Entry& entry : lists.entries()) {
    if (!entry.value.is_scalar() || entry.value.text().empty()) {
      setup_.diagnostics().Error(entry.value.at(), absl::StrCat("the list \"", entry.key, "\" must be a query"));
    } else if (const auto [known, added] = lists_.emplace(entry.key, entry.value); !added) {
      setup_.diagnostics().Error(entry.key_at, absl::StrCat("there is already a list \"", entry.key, "\", at ",
                                                            known->second.at().ToString()));
    }
  }
}

const std::string* WatchSet::FindList(const std::string& name) const {
  const auto found = lists_.find(name);
  return found == lists_.end() ? nullptr : &found->second.text();
}

std::string WatchSet::FileOf(const SourceLocation& place) const {
  const std::filesystem::path file = place.file_name();
  const std::filesystem::path folder = std::filesystem::path(setup_.options().at().file_name()).parent_path();
  const std::filesystem::path seen = file.lexically_relative(folder);
  return seen.empty() ? file.string() : seen.string();
}

void WatchSet::Report(const Node& query, const watch::QueryError& error) {
  setup_.diagnostics().Error(query.PlaceOf(error.offset), error.message, error.hint);
}

std::optional<watch::Translation> WatchSet::Translated(const WatchEntry& entry) {
  watch::Translation translation = watch::Translate(entry.query.text(), *entry.dialect);
  if (translation.unreadable) Report(entry.query, *translation.error);
  std::set<std::string> said;
  for (const watch::ClauseNote& note : translation.clauses) {
    const SourceLocation at = entry.query.PlaceOf(note.begin);
    if (note.kind == watch::ClauseKind::kRefused) {
      setup_.diagnostics().Error(at, absl::StrCat(note.written, " is refused: ", note.why), note.hint);
    } else if (note.kind == watch::ClauseKind::kApproximate && said.insert(note.why).second) {
      setup_.diagnostics().Warning(at, absl::StrCat(note.written, " became ", note.became, ", approximately"),
                                   note.why);
    }
  }
  if (translation.error) return std::nullopt;
  return translation;
}

void WatchSet::Fill(LiveWatches& watches) {
  bool lists_right = true;
  WatchLists lists;
  std::map<std::string, std::string> places;
  for (const auto& [name, query] : lists_) {
    const auto parsed = watch::Parse(query.text(), [this](const std::string& list) { return FindList(list); });
    if (const auto* error = std::get_if<watch::QueryError>(&parsed)) {
      Report(query, *error);
      lists_right = false;
    }
    lists.Add(name, query.text());
    places.emplace(name, FileOf(query.at()));
  }
  // What is wrong in a list would be said again for each watch that uses it.
  if (!lists_right) return;
  for (const WatchEntry& entry : entries_) AddWatch(entry);
  std::vector<std::optional<watch::QueryError>> errors =
      watches.Begin(std::move(lists), std::move(of_files_), std::move(places));
  for (size_t i = 0; i < errors.size(); ++i) {
    if (!errors[i]) continue;
    if (taken_[i].translation) errors[i]->offset = watch::PlaceInDialect(*taken_[i].translation, errors[i]->offset);
    Report(taken_[i].entry->query, *errors[i]);
  }
}

void WatchSet::AddExamples(const WatchEntry& entry) {
  for (const bool hit : {true, false}) {
    for (const Path& path : hit ? entry.examples.hit : entry.examples.miss) {
      std::error_code error;
      if (std::filesystem::exists(path.resolved, error)) {
        examples_.push_back({entry.id, path, hit, entry.query.at()});
      } else {
        setup_.diagnostics().Warning(entry.query.at(),
                                     absl::StrCat("the example ", path.text, " of \"", entry.id, "\" is not there"));
      }
    }
  }
}

void WatchSet::AddWatch(const WatchEntry& entry) {
  if (entry.id.empty() || entry.query.is_null()) return;  // said already
  Diagnostics& diagnostics = setup_.diagnostics();
  const SourceLocation& at = entry.query.at();
  if (!IsWatchId(entry.id)) {
    diagnostics.Error(at, absl::StrCat("\"", entry.id, "\" is no id for a watch"),
                      "letters, digits, `-`, `_` and `.`, at most 100");
    return;
  }
  if (!entry.query.is_scalar()) {
    diagnostics.Error(
        at, absl::StrCat("the query of \"", entry.id, "\" must be text, not ", std::string(entry.query.Describe())),
        "write it as a block scalar: query: |");
    return;
  }
  LiveWatches::OfFile of_file{.definition = {}, .watch = {}, .place = at, .author = FileOf(at)};
  v1::WatchDefinition& definition = of_file.definition;
  definition.set_id(entry.id);
  definition.set_query(entry.query.text());
  if (entry.dialect) definition.set_dialect(std::string(watch::NameOf(*entry.dialect)));
  definition.set_severity(entry.severity);
  definition.set_title(entry.title);
  definition.set_timezone(entry.timezone);
  watch::Watch& watch = of_file.watch;
  watch = {.id = entry.id, .revision = 0, .severity = entry.severity, .query = entry.query.text(), .timezone = {}};
  if (!absl::LoadTimeZone(entry.timezone, &watch.timezone)) {
    diagnostics.Error(at,
                      absl::StrCat("\"", entry.id, "\": no time zone is known by the name \"", entry.timezone, "\""));
    return;
  }
  for (const Node::Entry& label : entry.labels.entries()) {
    if (label.value.is_scalar()) {
      v1::Label& added = *definition.add_labels();
      added.set_name(label.key);
      added.set_value(label.value.text());
    } else {
      diagnostics.Error(label.value.at(), absl::StrCat("the label \"", label.key, "\" must be text"));
    }
  }
  Normalise(definition);
  if (!ids_.emplace(entry.id, &entry).second) {
    diagnostics.Error(at, absl::StrCat("there is already a watch with the id \"", entry.id, "\""));
    return;
  }
  AddExamples(entry);
  std::optional<watch::Translation> translation;
  if (entry.dialect.value_or(watch::Dialect::kWirewatch) != watch::Dialect::kWirewatch) {
    translation = Translated(entry);
    if (!translation) return;
    watch.query = translation->normal_form;
  }
  of_files_.push_back(std::move(of_file));
  taken_.push_back({&entry, std::move(translation)});
}

}  // namespace wirewatch::analyses
