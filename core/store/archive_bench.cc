// How fast Items are archived, and how long the longest commit takes: Items of 2 kB come at a steady rate and are
// committed once a second with synchronous=FULL, with the full-text index following, for as many seconds as
// WIREWATCH_BENCH_SECONDS says (20 unless set). The arguments are the rate and how many MiB of Items are
// committed at once at most (0: whatever came in a second). Reported: "longest_ms" and "median_ms" of the
// commits, "late_ms" by which the last commit came too late and "behind_items" by which the index was behind at the
// end, beyond the block that is not full (a rate that cannot be kept up makes them grow), "log_MiB" the greatest size
// of the write-ahead log, and the sizes of the files. The store stands in WIREWATCH_BENCH_DIR, or in the folder for
// temporary files.
//
// Words are drawn from 100,000 by Zipf's law, which gives news text's share of rare words; ids are hashes.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/store/search_file.h"
#include "wirewatch/store/sqlite_store.h"
#include "wirewatch/store/term_block.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::store {
namespace {

using SteadyClock = std::chrono::steady_clock;

double Milliseconds(SteadyClock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

// Writes Items of about 2 kB.
class Writing {
 public:
  Writing() {
    constexpr std::string_view kSyllables[] = {"ka", "ri",   "to", "men", "sal", "ve",  "du", "nor",
                                               "bi", "pest", "lo", "gra", "fi",  "chu", "ta", "wen"};
    double sum = 0;
    for (size_t i = 0; i < kWords; ++i) {
      std::string word;
      for (size_t rest = i + 16; rest > 0; rest /= 16) absl::StrAppend(&word, std::string(kSyllables[rest % 16]));
      words_.push_back(std::move(word));
      cumulative_.push_back(sum += 1.0 / static_cast<double>(i + 1));
    }
  }

  ArchivedItem Next(uint64_t position) {
    v1::Item item;
    item.set_id(Hash());
    item.set_version(1);
    item.set_content_hash(Hash());
    item.set_position(position);
    item.set_url(absl::StrCat("https://news.example.org/2026/06/", position));
    item.set_headline(Text(60));
    item.set_body(Text(std::uniform_int_distribution<size_t>(900, 2700)(random_)));
    std::string bytes = item.SerializeAsString();
    return {position, item.id(), 1, item.content_hash(), std::move(bytes)};
  }

 private:
  static constexpr size_t kWords = 100'000;

  std::string Hash() {
    std::string bytes(16, '\0');
    for (char& c : bytes) c = static_cast<char>(random_());
    return absl::BytesToHexString(bytes);
  }
  std::string Text(size_t bytes) {
    std::string text;
    for (int word = 1; text.size() < bytes; ++word) {
      const double at = std::uniform_real_distribution<double>(0, cumulative_.back())(random_);
      const auto found = std::lower_bound(cumulative_.begin(), cumulative_.end(), at);
      absl::StrAppend(&text, words_[static_cast<size_t>(found - cumulative_.begin())], word % 17 == 0 ? ". " : " ");
    }
    return text;
  }

  std::mt19937_64 random_{1};
  std::vector<std::string> words_;
  std::vector<double> cumulative_;
};

int Seconds() {
  const char* seconds = std::getenv("WIREWATCH_BENCH_SECONDS");
  return seconds != nullptr ? std::max(1, std::atoi(seconds)) : 20;
}

uint64_t LogBytes(const std::filesystem::path& file) {
  std::error_code none;
  const uintmax_t bytes = std::filesystem::file_size(file.string() + "-wal", none);
  return none ? 0 : bytes;
}

// Positions that the index has reached.
uint64_t Indexed(const std::filesystem::path& file, const std::string& journal_id) {
  const auto index = SearchFile::OpenToRead(SearchFileOf(file), journal_id);
  if (!index.ok()) return 0;
  const auto range = (*index)->Indexed(1);
  return range.ok() ? range->next * kBlockItems : 0;
}

struct Outcome {
  std::vector<double> commits_ms;
  double late_ms = 0;
  uint64_t log_bytes = 0;
  absl::Status status;
};

// Commits epochs one after another on a thread of its own, as the committer does.
class Committing {
 public:
  Committing(Store& store, const std::filesystem::path& file, Outcome& outcome)
      : store_(store), file_(file), outcome_(outcome) {}
  ~Committing() { Wait(); }
  void Wait() {
    if (thread_.joinable()) thread_.join();
  }
  bool is_busy() const { return busy_; }
  void Begin(EpochWrites epoch) {
    Wait();
    busy_ = true;
    thread_ = std::thread([this, writes = std::move(epoch)] {
      const auto begun = SteadyClock::now();
      const absl::Status done = store_.Commit(std::span(&writes, 1));
      if (!done.ok()) outcome_.status = done;
      outcome_.commits_ms.push_back(Milliseconds(SteadyClock::now() - begun));
      outcome_.log_bytes = std::max(outcome_.log_bytes, LogBytes(file_));
      busy_ = false;
    });
  }

 private:
  Store& store_;
  const std::filesystem::path& file_;
  Outcome& outcome_;
  std::atomic<bool> busy_{false};
  std::thread thread_;
};

// Items come ten times a second, and go on coming during commits.
Outcome Archive(Store& store, const std::filesystem::path& file, uint64_t rate, uint64_t most_bytes, int seconds) {
  Outcome outcome;
  Writing writing;
  Committing committing(store, file, outcome);
  const auto begin = SteadyClock::now();
  EpochWrites epoch{.pipeline = "bench"};
  uint64_t bytes = 0;
  for (int tick = 1; tick <= seconds * 10; ++tick) {
    for (uint64_t i = 0; i < rate / 10; ++i) {
      epoch.items.push_back(writing.Next(++epoch.last_position));
      bytes += epoch.items.back().item.size();
    }
    const auto due = begin + std::chrono::milliseconds(100) * tick;
    std::this_thread::sleep_until(due);
    if (tick % 10 != 0 && (bytes < most_bytes || committing.is_busy())) continue;
    committing.Wait();
    outcome.late_ms = std::max(0.0, Milliseconds(SteadyClock::now() - due));
    EpochWrites next{.pipeline = "bench", .last_position = epoch.last_position};
    committing.Begin(std::exchange(epoch, std::move(next)));
    bytes = 0;
  }
  committing.Wait();
  return outcome;
}

void Archive(benchmark::State& state) {
  const char* scratch = std::getenv("WIREWATCH_BENCH_DIR");
  std::string pattern =
      ((scratch != nullptr ? std::filesystem::path(scratch) : std::filesystem::temp_directory_path()) /
       "archive-XXXXXX")
          .string();
  const std::filesystem::path directory = mkdtemp(pattern.data());
  {
    const std::filesystem::path file = directory / "store.db";
    const absl::StatusOr<std::unique_ptr<Store>> store = OpenSqlite({.path = file, .search_index = true});
    if (!store.ok()) return state.SkipWithError(std::string(store.status().message()).c_str());
    const auto rate = static_cast<uint64_t>(state.range(0));
    Outcome outcome;
    const uint64_t most_bytes = state.range(1) > 0 ? static_cast<uint64_t>(state.range(1)) << 20 : UINT64_MAX;
    for (auto _ : state) outcome = Archive(**store, file, rate, most_bytes, Seconds());
    const uint64_t full = rate * static_cast<uint64_t>(Seconds()) / kBlockItems * kBlockItems;
    state.counters["behind_items"] = static_cast<double>(full - Indexed(file, (*store)->JournalId()));
    if (!outcome.status.ok()) state.SkipWithError(std::string(outcome.status.message()).c_str());
    std::vector<double>& commits = outcome.commits_ms;
    std::sort(commits.begin(), commits.end());
    state.counters["longest_ms"] = commits.back();
    state.counters["median_ms"] = commits[commits.size() / 2];
    state.counters["late_ms"] = outcome.late_ms;
    state.counters["log_MiB"] = static_cast<double>(outcome.log_bytes) / (1 << 20);
    state.counters["index_MiB"] = static_cast<double>(std::filesystem::file_size(SearchFileOf(file))) / (1 << 20);
    state.counters["file_MiB"] = static_cast<double>(std::filesystem::file_size(file)) / (1 << 20);
  }
  std::filesystem::remove_all(directory);
}
BENCHMARK(Archive)
    ->Args({7000, 0})
    ->Args({7000, 4})
    ->Args({10000, 4})
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kSecond);

}  // namespace
}  // namespace wirewatch::store
