#include "wirewatch/scenario/report.h"

#include <boost/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::scenario {
namespace {

namespace json = boost::json;

constexpr char kRed[] = "\033[31m", kGreen[] = "\033[32m", kYellow[] = "\033[33m", kBold[] = "\033[1m",
               kPlain[] = "\033[0m";
constexpr char kMargin[] = "        ";

class TextWriter {
 public:
  explicit TextWriter(bool colours) : colours_(colours) {}

  void File(const FileResult& file) {
    absl::StrAppend(&out_, In(kBold, text::Printable(file.path)), "\n");
    for (const CaseResult& result : file.cases) Case(result);
    out_ += '\n';
  }
  void Summary(const Totals& totals) {
    const size_t all = totals.passed + totals.failed + totals.skipped;
    absl::StrAppend(
        &out_, all, all == 1 ? " case: " : " cases: ",
        In(totals.failed > 0 ? kRed : kGreen, absl::StrCat(totals.passed, " passed, ", totals.failed, " failed")),
        totals.skipped > 0 ? absl::StrCat(", ", totals.skipped, " skipped") : "", "\n");
  }
  std::string Take() { return std::move(out_); }

 private:
  std::string In(const char* colour, const std::string& text) const {
    return colours_ ? absl::StrCat(colour, text, kPlain) : text;
  }
  void Line(char mark, const std::string& text) {
    const std::string line = absl::StrCat(std::string(1, mark), " ", text);
    absl::StrAppend(&out_, kMargin, mark == '-' ? In(kRed, line) : mark == '+' ? In(kGreen, line) : line, "\n");
  }
  void Case(const CaseResult& result) {
    const std::string name = text::Printable(result.name);
    switch (result.status) {
      case CaseResult::Status::kPassed:
        absl::StrAppend(&out_, "  ", In(kGreen, "ok"), "    ", name, "\n");
        break;
      case CaseResult::Status::kSkipped:
        absl::StrAppend(&out_, "  ", In(kYellow, "skip"), "  ", name, ": ", text::Printable(result.skipped), "\n");
        break;
      case CaseResult::Status::kFailed:
        absl::StrAppend(&out_, "  ", In(kRed, "FAIL"), "  ", In(kBold, name), "\n");
    }
    for (const Mismatch& mismatch : result.mismatches) {
      absl::StrAppend(&out_, kMargin, mismatch.at.ToString(), ": ", mismatch.path, ": expected ", mismatch.expected,
                      ", found ", mismatch.found, "\n");
    }
    for (const DifferenceLine& line : result.lines) {
      Line(line.mark, std::string(2 * static_cast<size_t>(line.depth), ' ') + line.text);
    }
    if (!result.golden_difference.empty()) GoldenDifference(result.golden_difference);
    for (const std::string& note : result.notes) absl::StrAppend(&out_, kMargin, "note: ", note, "\n");
  }
  void GoldenDifference(std::string_view difference) {
    if (difference.ends_with('\n')) difference.remove_suffix(1);
    for (const std::string& line :
         std::vector<std::string>(absl::StrSplit(absl::string_view(difference.data(), difference.size()), '\n'))) {
      const bool minus = line.starts_with('-'), plus = line.starts_with('+');
      const std::string shown = text::Printable(line);
      absl::StrAppend(&out_, kMargin, minus ? In(kRed, shown) : plus ? In(kGreen, shown) : shown, "\n");
    }
  }

