// OwnerLock: one host for each store. An advisory lock on a file beside the store, held as long as the object lives and
// released by the kernel when the process dies. Not moved between threads while it is being made.
#ifndef WIREWATCH_STORE_OWNER_LOCK_H_
#define WIREWATCH_STORE_OWNER_LOCK_H_

#include <filesystem>
#include <memory>

#include "absl/status/statusor.h"

namespace wirewatch::store {

class OwnerLock {
 public:
  // FailedPrecondition, naming the owner, when another process (or another store in this one) holds it.
  static absl::StatusOr<std::unique_ptr<OwnerLock>> Take(const std::filesystem::path& path);
  ~OwnerLock();
  OwnerLock(const OwnerLock&) = delete;
  OwnerLock& operator=(const OwnerLock&) = delete;

 private:
  explicit OwnerLock(int descriptor) : descriptor_(descriptor) {}
  const int descriptor_;
};

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_OWNER_LOCK_H_
