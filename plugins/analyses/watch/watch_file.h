// Watches as people write them: in files of their own or in the pipeline. Read at start-up, by one thread.
#ifndef WIREWATCH_ANALYSES_WATCH_WATCH_FILE_H_
#define WIREWATCH_ANALYSES_WATCH_WATCH_FILE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/sdk/field.h"
#include "wirewatch/sdk/plugin.h"
#include "wirewatch/sdk/setup.h"
#include "wirewatch/v1/watch.pb.h"
#include "wirewatch/watch/dialect.h"
#include "wirewatch/watch/engine.h"

namespace wirewatch::analyses {

// Texts that a watch must hit and must miss.
struct WatchExamples {
  std::vector<Path> hit, miss;
};

// One watch as written.
struct WatchEntry {
  std::string id;
  Node query;
  std::optional<watch::Dialect> dialect;  // nullopt: that of its file, else the watch language
  v1::Severity severity = v1::SEVERITY_MEDIUM;
  std::string title;
  std::string timezone = "UTC";
  Node labels;
  WatchExamples examples;
};

// The keys of a file of watches.
struct WatchFile {
  Node lists;
  std::optional<watch::Dialect> dialect;  // of its watches, never of its lists
  std::vector<WatchEntry> watches;
};
std::vector<FieldOf<WatchEntry>> WatchEntryFields();

// What a Signal of a watch carries.
struct WatchFacts {
  std::string title;
  std::vector<std::pair<std::string, std::string>> labels;  // sorted
};

// Collects watches and their lists, then fills an Engine. Everything wrong goes to the Setup's diagnostics.
class WatchSet {
 public:
  explicit WatchSet(Setup& setup) : setup_(setup) {}

  // The file itself, a text of the configuration: watches.yaml.
  void AddFile(const std::filesystem::path& path);
  void Add(WatchFile file);
  size_t size() const { return entries_.size(); }
  // Facts by watch id.
  std::map<std::string, WatchFacts> Fill(watch::Engine& engine);
  // Of the watches that are right.
  const std::vector<Example>& examples() const { return examples_; }

 private:
  void AddLists(const Node& lists);
  void AddExamples(const WatchEntry& entry);
  void AddWatch(const WatchEntry& entry, watch::Engine& engine, std::map<std::string, WatchFacts>& facts);
  void Report(const Node& query, const watch::QueryError& error);
  // The query of a watch in the watch language; nullopt when its dialect has no translation, which is reported. What is
  // approximate is a warning, once for each reason.
  std::optional<watch::Translation> Translated(const WatchEntry& entry);
  const std::string* FindList(const std::string& name) const;

  Setup& setup_;
  std::map<std::string, Node> lists_;
  std::vector<WatchEntry> entries_;
  std::vector<Example> examples_;
};

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_WATCH_WATCH_FILE_H_
