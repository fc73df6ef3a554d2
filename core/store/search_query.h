// SearchQuery: a query of the watch language, made ready for searching: which Items of a block may satisfy it by what
// the index knows, and whether one does. One thread.
#ifndef WIREWATCH_STORE_SEARCH_QUERY_H_
#define WIREWATCH_STORE_SEARCH_QUERY_H_

#include <memory>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "wirewatch/store/search_file.h"
#include "wirewatch/text/text_index.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/watch/plan.h"
#include "wirewatch/watch/scratch.h"

namespace wirewatch::store {

class SearchQuery {
 public:
  // InvalidArgument with `line:column: what is wrong`.
  static absl::StatusOr<std::unique_ptr<SearchQuery>> Compile(std::string_view query);

  // At least those Items of the block that satisfy it; nullopt: the index cannot tell.
  absl::StatusOr<std::optional<BlockItems>> Candidates(SearchFile& file, uint64_t pipeline, uint64_t block) const;
  bool Matches(const v1::Item& item);

 private:
  class Finder;
  std::shared_ptr<const watch::Expression> expression_;
  watch::PatternTable patterns_;
  watch::Plan plan_;
  text::TextIndex index_;
  watch::Scratch scratch_;
};

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_SEARCH_QUERY_H_
