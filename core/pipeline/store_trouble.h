// Which errors of the store are trouble that may pass: a full or read-only disk, I/O errors, a damaged page that is
// being replaced. They are waited out, with intake stopped; every other error is final. Stateless.
#ifndef WIREWATCH_PIPELINE_STORE_TROUBLE_H_
#define WIREWATCH_PIPELINE_STORE_TROUBLE_H_

#include "absl/status/status.h"

namespace wirewatch::pipeline {

inline bool IsStoreTrouble(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kDataLoss:
      return true;
    default:
      return false;
  }
}

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_STORE_TROUBLE_H_
