#include "wirewatch/watch/lexer.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/watch/term_pattern.h"

namespace wirewatch::watch {
namespace {

constexpr std::string_view kOperators[] = {"AND",  "OR",   "NOT",   "NEAR",    "ONEAR",
                                           "SENT", "PARA", "NOTIN", "NOTNEAR", "TO"};
constexpr std::string_view kFunctions[] = {"LIST", "CASE",  "EXACT", "STEM",  "ATLEAST",
                                           "MIN",  "SCORE", "LEAD",  "FIRST", "SAID"};
constexpr std::string_view kSymbols = "(){}[],^~";

// Curly quotes are alike with straight ones: their bytes, and how long.
size_t QuoteLength(std::string_view rest) {
  if (rest.starts_with('"')) return 1;
  if (rest.empty() || static_cast<unsigned char>(rest[0]) < 0x80) return 0;
  for (const std::string_view quote : {"“", "”", "„", "«", "»"}) {
    if (rest.starts_with(quote)) return quote.size();
  }
  return 0;
}

bool IsSpace(std::string_view rest, size_t& length) {
  length = 1;
  const auto first = static_cast<unsigned char>(rest[0]);
  if (first < 0x80) return absl::ascii_isspace(first);
  for (const std::string_view space : {"\u00a0", "\u3000", "\u2009", "\u202f"}) {
    if (rest.starts_with(space)) return length = space.size(), true;
  }
  return false;
}

class Lexer {
 public:
  // Of the parentheses, by byte: whether a comma with a blank behind it stands in them. `blank_commas`: known from an
  // earlier pass, nullptr in the first, which fills in `found`.
  using BlankCommas = std::vector<bool>;
  Lexer(std::string_view query, const BlankCommas* blank_commas, BlankCommas* found)
      : query_(query), blank_commas_(blank_commas), found_(found) {}

  std::variant<std::vector<Lexeme>, QueryError> Run() {
    while (!error_ && SkipSpace()) Next();
    if (error_) return *std::move(error_);
    Put(Lexeme::Kind::kEnd, "", query_.size());
    return std::move(lexemes_);
  }

 private:
  std::string_view rest() const { return query_.substr(at_); }

  // False at the end.
  bool SkipSpace() {
    space_ = lexemes_.empty();
    for (size_t length; at_ < query_.size();) {
      if (IsSpace(rest(), length)) {
        at_ += length;
      } else if (rest().starts_with("/*")) {
        const size_t close = query_.find("*/", at_ + 2);
        if (close == query_.npos) return Fail(at_, "a comment without its end", "close it with */"), false;
        at_ = close + 2;
      } else {
        return true;
      }
      space_ = true;
    }
    return false;
  }

  void Next() {
    if (const size_t quote = QuoteLength(rest()); quote > 0) return Phrase(quote);
    if (rest().starts_with(">=") || rest().starts_with("<="))
      return Put(Lexeme::Kind::kSymbol, rest().substr(0, 2), at_ + 2);
    if (kSymbols.find(query_[at_]) != kSymbols.npos) {
      Nest();
      return Put(Lexeme::Kind::kSymbol, rest().substr(0, 1), at_ + 1);
    }
    Word();
  }

  void Phrase(size_t quote) {
    const size_t begin = at_ + quote;
    for (size_t at = begin; at < query_.size(); ++at) {
      if (const size_t close = QuoteLength(query_.substr(at)); close > 0) {
        const std::string_view inside = query_.substr(begin, at - begin);
        return Put(Lexeme::Kind::kPhrase, inside, at + close);
      }
    }
    Fail(at_, "a phrase without its closing quote", "close it with \"");
  }

  bool IsBehindMin() const {
    return !lexemes_.empty() && lexemes_.back().kind == Lexeme::Kind::kFunction && lexemes_.back().text == "MIN";
  }

