// Candidacy: whether an Item's words make a watch one that the engine tries on it, and by which of them. One thread.
#ifndef WIREWATCH_CLI_CANDIDACY_H_
#define WIREWATCH_CLI_CANDIDACY_H_

#include <map>
#include <string>
#include <vector>

#include "wirewatch/cli/watch_files.h"
#include "wirewatch/watch/anchors.h"
#include "wirewatch/watch/plan.h"
#include "wirewatch/watch/view.h"

namespace wirewatch::cli {

struct Candidacy {
  bool is_candidate = false;
  bool anchored = false;             // false: no word must occur, and it is tried on every Item
  std::vector<std::string> anchors;  // words and patterns, one of which an Item must have
  std::vector<std::string> found;    // those of them that this one has
};

class Candidates {
 public:
  // Borrows the watches.
  explicit Candidates(const WatchFiles& files);

  // Of a watch that is there.
  Candidacy Why(const std::string& id, const watch::View& view) const;

 private:
  struct Entry {
    watch::Plan plan;
    std::optional<watch::Anchors> anchors;
  };
  watch::PatternTable patterns_;
  std::map<std::string, Entry> entries_;
};

// One sentence without full stop.
std::string ToText(const Candidacy& candidacy);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_CANDIDACY_H_
