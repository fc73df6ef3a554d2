#include "wirewatch/config/pipeline_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "wirewatch/config/glob.h"

namespace wirewatch::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PipelineFileTest : public ::testing::Test {
 protected:
  PipelineFileTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "wirewatch-pipeline-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~PipelineFileTest() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  std::optional<Pipeline> Load(const std::string& text) {
    Write("p.yaml", text);
    return LoadPipeline(folder_ / "p.yaml", ProcessEnvironment(), diagnostics_);
  }
  std::string Errors() const { return diagnostics_.ToString(); }

  std::filesystem::path folder_;
  Diagnostics diagnostics_;
};

TEST_F(PipelineFileTest, ReadsStepsWithTheirOptions) {
  const auto pipeline = Load(
      "name: quick\nsources:\n  - files: { path: in/*.txt }\nanalyses:\n  - language\n  - watch:\n      id: w2\n      "
      "on_error: stop\n"
      "      files: [a.yaml]\nalerts:\n  group_by: [watch]\n  wait: 5s\n  channels:\n    - console\nlimits: { budget: "
      "64MiB }\n");
  ASSERT_TRUE(pipeline) << Errors();
  ASSERT_TRUE(diagnostics_.ok()) << Errors();
  EXPECT_EQ(pipeline->name, "quick");
  ASSERT_EQ(pipeline->analyses.size(), 2u);
  EXPECT_EQ(pipeline->analyses[1].id, "w2");
  EXPECT_EQ(pipeline->analyses[1].plugin, "watch");
  EXPECT_EQ(pipeline->analyses[1].on_error, OnError::kStop);
  EXPECT_EQ(pipeline->analyses[1].options.entries().size(), 1u) << "the step's own keys are taken out";
  EXPECT_EQ(pipeline->grouping.wait, absl::Seconds(5));
  EXPECT_EQ(pipeline->limits.budget, MiB(64));
  EXPECT_EQ(pipeline->channels[0].plugin, "console");
}

TEST_F(PipelineFileTest, RetentionIsReadAndMustCoverOpenAlerts) {
  const auto silent = Load("name: x\nsources: [feed]\n");
  EXPECT_EQ(silent->retention.items, absl::ZeroDuration());
  EXPECT_EQ(silent->retention.alerts, absl::Hours(24 * 365));
  EXPECT_EQ(silent->retention.quarantine, MiB(256));
  const auto pipeline =
      Load("name: x\nsources: [feed]\nretention: { items: 30d, alerts: 90d, size: 10GiB, quarantine: 1MiB }\n");
  ASSERT_TRUE(diagnostics_.ok()) << Errors();
  EXPECT_EQ(pipeline->retention.items, absl::Hours(24 * 30));
  EXPECT_EQ(pipeline->retention.alerts, absl::Hours(24 * 90));
  EXPECT_EQ(pipeline->retention.size, MiB(10 << 10));
  EXPECT_EQ(pipeline->retention.quarantine, MiB(1));
  Load("name: x\nsources: [feed]\nalerts: { close_after: 2d }\nretention: { items: 1d }\n");
  EXPECT_THAT(Errors(), HasSubstr("p.yaml:4:21: error: Items would be removed after 24h, while Alerts about them stay "
                                  "open for 48h (keep them at least as long"));
}

TEST_F(PipelineFileTest, TellsAllErrorsOfAFileAtOnce) {
  Load("nmae: x\nsources:\n  - files: {}\n  - files: {}\nalerts:\n  wiat: 5s\n  chanels: []\nlimits: { budget: 1 }\n");
  EXPECT_THAT(Errors(), HasSubstr("p.yaml:1:1: error: a pipeline has no option \"nmae\" (did you mean \"name\"?)"));
  EXPECT_THAT(Errors(), HasSubstr("needs the option \"name\""));
  EXPECT_THAT(Errors(), HasSubstr("p.yaml:4:5: error: a second source with the id \"files\"; the first is in line 3"));
  EXPECT_THAT(Errors(), HasSubstr("p.yaml:6:3: error: \"alerts\" has no option \"wiat\" (did you mean \"wait\"?)"));
  EXPECT_THAT(Errors(),
              HasSubstr("p.yaml:7:3: error: \"alerts\" has no option \"chanels\" (did you mean \"channels\"?)"));
  EXPECT_THAT(Errors(), HasSubstr("\"budget\" must be a value from 1MiB to 1024GiB, found 1"));
}

TEST_F(PipelineFileTest, OptionsBesideTheNameAreExplained) {
  Load("name: x\nsources:\n  - files:\n    path: in\n");
  EXPECT_THAT(
      Errors(),
      HasSubstr(
          "p.yaml:4:5: error: expected one source, a plugin's name or a name with its options, found several keys "
          "(indent the options below \"files:\""));
}

TEST_F(PipelineFileTest, IncludesComeFirstAndAreOverridden) {
  Write("shared/base.yaml", "name: base\nanalyses: [language]\nalerts: { wait: 1s, channels: [console] }\n");
  const auto pipeline =
      Load("include: shared/base.yaml\nname: mine\nsources: [feed]\nanalyses: [watch]\nalerts: { wait: 2s }\n");
  ASSERT_TRUE(diagnostics_.ok()) << Errors();
  EXPECT_EQ(pipeline->name, "mine");
  ASSERT_EQ(pipeline->analyses.size(), 2u);
  EXPECT_EQ(pipeline->analyses[0].plugin, "language");
  EXPECT_EQ(pipeline->grouping.wait, absl::Seconds(2));
  EXPECT_EQ(pipeline->channels.size(), 1u);
  EXPECT_THAT(std::string(pipeline->analyses[0].at.file_name()), HasSubstr("shared/base.yaml"));
}

TEST_F(PipelineFileTest, AnIncludeOfItselfIsAnError) {
  Write("b.yaml", "include: p.yaml\n");
  Load("include: b.yaml\nname: x\nsources: [feed]\n");
  EXPECT_THAT(Errors(), HasSubstr("b.yaml:1:10: error: \"p.yaml\" includes itself"));
}

TEST_F(PipelineFileTest, AMissingIncludeIsAnError) {
  Load("include: [nope.yaml]\nname: x\nsources: [feed]\n");
  EXPECT_THAT(Errors(), HasSubstr("p.yaml:1:11: error: there is no file \"nope.yaml\" to include"));
}

TEST_F(PipelineFileTest, GlobsFindFilesAtAnyDepth) {
  for (const char* name : {"in/a.txt", "in/x/b.html", "in/x/y/c.txt", "in/d.pdf", "in/.hidden/e.txt"}) Write(name, "");
  const auto found = Glob(folder_ / "in/**/*.{txt,html}");
  ASSERT_TRUE(found.ok());
  EXPECT_THAT(*found, ElementsAre(folder_ / "in/a.txt", folder_ / "in/x/b.html", folder_ / "in/x/y/c.txt"));
}

TEST_F(PipelineFileTest, BracesThatStandForTooMuchAreRefused) {
  std::string pattern;
  for (int i = 0; i < 20; ++i) pattern += "{a,b}";
  EXPECT_FALSE(ExpandBraces(pattern).ok());
}

}  // namespace
}  // namespace wirewatch::config
