// What became of a test file: its cases with everything that was not as expected. Plain values.
#ifndef WIREWATCH_SCENARIO_RESULT_H_
#define WIREWATCH_SCENARIO_RESULT_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/scenario/match.h"
#include "wirewatch/scenario/outcome.h"
#include "wirewatch/scenario/test_file.h"
#include "wirewatch/sdk/node.h"

namespace wirewatch::scenario {

struct CaseResult {
  enum class Status { kPassed, kFailed, kSkipped };

  std::string name;
  SourceLocation at;
  Status status = Status::kPassed;
  std::vector<Mismatch> mismatches;
  std::vector<DifferenceLine> lines;  // of the expectations that do not hold
  std::string golden_difference;      // unified
  std::vector<std::string> notes;     // what may help
  std::string skipped;                // why
  absl::Duration took;                // wall time
};

struct FileResult {
  std::string path;
  std::vector<CaseResult> cases;
};

// Compares; the golden file is read. With `update` it is written when it differs, and then holds. A golden file that
// cannot be read or written is a mismatch.
CaseResult Judge(const Case& of, const Outcome& outcome, bool update);

// Everything that came out, as a golden file holds it.
std::string GoldenText(const Case& of, const Outcome& outcome);

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_RESULT_H_
