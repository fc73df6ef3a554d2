// What durability costs: one run of a pipeline over everything that its sources have, with an archive, in the arm that
// the argument says. 1: epochs as the pipeline's limits say, with synchronous=FULL; 0: one commit at the end, with
// synchronous=OFF. WIREWATCH_BENCH_PIPELINE is the pipeline's file, WIREWATCH_BENCH_STORE the store, which is made
// anew. Reported: wall time until the last commit, process CPU time until the full-text index has followed the commits
// (so that both arms do the same work: without epochs it is only begun when the other's is nearly done), the Items
// archived, and the commits.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/store/search_file.h"

namespace wirewatch::pipeline {
namespace {

void Remove(const std::string& store) {
  for (const char* end : {"", "-wal", "-shm", ".lock", ".inflight", ".search", ".search-wal", ".search-shm"}) {
    std::filesystem::remove(absl::StrCat(store, std::string(end)));
  }
}

// Waits for the index to have every full block of the archive; false when it does not get there in ten minutes.
bool WaitForIndex(Host& host, uint64_t positions) {
  const uint64_t blocks = positions / store::kBlockItems;
  for (int tries = 0; tries < 12'000; ++tries) {
    const auto file = store::SearchFile::OpenToRead(store::SearchFileOf(host.store_file()), host.store().JournalId());
    if (file.ok()) {
      const auto indexed = (*file)->Indexed(1);
      if (indexed.ok() && indexed->next >= blocks) return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

void Run(benchmark::State& state) {
  const char* file = std::getenv("WIREWATCH_BENCH_PIPELINE");
  const char* store = std::getenv("WIREWATCH_BENCH_STORE");
  if (file == nullptr || store == nullptr) {
    state.SkipWithError("WIREWATCH_BENCH_PIPELINE and WIREWATCH_BENCH_STORE must name files");
    return;
  }
  for (auto _ : state) {
    Remove(store);
    const auto begun = std::chrono::steady_clock::now();
    absl::StatusOr<std::unique_ptr<Host>> host = Host::Start({.files = {file},
                                                              .store = store,
                                                              .plugins = loader::DefaultOptions(),
                                                              .once = true,
                                                              .workers = 2,
                                                              .drain = absl::Minutes(10),
                                                              .durable = state.range(0) != 0});
    absl::Status ended = host.status();
    if (ended.ok()) ended = (*host)->Wait();
    state.SetIterationTime(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
    if (ended.ok() && !WaitForIndex(**host, (*host)->Snapshot().front().archived)) {
      ended = absl::DeadlineExceededError("the full-text index does not follow the commits");
    }
    if (!ended.ok()) {
      state.SkipWithError(std::string(ended.message()).c_str());
      return;
    }
    state.counters["items"] = static_cast<double>((*host)->Snapshot().front().archived);
    state.counters["alerts"] = static_cast<double>((*host)->Snapshot().front().alerts_raised);
    state.counters["commits"] = static_cast<double>((*host)->Status().commits.commits);
  }
}
BENCHMARK(Run)->ArgName("durable")->Arg(0)->Arg(1)->Iterations(1)->UseManualTime()->MeasureProcessCPUTime();

}  // namespace
}  // namespace wirewatch::pipeline
