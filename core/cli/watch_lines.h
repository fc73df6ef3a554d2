// Files of watches or texts as JSON lines. Pure functions; any thread.
#ifndef WIREWATCH_CLI_WATCH_LINES_H_
#define WIREWATCH_CLI_WATCH_LINES_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch::cli {

// An id as it is written back, and what it is ordered by: numbers before texts.
struct Id {
  std::string written;
  bool is_number = false;
  int64_t number = 0;
};
bool operator<(const Id& a, const Id& b);

struct Line {
  Id id;
  std::string text;
  size_t line = 0;
};

// All of a file; nullopt, having said so, when it cannot be read.
std::optional<std::string> ReadBytes(const std::filesystem::path& path);

// Lines {"id": …, FIELD: "…"}; nullopt, having said so, when one is not. `path` is for what is said.
std::optional<std::vector<Line>> ReadLines(const std::filesystem::path& path, std::string_view bytes,
                                           const char* field);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_WATCH_LINES_H_
