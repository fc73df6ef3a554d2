// What the dialects with AND, OR, NOT and NEAR have of their own: tables, read by the one reader of them all. Any
// thread.
#ifndef WIREWATCH_WATCH_DIALECT_RULES_H_
#define WIREWATCH_WATCH_DIALECT_RULES_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "wirewatch/watch/dialect.h"
#include "wirewatch/watch/dialect_lexer.h"

namespace wirewatch::watch {

// How the value of a field becomes one of ours.
enum class FieldValue : uint8_t {
  kSame,      // the same value under our name
  kCountry,   // two letters, or three that become two
  kLanguage,  // a code
  kSite,      // a host: without scheme and www
  kTag,       // the word #value
  kHandle,    // the word @value
  kLetter,    // EXACT(value)
  kRefused,
};

struct FieldRule {
  std::string_view name;  // in lower case
  FieldValue value = FieldValue::kSame;
  std::string_view field = {};  // ours
  std::string_view why = {};    // it is approximate, or refused; "" when exact
  std::string_view hint = {};   // of what is refused
};

struct DialectRules {
  DialectSpelling spelling;
  std::optional<uint32_t> bare_near = {};  // NEAR without a number; nullopt: an error
  std::string_view near_why = {};          // why a window is approximate
  std::string_view mixed_why = {};         // AND beside OR without parentheses
  std::string_view beside_why = {};        // two operands without an operator
  std::string_view accent_why = {};        // a word with accents
  std::string_view plus_why = {};          // +word, ++word
  std::span<const FieldRule> fields;
};

// Of Meltwater, Brandwatch and Talkwalker.
const DialectRules& RulesOf(Dialect dialect);

// nullptr: the dialect has no such field, as far as we know.
const FieldRule* FindFieldRule(const DialectRules& rules, std::string_view name);

// ISO 3166-1 alpha-2 in lower case, of a code with two or three letters; "" when there is no such country.
std::string CountryCode(std::string_view code);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_DIALECT_RULES_H_
