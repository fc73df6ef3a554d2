#include "wirewatch/watch/c/failure.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::watch::c {
namespace {

// Given out when there is no memory for another one; destroying it does nothing.
wirewatch_watch_error& OutOfMemory() {
  // Its text fits into the string itself.
  static wirewatch_watch_error error{{.status = WIREWATCH_WATCH_OUT_OF_MEMORY, .message = "out of memory"}};
  return error;
}

void SetPlace(std::string_view text, size_t offset, Failure& failure) {
  offset = std::min(offset, text.size());
  failure.offset = offset;
  const text::LineColumn place = text::LineColumnOf(text, offset);
  failure.line = place.line;
  failure.column = place.column;
}

size_t FirstIllFormed(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const text::Decoded decoded = text::DecodeAt(text, at);
    if (!decoded.well_formed) return at;
    at += decoded.length;
  }
  return text.size();
}

}  // namespace

Failure QueryFailure(const QueryError& error, std::string_view query, std::string_view subject) {
  Failure failure{.status = WIREWATCH_WATCH_INVALID_QUERY, .message = error.message, .hint = error.hint};
  failure.subject = std::string(subject);
  SetPlace(query, error.offset, failure);
  return failure;
}

Failure Utf8Failure(std::string_view text, std::string_view subject) {
  Failure failure{.status = WIREWATCH_WATCH_INVALID_UTF8,
                  .message = absl::StrCat(std::string(subject), " is not UTF-8")};
  SetPlace(text, FirstIllFormed(text), failure);
  return failure;
}

Failure NullFailure(std::string_view argument) {
  return {.status = WIREWATCH_WATCH_INVALID_ARGUMENT, .message = absl::StrCat(std::string(argument), " is NULL")};
}

wirewatch_watch_status Report(Failure failure, wirewatch_watch_error** error) {
  const wirewatch_watch_status status = failure.status;
  if (status == WIREWATCH_WATCH_OUT_OF_MEMORY) return ReportOutOfMemory(error);
  if (status != WIREWATCH_WATCH_OK && error != nullptr) *error = new wirewatch_watch_error{std::move(failure)};
  return status;
}

wirewatch_watch_status ReportOutOfMemory(wirewatch_watch_error** error) noexcept {
  if (error != nullptr) *error = &OutOfMemory();
  return WIREWATCH_WATCH_OUT_OF_MEMORY;
}

Text ReadText(const char* text, size_t size, std::string_view argument, size_t most, bool ill_formed_too) {
  if (text == nullptr && size != 0) return {{}, NullFailure(argument)};
  const std::string_view view(text == nullptr ? "" : text, size == WIREWATCH_WATCH_NUL ? std::strlen(text) : size);
  if (view.size() > most) {
    return {{},
            {.status = WIREWATCH_WATCH_TOO_LARGE,
             .message = absl::StrCat(std::string(argument), " has ", view.size(), " bytes, more than ", most)}};
  }
  if (!ill_formed_too && !text::IsValidUtf8(view)) return {{}, Utf8Failure(view, argument)};
  return {view, {}};
}

}  // namespace wirewatch::watch::c

wirewatch_watch_status wirewatch_watch_error_status(const wirewatch_watch_error* error) {
  return error == nullptr ? WIREWATCH_WATCH_OK : error->failure.status;
}

const char* wirewatch_watch_error_message(const wirewatch_watch_error* error) {
  return error == nullptr ? "" : error->failure.message.c_str();
}

const char* wirewatch_watch_error_hint(const wirewatch_watch_error* error) {
  return error == nullptr ? "" : error->failure.hint.c_str();
}

size_t wirewatch_watch_error_offset(const wirewatch_watch_error* error) {
  return error == nullptr ? WIREWATCH_WATCH_NUL : error->failure.offset;
}

uint32_t wirewatch_watch_error_line(const wirewatch_watch_error* error) {
  return error == nullptr ? 0 : error->failure.line;
}

uint32_t wirewatch_watch_error_column(const wirewatch_watch_error* error) {
  return error == nullptr ? 0 : error->failure.column;
}

const char* wirewatch_watch_error_subject(const wirewatch_watch_error* error) {
  return error == nullptr ? "" : error->failure.subject.c_str();
}

void wirewatch_watch_error_destroy(wirewatch_watch_error* error) {
  if (error != &wirewatch::watch::c::OutOfMemory()) delete error;
}
