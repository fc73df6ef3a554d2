#include "wirewatch/sdk/findings.h"

namespace wirewatch {

v1::Signal& Findings::AddSignal() {
  signals_.push_back(google::protobuf::Arena::CreateMessage<v1::Signal>(arena_));
  return *signals_.back();
}

v1::Item& Findings::ReplaceText() {
  if (replaced_text_ == nullptr) replaced_text_ = google::protobuf::Arena::CreateMessage<v1::Item>(arena_);
  return *replaced_text_;
}

void Findings::Count(std::string_view name, uint64_t by) {
  for (auto& [known, count] : counts_) {
    if (known == name) {
      count += by;
      return;
    }
  }
  counts_.emplace_back(name, by);
}

void Findings::Clear() {
  annotations_ = nullptr;
  replaced_text_ = nullptr;
  signals_.clear();
  drop_reason_.reset();
  counts_.clear();
}

}  // namespace wirewatch
