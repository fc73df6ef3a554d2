#include "wirewatch/watch/dialect_lexer.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::watch {
namespace {

using Kind = DialectLexeme::Kind;

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

class DialectLexer {
 public:
  DialectLexer(std::string_view query, const DialectSpelling& spelling) : query_(query), spelling_(spelling) {}

  std::variant<std::vector<DialectLexeme>, QueryError> Run() {
    while (!error_ && SkipSpace()) Next();
    if (error_) return *std::move(error_);
    Put(Kind::kEnd, "", query_.size());
    return std::move(lexemes_);
  }

 private:
  std::string_view rest() const { return query_.substr(at_); }

  // False at the end.
  bool SkipSpace() {
    space_ = lexemes_.empty();
    while (at_ < query_.size()) {
      if (const size_t length = DialectSpace(rest()); length > 0) {
        at_ += length;
      } else if (spelling_.angle_comments && rest().starts_with("<<<")) {
        const size_t close = query_.find(">>>", at_);
        if (close == query_.npos) return Fail(at_, "a comment without its end", "close it with >>>"), false;
        at_ = close + 3;
      } else {
        return true;
      }
      space_ = true;
    }
    return false;
  }

  void Next() {
    const char c = query_[at_];
    if (const size_t quote = DialectQuote(rest()); quote > 0) return Phrase(quote);
    if (c == '(') return Put(Kind::kOpen, "(", at_ + 1);
    if (c == ')') return Put(Kind::kClose, ")", at_ + 1);
    if (spelling_.braces && c == '{') return Enclosed('}', Kind::kBraces);
    if (c == '[' && !lexemes_.empty() && lexemes_.back().kind == Kind::kField) return Enclosed(']', Kind::kRange);
    if ((c == '~' || c == '^') && !space_ && Number(c == '~' ? Kind::kTilde : Kind::kBoost)) return;
    if (BeginsOperand(1) && spelling_.minus && c == '-') return Put(Kind::kNot, "-", at_ + 1);
    if (spelling_.plus && c == '+') {
      const size_t length = rest().starts_with("++") ? 2 : 1;
      if (BeginsOperand(length)) return Put(Kind::kPlus, rest().substr(0, length), at_ + length);
    }
    Word();
  }

  // Whether a sign of this length stands before a word or phrase, and not alone or inside one.
  bool BeginsOperand(size_t length) const {
    const bool apart = space_ || lexemes_.back().kind == Kind::kOpen;
    const std::string_view behind = rest().substr(std::min(length, rest().size()));
    return apart && !behind.empty() && DialectSpace(behind) == 0 && behind[0] != '-' && behind[0] != ')';
  }

  void Phrase(size_t quote) {
    const size_t begin = at_ + quote;
    for (size_t at = begin; at < query_.size(); ++at) {
      const size_t close = DialectQuote(query_.substr(at));
      if (close > 0) return Put(Kind::kPhrase, query_.substr(begin, at - begin), at + close);
    }
    Fail(at_, "a phrase without its closing quote", "close it with \"");
  }

  void Enclosed(char last, Kind kind) {
    const size_t close = query_.find(last, at_);
    if (close == query_.npos)
      return Fail(at_, absl::StrCat("\"", std::string(1, query_[at_]), "\" without its end"), "");
    Put(kind, query_.substr(at_ + 1, close - at_ - 1), close + 1);
  }

  // `~5`, `^2.5`. False when there are no digits.
  bool Number(Kind kind) {
    size_t end = at_ + 1;
    while (end < query_.size() && (IsDigit(query_[end]) || (kind == Kind::kBoost && query_[end] == '.'))) ++end;
    if (end == at_ + 1) return false;
    const std::string digits(query_.substr(at_ + 1, end - at_ - 1));
    uint32_t n = 0;
    if (kind == Kind::kTilde && !absl::SimpleAtoi(digits, &n)) {
      Fail(at_, absl::StrCat("~", digits, " is too large"), "");
      return true;
    }
    Put(kind, digits, end);
    lexemes_.back().n = n;
    return true;
  }

  size_t EndOfWord() const {
    size_t end = at_;
    for (; end < query_.size(); ++end) {
      const std::string_view here = query_.substr(end);
      const char c = here[0];
      if (c == '(' || c == ')' || DialectSpace(here) > 0 || (DialectQuote(here) > 0 && end > at_)) break;
      if (spelling_.braces && (c == '{' || c == '}') && end > at_) break;
      if ((c == '~' || c == '^') && end > at_ && here.size() > 1 && IsDigit(here[1])) break;
    }
    return end;
  }

