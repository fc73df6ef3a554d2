// Searching the archive with a query of the watch language. The index names candidates, the evaluator of watches has
// the last word on each archived Item, and what the index has not reached yet is read as it is: the answer is complete
// up to the last commit. Reads only; a host may run or not. Any thread.
#ifndef WIREWATCH_STORE_SEARCH_H_
#define WIREWATCH_STORE_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::store {

struct SearchOptions {
  std::string pipeline = {};  // empty: all
  size_t limit = 20;
};

struct FoundItem {
  std::string pipeline;
  v1::Item item;
};

struct SearchResult {
  std::vector<FoundItem> found;  // newest first
  bool more = false;             // there are more than the limit
  bool indexed = false;          // an index was there
  bool damaged = false;          // the index is, and was not relied on
  uint64_t read = 0;             // Items that were looked at
};

// InvalidArgument: the query cannot be read; NotFound: there is no such store or pipeline. A lost or damaged index
// makes it slow and is no error.
absl::StatusOr<SearchResult> SearchStore(const std::filesystem::path& store, std::string_view query,
                                         const SearchOptions& options);

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_SEARCH_H_
