// Rendering: an event of the journal holds references; here the texts are filled in from the archive, within the Item's
// rights, whenever one leaves the host. Any thread.
#ifndef WIREWATCH_ALERTS_RENDER_H_
#define WIREWATCH_ALERTS_RENDER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::alerts {

// A version of an Item; nullopt when the archive does not (or no longer) have it.
using ItemLookup = std::function<absl::StatusOr<std::optional<v1::Item>>(std::string_view pipeline, std::string_view id,
                                                                         uint32_t version)>;

// `store` must outlive it.
ItemLookup ArchiveOf(store::Store& store);

// What the reader may see.
struct RenderOptions {
  // What may be shown of an Item whose rights are not known.
  v1::Display unknown_rights = v1::DISPLAY_SNIPPET;
  // More than this is shown of no Item.
  v1::Display most = v1::DISPLAY_FULL;
  // How far from the source the reader stands: Items that may not be passed on so far show no more than a link.
  // Unspecified: that is not looked at.
  v1::Forward reader = v1::FORWARD_UNSPECIFIED;
  // The reader may know of Items before their embargo ends.
  bool ahead_of_embargo = false;
};

// Whether an Alert exists for the reader: not one about an Item under embargo, for most.
inline bool MayKnow(const RenderOptions& reader, const v1::Alert& alert) {
  return reader.ahead_of_embargo || !alert.has_embargoed_until();
}

// Fills in headlines, outlets, links, snippets with highlights, and the texts of spans. A missing Item is said in
// Evidence.withheld; an error is the store's.
absl::Status RenderAlert(v1::Alert& alert, const ItemLookup& lookup, const RenderOptions& options = {});

// Journal entry -> event as people get it: parsed, journal id and sequence set, rendered. Internal for an entry that
// cannot be parsed; other errors are the store's.
absl::StatusOr<v1::AlertEvent> RenderEntry(const store::JournalEntry& entry, const std::string& journal_id,
                                           const ItemLookup& lookup, const RenderOptions& options = {});

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_RENDER_H_
