// WatchFiles: watches as the commands for their authors read them: from files of watches, or one query from standard
// input. Keys that do not bear on what a watch hits are left to `wirewatch check`. One thread.
#ifndef WIREWATCH_CLI_WATCH_FILES_H_
#define WIREWATCH_CLI_WATCH_FILES_H_

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/sdk/field_values.h"
#include "wirewatch/sdk/node.h"
#include "wirewatch/watch/engine.h"
#include "wirewatch/watch/expression.h"

namespace wirewatch::cli {

struct WrittenWatch {
  std::string id;
  Node query;
  absl::TimeZone timezone;
  std::vector<Path> hit, miss;  // examples
  std::shared_ptr<const watch::Expression> expression;
};

class WatchFiles {
 public:
  // All files together, their lists shared; `-` is one query on standard input, with the id "query". Prints what is
  // wrong; nullopt when something is.
  static std::optional<WatchFiles> Load(const std::vector<std::filesystem::path>& files);

  // Those of a step `watch` of a pipeline, by its options.
  static std::optional<WatchFiles> OfStep(const Node& options);

  // In the order written; each has been read by an Engine without error.
  const std::vector<WrittenWatch>& watches() const { return watches_; }
  const WrittenWatch* Find(const std::string& id) const;
  watch::Lists lists() const;
  // Lists by name.
  const std::map<std::string, Node>& written_lists() const { return lists_; }
  // Adds them to an Engine that has none of their ids.
  void Fill(watch::Engine& engine) const;

 private:
  void Read(const std::filesystem::path& file, Diagnostics& diagnostics);
  void AddTable(const Node& table, Diagnostics& diagnostics);
  void AddLists(const Node& lists, Diagnostics& diagnostics);
  void AddWatch(const Node& written, Diagnostics& diagnostics);
  void Compile(Diagnostics& diagnostics);

  std::map<std::string, Node> lists_;
  std::vector<WrittenWatch> watches_;
  std::map<std::string, size_t> by_id_;  // indices into watches_
};

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_WATCH_FILES_H_
