#include "wirewatch/service/metrics.h"

#include <algorithm>
#include <string_view>

#include "wirewatch/sdk/build_id.h"
#include "wirewatch/service/exposition.h"

namespace wirewatch::service {
namespace {

using alerts::ChannelStats;
using pipeline::Progress;
using pipeline::SourceProgress;
using pipeline::StepProgress;

template <class T>
struct Metric {
  const char* name;
  const char* type;
  const char* help;
  double (*value)(const T&);
};

double Number(uint64_t count) { return static_cast<double>(count); }
double Flag(bool set) { return set ? 1 : 0; }

constexpr Metric<MetricsInput> kHostMetrics[] = {
    {"wirewatch_ready", "gauge", "1 while the host takes in Items; /readyz says why not.",
     [](const MetricsInput& in) { return Flag(in.status.ready); }},
    {"wirewatch_workers", "gauge", "Worker threads of each pipeline.",
     [](const MetricsInput& in) { return static_cast<double>(in.status.workers); }},
    {"wirewatch_budget_used_bytes", "gauge", "Bytes of the budget that Items in flight use.",
     [](const MetricsInput& in) { return Number(in.status.budget_used); }},
    {"wirewatch_budget_limit_bytes", "gauge", "The byte budget; sources are not read while it is used up.",
     [](const MetricsInput& in) { return Number(in.status.budget_limit); }},
    {"wirewatch_reloads_total", "counter", "Reloads that took over.",
     [](const MetricsInput& in) { return Number(in.status.reloads); }},
    {"wirewatch_reload_failures_total", "counter", "Reloads that failed, and changed nothing.",
     [](const MetricsInput& in) { return Number(in.status.reloads_failed); }},
    {"wirewatch_commit_failures_total", "counter", "Commits that failed; they are tried again.",
     [](const MetricsInput& in) { return Number(in.status.commits.failures); }},
    {"wirewatch_store_bytes", "gauge", "Bytes of the store's files.",
     [](const MetricsInput& in) { return Number(in.status.commits.store_bytes); }},
    {"wirewatch_store_trouble", "gauge", "1 while the store cannot commit.",
     [](const MetricsInput& in) { return Flag(!in.status.commits.trouble.empty()); }},
};

constexpr Metric<Progress> kPipelineMetrics[] = {
    {"wirewatch_pipeline_records_total", "counter", "Records read from the sources.",
     [](const Progress& p) { return Number(p.items_in); }},
    {"wirewatch_pipeline_archived_items_total", "counter", "Items committed to the archive.",
     [](const Progress& p) { return Number(p.archived); }},
    {"wirewatch_pipeline_in_flight_items", "gauge", "Items that have a position and are not committed.",
     [](const Progress& p) { return Number(p.in_flight); }},
    {"wirewatch_pipeline_position", "gauge", "The last position given.",
     [](const Progress& p) { return Number(p.position); }},
    {"wirewatch_pipeline_committed_position", "gauge", "The last position committed.",
     [](const Progress& p) { return Number(p.committed_position); }},
    {"wirewatch_pipeline_arrival_timestamp_seconds", "gauge",
     "The pipeline's time, as of the last commit; 0 before the first one.",
     [](const Progress& p) {
       return p.arrival > absl::UnixEpoch() ? absl::ToDoubleSeconds(p.arrival - absl::UnixEpoch()) : 0;
     }},
    {"wirewatch_pipeline_lag_seconds", "gauge", "From position to commit, of the oldest Item of the last commit.",
     [](const Progress& p) { return absl::ToDoubleSeconds(p.lag); }},
    {"wirewatch_pipeline_epochs_total", "counter", "Epochs committed.",
     [](const Progress& p) { return Number(p.epochs); }},
    {"wirewatch_pipeline_signals_total", "counter", "Signals raised.",
     [](const Progress& p) { return Number(p.signals); }},
    {"wirewatch_pipeline_discarded_signals_total", "counter",
     "Signals of Items that a later step dropped or failed on.",
     [](const Progress& p) { return Number(p.signals_discarded); }},
    {"wirewatch_pipeline_alerts_raised_total", "counter", "Alerts raised.",
     [](const Progress& p) { return Number(p.alerts_raised); }},
    {"wirewatch_pipeline_alert_events_total", "counter", "Events committed to the journal.",
     [](const Progress& p) { return Number(p.alert_events); }},
    {"wirewatch_pipeline_open_alerts", "gauge", "Alerts that are open.",
     [](const Progress& p) { return Number(p.open_alerts); }},
    {"wirewatch_pipeline_embargoed_items", "gauge", "Items that wait for the end of their embargo.",
     [](const Progress& p) { return Number(p.under_embargo); }},
    {"wirewatch_pipeline_embargoes_crowded_out_total", "counter",
     "Items under embargo that raise nothing because there were too many.",
     [](const Progress& p) { return Number(p.embargoes_crowded_out); }},
    {"wirewatch_pipeline_quarantined_total", "counter", "Items and records set aside.",
     [](const Progress& p) { return Number(p.quarantined); }},
    {"wirewatch_pipeline_ended", "gauge", "1 once all sources have ended and everything is committed.",
     [](const Progress& p) { return Flag(p.ended); }},
    {"wirewatch_pipeline_trouble", "gauge", "1 while the pipeline cannot go on.",
     [](const Progress& p) { return Flag(!p.trouble.empty()); }},
};

constexpr Metric<SourceProgress> kSourceMetrics[] = {
    {"wirewatch_source_records_total", "counter", "Records read, rejected ones among them.",
     [](const SourceProgress& s) { return Number(s.records); }},
    {"wirewatch_source_rejected_total", "counter", "Records that could not become an Item; they are in the quarantine.",
     [](const SourceProgress& s) { return Number(s.rejected); }},
    {"wirewatch_source_too_large_total", "counter",
     "Items larger than a quarter of the budget; they are in the quarantine.",
     [](const SourceProgress& s) { return Number(s.too_large); }},
    {"wirewatch_source_duplicates_total", "counter", "Items that were known with the same content.",
     [](const SourceProgress& s) { return Number(s.duplicates); }},
    {"wirewatch_source_new_versions_total", "counter", "Items that were known with other content.",
     [](const SourceProgress& s) { return Number(s.new_versions); }},
    {"wirewatch_source_flagged_dates_total", "counter", "Items with a publication date that cannot be.",
     [](const SourceProgress& s) { return Number(s.dates_flagged); }},
    {"wirewatch_source_read_errors_total", "counter", "Reads that failed; they are tried again.",
     [](const SourceProgress& s) { return Number(s.read_errors); }},
    {"wirewatch_source_ended", "gauge", "1 once there is no more to read.",
     [](const SourceProgress& s) { return Flag(s.ended); }},
    {"wirewatch_source_trouble", "gauge", "1 while the source cannot be read.",
     [](const SourceProgress& s) { return Flag(!s.trouble.empty()); }},
};

constexpr Metric<StepProgress> kStepMetrics[] = {
    {"wirewatch_step_items_in_total", "counter", "Items given to the analysis.",
     [](const StepProgress& s) { return Number(s.items_in); }},
    {"wirewatch_step_items_out_total", "counter", "Items that went on from it.",
     [](const StepProgress& s) { return Number(s.items_out); }},
    {"wirewatch_step_skipped_total", "counter", "Items that its `when` let pass by.",
     [](const StepProgress& s) { return Number(s.skipped); }},
    {"wirewatch_step_dropped_total", "counter", "Items that it dropped.",
     [](const StepProgress& s) { return Number(s.dropped); }},
    {"wirewatch_step_failed_total", "counter", "Items that it failed on.",
     [](const StepProgress& s) { return Number(s.failed); }},
    {"wirewatch_step_quarantined_total", "counter", "Items of those that went to the quarantine.",
     [](const StepProgress& s) { return Number(s.quarantined); }},
    {"wirewatch_step_signals_total", "counter", "Signals that it raised.",
     [](const StepProgress& s) { return Number(s.signals); }},
    {"wirewatch_step_cut_annotations_total", "counter", "Annotations left out at the cap (annotations_per_step).",
     [](const StepProgress& s) { return Number(s.annotations_cut); }},
    {"wirewatch_step_cut_signals_total", "counter", "Signals left out at the cap.",
     [](const StepProgress& s) { return Number(s.signals_cut); }},
    {"wirewatch_step_timers_total", "counter", "Timers that fired.",
     [](const StepProgress& s) { return Number(s.timers); }},
};

constexpr Metric<ChannelStats> kChannelMetrics[] = {
    {"wirewatch_channel_delivered_total", "counter", "Events taken.",
     [](const ChannelStats& c) { return Number(c.delivered); }},
    {"wirewatch_channel_retries_total", "counter", "Attempts beyond an event's first.",
     [](const ChannelStats& c) { return Number(c.retries); }},
    {"wirewatch_channel_dead_letters_total", "counter", "Events given up after the last attempt.",
     [](const ChannelStats& c) { return Number(c.dead_letters); }},
    {"wirewatch_channel_missed_total", "counter", "Events that retention removed before the channel took them.",
     [](const ChannelStats& c) { return Number(c.missed); }},
    {"wirewatch_channel_position", "gauge", "The last sequence number of the journal that is done with.",
     [](const ChannelStats& c) { return Number(c.position); }},
    {"wirewatch_channel_trouble", "gauge", "1 while the channel does not take events.",
     [](const ChannelStats& c) { return Flag(!c.trouble.empty()); }},
};

// Of channels that are a recipient's.
constexpr Metric<ChannelStats> kRecipientMetrics[] = {
    {"wirewatch_recipient_held_total", "counter", "Events held for a digest.",
     [](const ChannelStats& c) { return Number(c.held); }},
    {"wirewatch_recipient_capped_total", "counter", "Events of those that were held because of the cap.",
     [](const ChannelStats& c) { return Number(c.capped); }},
    {"wirewatch_recipient_inhibited_total", "counter",
     "Events of those that were held because a graver Alert was open.",
     [](const ChannelStats& c) { return Number(c.inhibited); }},
    {"wirewatch_recipient_digests_total", "counter", "Digests taken.",
     [](const ChannelStats& c) { return Number(c.digests); }},
    {"wirewatch_recipient_holding_alerts", "gauge", "Alerts that wait for a digest.",
     [](const ChannelStats& c) { return Number(c.holding); }},
};

constexpr Metric<ProcessUsage> kProcessMetrics[] = {
    {"process_cpu_seconds_total", "counter", "User and system time of the process.",
     [](const ProcessUsage& p) { return p.cpu_s; }},
    {"process_resident_memory_bytes", "gauge", "Resident memory of the process.",
     [](const ProcessUsage& p) { return Number(p.resident_bytes); }},
    {"process_virtual_memory_bytes", "gauge", "Virtual memory of the process.",
     [](const ProcessUsage& p) { return Number(p.virtual_bytes); }},
    {"process_open_fds", "gauge", "Open file descriptors.", [](const ProcessUsage& p) { return Number(p.open_files); }},
    {"process_max_fds", "gauge", "Most file descriptors that may be open.",
     [](const ProcessUsage& p) { return Number(p.most_files); }},
    {"process_start_time_seconds", "gauge", "When the process started, in seconds since 1970.",
     [](const ProcessUsage& p) { return p.started; }},
};

template <class T, size_t N>
void WriteOne(Exposition& out, const Metric<T> (&metrics)[N], const T& values) {
  for (const Metric<T>& metric : metrics) {
    out.Family(metric.name, metric.type, metric.help);
    out.Sample({}, metric.value(values));
  }
}

// One sample for each element of `member`, of all pipelines.
template <class T, size_t N, class LabelsOf>
void WriteEach(Exposition& out, const Metric<T> (&metrics)[N], const std::vector<Progress>& pipelines,
               std::vector<T> Progress::*member, LabelsOf labels) {
  for (const Metric<T>& metric : metrics) {
    out.Family(metric.name, metric.type, metric.help);
    for (const Progress& pipeline : pipelines) {
      for (const T& element : pipeline.*member) out.Sample(labels(pipeline, element), metric.value(element));
    }
  }
}

Labels SourceLabels(const Progress& pipeline, const SourceProgress& source) {
  return {{"pipeline", pipeline.pipeline}, {"source", source.id}, {"plugin", source.plugin}};
}
Labels StepLabels(const Progress& pipeline, const StepProgress& step) {
  return {{"pipeline", pipeline.pipeline}, {"step", step.id}, {"plugin", step.plugin}};
}
Labels ChannelLabels(const Progress& pipeline, const ChannelStats& channel) {
  return {{"pipeline", pipeline.pipeline}, {"channel", channel.id}};
}
Labels RecipientLabels(const Progress& pipeline, const ChannelStats& channel) {
  return {{"pipeline", pipeline.pipeline}, {"recipient", channel.recipient}, {"channel", channel.id}};
}

void WriteHost(Exposition& out, const MetricsInput& input) {
  out.Family("wirewatch_build_info", "gauge", "Always 1; the version is a label.");
  out.Sample({{"version", kVersion}}, 1);
  WriteOne(out, kHostMetrics, input);
  out.Family("wirewatch_commit_duration_seconds", "histogram", "Time per commit of epochs, all pipelines together.");
  out.Histogram({}, input.status.commits.duration);
}

void WritePipelines(Exposition& out, const std::vector<Progress>& pipelines) {
  for (const Metric<Progress>& metric : kPipelineMetrics) {
    out.Family(metric.name, metric.type, metric.help);
    for (const Progress& pipeline : pipelines) out.Sample({{"pipeline", pipeline.pipeline}}, metric.value(pipeline));
  }
}

void WriteSteps(Exposition& out, const std::vector<Progress>& pipelines) {
  WriteEach(out, kStepMetrics, pipelines, &Progress::steps, StepLabels);
  out.Family("wirewatch_step_duration_seconds", "histogram", "Time that the analysis took per Item.");
  for (const Progress& pipeline : pipelines) {
    for (const StepProgress& step : pipeline.steps) out.Histogram(StepLabels(pipeline, step), step.latency);
  }
  out.Family("wirewatch_plugin_count_total", "counter", "What a plugin counts by itself; its page names each `name`.");
  // A source and an analysis may have the same id.
  const auto write = [&out](const Progress& pipeline, std::string_view kind, const auto& step) {
    for (const auto& [name, count] : step.counters) {
      const Labels labels = {
          {"pipeline", pipeline.pipeline}, {"kind", kind}, {"step", step.id}, {"plugin", step.plugin}, {"name", name}};
      out.Sample(labels, Number(count));
    }
  };
  for (const Progress& pipeline : pipelines) {
    for (const SourceProgress& source : pipeline.sources) write(pipeline, "source", source);
    for (const StepProgress& step : pipeline.steps) write(pipeline, "analysis", step);
  }
}

void WriteChannels(Exposition& out, const std::vector<Progress>& pipelines, absl::Time now) {
  WriteEach(out, kChannelMetrics, pipelines, &Progress::channels, ChannelLabels);
  for (const Metric<ChannelStats>& metric : kRecipientMetrics) {
    out.Family(metric.name, metric.type, metric.help);
    for (const Progress& pipeline : pipelines) {
      for (const ChannelStats& channel : pipeline.channels) {
        if (!channel.recipient.empty()) out.Sample(RecipientLabels(pipeline, channel), metric.value(channel));
      }
    }
  }
  out.Family("wirewatch_channel_outbox_age_seconds", "gauge",
             "How long ago the oldest event was written that the channel has not taken; 0: none waits.");
  for (const Progress& pipeline : pipelines) {
    for (const ChannelStats& channel : pipeline.channels) {
      const absl::Duration age = std::max(now - channel.waiting_since, absl::ZeroDuration());
      out.Sample(ChannelLabels(pipeline, channel), absl::ToDoubleSeconds(age));
    }
  }
}

}  // namespace

std::string MetricsPage(const MetricsInput& input) {
  Exposition out;
  WriteHost(out, input);
  WritePipelines(out, input.pipelines);
  WriteEach(out, kSourceMetrics, input.pipelines, &Progress::sources, SourceLabels);
  WriteSteps(out, input.pipelines);
  WriteChannels(out, input.pipelines, input.now);
  WriteOne(out, kProcessMetrics, input.process);
  return out.text();
}

}  // namespace wirewatch::service
