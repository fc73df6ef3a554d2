// Parser of the watch language (docs/watch-language.md). Pure functions; any thread. Bounded: a query has at most 64
// KiB, is nested at most 64 deep, and has at most 10,000 parts, lists included.
#ifndef WIREWATCH_WATCH_PARSER_H_
#define WIREWATCH_WATCH_PARSER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "wirewatch/watch/expression.h"

namespace wirewatch::watch {

// What is wrong with a query.
struct QueryError {
  uint32_t offset = 0;  // byte in the query
  std::string message;
  std::string hint;  // the rewrite: `write (a AND b) OR c`; may be empty
};

// InvalidArgument with `line:column: what is wrong (hint)`; columns count code points.
absl::Status ToStatus(const QueryError& error, std::string_view query);

// The query that a LIST stands for; nullptr: there is no such list.
using Lists = std::function<const std::string*(const std::string& name)>;
inline const std::string* NoLists(const std::string&) { return nullptr; }

std::variant<std::shared_ptr<const Expression>, QueryError> Parse(std::string_view query, const Lists& lists = NoLists);

// How a field is searched.
enum class FieldKind {
  kText,        // a part of the text
  kItem,        // a fact of the Item
  kNumber,      // the same, with an order
  kDate,        // the same
  kAnnotation,  // what steps have found: one value must satisfy a group
  kQuote,       // the text inside or outside of quotes
};
struct FieldInfo {
  std::string_view name;
  FieldKind kind;
  std::string_view needs;  // annotation that a step must have made; "" for facts of the source
};
// nullptr: no such field.
const FieldInfo* FindField(std::string_view name);
std::vector<std::string> FieldNames();
// Whether an operation can be held against the text of a value (`entity:(…)`): all that stands somewhere, and Booleans.
bool FitsValue(Operation operation);
// Whether >=, <= and ranges compare it.
bool HasOrder(const FieldInfo& field);

inline constexpr size_t kMaxQueryBytes = 64 << 10;
inline constexpr uint32_t kMaxDepth = 64;
inline constexpr uint32_t kMaxParts = 10'000;

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_PARSER_H_
