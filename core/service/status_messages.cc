#include "wirewatch/service/status_messages.h"

#include "wirewatch/alerts/times.h"
#include "wirewatch/sdk/build_id.h"

namespace wirewatch::service {
namespace {

using pipeline::ReloadedStep;

void SetLatency(v1::Latency* message, const pipeline::LatencySummary& latency) {
  message->set_count(latency.count);
  message->set_sum_s(absl::ToDoubleSeconds(latency.sum));
  message->set_p50_s(absl::ToDoubleSeconds(latency.p50));
  message->set_p99_s(absl::ToDoubleSeconds(latency.p99));
  message->set_max_s(absl::ToDoubleSeconds(latency.max));
}

bool IsDate(absl::Time time) { return time > absl::InfinitePast() && time < absl::InfiniteFuture(); }

void AddCounters(v1::StepStatus& message, const pipeline::NamedCounters& counters) {
  for (const auto& [name, count] : counters) {
    v1::NumberLabel* const label = message.add_counters();
    label->set_name(name);
    label->set_value(static_cast<double>(count));
  }
}

void AddSource(v1::PipelineStatus& message, const pipeline::SourceProgress& source) {
  v1::StepStatus& step = *message.add_steps();
  step.set_id(source.id);
  step.set_plugin(source.plugin);
  step.set_kind(v1::PLUGIN_KIND_SOURCE);
  step.set_items_in(source.records);
  step.set_items_out(source.records - source.rejected - source.too_large - source.duplicates);
  step.set_dropped(source.duplicates);
  step.set_failed(source.read_errors);
  step.set_quarantined(source.rejected + source.too_large);
  step.set_new_versions(source.new_versions);
  step.set_ended(source.ended);
  step.set_trouble(source.trouble);
  AddCounters(step, source.counters);
  message.set_duplicates(message.duplicates() + source.duplicates);
}

void AddAnalysis(v1::PipelineStatus& message, const pipeline::StepProgress& analysis) {
  v1::StepStatus& step = *message.add_steps();
  step.set_id(analysis.id);
  step.set_plugin(analysis.plugin);
  step.set_plugin_version(analysis.plugin_version);
  step.set_kind(analysis.kind);
  step.set_items_in(analysis.items_in);
  step.set_items_out(analysis.items_out);
  step.set_skipped(analysis.skipped);
  step.set_dropped(analysis.dropped);
  step.set_failed(analysis.failed);
  step.set_quarantined(analysis.quarantined);
  step.set_signals(analysis.signals);
  step.set_annotations_cut(analysis.annotations_cut);
  step.set_signals_cut(analysis.signals_cut);
  step.set_trouble(analysis.trouble);
  SetLatency(step.mutable_latency(), analysis.latency);
  AddCounters(step, analysis.counters);
}

void AddChannel(v1::PipelineStatus& message, const alerts::ChannelStats& channel) {
  v1::StepStatus& step = *message.add_steps();
  step.set_id(channel.id);
  step.set_kind(v1::PLUGIN_KIND_ALERT_CHANNEL);
  step.set_items_in(channel.delivered);
  step.set_items_out(channel.delivered);
  step.set_delivered_sequence(channel.position);
  step.set_dead_letters(channel.dead_letters);
  step.set_retries(channel.retries);
  step.set_missed(channel.missed);
  if (IsDate(channel.waiting_since)) alerts::SetTime(step.mutable_waiting_since(), channel.waiting_since);
  step.set_trouble(channel.trouble);
}

v1::ReloadChange ChangeOf(ReloadedStep::Change change) {
  switch (change) {
    case ReloadedStep::Change::kAdded:
      return v1::RELOAD_CHANGE_ADDED;
    case ReloadedStep::Change::kRemoved:
      return v1::RELOAD_CHANGE_REMOVED;
    case ReloadedStep::Change::kChanged:
      return v1::RELOAD_CHANGE_CHANGED;
    case ReloadedStep::Change::kKept:
      return v1::RELOAD_CHANGE_KEPT;
  }
  return v1::RELOAD_CHANGE_UNSPECIFIED;
}

}  // namespace

v1::GetHostResponse HostMessage(const pipeline::HostStatus& status) {
  v1::GetHostResponse message;
  message.set_version(kVersion);
  if (IsDate(status.started)) alerts::SetTime(message.mutable_started(), status.started);
  message.set_ready(status.ready);
  message.set_not_ready_reason(status.not_ready_reason);
  message.set_budget_used_bytes(status.budget_used);
  message.set_budget_limit_bytes(status.budget_limit);
  message.set_workers(static_cast<uint32_t>(status.workers));
  message.set_reloads(status.reloads);
  message.set_reloads_failed(status.reloads_failed);
  SetLatency(message.mutable_commit_latency(), status.commits.duration);
  message.set_commit_failures(status.commits.failures);
  message.set_store_bytes(status.commits.store_bytes);
  message.set_store_trouble(status.commits.trouble);
  return message;
}

v1::PipelineStatus PipelineMessage(const pipeline::Progress& progress) {
  v1::PipelineStatus message;
  message.set_name(progress.pipeline);
  message.set_file(progress.file);
  message.set_position(progress.position);
  message.set_committed_position(progress.committed_position);
  message.set_in_flight(progress.in_flight);
  if (IsDate(progress.arrival)) alerts::SetTime(message.mutable_arrival(), progress.arrival);
  const int64_t lag_ns = absl::ToInt64Nanoseconds(progress.lag);
  message.mutable_lag()->set_seconds(lag_ns / 1'000'000'000);
  message.mutable_lag()->set_nanos(static_cast<int32_t>(lag_ns % 1'000'000'000));
  message.set_open_alerts(progress.open_alerts);
  message.set_epochs(progress.epochs);
  message.set_items_in(progress.items_in);
  message.set_items_per_s(progress.items_per_s);
  message.set_archived(progress.archived);
  message.set_signals(progress.signals);
  message.set_signals_discarded(progress.signals_discarded);
  message.set_alerts_raised(progress.alerts_raised);
  message.set_alert_events(progress.alert_events);
  message.set_quarantined(progress.quarantined);
  message.set_ended(progress.ended);
  message.set_trouble(progress.trouble);
  for (const pipeline::SourceProgress& source : progress.sources) AddSource(message, source);
  for (const pipeline::StepProgress& step : progress.steps) AddAnalysis(message, step);
  for (const alerts::ChannelStats& channel : progress.channels) AddChannel(message, channel);
  return message;
}

v1::ReloadResponse ReloadMessage(const std::vector<ReloadedStep>& steps) {
  v1::ReloadResponse message;
  for (const ReloadedStep& reloaded : steps) {
    v1::ReloadedStep& step = *message.add_steps();
    step.set_pipeline(reloaded.pipeline);
    step.set_step(reloaded.step);
    step.set_change(ChangeOf(reloaded.change));
  }
  return message;
}

}  // namespace wirewatch::service
