#include "wirewatch/scenario/case_source.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/pipeline/identity.h"

namespace wirewatch::scenario {
namespace {

// Nothing that a person would write has this id.
v1::Item Tick() {
  v1::Item tick;
  tick.mutable_outlet()->set_name("wirewatch test");
  v1::AlternateId& id = *tick.add_alt_ids();
  id.set_role("publisher");
  id.set_value("$tick");
  return tick;
}

}  // namespace

std::vector<PlannedRecord> Plan(const Case& of, const FileRecords& files) {
  std::vector<PlannedRecord> plan;
  const auto pass_time = [&plan](absl::Time until) { plan.push_back({0, until, {Tick(), "", {}, ""}}); };
  for (size_t i = 0; i < of.inputs.size(); ++i) {
    const Input& input = of.inputs[i];
    if (input.item) plan.push_back({i + 1, input.time, {*input.item, "", {}, ""}});
    if (!input.file) continue;
    for (const Record& record : files.at(FileInput{input.source, *input.file, input.at}.key())) {
      // A rejected record has no time of its own.
      if (!record.rejected.ok()) pass_time(input.time);
      plan.push_back({i + 1, input.time, record});
    }
  }
  if (of.ends_in_time()) pass_time(of.end());
  return plan;
}

absl::Status PrepareStore(const std::string& pipeline, absl::Time start, store::Store& store) {
  const v1::Item tick = Tick();
  store::EpochWrites epoch;
  epoch.pipeline = pipeline;
  epoch.last_arrival = start;
  epoch.items.push_back({.position = 0,
                         .id = pipeline::IdOf(tick),
                         .version = 1,
                         .content_hash = pipeline::ContentHashOf(tick),
                         .item = tick.SerializeAsString()});
  return store.Commit(std::span(&epoch, 1));
}

absl::Status CaseSource::Open(std::string_view cursor) {
  if (cursor.empty() || absl::SimpleAtoi(std::string(cursor), &next_)) return absl::OkStatus();
  return absl::DataLossError("the cursor is no number");
}

absl::StatusOr<Source::Progress> CaseSource::Read(BatchBuilder& batch, absl::Duration) {
  for (; next_ < plan_.size() && !batch.full(); ++next_) {
    const auto& [input, time, record] = plan_[next_];
    if (!record.rejected.ok()) {
      batch.Reject(record.raw, record.origin, record.rejected);
      continue;
    }
    v1::Item& item = batch.NewItem();
    item = record.item;
    alerts::SetTime(item.mutable_first_seen(), time);
    batch.Add(record.raw);
  }
  return next_ < plan_.size() ? Progress::More() : Progress::End();
}

std::string CaseSource::Cursor() const { return absl::StrCat(next_); }

}  // namespace wirewatch::scenario
