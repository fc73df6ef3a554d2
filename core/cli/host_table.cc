#include "wirewatch/cli/host_table.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/cli/terminal.h"
#include "wirewatch/text/printable.h"

namespace wirewatch::cli {
namespace {

constexpr int kBar = 20;

// 1234567 as 1,234,567.
std::string Count(uint64_t count) {
  std::string digits = absl::StrCat(count);
  for (size_t end = digits.size(); end > 3; end -= 3) digits.insert(end - 3, ",");
  return digits;
}

std::string Bytes(uint64_t bytes) {
  const char* const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < std::size(units)) value /= 1024, ++unit;
  return absl::StrFormat("%.*f %s", unit == 0 || value >= 100 ? 0 : 1, value, units[unit]);
}

// Two digits that matter: 850ns, 33us, 2.6ms, 1.2s, 3m10s.
std::string Time(double seconds) {
  if (seconds >= 60) return absl::FormatDuration(absl::Trunc(absl::Seconds(seconds), absl::Seconds(1)));
  const std::pair<double, const char*> units[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}};
  for (const auto& [unit, name] : units) {
    const double value = seconds / unit;
    if (value >= 1) return absl::StrFormat("%.*f%s", value < 9.95 && unit > 1e-9 ? 1 : 0, value, name);
  }
  return "0";
}

std::string Rate(double rate) { return absl::StrFormat("%.*f", rate < 9.95 ? 1 : 0, rate); }

std::string Bar(uint64_t used, uint64_t limit) {
  const double share = limit == 0 ? 0 : std::min(1.0, static_cast<double>(used) / static_cast<double>(limit));
  const auto full = static_cast<size_t>(std::lround(share * kBar));
  return absl::StrCat("[", std::string(full, '#'), std::string(kBar - full, '.'), "]");
}

const char* KindWord(v1::PluginKind kind) {
  switch (kind) {
    case v1::PLUGIN_KIND_SOURCE:
      return "source";
    case v1::PLUGIN_KIND_STATEFUL_ANALYSIS:
      return "stateful";
    case v1::PLUGIN_KIND_ALERT_CHANNEL:
      return "channel";
    default:
      return "analysis";
  }
}