  void Word() {
    const size_t end = EndOfWord();
    const std::string_view word = query_.substr(at_, end - at_);
    if (Field(word, end) || Keyword(word, end)) return;
    Put(Kind::kWord, word, end);
  }

  bool Field(std::string_view word, size_t end) {
    const size_t colon = word.find(':');
    if (colon == 0 || colon == word.npos || word.substr(colon).starts_with("://")) return false;
    const std::string_view name = word.substr(0, colon);
    const auto is_name = [](char c) {
      return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.';
    };
    if (!std::all_of(name.begin(), name.end(), is_name) || IsDigit(name[0])) return false;
    // `BREAKING: news` is text.
    const bool value_follows =
        colon + 1 < word.size() || (end < query_.size() && DialectSpace(query_.substr(end)) == 0);
    if (!value_follows) return false;
    Put(Kind::kField, name, at_ + colon + 1);
    return true;
  }

  // AND, OR, NOT, NEAR/5, NEAR/5f.
  bool Keyword(std::string_view word, size_t end) {
    const size_t slash = word.find('/');
    std::string name(word.substr(0, slash));
    if (spelling_.any_case) absl::AsciiStrToUpper(&name);
    static constexpr std::pair<std::string_view, Kind> kNames[] = {
        {"AND", Kind::kAnd},   {"OR", Kind::kOr},       {"NOT", Kind::kNot},
        {"NEAR", Kind::kNear}, {"ONEAR", Kind::kOnear}, {"SENTENCE", Kind::kSentence}};
    const auto* const found =
        std::find_if(std::begin(kNames), std::end(kNames), [&](const auto& known) { return known.first == name; });
    if (found == std::end(kNames) || (found->second == Kind::kSentence && !spelling_.sentence)) return false;
    const bool counts =
        found->second == Kind::kNear || found->second == Kind::kOnear || found->second == Kind::kSentence;
    if (slash != word.npos && !counts) return false;
    std::optional<uint32_t> n;
    bool in_order = false;
    if (slash != word.npos) {
      std::string digits(word.substr(slash + 1));
      in_order = digits.size() > 1 && absl::ascii_tolower(static_cast<unsigned char>(digits.back())) == 'f';
      if (in_order) digits.pop_back();
      uint32_t value = 0;
      if (digits.empty() || !std::all_of(digits.begin(), digits.end(), IsDigit) || !absl::SimpleAtoi(digits, &value) ||
          value > 100'000) {
        Fail(at_ + slash + 1, absl::StrCat("expected a whole number up to 100000 behind ", name, "/"),
             absl::StrCat("write ", name, "/5; for the text, put it in quotes"));
        return true;
      }
      n = value;
    }
    Put(found->second, word, end);
    lexemes_.back().n = n;
    lexemes_.back().in_order = in_order;
    return true;
  }

  void Put(Kind kind, std::string_view text, size_t end) {
    lexemes_.push_back(
        {kind, std::string(text), std::nullopt, false, static_cast<uint32_t>(at_), static_cast<uint32_t>(end)});
    at_ = end;
  }
  void Fail(size_t at, std::string message, std::string hint) {
    error_ = QueryError{static_cast<uint32_t>(at), std::move(message), std::move(hint)};
  }

  std::string_view query_;
  const DialectSpelling& spelling_;
  size_t at_ = 0;
  bool space_ = false;
  std::vector<DialectLexeme> lexemes_;
  std::optional<QueryError> error_;
};

}  // namespace

size_t DialectQuote(std::string_view rest) {
  for (const std::string_view quote : {"\"", "“", "”", "„", "«", "»"}) {
    if (rest.starts_with(quote)) return quote.size();
  }
  return 0;
}

size_t DialectSpace(std::string_view rest) {
  if (absl::ascii_isspace(static_cast<unsigned char>(rest[0]))) return 1;
  for (const std::string_view space : {"\u00a0", "\u3000", "\u2009", "\u202f"}) {
    if (rest.starts_with(space)) return space.size();
  }
  return 0;
}

std::variant<std::vector<DialectLexeme>, QueryError> LexDialect(std::string_view query,
                                                                const DialectSpelling& spelling) {
  return DialectLexer(query, spelling).Run();
}

}  // namespace wirewatch::watch
