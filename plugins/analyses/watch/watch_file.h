// Watches as people write them: in files of their own or in the pipeline. Read at start-up, by one thread.
#ifndef WIREWATCH_ANALYSES_WATCH_WATCH_FILE_H_
#define WIREWATCH_ANALYSES_WATCH_WATCH_FILE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "live_watches.h"
#include "wirewatch/sdk/field.h"
#include "wirewatch/sdk/plugin.h"
#include "wirewatch/sdk/setup.h"
#include "wirewatch/v1/watch.pb.h"
#include "wirewatch/watch/dialect.h"

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

// Collects watches and their lists, then hands them to LiveWatches. Everything wrong goes to the Setup's diagnostics.
class WatchSet {
 public:
  explicit WatchSet(Setup& setup) : setup_(setup) {}

  // The file itself, a text of the configuration: watches.yaml.
  void AddFile(const std::filesystem::path& path);
  void Add(WatchFile file);
  size_t size() const { return entries_.size(); }
  void Fill(LiveWatches& watches);
  // Of the watches that are right.
  const std::vector<Example>& examples() const { return examples_; }

 private:
  void AddLists(const Node& lists);
  void AddExamples(const WatchEntry& entry);
  // A watch that is right but for its query, and what its query was translated from.
  struct Taken {
    const WatchEntry* entry;
    std::optional<watch::Translation> translation;
  };
  void AddWatch(const WatchEntry& entry);
  void Report(const Node& query, const watch::QueryError& error);
  // The query of a watch in the watch language; nullopt when its dialect has no translation, which is reported. What is
  // approximate is a warning, once for each reason.
  std::optional<watch::Translation> Translated(const WatchEntry& entry);
  const std::string* FindList(const std::string& name) const;
  // The file of a place as seen from that of the pipeline, which may be moved with it.
  std::string FileOf(const SourceLocation& place) const;

  Setup& setup_;
  std::map<std::string, Node> lists_;
  std::vector<WatchEntry> entries_;
  std::map<std::string, const WatchEntry*> ids_;
  std::vector<LiveWatches::OfFile> of_files_;
  std::vector<Taken> taken_;  // one for each of them
  std::vector<Example> examples_;
};

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_WATCH_WATCH_FILE_H_
