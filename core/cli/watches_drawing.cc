#include "wirewatch/cli/watches_drawing.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/cli/terminal.h"
#include "wirewatch/text/printable.h"

namespace wirewatch::cli {
namespace {

// Beyond, words are not compared one by one.
constexpr size_t kMostWords = 2000;

std::vector<std::string> WordsOf(std::string_view text) {
  return absl::StrSplit(absl::string_view(text.data(), text.size()), absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty());
}

std::string TimeText(const google::protobuf::Timestamp& at) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", alerts::GetTime(at), absl::UTCTimeZone());
}

std::string OneLine(std::string_view text) { return text::Printable(absl::StrJoin(WordsOf(text), " ")); }

template <class Record>
std::string Heading(const Record& record) {
  return absl::StrCat("revision ", record.revision(), record.removed() ? ", removed" : "", "  ",
                      record.has_at() ? TimeText(record.at()) : "at the first start", "  ",
                      text::Printable(record.author()), "\n");
}

std::string Labels(const v1::WatchDefinition& definition) {
  return absl::StrJoin(definition.labels(), " ", [](std::string* out, const v1::Label& label) {
    absl::StrAppend(out, label.name(), "=", label.value());
  });
}

// The facts of a definition beside its query, by name.
std::vector<std::pair<std::string, std::string>> Facts(const v1::WatchDefinition& definition) {
  return {{"severity", SeverityName(definition.severity())},
          {"title", definition.title()},
          {"labels", Labels(definition)},
          {"dialect", definition.dialect()},
          {"timezone", definition.timezone()}};
}

}  // namespace

std::string SeverityName(v1::Severity severity) {
  constexpr std::string_view kPrefix = "SEVERITY_";
  const std::string name = v1::Severity_Name(severity);
  return name.starts_with(kPrefix) ? absl::AsciiStrToLower(name.substr(kPrefix.size())) : absl::StrCat(severity);
}

std::string DrawWatchLine(const v1::WatchRecord& record, int columns) {
  const v1::WatchDefinition& definition = record.definition();
  const std::string from = record.removed() ? "removed" : record.live() ? record.author() : record.place();
  return CutToColumns(
      absl::StrFormat("%-24s %4d  %-8s  %-24s  %s", definition.id(), record.revision(),
                      SeverityName(definition.severity()), text::Printable(from), OneLine(definition.query())),
      columns);
}

std::string DrawWatch(const v1::GetWatchResponse& watch) {
  const v1::WatchRecord& record = watch.watch();
  std::string drawn = absl::StrCat(record.definition().id(), "\n  ", Heading(record));
  const auto fact = [&drawn](std::string_view name, std::string_view value) {
    if (!value.empty()) absl::StrAppendFormat(&drawn, "  %-11s %s\n", name, text::Printable(value));
  };
  fact("from", record.live() ? "the host's interface" : record.place());
  fact("note", record.note());
  for (const auto& [name, value] : Facts(record.definition())) fact(name, value);
  std::vector<std::string> lines =
      absl::StrSplit(absl::StripTrailingAsciiWhitespace(record.definition().query()), '\n');
  fact("query", lines.front());
  for (size_t i = 1; i < lines.size(); ++i) absl::StrAppend(&drawn, "              ", text::Printable(lines[i]), "\n");
  if (watch.normal_form() != OneLine(record.definition().query())) fact("normal form", watch.normal_form());
  return drawn;
}

std::string DrawRevision(const v1::WatchRecord& record, const v1::WatchRecord* before) {
  std::string drawn = Heading(record);
  if (!record.note().empty()) absl::StrAppend(&drawn, "  ", OneLine(record.note()), "\n");
  if (before == nullptr) {
    absl::StrAppend(&drawn, "  ", OneLine(record.definition().query()), "\n");
    return drawn;
  }
  if (record.removed()) return drawn;
  if (record.definition().query() != before->definition().query() || before->removed()) {
    absl::StrAppend(&drawn, "  ", text::Printable(WordDiff(before->definition().query(), record.definition().query())),
                    "\n");
  } else if (record.lists_hash() != before->lists_hash()) {
    absl::StrAppend(&drawn, "  a list that it uses has changed\n");
  }
  const auto facts = Facts(record.definition()), facts_before = Facts(before->definition());
  for (size_t i = 0; i < facts.size(); ++i) {
    if (facts[i].second == facts_before[i].second) continue;
    absl::StrAppend(&drawn, "  ", facts[i].first, ": ",
                    text::Printable(WordDiff(facts_before[i].second, facts[i].second)), "\n");
  }
  return drawn;
}

std::string DrawRevision(const v1::ListRecord& record, const v1::ListRecord* before) {
  std::string drawn = Heading(record);
  if (record.removed()) return drawn;
  absl::StrAppend(
      &drawn, "  ",
      before == nullptr ? OneLine(record.query()) : text::Printable(WordDiff(before->query(), record.query())), "\n");
  return drawn;
}

std::string WordDiff(std::string_view before, std::string_view after) {
  const std::vector<std::string> old_words = WordsOf(before), new_words = WordsOf(after);
  const size_t n = old_words.size(), m = new_words.size();
  std::vector<std::string> out;
  if (n > kMostWords || m > kMostWords) {
    return absl::StrCat("[-", absl::StrJoin(old_words, " "), "-] {+", absl::StrJoin(new_words, " "), "+}");
  }
  // common[i][j]: the longest common subsequence of what follows.
  std::vector<std::vector<uint16_t>> common(n + 1, std::vector<uint16_t>(m + 1, 0));
  for (size_t i = n; i-- > 0;) {
    for (size_t j = m; j-- > 0;) {
      common[i][j] = old_words[i] == new_words[j] ? static_cast<uint16_t>(common[i + 1][j + 1] + 1)
                                                  : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::vector<std::string> gone, came;
  const auto flush = [&] {
    if (!gone.empty()) out.push_back(absl::StrCat("[-", absl::StrJoin(gone, " "), "-]"));
    if (!came.empty()) out.push_back(absl::StrCat("{+", absl::StrJoin(came, " "), "+}"));
    gone.clear();
    came.clear();
  };
  size_t i = 0, j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && old_words[i] == new_words[j]) {
      flush();
      out.push_back(old_words[i]);
      ++i, ++j;
    } else if (i < n && (j == m || common[i + 1][j] >= common[i][j + 1])) {
      gone.push_back(old_words[i++]);
    } else {
      came.push_back(new_words[j++]);
    }
  }
  flush();
  return absl::StrJoin(out, " ");
}

}  // namespace wirewatch::cli
