#include "glob.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ascii.h"

namespace wirewatch::sources {
namespace {

constexpr size_t kMaxAlternatives = 256;
constexpr size_t kMaxFolderDepth = 64;

absl::Status ExpandBraces(std::string_view pattern, std::vector<std::string>& out) {
  const size_t open = pattern.find('{');
  if (open == std::string_view::npos) {
    if (out.size() >= kMaxAlternatives) {
      return absl::InvalidArgumentError(absl::StrCat("braces give more than ", kMaxAlternatives, " alternatives"));
    }
    out.emplace_back(pattern);
    return absl::OkStatus();
  }
  std::vector<size_t> cuts{open};
  int depth = 0;
  size_t close = open;
  for (; close < pattern.size(); ++close) {
    if (pattern[close] == '{') ++depth;
    if (pattern[close] == '}' && --depth == 0) break;
    if (pattern[close] == ',' && depth == 1) cuts.push_back(close);
  }
  if (close == pattern.size()) return absl::InvalidArgumentError("a { without its }");
  cuts.push_back(close);
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    const std::string_view choice = pattern.substr(cuts[i] + 1, cuts[i + 1] - cuts[i] - 1);
    const std::string whole = std::string(pattern.substr(0, open)).append(choice).append(pattern.substr(close + 1));
    if (absl::Status expanded = ExpandBraces(whole, out); !expanded.ok()) return expanded;
  }
  return absl::OkStatus();
}

bool IsLiteral(std::string_view segment) { return segment.find_first_of("*?[") == std::string_view::npos; }

// Matches `c` against the set that begins after '['; moves `at` behind the ']'.
bool InSet(std::string_view pattern, size_t& at, char c) {
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  bool found = false;
  for (bool first = true; at < pattern.size() && (first || pattern[at] != ']'); first = false, ++at) {
    if (at + 2 < pattern.size() && pattern[at + 1] == '-' && pattern[at + 2] != ']') {
      found |= pattern[at] <= c && c <= pattern[at + 2];
      at += 2;
    } else {
      found |= pattern[at] == c;
    }
  }
  ++at;
  return found != negated;
}

bool MatchSegments(const std::vector<std::string>& pattern, size_t p, const std::vector<std::string_view>& path,
                   size_t at) {
  for (; p < pattern.size(); ++p, ++at) {
    if (pattern[p] == "**") {
      for (size_t skipped = at; skipped <= path.size(); ++skipped) {
        if (MatchSegments(pattern, p + 1, path, skipped)) return true;
        if (skipped < path.size() && path[skipped].starts_with('.')) return false;
      }
      return false;
    }
    if (at >= path.size() || !MatchesSegment(pattern[p], path[at])) return false;
  }
  return at == path.size();
}

bool MatchesAny(const std::vector<Glob>& globs, std::string_view path) {
  return std::any_of(globs.begin(), globs.end(), [path](const Glob& glob) { return glob.Matches(path); });
}

class Walker {
 public:
  Walker(const std::vector<Glob>& globs, const std::vector<Glob>& excluded) : globs_(globs), excluded_(excluded) {}

  void Visit(const std::string& folder, std::set<std::pair<dev_t, ino_t>>& above) {
    struct stat at {};
    if (stat(folder.c_str(), &at) != 0 || !S_ISDIR(at.st_mode)) return;
    if (above.size() >= kMaxFolderDepth || !above.emplace(at.st_dev, at.st_ino).second) return;
    if (seen_.insert(folder).second) List(folder, above);
    above.erase({at.st_dev, at.st_ino});
  }

  Walk Take() {
    std::sort(walk_.files.begin(), walk_.files.end());
    walk_.files.erase(std::unique(walk_.files.begin(), walk_.files.end()), walk_.files.end());
    walk_.folders.assign(seen_.begin(), seen_.end());
    return std::move(walk_);
  }

