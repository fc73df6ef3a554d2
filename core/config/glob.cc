#include "wirewatch/config/glob.h"

#include <fnmatch.h>

#include <set>

#include "absl/strings/str_cat.h"

namespace wirewatch::config {
namespace {

constexpr size_t kMaxPatterns = 1024;

// The braces that begin at `open`: where they end, and the commas at their level. npos: not closed.
size_t CloseOf(std::string_view pattern, size_t open, std::vector<size_t>& commas) {
  int depth = 0;
  for (size_t at = open; at < pattern.size(); ++at) {
    if (pattern[at] == '{') ++depth;
    if (pattern[at] == ',' && depth == 1) commas.push_back(at);
    if (pattern[at] == '}' && --depth == 0) return at;
  }
  return pattern.npos;
}

bool Expand(std::string_view pattern, std::vector<std::string>& expanded) {
  const size_t open = pattern.find('{');
  std::vector<size_t> commas;
  const size_t close = open == pattern.npos ? pattern.npos : CloseOf(pattern, open, commas);
  if (close == pattern.npos) {
    expanded.emplace_back(pattern);
    return expanded.size() <= kMaxPatterns;
  }
  commas.push_back(close);
  size_t begin = open + 1;
  for (const size_t comma : commas) {
    std::string one(pattern.substr(0, open));
    one.append(pattern.substr(begin, comma - begin)).append(pattern.substr(close + 1));
    if (!Expand(one, expanded)) return false;
    begin = comma + 1;
  }
  return true;
}

class Walker {
 public:
  explicit Walker(std::set<std::filesystem::path>& found) : found_(found) {}

  // Matches the names from `at` on below `folder`. False when there are too many files.
  bool Walk(const std::filesystem::path& folder, const std::vector<std::string>& names, size_t at) {
    if (at == names.size()) return Found(folder);
    if (names[at] == "**") return Walk(folder, names, at + 1) && WalkFolders(folder, names, at);
    if (names[at].find_first_of("*?[") == std::string::npos) return Walk(folder / names[at], names, at + 1);
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
      if (fnmatch(names[at].c_str(), entry.path().filename().c_str(), FNM_PERIOD) != 0) continue;
      if (!Walk(entry.path(), names, at + 1)) return false;
    }
    return true;
  }

 private:
  bool WalkFolders(const std::filesystem::path& folder, const std::vector<std::string>& names, size_t at) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
      const bool hidden = entry.path().filename().string().starts_with('.');
      if (hidden || entry.is_symlink(error) || !entry.is_directory(error)) continue;
      if (!Walk(entry.path(), names, at)) return false;
    }
    return true;
  }
  bool Found(const std::filesystem::path& path) {
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error)) found_.insert(path);
    return found_.size() <= kMaxGlobFiles;
  }

  std::set<std::filesystem::path>& found_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> ExpandBraces(std::string_view pattern) {
  std::vector<std::string> expanded;
  if (!Expand(pattern, expanded)) {
    return absl::ResourceExhaustedError(absl::StrCat("the braces stand for more than ", kMaxPatterns, " patterns"));
  }
  return expanded;
}

absl::StatusOr<std::vector<std::filesystem::path>> Glob(const std::filesystem::path& pattern) {
  const absl::StatusOr<std::vector<std::string>> patterns = ExpandBraces(pattern.string());
  if (!patterns.ok()) return patterns.status();
  std::set<std::filesystem::path> found;
  for (const std::string& one : *patterns) {
    const std::filesystem::path path(one);
    std::vector<std::string> names;
    for (const auto& name : path.relative_path()) names.push_back(name.string());
    const std::filesystem::path root = path.is_absolute() ? path.root_path() : std::filesystem::path(".");
    if (!Walker(found).Walk(root, names, 0)) {
      return absl::ResourceExhaustedError(absl::StrCat("the pattern names more than ", kMaxGlobFiles, " files"));
    }
  }
  return std::vector<std::filesystem::path>(found.begin(), found.end());
}

}  // namespace wirewatch::config
