#include "wirewatch/alerts/rehearsal.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::alerts {
namespace {

// The first Item after a position.
struct Next {
  uint64_t position = 0;
  absl::Time arrival;
};
absl::StatusOr<std::optional<Next>> NextAfter(std::string_view pipeline, uint64_t position, store::Store& store) {
  const absl::StatusOr<std::vector<store::ArchivedItem>> items = store.ReadItems(pipeline, position, 1);
  if (!items.ok()) return items.status();
  if (items->empty()) return std::nullopt;
  v1::Item item;
  if (!item.ParseFromString(items->front().item)) {
    return absl::InternalError(absl::StrCat("the archived Item ", items->front().id, " cannot be parsed"));
  }
  return Next{items->front().position, GetTime(item.arrival())};
}

}  // namespace

absl::StatusOr<std::optional<absl::Time>> FirstArrival(std::string_view pipeline, store::Store& store) {
  const absl::StatusOr<std::optional<Next>> first = NextAfter(pipeline, 0, store);
  if (!first.ok()) return first.status();
  return first->has_value() ? std::optional((*first)->arrival) : std::nullopt;
}

// Arrivals never decrease, so that the place is found by halving.
absl::StatusOr<uint64_t> PositionBefore(std::string_view pipeline, absl::Time time, uint64_t after, uint64_t to,
                                        store::Store& store) {
  while (after < to) {
    const uint64_t middle = after + (to - after) / 2;
    const absl::StatusOr<std::optional<Next>> next = NextAfter(pipeline, middle, store);
    if (!next.ok()) return next.status();
    if (next->has_value() && (*next)->position <= to && (*next)->arrival < time) {
      after = (*next)->position;
    } else {
      to = middle;
    }
  }
  return after;
}

}  // namespace wirewatch::alerts
