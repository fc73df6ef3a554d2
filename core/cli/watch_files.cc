#include "wirewatch/cli/watch_files.h"

#include <cstdio>
#include <iostream>
#include <iterator>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "wirewatch/config/glob.h"
#include "wirewatch/config/yaml.h"
#include "wirewatch/watch/parser.h"

namespace wirewatch::cli {
namespace {

// The value of `key`; null when it is not there.
const Node& ValueOf(const Node& table, std::string_view key) {
  static const Node& null = *new Node;
  const Node::Entry* entry = table.Find(key);
  return entry == nullptr ? null : entry->value;
}

Node ReadStandardInput() {
  std::string text(std::istreambuf_iterator<char>(std::cin), {});
  Node query = Node::Scalar(std::move(text), {std::make_shared<const std::string>("-"), 1, 1}, true);
  query.set_block(1, 0);
  return query;
}

void ReadPaths(const Node& paths, std::vector<Path>& read, Diagnostics& diagnostics) {
  if (!paths.is_null()) ParseValue(paths, read, diagnostics);
}

}  // namespace

std::optional<WatchFiles> WatchFiles::Load(const std::vector<std::filesystem::path>& files) {
  WatchFiles all;
  Diagnostics diagnostics;
  for (const std::filesystem::path& file : files) all.Read(file, diagnostics);
  if (diagnostics.ok()) all.Compile(diagnostics);
  if (diagnostics.ok() && all.watches_.empty()) {
    diagnostics.Error({std::make_shared<const std::string>(files[0].string()), 0, 0}, "there are no watches");
  }
  if (!diagnostics.entries().empty()) std::fprintf(stderr, "%s\n", diagnostics.ToString().c_str());
  if (!diagnostics.ok()) return std::nullopt;
  return all;
}

std::optional<WatchFiles> WatchFiles::OfStep(const Node& options) {
  WatchFiles all;
  Diagnostics diagnostics;
  std::vector<Path> patterns;
  ReadPaths(ValueOf(options, "files"), patterns, diagnostics);
  for (const Path& pattern : patterns) {
    const absl::StatusOr<std::vector<std::filesystem::path>> files = config::Glob(pattern.resolved);
    if (!files.ok()) return std::nullopt;
    for (const std::filesystem::path& file : *files) all.Read(file, diagnostics);
  }
  all.AddTable(options, diagnostics);
  if (diagnostics.ok()) all.Compile(diagnostics);
  return diagnostics.ok() ? std::optional(std::move(all)) : std::nullopt;
}

void WatchFiles::Read(const std::filesystem::path& file, Diagnostics& diagnostics) {
  if (file == "-") {
    WrittenWatch& watch = watches_.emplace_back();
    watch.id = "query";
    by_id_.emplace(watch.id, watches_.size() - 1);
    watch.query = ReadStandardInput();
    return;
  }
  const std::optional<Node> read = config::LoadYaml(file, config::ProcessEnvironment(), diagnostics);
  if (!read) return;
  if (ValueOf(*read, "watches").is_list()) {
    AddTable(*read, diagnostics);
  } else {
    diagnostics.Error(read->at(), "a file of watches has a list `watches`");
  }
}

void WatchFiles::AddTable(const Node& table, Diagnostics& diagnostics) {
  AddLists(ValueOf(table, "lists"), diagnostics);
  for (const Node& written : ValueOf(table, "watches").items()) AddWatch(written, diagnostics);
}

void WatchFiles::AddLists(const Node& lists, Diagnostics& diagnostics) {
  for (const Node::Entry& entry : lists.entries()) {
    if (!entry.value.is_scalar()) {
      diagnostics.Error(entry.value.at(), absl::StrCat("the list \"", entry.key, "\" must be a query"));
    } else if (!lists_.emplace(entry.key, entry.value).second) {
      diagnostics.Error(entry.key_at, absl::StrCat("there is already a list \"", entry.key, "\""));
    }
  }
}

void WatchFiles::AddWatch(const Node& written, Diagnostics& diagnostics) {
  WrittenWatch watch;
  watch.id = ValueOf(written, "id").text();
  watch.query = ValueOf(written, "query");
  if (watch.id.empty() || !watch.query.is_scalar()) {
    diagnostics.Error(written.at(), "a watch has an id and a query, both text",
                      "write the query as a block scalar: query: |");
    return;
  }
  if (!by_id_.emplace(watch.id, watches_.size()).second) {
    diagnostics.Error(watch.query.at(), absl::StrCat("there is already a watch with the id \"", watch.id, "\""));
    return;
  }
  const Node& zone = ValueOf(written, "timezone");
  if (!zone.is_null() && !absl::LoadTimeZone(zone.text(), &watch.timezone)) {
    diagnostics.Error(zone.at(), absl::StrCat("no time zone is known by the name \"", zone.text(), "\""));
  }
  const Node& examples = ValueOf(written, "examples");
  ReadPaths(ValueOf(examples, "hit"), watch.hit, diagnostics);
  ReadPaths(ValueOf(examples, "miss"), watch.miss, diagnostics);
  watches_.push_back(std::move(watch));
}

void WatchFiles::Compile(Diagnostics& diagnostics) {
  const auto report = [&diagnostics](const Node& query, const watch::QueryError& error) {
    diagnostics.Error(query.PlaceOf(error.offset), error.message, error.hint);
  };
  for (const auto& [name, query] : lists_) {
    const auto parsed = watch::Parse(query.text(), lists());
    if (const auto* error = std::get_if<watch::QueryError>(&parsed)) report(query, *error);
  }
  // What is wrong in a list would be said again for each watch that uses it.
  if (!diagnostics.ok()) return;
  watch::Engine engine;
  for (WrittenWatch& watch : watches_) {
    auto parsed = watch::Parse(watch.query.text(), lists());
    if (auto* expression = std::get_if<std::shared_ptr<const watch::Expression>>(&parsed)) {
      watch.expression = std::move(*expression);
    }
    // Finds what the parser does not: words without letters, dates that are none.
    const auto error = engine.Add(
        {.id = watch.id, .revision = 0, .severity = {}, .query = watch.query.text(), .timezone = watch.timezone},
        lists());
    if (error) report(watch.query, *error);
  }
}

const WrittenWatch* WatchFiles::Find(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &watches_[found->second];
}

watch::Lists WatchFiles::lists() const {
  return [this](const std::string& name) -> const std::string* {
    const auto found = lists_.find(name);
    return found == lists_.end() ? nullptr : &found->second.text();
  };
}

void WatchFiles::Fill(watch::Engine& engine) const {
  for (const WrittenWatch& watch : watches_) {
    engine.Add({.id = watch.id, .revision = 0, .severity = {}, .query = watch.query.text(), .timezone = watch.timezone},
               lists());
  }
}

}  // namespace wirewatch::cli
