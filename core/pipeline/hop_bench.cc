// What a hop costs: ten stateless steps that do nothing, over batches of 64 Items, counters and latency on. Reported as
// ns for one Item and step ("hop_ns").
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/pipeline/batch.h"
#include "wirewatch/pipeline/step.h"

namespace wirewatch::pipeline {
namespace {

class NoOp final : public Analysis {
 public:
  absl::Status Analyze(const Document& document, Findings&) const override {
    benchmark::DoNotOptimize(&document);
    return absl::OkStatus();
  }
};

void Hops(benchmark::State& state) {
  const auto items = static_cast<size_t>(state.range(0));
  constexpr size_t kSteps = 10;
  const config::Limits limits;
  std::vector<std::unique_ptr<StatelessStep>> steps;
  for (size_t i = 0; i < kSteps; ++i) {
    StepOf<Analysis> definition;
    definition.id = definition.plugin = absl::StrCat("no-op-", i);
    definition.version = "1";
    definition.instance = std::make_unique<NoOp>();
    steps.push_back(std::make_unique<StatelessStep>("bench", i, std::move(definition), limits));
  }
  Batch batch;
  for (size_t i = 0; i < items; ++i) {
    Slot& slot = batch.AddSlot(i + 1, absl::UnixEpoch());
    slot.item = google::protobuf::Arena::CreateMessage<v1::Item>(&batch.arena());
    slot.item->set_body("A text of some length, which nobody reads here.");
    slot.fate = Slot::Fate::kLive;
  }
  batch.Seal();
  const std::unique_ptr<InFlight> in_flight = InFlight::Open("").value();
  WorkerMemory memory;
  memory.record = &in_flight->Claim("bench", absl::Seconds(10));
  memory.scratch.resize(kSteps);
  for (auto _ : state) {
    for (const auto& step : steps) step->Run(batch, memory);
  }
  const auto hops = static_cast<double>(state.iterations()) * static_cast<double>(items * kSteps);
  state.counters["hop_ns"] = benchmark::Counter(hops * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(Hops)->Arg(1)->Arg(8)->Arg(64);

}  // namespace
}  // namespace wirewatch::pipeline
