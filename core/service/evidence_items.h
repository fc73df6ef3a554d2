// EvidenceItems: whether the Items that an Alert shows satisfy a query. Items are read from the archive once for an
// event, and verdicts are shared by all who ask with the same query. Any thread; takes its time.
#ifndef WIREWATCH_SERVICE_EVIDENCE_ITEMS_H_
#define WIREWATCH_SERVICE_EVIDENCE_ITEMS_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/alerts/render.h"
#include "wirewatch/sdk/field_values.h"
#include "wirewatch/service/served_event.h"
#include "wirewatch/v1/alert.pb.h"

namespace wirewatch::service {

// A compiled query, the same object for the same text.
struct SharedQuery {
  Condition condition;
  uint64_t number = 0;  // never used again
};

class EvidenceItems {
 public:
  // Of the events asked for last, the Items of so many are kept, if they are not larger together.
  static constexpr size_t kMostEvents = 32;
  static constexpr size_t kMostBytes = 8 << 20;
  static constexpr absl::Duration kLongest = absl::Minutes(1);

  // `store` outlives it.
  explicit EvidenceItems(store::Store& store) : lookup_(alerts::ArchiveOf(store)) {}

  // InvalidArgument: it cannot be read.
  absl::StatusOr<std::shared_ptr<const SharedQuery>> Share(const std::string& query);
  // At least one of the Items that the event's Alert shows satisfies it. Errors are the store's.
  absl::StatusOr<bool> AnySatisfies(const ServedEvent& event, const SharedQuery& query);
  // Likewise, without keeping anything.
  absl::StatusOr<bool> AnySatisfies(const v1::Alert& alert, const SharedQuery& query) const;

 private:
  class Items;
  struct Kept {
    uint64_t sequence;
    std::shared_ptr<Items> items;
    size_t bytes;
    absl::Time read;
  };

  absl::StatusOr<std::shared_ptr<Items>> Read(const v1::Alert& alert) const;
  absl::StatusOr<std::shared_ptr<Items>> ItemsOf(const ServedEvent& event);
  void Forget();

  const alerts::ItemLookup lookup_;
  std::mutex mutex_;  // guards what follows
  std::map<std::string, std::weak_ptr<const SharedQuery>> queries_;
  uint64_t last_query_ = 0;
  std::list<Kept> kept_;  // read last first
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_EVIDENCE_ITEMS_H_
