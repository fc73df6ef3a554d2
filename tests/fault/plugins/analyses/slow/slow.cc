// slow: an analysis that takes its time, so that there is time to disturb it.
#include <chrono>
#include <thread>

#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {

class Slow final : public Analysis {
 public:
  struct Options {
    absl::Duration each = absl::Microseconds(200);
  };
  explicit Slow(Options options) : options_(options) {}

  // Together for the batch: short sleeps last longer than asked for.
  void AnalyzeBatch(std::span<const Document* const> documents, std::span<Findings>,
                    std::span<absl::Status>) const override {
    std::this_thread::sleep_for(absl::ToChronoNanoseconds(options_.each) * documents.size());
  }

 private:
  const Options options_;
};

WIREWATCH_PLUGIN(Slow, {.name = "slow",
                        .summary = "Waits for each Item.",
                        .options = {Field("each", &Slow::Options::each, "How long.")}});

}  // namespace wirewatch::analyses
