// Dialects: queries as other monitoring tools spell and count them, translated into the watch language
// (docs/watch-dialects.md). Pure functions; any thread. Bounded as Parse() is.
#ifndef WIREWATCH_WATCH_DIALECT_H_
#define WIREWATCH_WATCH_DIALECT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/watch/expression.h"
#include "wirewatch/watch/parser.h"

namespace wirewatch::watch {

enum class Dialect : uint8_t { kWirewatch, kMeltwater, kBrandwatch, kTalkwalker, kLucene };

std::string_view NameOf(Dialect dialect);
std::optional<Dialect> FindDialect(std::string_view name);
std::vector<std::string_view> DialectNames();

enum class ClauseKind : uint8_t {
  kExact,        // it means the same, but for how each tool cuts text into words
  kApproximate,  // it finds more, or less, than it did there
  kRefused,      // nothing here means it
};
std::string_view NameOf(ClauseKind kind);

// What became of one clause: a word, a phrase, a window or a field with its value.
struct ClauseNote {
  uint32_t begin = 0, end = 0;  // bytes in the dialect's text
  ClauseKind kind = ClauseKind::kExact;
  std::string written;
  std::string became;  // in the watch language; "" when refused, or when it decides nothing and is left out
  std::string why;     // of what is exact only when it does not show
  std::string hint;    // of what is refused: what to write; may be empty
};

struct TranslateOptions {
  // Lucene only: its sloppy phrase stays one kPhrase with `moves`, whose normal form Parse() would read otherwise.
  // For callers that evaluate the tree and never print it.
  bool keep_moves = false;
  // Without, only what is refused is noted: `clauses` has nothing else and `normal_form` is empty. The tree and the
  // error are the same, and come in half the time.
  bool notes = true;
};

struct Translation {
  // With places in the dialect's text; nullptr when there is an error.
  std::shared_ptr<const Expression> expression;
  std::string normal_form;          // Print(*expression); Parse() reads it as the same tree
  std::vector<ClauseNote> clauses;  // by place; what is refused is listed whole, not only its first
  std::optional<QueryError> error;  // what cannot be read, else the first refused clause
  bool unreadable = false;          // the error is no clause: nothing behind it was read

  size_t Count(ClauseKind kind) const;
};

// Of kWirewatch: the query itself, all of it exact.
Translation Translate(std::string_view query, Dialect dialect, const TranslateOptions& options = {},
                      const Lists& lists = NoLists);

// Where, in the dialect's text, that stands which is at `offset` of the normal form: for errors that are found later.
uint32_t PlaceInDialect(const Translation& translation, uint32_t offset);

// Whether two trees are the same but for their places.
bool SameTree(const Expression& a, const Expression& b);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_DIALECT_H_
