#include "wirewatch/store/search_index.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "wirewatch/sdk/log.h"
#include "wirewatch/store/epoch_writer.h"
#include "wirewatch/store/schema.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::store {
namespace {

// Read at a time: the store's log is held only as long as that takes.
constexpr uint64_t kItemsAtATime = 256;

}  // namespace

SearchIndex::SearchIndex(std::filesystem::path store) : path_(std::move(store)), thread_([this] { Run(); }) {}

SearchIndex::~SearchIndex() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void SearchIndex::Notify() {
  {
    const std::lock_guard lock(mutex_);
    due_ = true;
  }
  changed_.notify_one();
}

bool SearchIndex::IsStopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void SearchIndex::Run() {
  // On Linux the priority is the calling thread's own. Without the right to lower it, it stays as it is.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 10);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return due_ || stopping_; });
    if (stopping_) return;
    due_ = false;
    lock.unlock();
    const absl::Status done = CatchUp();
    if (!done.ok()) {
      const bool damaged = absl::IsDataLoss(done) && file_ != nullptr && file_->IsDamaged();
      store_.reset();
      file_.reset();
      if (damaged) SearchFile::Remove(SearchFileOf(path_));
      if (!troubled_) {
        Log("store").Warning(
            "the search index cannot be filled; searches read the archive instead, and it is tried again",
            {{"error", std::string(done.message())}});
      }
    }
    troubled_ = !done.ok();
    lock.lock();
    if (done.ok()) continue;
    due_ = true;
    changed_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_; });
  }
}

absl::Status SearchIndex::Open() {
  absl::StatusOr<std::unique_ptr<Connection>> store = OpenStoreToRead(path_);
  if (!store.ok()) return store.status();
  const absl::StatusOr<std::string> journal = ReadJournalId(**store);
  if (!journal.ok()) return journal.status();
  absl::StatusOr<std::unique_ptr<SearchFile>> file = SearchFile::OpenToWrite(SearchFileOf(path_), *journal);
  if (!file.ok()) return file.status();
  store_ = *std::move(store);
  file_ = *std::move(file);
  return absl::OkStatus();
}

absl::Status SearchIndex::CatchUp() {
  if (file_ == nullptr) {
    if (absl::Status opened = Open(); !opened.ok()) return opened;
  }
  const absl::StatusOr<std::vector<PipelineRow>> pipelines = ReadPipelines(*store_);
  if (!pipelines.ok()) return pipelines.status();
  for (const PipelineRow& pipeline : *pipelines) {
    if (absl::Status done = CatchUp(pipeline); !done.ok()) return done;
  }
  return file_->Checkpoint();
}

absl::Status SearchIndex::CatchUp(const PipelineRow& pipeline) {
  absl::StatusOr<SearchFile::Range> indexed = file_->Indexed(pipeline.number);
  if (!indexed.ok()) return indexed.status();
  const uint64_t full = (pipeline.last_position + 1) / kBlockItems;
  // It knows Items that the store has not: it is the index of another state of the store.
  if (indexed->next > full) return file_->Discard();
  const uint64_t first = std::min(pipeline.kept_from / kBlockItems, full);
  if (indexed->first < first) {
    if (absl::Status removed = file_->RemoveBefore(pipeline.number, first); !removed.ok()) return removed;
  }
  for (uint64_t block = std::max(indexed->next, first); block < full && !IsStopping(); ++block) {
    behind_.store((full - block) * kBlockItems, std::memory_order_relaxed);
    if (absl::Status done = IndexBlock(pipeline.number, block); !done.ok()) return done;
    if (absl::Status done = file_->Checkpoint(); !done.ok()) return done;
  }
  behind_.store(0, std::memory_order_relaxed);
  return absl::OkStatus();
}

absl::Status SearchIndex::IndexBlock(uint64_t pipeline, uint64_t block) {
  const uint64_t begin = pipeline * kPositions + block * kBlockItems;
  block_.Clear();
  std::vector<std::pair<uint64_t, std::string>> items;
  v1::Item item;
  for (uint64_t offset = 0; offset < kBlockItems; offset += kItemsAtATime) {
    items.clear();
    absl::Status read = VisitItems(*store_, begin + offset, begin + offset + kItemsAtATime,
                                   [&](uint64_t row, std::string_view bytes) { items.emplace_back(row, bytes); });
    if (!read.ok()) return read;
    for (const auto& [row, bytes] : items) {
      // One that cannot be read can never be found.
      if (!item.ParseFromString(bytes)) continue;
      index_.Build(item);
      block_.Add(static_cast<uint16_t>(row - begin), index_);
    }
    if (IsStopping()) return absl::OkStatus();
  }
  return file_->Append(pipeline, block, block_.Chunks());
}

}  // namespace wirewatch::store
