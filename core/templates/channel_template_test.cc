#include "wirewatch/templates/channel_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/templates/alert_model.h"

namespace wirewatch::templates {
namespace {

using ::testing::HasSubstr;

// An option as it stands in a file: a text in one line, or a block of lines below its name.
Node::Entry Option(const std::string& name, const std::string& text, int line, bool block = false) {
  const auto file = std::make_shared<const std::string>("options.yaml");
  Node value = Node::Scalar(text, {file, line, static_cast<int>(name.size()) + 3}, block);
  if (block) value.set_block(line + 1, 2);
  return {name, {file, line, 1}, std::move(value)};
}

// A step with these options.
class StepSetup final : public Setup {
 public:
  explicit StepSetup(std::vector<Node::Entry> options) : options_(Node::Table(std::move(options), {})) {}
  const std::string& pipeline() const override { return pipeline_; }
  const std::string& step() const override { return step_; }
  Clock& clock() override { return SystemClock(); }
  Log log() const override { return Log("test"); }
  bool once() const override { return true; }
  const Node& options() const override { return options_; }
  Diagnostics& diagnostics() override { return diagnostics_; }
  absl::StatusOr<Node> LoadYaml(const std::filesystem::path&) override { return absl::UnimplementedError(""); }
  absl::StatusOr<std::vector<std::filesystem::path>> Glob(const std::filesystem::path&) override {
    return absl::UnimplementedError("");
  }

 protected:
  absl::StatusOr<std::shared_ptr<const void>> SharedResource(const std::filesystem::path& path, std::string_view,
                                                             const LoadBytes& load) override {
    std::ifstream file(path);
    if (!file) return absl::NotFoundError("it cannot be read");
    return load(std::string(std::istreambuf_iterator<char>(file), {}));
  }

 private:
  const std::string pipeline_ = "desk", step_ = "hook";
  Diagnostics diagnostics_;
  const Node options_;
};

TEST(ChannelTemplateTest, MistakesHaveTheirPlaceInThePipelinesFile) {
  const std::string text = "one\n  {{ alert.titel }}\n";
  StepSetup setup({Option("template", text, 2, true)});
  TemplateLoader loader(setup, "UTC");
  EXPECT_EQ(loader.Load("template", text, {}, "", Target::kText), nullptr);
  EXPECT_THAT(setup.diagnostics().ToString(),
              HasSubstr("options.yaml:4:14: error: alert has no \"titel\" (did you mean \"title\"?)"));
}

TEST(ChannelTemplateTest, MistakesHaveTheirPlaceInTheTemplatesFile) {
  std::string pattern = (std::filesystem::temp_directory_path() / "wirewatch-template-XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(pattern.data());
  const Path file{"hook.txt", folder / "hook.txt"};
  std::ofstream(file.resolved) << "ß\nßß {{ alerd }}";
  StepSetup setup({Option("template_file", "hook.txt", 1)});
  TemplateLoader loader(setup, "UTC");
  EXPECT_EQ(loader.Load("template", "", file, "", Target::kText), nullptr);
  EXPECT_THAT(setup.diagnostics().ToString(), HasSubstr("hook.txt:2:7: error: there is no \"alerd\""));
  EXPECT_EQ(loader.Load("template", "", {"none", folder / "none"}, "", Target::kText), nullptr);
  EXPECT_THAT(setup.diagnostics().ToString(), HasSubstr("options.yaml:1:16: error: it cannot be read"));
  std::filesystem::remove_all(folder);
}

TEST(ChannelTemplateTest, OneOfThemIsEnough) {
  StepSetup setup({Option("template", "a", 1), Option("template_file", "b", 2)});
  TemplateLoader loader(setup, "Europe/Atlantis");
  EXPECT_EQ(loader.Load("template", "a", {"b", "/b"}, "", Target::kText), nullptr);
  EXPECT_THAT(setup.diagnostics().ToString(), HasSubstr("options.yaml:2:16: error: there are both"));
  EXPECT_THAT(setup.diagnostics().ToString(), HasSubstr("there is no time zone \"Europe/Atlantis\""));
}

TEST(ChannelTemplateTest, RendersWhatIsStandardUnlessAnotherIsWritten) {
  StepSetup setup({});
  TemplateLoader loader(setup, "Europe/Vienna");
  const auto standard = loader.Load("template", "", {}, "{{ key }} {{ channel }} {{ event.at }}", Target::kText);
  ASSERT_NE(standard, nullptr);
  EXPECT_EQ(*standard->Render(SampleEvent()),
            IdempotencyKey(SampleEvent(), "desk/hook") + " desk/hook 2026-11-26 13:01 CET");
  EXPECT_EQ(loader.Load("template", "", {}, "", Target::kText), nullptr);
  EXPECT_EQ(setup.diagnostics().ToString(), "");
  EXPECT_TRUE(IsBlank(" \r\n\t"));
  EXPECT_FALSE(IsBlank(" x "));
}

}  // namespace
}  // namespace wirewatch::templates
