// InFlight: a mapped file in which every thread that calls plugins notes what it is at, so that whoever starts after a
// death knows which Items to try alone. It outlives the process, not the machine, and costs a call two stores.
//
// After a death, the Items of calls that had not returned are suspects: they run alone. A suspect is condemned for a
// step when a fault or an overrun was noted in such a lone call, or when three lone calls ended with a death that
// nothing explains; a restart of the machine explains one. What is condemned is not given to that step again. A process
// that is killed condemns nothing.
//
// A fault is noted by a signal handler on a stack of its own, an overrun by a watchdog that then aborts the process.
// Threads: Find(), Clear(), Claim() any; a Record belongs to the thread that has claimed it.
#ifndef WIREWATCH_PIPELINE_IN_FLIGHT_H_
#define WIREWATCH_PIPELINE_IN_FLIGHT_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::pipeline {

// Who an Item (or a timer, or a read of a source) is, the same after a restart. All zeros: nobody.
struct CallKey {
  uint64_t high = 0, low = 0;
  auto operator<=>(const CallKey&) const = default;
};
CallKey KeyOf(const v1::Item& item);
// Of a call that concerns no Item, e.g. ("timer", step, due time).
CallKey KeyOf(std::string_view kind, std::string_view name, std::string_view detail);

class InFlight {
 public:
  static constexpr size_t kItems = 72;  // slots of a batch
  static constexpr int kAll = -1;       // the call concerns all Items of the batch

  // What one thread is at. In the mapped file.
  struct Record {
    std::atomic<uint64_t> call;  // odd: going on
    std::atomic<int32_t> signal;
    std::atomic<uint32_t> overrun;
    std::atomic<uint32_t> claimed;
    int32_t only;       // index of the one Item that it is about, or kAll
    uint32_t alone;     // it is a lone call of a suspect
    uint32_t count;     // Items of the call
    uint32_t limit_ms;  // for each of them
    std::array<char, 72> pipeline, step;
    std::array<CallKey, kItems> keys;

    void SetPipeline(std::string_view name, absl::Duration limit);
    void Begin(std::string_view name, int index, uint32_t items, bool is_alone);
    void End() { call.fetch_add(1, std::memory_order_release); }
  };
  // Notes a call for as long as it lives.
  class Call {
   public:
    Call(Record& record, std::string_view step, int only, uint32_t count, bool alone) : record_(record) {
      record_.Begin(step, only, count, alone);
    }
    ~Call() { record_.End(); }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    Record& record_;
  };

  // Why a suspect is not given to a step again.
  struct Verdict {
    std::string step;
    std::string reason;  // "fault" or "overrun"
    std::string text;
  };
  struct Suspect {
    uint64_t id = 0;
    std::optional<Verdict> verdict;
  };

  // Reads what the last process left there, and begins anew. An empty path: memory that nobody inherits.
  static absl::StatusOr<std::unique_ptr<InFlight>> Open(const std::filesystem::path& path);
  ~InFlight();
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

  // For the thread that calls, until it releases it. Faults of the thread are noted in it.
  Record& Claim(std::string_view pipeline, absl::Duration limit);
  void Release(Record& record);

  // nullopt: nothing is known against it.
  std::optional<Suspect> Find(std::string_view pipeline, const CallKey& key) const;
  // They are through: nothing is known against them any more.
  void Clear(const std::vector<uint64_t>& ids);
  size_t suspects() const;

  // From now on faults are noted, and calls that take longer than their limit abort the process. Once in a process.
  void Guard();

 private:
  struct Layout;
  struct Stored;
  InFlight(Layout* layout, int descriptor) : layout_(layout), descriptor_(descriptor) {}

  void TakeOver(const Layout& before);
  void Blame(const Record& record, bool restarted);
  void BlameOne(const Record& record, const CallKey& key, bool restarted);
  Stored* Add(const Record& record, const CallKey& key);
  void Watch(const std::stop_token& stop);

  Layout* const layout_;
  const int descriptor_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, CallKey>, size_t> places_;  // of suspects; guarded by mutex_
  std::atomic<size_t> count_{0};
  std::jthread watchdog_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_IN_FLIGHT_H_
