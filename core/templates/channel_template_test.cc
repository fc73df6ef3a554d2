#include "wirewatch/templates/channel_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "wirewatch/config/yaml.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/templates/alert_model.h"

namespace wirewatch::templates {
namespace {

using ::testing::HasSubstr;

// A step with these options.
class StepSetup final : public Setup {
 public:
  explicit StepSetup(const std::string& yaml) : options_(*config::ParseYaml(yaml, "options.yaml", diagnostics_)) {}
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

std::string Written(const StepSetup& setup, const char* option) {
  const Node::Entry* const entry = setup.options().Find(option);
  return entry == nullptr ? "" : entry->value.text();
}

TEST(ChannelTemplateTest, MistakesHaveTheirPlaceInThePipelinesFile) {
  StepSetup setup("url: x\ntemplate: |\n  one\n    {{ alert.titel }}\n");
  TemplateLoader loader(setup, "UTC");
  EXPECT_EQ(loader.Load("template", Written(setup, "template"), {}, "", Target::kText), nullptr);
  EXPECT_THAT(setup.diagnostics().ToString(),
              HasSubstr("options.yaml:4:14: error: alert has no \"titel\" (did you mean \"title\"?)"));
}

TEST(ChannelTemplateTest, MistakesHaveTheirPlaceInTheTemplatesFile) {
  std::string pattern = (std::filesystem::temp_directory_path() / "wirewatch-template-XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(pattern.data());
  const Path file{"hook.txt", folder / "hook.txt"};
  std::ofstream(file.resolved) << "ß\nßß {{ alerd }}";
  StepSetup setup("template_file: hook.txt");
  TemplateLoader loader(setup, "UTC");
  EXPECT_EQ(loader.Load("template", "", file, "", Target::kText), nullptr);
  EXPECT_THAT(setup.diagnostics().ToString(), HasSubstr("hook.txt:2:7: error: there is no \"alerd\""));
  EXPECT_EQ(loader.Load("template", "", {"none", folder / "none"}, "", Target::kText), nullptr);
  EXPECT_THAT(setup.diagnostics().ToString(), HasSubstr("options.yaml:1:16: error: it cannot be read"));
  std::filesystem::remove_all(folder);
}

TEST(ChannelTemplateTest, OneOfThemIsEnough) {
  StepSetup setup("template: a\ntemplate_file: b");
  TemplateLoader loader(setup, "Europe/Atlantis");
  EXPECT_EQ(loader.Load("template", "a", {"b", "/b"}, "", Target::kText), nullptr);
  EXPECT_THAT(setup.diagnostics().ToString(), HasSubstr("options.yaml:2:16: error: there are both"));
  EXPECT_THAT(setup.diagnostics().ToString(), HasSubstr("there is no time zone \"Europe/Atlantis\""));
}

TEST(ChannelTemplateTest, RendersWhatIsStandardUnlessAnotherIsWritten) {
  StepSetup setup("{}");
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
