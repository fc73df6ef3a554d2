#include "wirewatch/alerts/silences.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {
namespace {

constexpr int kMostNames = 1000;         // watches or labels of one matcher
constexpr size_t kMostBytes = 64 << 10;  // of a rule

bool Matches(const v1::AlertFilter& matcher, const v1::Alert& alert) {
  if (alert.severity() < matcher.least_severity()) return false;
  const auto& watches = matcher.watch_ids();
  if (!watches.empty() && std::none_of(watches.begin(), watches.end(), [&alert](const std::string& id) {
        return std::find(alert.watch_ids().begin(), alert.watch_ids().end(), id) != alert.watch_ids().end();
      })) {
    return false;
  }
  return std::all_of(matcher.labels().begin(), matcher.labels().end(), [&alert](const v1::Label& wanted) {
    return std::any_of(alert.group().begin(), alert.group().end(), [&wanted](const v1::Label& label) {
      return label.name() == wanted.name() && label.value() == wanted.value();
    });
  });
}

}  // namespace

absl::Status CheckSilence(const v1::SilenceRule& rule) {
  const v1::AlertFilter& matcher = rule.matcher();
  if (!matcher.query().empty() || !matcher.types().empty() || !matcher.statuses().empty() || matcher.include_test() ||
      matcher.include_silenced()) {
    return absl::InvalidArgumentError("a silence matches by pipelines, watch_ids, labels and least_severity alone");
  }
  if (matcher.watch_ids().empty() && matcher.labels().empty() && matcher.least_severity() == v1::SEVERITY_UNSPECIFIED) {
    return absl::InvalidArgumentError(
        "a silence that matches every Alert is not made; name watches or labels, or a least severity");
  }
  if (matcher.watch_ids_size() > kMostNames || matcher.labels_size() > kMostNames || rule.ByteSizeLong() > kMostBytes) {
    return absl::InvalidArgumentError("the silence is too large; make several");
  }
  if (rule.reason().empty()) return absl::InvalidArgumentError("a silence needs a reason, for whoever wonders later");
  if (!rule.has_ends()) return absl::InvalidArgumentError("a silence needs an end");
  if (rule.has_begins() && GetTime(rule.ends()) <= GetTime(rule.begins())) {
    return absl::InvalidArgumentError("the silence ends before it begins");
  }
  return absl::OkStatus();
}

absl::Time Silences::DueOf(const v1::SilenceRule& rule) {
  return GetTime(rule.ends()) + (rule.ended() ? kKept : absl::ZeroDuration());
}

absl::StatusOr<v1::SilenceRule> Silences::Make(v1::SilenceRule rule, uint64_t position, absl::Time now) {
  if (absl::Status checked = CheckSilence(rule); !checked.ok()) return checked;
  if (GetTime(rule.ends()) <= now) return absl::InvalidArgumentError("the silence's end has passed already");
  if (const auto known = silences_.find(rule.id()); known != silences_.end()) return known->second.rule();
  if (silences_.size() >= kMost) {
    return absl::ResourceExhaustedError(absl::StrCat("there are ", kMost, " silences; end some first"));
  }
  v1::AlertSilence silence;
  rule.clear_hidden();
  rule.clear_hidden_alert_ids();
  rule.clear_ended();
  *silence.mutable_rule() = std::move(rule);
  silence.set_position(position);
  const v1::SilenceRule& made = silence.rule();
  due_.emplace(DueOf(made), made.id());
  unsealed_.insert(made.id());
  return silences_.emplace(made.id(), std::move(silence)).first->second.rule();
}

absl::StatusOr<v1::SilenceRule> Silences::End(const std::string& id, absl::Time now) {
  const auto found = silences_.find(id);
  if (found == silences_.end()) return absl::NotFoundError(absl::StrCat("there is no silence ", id));
  v1::SilenceRule& rule = *found->second.mutable_rule();
  if (rule.ended()) return absl::FailedPreconditionError(absl::StrCat("the silence ", id, " has ended already"));
  due_.erase({DueOf(rule), id});
  SetTime(rule.mutable_ends(), now);
  MarkEnded(found->second);
  return rule;
}

std::optional<v1::SilenceRule> Silences::TakeEnded(absl::Time until) {
  ForgetUntil(until);
  if (due_.empty() || due_.begin()->first > until) return std::nullopt;
  v1::AlertSilence& silence = silences_.at(due_.begin()->second);
  due_.erase(due_.begin());
  MarkEnded(silence);
  return silence.rule();
}

void Silences::MarkEnded(v1::AlertSilence& silence) {
  silence.mutable_rule()->set_ended(true);
  due_.emplace(DueOf(silence.rule()), silence.rule().id());
  unsealed_.insert(silence.rule().id());
}

void Silences::ForgetUntil(absl::Time now) {
  while (!due_.empty() && due_.begin()->first <= now && silences_.at(due_.begin()->second).rule().ended()) {
    unsealed_.insert(due_.begin()->second);
    silences_.erase(due_.begin()->second);
    due_.erase(due_.begin());
  }
}

absl::Time Silences::NextDue() const { return due_.empty() ? absl::InfiniteFuture() : due_.begin()->first; }

std::vector<std::string> Silences::Matching(const v1::Alert& alert, absl::Time now) const {
  std::vector<std::string> ids;
  for (const auto& [id, silence] : silences_) {
    const v1::SilenceRule& rule = silence.rule();
    const bool in_force = !rule.ended() && GetTime(rule.begins()) <= now && now < GetTime(rule.ends());
    if (in_force && Matches(rule.matcher(), alert)) ids.push_back(id);
  }
  return ids;
}

void Silences::Hid(const std::vector<std::string>& ids, const std::string& alert_id) {
  for (const std::string& id : ids) {
    v1::SilenceRule& rule = *silences_.at(id).mutable_rule();
    rule.set_hidden(rule.hidden() + 1);
    auto& alerts = *rule.mutable_hidden_alert_ids();
    const bool room = static_cast<size_t>(alerts.size()) < kMostHidden;
    if (room && std::find(alerts.begin(), alerts.end(), alert_id) == alerts.end()) *alerts.Add() = alert_id;
    unsealed_.insert(id);
  }
}

void Silences::SealWrites(std::vector<store::StateWrite>& writes) {
  for (const std::string& id : unsealed_) {
    store::StateWrite& write = writes.emplace_back();
    write.key = absl::StrCat(kSilencePrefix, id);
    if (const auto found = silences_.find(id); found != silences_.end()) {
      write.value = found->second.SerializeAsString();
    }
  }
  unsealed_.clear();
}

absl::Status Silences::Restore(std::string_view id, const std::string& value) {
  v1::AlertSilence silence;
  if (!silence.ParseFromString(value) || silence.rule().id() != id) {
    return absl::DataLossError(absl::StrCat("the store's silence ", std::string(id), " cannot be read"));
  }
  due_.emplace(DueOf(silence.rule()), silence.rule().id());
  silences_.insert_or_assign(std::string(id), std::move(silence));
  return absl::OkStatus();
}

}  // namespace wirewatch::alerts
