// WatchBook: what is known of every watch of a step, and of each as it was for as long as Items may be under way that
// came before a change. Any thread.
#ifndef WIREWATCH_ANALYSES_WATCH_WATCH_BOOK_H_
#define WIREWATCH_ANALYSES_WATCH_WATCH_BOOK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "wirewatch/sdk/node.h"
#include "wirewatch/v1/watch_service.pb.h"

namespace wirewatch::analyses {

class WatchBook {
 public:
  using Record = std::shared_ptr<const v1::WatchRecord>;

  // Before the first Item: what holds from the beginning on. `place`: in a file.
  void Begin(v1::WatchRecord record);
  void SetPlace(const std::string& id, SourceLocation place);
  // Takes the place of the one with its id, for Items from its position on.
  void Put(v1::WatchRecord record);

  // As it was for the Item at `position`; nullptr: there was none of that id, not even a removed one.
  Record At(std::string_view id, uint64_t position) const;
  // As it is now.
  Record Now(std::string_view id) const;
  // Where it stands in a file; "" when it does not.
  std::string PlaceOf(std::string_view id) const;
  // Ids greater than `after`, in order, until `visit` returns false; `visit` must not call the book.
  void Visit(std::string_view after, const std::function<bool(const v1::WatchRecord&)>& visit) const;

  // No Item up to this position will be asked for any more.
  void Passed(uint64_t position);

 private:
  struct Entry {
    Record now;
    std::vector<Record> before;  // oldest first
    SourceLocation place;
  };

  mutable std::shared_mutex mutex_;
  absl::btree_map<std::string, Entry, std::less<>> entries_;
  std::vector<std::string> with_before_;  // ids
};

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_WATCH_WATCH_BOOK_H_
