// The files of a server's certificates, looked at before it starts: gRPC itself would start, and fail with every
// client. Any thread.
#ifndef WIREWATCH_SERVICE_CERTIFICATE_FILES_H_
#define WIREWATCH_SERVICE_CERTIFICATE_FILES_H_

#include <filesystem>

#include "absl/status/status.h"

namespace wirewatch::service {

// The chain's first certificate is the key's, and neither has expired nor is yet to begin; the key is nobody's to read
// but its owner's and group's. InvalidArgument with the file and what is wrong.
absl::Status CheckKeyPair(const std::filesystem::path& certificates, const std::filesystem::path& key);

// There is at least one certificate of a CA in it. InvalidArgument.
absl::Status CheckAuthorities(const std::filesystem::path& authorities);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_CERTIFICATE_FILES_H_
