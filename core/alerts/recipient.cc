#include "wirewatch/alerts/recipient.h"

#include <algorithm>

namespace wirewatch::alerts {
namespace {

template <class Watches>
bool HasAnyOf(const std::vector<std::string>& wanted, const Watches& watches) {
  return std::any_of(watches.begin(), watches.end(), [&wanted](const std::string& watch) {
    return std::find(wanted.begin(), wanted.end(), watch) != wanted.end();
  });
}

}  // namespace

std::optional<RecipientRules> OwnerOf(const std::string& channel, const std::vector<RecipientRules>& recipients) {
  for (const RecipientRules& recipient : recipients) {
    const auto& channels = recipient.channels;
    if (std::find(channels.begin(), channels.end(), channel) != channels.end()) return recipient;
  }
  return std::nullopt;
}

bool Matches(const RouteMatch& match, const v1::Alert& alert) {
  if (SeverityOf(alert) < match.least_severity) return false;
  if (!match.watches.empty() && !HasAnyOf(match.watches, alert.watch_ids())) return false;
  return std::all_of(match.labels.begin(), match.labels.end(), [&alert](const auto& wanted) {
    return std::any_of(alert.group().begin(), alert.group().end(), [&wanted](const v1::Label& label) {
      return label.name() == wanted.first && label.value() == wanted.second;
    });
  });
}

bool MayMatch(const RouteMatch& match, const v1::AlertFilter& silenced) {
  const bool other_watches =
      !match.watches.empty() && silenced.watch_ids_size() > 0 && !HasAnyOf(match.watches, silenced.watch_ids());
  if (other_watches) return false;
  return std::none_of(match.labels.begin(), match.labels.end(), [&silenced](const auto& wanted) {
    return std::any_of(silenced.labels().begin(), silenced.labels().end(), [&wanted](const v1::Label& label) {
      return label.name() == wanted.first && label.value() != wanted.second;
    });
  });
}

}  // namespace wirewatch::alerts