  // Keeps count of the parentheses that are open, and of the lists among them whose every comma parts: MIN/2(100,200)
  // is a list of two; who writes MIN/2(1,244, 30) parts by comma and blank.
  void Nest() {
    if (query_[at_] == '(') {
      open_.push_back({at_, IsBehindMin() && blank_commas_ != nullptr && !(*blank_commas_)[at_]});
    } else if (query_[at_] == ')' && !open_.empty()) {
      open_.pop_back();
    }
    size_t length;
    if (found_ != nullptr && query_[at_] == ',' && !open_.empty() && at_ + 1 < query_.size() &&
        IsSpace(query_.substr(at_ + 1), length)) {
      (*found_)[open_.back().at] = true;
    }
  }

  // Behind ^, in a range or comparison: a number as programs write it.
  bool ExpectsNumber() const {
    if (lexemes_.empty()) return false;
    const Lexeme& last = lexemes_.back();
    if (last.kind == Lexeme::Kind::kField) return last.compare != ":";
    if (last.kind == Lexeme::Kind::kOperator) return last.text == "TO";
    return last.kind == Lexeme::Kind::kSymbol && (last.text == "^" || last.text == ">=" || last.text == "[");
  }

  // The comma of 1,244: between digits, exactly three of them behind it.
  bool PartsThousands(size_t at) const {
    const bool is_weight = !lexemes_.empty() && lexemes_.back().text == "^";  // a comma ends it
    if (is_weight || (!open_.empty() && open_.back().commas_part)) return false;
    const auto digit = [this](size_t i) { return i < query_.size() && absl::ascii_isdigit(Byte(i)); };
    return query_[at] == ',' && at > at_ && digit(at - 1) && digit(at + 1) && digit(at + 2) && digit(at + 3) &&
           !digit(at + 4);
  }
  unsigned char Byte(size_t at) const { return static_cast<unsigned char>(query_[at]); }

  // A word ends at white space, a quote or a symbol; `~`, `^` and braces are symbols too.
  size_t EndOfWord() const {
    size_t end = at_;
    for (size_t length; end < query_.size(); ++end) {
      const std::string_view here = query_.substr(end);
      if (IsSpace(here, length)) break;
      if (kSymbols.find(query_[end]) != kSymbols.npos && !PartsThousands(end)) break;
      if (here[0] == '"' || (end > at_ && QuoteLength(here) > 0)) break;
    }
    return end;
  }

  void Word() {
    const bool is_stem = InsideStem();
    const size_t name_end = std::min(rest().find_first_not_of("abcdefghijklmnopqrstuvwxyz.-"), rest().size());
    if (!is_stem && name_end > 0 && Field(name_end)) return;
    const size_t end = EndOfWord();
    const std::string_view word = query_.substr(at_, end - at_);
    if (is_stem) return Put(Lexeme::Kind::kWord, word, end);
    if (Keyword(word, end)) return;
    if (word.size() > 1 && word[0] == '-' && word[1] != '-' && !ExpectsNumber()) {
      return Fail(
          at_, absl::StrCat("\"", std::string(word), "\" begins with a minus sign, which excludes nothing here"),
          absl::StrCat("write NOT ", std::string(word.substr(1)), ", or \"", std::string(word), "\" for the text"));
    }
    Put(Lexeme::Kind::kWord, word, end);
  }

  // In STEM(en:provoke) the colon stands behind a language.
  bool InsideStem() const {
    return lexemes_.size() >= 2 && lexemes_.back().text == "(" && lexemes_.back().kind == Lexeme::Kind::kSymbol &&
           lexemes_[lexemes_.size() - 2].kind == Lexeme::Kind::kFunction &&
           lexemes_[lexemes_.size() - 2].text == "STEM";
  }

  // `field:…` and `field>=n`. True when that is what it is, or an error was found.
  bool Field(size_t name_end) {
    const std::string_view name = rest().substr(0, name_end);
    const std::string_view behind = rest().substr(name_end);
    if (behind.empty() || std::string_view(":<>=").find(behind[0]) == std::string_view::npos) return false;
    if (FindField(name) != nullptr) {
      for (const std::string_view compare : {":", ">=", "<=", ">", "<", "="}) {
        if (!behind.starts_with(compare)) continue;
        Put(Lexeme::Kind::kField, name, at_ + name_end + compare.size());
        lexemes_.back().compare = std::string(compare);
        return true;
      }
    }
    if (!behind.starts_with(':') || behind.starts_with("://")) return false;
    Fail(at_, absl::StrCat("there is no field \"", std::string(name), "\""),
         absl::StrCat(NearestField(name), "put it in quotes to search for the text; fields: ", JoinedFields()));
    return true;
  }

