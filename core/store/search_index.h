// SearchIndex: fills the full-text index of a store behind its commits, on a thread and connections of its own, so that
// no commit waits for it; it also runs at a lower priority. Full blocks of the archive are indexed; what a search finds
// beyond them it reads. Blocks whose Items retention has removed are removed. Trouble is told in the log once and does
// not end it.
#ifndef WIREWATCH_STORE_SEARCH_INDEX_H_
#define WIREWATCH_STORE_SEARCH_INDEX_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "wirewatch/store/search_file.h"
#include "wirewatch/store/sqlite_connection.h"
#include "wirewatch/store/sqlite_reads.h"
#include "wirewatch/store/term_block.h"
#include "wirewatch/text/text_index.h"

namespace wirewatch::store {

class SearchIndex {
 public:
  // `store`: the store's file, which is there and up to date.
  explicit SearchIndex(std::filesystem::path store);
  // Ends after what it is at; goes on there the next time.
  ~SearchIndex();
  SearchIndex(const SearchIndex&) = delete;
  SearchIndex& operator=(const SearchIndex&) = delete;

  // Something was committed. Any thread.
  void Notify();
  // Positions in full blocks that are not indexed yet, when it last looked. Any thread.
  uint64_t behind() const { return behind_.load(std::memory_order_relaxed); }

 private:
  void Run();
  absl::Status Open();
  // As far as there are full blocks, or until the object ends.
  absl::Status CatchUp();
  absl::Status CatchUp(const PipelineRow& pipeline);
  absl::Status IndexBlock(uint64_t pipeline, uint64_t block);
  bool IsStopping();

  const std::filesystem::path path_;
  // Of the thread; opened when they are needed.
  std::unique_ptr<Connection> store_;
  std::unique_ptr<SearchFile> file_;
  text::TextIndex index_;
  TermBlock block_;
  bool troubled_ = false;

  std::atomic<uint64_t> behind_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool due_ = true;  // guarded by mutex_, as is the next
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_SEARCH_INDEX_H_
