// KeyShares: in what share of Items a key is expected: measured from the stream where there are measurements, else by
// the length of the word. Only its order of magnitude matters. One thread.
#ifndef WIREWATCH_WATCH_KEY_SHARES_H_
#define WIREWATCH_WATCH_KEY_SHARES_H_

#include <functional>
#include <string_view>

#include "wirewatch/watch/keys.h"

namespace wirewatch::watch {

// The share of Items that have a folded form, 0 to 1; negative when that is not known.
using ShareOfForm = std::function<double(std::string_view form)>;

class KeyShares {
 public:
  explicit KeyShares(ShareOfForm measured) : measured_(std::move(measured)) {}

  double Of(const Keys& keys, Key key) const;

 private:
  ShareOfForm measured_;  // may be empty
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_KEY_SHARES_H_
