// Private, content-addressed copies of libraries: a library that is rebuilt in place cannot pull the code from under a
// running host, and what was rehearsed is, byte for byte, what is loaded. Any thread.
#ifndef WIREWATCH_LOADER_PRIVATE_COPY_H_
#define WIREWATCH_LOADER_PRIVATE_COPY_H_

#include <filesystem>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace wirewatch::loader {

// SHA-256 as 64 hexadecimal digits.
std::string Sha256(std::string_view bytes);

// A file's bytes; FailedPrecondition when it is larger than 256 MiB.
absl::StatusOr<std::string> ReadFile(const std::filesystem::path& file);

// Writes by way of a temporary file, so that a reader sees all of it or nothing.
absl::Status WriteFileAtomically(const std::filesystem::path& file, std::string_view bytes);

// <cache>/plugins/<hash>/<file's name>, made if need be, mode 0700.
absl::StatusOr<std::filesystem::path> PrivateCopy(const std::filesystem::path& file,
                                                  const std::filesystem::path& cache);

}  // namespace wirewatch::loader

#endif  // WIREWATCH_LOADER_PRIVATE_COPY_H_
