// Counts Items by outlet over windows of the pipeline's time, with everything it knows in State: values that grow, keys
// that come and go, and a timer that must go off once for each window whatever happens to the process. The counts are
// written as text; version 2 of the state writes them with a mark in front.
#ifndef WIREWATCH_TESTS_FAULT_RUNNING_COUNT_H_
#define WIREWATCH_TESTS_FAULT_RUNNING_COUNT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {

struct RunningCountOptions {
  absl::Duration window = absl::Minutes(30);
  uint64_t busy = 12;
};

inline std::vector<FieldOf<RunningCountOptions>> RunningCountFields() {
  using O = RunningCountOptions;
  return {Field("window", &O::window, "Length of a window."),
          Field("busy", &O::busy, "So many Items of an outlet in a window raise a Signal.")};
}

class RunningCount : public StatefulAnalysis {
 public:
  using Options = RunningCountOptions;
  // `mark` stands in front of every count.
  RunningCount(Options options, std::string mark) : options_(options), mark_(std::move(mark)) {}

  absl::Status Restore(uint32_t, State& state) override {
    const absl::StatusOr<uint64_t> end = Read(state, "window_end");
    if (!end.ok()) return end.status();
    if (*end > 0) window_end_ = absl::FromUnixMicros(static_cast<int64_t>(*end));
    return absl::OkStatus();
  }

  absl::Status Analyze(const Document& document, Findings&, State& state) override {
    absl::Status done = Increase(state, absl::StrCat("total/", document.item().outlet().domain()));
    if (done.ok()) done = Increase(state, absl::StrCat("window/", document.item().outlet().domain()));
    if (done.ok() && window_end_ == absl::InfiniteFuture()) done = EndWindowAt(document.arrival(), state);
    return done;
  }

  absl::Time NextTimer() const override { return window_end_; }

  absl::Status OnTimer(absl::Time due, Findings& findings, State& state) override {
    std::vector<std::pair<std::string, uint64_t>> counts;
    absl::Status done = state.Scan("window/", [&](std::string_view key, std::string_view value) {
      counts.emplace_back(key.substr(std::string_view("window/").size()), Number(value));
      return true;
    });
    for (const auto& [outlet, count] : counts) {
      if (done.ok()) done = Judge(outlet, count, findings, state);
      if (done.ok()) done = state.Delete(absl::StrCat("window/", outlet));
    }
    return done.ok() ? EndWindowAt(due, state) : done;
  }

 protected:
  uint64_t Number(std::string_view value) const {
    uint64_t number = 0;
    if (!value.starts_with(mark_)) return 0;
    return absl::SimpleAtoi(std::string(value.substr(mark_.size())), &number) ? number : 0;
  }

 private:
  absl::StatusOr<uint64_t> Read(State& state, std::string_view key) const {
    const absl::StatusOr<std::optional<std::string>> value = state.Get(key);
    if (!value.ok()) return value.status();
    return *value ? Number(**value) : 0;
  }

  absl::Status Increase(State& state, const std::string& key) const {
    const absl::StatusOr<uint64_t> count = Read(state, key);
    if (!count.ok()) return count.status();
    return state.Put(key, absl::StrCat(mark_, *count + 1));
  }

  absl::Status EndWindowAt(absl::Time begin, State& state) {
    window_end_ = begin + options_.window;
    return state.Put("window_end", absl::StrCat(mark_, absl::ToUnixMicros(window_end_)));
  }

  // A condition: raised when an outlet becomes busy, ended when it no longer is.
  absl::Status Judge(const std::string& outlet, uint64_t count, Findings& findings, State& state) const {
    const std::string key = absl::StrCat("busy/", outlet);
    const absl::StatusOr<uint64_t> was = Read(state, key);
    if (!was.ok()) return was.status();
    const bool busy = count >= options_.busy;
    if (busy == (*was > 0)) return absl::OkStatus();
    v1::Signal& signal = findings.AddSignal();
    signal.set_kind(v1::SIGNAL_KIND_BURST);
    signal.set_phase(busy ? v1::SIGNAL_PHASE_RAISED : v1::SIGNAL_PHASE_ENDED);
    signal.set_severity(v1::SEVERITY_LOW);
    signal.set_subject(outlet);
    signal.set_title(absl::StrCat(outlet, ": ", count, " Items"));
    return busy ? state.Put(key, absl::StrCat(mark_, count)) : state.Delete(key);
  }

  const Options options_;
  const std::string mark_;
  absl::Time window_end_ = absl::InfiniteFuture();
};

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_TESTS_FAULT_RUNNING_COUNT_H_
