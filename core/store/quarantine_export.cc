// What RetainQuarantine() does: entries beyond the bound leave the store for a file of JSON lines.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/store/retention.h"
#include "wirewatch/store/sqlite_reads.h"
#include "wirewatch/store/sqlite_values.h"
#include "wirewatch/v1/host_service.pb.h"

namespace wirewatch::store {
namespace {

constexpr uint64_t kMostBytesAtATime = uint64_t{1} << 20;
constexpr size_t kMostEntriesAtATime = 256;

absl::StatusOr<uint64_t> SizeOf(Connection& connection, const std::string& pipeline) {
  absl::StatusOr<Statement> query = connection.Prepare(
      "SELECT coalesce(sum(length(item) + length(raw)), 0) FROM quarantine "
      "WHERE pipeline = (SELECT id FROM pipelines WHERE name = ?)");
  if (!query.ok()) return query.status();
  const absl::StatusOr<bool> row = query->Text(pipeline).Step();
  if (!row.ok()) return row.status();
  return query->ColumnUint(0);
}

// The oldest entries that must go, as many as fit into a slice.
absl::StatusOr<std::vector<QuarantineEntry>> Choose(Connection& connection, const RetentionRule& rule, bool& more) {
  std::vector<QuarantineEntry> chosen;
  absl::StatusOr<uint64_t> size = SizeOf(connection, rule.pipeline);
  if (!size.ok()) return size.status();
  uint64_t taken = 0;
  for (uint64_t after = 0; *size > rule.quarantine + taken;) {
    absl::StatusOr<std::vector<QuarantineEntry>> page = ReadQuarantineEntries(connection, rule.pipeline, after, 16);
    if (!page.ok()) return page.status();
    if (page->empty()) break;
    after = page->back().id;
    for (QuarantineEntry& entry : *page) {
      if (entry.retry || *size <= rule.quarantine + taken) continue;
      taken += entry.item.size() + entry.raw.size();
      chosen.push_back(std::move(entry));
    }
    if (taken >= kMostBytesAtATime || chosen.size() >= kMostEntriesAtATime) {
      more = true;
      break;
    }
  }
  return chosen;
}

std::string JsonOf(const QuarantineEntry& entry) {
  v1::QuarantineEntry message;
  message.set_id(entry.id);
  message.set_pipeline(entry.pipeline);
  message.set_position(entry.position);
  message.set_step(entry.step);
  message.set_plugin(entry.plugin);
  message.set_plugin_version(entry.plugin_version);
  message.set_reason(entry.reason);
  message.mutable_failure()->set_code(static_cast<int>(entry.error.code()));
  message.mutable_failure()->set_message(std::string(entry.error.message()));
  const int64_t micros = Micros(entry.at);
  const int64_t seconds = micros / 1'000'000 - (micros % 1'000'000 < 0 ? 1 : 0);
  message.mutable_at()->set_seconds(seconds);
  message.mutable_at()->set_nanos(static_cast<int32_t>((micros - seconds * 1'000'000) * 1000));
  message.set_origin(entry.origin);
  message.set_raw(entry.raw);
  if (!entry.item.empty() && !message.mutable_item()->ParseFromString(entry.item)) {
    message.clear_item();
    message.set_raw(entry.item);
  }
  std::string json;
  if (google::protobuf::util::MessageToJsonString(message, &json).ok()) return json + "\n";
  // A time or text that JSON cannot say: the rest is worth keeping.
  message.clear_at();
  message.clear_failure();
  json.clear();
  return google::protobuf::util::MessageToJsonString(message, &json).ok() ? json + "\n" : "{}\n";
}

absl::Status AppendDurably(const std::filesystem::path& file, const std::string& lines) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", file.string()));
  size_t written = 0;
  while (written < lines.size()) {
    const ssize_t count = write(descriptor, lines.data() + written, lines.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    written += static_cast<size_t>(count);
  }
  const bool done = written == lines.size() && fdatasync(descriptor) == 0;
  absl::Status status =
      done ? absl::OkStatus() : absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", file.string()));
  close(descriptor);
  return status;
}

absl::Status Remove(Writer& writer, const std::vector<QuarantineEntry>& entries) {
  return writer.Write([&](Connection& connection) {
    // One that somebody has sent back meanwhile stays.
    absl::StatusOr<Statement> remove = connection.Prepare("DELETE FROM quarantine WHERE id = ? AND NOT retry");
    if (!remove.ok()) return remove.status();
    for (const QuarantineEntry& entry : entries) {
      if (absl::Status done = remove->Uint(entry.id).Run(); !done.ok()) return done;
    }
    return absl::OkStatus();
  });
}

}  // namespace

absl::Status RetainQuarantine(Writer& writer, ReaderPool& readers, std::span<const RetentionRule> rules,
                              const std::filesystem::path& jsonl, RetentionProgress& progress) {
  for (const RetentionRule& rule : rules) {
    if (rule.quarantine == 0) continue;
    const absl::StatusOr<std::vector<QuarantineEntry>> entries =
        readers.With([&](Connection& connection) { return Choose(connection, rule, progress.more); });
    if (!entries.ok()) return entries.status();
    if (entries->empty()) continue;
    std::string lines;
    for (const QuarantineEntry& entry : *entries) lines += JsonOf(entry);
    if (absl::Status appended = AppendDurably(jsonl, lines); !appended.ok()) return appended;
    if (absl::Status removed = Remove(writer, *entries); !removed.ok()) return removed;
    progress.quarantined += entries->size();
  }
  return absl::OkStatus();
}

}  // namespace wirewatch::store
