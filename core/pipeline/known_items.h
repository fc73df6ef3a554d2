// KnownItems: which Items a pipeline has met, committed or not, so that the same content is dropped and other content
// becomes the next version. Used by the sequencer's thread; Committed() by any.
#ifndef WIREWATCH_PIPELINE_KNOWN_ITEMS_H_
#define WIREWATCH_PIPELINE_KNOWN_ITEMS_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/timestamp.pb.h"
#include "wirewatch/pipeline/patient_store.h"
#include "wirewatch/store/store.h"

namespace wirewatch::pipeline {

class KnownItems {
 public:
  struct Known {
    uint32_t version = 0;
    std::string content_hash;
    std::optional<google::protobuf::Timestamp> first_seen = {};
    std::string url = {};  // of its newest version; empty: none, or not known
  };

  explicit KnownItems(PatientStore& store) : store_(store) {}
  // Once, before anything else.
  absl::Status Open();

  // Its newest version; nullopt for one that was never met.
  absl::StatusOr<std::optional<Known>> Find(const std::string& id);
  // It comes with a batch.
  void Add(const std::string& id, Known known, uint64_t batch);

  // Batches up to `batch` are durable; `unarchived`: with Items that were dropped or quarantined.
  void Committed(uint64_t batch, bool unarchived) {
    if (unarchived) unarchived_.store(true, std::memory_order_relaxed);
    committed_.store(batch + 1, std::memory_order_release);
  }

 private:
  struct Recent {
    Known known;
    uint64_t batch;
  };
  void ForgetCommitted();

  PatientStore& store_;
  std::map<std::string, Recent> recent_;  // not durable for sure
  std::deque<std::pair<uint64_t, std::string>> order_;
  std::atomic<uint64_t> committed_{0};
  std::atomic<bool> unarchived_{false};  // the store has any; spares a look-up for each Item
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_KNOWN_ITEMS_H_
