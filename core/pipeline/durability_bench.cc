// What durability costs: one run of a pipeline over everything that its sources have, with an archive, in the arm that
// the argument says. 1: epochs as the pipeline's limits say, with synchronous=FULL; 0: one commit at the end, with
// synchronous=OFF. WIREWATCH_BENCH_PIPELINE is the pipeline's file, WIREWATCH_BENCH_STORE the store, which is made
// anew. Reported: wall and process CPU time of the whole run, the Items archived, and the commits.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "wirewatch/pipeline/host.h"

namespace wirewatch::pipeline {
namespace {

void Remove(const std::string& store) {
  for (const char* end : {"", "-wal", "-shm", ".lock", ".inflight", ".search", ".search-wal", ".search-shm"}) {
    std::filesystem::remove(absl::StrCat(store, std::string(end)));
  }
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
    absl::StatusOr<std::unique_ptr<Host>> host = Host::Start({.files = {file},
                                                              .store = store,
                                                              .plugins = loader::DefaultOptions(),
                                                              .once = true,
                                                              .workers = 2,
                                                              .drain = absl::Minutes(10),
                                                              .durable = state.range(0) != 0});
    absl::Status ended = host.status();
    if (ended.ok()) ended = (*host)->Wait();
    if (!ended.ok()) {
      state.SkipWithError(std::string(ended.message()).c_str());
      return;
    }
    state.counters["items"] = static_cast<double>((*host)->Snapshot().front().archived);
    state.counters["alerts"] = static_cast<double>((*host)->Snapshot().front().alerts_raised);
    state.counters["commits"] = static_cast<double>((*host)->Status().commits.commits);
  }
}
BENCHMARK(Run)->ArgName("durable")->Arg(0)->Arg(1)->Iterations(1)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
}  // namespace wirewatch::pipeline
