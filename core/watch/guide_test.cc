// Runs every example of the language's page (docs/watch-language.md), and sees that it has one for everything.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "wirewatch/watch/engine.h"
#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

using ::testing::HasSubstr;
using Row = std::vector<std::string>;

std::string Page() {
  std::ifstream file(std::string(WIREWATCH_SOURCE_DIR) + "/docs/watch-language.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Row CellsOf(const std::string& line) {
  Row cells;
  for (const absl::string_view cell : absl::StrSplit(line.substr(1, line.rfind('|') - 1), '|'))
    cells.emplace_back(absl::StripAsciiWhitespace(cell));
  return cells;
}

// The rows of all tables with that head.
std::vector<Row> Rows(const std::string& head) {
  std::vector<Row> rows;
  bool inside = false;
  const std::vector<std::string> lines = absl::StrSplit(Page(), '\n');
  for (const std::string& line : lines) {
    if (line.empty() || line[0] != '|') {
      inside = false;
    } else if (absl::StrJoin(CellsOf(line), " | ") == head) {
      inside = true;
    } else if (inside && line[1] != '-') {
      rows.push_back(CellsOf(line));
    }
  }
  return rows;
}

bool IsCode(const std::string& cell) { return cell.size() > 1 && cell.front() == '`' && cell.back() == '`'; }
std::string Code(const std::string& cell) { return IsCode(cell) ? cell.substr(1, cell.size() - 2) : cell; }

const std::string* ListOf(const std::string& name) {
  static const std::string kfor = "KFOR OR \"Kosovo Force\"";
  return name == "kfor" ? &kfor : nullptr;
}

// ---- Texts ----

// Takes the marks of speakers and quotes out of a body and makes annotations of them.
class QuoteReader {
 public:
  explicit QuoteReader(v1::Item& item) : item_(item), marked_(std::exchange(*item.mutable_body(), "")) {}

  void Run() {
    for (size_t at = 0; at < marked_.size(); ++at) {
      const uint32_t here = static_cast<uint32_t>(item_.body().size());
      if (marked_[at] == '[') {
        speaker_.set_part(v1::PART_BODY);
        speaker_.set_begin(here);
      } else if (marked_[at] == ']') {
        speaker_.set_end(here);
      } else if (marked_[at] == '{') {
        at += Open(marked_.substr(at), here);
      } else if (marked_[at] == '}') {
        item_.mutable_quotes(open_.back())->mutable_content(0)->set_end(here);
        open_.pop_back();
      } else {
        item_.mutable_body()->push_back(marked_[at]);
      }
    }
    item_.mutable_provenance()->add_produced("quotes");
  }

 private:
  // How many characters of the mark there are beside the brace.
  size_t Open(const std::string& mark, uint32_t here) {
    v1::Quote& quote = *item_.add_quotes();
    open_.push_back(item_.quotes_size() - 1);
    quote.set_kind(item_.body().ends_with("“") ? v1::QUOTE_KIND_DIRECT : v1::QUOTE_KIND_INDIRECT);
    *quote.mutable_speaker() = speaker_;
    v1::Span& span = *quote.add_content();
    span.set_part(v1::PART_BODY);
    span.set_begin(here);
    quote.set_continues(mark.starts_with("{+ "));
    return quote.continues() ? 2 : 0;
  }

  v1::Item& item_;
  const std::string marked_;
  v1::Span speaker_;
  std::vector<int> open_;
};

v1::Item ItemOf(const std::string& cell) {
  v1::Item item;
  if (IsCode(cell)) {
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(Code(cell), &item)) << cell;
    return item;
  }
  const std::vector<std::string> parts = absl::StrSplit(cell, " // ");
  if (parts.size() == 2) item.set_headline(parts[0]);
  item.set_body(absl::StrReplaceAll(parts.back(), {{" ¶ ", "\n\n"}}));
  if (item.body().find('{') != std::string::npos) QuoteReader(item).Run();
  return item;
}

