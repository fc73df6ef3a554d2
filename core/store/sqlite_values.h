// How values stand in SQLite columns: times, and ids that are mostly 32 hexadecimal digits. Stateless; any thread.
#ifndef WIREWATCH_STORE_SQLITE_VALUES_H_
#define WIREWATCH_STORE_SQLITE_VALUES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "wirewatch/store/sqlite_connection.h"

namespace wirewatch::store {

// Microseconds since 1970; the infinite times are the ends of the range.
int64_t Micros(absl::Time time);
absl::Time FromMicros(int64_t micros);

// An id or hash: as 16 or 32 bytes when it is that many lower-case hexadecimal pairs, which halves the index, and as
// text otherwise. A blob never equals a text in SQLite, so the two cannot be confused. Holds the bytes that a Statement
// binds.
class CompactId {
 public:
  explicit CompactId(std::string_view id);
  void Bind(Statement& statement) const;
  // A number by which it is found; others may have the same. Never changes: it is stored.
  int64_t Key() const;
  static std::string Read(const Statement& statement, int column);

 private:
  std::string bytes_;
  bool packed_;
};

// CompactId::Key() of an id that stands in a column as bytes.
int64_t KeyOfPacked(std::string_view bytes);

// Smallest key that does not begin with `prefix` and is greater than all that do; nullopt: there is none.
std::optional<std::string> PrefixEnd(std::string_view prefix);

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_SQLITE_VALUES_H_
