// HostSetup: the Setup that the host hands to a plugin while it is created. One thread, at start-up.
#ifndef WIREWATCH_PIPELINE_HOST_SETUP_H_
#define WIREWATCH_PIPELINE_HOST_SETUP_H_

#include <string>
#include <vector>

#include "wirewatch/config/yaml.h"
#include "wirewatch/pipeline/definition.h"
#include "wirewatch/sdk/setup.h"

namespace wirewatch::pipeline {

// What is the same for every step of a run.
struct SetupContext {
  Clock& clock;
  bool once = false;
  config::Environment environment;
};

class HostSetup final : public Setup {
 public:
  // All arguments must outlive the plugin's Create().
  HostSetup(const SetupContext& context, std::string pipeline, std::string step, const Node& options,
            Diagnostics& diagnostics)
      : context_(context),
        pipeline_(std::move(pipeline)),
        step_(std::move(step)),
        options_(options),
        diagnostics_(diagnostics) {}

  const std::string& pipeline() const override { return pipeline_; }
  const std::string& step() const override { return step_; }
  Clock& clock() override { return context_.clock; }
  Log log() const override { return Log(pipeline_ + "/" + step_); }
  bool once() const override { return context_.once; }
  const Node& options() const override { return options_; }
  Diagnostics& diagnostics() override { return diagnostics_; }
  absl::StatusOr<Node> LoadYaml(const std::filesystem::path& path) override;
  absl::StatusOr<std::vector<std::filesystem::path>> Glob(const std::filesystem::path& pattern) override;

  // What the plugin has read, and a hash of it.
  const std::vector<InputFile>& inputs() const { return inputs_; }
  std::string InputHash() const;

 protected:
  absl::StatusOr<std::shared_ptr<const void>> SharedResource(const std::filesystem::path& path, std::string_view type,
                                                             const LoadBytes& load) override;

 private:
  const SetupContext& context_;
  const std::string pipeline_, step_;
  const Node& options_;
  Diagnostics& diagnostics_;
  std::vector<InputFile> inputs_;
  std::string contents_;  // hashes of what was read, in order
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_HOST_SETUP_H_