v1::Truth TruthOf(const std::string& query, const v1::Item& item) {
  Engine engine;
  const auto error = engine.Add({.id = "w", .query = query, .timezone = absl::UTCTimeZone()}, ListOf);
  EXPECT_FALSE(error.has_value()) << query << ": " << error->message;
  if (error) return v1::TRUTH_UNSPECIFIED;
  text::TextIndex index;
  index.Build(item);
  Scratch scratch;
  v1::Explanation explanation;
  engine.Explain("w", View(item, index), scratch, explanation);
  std::vector<Hit> hits;
  engine.Match(View(item, index), scratch, hits);
  EXPECT_EQ(hits.size(), explanation.clause().truth() == v1::TRUTH_TRUE ? 1U : 0U) << query;
  return explanation.clause().truth();
}

std::string NormalForm(const std::string& query) {
  const auto parsed = Parse(query, ListOf);
  if (const auto* error = std::get_if<QueryError>(&parsed)) return "error: " + error->message;
  return Print(*std::get<std::shared_ptr<const Expression>>(parsed));
}

const char kExamples[] = "write | it holds when | hits | misses";

TEST(GuideTest, ExamplesHitAndMiss) {
  const std::vector<Row> rows = Rows(kExamples);
  EXPECT_GT(rows.size(), 90U);
  for (const Row& row : rows) {
    ASSERT_EQ(row.size(), 4U) << absl::StrJoin(row, " | ");
    EXPECT_EQ(TruthOf(Code(row[0]), ItemOf(row[2])), v1::TRUTH_TRUE) << row[0] << " hits " << row[2];
    EXPECT_EQ(TruthOf(Code(row[0]), ItemOf(row[3])), v1::TRUTH_FALSE) << row[0] << " misses " << row[3];
  }
}

TEST(GuideTest, QueriesBindAsThePageSays) {
  const std::vector<Row> rows = Rows("you write | it is read as");
  EXPECT_GT(rows.size(), 5U);
  for (const Row& row : rows) EXPECT_EQ(NormalForm(Code(row[0])), NormalForm(Code(row[1]))) << row[0];
}

TEST(GuideTest, ErrorsShowTheRewrite) {
  const std::vector<Row> rows = Rows("wrong | because | it says");
  EXPECT_GT(rows.size(), 12U);
  for (const Row& row : rows) EXPECT_THAT(ErrorOf(Code(row[0])), HasSubstr(Code(row[2]))) << row[0];
  for (const Row& row : rows) EXPECT_NE(ErrorOf(Code(row[0])), "") << row[0];
}

TEST(GuideTest, UnknownIsWhatThePageSays) {
  const std::vector<Row> rows = Rows("clause | Item | it is");
  EXPECT_GT(rows.size(), 12U);
  for (const Row& row : rows) {
    const v1::Truth truth = TruthOf(Code(row[0]), ItemOf(row[1]));
    EXPECT_EQ(row[2], truth == v1::TRUTH_TRUE ? "true" : truth == v1::TRUTH_FALSE ? "false" : "unknown") << row[0];
  }
}

void Collect(const Expression& e, std::set<Operation>& operations, std::set<std::string>& fields) {
  operations.insert(e.operation);
  if (e.operation == Operation::kField || e.operation == Operation::kRange) fields.insert(e.name);
  for (const auto& operand : e.operands) Collect(*operand, operations, fields);
}

TEST(GuideTest, EveryOperatorAndFieldHasAnExample) {
  std::set<Operation> operations;
  std::set<std::string> fields;
  for (const Row& row : Rows(kExamples)) {
    const auto parsed = Parse(Code(row[0]), ListOf);
    const auto* expression = std::get_if<std::shared_ptr<const Expression>>(&parsed);
    if (expression != nullptr) Collect(**expression, operations, fields);
  }
  for (int i = 0; i <= static_cast<int>(Operation::kList); ++i)
    EXPECT_TRUE(operations.contains(static_cast<Operation>(i))) << "operation " << i;
  for (const std::string& field : FieldNames()) EXPECT_TRUE(fields.contains(field)) << field;
}

TEST(GuideTest, TheListIsThePages) { EXPECT_THAT(Page(), HasSubstr("\n  kfor: " + *ListOf("kfor") + "\n")); }

}  // namespace
}  // namespace wirewatch::watch
