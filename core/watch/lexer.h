// Lexer of the watch language. One thread.
#ifndef WIREWATCH_WATCH_LEXER_H_
#define WIREWATCH_WATCH_LEXER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/watch/parser.h"

namespace wirewatch::watch {

struct Lexeme {
  enum class Kind { kWord, kPhrase, kOperator, kFunction, kField, kSymbol, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;             // word or phrase without quotes; name of operator, function or field; the symbol
  std::optional<uint32_t> n;    // of NEAR/n, ATLEAST/n
  std::string compare;          // of a field: ":", ">=", "<=", ">", "<" or "="
  uint32_t begin = 0, end = 0;  // bytes in the query
  bool space_before = false;
};

std::variant<std::vector<Lexeme>, QueryError> Lex(std::string_view query);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_LEXER_H_
