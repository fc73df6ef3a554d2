// SearchFile: the full-text index of a store, beside it as "<store>.search". What it says of the archive is derived: a
// file that is lost, damaged, of another format or of another store is made anew. Like a Connection, one thread.
#ifndef WIREWATCH_STORE_SEARCH_FILE_H_
#define WIREWATCH_STORE_SEARCH_FILE_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wirewatch/store/sqlite_connection.h"
#include "wirewatch/store/term_block.h"
#include "wirewatch/watch/term_pattern.h"

namespace wirewatch::store {

std::filesystem::path SearchFileOf(const std::filesystem::path& store);

class SearchFile {
 public:
  // Blocks [first, next) of a pipeline are indexed.
  struct Range {
    uint64_t first = 0;
    uint64_t next = 0;
  };

  // For the one who fills it. Made when it is not there, and made anew when it cannot be used.
  static absl::StatusOr<std::unique_ptr<SearchFile>> OpenToWrite(const std::filesystem::path& file,
                                                                 std::string_view journal_id);
  // NotFound: not there, or not usable for this store.
  static absl::StatusOr<std::unique_ptr<SearchFile>> OpenToRead(const std::filesystem::path& file,
                                                                std::string_view journal_id);

  static void Remove(const std::filesystem::path& file);

  // `pipeline` is a pipeline's number in the store.
  absl::StatusOr<Range> Indexed(uint64_t pipeline);
  // The block after those that are indexed.
  absl::Status Append(uint64_t pipeline, uint64_t block, const std::vector<TermBlock::Chunk>& chunks);
  // Whether its pages are; reads them all.
  bool IsDamaged();
  // Forgets everything.
  absl::Status Discard();
  // Forgets the blocks before `first`.
  absl::Status RemoveBefore(uint64_t pipeline, uint64_t first);
  // Copies the file's log when it has become long.
  absl::Status Checkpoint();

  // Items of a block that contain a term that the pattern (not a stem) stands for. DataLoss: damaged.
  absl::StatusOr<BlockItems> Find(uint64_t pipeline, uint64_t block, const watch::TermPattern& pattern);

 private:
  explicit SearchFile(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
  absl::Status MatchesStore(std::string_view journal_id);
  absl::Status Create(std::string_view journal_id);
  absl::StatusOr<std::string> FirstTermOfChunkWith(uint64_t pipeline, uint64_t block, std::string_view term);

  std::unique_ptr<Connection> connection_;
};

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_SEARCH_FILE_H_
