// Structs of the C interface that may be those of an older or newer program. Pure functions; any thread.
#ifndef WIREWATCH_WATCH_C_SIZED_H_
#define WIREWATCH_WATCH_C_SIZED_H_

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "wirewatch/watch/c/failure.h"

namespace wirewatch::watch::c {

// Reads what the caller fills in: `value` keeps what a shorter struct does not have, and a longer one may say nothing
// where this library does not know what it means.
template <class Struct>
Failure ReadSized(const Struct* from, const char* name, Struct& value) {
  if (from == nullptr) return NullFailure(name);
  size_t size = 0;
  std::memcpy(&size, from, sizeof(size));
  const auto* const bytes = reinterpret_cast<const unsigned char*>(from);
  constexpr size_t kMost = 4096;  // beyond it struct_size was never set
  if (size <= sizeof(size) || size > kMost) {
    return {.status = WIREWATCH_WATCH_INVALID_ARGUMENT, .message = std::string(name) + ": struct_size is not its size"};
  }
  for (size_t i = sizeof(Struct); i < size; ++i) {
    if (bytes[i] == 0) continue;
    return {.status = WIREWATCH_WATCH_INVALID_ARGUMENT,
            .message = std::string(name) + " asks for what only a newer library has"};
  }
  std::memcpy(&value, from, std::min(size, sizeof(Struct)));
  return {};
}

// Fills in as much as the caller's struct has.
template <class Struct>
Failure WriteSized(Struct value, const char* name, Struct* to) {
  if (to == nullptr) return NullFailure(name);
  size_t size = 0;
  std::memcpy(&size, to, sizeof(size));
  if (size <= sizeof(size)) {
    return {.status = WIREWATCH_WATCH_INVALID_ARGUMENT, .message = std::string(name) + ": struct_size is not its size"};
  }
  value.struct_size = size;
  std::memcpy(to, &value, std::min(size, sizeof(Struct)));
  return {};
}

}  // namespace wirewatch::watch::c

#endif  // WIREWATCH_WATCH_C_SIZED_H_
