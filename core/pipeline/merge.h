// Merging what a step has found into the Item. Stateless; the thread that holds the batch.
#ifndef WIREWATCH_PIPELINE_MERGE_H_
#define WIREWATCH_PIPELINE_MERGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "wirewatch/pipeline/batch.h"
#include "wirewatch/sdk/findings.h"

namespace wirewatch::pipeline {

// Who found it.
struct Producer {
  std::string pipeline;
  std::string step;
  std::string plugin;
  std::string version;
  std::string stamp;                  // "step/plugin@version", on every annotation
  std::vector<std::string> provides;  // annotations that it looks for
};

// InvalidArgument when the findings set what a step may not set, or text that is not UTF-8; the Item is then unchanged.
// Otherwise text is replaced, annotations are stamped and appended (at most `cap`; returns how many were too many).
absl::StatusOr<uint64_t> Merge(Findings& findings, const Producer& producer, uint64_t cap, Slot& slot,
                               Document& document);

// Notes that a step has looked for what it provides, found or not: Provenance.produced.
void NoteProduced(const Producer& producer, v1::Item& item);

// Takes off what steps have found, so that they can look again. Text that a step has replaced stays as it is.
void TakeFindingsOff(v1::Item& item);

// InvalidArgument for a Signal with text that is not UTF-8.
absl::Status CheckSignals(const Findings& findings);

// Fills in what the host knows of a Signal: `place` is its place among the step's Signals at this position. `item` is
// nullptr for a timer's.
void CompleteSignal(const Producer& producer, uint64_t position, absl::Time arrival, uint64_t place,
                    const v1::Item* item, v1::Signal& signal);

// Every string field, at every depth, is valid UTF-8; otherwise the name of the first that is not.
std::string FirstInvalidText(const google::protobuf::Message& message);

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_MERGE_H_
