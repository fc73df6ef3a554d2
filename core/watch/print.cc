#include <algorithm>
#include <charconv>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/watch/expression.h"

namespace wirewatch::watch {
namespace {

// How tightly an expression binds; a child that binds less tightly than its place asks for stands in parentheses.
enum Tightness { kOrLevel, kAndLevel, kNotLevel, kNearLevel, kAtomLevel };

Tightness TightnessOf(const Expression& e) {
  switch (e.operation) {
    case Operation::kOr:
      return kOrLevel;
    case Operation::kAnd:
      return kAndLevel;
    case Operation::kNot:
      return kNotLevel;
    case Operation::kNear:
    case Operation::kOnear:
    case Operation::kSent:
    case Operation::kPara:
    case Operation::kNotIn:
    case Operation::kNotNear:
      return kNearLevel;
    default:
      return kAtomLevel;
  }
}

std::string At(const Expression& e, Tightness least) {
  // OR directly inside AND and AND directly inside OR always stand in parentheses.
  return TightnessOf(e) >= least ? Print(e) : absl::StrCat("(", Print(e), ")");
}

std::string Joined(const Expression& e, const char* between, Tightness least) {
  std::string text;
  for (const auto& operand : e.operands) absl::StrAppend(&text, text.empty() ? "" : between, At(*operand, least));
  return text;
}

std::string Call(const std::string& name, const Expression& e) {
  std::string inside;
  for (const auto& operand : e.operands) absl::StrAppend(&inside, inside.empty() ? "" : ", ", Print(*operand));
  return absl::StrCat(name, "(", inside, ")");
}

// A list of one: a number's comma must not read as that of a list.
std::string PrintMin(const Expression& e) {
  const std::string name = absl::StrCat("MIN/", e.number);
  if (e.operands.size() > 1) return Call(name, e);
  const std::string only = Print(*e.operands[0]);
  return only.find(',') == only.npos ? Call(name, e) : absl::StrCat(name, "((", only, "))");
}

std::string PrintPhrase(const Expression& e) {
  std::string inside;
  for (const auto& word : e.operands) absl::StrAppend(&inside, inside.empty() ? "" : " ", word->text);
  return absl::StrCat("\"", inside, "\"", e.sloppy ? absl::StrCat("~", e.number) : "");
}

// The shortest text that reads back as the same number.
std::string Number(double value) {
  char digits[32];
  const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value);
  return std::string(digits, end);
}

std::string PrintScore(const Expression& e) {
  std::string inside;
  for (size_t i = 0; i < e.operands.size(); ++i) {
    absl::StrAppend(&inside, i == 0 ? "" : ", ", At(*e.operands[i], kAtomLevel), "^", Number(e.weights[i]));
  }
  return absl::StrCat("SCORE(", inside, ") >= ", Number(e.threshold));
}

std::string Bound(const std::string& text) {
  if (text.empty()) return "*";
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-' || c == 'T' || c == ':' || c == '.';
  });
  return plain ? text : absl::StrCat("\"", text, "\"");
}

std::string PrintRange(const Expression& e) {
  if (e.high.empty()) return absl::StrCat(e.name, e.low_open ? ">" : ">=", Bound(e.low));
  if (e.low.empty()) return absl::StrCat(e.name, e.high_open ? "<" : "<=", Bound(e.high));
  return absl::StrCat(e.name, ":[", Bound(e.low), " TO ", Bound(e.high), "]");
}

}  // namespace

std::string Print(const Expression& e) {
  switch (e.operation) {
    case Operation::kWord:
      return e.edits == 0 ? e.text : absl::StrCat(e.text, "~", e.edits);
    case Operation::kPhrase:
      return PrintPhrase(e);
    case Operation::kAnd:
      return Joined(e, " AND ", kNotLevel);
    case Operation::kOr:
      return Joined(e, " OR ", kNotLevel);
    case Operation::kNot:
      return absl::StrCat("NOT ", At(*e.operands[0], kNotLevel));
    case Operation::kNear:
      return Joined(e, absl::StrCat(" NEAR/", e.number, " ").c_str(), kAtomLevel);
    case Operation::kOnear:
      return Joined(e, absl::StrCat(" ONEAR/", e.number, " ").c_str(), kAtomLevel);
    case Operation::kNotNear:
      return Joined(e, absl::StrCat(" NOTNEAR/", e.number, " ").c_str(), kAtomLevel);
    case Operation::kSent:
      return Joined(e, " SENT ", kAtomLevel);
    case Operation::kPara:
      return Joined(e, " PARA ", kAtomLevel);
    case Operation::kNotIn:
      return Joined(e, " NOTIN ", kAtomLevel);
    case Operation::kCase:
      return Call("CASE", e);
    case Operation::kExact:
      return Call("EXACT", e);
    case Operation::kStem:
      return absl::StrCat("STEM(", e.name, ":", Print(*e.operands[0]), ")");
    case Operation::kAtLeast:
      return Call(absl::StrCat("ATLEAST/", e.number), e);
    case Operation::kMin:
      return PrintMin(e);
    case Operation::kScore:
      return PrintScore(e);
    case Operation::kLead:
      return Call("LEAD", e);
    case Operation::kFirst:
      return Call(absl::StrCat("FIRST/", e.number), e);
    case Operation::kField:
      return absl::StrCat(e.name, ":", At(*e.operands[0], kAtomLevel));
    case Operation::kRange:
      return PrintRange(e);
    case Operation::kSaid:
      return Call("SAID", e);
    case Operation::kList:
      return absl::StrCat("LIST(", e.name, ")");
  }
  return "";
}

std::string PrintOperand(const Expression& e) { return At(e, kAtomLevel); }

bool HasWildcard(std::string_view word) { return word.find_first_of("*?") != word.npos; }

const Expression* FindWithoutOccurrences(const Expression& e) {
  switch (e.operation) {
    case Operation::kWord:
    case Operation::kPhrase:
      return nullptr;
    case Operation::kOr:
    case Operation::kNear:
    case Operation::kOnear:
    case Operation::kNotIn:
    case Operation::kNotNear:
    case Operation::kCase:
    case Operation::kExact:
    case Operation::kStem:
    case Operation::kList:
      for (const auto& operand : e.operands) {
        if (const Expression* found = FindWithoutOccurrences(*operand)) return found;
      }
      return nullptr;
    default:
      return &e;
  }
}

}  // namespace wirewatch::watch
