// Checkpointer: copies what has been committed from the store's write-ahead log into its file, on a thread and a
// connection of its own, so that no commit has to. Owned by the store; Notify() may be called by any thread.
//
// The log is copied behind every commit that leaves kCopyBytes in it, and is then written from its beginning again. A
// log that has grown past kLongBytes (commits came faster than they could be copied, or somebody read all the while) is
// finished off while commits are kept waiting, but only once what is left to copy is less than kRestBytes, and readers
// are waited for no longer than kReaderWaitMs. A reader of another process that stays inside one read for minutes holds
// the log for as long: it grows until that read ends, and is cut back afterwards.
#ifndef WIREWATCH_STORE_CHECKPOINTER_H_
#define WIREWATCH_STORE_CHECKPOINTER_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "wirewatch/store/sqlite_connection.h"

namespace wirewatch::store {

class Checkpointer {
 public:
  static constexpr uint64_t kCopyBytes = uint64_t{4} << 20;
  static constexpr uint64_t kLongBytes = uint64_t{64} << 20;
  static constexpr uint64_t kRestBytes = uint64_t{2} << 20;
  static constexpr int kReaderWaitMs = 20;

  // `writing` is locked by whoever writes; it outlives the object.
  Checkpointer(std::string path, bool synchronous, std::mutex& writing);
  // Waits for a running copy to end.
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // Something was committed; the log's file holds so many bytes.
  void Notify(uint64_t log_bytes);

 private:
  void Run();
  // Trouble is told in the log once, and the copy tried again a second later.
  bool CopyPatiently();
  absl::Status Copy();
  // Until little is left to copy; what is then left.
  absl::StatusOr<CheckpointProgress> CopyMost();

  const std::string path_;
  const bool synchronous_;
  std::mutex& writing_;
  std::unique_ptr<Connection> connection_;  // of the thread; opened when it is needed
  bool troubled_ = false;                   // of the thread

  std::mutex mutex_;
  std::condition_variable changed_;
  bool due_ = false;  // guarded by mutex_, as is the next
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_CHECKPOINTER_H_
