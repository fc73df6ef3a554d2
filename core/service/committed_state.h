// The State of a step that holds watches, as it is committed; to be read.
#ifndef WIREWATCH_SERVICE_COMMITTED_STATE_H_
#define WIREWATCH_SERVICE_COMMITTED_STATE_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "wirewatch/pipeline/host.h"
#include "wirewatch/sdk/analysis.h"
#include "wirewatch/store/store.h"

namespace wirewatch::service {

class CommittedState final : public State {
 public:
  CommittedState(store::Store& store, const pipeline::FoundWatches& found) : store_(store), found_(found) {}
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) override {
    return store_.GetState(found_.pipeline, found_.step, key);
  }
  absl::Status Put(std::string_view, std::string_view) override { return ReadOnly(); }
  absl::Status Delete(std::string_view) override { return ReadOnly(); }
  absl::Status Scan(std::string_view prefix,
                    const std::function<bool(std::string_view, std::string_view)>& visit) override {
    return store_.ScanState(found_.pipeline, found_.step, prefix, visit);
  }

 private:
  static absl::Status ReadOnly() { return absl::FailedPreconditionError("committed state can only be read"); }

  store::Store& store_;
  const pipeline::FoundWatches& found_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_COMMITTED_STATE_H_
