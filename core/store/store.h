// Store: everything that one host keeps durably. The unit of change is the epoch: what one slice of input caused
// becomes durable together, or not at all. Other engines fit behind this interface; the one that is built in is SQLite
// (OpenSqlite(), sqlite_store.h).
//
// Threads: Commit(), Retain() and TrimJournal() are called by one thread, the committer. Everything else may be called
// by any thread at any time; reads see the last commit and never wait for a running one. One process owns a store.
//
// Errors of every call: see IsTrouble(). Besides, Aborted (another host has taken the store), FailedPrecondition and
// InvalidArgument (writes that do not follow what is stored) and Internal do not pass.
#ifndef WIREWATCH_STORE_STORE_H_
#define WIREWATCH_STORE_STORE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace wirewatch::store {

// An Item as it is archived.
struct ArchivedItem {
  uint64_t position = 0;
  std::string id = {};
  uint32_t version = 0;
  std::string content_hash = {};
  std::string item = {};  // serialised v1::Item
};

// An entry of the journal. `event` is a serialised v1::AlertEvent; its journal_id and sequence are not stored in it and
// are set from here when it is read.
struct JournalEntry {
  uint64_t sequence = 0;      // counts from 1 over all pipelines of the store
  std::string pipeline = {};  // set when read; written is that of the epoch
  std::string alert_id = {};
  absl::Time at = {};
  std::string event = {};
};

// One sealed write of a step's state; without value the key is removed.
struct StateWrite {
  std::string key = {};
  std::optional<std::string> value = {};
};

// What one step (or the core, under a step name that no step can have) has sealed with an epoch.
struct SealedState {
  std::string step = {};
  uint32_t version = 0;  // the state_version of the plugin that wrote it; at least 1
  std::vector<StateWrite> writes = {};
};

// An Item, or a record that could not become one, that was set aside.
struct QuarantineEntry {
  uint64_t id = 0;  // given by the store
  std::string pipeline = {};
  uint64_t position = 0;
  std::string step = {};
  std::string plugin = {};
  std::string plugin_version = {};
  std::string reason = {};  // class: "error", "exception", "fault", "overrun", "too-large", "rejected"
  absl::Status error = {};
  absl::Time at = {};       // the pipeline's time
  std::string origin = {};  // where it stood, e.g. "inbox/a.jsonl:12"
  std::string item = {};    // serialised v1::Item, as it was before the step; empty for a record
  std::string raw = {};     // the record as read
  bool retry = false;       // it is to come back as input
};

// A row of the suppressions journal: something that did not reach people, which no other table tells of.
struct Suppression {
  std::string pipeline = {};  // set when read; written is that of the epoch, or of the call
  // What makes it this one: another with the same key is not written.
  std::string key = {};
  // Ids and addresses that it is about, by each of which it is found. Compared by hash: others may be found by them.
  std::vector<std::string> subjects = {};  // not set when read
  absl::Time at = {};                      // the pipeline's time
  std::string entry = {};                  // serialised v1::Suppression
};

// Everything that one slice of a pipeline's input caused.
struct EpochWrites {
  std::string pipeline = {};
  uint64_t last_position = 0;  // of the slice; not less than that of the epoch before
  absl::Time last_arrival = {};
  std::vector<ArchivedItem> items = {};
  std::vector<JournalEntry> journal = {};  // sequences follow JournalEnd() without gap, over all epochs of one Commit()
  std::vector<SealedState> state = {};
  std::vector<QuarantineEntry> quarantine = {};
  std::vector<std::pair<std::string, std::string>> cursors = {};  // source, cursor
  std::vector<uint64_t> retried = {};  // quarantine entries that have come back as input; they are removed
  std::vector<Suppression> suppressions = {};
};

// How far a pipeline has been committed; zeros when it has never been.
struct PipelinePosition {
  uint64_t position = 0;
  absl::Time arrival = absl::InfinitePast();
};

// The newest version of an Item.
struct KnownItem {
  uint32_t version = 0;
  std::string content_hash = {};
  uint64_t position = 0;
};

// What part of the journal is there: sequences `begin` to `end`, both inclusive. Empty when end < begin.
struct JournalRange {
  uint64_t begin = 1;
  uint64_t end = 0;
};

// An event that a channel or subscriber could not take.
struct DeadLetter {
  std::string subscription = {};
  uint64_t sequence = 0;
  uint32_t attempts = 0;
  absl::Status error = {};
  absl::Time at = {};
};