  const bool colours_;
  std::string out_;
};

const char* WordFor(CaseResult::Status status) {
  return status == CaseResult::Status::kPassed   ? "passed"
         : status == CaseResult::Status::kFailed ? "failed"
                                                 : "skipped";
}

json::object PlaceOf(const SourceLocation& at) {
  return {{"file", std::string(at.file_name())}, {"line", at.line}, {"column", at.column}};
}

// What a case's report says, without colours.
std::string Details(const CaseResult& result) {
  TextWriter writer(false);
  writer.File({"", {result}});
  const std::string text = writer.Take();
  const size_t begin = text.find('\n', text.find('\n') + 1);
  return text.substr(begin + 1, text.size() - begin - 2);
}

double Seconds(const FileResult& file) {
  double seconds = 0;
  for (const CaseResult& result : file.cases) seconds += absl::ToDoubleSeconds(result.took);
  return seconds;
}

std::string Counts(std::span<const FileResult> files, double seconds) {
  const Totals totals = Count(files);
  return absl::StrFormat("tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\" time=\"%.3f\"",
                         totals.passed + totals.failed + totals.skipped, totals.failed, totals.skipped, seconds);
}

void AppendCase(const FileResult& file, const CaseResult& result, std::string& out) {
  const std::string path = EscapeXml(file.path);
  absl::StrAppend(&out, "    <testcase name=\"", EscapeXml(result.name), "\" classname=\"", path, "\" file=\"", path,
                  "\" line=\"", result.at.line, "\"",
                  absl::StrFormat(" time=\"%.3f\"", absl::ToDoubleSeconds(result.took)));
  if (result.status == CaseResult::Status::kSkipped) {
    absl::StrAppend(&out, ">\n      <skipped message=\"", EscapeXml(result.skipped), "\"/>\n    </testcase>\n");
  } else if (result.status == CaseResult::Status::kFailed) {
    const Mismatch& first = result.mismatches.front();
    absl::StrAppend(&out, ">\n      <failure type=\"expectation\" message=\"",
                    EscapeXml(absl::StrCat(first.at.ToString(), ": ", first.path, ": expected ", first.expected,
                                           ", found ", first.found)),
                    "\">", EscapeXml(Details(result)), "</failure>\n    </testcase>\n");
  } else {
    out += "/>\n";
  }
}

}  // namespace

Totals Count(std::span<const FileResult> files) {
  Totals totals;
  for (const FileResult& file : files) {
    for (const CaseResult& result : file.cases) {
      totals.passed += result.status == CaseResult::Status::kPassed;
      totals.failed += result.status == CaseResult::Status::kFailed;
      totals.skipped += result.status == CaseResult::Status::kSkipped;
    }
  }
  return totals;
}

std::string TextReport(std::span<const FileResult> files, bool colours) {
  TextWriter writer(colours);
  for (const FileResult& file : files) writer.File(file);
  writer.Summary(Count(files));
  return writer.Take();
}

std::string JsonReport(std::span<const FileResult> files) {
  json::array cases;
  for (const FileResult& file : files) {
    for (const CaseResult& result : file.cases) {
      json::object one = PlaceOf(result.at);
      one["name"] = result.name;
      one["status"] = WordFor(result.status);
      if (!result.skipped.empty()) one["reason"] = result.skipped;
      json::array mismatches;
      for (const Mismatch& mismatch : result.mismatches) {
        json::object shown = PlaceOf(mismatch.at);
        shown["path"] = mismatch.path;
        shown["expected"] = mismatch.expected;
        shown["found"] = mismatch.found;
        mismatches.push_back(std::move(shown));
      }
      if (!mismatches.empty()) one["mismatches"] = std::move(mismatches);
      if (!result.golden_difference.empty()) one["golden_difference"] = result.golden_difference;
      json::array notes;
      for (const std::string& note : result.notes) notes.emplace_back(note);
      if (!notes.empty()) one["notes"] = std::move(notes);
      cases.push_back(std::move(one));
    }
  }
  const Totals totals = Count(files);
  const json::object all{
      {"passed", totals.passed}, {"failed", totals.failed}, {"skipped", totals.skipped}, {"cases", std::move(cases)}};
  return json::serialize(all) + "\n";
}

std::string JunitReport(std::span<const FileResult> files) {
  double seconds = 0;
  for (const FileResult& file : files) seconds += Seconds(file);
  std::string out = absl::StrCat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"wirewatch test\" ",
                                 Counts(files, seconds), ">\n");
  for (const FileResult& file : files) {
    absl::StrAppend(&out, "  <testsuite name=\"", EscapeXml(file.path), "\" ",
                    Counts(std::span(&file, 1), Seconds(file)), ">\n");
    for (const CaseResult& result : file.cases) AppendCase(file, result, out);
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

std::string EscapeXml(std::string_view text) {
  std::string escaped;
  const std::string repaired = text::RepairUtf8(text);
  for (const char c : repaired) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else if (c == '"') {
      escaped += "&quot;";
    } else if (byte < 32 && c != '\n' && c != '\t' && c != '\r') {
      escaped += "\xEF\xBF\xBD";
    } else {
      escaped += c;
    }
  }
  // The two characters of the basic plane that are none.
  for (const char* none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (size_t at = escaped.find(none); at != std::string::npos; at = escaped.find(none, at)) {
      escaped.replace(at, 3, "\xEF\xBF\xBD");
    }
  }
  return escaped;
}

}  // namespace wirewatch::scenario
