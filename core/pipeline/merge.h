// Merging what a step has found into the Item. Stateless; the thread that holds the batch.
#ifndef WIREWATCH_PIPELINE_MERGE_H_
#define WIREWATCH_PIPELINE_MERGE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "wirewatch/pipeline/batch.h"
#include "wirewatch/sdk/findings.h"

namespace wirewatch::pipeline {

// Who found it.
struct Producer {
  std::string step;
  std::string plugin;
  std::string version;
  std::string stamp;  // "step/plugin@version", on every annotation
};

// InvalidArgument when the findings set what a step may not set; the Item is then unchanged. Otherwise text is
// replaced, annotations are stamped and appended (at most `cap`, `cut` says how many were too many), Signals are
// queued, the drop is done.
absl::Status Merge(Findings& findings, const Producer& producer, uint32_t cap, Slot& slot, uint64_t& cut);

// Fills in what the host knows of a Signal about an Item. `ordinal` tells apart several of one step about one Item.
void CompleteSignal(const std::string& pipeline, const Slot& slot, size_t ordinal, v1::Signal& signal);

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_MERGE_H_
