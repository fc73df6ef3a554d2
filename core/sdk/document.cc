#include "wirewatch/sdk/document.h"

#include "wirewatch/text/text_index.h"
#include "wirewatch/watch/view.h"

namespace wirewatch {

Document::Document() = default;
Document::~Document() = default;

const text::TextIndex& Document::Text() const {
  if (text_ == nullptr) text_ = std::make_unique<text::TextIndex>();
  if (!text_current_) {
    text_->Build(*item_);
    text_current_ = true;
  }
  return *text_;
}

watch::View Document::View() const { return watch::View(*item_, Text()); }

void Document::Reset(const v1::Item* item, std::string_view raw, uint64_t position, absl::Time arrival) {
  item_ = item;
  raw_ = raw;
  position_ = position;
  arrival_ = arrival;
  text_current_ = false;
}

void Document::Clear() {
  Reset(nullptr, {}, 0, absl::Time());
  if (text_ != nullptr && text_->Bytes() > kKeptBytes) text_.reset();
}

size_t Document::HeldBytes() const { return text_ != nullptr ? text_->Bytes() : 0; }

}  // namespace wirewatch
