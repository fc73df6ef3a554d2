// StateOverlay: the State that a stateful step sees. Reads find what the call at hand has written, else what is sealed
// but not committed, else what is stored. Used by the thread that runs the step; Committed() by any.
#ifndef WIREWATCH_PIPELINE_STATE_OVERLAY_H_
#define WIREWATCH_PIPELINE_STATE_OVERLAY_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wirewatch/pipeline/patient_store.h"
#include "wirewatch/sdk/analysis.h"
#include "wirewatch/store/store.h"

namespace wirewatch::pipeline {

class StateOverlay final : public State {
 public:
  StateOverlay(PatientStore& store, std::string step, uint32_t version)
      : store_(store), step_(std::move(step)), version_(version) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) override;
  absl::Status Put(std::string_view key, std::string_view value) override;
  absl::Status Delete(std::string_view key) override;
  absl::Status Scan(std::string_view prefix,
                    const std::function<bool(std::string_view, std::string_view)>& visit) override;

  // Around each call of the plugin: what was written since BeginCall() stays, or is undone.
  void BeginCall() { undo_.clear(); }
  void UndoCall();
  // The call has written something.
  bool written() const { return !undo_.empty(); }

  // Something has been written since the last seal.
  bool unsealed() const { return !unsealed_.empty(); }
  // What has been written since the last seal, for the epoch of batch `number`; writes without keys when nothing was.
  store::SealedState Seal(uint64_t number);
  // Batches below `number` are committed: what they sealed is now in the store.
  void Committed(uint64_t number) { committed_.store(number, std::memory_order_release); }

 private:
  struct Value {
    std::optional<std::string> value;  // nullopt: deleted
    uint64_t sealed_in = kUnsealed;
  };
  static constexpr uint64_t kUnsealed = ~uint64_t{0};

  absl::Status Write(std::string_view key, std::optional<std::string> value);
  void ForgetCommitted();

  PatientStore& store_;
  const std::string step_;
  const uint32_t version_;
  std::map<std::string, Value, std::less<>> values_;                  // newest, not in the store for sure
  std::vector<std::pair<std::string, std::optional<Value>>> undo_;    // earlier values, oldest first
  std::map<std::string, bool, std::less<>> unsealed_;                 // keys written since the last seal
  std::deque<std::pair<uint64_t, std::vector<std::string>>> sealed_;  // keys by batch
  std::atomic<uint64_t> committed_{0};
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_STATE_OVERLAY_H_
