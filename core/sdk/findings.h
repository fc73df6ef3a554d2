// Findings: what one step has found in one Item. The host merges it into the Item when the call returned OK and throws
// it away otherwise, so a failing plugin leaves no half-made edits. Used by the one thread that runs the step.
#ifndef WIREWATCH_SDK_FINDINGS_H_
#define WIREWATCH_SDK_FINDINGS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "google/protobuf/arena.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/v1/signal.pb.h"

namespace wirewatch {

// Memory of one step on one worker thread, kept from call to call; see Findings::Scratch().
class ScratchSlot {
 public:
  template <class T>
  T& Get() {
    if (value_ == nullptr) value_ = std::make_shared<T>();
    return *static_cast<T*>(value_.get());
  }

 private:
  std::shared_ptr<void> value_;
};

class Findings {
 public:
  // A partial Item: whatever annotation is set or added here is set on, or appended to, the Item. Lives on the Batch's
  // arena. Only annotations, `language`, `located` and extensions may be set; anything else fails the step for this
  // Item (text: see ReplaceText()). `producer` is stamped by the host. Beyond the step's cap, annotations are cut and
  // counted.
  v1::Item& Annotate() {
    if (annotations_ == nullptr) annotations_ = google::protobuf::Arena::CreateMessage<v1::Item>(arena_);
    return *annotations_;
  }

  // A Signal about this Item. The host fills in id, pipeline, step, Item, position and arrival.
  v1::Signal& AddSignal();

  // New text parts (extraction): headline, subheadline, lead, body and media replace those of the Item where set.
  v1::Item& ReplaceText();

  // The Item goes no further. `reason` is counted and shown: a short constant such as "advertisement".
  void Drop(std::string_view reason) { drop_reason_ = std::string(reason); }

  // Adds to one of the step's counters, shown in the run's summary and as a metric. A short constant name.
  void Count(std::string_view name, uint64_t by = 1);

  // Memory of this step and worker that outlives the call, so that the steady state allocates nothing. One type per
  // plugin; made at the first call. Never carries results from one Item to another.
  template <class T>
  T& Scratch() {
    return scratch_->Get<T>();
  }

  // For the host.
  explicit Findings(google::protobuf::Arena* arena = nullptr, ScratchSlot* scratch = nullptr)
      : arena_(arena), scratch_(scratch) {}
  bool empty() const {
    return annotations_ == nullptr && replaced_text_ == nullptr && signals_.empty() && !drop_reason_ && counts_.empty();
  }
  const v1::Item* annotations() const { return annotations_; }
  v1::Item* mutable_annotations() { return annotations_; }
  v1::Item* replaced_text() { return replaced_text_; }
  const std::vector<v1::Signal*>& signals() const { return signals_; }
  const std::optional<std::string>& drop_reason() const { return drop_reason_; }
  const std::vector<std::pair<std::string, uint64_t>>& counts() const { return counts_; }
  void Reset(google::protobuf::Arena* arena, ScratchSlot* scratch) {
    arena_ = arena;
    scratch_ = scratch;
    if (!empty()) Clear();
  }

 private:
  void Clear();

  google::protobuf::Arena* arena_;
  ScratchSlot* scratch_;
  v1::Item* annotations_ = nullptr;
  v1::Item* replaced_text_ = nullptr;
  std::vector<v1::Signal*> signals_;
  std::optional<std::string> drop_reason_;
  std::vector<std::pair<std::string, uint64_t>> counts_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_SDK_FINDINGS_H_
