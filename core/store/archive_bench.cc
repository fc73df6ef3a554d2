// How fast Items are archived, and how long the longest commit takes: Items of 2 kB come at a steady rate and are
// committed once a second with synchronous=FULL, with the full-text index following, for as many seconds as
// WIREWATCH_BENCH_SECONDS says (20 unless set). The argument is the rate. Reported: "longest_ms" and "median_ms" of the
// commits, "late_ms" by which the last commit came too late and "behind_items" by which the index was behind at the
// end, beyond the block that is not full (a rate that cannot be kept up makes them grow), "log_MiB" the greatest size
// of the write-ahead log, and the sizes of the files. The store stands in WIREWATCH_BENCH_DIR, or in the folder for
// temporary files.
//
// Words are drawn from 100,000 by Zipf's law, which gives news text's share of rare words; ids are hashes.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
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

// Makes the Items of a second during that second and commits them at its end, while the next ones are made, as the
// committer does.
Outcome Archive(Store& store, const std::filesystem::path& file, uint64_t rate, int seconds) {
  Outcome outcome;
  Writing writing;
  const auto begin = SteadyClock::now();
  std::thread committing;
  for (int second = 0; second < seconds && outcome.status.ok(); ++second) {
    EpochWrites epoch{.pipeline = "bench"};
    for (uint64_t i = 0; i < rate; ++i) epoch.items.push_back(writing.Next(++epoch.last_position + rate * second));
    epoch.last_position = rate * (second + 1);
    std::this_thread::sleep_until(begin + std::chrono::seconds(second + 1));
    if (committing.joinable()) committing.join();
    outcome.late_ms = Milliseconds(SteadyClock::now() - begin - std::chrono::seconds(second + 1));
    committing = std::thread([&store, &outcome, &file, writes = std::move(epoch)] {
      const auto begun = SteadyClock::now();
      outcome.status = store.Commit(std::span(&writes, 1));
      outcome.commits_ms.push_back(Milliseconds(SteadyClock::now() - begun));
      outcome.log_bytes = std::max(outcome.log_bytes, LogBytes(file));
    });
  }
  if (committing.joinable()) committing.join();
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
    for (auto _ : state) outcome = Archive(**store, file, rate, Seconds());
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
BENCHMARK(Archive)->Arg(7000)->Arg(10000)->Iterations(1)->UseRealTime()->Unit(benchmark::kSecond);

}  // namespace
}  // namespace wirewatch::store
