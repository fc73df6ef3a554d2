// Setup: what a plugin may use while it is created: its place in the pipeline, the clock, the log, shared resources and
// further configuration files. Valid only during Create(), on one thread; Log, Clock and resources may be kept.
#ifndef WIREWATCH_SDK_SETUP_H_
#define WIREWATCH_SDK_SETUP_H_

#include <any>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "wirewatch/sdk/clock.h"
#include "wirewatch/sdk/log.h"
#include "wirewatch/sdk/node.h"

namespace wirewatch {

class Setup {
 public:
  virtual ~Setup() = default;

  virtual const std::string& pipeline() const = 0;
  virtual const std::string& step() const = 0;  // the step's id
  virtual Clock& clock() = 0;                   // outlives the plugin
  virtual Log log() const = 0;

  // True when every source ends by itself and the run ends with them (`run --once`, tests, replay).
  virtual bool once() const = 0;

  // The step's options as written, for places in error messages.
  virtual const Node& options() const = 0;

  // Problems found here are reported together with all others of the file, each with its place. A plugin that reports
  // an error need not fail as well.
  virtual Diagnostics& diagnostics() = 0;

  // A YAML file as Nodes, variables filled in; its errors go to diagnostics() and fail the call.
  virtual absl::StatusOr<Node> LoadYaml(const std::filesystem::path& path) = 0;
  // Files that a glob (with `**`) names, sorted by path.
  virtual absl::StatusOr<std::vector<std::filesystem::path>> Glob(const std::filesystem::path& pattern) = 0;

  // A gazetteer or model, loaded once in the process and shared read-only by every step that asks for the same content
  // as the same T. `load` gets the file's bytes; it is called at most once for each content and T.
  template <class T>
  absl::StatusOr<std::shared_ptr<const T>> Resource(
      const std::filesystem::path& path, const std::function<absl::StatusOr<T>(std::string_view bytes)>& load) {
    absl::StatusOr<std::shared_ptr<const void>> shared = SharedResource(
        path, typeid(T).name(), [&load](std::string_view bytes) -> absl::StatusOr<std::shared_ptr<const void>> {
          absl::StatusOr<T> loaded = load(bytes);
          if (!loaded.ok()) return loaded.status();
          return std::make_shared<const T>(*std::move(loaded));
        });
    if (!shared.ok()) return shared.status();
    return std::static_pointer_cast<const T>(*std::move(shared));
  }

 protected:
  using LoadBytes = std::function<absl::StatusOr<std::shared_ptr<const void>>(std::string_view bytes)>;
  virtual absl::StatusOr<std::shared_ptr<const void>> SharedResource(const std::filesystem::path& path,
                                                                     std::string_view type, const LoadBytes& load) = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_SDK_SETUP_H_