// Trouble that may pass, and that is waited out: ResourceExhausted (disk or quota full), Unavailable (I/O error,
// locked), DeadlineExceeded, PermissionDenied (file or filesystem is read-only) and DataLoss (a page is damaged; a
// backup may be put in its place). The call may be made again unchanged on the same object, also a Commit() of which it
// is not known whether it has become durable. Nothing is remembered of the trouble once it has gone.
inline bool IsTrouble(const absl::Status& status) {
  return absl::IsResourceExhausted(status) || absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsPermissionDenied(status) || absl::IsDataLoss(status);
}

// One turn of a consumer of a named subscription: it was sent everything from the subscription's position on up to
// `sent`, at least. What was sent in n turns and not advanced has been tried n times.
struct Turn {
  uint64_t number = 0;  // counts from 1
  uint64_t sent = 0;    // sequence number
};

// How long a pipeline's data is kept.
struct RetentionRule {
  std::string pipeline = {};
  absl::Duration items = absl::ZeroDuration();  // by arrival; 0: for ever
  // Items younger than this stay whatever `size` says: open Alerts may refer to them.
  absl::Duration items_at_least = absl::Hours(24);
  absl::Duration alerts = absl::ZeroDuration();        // events, by their time; 0: for ever
  uint64_t size = 0;                                   // bytes of archived Items; 0: unbounded
  uint64_t quarantine = 0;                             // bytes of quarantined Items and records; 0: unbounded
  absl::Duration suppressions = absl::ZeroDuration();  // by their time; 0: for ever
  uint64_t most_suppressions = 0;                      // 0: unbounded
};

// What one call of Retain() has removed.
struct RetentionProgress {
  uint64_t items = 0;
  uint64_t item_bytes = 0;
  uint64_t events = 0;
  uint64_t quarantined = 0;  // exported first
  uint64_t suppressions = 0;
  bool more = false;  // there is more to remove: call again
};

// Visits state in byte order of the keys; return false to stop.
using StateVisitor = std::function<bool(std::string_view key, std::string_view value)>;

class Store {
 public:
  // A sequence number beyond every other.
  static constexpr uint64_t kNewest = ~uint64_t{0};

  virtual ~Store() = default;

  // Makes the epochs durable in one transaction, in the order given. On failure nothing of them is.
  virtual absl::Status Commit(std::span<const EpochWrites> epochs) = 0;

  // ---- What a pipeline needs to go on where it was ----

  virtual absl::StatusOr<PipelinePosition> LastPosition(std::string_view pipeline) = 0;
  // nullopt before the first commit that had one.
  virtual absl::StatusOr<std::optional<std::string>> Cursor(std::string_view pipeline, std::string_view source) = 0;
  // The newest committed version of an Item of this pipeline. Cheap enough to be asked for every Item.
  virtual absl::StatusOr<std::optional<KnownItem>> FindItem(std::string_view pipeline, std::string_view id) = 0;

  // ---- State ----

  // The version that wrote the step's state; 0 when there is none.
  virtual absl::StatusOr<uint32_t> StateVersion(std::string_view pipeline, std::string_view step) = 0;
  virtual absl::StatusOr<std::optional<std::string>> GetState(std::string_view pipeline, std::string_view step,
                                                              std::string_view key) = 0;
  // Keys that begin with `prefix`. The visitor must not call the store.
  virtual absl::Status ScanState(std::string_view pipeline, std::string_view step, std::string_view prefix,
                                 const StateVisitor& visit) = 0;

  // ---- Archive ----

  // The serialised Item; version 0: the newest. nullopt when it is not (or no longer) there.
  virtual absl::StatusOr<std::optional<std::string>> ReadItem(std::string_view pipeline, std::string_view id,
                                                              uint32_t version) = 0;
  // Items after a position, in position order, at most `limit`.
  virtual absl::StatusOr<std::vector<ArchivedItem>> ReadItems(std::string_view pipeline, uint64_t after_position,
                                                              size_t limit) = 0;
  // How many Items (versions) were archived at positions after `after` up to `to`.
  virtual absl::StatusOr<uint64_t> CountItems(std::string_view pipeline, uint64_t after, uint64_t to) = 0;

  // ---- Journal ----

