// Source: a plugin that produces Items. The host reads it from one thread (the pipeline's sequencer) a batch at a time
// and remembers the Cursor with the epoch that the batch belongs to. And PushReceiver, which a Source is as well when
// clients push to it.
#ifndef WIREWATCH_SDK_SOURCE_H_
#define WIREWATCH_SDK_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
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

namespace wirewatch::v1 {
class IngestResponse;
}

namespace wirewatch {

// Stands for a record that a client has pushed and waits for. Goes with the Item; where it is destroyed without an
// answer, the client is told to push the record again.
class PushTicket {
 public:
  virtual ~PushTicket() = default;
  // The host's call, once, when that is durable.
  virtual void Answer(v1::IngestResponse fate) = 0;
};

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
  // The record that is added or rejected next was pushed: whoever waits for it is told what becomes of it.
  virtual void SetTicket(std::unique_ptr<PushTicket> ticket) { ticket.reset(); }
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

// A record that a client has pushed: an Item, and what the client has it from (may be empty).
struct PushedRecord {
  v1::Item item;
  std::string raw;
  std::unique_ptr<PushTicket> ticket;
};

// Where the host keeps what clients push until the source takes it, the oldest first. Used in Read().
class PushQueue {
 public:
  virtual ~PushQueue() = default;
  // nullopt: nothing is there.
  virtual std::optional<PushedRecord> Take() = 0;
  // Readable while something is there: for wait_fd().
  virtual int fd() const = 0;
};

// Beside Source, for one that takes what clients push (IngestService). It gives each record that it takes its ticket
// back with SetTicket() before it adds or rejects it.
class PushReceiver {
 public:
  // How much may wait in the queue; one record may, whatever its size. Clients then wait.
  struct Limits {
    uint64_t records = 0;
    uint64_t bytes = 0;
  };
  virtual ~PushReceiver() = default;
  virtual Limits push_limits() const = 0;
  // Once, before Open(). The queue outlives the source, and is there again after a reload with what waits in it.
  virtual void TakeFrom(PushQueue& queue) = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_SDK_SOURCE_H_
