// conditions: an Item says that a condition begins or ends. Its headline is `firing` or `resolved` and then labels, as
// name=value with spaces between; `alertname` becomes the watch, `cluster` the story, `severity` the severity, and all
// of them together what the condition is about.
#include <string>
#include <utility>

#include "absl/strings/str_split.h"
#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {
namespace {

v1::Severity SeverityOf(const std::string& name) {
  if (name == "critical") return v1::SEVERITY_CRITICAL;
  return name == "warning" ? v1::SEVERITY_MEDIUM : v1::SEVERITY_LOW;
}

}  // namespace

class Conditions final : public Analysis {
 public:
  absl::Status Analyze(const Document& document, Findings& findings) const override {
    const std::string headline = document.item().headline();
    const size_t space = headline.find(' ');
    const std::string phase = headline.substr(0, space);
    if (space == std::string::npos || (phase != "firing" && phase != "resolved")) {
      return absl::InvalidArgumentError("the headline is neither `firing LABELS` nor `resolved LABELS`");
    }
    v1::Signal& signal = findings.AddSignal();
    signal.set_kind(v1::SIGNAL_KIND_CONDITION);
    signal.set_phase(phase == "firing" ? v1::SIGNAL_PHASE_RAISED : v1::SIGNAL_PHASE_ENDED);
    signal.set_subject(headline.substr(space + 1));
    signal.set_title(signal.subject());
    for (const auto text : absl::StrSplit(signal.subject(), ' ')) {
      const std::pair<std::string, std::string> label = absl::StrSplit(text, absl::MaxSplits('=', 1));
      if (label.first == "alertname") signal.set_watch_id(label.second);
      if (label.first == "cluster") signal.set_story_id(label.second);
      if (label.first == "severity") signal.set_severity(SeverityOf(label.second));
    }
    return absl::OkStatus();
  }
};

WIREWATCH_PLUGIN(Conditions, {.name = "conditions", .summary = "Raises and ends conditions as headlines say."});

}  // namespace wirewatch::analyses
