// mishaps: does to an Item what its slugline says, for tests of what becomes of Items on their way.
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {
namespace {

// A hit of a watch that no step holds, about a story.
void Hit(const std::string& watch, const std::string& story, v1::Severity severity, Findings& findings) {
  v1::WatchHit& hit = *findings.Annotate().add_watch_hits();
  hit.set_watch_id(watch);
  hit.set_revision(1);
  v1::Signal& signal = findings.AddSignal();
  signal.set_kind(v1::SIGNAL_KIND_HIT);
  signal.set_watch_id(watch);
  signal.set_story_id(story);
  signal.set_severity(severity);
  signal.set_title(watch);
}

}  // namespace

class Mishaps final : public Analysis {
 public:
  absl::Status Analyze(const Document& document, Findings& findings) const override {
    const std::vector<std::string> words = absl::StrSplit(document.item().slugline(), ' ');
    if (words[0] == "drop") findings.Drop("advertisement");
    if (words[0] == "fail") return absl::InvalidArgumentError("it is one of those");
    if (words.size() == 3 && words[0] == "grave") Hit(words[1], words[2], v1::SEVERITY_HIGH, findings);
    if (words.size() == 3 && words[0] == "slight") Hit(words[1], words[2], v1::SEVERITY_LOW, findings);
    return absl::OkStatus();
  }
};

WIREWATCH_PLUGIN(Mishaps, {.name = "mishaps",
                           .summary = "Drops an Item, fails on it, or raises a Signal, as its slugline says.",
                           .provides = {"watch_hits"}});

}  // namespace wirewatch::analyses
