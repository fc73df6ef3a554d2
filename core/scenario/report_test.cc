#include "wirewatch/scenario/report.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <memory>
#include <string>
#include <vector>

namespace wirewatch::scenario {
namespace {

std::vector<FileResult> Example() {
  const SourceLocation at{std::make_shared<const std::string>("t_test.yaml"), 7, 11};
  CaseResult passed, failed, skipped;
  passed.name = "it <works> & \"holds\"";
  passed.at = failed.at = skipped.at = at;
  failed.name = "it fails";
  failed.status = CaseResult::Status::kFailed;
  failed.mismatches = {{at, "alerts[0].severity", "high", "low"}};
  failed.lines = {{' ', 0, "alerts:"}, {'-', 1, "severity: high"}, {'+', 1, "severity: low"}};
  failed.golden_difference = "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n";
  failed.notes = {"an Alert waits"};
  failed.took = absl::Milliseconds(250);
  skipped.name = "not now";
  skipped.status = CaseResult::Status::kSkipped;
  skipped.skipped = "waits for \x01 rain";
  return {{"t_test.yaml", {passed, failed, skipped}}};
}

TEST(TextReportTest, ShowsWhatWasExpectedWhereAndTheDifference) {
  EXPECT_EQ(TextReport(Example(), false),
            "t_test.yaml\n"
            "  ok    it <works> & \"holds\"\n"
            "  FAIL  it fails\n"
            "        t_test.yaml:7:11: alerts[0].severity: expected high, found low\n"
            "          alerts:\n"
            "        -   severity: high\n"
            "        +   severity: low\n"
            "        --- a\n"
            "        +++ b\n"
            "        @@ -1 +1 @@\n"
            "        -x\n"
            "        +y\n"
            "        note: an Alert waits\n"
            "  skip  not now: waits for � rain\n"
            "\n"
            "3 cases: 1 passed, 1 failed, 1 skipped\n");
}

TEST(TextReportTest, ColoursOnlyWhereWanted) {
  EXPECT_EQ(TextReport(Example(), false).find('\033'), std::string::npos);
  EXPECT_NE(TextReport(Example(), true).find("\033[31m- "), std::string::npos);
}

TEST(JunitReportTest, IsWhatCiServersRead) {
  EXPECT_EQ(
      JunitReport(Example()),
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"wirewatch test\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" time=\"0.250\">\n"
      "  <testsuite name=\"t_test.yaml\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" time=\"0.250\">\n"
      "    <testcase name=\"it &lt;works&gt; &amp; &quot;holds&quot;\" classname=\"t_test.yaml\" "
      "file=\"t_test.yaml\" line=\"7\" time=\"0.000\"/>\n"
      "    <testcase name=\"it fails\" classname=\"t_test.yaml\" file=\"t_test.yaml\" line=\"7\" time=\"0.250\">\n"
      "      <failure type=\"expectation\" "
      "message=\"t_test.yaml:7:11: alerts[0].severity: expected high, found low\">"
      "        t_test.yaml:7:11: alerts[0].severity: expected high, found low\n"
      "          alerts:\n"
      "        -   severity: high\n"
      "        +   severity: low\n"
      "        --- a\n        +++ b\n        @@ -1 +1 @@\n        -x\n        +y\n"
      "        note: an Alert waits\n"
      "</failure>\n"
      "    </testcase>\n"
      "    <testcase name=\"not now\" classname=\"t_test.yaml\" file=\"t_test.yaml\" line=\"7\" time=\"0.000\">\n"
      "      <skipped message=\"waits for \xEF\xBF\xBD rain\"/>\n"
      "    </testcase>\n"
      "  </testsuite>\n"
      "</testsuites>\n");
}

TEST(EscapeXmlTest, NothingThatXmlCannotHold) {
  EXPECT_EQ(EscapeXml("a<b>&\"]]>"), "a&lt;b&gt;&amp;&quot;]]&gt;");
  EXPECT_EQ(EscapeXml(std::string("\0\x1b\t\n", 4)), "\xEF\xBF\xBD\xEF\xBF\xBD\t\n");
  EXPECT_EQ(EscapeXml("\xff"), "\xEF\xBF\xBD");
  EXPECT_EQ(EscapeXml("\xEF\xBF\xBE\xEF\xBF\xBF"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(JsonReportTest, HasEveryMismatchWithItsPlace) {
  const boost::json::value report = boost::json::parse(JsonReport(Example()));
  EXPECT_EQ(report.at("failed").to_number<int>(), 1);
  const boost::json::value& failed = report.at("cases").at(1);
  EXPECT_EQ(failed.at("status").as_string(), "failed");
  EXPECT_EQ(failed.at("mismatches").at(0).at("column").to_number<int>(), 11);
  EXPECT_EQ(failed.at("mismatches").at(0).at("path").as_string(), "alerts[0].severity");
  EXPECT_EQ(report.at("cases").at(2).at("reason").as_string(), "waits for \x01 rain");
}

}  // namespace
}  // namespace wirewatch::scenario
