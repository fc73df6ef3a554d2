// Glob: which files a pattern names, and the walk that finds them. `*` and `?` stay within a name, `**` spans any
// number of folders, `[a-z]` is one character of a set, `{a,b}` is either. Names that begin with a dot are matched only
// by a pattern that writes the dot. Immutable once compiled; any thread.
#ifndef WIREWATCH_SOURCES_FILES_GLOB_H_
#define WIREWATCH_SOURCES_FILES_GLOB_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wirewatch::sources {

class Glob {
 public:
  // `pattern` is absolute. Braces may give at most 256 alternatives; more, or an unclosed `[` or `{`, is
  // InvalidArgument.
  static absl::StatusOr<Glob> Compile(std::string_view pattern);

  bool Matches(std::string_view path) const;
  // Whether files below `folder` could match: prunes the walk.
  bool MayMatchBelow(std::string_view folder) const;
  // The deepest folders that hold everything the pattern can match.
  const std::vector<std::string>& roots() const { return roots_; }

 private:
  using Segments = std::vector<std::string>;
  std::vector<Segments> alternatives_;
  std::vector<std::string> roots_;
};

// True if the name matches one segment of a pattern.
bool MatchesSegment(std::string_view pattern, std::string_view name);

struct Walk {
  std::vector<std::string> files;    // regular files that match, by path in byte order
  std::vector<std::string> folders;  // every folder looked into, in byte order
  std::vector<absl::Status> errors;  // folders that could not be read
};

// Everything that one of `globs` names and none of `excluded`. Follows symbolic links to files, and to folders unless
// they lead back into a folder on the way down.
Walk FindFiles(const std::vector<Glob>& globs, const std::vector<Glob>& excluded);

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_GLOB_H_
