// CaseSource: the source that a case's pipeline reads in place of its own: Items in the order of `input`, each arriving
// at its time. Time that passes without an Item is told by a record that is known already, which goes no further than
// its arrival.
#ifndef WIREWATCH_SCENARIO_CASE_SOURCE_H_
#define WIREWATCH_SCENARIO_CASE_SOURCE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "wirewatch/scenario/file_records.h"
#include "wirewatch/scenario/outcome.h"
#include "wirewatch/scenario/test_file.h"
#include "wirewatch/sdk/source.h"
#include "wirewatch/store/store.h"

namespace wirewatch::scenario {

// One position of the stream; the first has the number 1.
struct PlannedRecord {
  InputNumber input = 0;  // 0: only time passes
  absl::Time time;
  Record record;
};
std::vector<PlannedRecord> Plan(const Case& of, const FileRecords& files);

// Makes the record that only tells the time known, and the pipeline's time `start`. Before the pipeline starts.
absl::Status PrepareStore(const std::string& pipeline, absl::Time start, store::Store& store);

class CaseSource final : public Source {
 public:
  explicit CaseSource(std::vector<PlannedRecord> plan) : plan_(std::move(plan)) {}
  v1::SourcePromise promise() const override { return v1::SOURCE_PROMISE_REPLAYABLE; }
  absl::Status Open(std::string_view cursor) override;
  absl::StatusOr<Progress> Read(BatchBuilder& batch, absl::Duration budget) override;
  std::string Cursor() const override;

 private:
  const std::vector<PlannedRecord> plan_;
  size_t next_ = 0;
};

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_CASE_SOURCE_H_
