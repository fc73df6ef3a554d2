// Condition: one compiled query of the watch language, for `when:`, filters and searches. Immutable; Evaluate() may be
// called by any thread.
#ifndef WIREWATCH_WATCH_CONDITION_H_
#define WIREWATCH_WATCH_CONDITION_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "wirewatch/v1/watch.pb.h"
#include "wirewatch/watch/view.h"

namespace wirewatch::watch {

class Condition {
 public:
  ~Condition();
  // InvalidArgument with `line:column: what is wrong; write …` for a query that cannot be read.
  static absl::StatusOr<std::shared_ptr<const Condition>> Compile(std::string_view query);

  v1::Truth Evaluate(const View& view) const;
  // Annotations that the query reads, e.g. "language".
  std::vector<std::string> Needs() const;

 private:
  struct Rep;
  explicit Condition(std::unique_ptr<const Rep> rep);
  std::unique_ptr<const Rep> rep_;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_CONDITION_H_
