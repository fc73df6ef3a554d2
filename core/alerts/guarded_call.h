// GuardedCall: calls into a channel. A channel is a plugin: what it throws is an error of the event at hand. Any
// thread.
#ifndef WIREWATCH_ALERTS_GUARDED_CALL_H_
#define WIREWATCH_ALERTS_GUARDED_CALL_H_

#include <exception>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::alerts {

template <class Call>
absl::Status GuardedCall(const Call& call) {
  try {
    return call();
  } catch (const std::exception& thrown) {
    return absl::InternalError(absl::StrCat("the channel threw: ", thrown.what()));
  } catch (...) {
    return absl::InternalError("the channel threw something that is no std::exception");
  }
}

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_GUARDED_CALL_H_
