#include "wirewatch/alerts/delivery.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "wirewatch/alerts/channel_worker.h"

namespace wirewatch::alerts {

Delivery::Delivery(store::Store& store) : store_(store) {}

Delivery::~Delivery() { Stop(); }

void Delivery::Add(std::unique_ptr<AlertChannel> channel, ChannelOptions options) {
  workers_.push_back(std::make_unique<ChannelWorker>(store_, std::move(channel), std::move(options)));
}

absl::Status Delivery::Prepare() {
  for (const auto& worker : workers_) {
    if (absl::Status prepared = worker->Prepare(); !prepared.ok()) return prepared;
  }
  return absl::OkStatus();
}

void Delivery::Start() {
  for (const auto& worker : workers_) worker->Start();
}

void Delivery::Notify() {
  for (const auto& worker : workers_) worker->Notify();
}

absl::Status Delivery::FlushAndStop(absl::Duration patience) {
  const absl::Time deadline = absl::Now() + patience;
  for (const auto& worker : workers_) {
    worker->Notify();
    worker->Drain(deadline);
  }
  std::vector<std::string> left;
  for (const auto& worker : workers_) {
    worker->Join();
    const ChannelStats stats = worker->Stats();
    if (!worker->drained()) left.push_back(absl::StrCat(worker->name(), " (", stats.trouble, ")"));
  }
  if (left.empty()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("not everything was delivered in ", absl::FormatDuration(patience), " by ",
                                             absl::StrJoin(left, ", "),
                                             "; the rest stays in the journal for the next run"));
}

void Delivery::Stop() {
  for (const auto& worker : workers_) worker->Stop();
  for (const auto& worker : workers_) worker->Join();
}

std::vector<ChannelStats> Delivery::Stats() const {
  std::vector<ChannelStats> stats;
  for (const auto& worker : workers_) stats.push_back(worker->Stats());
  return stats;
}

}  // namespace wirewatch::alerts
