#include "wirewatch/pipeline/held_watches.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/pipeline/guarded.h"

namespace wirewatch::pipeline {

HeldWatches::HeldWatches(WatchHolder& holder, std::string step, uint32_t state_version,
                         std::vector<std::string> provided, PatientStore& store)
    : holder_(holder),
      step_(std::move(step)),
      provided_(std::move(provided)),
      store_(store),
      state_(store, step_, std::max(state_version, 1u)) {}

absl::Status HeldWatches::Restore(WatchHolder::Moment moment) {
  const absl::StatusOr<uint32_t> version = store_.StateVersion(step_);
  if (!version.ok()) return version.status();
  absl::Status restored = Guarded([&] { return holder_.Restore({*version, moment, provided_}, state_); });
  if (restored.ok()) return restored;
  return absl::Status(restored.code(),
                      absl::StrCat("step \"", step_, "\" cannot take up its watches: ", restored.message()));
}

absl::StatusOr<bool> HeldWatches::Apply(std::span<const WatchEdits> edits, WatchHolder::Moment moment) {
  state_.BeginCall();
  const absl::Status applied = Guarded([&] { return holder_.Apply(edits, moment, state_); });
  if (applied.ok()) return state_.written();
  state_.UndoCall();
  return absl::Status(applied.code(),
                      absl::StrCat("step \"", step_, "\" failed on a change of its watches: ", applied.message()));
}

void HeldWatches::Seal(Batch& batch) {
  if (!state_.unsealed()) return;
  batch.state.push_back(state_.Seal(batch.number));
}

}  // namespace wirewatch::pipeline
