// throws: an analysis that throws on every n-th Item.
#include <stdexcept>

#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {

class Throws final : public Analysis {
 public:
  struct Options {
    uint64_t every = 7;
  };
  explicit Throws(Options options) : options_(options) {}

  absl::Status Analyze(const Document& document, Findings&) const override {
    if (document.position() % options_.every == 0) throw std::runtime_error("this is one of those");
    return absl::OkStatus();
  }

 private:
  const Options options_;
};

WIREWATCH_PLUGIN(Throws, {.name = "throws",
                          .summary = "Throws on every n-th Item.",
                          .options = {Field("every", &Throws::Options::every, "Of the positions.").Range(1, 1e9)}});

}  // namespace wirewatch::analyses
