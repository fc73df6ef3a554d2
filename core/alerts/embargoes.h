// Embargoes: Items whose publisher does not want them known before a time, with the Signals about them, kept until that
// time. Part of the grouping's state. One thread.
#ifndef WIREWATCH_ALERTS_EMBARGOES_H_
#define WIREWATCH_ALERTS_EMBARGOES_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/alert_group.pb.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::alerts {

// Under this prefix they stand in the grouping's state, as v1::EmbargoedItem.
inline constexpr char kEmbargoPrefix[] = "embargo/";

// Until when; InfinitePast: it is under none. At the latest the last time that JSON can write.
absl::Time EmbargoOf(const v1::Item& item);
// What the title of an Alert that stands under one begins with; empty: it does not.
std::string EmbargoNote(const v1::Alert& alert);

class Embargoes {
 public:
  // At most `most` Items are kept.
  explicit Embargoes(size_t most) : most_(most) {}

  // In place of an earlier version of the Item. Gives back the one whose embargo ends last when there are too many.
  std::optional<v1::EmbargoedItem> Keep(v1::EmbargoedItem embargoed);
  // The Item is not kept any longer; false: it was not.
  bool Drop(const std::string& item_id);
  // The one whose embargo ends next, when it does so by `until`; it is not kept any longer.
  std::optional<v1::EmbargoedItem> TakeEnded(absl::Time until);
  // When the next embargo ends; InfiniteFuture: there is none.
  absl::Time NextDue() const;

  size_t size() const { return items_.size(); }

  void SealWrites(std::vector<store::StateWrite>& writes);
  // One entry of the state, its key without the prefix. DataLoss.
  absl::Status Restore(std::string_view item_id, const std::string& value);

 private:
  v1::EmbargoedItem Take(const std::pair<absl::Time, std::string>& due);

  const size_t most_;
  std::map<std::string, v1::EmbargoedItem> items_;  // by id
  std::set<std::pair<absl::Time, std::string>> due_;
  std::set<std::string> unsealed_;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_EMBARGOES_H_
