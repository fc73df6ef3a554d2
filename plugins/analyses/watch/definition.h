// Definitions of watches as people give them, in a file or through the host's interface, and what the engine makes of
// them. Pure functions; any thread.
#ifndef WIREWATCH_ANALYSES_WATCH_DEFINITION_H_
#define WIREWATCH_ANALYSES_WATCH_DEFINITION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "wirewatch/v1/watch_service.pb.h"
#include "wirewatch/watch/dialect.h"
#include "wirewatch/watch/engine.h"

namespace wirewatch::analyses {

// Letters, digits, `-`, `_` and `.`, 1 to 100.
bool IsWatchId(std::string_view text);

// In the one form in which they are kept and compared: severity set, labels sorted.
void Normalise(v1::WatchDefinition& definition);
bool SameDefinition(const v1::WatchDefinition& a, const v1::WatchDefinition& b);

// The lists of the files, by name.
class WatchLists {
 public:
  // False when there is one of that name already.
  bool Add(const std::string& name, std::string query);
  const std::string* Find(const std::string& name) const;
  const std::map<std::string, std::string>& all() const { return queries_; }
  watch::Lists AsLists() const {
    return [this](const std::string& name) { return Find(name); };
  }
  // Of the lists that a query names, with those that they name, as written; 0: none. A name in a comment counts.
  uint64_t HashFor(std::string_view query) const;

 private:
  void Collect(std::string_view query, std::map<std::string, const std::string*>& named) const;

  std::map<std::string, std::string> queries_;
};

// A watch that the engine takes, with the annotations that it reads.
struct ReadWatch {
  watch::Watch watch;
  std::vector<std::string> needs;
};
// What is wrong with it: its query has line and column, in the text as it is written.
std::variant<ReadWatch, v1::WatchEditFailure> Read(const v1::WatchDefinition& definition, const WatchLists& lists);
// The same without a look at whether it is right.
watch::Watch ToWatch(const v1::WatchDefinition& definition);

v1::WatchEditFailure Failure(absl::StatusCode code, std::string message);

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_WATCH_DEFINITION_H_
