// KeyShares: in what share of Items a key is expected: measured from the stream where there are measurements, else by
// the length of the word. Only its order of magnitude matters. One thread.
#ifndef WIREWATCH_WATCH_KEY_SHARES_H_
#define WIREWATCH_WATCH_KEY_SHARES_H_

#include <cstddef>
#include <functional>
#include <string_view>

#include "wirewatch/watch/keys.h"

namespace wirewatch::watch {

// The share of Items that have a folded form, 0 to 1; negative when that is not known.
using ShareOfForm = std::function<double(std::string_view form)>;

// What is assumed of a form that was not measured, by its length.
double ShareByLength(size_t bytes);

class KeyShares {
 public:
  explicit KeyShares(ShareOfForm measured) : measured_(std::move(measured)) {}

  double Of(const Keys& keys, Key key) const;

 private:
  ShareOfForm measured_;  // may be empty
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_KEY_SHARES_H_
