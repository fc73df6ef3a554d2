#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/store_path.h"
#include "wirewatch/store/check.h"
#include "wirewatch/store/copies.h"

namespace wirewatch::cli {
namespace {

std::string Size(uint64_t bytes) {
  if (bytes < 1 << 20) return absl::StrFormat("%.0f KiB", static_cast<double>(bytes) / (1 << 10));
  return absl::StrFormat("%.1f MiB", static_cast<double>(bytes) / (1 << 20));
}

std::string Count(uint64_t count, const char* one, const char* several) {
  return absl::StrCat(count, " ", count == 1 ? one : several);
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return kFailed;
}

std::string Draw(const std::filesystem::path& file, const store::StoreContents& store) {
  std::string drawn = absl::StrCat(file.string(), ": schema ", store.schema, ", ", Size(store.file_bytes), " (",
                                   Size(store.free_bytes), " unused), log ", Size(store.log_bytes), "\n");
  for (const auto& pipeline : store.pipelines) {
    absl::StrAppend(&drawn, "  pipeline ", pipeline.name, ": ", Count(pipeline.items, "Item", "Items"),
                    ", last position ", pipeline.last.position);
    if (pipeline.last.arrival != absl::InfinitePast()) {
      absl::StrAppend(&drawn, " of ",
                      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", pipeline.last.arrival, absl::UTCTimeZone()));
    }
    absl::StrAppend(&drawn, ", ", Count(pipeline.state_keys, "key", "keys"), " of state, ", pipeline.quarantined,
                    " quarantined\n");
  }
  if (store.journal.end < store.journal.begin) {
    absl::StrAppend(&drawn, "  journal ", store.journal_id, ": empty, its end is ", store.journal.end, "\n");
  } else {
    absl::StrAppend(&drawn, "  journal ", store.journal_id, ": events ", store.journal.begin, " to ", store.journal.end,
                    "\n");
  }
  for (const auto& subscription : store.subscriptions) {
    absl::StrAppend(&drawn, "  subscription ", subscription.name, ": at ", subscription.sequence, ", ",
                    store.journal.end - std::min(subscription.sequence, store.journal.end), " behind, ",
                    Count(subscription.dead_letters, "dead letter", "dead letters"), "\n");
  }
  absl::StrAppend(&drawn, "  quarantine: ", Size(store.quarantine_bytes), "\n");
  return drawn;
}

}  // namespace

int CheckStoreFile(const std::filesystem::path& named) {
  const std::optional<std::filesystem::path> file = StoreFile(named);
  if (!file) return kConfiguration;
  const absl::StatusOr<store::StoreContents> store = store::CheckStore(*file);
  if (!store.ok()) return Fail(store.status());
  std::fputs(Draw(*file, *store).c_str(), stdout);
  if (store->damage.empty()) {
    std::fputs("whole\n", stdout);
    return kOk;
  }
  for (const std::string& sentence : store->damage) std::fprintf(stderr, "damaged: %s\n", sentence.c_str());
  std::fprintf(stderr,
               "stop the host and put a backup in place of %s, without the files %s-wal and %s-shm; sources with "
               "cursors go on where the backup was made\n",
               file->c_str(), file->c_str(), file->c_str());
  return kFailed;
}

int CompactStoreFile(const std::filesystem::path& named) {
  const std::optional<std::filesystem::path> file = StoreFile(named);
  if (!file) return kConfiguration;
  const absl::StatusOr<store::Compaction> done = store::CompactStore(*file);
  if (!done.ok()) return Fail(done.status());
  std::printf("%s: %s before, %s now\n", file->c_str(), Size(done->bytes_before).c_str(),
              Size(done->bytes_after).c_str());
  return kOk;
}

int BackUpStoreFile(const std::filesystem::path& named, const std::filesystem::path& to) {
  const std::optional<std::filesystem::path> file = StoreFile(named);
  if (!file) return kConfiguration;
  const bool terminal = isatty(STDERR_FILENO) != 0;
  uint64_t bytes = 0;
  const absl::Status done = store::BackUpStore(*file, to, [&](uint64_t copied, uint64_t all) {
    bytes = all;
    if (terminal) std::fprintf(stderr, "\r\033[K%s of %s", Size(copied).c_str(), Size(all).c_str());
  });
  if (terminal) std::fputs("\r\033[K", stderr);
  if (!done.ok()) return Fail(done);
  std::printf("%s: %s, with a journal id of its own\n", to.c_str(), Size(bytes).c_str());
  return kOk;
}

}  // namespace wirewatch::cli
