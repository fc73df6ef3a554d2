// How long a call may wait for what takes time. Stateless.
#ifndef WIREWATCH_SERVICE_PATIENCE_H_
#define WIREWATCH_SERVICE_PATIENCE_H_

#include <algorithm>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/server_context.h"

namespace wirewatch::service {

// `longest`, or what is left of the caller's deadline, less what the answer needs.
inline absl::Duration PatienceOf(const grpc::ServerContextBase& context, absl::Duration longest) {
  constexpr absl::Duration kForTheAnswer = absl::Milliseconds(200);
  const absl::Duration left = absl::FromChrono(context.deadline()) - absl::Now() - kForTheAnswer;
  return std::clamp(left, absl::Milliseconds(10), longest);
}

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_PATIENCE_H_
