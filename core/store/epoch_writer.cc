#include "wirewatch/store/epoch_writer.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "wirewatch/store/sqlite_values.h"
#include "wirewatch/store/suppressions.h"
#include "wirewatch/store/writer.h"

namespace wirewatch::store {

absl::Status EpochWriter::Write(const EpochWrites& epoch) {
  absl::StatusOr<int64_t> pipeline = Pipeline(epoch);
  if (!pipeline.ok()) return pipeline.status();
  absl::Status done = WriteItems(*pipeline, epoch);
  if (done.ok()) done = WriteArrival(*pipeline, epoch);
  if (done.ok()) done = WriteJournal(*pipeline, epoch);
  for (const SealedState& state : epoch.state) {
    if (done.ok()) done = WriteState(*pipeline, state);
  }
  for (const QuarantineEntry& entry : epoch.quarantine) {
    if (done.ok()) done = WriteQuarantine(*pipeline, entry);
  }
  if (done.ok()) done = WriteCursors(*pipeline, epoch);
  if (done.ok()) done = RemoveRetried(*pipeline, epoch);
  if (done.ok()) done = WriteSuppressions(connection_, static_cast<uint64_t>(*pipeline), epoch.suppressions);
  return done;
}

absl::StatusOr<int64_t> EpochWriter::Pipeline(const EpochWrites& epoch) {
  if (epoch.last_position >= kPositions) {
    return absl::InvalidArgumentError(absl::StrCat("position ", epoch.last_position, " is past the store's limit"));
  }
  uint64_t bytes = 0;
  for (const ArchivedItem& item : epoch.items) bytes += item.item.size();
  absl::StatusOr<Statement> upsert = connection_.Prepare(
      "INSERT INTO pipelines (name, last_position, last_arrival_us, item_bytes) VALUES (?, ?, ?, ?) "
      "ON CONFLICT (name) DO UPDATE SET last_position = excluded.last_position, "
      "last_arrival_us = excluded.last_arrival_us, item_bytes = item_bytes + excluded.item_bytes "
      "WHERE excluded.last_position >= last_position RETURNING id");
  if (!upsert.ok()) return upsert.status();
  upsert->Text(epoch.pipeline).Uint(epoch.last_position).Int(Micros(epoch.last_arrival)).Uint(bytes);
  absl::StatusOr<bool> row = upsert->Step();
  if (!row.ok()) return row.status();
  if (!*row) {
    return absl::FailedPreconditionError(absl::StrCat("pipeline \"", epoch.pipeline, "\": an epoch up to position ",
                                                      epoch.last_position, " comes after a later one"));
  }
  return upsert->ColumnInt(0);
}

absl::Status EpochWriter::WriteItems(int64_t pipeline, const EpochWrites& epoch) {
  absl::StatusOr<Statement> insert = connection_.Prepare(
      "INSERT INTO items (row, pipeline, id, version, content_hash, item) VALUES (?, ?, ?, ?, ?, ?)");
  if (!insert.ok()) return insert.status();
  absl::StatusOr<Statement> insert_key = connection_.Prepare("INSERT INTO recent_keys (key, row) VALUES (?, ?)");
  if (!insert_key.ok()) return insert_key.status();
  for (const ArchivedItem& item : epoch.items) {
    if (item.position > epoch.last_position) {
      return absl::InvalidArgumentError(
          absl::StrCat("Item at position ", item.position, " is not of the epoch up to ", epoch.last_position));
    }
    const CompactId id(item.id);
    const CompactId hash(item.content_hash);
    const uint64_t row = static_cast<uint64_t>(pipeline) * kPositions + item.position;
    insert->Uint(row).Int(pipeline);
    id.Bind(*insert);
    insert->Int(item.version);
    hash.Bind(*insert);
    insert->Blob(item.item);
    if (absl::Status done = insert->Run(); !done.ok()) return done;
    if (absl::Status done = insert_key->Int(id.Key()).Uint(row).Run(); !done.ok()) return done;
  }
  return absl::OkStatus();
}

absl::Status EpochWriter::WriteArrival(int64_t pipeline, const EpochWrites& epoch) {
  if (epoch.items.empty()) return absl::OkStatus();
  absl::StatusOr<Statement> insert = connection_.Prepare(
      "INSERT INTO arrivals (pipeline, position, at_us) SELECT ?1, ?2, ?3 WHERE coalesce((SELECT at_us FROM arrivals "
      "WHERE pipeline = ?1 ORDER BY position DESC LIMIT 1) <= ?3 - 60000000, true)");
  if (!insert.ok()) return insert.status();
  return insert->Int(pipeline).Uint(epoch.last_position).Int(Micros(epoch.last_arrival)).Run();
}

absl::Status EpochWriter::MoveKeys(uint64_t commit) {
  constexpr int64_t kWidth = std::numeric_limits<int64_t>::max() / (kStretches / 2) + 1;
  const int64_t first = std::numeric_limits<int64_t>::min() + static_cast<int64_t>(commit % kStretches) * kWidth;
  const int64_t last = first + (kWidth - 1);
  absl::StatusOr<Statement> move =
      connection_.Prepare("INSERT INTO item_keys SELECT key, row FROM recent_keys WHERE key BETWEEN ? AND ?");
  if (!move.ok()) return move.status();
  if (absl::Status done = move->Int(first).Int(last).Run(); !done.ok()) return done;
  absl::StatusOr<Statement> remove = connection_.Prepare("DELETE FROM recent_keys WHERE key BETWEEN ? AND ?");
  if (!remove.ok()) return remove.status();
  return remove->Int(first).Int(last).Run();
}

absl::Status EpochWriter::WriteJournal(int64_t pipeline, const EpochWrites& epoch) {
  absl::StatusOr<Statement> insert = connection_.Prepare(
      "INSERT INTO alert_events (sequence, pipeline, alert_id, at_us, event) VALUES (?, ?, ?, ?, ?)");
  if (!insert.ok()) return insert.status();
  for (const JournalEntry& entry : epoch.journal) {
    if (entry.sequence != journal_end_ + 1) {
      return absl::FailedPreconditionError(absl::StrCat("journal entry ", entry.sequence, " does not follow ",
                                                        journal_end_, ", the end of the journal"));
    }
    const CompactId alert(entry.alert_id);
    insert->Uint(entry.sequence).Int(pipeline);
    alert.Bind(*insert);
    insert->Int(Micros(entry.at)).Blob(entry.event);
    if (absl::Status done = insert->Run(); !done.ok()) return done;
    journal_end_ = entry.sequence;
  }
  return absl::OkStatus();
}

absl::Status EpochWriter::WriteState(int64_t pipeline, const SealedState& state) {
  if (state.version == 0) {
    return absl::InvalidArgumentError(absl::StrCat("state of step \"", state.step, "\" has no version"));
  }
  absl::StatusOr<Statement> version = connection_.Prepare(
      "INSERT INTO state_versions (pipeline, step, version) VALUES (?, ?, ?) "
      "ON CONFLICT DO UPDATE SET version = excluded.version WHERE version <> excluded.version");
  if (!version.ok()) return version.status();
  absl::Status done = version->Int(pipeline).Text(state.step).Int(state.version).Run();
  if (!done.ok()) return done;
  absl::StatusOr<Statement> put = connection_.Prepare(
      "INSERT INTO state (pipeline, step, key, value) VALUES (?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET value = excluded.value");
  if (!put.ok()) return put.status();
  absl::StatusOr<Statement> remove =
      connection_.Prepare("DELETE FROM state WHERE pipeline = ? AND step = ? AND key = ?");
  if (!remove.ok()) return remove.status();
  for (const StateWrite& write : state.writes) {
    done = write.value ? put->Int(pipeline).Text(state.step).Blob(write.key).Blob(*write.value).Run()
                       : remove->Int(pipeline).Text(state.step).Blob(write.key).Run();
    if (!done.ok()) return done;
  }
  return absl::OkStatus();
}

absl::Status EpochWriter::WriteQuarantine(int64_t pipeline, const QuarantineEntry& entry) {
  absl::StatusOr<Statement> insert = connection_.Prepare(
      "INSERT INTO quarantine (pipeline, position, step, plugin, plugin_version, reason, error_code, error, at_us, "
      "origin, item, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert.ok()) return insert.status();
  const std::string error(entry.error.message());
  insert->Int(pipeline).Uint(entry.position).Text(entry.step).Text(entry.plugin).Text(entry.plugin_version);
  insert->Text(entry.reason).Int(static_cast<int>(entry.error.code())).Text(error);
  return insert->Int(Micros(entry.at)).Text(entry.origin).Blob(entry.item).Blob(entry.raw).Run();
}

absl::Status EpochWriter::WriteCursors(int64_t pipeline, const EpochWrites& epoch) {
  absl::StatusOr<Statement> put = connection_.Prepare(
      "INSERT INTO cursors (pipeline, source, cursor) VALUES (?, ?, ?) "
      "ON CONFLICT DO UPDATE SET cursor = excluded.cursor");
  if (!put.ok()) return put.status();
  for (const auto& [source, cursor] : epoch.cursors) {
    if (absl::Status done = put->Int(pipeline).Text(source).Blob(cursor).Run(); !done.ok()) return done;
  }
  return absl::OkStatus();
}

absl::Status EpochWriter::RemoveRetried(int64_t pipeline, const EpochWrites& epoch) {
  if (epoch.retried.empty()) return absl::OkStatus();
  absl::StatusOr<Statement> remove = connection_.Prepare("DELETE FROM quarantine WHERE id = ? AND pipeline = ?");
  if (!remove.ok()) return remove.status();
  for (const uint64_t id : epoch.retried) {
    if (absl::Status done = remove->Uint(id).Int(pipeline).Run(); !done.ok()) return done;
  }
  return absl::OkStatus();
}

absl::Status WriteSubscription(Connection& connection, std::string_view subscription, uint64_t sequence,
                               std::span<const DeadLetter> dead) {
  absl::StatusOr<uint64_t> end = ReadMeta(connection, "journal_end");
  if (!end.ok()) return end.status();
  if (sequence > *end) {
    return absl::OutOfRangeError(absl::StrCat("subscription \"", std::string(subscription), "\" cannot advance to ",
                                              sequence, ": the journal ends at ", *end));
  }
  absl::StatusOr<Statement> put = connection.Prepare(
      "INSERT INTO subscriptions (name, sequence) VALUES (?, ?) "
      "ON CONFLICT DO UPDATE SET sequence = excluded.sequence WHERE excluded.sequence >= sequence");
  if (!put.ok()) return put.status();
  if (absl::Status done = put->Text(subscription).Uint(sequence).Run(); !done.ok()) return done;
  if (connection.changes() == 0) {
    return absl::FailedPreconditionError(absl::StrCat("subscription \"", std::string(subscription), "\" is past ",
                                                      sequence, " already and cannot go back"));
  }
  absl::StatusOr<Statement> forget = connection.Prepare("DELETE FROM turns WHERE subscription = ? AND sent <= ?");
  if (!forget.ok()) return forget.status();
  if (absl::Status done = forget->Text(subscription).Uint(sequence).Run(); !done.ok()) return done;
  absl::StatusOr<Statement> bury = connection.Prepare(
      "INSERT OR REPLACE INTO dead_letters (subscription, sequence, attempts, error_code, error, at_us) "
      "VALUES (?, ?, ?, ?, ?, ?)");
  if (!bury.ok()) return bury.status();
  for (const DeadLetter& letter : dead) {
    bury->Text(subscription).Uint(letter.sequence).Int(letter.attempts).Int(static_cast<int>(letter.error.code()));
    const std::string error(letter.error.message());
    if (absl::Status done = bury->Text(error).Int(Micros(letter.at)).Run(); !done.ok()) return done;
  }
  return absl::OkStatus();
}

absl::Status WriteSubscriptionState(Connection& connection, std::string_view subscription,
                                    std::span<const StateWrite> state) {
  if (state.empty()) return absl::OkStatus();
  absl::StatusOr<Statement> put =
      connection.Prepare("INSERT OR REPLACE INTO subscription_state (subscription, key, value) VALUES (?, ?, ?)");
  if (!put.ok()) return put.status();
  absl::StatusOr<Statement> remove =
      connection.Prepare("DELETE FROM subscription_state WHERE subscription = ? AND key = ?");
  if (!remove.ok()) return remove.status();
  for (const StateWrite& write : state) {
    absl::Status done = write.value ? put->Text(subscription).Blob(write.key).Blob(*write.value).Run()
                                    : remove->Text(subscription).Blob(write.key).Run();
    if (!done.ok()) return done;
  }
  return absl::OkStatus();
}

}  // namespace wirewatch::store