  // 32 hexadecimal digits, made with the store.
  virtual std::string JournalId() const = 0;
  virtual absl::StatusOr<JournalRange> Journal() = 0;
  // Entries after a sequence number, in order, at most `limit`. Entries that were trimmed are passed over: compare with
  // Journal().
  virtual absl::StatusOr<std::vector<JournalEntry>> ReadJournal(uint64_t after_sequence, size_t limit) = 0;
  // Of each Alert its latest entry at or before `at_sequence`, those with a sequence number less than
  // `before_sequence`, newest first, at most `limit`: the Alerts as they stood at `at_sequence`. Entries about no Alert
  // are left out.
  virtual absl::StatusOr<std::vector<JournalEntry>> ReadAlerts(uint64_t at_sequence, uint64_t before_sequence,
                                                               size_t limit) = 0;
  // The last `limit` entries of an Alert at or before `at_sequence`, oldest first.
  virtual absl::StatusOr<std::vector<JournalEntry>> ReadAlertEvents(std::string_view alert_id, size_t limit,
                                                                    uint64_t at_sequence = kNewest) = 0;
  // Ids of Alerts that begin with `prefix`, which is not empty, in no order, at most `limit`.
  virtual absl::StatusOr<std::vector<std::string>> FindAlerts(std::string_view prefix, size_t limit) = 0;
  // The last sequence number before the first entry that is later than `time`; the end of the journal when none is.
  // Entries of several pipelines are not in order of time: after it come all that are later, and maybe others.
  virtual absl::StatusOr<uint64_t> JournalPositionAt(absl::Time time) = 0;
  // Removes entries before a sequence number; the end of the journal stays known.
  virtual absl::Status TrimJournal(uint64_t before_sequence) = 0;

  // ---- Subscriptions ----

  // Everything up to `sequence` is done with. Durable at return; going back is FailedPrecondition, going past the end
  // of the journal OutOfRange. `dead` are events among those that were given up; `state` is what the subscriber
  // remembers, changed in the same transaction, as are `suppressions`, which are of one pipeline; of one that has not
  // committed anything yet they are left out.
  virtual absl::Status Advance(std::string_view subscription, uint64_t sequence, std::span<const DeadLetter> dead = {},
                               std::span<const StateWrite> state = {},
                               std::span<const Suppression> suppressions = {}) = 0;
  // nullopt for a name that was never advanced.
  virtual absl::StatusOr<std::optional<uint64_t>> SubscriptionPosition(std::string_view subscription) = 0;
  // The turns that went beyond the subscription's position, by number, at most kMostTurns.
  virtual absl::StatusOr<std::vector<Turn>> Turns(std::string_view subscription) = 0;
  // Adds a turn, or moves it on. Durable at return. Only the last kMostTurns are kept.
  virtual absl::Status RecordTurn(std::string_view subscription, const Turn& turn) = 0;
  static constexpr uint64_t kMostTurns = 64;
  // All that the subscriber remembers, in byte order of the keys; every value is there.
  virtual absl::StatusOr<std::vector<StateWrite>> SubscriptionState(std::string_view subscription) = 0;
  // By sequence, at most `limit`.
  virtual absl::StatusOr<std::vector<DeadLetter>> DeadLetters(std::string_view subscription, size_t limit) = 0;

  // ---- Suppressions ----

  // Those found by an id or an address, oldest first for each pipeline, at most `limit`.
  virtual absl::StatusOr<std::vector<Suppression>> ReadSuppressions(std::string_view subject, size_t limit) = 0;

  // ---- Quarantine ----

  // Entries with id > `after_id`, oldest first; pipeline "": of all.
  virtual absl::StatusOr<std::vector<QuarantineEntry>> ReadQuarantine(std::string_view pipeline, uint64_t after_id,
                                                                      size_t limit) = 0;
  // Entries with `retry` set, as ReadQuarantine(). Cheap when there are none.
  virtual absl::StatusOr<std::vector<QuarantineEntry>> ReadRetries(std::string_view pipeline, uint64_t after_id,
                                                                   size_t limit) = 0;
  // NotFound, and then nothing is changed. An entry without Item (a rejected record) is FailedPrecondition.
  virtual absl::Status RetryQuarantined(std::span<const uint64_t> ids) = 0;
  // NotFound, and then nothing is changed.
  virtual absl::Status DropQuarantined(std::span<const uint64_t> ids) = 0;

  // ---- Retention ----

  // Removes some of what the rules do not keep at `now`; short enough to stand between two commits, so it may leave
  // more to do. Items go oldest first; what is remembered of them (50 bytes: version and hash) stays twice as long as
  // `items`, or a year, so that a source that gives one again does not make it new. Events go as a prefix of the
  // journal: the oldest that is kept keeps all that follow, of every pipeline; Journal() shows the gap. Quarantine
  // entries go oldest first, except those that are to be retried, and are appended to "<store>.quarantine.jsonl"
  // before, as protobuf JSON of wirewatch.v1.QuarantineEntry; after a crash one may stand there twice. Suppressions go
  // oldest first. State and cursors stay. Called by the committer.
  virtual absl::StatusOr<RetentionProgress> Retain(std::span<const RetentionRule> rules, absl::Time now) = 0;
};

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_STORE_H_
