// Source: a plugin that produces Items. The host reads it from one thread (the pipeline's sequencer) a batch at a time
// and remembers the Cursor with the epoch that the batch belongs to.
#ifndef WIREWATCH_SDK_SOURCE_H_
#define WIREWATCH_SDK_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/arena.h"
#include "wirewatch/sdk/plugin.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch {

// Where a source puts Items. Items live on the Batch's arena.
class BatchBuilder {
 public:
  virtual ~BatchBuilder() = default;
  // A new empty Item; finish it with Add() before asking for the next. All strings set on it must be valid UTF-8
  // (text::RepairUtf8).
  virtual v1::Item& NewItem() = 0;
  // Takes the Item last asked for. `raw` is the record as read, kept for Document::raw(); may be empty.
  virtual void Add(std::string_view raw = {}) = 0;
  // No further Item may be added; return from Read() now. Without any Item added it is never full.
  virtual bool full() const = 0;
  // A record that could not become an Item: counted and quarantined with its bytes (cut to the host's limit). Takes
  // room in the batch as an Item does. `origin` says where it stood, e.g. "inbox/a.jsonl:12".
  virtual void Reject(std::string_view raw, std::string_view origin, const absl::Status& reason) = 0;
  // Adds to one of the source's counters, shown in its summary line and as a metric, e.g. ("files", 1).
  virtual void Count(std::string_view name, uint64_t by = 1) = 0;
};

class Source : public Plugin {
 public:
  // What Read() found.
  struct Progress {
    enum class Kind {
      kMore,  // call again at once
      kIdle,  // nothing now; call again after `retry_after`, or when wait_fd() becomes readable
      kEnd,   // nothing will ever come; only where Setup::once() holds
    };
    Kind kind;
    absl::Duration retry_after = absl::Seconds(1);

    static Progress More() { return {Kind::kMore}; }
    static Progress Idle(absl::Duration retry_after) { return {Kind::kIdle, retry_after}; }
    static Progress End() { return {Kind::kEnd}; }
  };

  virtual v1::SourcePromise promise() const = 0;

  // Called once, before Read(). `cursor` is what Cursor() gave at the last committed epoch, "" at the very first start.
  virtual absl::Status Open(std::string_view cursor) = 0;

  // Adds Items until the batch is full, nothing is there, or about `budget` has passed. Never blocks longer. A bad
  // record is Reject()ed; an error here means that the source as a whole cannot be read: it is logged, counted and
  // retried with back-off when Unavailable or ResourceExhausted, and ends the pipeline otherwise.
  virtual absl::StatusOr<Progress> Read(BatchBuilder& batch, absl::Duration budget) = 0;

  // The point after the last Item added, opaque to the host. Asked after every Read(). At most 1 MiB.
  virtual std::string Cursor() const = 0;

  // Everything up to `cursor` is durable. Called by the sequencer's thread.
  virtual void Committed(std::string_view cursor);

  // A descriptor that becomes readable when Read() has something to do, or -1.
  virtual int wait_fd() const { return -1; }

  // One line on what was read, for the end of a run, e.g. "3 files, 44 Items, 1 not readable".
  virtual std::string Summary() const { return ""; }
};

}  // namespace wirewatch

#endif  // WIREWATCH_SDK_SOURCE_H_
