// Lexer of the dialects that write AND, OR, NOT and NEAR: Meltwater, Brandwatch, Talkwalker. Any thread.
#ifndef WIREWATCH_WATCH_DIALECT_LEXER_H_
#define WIREWATCH_WATCH_DIALECT_LEXER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wirewatch/watch/parser.h"

namespace wirewatch::watch {

// How a dialect is spelt.
struct DialectSpelling {
  bool any_case = false;        // `and` is AND
  bool angle_comments = false;  // <<< … >>>
  bool braces = false;          // {BT}
  bool minus = false;           // -word
  bool plus = false;            // +word, ++word
  bool sentence = false;        // SENTENCE
};

struct DialectLexeme {
  enum class Kind : uint8_t {
    kWord,
    kPhrase,
    kOpen,
    kClose,
    kAnd,
    kOr,
    kNot,  // NOT, -
    kNear,
    kOnear,
    kSentence,
    kField,   // text: its name
    kBraces,  // text: what stands in them
    kRange,   // [ … ]
    kPlus,    // text: + or ++
    kTilde,   // ~n
    kBoost,   // ^n
    kEnd
  };
  Kind kind = Kind::kEnd;
  std::string text;
  std::optional<uint32_t> n;    // of NEAR/n, ~n
  bool in_order = false;        // NEAR/nf
  uint32_t begin = 0, end = 0;  // bytes in the query
};

std::variant<std::vector<DialectLexeme>, QueryError> LexDialect(std::string_view query,
                                                                const DialectSpelling& spelling);

// For the lexers of all dialects: how long the quotation mark or the white space is that `rest` begins with; 0: none.
size_t DialectQuote(std::string_view rest);
size_t DialectSpace(std::string_view rest);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_DIALECT_LEXER_H_
