// DialectBuilder: makes the tree of a translation, keeps account of its clauses, and collects what is refused, so that
// one reading reports all of it. What it makes is never nullptr: after an error a placeholder stands there. One thread.
#ifndef WIREWATCH_WATCH_DIALECT_BUILDER_H_
#define WIREWATCH_WATCH_DIALECT_BUILDER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/watch/dialect.h"
#include "wirewatch/watch/expression.h"

namespace wirewatch::watch {

using DialectNode = std::shared_ptr<Expression>;

// Bytes of the dialect's text.
struct Stretch {
  uint32_t begin = 0, end = 0;
};

class DialectBuilder {
 public:
  // Without `notes`, of what is not refused no account is kept.
  explicit DialectBuilder(std::string_view query, bool notes = true) : query_(query), keeps_notes_(notes) {}

  DialectNode Make(Operation operation, Stretch at);
  // AND or OR of the parts; what is of that kind already is taken apart. One part alone is itself.
  DialectNode Join(Operation operation, std::vector<DialectNode> parts);
  // NOT, CASE, EXACT, LEAD: around one operand.
  DialectNode Around(Operation operation, DialectNode operand, uint32_t begin);
  DialectNode Field(std::string_view name, DialectNode operand, uint32_t begin);
  DialectNode Window(Operation operation, uint32_t n, DialectNode left, DialectNode right);
  // A word; a phrase when the watch language would read the word as something else.
  DialectNode Term(std::string_view text, Stretch at);
  DialectNode Phrase(std::string_view text, Stretch at);
  DialectNode Placeholder(Stretch at);

  void Exact(const Expression& node) { ExactBecause(node, ""); }
  void ExactBecause(const Expression& node, std::string why) {
    Note(ClauseKind::kExact, {node.begin, node.end}, node, std::move(why));
  }
  void Approximate(const Expression& node, std::string why) {
    Note(ClauseKind::kApproximate, {node.begin, node.end}, node, std::move(why));
  }
  // Approximate when there is a reason, else exact.
  void Judge(const Expression& node, std::string_view why) {
    Note(why.empty() ? ClauseKind::kExact : ClauseKind::kApproximate, {node.begin, node.end}, node, std::string(why));
  }
  // The clause at `node` stands for the exact ones inside it: they are not told apart any more.
  void Absorb(Stretch at);
  // Copies are parts too.
  void Charge(uint64_t parts, uint32_t offset);
  // The clauses in it decide nothing, and are left out: exact. Of a reader whose notes all stand in their order.
  void Drop(Stretch at, std::string why);
  // For everything inside it, whatever that was.
  DialectNode Refuse(Stretch at, std::string why, std::string hint);
  // The text cannot be read any further.
  void Fail(uint32_t offset, std::string message, std::string hint);
  bool failed() const { return error_.has_value(); }

  Translation Finish(DialectNode tree, bool readable);

 private:
  void Note(ClauseKind kind, Stretch at, const Expression& became, std::string why);
  // Notes are made from left to right, so those of a stretch that has just been read stand at the end.
  std::vector<ClauseNote>::iterator NotesFrom(uint32_t begin);
  std::string Written(Stretch at) const { return std::string(query_.substr(at.begin, at.end - at.begin)); }

  std::string_view query_;
  const bool keeps_notes_;
  uint32_t parts_ = 0;
  std::vector<ClauseNote> notes_ = {};
  std::optional<QueryError> error_ = {};
};

// Where it stands, with what it adopted.
inline Stretch StretchOf(const Expression& node) { return {node.begin, node.end}; }

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_DIALECT_BUILDER_H_
