#include "wirewatch/store/copies.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <system_error>
#include <thread>

#include "absl/strings/str_cat.h"
#include "wirewatch/store/owner_lock.h"
#include "wirewatch/store/schema.h"
#include "wirewatch/store/sqlite_connection.h"

namespace wirewatch::store {
namespace {

constexpr int kPagesAtATime = 1024;

absl::Status Sync(const std::filesystem::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && fsync(descriptor) == 0;
  absl::Status status = synced
                            ? absl::OkStatus()
                            : absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path.string(), " to the disk"));
  if (descriptor >= 0) close(descriptor);
  return status;
}

std::filesystem::path FolderOf(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

// A file that is removed with the object unless it got its name.
class PartFile {
 public:
  explicit PartFile(const std::filesystem::path& name)
      : name_(name), part_(absl::StrCat(name.string(), ".part-", getpid())) {}
  ~PartFile() {
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) unlink((part_.string() + suffix).c_str());
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  const std::filesystem::path& path() const { return part_; }
  absl::Status TakeName() {
    if (absl::Status synced = Sync(part_); !synced.ok()) return synced;
    // Unlike rename(), link() never replaces anything.
    if (link(part_.c_str(), name_.c_str()) != 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", name_.string()));
    }
    return Sync(FolderOf(name_));
  }

 private:
  const std::filesystem::path name_;
  const std::filesystem::path part_;
};

// Pages in steps, resting as long as each took, so that a host keeps half of the disk.
absl::Status CopyPages(Connection& from, Connection& to, const std::function<void(uint64_t, uint64_t)>& progress) {
  const absl::StatusOr<uint64_t> page = from.PageBytes();
  if (!page.ok()) return page.status();
  sqlite3_backup* backup = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (backup == nullptr) return to.LastError();
  int result = SQLITE_OK;
  while (result == SQLITE_OK) {
    const auto begun = std::chrono::steady_clock::now();
    result = sqlite3_backup_step(backup, kPagesAtATime);
    const auto pages = static_cast<uint64_t>(sqlite3_backup_pagecount(backup));
    progress((pages - static_cast<uint64_t>(sqlite3_backup_remaining(backup))) * *page, pages * *page);
    if (result == SQLITE_OK) std::this_thread::sleep_for(std::chrono::steady_clock::now() - begun);
  }
  const int finished = sqlite3_backup_finish(backup);
  return finished == SQLITE_OK && result == SQLITE_DONE ? absl::OkStatus() : to.LastError();
}

absl::Status CopyTo(const std::filesystem::path& file, const std::filesystem::path& part,
                    const std::function<void(uint64_t, uint64_t)>& progress) {
  absl::StatusOr<std::unique_ptr<Connection>> from = OpenStoreToRead(file);
  if (!from.ok()) return from.status();
  absl::StatusOr<std::unique_ptr<Connection>> to = Connection::Open(part, Connection::Access::kReadWrite);
  if (!to.ok()) return to.status();
  // Inside one transaction, or every commit of a host would begin the copy anew.
  absl::Status done = (*from)->Execute("BEGIN; SELECT count(*) FROM meta");
  if (done.ok()) done = (*to)->Execute("PRAGMA synchronous = OFF");
  if (done.ok()) done = CopyPages(**from, **to, progress);
  if (done.ok()) {
    done = (*to)->Execute(
        "PRAGMA journal_mode = DELETE; UPDATE meta SET value = lower(hex(randomblob(16))) WHERE key = 'journal_id'; "
        "PRAGMA journal_mode = WAL");
  }
  return done;
}

}  // namespace

absl::Status BackUpStore(const std::filesystem::path& file, const std::filesystem::path& to,
                         const std::function<void(uint64_t, uint64_t)>& progress) {
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(to, error))) {
    return absl::AlreadyExistsError(absl::StrCat(to.string(), " is there already: give the backup another name"));
  }
  PartFile part(to);
  if (absl::Status copied = CopyTo(file, part.path(), progress); !copied.ok()) return copied;
  return part.TakeName();
}

absl::StatusOr<Compaction> CompactStore(const std::filesystem::path& file) {
  if (absl::StatusOr<std::unique_ptr<Connection>> store = OpenStoreToRead(file); !store.ok()) return store.status();
  absl::StatusOr<std::unique_ptr<OwnerLock>> lock = OwnerLock::Take(file.string() + ".lock");
  if (!lock.ok()) return lock.status();
  absl::StatusOr<std::unique_ptr<Connection>> store = Connection::Open(file, Connection::Access::kExisting);
  if (!store.ok()) return store.status();
  // What the log holds counts as the store's as well.
  const absl::StatusOr<CheckpointProgress> copied = (*store)->Checkpoint(Connection::CheckpointMode::kTruncate);
  if (!copied.ok()) return copied.status();
  Compaction compaction;
  std::error_code error;
  compaction.bytes_before = std::filesystem::file_size(file, error);
  const absl::StatusOr<int64_t> used = (*store)->Number(
      "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, "
      "pragma_page_size");
  if (!used.ok()) return used.status();
  const uintmax_t room = std::filesystem::space(FolderOf(file), error).available;
  // One copy beside the store, and one in its log.
  const uint64_t needed = 2 * static_cast<uint64_t>(*used);
  if (!error && room < needed) {
    return absl::ResourceExhaustedError(absl::StrCat("compacting takes ", needed >> 20, " MiB on the disk of ",
                                                     file.string(), " meanwhile, and ", room >> 20, " MiB are free"));
  }
  if (absl::Status vacuumed = (*store)->Vacuum(FolderOf(file)); !vacuumed.ok()) return vacuumed;
  compaction.bytes_after = std::filesystem::file_size(file, error);
  return compaction;
}

}  // namespace wirewatch::store
