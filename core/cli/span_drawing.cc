#include "wirewatch/cli/span_drawing.h"

#include <algorithm>
#include <utility>

#include "wirewatch/text/printable.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::cli {
namespace {

constexpr std::string_view kIndent = "  ";

// Bytes [begin, end) of the text, shown on one line.
struct Line {
  uint32_t begin = 0, end = 0;
};

std::vector<Line> Wrap(std::string_view text, int columns) {
  std::vector<Line> lines;
  uint32_t begin = 0;
  uint32_t space = 0;  // behind the last blank of the line; 0: none
  int used = 0;
  for (uint32_t at = 0; at < text.size();) {
    if (text[at] == '\n') {
      lines.push_back({begin, at});
      begin = ++at;
      used = 0;
      space = 0;
      continue;
    }
    const text::Decoded next = text::DecodeAt(text, at);
    const int width = text::ColumnsOf(next.code_point);
    if (used + width > columns && at > begin) {
      const uint32_t cut = space > begin ? space : at;
      lines.push_back({begin, cut});
      begin = cut;
      space = 0;
      used = text::ColumnsOf(text.substr(begin, at - begin));
    }
    if (text[at] == ' ') space = at + 1;
    used += width;
    at += next.length;
  }
  if (begin < text.size()) lines.push_back({begin, static_cast<uint32_t>(text.size())});
  return lines;
}

// One row under a line: columns [0, used) are taken.
struct Row {
  std::string text;
  int used = 0;
};

void Append(Row& row, int column, const std::string& drawn) {
  row.text.append(static_cast<size_t>(column - row.used), ' ');
  row.text += drawn;
  row.used = column + text::ColumnsOf(drawn);
}

// A bar of `width` columns, open where the mark goes on beyond the line.
std::string Bar(int width, bool begins, bool ends) {
  if (width <= 1) return begins && ends ? "^" : "─";
  std::string bar = begins ? "└" : "─";
  for (int i = 2; i < width; ++i) bar += "─";
  return bar + (ends ? "┘" : "─");
}

}  // namespace

std::string DrawSpans(std::string_view text, std::vector<Mark> marks, int columns) {
  // Longer ones first where they begin together, so that they stand nearest to the text.
  std::stable_sort(marks.begin(), marks.end(),
                   [](const Mark& a, const Mark& b) { return a.begin != b.begin ? a.begin < b.begin : a.end > b.end; });
  std::string drawing;
  for (const Line& line : Wrap(text, columns)) {
    if (line.begin < line.end) drawing.append(kIndent);
    drawing.append(text::Printable(text.substr(line.begin, line.end - line.begin))).append("\n");
    std::vector<Row> rows;
    for (const Mark& mark : marks) {
      const uint32_t begin = std::max(mark.begin, line.begin);
      const uint32_t end = std::min(mark.end, line.end);
      if (begin >= end) continue;
      const bool begins = mark.begin >= line.begin;
      const int column = text::ColumnsOf(text.substr(line.begin, begin - line.begin));
      const int width = text::ColumnsOf(text.substr(begin, end - begin));
      std::string drawn = Bar(width, begins, mark.end <= line.end);
      if (begins) drawn += " " + text::Printable(mark.label);
      auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.used == 0 || r.used < column; });
      if (row == rows.end()) row = rows.insert(rows.end(), Row{});
      Append(*row, column, drawn);
    }
    for (const Row& row : rows) drawing.append(kIndent).append(row.text).append("\n");
  }
  return drawing;
}

}  // namespace wirewatch::cli