// Columns are as wide as their widest cell; the first two are flush left.
class Table {
 public:
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string Draw() const {
    std::vector<size_t> widths;
    for (const auto& row : rows_) {
      widths.resize(std::max(widths.size(), row.size()));
      for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string drawn;
    for (const auto& row : rows_) {
      std::string line = " ";
      for (size_t i = 0; i < row.size(); ++i) {
        const std::string gap(widths[i] - row[i].size(), ' ');
        absl::StrAppend(&line, i == 0 ? " " : "  ", i < 2 ? row[i] : gap, i < 2 ? gap : row[i]);
      }
      while (line.back() == ' ') line.pop_back();
      absl::StrAppend(&drawn, line, "\n");
    }
    return drawn;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

template <class Messages>
const typename Messages::value_type* Find(const Messages& messages, auto matches) {
  const auto found = std::find_if(messages.begin(), messages.end(), matches);
  return found == messages.end() ? nullptr : &*found;
}

// What was counted between two samples; a counter that a reload began anew counts from 0.
uint64_t Since(uint64_t before, uint64_t now) { return now >= before ? now - before : now; }
double Since(double before, double now) { return now >= before ? now - before : now; }

// One pipeline in two samples.
class PipelineTable {
 public:
  PipelineTable(const v1::PipelineStatus* before, const v1::PipelineStatus& now, absl::Duration between, absl::Time at)
      : before_(before), now_(now), seconds_(absl::ToDoubleSeconds(between)), at_(at) {
    for (const v1::StepStatus& step : now.steps()) time_ += TimeSpent(step);
  }

  std::string Draw() const {
    Table table;
    table.Add({"STEP", "KIND", "IN", "/S", "OUT", "FAILED", "DROPPED", "P50", "P99", "TIME"});
    for (const v1::StepStatus& step : now_.steps()) table.Add(Row(step));
    std::string drawn = absl::StrCat(Head(), table.Draw());
    const auto trouble = [&drawn](const std::string& who, const std::string& what) {
      if (!what.empty()) absl::StrAppend(&drawn, "  ! ", who, text::Printable(what), "\n");
    };
    trouble("", now_.trouble());
    for (const v1::StepStatus& step : now_.steps()) trouble(absl::StrCat(step.id(), ": "), Notes(step));
    return drawn;
  }

 private:
  std::string Head() const {
    const double lag_s = static_cast<double>(now_.lag().seconds()) + now_.lag().nanos() * 1e-9;
    return absl::StrCat(now_.name(), now_.ended() ? " (ended)" : "", ": position ", Count(now_.position()), ", ",
                        Rate(now_.items_per_s()), " Items/s, lag ", Time(lag_s), ", ", Count(now_.in_flight()),
                        " in flight, ", Count(now_.epochs()), " epochs, ", Count(now_.open_alerts()), " open alerts",
                        now_.quarantined() > 0 ? absl::StrCat(", ", Count(now_.quarantined()), " quarantined") : "",
                        "\n");
  }

  const v1::StepStatus* Before(const v1::StepStatus& step) const {
    if (before_ == nullptr) return nullptr;
    return Find(before_->steps(), [&step](const v1::StepStatus& other) {
      return other.id() == step.id() && other.kind() == step.kind();
    });
  }
  double TimeSpent(const v1::StepStatus& step) const {
    const v1::StepStatus* const before = Before(step);
    return Since(before == nullptr ? 0.0 : before->latency().sum_s(), step.latency().sum_s());
  }

  std::vector<std::string> Row(const v1::StepStatus& step) const {
    const v1::StepStatus* const before = Before(step);
    const uint64_t items = Since(before == nullptr ? uint64_t{0} : before->items_in(), step.items_in());
    std::vector<std::string> row = {step.id(),
                                    KindWord(step.kind()),
                                    Count(step.items_in()),
                                    Rate(seconds_ > 0 ? static_cast<double>(items) / seconds_ : 0),
                                    Count(step.items_out()),
                                    Count(step.failed()),
                                    Count(step.dropped())};
    if (step.latency().count() > 0) {
      row.push_back(Time(step.latency().p50_s()));
      row.push_back(Time(step.latency().p99_s()));
      row.push_back(absl::StrFormat("%.0f%%", time_ > 0 ? 100 * TimeSpent(step) / time_ : 0));
    }
    return row;
  }

  // What deserves a look.
  std::string Notes(const v1::StepStatus& step) const {
    std::vector<std::string> notes;
    const auto note = [&notes](uint64_t count, const char* what) {
      if (count > 0) notes.push_back(absl::StrCat(Count(count), " ", what));
    };
    if (!step.trouble().empty()) notes.push_back(step.trouble());
    if (step.kind() == v1::PLUGIN_KIND_SOURCE) note(step.quarantined(), "quarantined");
    note(step.dead_letters(), "dead letters");
    note(step.missed(), "missed");
    if (step.has_waiting_since()) {
      const absl::Duration age = std::max(at_ - alerts::GetTime(step.waiting_since()), absl::ZeroDuration());
      if (!step.trouble().empty()) {
        notes.push_back(absl::StrCat("events wait for ", absl::FormatDuration(absl::Trunc(age, absl::Seconds(1)))));
      }
    }
    return absl::StrJoin(notes, "; ");
  }

  const v1::PipelineStatus* const before_;
  const v1::PipelineStatus& now_;
  const double seconds_;
  const absl::Time at_;
  double time_ = 0;  // of all steps
};

std::string HostLines(const HostSample& now) {
  const v1::GetHostResponse& host = now.host;
  const absl::Duration up = now.at - alerts::GetTime(host.started());
  std::string drawn =
      absl::StrCat("wirewatch ", host.version(), ", up ", absl::FormatDuration(absl::Trunc(up, absl::Seconds(1))), ", ",
                   host.workers(), " workers, store ", Bytes(host.store_bytes()), ", commit p50 ",
                   Time(host.commit_latency().p50_s()), " p99 ", Time(host.commit_latency().p99_s()),
                   host.reloads() > 0 ? absl::StrCat(", reloads ", host.reloads()) : "",
                   host.reloads_failed() > 0 ? absl::StrCat(", failed reloads ", host.reloads_failed()) : "",
                   "\nbudget ", Bar(host.budget_used_bytes(), host.budget_limit_bytes()), " ",
                   Bytes(host.budget_used_bytes()), " of ", Bytes(host.budget_limit_bytes()), "\n");
  if (!host.ready()) absl::StrAppend(&drawn, "NOT READY: ", text::Printable(host.not_ready_reason()), "\n");
  return drawn;
}

}  // namespace

std::string DrawHost(const HostSample& before, const HostSample& now, int columns) {
  std::string drawn = HostLines(now);
  const bool same = before.at == now.at;
  const absl::Duration between = now.at - (same ? alerts::GetTime(now.host.started()) : before.at);
  for (const v1::PipelineStatus& pipeline : now.pipelines.pipelines()) {
    const v1::PipelineStatus* const earlier =
        same ? nullptr : Find(before.pipelines.pipelines(), [&pipeline](const v1::PipelineStatus& other) {
          return other.name() == pipeline.name();
        });
    absl::StrAppend(&drawn, "\n", PipelineTable(earlier, pipeline, between, now.at).Draw());
  }
  std::string cut;
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(drawn, '\n', absl::AllowEmpty()))) {
    absl::StrAppend(&cut, CutToColumns(line, columns), "\n");
  }
  cut.pop_back();
  return cut;
}

}  // namespace wirewatch::cli
