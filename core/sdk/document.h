// Document: the Item at hand, read-only, with what is computed from it once and shared by all steps. One thread holds a
// Document at a time. Nothing derived is ever serialised; an isolated host computes it again.
#ifndef WIREWATCH_SDK_DOCUMENT_H_
#define WIREWATCH_SDK_DOCUMENT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/time/time.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch {

namespace text {
class TextIndex;
}
namespace watch {
class View;
}

class Document {
 public:
  Document();
  ~Document();
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  const v1::Item& item() const { return *item_; }

  // Place of the Item in its pipeline's stream; unique, increasing.
  uint64_t position() const { return position_; }
  // The pipeline's time at this Item; never decreasing. The only clock that a step may use.
  absl::Time arrival() const { return arrival_; }

  // Tokens, sentences and paragraphs of all text parts, with byte spans. Computed at the first call; valid until the
  // text is replaced.
  const text::TextIndex& Text() const;

  // The record as the source read it (a page's bytes, a line of JSON); empty if the source keeps none.
  std::string_view raw() const { return raw_; }

  // What conditions and watches are evaluated on.
  watch::View View() const;

  // For the host. Reset() points the Document at another Item; Clear() at none, and gives the memory of derived
  // data back but for at most kKeptBytes, so that Items of a usual size, one after another, allocate nothing.
  static constexpr size_t kKeptBytes = size_t{64} << 10;
  void Reset(const v1::Item* item, std::string_view raw, uint64_t position, absl::Time arrival);
  void Clear();
  // Text or facts that tokens depend on have changed.
  void TextChanged() { text_current_ = false; }
  // Bytes held by derived data and for it, for the byte budget.
  size_t HeldBytes() const;

 private:
  const v1::Item* item_ = nullptr;
  std::string_view raw_;
  uint64_t position_ = 0;
  absl::Time arrival_;
  mutable bool text_current_ = false;
  mutable std::unique_ptr<text::TextIndex> text_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_SDK_DOCUMENT_H_
