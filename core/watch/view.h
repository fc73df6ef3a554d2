// View: what a watch or condition is evaluated on. Borrowed; valid as long as the Document it came from.
#ifndef WIREWATCH_WATCH_VIEW_H_
#define WIREWATCH_WATCH_VIEW_H_

#include "wirewatch/text/text_index.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::watch {

class View {
 public:
  View(const v1::Item& item, const text::TextIndex& text) : item_(&item), text_(&text) {}
  const v1::Item& item() const { return *item_; }
  const text::TextIndex& text() const { return *text_; }

 private:
  const v1::Item* item_;
  const text::TextIndex* text_;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_VIEW_H_
