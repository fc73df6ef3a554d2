#include "wirewatch/pipeline/in_flight.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/identity.h"
#include "wirewatch/pipeline/fault_signals.h"
#include "wirewatch/sdk/log.h"

namespace wirewatch::pipeline {
namespace {

constexpr uint64_t kMagic = 0x32464e4957575757;
constexpr size_t kRecords = 512;
constexpr size_t kSuspects = 4096;
constexpr uint32_t kDeaths = 3;
constexpr absl::Duration kTick = absl::Milliseconds(100);

template <size_t N>
void Put(std::array<char, N>& to, std::string_view text) {
  const size_t size = std::min(text.size(), N - 1);
  std::memcpy(to.data(), text.data(), size);
  to[size] = '\0';
}
template <size_t N>
std::string Get(const std::array<char, N>& from) {
  return std::string(from.data(), strnlen(from.data(), N));
}

// The machine's own name of this run of it; empty when it does not tell.
std::string BootId() {
  std::array<char, 40> id{};
  const int descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return "";
  const ssize_t size = read(descriptor, id.data(), id.size() - 1);
  close(descriptor);
  return size > 0 ? Get(id) : "";
}

CallKey KeyFrom(const std::string& id) {
  uint64_t parts[2] = {0, 0};
  for (size_t i = 0; i < 32 && i < id.size(); ++i) {
    const char c = id[i];
    parts[i / 16] = parts[i / 16] << 4 | static_cast<uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return {parts[0], parts[1]};
}

}  // namespace

// A suspect, as it stands in the file.
struct InFlight::Stored {
  uint64_t id;  // 0: nobody
  CallKey key;
  uint32_t deaths;  // in lone calls, unexplained
  uint32_t condemned;
  int32_t signal;
  uint32_t overrun;
  std::array<char, 72> pipeline, step;
};

struct InFlight::Layout {
  uint64_t magic;
  uint64_t size;
  std::array<char, 40> boot;
  uint64_t last_id;
  std::array<Record, kRecords> records;
  std::array<Stored, kSuspects> suspects;
};

CallKey KeyOf(const v1::Item& item) {
  CallKey key = KeyFrom(item.id());
  const CallKey content = KeyFrom(item.content_hash());
  key.low ^= content.high + item.version();
  if (key == CallKey{}) key.low = 1;
  return key;
}

CallKey KeyOf(std::string_view kind, std::string_view name, std::string_view detail) {
  return KeyFrom(alerts::StableId({kind, name, detail}));
}

void InFlight::Record::SetPipeline(std::string_view name, absl::Duration limit) {
  Put(pipeline, name);
  limit_ms = static_cast<uint32_t>(std::clamp<int64_t>(absl::ToInt64Milliseconds(limit), 1, 1 << 30));
}

void InFlight::Record::Begin(std::string_view name, int index, uint32_t items, bool is_alone) {
  Put(step, name);
  only = index;
  count = items;
  alone = is_alone ? 1 : 0;
  call.fetch_add(1, std::memory_order_release);
}

absl::StatusOr<std::unique_ptr<InFlight>> InFlight::Open(const std::filesystem::path& path) {
  const auto error = [&path](const char* what) {
    return absl::ErrnoToStatus(errno, absl::StrCat(what, " ", path.string()));
  };
  int descriptor = -1;
  std::unique_ptr<Layout> before;
  if (!path.empty()) {
    descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return error("cannot open");
    before = std::make_unique<Layout>();
    const ssize_t size = pread(descriptor, static_cast<void*>(before.get()), sizeof(Layout), 0);
    const bool whole = size == static_cast<ssize_t>(sizeof(Layout));
    if (!whole || before->magic != kMagic || before->size != sizeof(Layout)) before.reset();
    // Blocks are there from now on: a full disk must not be met in the middle of a call.
    if (const int failed = posix_fallocate(descriptor, 0, sizeof(Layout)); failed != 0) {
      errno = failed;
      const absl::Status status = error("there is no room for");
      close(descriptor);
      return status;
    }
  }
  void* const memory = mmap(nullptr, sizeof(Layout), PROT_READ | PROT_WRITE,
                            descriptor >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS, descriptor, 0);
  if (memory == MAP_FAILED) {
    const absl::Status status = error("cannot map");
    if (descriptor >= 0) close(descriptor);
    return status;
  }
  std::unique_ptr<InFlight> in_flight(new InFlight(static_cast<Layout*>(memory), descriptor));
  if (before != nullptr) in_flight->TakeOver(*before);
  if (before == nullptr) std::memset(memory, 0, sizeof(Layout));
  Put(in_flight->layout_->boot, BootId());
  in_flight->layout_->size = sizeof(Layout);
  in_flight->layout_->magic = kMagic;
  return in_flight;
}

InFlight::~InFlight() {
  if (watchdog_.joinable()) {
    watchdog_.request_stop();
    watchdog_.join();
  }
  munmap(static_cast<void*>(layout_), sizeof(Layout));
  if (descriptor_ >= 0) close(descriptor_);
}

// ---- After a death ----

void InFlight::TakeOver(const Layout& before) {
  for (size_t place = 0; place < kSuspects; ++place) {
    const Stored& suspect = before.suspects[place];
    if (suspect.id != 0) places_[{Get(suspect.pipeline), suspect.key}] = place;
  }
  count_ = places_.size();
  const bool restarted = Get(before.boot) != BootId();
  for (const Record& record : before.records) {
    if (record.call.load() % 2 == 1) Blame(record, restarted);
  }
  // Only now: a death in between is blamed again, and lone deaths are the only ones that count.
  std::memset(static_cast<void*>(&layout_->records), 0, sizeof(layout_->records));
}

void InFlight::Blame(const Record& record, bool restarted) {
  const uint32_t only = static_cast<uint32_t>(record.only);
  Log("host").Warning("The last process ended in a call; what it was about runs alone.",
                      {{"pipeline", Get(record.pipeline)},
                       {"step", Get(record.step)},
                       {"signal", absl::StrCat(record.signal.load())},
                       {"overrun", record.overrun.load() != 0 ? "yes" : "no"}});
  if (record.only != kAll && only < kItems) return BlameOne(record, record.keys[only], restarted);
  for (const CallKey& key : record.keys) BlameOne(record, key, restarted);
}

void InFlight::BlameOne(const Record& record, const CallKey& key, bool restarted) {
  if (key == CallKey{}) return;
  Stored* const suspect = Add(record, key);
  if (suspect == nullptr || record.alone == 0) return;
  Put(suspect->step, Get(record.step));
  suspect->signal = record.signal.load();
  suspect->overrun = record.overrun.load();
  const bool explained = suspect->signal != 0 || suspect->overrun != 0;
  if (!explained && !restarted) ++suspect->deaths;
  if (explained || suspect->deaths >= kDeaths) suspect->condemned = 1;
}

InFlight::Stored* InFlight::Add(const Record& record, const CallKey& key) {
  const auto [known, added] = places_.try_emplace({Get(record.pipeline), key}, 0);
  if (!added) return &layout_->suspects[known->second];
  for (size_t place = 0; place < kSuspects; ++place) {
    Stored& suspect = layout_->suspects[place];
    if (suspect.id != 0) continue;
    known->second = place;
    suspect = {};
    suspect.key = key;
    suspect.pipeline = record.pipeline;
    suspect.id = ++layout_->last_id;
    count_ = places_.size();
    return &suspect;
  }
  Log("host").Error("There are more suspects than can be remembered.", {{"kept", absl::StrCat(kSuspects)}});
  places_.erase(known);
  return nullptr;
}

// ---- While it runs ----

std::optional<InFlight::Suspect> InFlight::Find(std::string_view pipeline, const CallKey& key) const {
  if (count_.load(std::memory_order_relaxed) == 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = places_.find({std::string(pipeline), key});
  if (found == places_.end()) return std::nullopt;
  const Stored& stored = layout_->suspects[found->second];
  Suspect suspect{stored.id, std::nullopt};
  if (stored.condemned == 0) return suspect;
  Verdict& verdict = suspect.verdict.emplace();
  verdict.step = Get(stored.step);
  verdict.reason = stored.overrun != 0 ? "overrun" : "fault";
  verdict.text = stored.overrun != 0 ? "the step did not return in time, also when it had the Item alone"
                 : stored.signal != 0
                     ? absl::StrCat("the step crashed with signal ", stored.signal, " (", NameOfSignal(stored.signal),
                                    "), also when it had the Item alone")
                     : absl::StrCat("the process died ", kDeaths, " times while the step had the Item alone");
  return suspect;
}

void InFlight::Clear(const std::vector<uint64_t>& ids) {
  const std::lock_guard lock(mutex_);
  for (const uint64_t id : ids) {
    const auto found = std::find_if(places_.begin(), places_.end(),
                                    [&](const auto& place) { return layout_->suspects[place.second].id == id; });
    if (found == places_.end()) continue;
    layout_->suspects[found->second].id = 0;
    places_.erase(found);
  }
  count_ = places_.size();
}

size_t InFlight::suspects() const { return count_.load(std::memory_order_relaxed); }

InFlight::Record& InFlight::Claim(std::string_view pipeline, absl::Duration limit) {
  for (Record& record : layout_->records) {
    uint32_t free = 0;
    if (!record.claimed.compare_exchange_strong(free, 1)) continue;
    record.SetPipeline(pipeline, limit);
    NoteFaultsIn(&record);
    return record;
  }
  Log("host").Error("There are more threads than records; this one's calls are not noted.");
  static Record& unnoted = *new Record{};
  return unnoted;
}

void InFlight::Release(Record& record) {
  NoteFaultsIn(nullptr);
  record.claimed.store(0);
}

void InFlight::Guard() {
  InstallFaultHandler();
  watchdog_ = std::jthread([this](const std::stop_token& stop) { Watch(stop); });
}

// Counts ticks, so that a process that was stopped for a while has overrun nothing.
void InFlight::Watch(const std::stop_token& stop) {
  std::vector<uint64_t> calls(kRecords, 0);
  std::vector<absl::Duration> taken(kRecords);
  while (!stop.stop_requested()) {
    std::this_thread::sleep_for(absl::ToChronoMilliseconds(kTick));
    for (size_t i = 0; i < kRecords; ++i) {
      Record& record = layout_->records[i];
      const uint64_t call = record.call.load(std::memory_order_acquire);
      taken[i] = call == calls[i] && call % 2 == 1 ? taken[i] + kTick : absl::ZeroDuration();
      calls[i] = call;
      const absl::Duration limit = absl::Milliseconds(record.limit_ms) * std::max(record.count, 1u);
      if (taken[i] <= limit || record.call.load() != call) continue;
      record.overrun = 1;
      Log("host").Error(
          "A step does not return: the process ends. At the next start its Items run alone, and one that overruns "
          "alone is set aside.",
          {{"pipeline", Get(record.pipeline)}, {"step", Get(record.step)}, {"limit", absl::FormatDuration(limit)}});
      std::abort();
    }
  }
}

}  // namespace wirewatch::pipeline
