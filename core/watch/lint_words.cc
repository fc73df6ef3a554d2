// What may be wrong with single words and phrases.
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/text/fold.h"
#include "wirewatch/text/query_tokens.h"
#include "wirewatch/text/utf8.h"
#include "wirewatch/watch/lint_rep.h"

namespace wirewatch::watch {
namespace {

constexpr size_t kShortPrefix = 3;
constexpr char32_t kFirstUnparted = 0x0E00;  // scripts in which one character may be a word begin here

// Abbreviations and names that are a common word of some language when they are not in capitals.
constexpr std::string_view kAmbiguous[] = {
    "ACT", "AID",  "AIDS", "ALL",   "AM",  "AN", "ARE", "ARM", "AS",  "AT",   "BE",   "BIT", "BY",
    "CAN", "DIE",  "DO",   "ES",    "GAP", "GO", "HAS", "HE",  "ICE", "IDEA", "IN",   "IS",  "IT",
    "LA",  "LE",   "MAD",  "MAN",   "MAY", "ME", "MIT", "NO",  "OF",  "ON",   "PACE", "PIN", "SALT",
    "SE",  "SIND", "SO",   "START", "TO",  "UN", "UP",  "US",  "WAR", "WAS",  "WE",   "WHO"};

// Prefix and stem: what turns a word that begins so into its opposite, with a hyphen between.
constexpr std::pair<std::string_view, std::string_view> kNegations[] = {
    {"de", "escalat"},        {"de", "radicali"},      {"de", "militari"},    {"de", "industriali"},
    {"de", "nuclear"},        {"de", "stabili"},       {"de", "mining"},      {"de", "regulat"},
    {"non", "proliferation"}, {"non", "violen"},       {"non", "aggression"}, {"non", "interference"},
    {"non", "intervention"},  {"non", "recognition"},  {"non", "combatant"},  {"non", "compliance"},
    {"non", "payment"},       {"non", "lethal"},       {"non", "nuclear"},    {"non", "government"},
    {"non", "profit"},        {"anti", "government"},  {"anti", "war"},       {"anti", "corruption"},
    {"anti", "terror"},       {"anti", "nato"},        {"anti", "nuclear"},   {"anti", "fraud"},
    {"counter", "terror"},    {"counter", "insurgen"}, {"ex", "president"},   {"ex", "minister"},
    {"ex", "general"}};

// Articles, prepositions and the like of English, French, German, Italian and Spanish, in order.
constexpr std::string_view kCommon[] = {
    "a",    "al",    "alla", "als",   "also", "am",   "an",   "and", "are", "as",  "at",   "au",    "auf",   "aus",
    "aux",  "be",    "been", "bei",   "but",  "by",   "che",  "con", "d",   "da",  "dans", "das",   "de",    "dei",
    "del",  "della", "dem",  "den",   "der",  "des",  "di",   "die", "du",  "e",   "ein",  "eine",  "el",    "en",
    "er",   "es",    "est",  "et",    "for",  "from", "fur",  "had", "has", "hat", "have", "he",    "her",   "his",
    "i",    "il",    "im",   "in",    "is",   "ist",  "it",   "its", "l",   "la",  "las",  "le",    "les",   "lo",
    "los",  "mit",   "nel",  "nicht", "no",   "not",  "of",   "on",  "or",  "par", "pas",  "per",   "por",   "pour",
    "que",  "qui",   "s",    "said",  "se",   "she",  "sich", "sie", "su",  "sur", "that", "the",   "their", "they",
    "this", "to",    "un",   "una",   "und",  "une",  "uno",  "von", "was", "we",  "were", "which", "who",   "will",
    "with", "would", "y",    "you",   "zu",   "zum",  "zur"};

constexpr std::string_view kOperators[] = {"AND", "OR", "NOT", "NEAR", "ONEAR", "NOTIN", "NOTNEAR"};
constexpr std::string_view kFunctions[] = {"LIST", "CASE",  "EXACT", "STEM",  "ATLEAST",
                                           "MIN",  "SCORE", "LEAD",  "FIRST", "SAID"};

std::string Upper(std::string_view text) { return absl::AsciiStrToUpper(absl::string_view(text.data(), text.size())); }

template <size_t n>
bool IsAmong(std::string_view word, const std::string_view (&words)[n]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// The operator that a word of a query looks like: NEAR of `near/5`; "" if none.
std::string OperatorLike(const Expression& e) {
  if (e.operation != Operation::kWord || e.edits > 0) return "";
  const std::string name = Upper(e.text.substr(0, e.text.find('/')));
  return IsAmong(name, kOperators) ? name : "";
}

size_t LettersBefore(std::string_view text, size_t end, bool& unparted) {
  size_t letters = 0;
  for (size_t at = 0; at < end; ++letters) {
    const text::Decoded next = text::DecodeAt(text, at);
    unparted |= next.code_point >= kFirstUnparted;
    at += next.length;
  }
  return letters;
}

}  // namespace

bool IsCommonWord(std::string_view folded) {
  return std::binary_search(std::begin(kCommon), std::end(kCommon), folded);
}

std::vector<std::string> FormsOf(std::string_view word) {
  std::vector<std::string> forms;
  for (const text::QueryWord& stretch : text::TokenizeQuery(word)) {
    for (const auto& row : stretch.rows) {
      for (const text::QueryTerm& term : row) forms.push_back(term.form);
    }
  }
  return forms;
}

void Linter::CheckOperatorWords(const Expression& e) {
  for (size_t i = 0; i < e.operands.size(); ++i) {
    const Expression& word = *e.operands[i];
    const bool first = i == 0, last = i + 1 == e.operands.size();
    const std::string name = OperatorLike(word);
    if (!name.empty() && !last && (!first || name == "NOT")) {
      const std::string number = word.text.substr(std::min(word.text.size(), name.size()));
      const bool counts = name.ends_with("NEAR");
      Put("lowercase-operator", word,
          absl::StrCat("\"", word.text, "\" is searched as a word; operators are written in capitals"),
          absl::StrCat(name, counts && number.empty() ? "/5" : number));
    } else if (const std::string function =
                   word.operation == Operation::kWord ? Upper(word.text.substr(0, word.text.find('/'))) : "";
               IsAmong(function, kFunctions) && word.end < query_.size() && query_[word.end] == '(') {
      Put("lowercase-function", word,
          absl::StrCat("\"", word.text, "\" is searched as a word; functions are written in capitals"),
          Upper(word.text));
    }
  }
}

void Linter::CheckSingleQuotes(const Expression& e) {
  const auto is_word = [&e](size_t i) { return e.operands[i]->operation == Operation::kWord; };
  for (size_t i = 0; i < e.operands.size(); ++i) {
    if (!is_word(i)) continue;
    const std::string& first = e.operands[i]->text;
    const size_t opening = first.starts_with('\'') ? 1 : first.starts_with("‘") ? std::string_view("‘").size() : 0;
    if (opening == 0 || first.ends_with('\'') || first.ends_with("’")) continue;
    for (size_t j = i + 1; j < e.operands.size() && is_word(j); ++j) {
      const std::string& last = e.operands[j]->text;
      const size_t closing = last.ends_with('\'') ? 1 : last.ends_with("’") ? std::string_view("’").size() : 0;
      if (closing == 0) continue;
      const uint32_t begin = e.operands[i]->begin, end = e.operands[j]->end;
      const std::string inside(query_.substr(begin + opening, end - begin - opening - closing));
      Put("single-quotes", begin, end, "single quotes make no phrase: each word is searched by itself",
          absl::StrCat("\"", inside, "\""));
      i = j;
      break;
    }
  }
}

void Linter::CheckWord(const Expression& e, const Context& context) {
  if (context.in_item_field) return;
  CheckWildcard(e, context);
  CheckCapitals(e, context);
  CheckNegatingPrefix(e, context);
}

void Linter::CheckWildcard(const Expression& e, const Context& context) {
  const size_t wildcard = e.text.find_first_of("*?");
  if (wildcard == std::string::npos) return;
  if (context.spelling == Spelling::kExact)
    Put("exact-wildcard", e,
        absl::StrCat("EXACT asks for the letters as written, and `", e.text, "` leaves some open"));
  if (wildcard == 0) {
    Put("leading-wildcard", e, absl::StrCat("`", e.text, "` is held against every word of every Item"));
    return;
  }
  bool unparted = false;
  const size_t letters = LettersBefore(e.text, wildcard, unparted);
  if (letters >= kShortPrefix || unparted) return;
  Put("short-prefix", e,
      absl::StrCat("`", e.text, "` has ", letters, letters == 1 ? " letter" : " letters",
                   " before its wildcard: many words begin so"));
}

void Linter::CheckCapitals(const Expression& e, const Context& context) {
  if (context.spelling != Spelling::kFolded || !IsAmong(e.text, kAmbiguous) || !OperatorLike(e).empty()) return;
  Put("ambiguous-capitals", e,
      absl::StrCat("`", e.text, "` finds \"", text::Fold(e.text), "\" as well: words are compared without case"),
      absl::StrCat("CASE(", e.text, ")"));
}

void Linter::CheckNegatingPrefix(const Expression& e, const Context& context) {
  // Whoever has written one exception has thought of them.
  if (context.excluded || context.excepted || e.edits > 0) return;
  const std::string folded = text::Fold(e.text);
  const auto* const found = std::find_if(std::begin(kNegations), std::end(kNegations),
                                         [&folded](const auto& one) { return folded.starts_with(one.second); });
  if (found == std::end(kNegations)) return;
  const std::string prefix = absl::StrCat(std::string(found->first), "-");
  if (folded_.find(prefix + std::string(found->second)) != std::string::npos) return;
  const std::string negated = prefix + e.text;
  Put("negating-prefix", e, absl::StrCat("`", e.text, "` is found in ", negated, " as well"),
      absl::StrCat("(", Print(e), " NOTIN \"", negated, "\")"));
}

void Linter::CheckPhrase(const Expression& e, const Context& context) {
  if (context.in_item_field) return;
  bool common = true;
  for (size_t i = 0; i < e.operands.size(); ++i) {
    const Expression& word = *e.operands[i];
    CheckWildcard(word, context);
    common = common && IsCommonWord(text::Fold(word.text));
    if (i == 0 || i + 1 == e.operands.size() || context.excluded) continue;
    const std::string name = OperatorLike(word);
    if (name.empty() || !word.text.starts_with(name)) continue;
    Put("operator-in-quotes", e, absl::StrCat("\"", word.text, "\" is a word inside quotes, and no operator"));
    return;
  }
  if (common && context.spelling == Spelling::kFolded && e.operands.size() < 4 && !context.excluded)
    Put("phrase-of-common-words", e, absl::StrCat("`", Print(e), "` has nothing but common words"));
}

}  // namespace wirewatch::watch
