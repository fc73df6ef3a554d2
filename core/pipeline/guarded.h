// Guarded: what a plugin throws becomes a status, so that nothing of it gets into the host's own code. Any thread.
#ifndef WIREWATCH_PIPELINE_GUARDED_H_
#define WIREWATCH_PIPELINE_GUARDED_H_

#include <exception>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::pipeline {

// `call` returns a Status or StatusOr; `exception` is set when it threw.
template <class Call>
auto Guarded(bool& exception, Call call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::exception& thrown) {
    exception = true;
    return absl::InternalError(absl::StrCat("the plugin threw: ", thrown.what()));
  } catch (...) {
    exception = true;
    return absl::InternalError("the plugin threw something that is no std::exception");
  }
}

template <class Call>
auto Guarded(Call call) -> decltype(call()) {
  bool exception = false;
  return Guarded(exception, std::move(call));
}

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_GUARDED_H_
