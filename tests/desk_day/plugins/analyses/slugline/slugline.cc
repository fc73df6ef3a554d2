// slugline: the story of an Item is what its agency files it under, for a day whose stories are known beforehand.
#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {

class Slugline final : public Analysis {
 public:
  struct Options {};
  explicit Slugline(Options) {}

  absl::Status Analyze(const Document& document, Findings& findings) const override {
    const std::string& slugline = document.item().slugline();
    if (!slugline.empty()) findings.Annotate().mutable_story()->set_story_id(slugline);
    return absl::OkStatus();
  }
};

WIREWATCH_PLUGIN(Slugline, {.name = "slugline",
                            .summary = "Takes the slugline for the story that an Item belongs to.",
                            .provides = {"story"}});

}  // namespace wirewatch::analyses