  static std::string NearestField(std::string_view name) {
    for (const std::string& field : FieldNames()) {
      if (EditDistance(field, name, 1) <= 1) return absl::StrCat("did you mean ", field, ":? Or ");
    }
    return "";
  }

  static std::string JoinedFields() {
    std::string text;
    for (const std::string& name : FieldNames()) absl::StrAppend(&text, text.empty() ? "" : " ", name);
    return text;
  }

  // `NEAR/5`, `ATLEAST/3(`, `CASE(`.
  bool Keyword(std::string_view word, size_t end) {
    if (word.empty() || !absl::ascii_isupper(static_cast<unsigned char>(word[0]))) return false;
    const size_t slash = word.find('/');
    const std::string_view name = word.substr(0, slash);
    const bool called = end < query_.size() && query_[end] == '(';
    const bool is_operator = std::find(std::begin(kOperators), std::end(kOperators), name) != std::end(kOperators);
    const bool is_function =
        called && std::find(std::begin(kFunctions), std::end(kFunctions), name) != std::end(kFunctions);
    if (!is_operator && !is_function) return LostFunction(word, name, end);
    std::optional<uint32_t> n;
    if (slash != word.npos) {
      uint32_t value = 0;
      const std::string_view digits = word.substr(slash + 1);
      const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
      if (error != std::errc() || stop != digits.data() + digits.size() || value > 100'000) {
        return Fail(at_ + slash + 1,
                    absl::StrCat("expected a whole number up to 100000 behind ", std::string(name), "/"),
                    absl::StrCat("write ", std::string(name), "/5; for the text, put it in quotes")),
               true;
      }
      n = value;
    }
    Put(is_operator ? Lexeme::Kind::kOperator : Lexeme::Kind::kFunction, name, end);
    lexemes_.back().n = n;
    return true;
  }

  // `CASE (NATO)` would search for the word "case", and `MIN/2` without its list for nothing at all.
  bool LostFunction(std::string_view word, std::string_view name, size_t end) {
    if (std::find(std::begin(kFunctions), std::end(kFunctions), name) == std::end(kFunctions)) return false;
    const size_t next = query_.find_first_not_of(" \t\r\n", end);
    const bool opens = next != query_.npos && query_[next] == '(';
    if (!opens && name.size() == word.size()) return false;
    Fail(at_, absl::StrCat(std::string(word), " needs its parenthesis directly behind it"),
         absl::StrCat("write ", std::string(word), "(…); for the text, put it in quotes"));
    return true;
  }

  void Put(Lexeme::Kind kind, std::string_view text, size_t end) {
    lexemes_.push_back(
        {kind, std::string(text), std::nullopt, "", static_cast<uint32_t>(at_), static_cast<uint32_t>(end), space_});
    at_ = end;
  }
  void Fail(size_t at, std::string message, std::string hint) {
    error_ = QueryError{static_cast<uint32_t>(at), std::move(message), std::move(hint)};
  }

  struct Open {
    size_t at;
    bool commas_part;
  };
  std::string_view query_;
  const BlankCommas* blank_commas_;
  BlankCommas* found_;
  size_t at_ = 0;
  bool space_ = false;
  std::vector<Open> open_;  // parentheses
  std::vector<Lexeme> lexemes_;
  std::optional<QueryError> error_;
};

}  // namespace

// How a list parts its numbers is known once its end was seen: what is between does not depend on it, so a first pass
// tells.
std::variant<std::vector<Lexeme>, QueryError> Lex(std::string_view query) {
  Lexer::BlankCommas blank_commas;
  if (query.find("MIN") == query.npos || query.find(',') == query.npos) {
    return Lexer(query, nullptr, nullptr).Run();
  }
  blank_commas.resize(query.size());
  auto first = Lexer(query, nullptr, &blank_commas).Run();
  if (std::holds_alternative<QueryError>(first)) return first;
  return Lexer(query, &blank_commas, nullptr).Run();
}

}  // namespace wirewatch::watch
