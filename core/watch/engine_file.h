// EngineFile: an Engine as bytes, so that many watches are there again at once and need not be read, planned and
// indexed anew. What comes back does the same in every respect. Bytes are refused that another version of the language
// or of the tokens has made, and any that are damaged or were made to do harm: they are checked as a whole and number
// by number, and memory is asked for only in proportion to them. Pure functions; no Engine may be changed while it is
// written.
//
// The layout: the head; keys; patterns of plans and time zones; watches; programs; posting lists by key; slots without
// anchor, and free ones; plans that are kept; a checksum of all before it. The numbers are those of the machine.
#ifndef WIREWATCH_WATCH_ENGINE_FILE_H_
#define WIREWATCH_WATCH_ENGINE_FILE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "wirewatch/watch/engine.h"

namespace wirewatch::watch {

class EngineFile {
 public:
  // `of` tells what it is an index of: any text, such as a hash of the watches.
  static std::string Write(const Engine& engine, std::string_view of);

  // `options` are those of the Engine that was written; share_of_form is for watches that are added. FailedPrecondition
  // when the bytes are of another version, of other options or, where it is given, of something else than `of`;
  // DataLoss when they are damaged.
  static absl::StatusOr<std::unique_ptr<Engine>> Read(std::string_view bytes, Engine::Options options,
                                                      std::optional<std::string_view> of);

 private:
  class Writer;
  class Reader;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_ENGINE_FILE_H_