 private:
  void List(const std::string& folder, std::set<std::pair<dev_t, ino_t>>& above) {
    DIR* const directory = opendir(folder.c_str());
    if (directory == nullptr) {
      walk_.errors.push_back(absl::ErrnoToStatus(errno, absl::StrCat("cannot look into the folder ", folder)));
      return;
    }
    while (const dirent* entry = readdir(directory)) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      const std::string path = absl::StrCat(folder == "/" ? "" : folder, "/", entry->d_name);
      struct stat found {};
      if (stat(path.c_str(), &found) != 0) continue;  // gone again, or a link to nothing
      if (S_ISREG(found.st_mode)) {
        if (MatchesAny(globs_, path) && !MatchesAny(excluded_, path)) walk_.files.push_back(path);
      } else if (S_ISDIR(found.st_mode) && MayHold(path)) {
        Visit(path, above);
      }
    }
    closedir(directory);
  }

  bool MayHold(const std::string& folder) const {
    return std::any_of(globs_.begin(), globs_.end(), [&](const Glob& glob) { return glob.MayMatchBelow(folder); });
  }

  const std::vector<Glob>& globs_;
  const std::vector<Glob>& excluded_;
  std::set<std::string> seen_;
  Walk walk_;
};

}  // namespace

absl::StatusOr<Glob> Glob::Compile(std::string_view pattern) {
  if (!pattern.starts_with('/')) return absl::InvalidArgumentError("a glob must be an absolute path");
  std::vector<std::string> alternatives;
  if (absl::Status expanded = ExpandBraces(pattern, alternatives); !expanded.ok()) return expanded;
  Glob glob;
  std::set<std::string> roots;
  for (const std::string& alternative : alternatives) {
    Segments segments = absl::StrSplit(alternative, '/', absl::SkipEmpty());
    std::erase(segments, ".");
    for (const std::string& segment : segments) {
      if (const size_t open = segment.find('[');
          open != std::string::npos && segment.find(']', open + 2) == std::string::npos) {
        return absl::InvalidArgumentError("a [ without its ]");
      }
    }
    const auto wild = std::find_if_not(segments.begin(), segments.end(), IsLiteral);
    const auto end = wild == segments.end() && !segments.empty() ? wild - 1 : wild;
    roots.insert("/" + absl::StrJoin(segments.begin(), end, "/"));
    glob.alternatives_.push_back(std::move(segments));
  }
  glob.roots_.assign(roots.begin(), roots.end());
  return glob;
}

bool Glob::Matches(std::string_view path) const {
  const std::vector<std::string_view> names = Words(path, "/");
  return std::any_of(alternatives_.begin(), alternatives_.end(),
                     [&names](const Segments& segments) { return MatchSegments(segments, 0, names, 0); });
}

bool Glob::MayMatchBelow(std::string_view folder) const {
  const std::vector<std::string_view> names = Words(folder, "/");
  return std::any_of(alternatives_.begin(), alternatives_.end(), [&names](const Segments& segments) {
    for (size_t i = 0; i < names.size(); ++i) {
      if (i >= segments.size()) return false;
      if (segments[i] == "**") {
        return !names[i].starts_with('.') || (i + 1 < segments.size() && segments[i + 1].starts_with('.'));
      }
      if (!MatchesSegment(segments[i], names[i])) return false;
    }
    return names.size() < segments.size();
  });
}

bool MatchesSegment(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  // Greedy with one point to come back to: linear in practice, never exponential.
  size_t p = 0, n = 0, star = std::string_view::npos, resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
      continue;
    }
    size_t next = p + 1;
    const bool matches = p < pattern.size() && (pattern[p] == '?'   ? true
                                                : pattern[p] == '[' ? InSet(pattern, next, name[n])
                                                                    : pattern[p] == name[n]);
    if (matches) {
      p = next;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Walk FindFiles(const std::vector<Glob>& globs, const std::vector<Glob>& excluded) {
  Walker walker(globs, excluded);
  for (const Glob& glob : globs) {
    for (const std::string& root : glob.roots()) {
      std::set<std::pair<dev_t, ino_t>> above;
      walker.Visit(root, above);
    }
  }
  return walker.Take();
}

}  // namespace wirewatch::sources
