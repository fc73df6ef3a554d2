#include "wirewatch/pipeline/host_setup.h"

#include <map>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/config/glob.h"
#include "wirewatch/loader/private_copy.h"

namespace wirewatch::pipeline {
namespace {

// Resources of the process by type and content; one is gone when no step holds it any longer.
struct Resources {
  std::mutex mutex;
  std::map<std::pair<std::string, std::string>, std::weak_ptr<const void>> by_content;
};
Resources& AllResources() {
  static Resources& resources = *new Resources;
  return resources;
}

}  // namespace

// Errors name the file as the pipeline's own errors name the pipeline, not by its absolute path.
absl::StatusOr<Node> HostSetup::LoadYaml(const std::filesystem::path& path) {
  const std::filesystem::path folder = std::filesystem::path(std::string(options_.at().file_name())).parent_path();
  const std::filesystem::path below = path.lexically_relative(std::filesystem::absolute(folder.empty() ? "." : folder));
  const bool is_below = !below.empty() && *below.begin() != "..";
  std::optional<Node> node = config::LoadYaml(is_below ? folder / below : path, context_.environment, diagnostics_);
  inputs_.push_back({path});
  contents_ += loader::Sha256(loader::ReadFile(path).value_or(""));
  if (!node) return absl::InvalidArgumentError(absl::StrCat(path.string(), " cannot be used"));
  return *std::move(node);
}

std::string HostSetup::InputHash() const { return loader::Sha256(contents_); }

absl::StatusOr<std::vector<std::filesystem::path>> HostSetup::Glob(const std::filesystem::path& pattern) {
  absl::StatusOr<std::vector<std::filesystem::path>> found = config::Glob(pattern);
  inputs_.push_back({pattern, true});
  for (const std::filesystem::path& path : found.value_or(std::vector<std::filesystem::path>())) {
    absl::StrAppend(&contents_, path.string(), "\n");
  }
  return found;
}

absl::StatusOr<std::shared_ptr<const void>> HostSetup::SharedResource(const std::filesystem::path& path,
                                                                      std::string_view type, const LoadBytes& load) {
  const absl::StatusOr<std::string> bytes = loader::ReadFile(path);
  if (!bytes.ok()) {
    return absl::Status(bytes.status().code(),
                        absl::StrCat(path.string(), ": ", std::string(bytes.status().message())));
  }
  const std::string hash = loader::Sha256(*bytes);
  inputs_.push_back({path});
  contents_ += hash;
  Resources& resources = AllResources();
  const std::lock_guard lock(resources.mutex);
  std::weak_ptr<const void>& known = resources.by_content[{std::string(type), hash}];
  if (std::shared_ptr<const void> shared = known.lock()) return shared;
  absl::StatusOr<std::shared_ptr<const void>> loaded = load(*bytes);
  if (!loaded.ok()) {
    return absl::Status(loaded.status().code(),
                        absl::StrCat(path.string(), ": ", std::string(loaded.status().message())));
  }
  known = *loaded;
  return loaded;
}

}  // namespace wirewatch::pipeline
