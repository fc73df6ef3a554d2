// Failure: what went wrong in a function of the C interface, and Guarded(), by which each of them keeps C++ exceptions
// to itself. Pure functions; any thread.
#ifndef WIREWATCH_WATCH_C_FAILURE_H_
#define WIREWATCH_WATCH_C_FAILURE_H_

#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "wirewatch/watch/c/wirewatch_watch.h"
#include "wirewatch/watch/parser.h"

namespace wirewatch::watch::c {

struct Failure {
  wirewatch_watch_status status = WIREWATCH_WATCH_OK;
  std::string message = {};
  std::string hint = {};
  size_t offset = WIREWATCH_WATCH_NUL;
  uint32_t line = 0, column = 0;
  std::string subject = {};

  bool ok() const { return status == WIREWATCH_WATCH_OK; }
};

// An INVALID_QUERY about the watch or list `subject`.
Failure QueryFailure(const QueryError& error, std::string_view query, std::string_view subject);
// The same for a text's byte at `offset`.
Failure Utf8Failure(std::string_view text, std::string_view subject);

// What the arguments of a function are called in messages: `id`, `query`.
Failure NullFailure(std::string_view argument);

// Hands `failure` to the caller, if it is one and `error` is not NULL; returns its status.
wirewatch_watch_status Report(Failure failure, wirewatch_watch_error** error);
// The same when there may be no memory for a message.
wirewatch_watch_status ReportOutOfMemory(wirewatch_watch_error** error) noexcept;

// Runs what returns a Failure.
template <class Body>
wirewatch_watch_status Guarded(wirewatch_watch_error** error, const Body& body) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    try {
      return Report(body(), error);
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& exception) {
      return Report({.status = WIREWATCH_WATCH_INTERNAL, .message = exception.what()}, error);
    }
  } catch (...) {
    return ReportOutOfMemory(error);
  }
}

// Runs what may throw and has no one to tell; `otherwise` then.
template <class Body, class Value>
Value GuardedOr(Value otherwise, const Body& body) noexcept {
  try {
    return body();
  } catch (...) {
    return otherwise;
  }
}

// A text of the caller's. Its Failure is about `argument`: NULL, too large, or ill-formed.
struct Text {
  std::string_view view;
  Failure failure;
};
Text ReadText(const char* text, size_t size, std::string_view argument, size_t most, bool ill_formed_too = false);

}  // namespace wirewatch::watch::c

struct wirewatch_watch_error {
  wirewatch::watch::c::Failure failure;
};

#endif  // WIREWATCH_WATCH_C_FAILURE_H_
