// CheckStore: whether a store is whole, and what is in it. Reads only, so that it may run beside a host; it holds the
// store's log for as long as it reads.
#ifndef WIREWATCH_STORE_CHECK_H_
#define WIREWATCH_STORE_CHECK_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/store/store.h"

namespace wirewatch::store {

struct StoreContents {
  struct Pipeline {
    std::string name;
    PipelinePosition last;
    uint64_t items = 0;
    uint64_t quarantined = 0;
    uint64_t state_keys = 0;
  };
  struct Subscription {
    std::string name;
    uint64_t sequence = 0;
    uint64_t dead_letters = 0;
  };
  int64_t schema = 0;
  std::string journal_id;
  JournalRange journal;
  std::vector<Pipeline> pipelines;
  std::vector<Subscription> subscriptions;
  uint64_t quarantine_bytes = 0;
  uint64_t file_bytes = 0;
  uint64_t free_bytes = 0;  // of file_bytes; used again, and given back by compacting
  uint64_t log_bytes = 0;
  // What is wrong, a sentence each; empty: nothing.
  std::vector<std::string> damage;
};

// Reads every page and every Item and event. Errors: the file is not there, cannot be opened, is no store, or is of a
// newer version; damage is none.
absl::StatusOr<StoreContents> CheckStore(const std::filesystem::path& file);

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_CHECK_H_
