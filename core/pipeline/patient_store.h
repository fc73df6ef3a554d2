// PatientStore: what a running pipeline reads from the store. A read that meets trouble is made again until it succeeds
// or the pipeline gives up, so that a store in trouble never looks like the fault of an Item. Any thread.
#ifndef WIREWATCH_PIPELINE_PATIENT_STORE_H_
#define WIREWATCH_PIPELINE_PATIENT_STORE_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/pipeline/counters.h"
#include "wirewatch/store/store.h"

namespace wirewatch::pipeline {

class PatientStore {
 public:
  PatientStore(store::Store& store, std::string pipeline) : store_(store), pipeline_(std::move(pipeline)) {}

  absl::StatusOr<store::PipelinePosition> LastPosition();
  absl::StatusOr<std::optional<std::string>> Cursor(std::string_view source);
  absl::StatusOr<std::optional<store::KnownItem>> FindItem(std::string_view id);
  absl::StatusOr<std::optional<std::string>> ReadItem(std::string_view id, uint32_t version);
  absl::StatusOr<uint32_t> StateVersion(std::string_view step);
  absl::StatusOr<std::optional<std::string>> GetState(std::string_view step, std::string_view key);
  using Entries = std::map<std::string, std::optional<std::string>, std::less<>>;
  // Keys that begin with `prefix`; every value is there.
  absl::StatusOr<Entries> ScanState(std::string_view step, std::string_view prefix);
  absl::StatusOr<std::vector<store::QuarantineEntry>> ReadRetries(uint64_t after_id, size_t limit);

  // From now on trouble is an error at once. Before the pipeline runs, and when it is being stopped for good.
  void SetPatient(bool patient);
  // What is wrong with reads now; empty: nothing.
  std::string trouble() const { return trouble_.Get(); }
  bool in_trouble() const { return waiting_.load(std::memory_order_relaxed) > 0; }

 private:
  template <class Read>
  auto Patiently(Read read) -> decltype(read());
  // False when it is not to wait any longer.
  bool Wait(const absl::Status& trouble, absl::Duration pause);

  store::Store& store_;
  const std::string pipeline_;
  std::atomic<int> waiting_{0};
  SharedText trouble_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool patient_ = false;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_PATIENT_STORE_H_
