#include "wirewatch/scenario/line_diff.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"

namespace wirewatch::scenario {
namespace {

// Beyond this, what lies between the equal beginning and the equal end is shown as replaced.
constexpr size_t kMostCells = 16 << 20;

using Lines = std::vector<std::string_view>;
struct Edit {
  char mark;  // ' ', '-' or '+'
  std::string_view line;
};

Lines Split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

// By the longest common subsequence.
void EditMiddle(const Lines& a, const Lines& b, size_t first, size_t a_end, size_t b_end, std::vector<Edit>& edits) {
  const size_t rows = a_end - first, columns = b_end - first;
  size_t i = 0, j = 0;
  if ((rows + 1) * (columns + 1) <= kMostCells) {
    std::vector<uint32_t> longest((rows + 1) * (columns + 1), 0);
    const auto at = [&](size_t row, size_t column) -> uint32_t& { return longest[row * (columns + 1) + column]; };
    for (size_t row = rows; row-- > 0;) {
      for (size_t column = columns; column-- > 0;) {
        at(row, column) = a[first + row] == b[first + column] ? at(row + 1, column + 1) + 1
                                                              : std::max(at(row + 1, column), at(row, column + 1));
      }
    }
    while (i < rows && j < columns) {
      if (a[first + i] == b[first + j]) {
        edits.push_back({' ', a[first + i]});
        ++i, ++j;
      } else if (at(i + 1, j) >= at(i, j + 1)) {
        edits.push_back({'-', a[first + i++]});
      } else {
        edits.push_back({'+', b[first + j++]});
      }
    }
  }
  for (; i < rows; ++i) edits.push_back({'-', a[first + i]});
  for (; j < columns; ++j) edits.push_back({'+', b[first + j]});
}

std::vector<Edit> EditsOf(const Lines& a, const Lines& b) {
  size_t first = 0, a_end = a.size(), b_end = b.size();
  while (first < a_end && first < b_end && a[first] == b[first]) ++first;
  while (a_end > first && b_end > first && a[a_end - 1] == b[b_end - 1]) --a_end, --b_end;
  std::vector<Edit> edits;
  for (size_t i = 0; i < first; ++i) edits.push_back({' ', a[i]});
  EditMiddle(a, b, first, a_end, b_end, edits);
  for (size_t i = a_end; i < a.size(); ++i) edits.push_back({' ', a[i]});
  return edits;
}

// Of an empty stretch the line before it is named, as diff does.
std::string Range(size_t begin, size_t count) {
  return absl::StrCat(count == 0 ? begin : begin + 1, count == 1 ? "" : absl::StrCat(",", count));
}

}  // namespace

std::string UnifiedDiff(std::string_view before, std::string_view after, std::string_view before_name,
                        std::string_view after_name, size_t context) {
  if (before == after) return "";
  const Lines a = Split(before), b = Split(after);
  const std::vector<Edit> edits = EditsOf(a, b);
  std::string out = absl::StrCat("--- ", std::string(before_name), "\n+++ ", std::string(after_name), "\n");
  size_t a_line = 0, b_line = 0;
  for (size_t i = 0; i < edits.size();) {
    size_t change = i;
    while (change < edits.size() && edits[change].mark == ' ') ++change;
    if (change == edits.size()) break;
    const size_t begin = change - std::min(context, change - i);
    size_t end = change;
    for (size_t j = change; j < edits.size() && j < end + 2 * context + 1; ++j) {
      if (edits[j].mark != ' ') end = j + 1;
    }
    end = std::min(edits.size(), end + context);
    a_line += begin - i, b_line += begin - i;
    size_t a_count = 0, b_count = 0;
    for (size_t j = begin; j < end; ++j) {
      a_count += edits[j].mark != '+';
      b_count += edits[j].mark != '-';
    }
    absl::StrAppend(&out, "@@ -", Range(a_line, a_count), " +", Range(b_line, b_count), " @@\n");
    for (size_t j = begin; j < end; ++j) {
      out += edits[j].mark;
      absl::StrAppend(&out, std::string(edits[j].line), "\n");
    }
    a_line += a_count, b_line += b_count;
    i = end;
  }
  return out;
}

}  // namespace wirewatch::scenario
