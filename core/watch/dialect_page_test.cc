#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "wirewatch/watch/dialect_fixture.h"

namespace wirewatch::watch {
namespace {

// The tables of the page, row by row: | `written` | `becomes` | exact, approximate or refused | why |.
TEST(DialectPageTest, ThePageSaysWhatHappens) {
  std::ifstream page(std::string(WIREWATCH_SOURCE_DIR) + "/docs/watch-dialects.md");
  ASSERT_TRUE(page.good());
  std::optional<Dialect> dialect;
  std::map<Dialect, int> rows;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) dialect = FindDialect(absl::AsciiStrToLower(line.substr(3)));
    if (!dialect || !line.starts_with("| `")) continue;
    // Inside a table a stroke is written with a backslash.
    for (size_t at = 0; (at = line.find("\\|", at)) != std::string::npos;) line.replace(at, 2, "\x01");
    std::vector<std::string> cells = absl::StrSplit(line, '|');
    ASSERT_EQ(cells.size(), 6u) << line;
    cells.erase(cells.begin());
    for (std::string& cell : cells) absl::StripAsciiWhitespace(&cell);
    const auto code = [](std::string cell) {
      cell = cell.substr(cell.find('`') + 1);
      std::replace(cell.begin(), cell.end(), '\x01', '|');
      return cell.substr(0, cell.rfind('`'));
    };
    const std::string query = code(cells[0]);
    const Translation translation = Translate(query, *dialect);
    EXPECT_EQ(Verdict(translation), cells[2]) << line;
    if (cells[2] != "refused") {
      EXPECT_EQ(Became(*dialect, query), code(cells[1])) << line;
    } else {
      EXPECT_EQ(cells[1], "") << line;
      EXPECT_GT(translation.Count(ClauseKind::kRefused), 0u) << line;
    }
    ++rows[*dialect];
  }
  EXPECT_EQ(rows.size(), 4u);
  for (const auto& [name, count] : rows) EXPECT_GE(count, 12) << NameOf(name);
}

}  // namespace
}  // namespace wirewatch::watch
