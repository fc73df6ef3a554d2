// Random histories for grouper_model_test.cc.
#ifndef WIREWATCH_ALERTS_GROUPER_HISTORY_FIXTURE_H_
#define WIREWATCH_ALERTS_GROUPER_HISTORY_FIXTURE_H_

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/grouper_model_values_fixture.h"

namespace wirewatch::alerts {

// One thing that happens; the same to both.
struct Step {
  enum class Kind {
    kItem,
    kVersion,
    kKill,
    kCorrection,
    kCondition,
    kAdvance,
    kRestart,
    kReload,
    kAcknowledge,
    kDismiss,
    kAssign,
    kResolve,
    kSilence,
    kEndSilence
  };
  Kind kind = Kind::kAdvance;
  int64_t after = 0;  // seconds since the step before
  int which = 0;      // an Item, subject, Alert or silence, counted from the first
  int watch = 0, story = 0, severity = 3, origin = 0, sentence = 0;
  bool flag = false;          // hits again; holds
  int64_t embargo = 0;        // seconds from then
  ModelOptions options = {};  // of a reload
  std::string ToString() const {
    static constexpr const char* kNames[] = {"item",    "version", "kill",    "correction", "condition",
                                             "advance", "restart", "reload",  "ack",        "dismiss",
                                             "assign",  "resolve", "silence", "unsilence"};
    return absl::StrCat("+", after, " ", kNames[static_cast<int>(kind)], " which=", which, " watch=", watch,
                        " story=", story, " severity=", severity, " origin=", origin, " sentence=", sentence,
                        " flag=", flag, " embargo=", embargo, kind == Kind::kReload ? " " : "",
                        kind == Kind::kReload ? options.ToString() : "");
  }
};

struct History {
  ModelOptions options;
  std::vector<Step> steps;
};

inline History MakeHistory(uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&random](int n) { return static_cast<int>(random() % static_cast<uint64_t>(n)); };
  const auto one_of = [&](std::initializer_list<int64_t> values) {
    return values.begin()[below(static_cast<int>(values.size()))];
  };
  History history;
  const auto make_options = [&] {
    ModelOptions options;
    options.wait = one_of({0, 30, 600});
    options.interval = one_of({0, 300, 3600});
    options.repeat = one_of({0, 600, 7200});
    options.close_after = one_of({3600, 86'400});
    options.escalate_after = one_of({0, 0, 600});
    options.least_origins = static_cast<int>(one_of({1, 1, 1, 2}));
    options.on_update = static_cast<ModelOptions::Update>(below(3));
    return options;
  };
  history.options = make_options();
  const int length = 5 + below(60);
  for (int i = 0; i < length; ++i) {
    Step step;
    const int draw = below(100);
    using Kind = Step::Kind;
    step.kind = draw < 30   ? Kind::kItem
                : draw < 42 ? Kind::kVersion
                : draw < 46 ? Kind::kKill
                : draw < 50 ? Kind::kCorrection
                : draw < 60 ? Kind::kCondition
                : draw < 70 ? Kind::kAdvance
                : draw < 73 ? Kind::kRestart
                : draw < 75 ? Kind::kReload
                : draw < 81 ? Kind::kAcknowledge
                : draw < 85 ? Kind::kDismiss
                : draw < 88 ? Kind::kAssign
                : draw < 90 ? Kind::kResolve
                : draw < 96 ? Kind::kSilence
                            : Kind::kEndSilence;
    // The clock stands still, goes, and jumps.
    step.after = one_of({0, 0, 1, 10, 30, 31, 299, 301, 600, 3600, 90'000, i == length / 2 ? 40 * 86'400 : 5});
    step.which = below(6);
    step.watch = below(2);
    step.story = below(2);
    step.severity = static_cast<int>(one_of({2, 3, 3, 4, 5}));
    step.origin = below(4);
    step.sentence = below(2);
    step.flag = below(3) > 0;
    if (step.kind == Kind::kReload) step.options = make_options();
    step.embargo = one_of({0, 0, 0, 0, 0, 30, 600, 90'000});
    history.steps.push_back(step);
  }
  return history;
}

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_GROUPER_HISTORY_FIXTURE_H_
