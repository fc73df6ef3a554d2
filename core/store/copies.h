// What is done to a store's file as a whole: a copy of it while a host runs, and giving back what it does not use.
#ifndef WIREWATCH_STORE_COPIES_H_
#define WIREWATCH_STORE_COPIES_H_

#include <cstdint>
#include <filesystem>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wirewatch::store {

// Copies the store as it stands at one commit; a host may run and goes on committing. The copy has a journal id of its
// own, so that who resumes at a position of the original is told that this is another journal. It is on the disk and
// whole under its name, or not there: AlreadyExists when something is. `progress` is told bytes done and bytes in all.
absl::Status BackUpStore(const std::filesystem::path& file, const std::filesystem::path& to,
                         const std::function<void(uint64_t, uint64_t)>& progress);

struct Compaction {
  uint64_t bytes_before = 0;
  uint64_t bytes_after = 0;
};
// Writes the store anew without what it does not use. FailedPrecondition while a host has it; ResourceExhausted when
// the disk lacks the room that it takes meanwhile.
absl::StatusOr<Compaction> CompactStore(const std::filesystem::path& file);

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_COPIES_H_
