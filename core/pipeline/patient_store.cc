#include "wirewatch/pipeline/patient_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/log.h"

namespace wirewatch::pipeline {
template <class Read>
auto PatientStore::Patiently(Read read) -> decltype(read()) {
  auto result = read();
  if (!store::IsTrouble(result.status())) return result;
  ++waiting_;
  absl::Duration pause = absl::Milliseconds(50);
  while (store::IsTrouble(result.status()) && Wait(result.status(), pause)) {
    pause = std::min(pause * 2, absl::Seconds(2));
    result = read();
  }
  if (--waiting_ == 0) trouble_.Set("");
  return result;
}

bool PatientStore::Wait(const absl::Status& trouble, absl::Duration pause) {
  if (trouble_.Get().empty()) {
    Log(pipeline_).Error("The store cannot be read; it is tried again.", {{"error", std::string(trouble.message())}});
  }
  trouble_.Set(absl::StrCat("the store cannot be read: ", std::string(trouble.message())));
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoNanoseconds(pause), [this] { return !patient_; });
  return patient_;
}

void PatientStore::SetPatient(bool patient) {
  {
    const std::lock_guard lock(mutex_);
    patient_ = patient;
  }
  changed_.notify_all();
}

absl::StatusOr<store::PipelinePosition> PatientStore::LastPosition() {
  return Patiently([&] { return store_.LastPosition(pipeline_); });
}

absl::StatusOr<std::optional<std::string>> PatientStore::Cursor(std::string_view source) {
  return Patiently([&] { return store_.Cursor(pipeline_, source); });
}

absl::StatusOr<std::optional<store::KnownItem>> PatientStore::FindItem(std::string_view id) {
  return Patiently([&] { return store_.FindItem(pipeline_, id); });
}

absl::StatusOr<std::optional<std::string>> PatientStore::ReadItem(std::string_view id, uint32_t version) {
  return Patiently([&] { return store_.ReadItem(pipeline_, id, version); });
}

absl::StatusOr<uint32_t> PatientStore::StateVersion(std::string_view step) {
  return Patiently([&] { return store_.StateVersion(pipeline_, step); });
}

absl::StatusOr<std::optional<std::string>> PatientStore::GetState(std::string_view step, std::string_view key) {
  return Patiently([&] { return store_.GetState(pipeline_, step, key); });
}

absl::StatusOr<PatientStore::Entries> PatientStore::ScanState(std::string_view step, std::string_view prefix) {
  return Patiently([&]() -> absl::StatusOr<Entries> {
    Entries entries;
    const auto keep = [&entries](std::string_view key, std::string_view value) {
      entries.emplace_hint(entries.end(), key, std::string(value));  // they come in order
      return true;
    };
    if (absl::Status scanned = store_.ScanState(pipeline_, step, prefix, keep); !scanned.ok()) return scanned;
    return entries;
  });
}

absl::StatusOr<std::vector<store::QuarantineEntry>> PatientStore::ReadRetries(uint64_t after_id, size_t limit) {
  return Patiently([&] { return store_.ReadRetries(pipeline_, after_id, limit); });
}

}  // namespace wirewatch::pipeline
