// Outcome: everything that a case made come out of its pipeline, and the shape in which expectations speak of it. Plain
// values.
#ifndef WIREWATCH_SCENARIO_OUTCOME_H_
#define WIREWATCH_SCENARIO_OUTCOME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/scenario/shape.h"
#include "wirewatch/scenario/value.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/v1/signal.pb.h"

namespace wirewatch::scenario {

// Which entry of the case's `input` something came from, counting from 1; 0: none, as with timers.
using InputNumber = size_t;

struct Outcome {
  struct Passed {
    InputNumber input = 0;
    v1::Item item;
  };
  struct Raised {
    InputNumber input = 0;
    absl::Time at;
    v1::Signal signal;
    std::optional<v1::Item> item;  // absent for a timer's
  };
  // An Item that a step dropped, failed on (`on_error: pass`), or that was set aside.
  struct Stopped {
    InputNumber input = 0;
    std::string step;
    std::string reason;  // of a drop; the class of a quarantined one
    std::string error;
    std::string origin;
    std::optional<v1::Item> item;
  };

  std::vector<Passed> items;           // that passed all analyses, in the stream's order
  std::vector<Raised> signals;         // likewise
  std::vector<v1::AlertEvent> events;  // of the journal, in order, up to the end of the case
  std::vector<v1::AlertEvent> later;   // that would come when the case went on
  std::vector<Stopped> dropped, quarantined, failed;
  std::vector<InputNumber> known;  // entries with an Item that was known already, with the same content
  std::string stops;               // why the pipeline ended early; empty: it did not
};

// As a table of items, signals, alerts, dropped, quarantined, failed, known and stops; times of Alerts count from
// `start`.
Value ToValue(const Outcome& outcome, absl::Time start);
// The shape of that table.
const Shape& OutcomeShape();

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_OUTCOME_H_
