// Node: one value of a configuration file, with the place where it was written; and Diagnostics, the list of what is
// wrong with a file. The host turns YAML into Nodes (variables filled in, includes merged); the field table (field.h)
// turns Nodes into a plugin's options. Plain values: copy and share them freely between threads once built.
#ifndef WIREWATCH_SDK_NODE_H_
#define WIREWATCH_SDK_NODE_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace wirewatch {

// A place in a file. Lines and columns count from 1; column counts Unicode code points. line 0: no place known.
struct SourceLocation {
  std::shared_ptr<const std::string> file;
  int line = 0;
  int column = 0;

  std::string_view file_name() const { return file ? std::string_view(*file) : std::string_view(); }
  std::string ToString() const;  // "pipeline.yaml:3:7"; "" when unknown
};

// Collects every problem of a file, so that a person sees all of them at once.
class Diagnostics {
 public:
  enum class Severity { kError, kWarning };
  struct Entry {
    Severity severity;
    SourceLocation at;
    std::string message;  // what is wrong and what was expected, one sentence, no full stop
    std::string hint;     // how to mend it, e.g. `did you mean "path"?`; may be empty
  };

  void Error(const SourceLocation& at, std::string message, std::string hint = "");
  void Warning(const SourceLocation& at, std::string message, std::string hint = "");

  bool ok() const { return errors_ == 0; }
  int errors() const { return errors_; }
  const std::vector<Entry>& entries() const { return entries_; }
  // Entries by file, line and column, one a line: `file:line:column: error: message (hint)`.
  std::string ToString() const;
  // InvalidArgument with ToString() when there are errors, else OK.
  absl::Status ToStatus() const;

 private:
  std::vector<Entry> entries_;
  int errors_ = 0;
};

class Node {
 public:
  enum class Kind { kNull, kScalar, kList, kTable };
  struct Entry;  // key, place of the key, value; defined below

  Node() = default;
  static Node Null(SourceLocation at);
  static Node Scalar(std::string text, SourceLocation at, bool quoted = false);
  static Node List(std::vector<Node> items, SourceLocation at);
  static Node Table(std::vector<Entry> entries, SourceLocation at);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_scalar() const { return kind_ == Kind::kScalar; }
  bool is_list() const { return kind_ == Kind::kList; }
  bool is_table() const { return kind_ == Kind::kTable; }
  const SourceLocation& at() const { return at_; }

  // Scalars. `quoted`: written in quotes or as a block, so it is text even if it looks like a number or is empty.
  const std::string& text() const { return text_; }
  bool quoted() const { return quoted_; }
  // True when a `${...}` secret was filled in: the text must never be shown.
  bool secret() const { return secret_; }
  void set_secret(bool secret) { secret_ = secret; }
  // Place of the byte at `offset` of text(), for errors inside a query or a pattern. Exact for plain and block scalars;
  // for others the scalar's own place.
  SourceLocation PlaceOf(size_t offset) const;
  // How the scalar's lines lie in the file: for a block scalar the first content line and its indentation.
  void set_block(int first_line, int indent) { block_line_ = first_line, block_indent_ = indent; }

  // Lists and tables, in the order written.
  const std::vector<Node>& items() const { return items_; }
  const std::vector<Entry>& entries() const { return entries_; }
  const Entry* Find(std::string_view key) const;  // nullptr when absent
  std::vector<Node>& mutable_items() { return items_; }
  std::vector<Entry>& mutable_entries() { return entries_; }

  // "text", "a list", "a table", "nothing": for messages.
  std::string_view Describe() const;

 private:
  Kind kind_ = Kind::kNull;
  SourceLocation at_;
  std::string text_;
  bool quoted_ = false;
  bool secret_ = false;
  int block_line_ = 0;
  int block_indent_ = 0;
  std::vector<Node> items_;
  std::vector<Entry> entries_;
};

struct Node::Entry {
  std::string key;
  SourceLocation key_at;
  Node value;
};

// The candidate nearest to `word` by edit distance, if near enough to be what was meant; else "".
std::string ClosestName(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace wirewatch

#endif  // WIREWATCH_SDK_NODE_H_
