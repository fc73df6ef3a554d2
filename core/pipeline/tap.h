// Taps: Items as they leave a step, for people who look. Sampled, and never slowing a pipeline down: what a reader does
// not take in time is skipped and counted. A reader goes on over reloads as long as its step is there, and waits for
// the step to come back when it is not.
#ifndef WIREWATCH_PIPELINE_TAP_H_
#define WIREWATCH_PIPELINE_TAP_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "wirewatch/sdk/field_values.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::pipeline {

struct TapOptions {
  std::string pipeline;
  std::string step;             // an analysis' id
  Condition when;               // only Items that satisfy it as they leave the step; empty: all
  double items_per_second = 0;  // at most; 0: 10
};

struct TappedItem {
  v1::Item item;
  uint64_t skipped = 0;  // that satisfied the condition since the one before and were not given
};

// Closes with the object. One thread.
class TapReader {
 public:
  virtual ~TapReader() = default;
  // Waits up to `timeout`; nullopt: nothing came.
  virtual std::optional<TappedItem> Next(absl::Duration timeout) = 0;
  // The host is going down: nothing more will come.
  virtual bool ended() const = 0;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_TAP_H_
