// Leaves and windows of the dialects with AND, OR, NOT and NEAR.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/text/fold.h"
#include "wirewatch/watch/dialect_reader.h"

namespace wirewatch::watch {
namespace {

constexpr uint32_t kMaxSlack = 1000;  // of "…"~n

bool HasAccents(std::string_view text) { return text::Fold(text) != text::LowerCase(text); }

bool IsPrintable(char c) { return c > ' ' || (static_cast<unsigned char>(c) & 0x80U) != 0; }

// news.example.org of https://www.news.example.org/.
std::string Host(std::string_view site) {
  if (const size_t scheme = site.find("://"); scheme != site.npos) site.remove_prefix(scheme + 3);
  if (site.starts_with("www.")) site.remove_prefix(4);
  if (site.ends_with('/')) site.remove_suffix(1);
  return std::string(site);
}

std::string Sign(char sign, const std::string& value) {
  return !value.empty() && value[0] == sign ? value : std::string(1, sign) + value;
}

uint64_t CountParts(const Expression& e) {
  uint64_t parts = 1;
  for (const auto& operand : e.operands) parts += CountParts(*operand);
  return parts;
}

std::string Trimmed(const std::string& text) { return std::string(absl::StripAsciiWhitespace(text)); }

}  // namespace

bool IsValue(const Expression& e) {
  switch (e.operation) {
    case Operation::kWord:
      return e.edits == 0;
    case Operation::kPhrase:
      return !e.sloppy;
    case Operation::kAnd:
    case Operation::kOr:
    case Operation::kNot:
      return std::all_of(e.operands.begin(), e.operands.end(), [](const auto& part) { return IsValue(*part); });
    default:
      return false;
  }
}

DialectNode CopyOf(const Expression& e) {
  DialectNode copy = std::make_shared<Expression>();
  copy->operation = e.operation;
  copy->text = e.text;
  copy->name = e.name;
  copy->number = e.number;
  copy->edits = e.edits;
  copy->sloppy = e.sloppy;
  copy->begin = e.begin;
  copy->end = e.end;
  for (const auto& operand : e.operands) copy->operands.push_back(CopyOf(*operand));
  return copy;
}

DialectNode DialectReader::Leaf(const DialectLexeme& lexeme) {
  if (lexeme.kind == Kind::kPlus) return Plus(lexeme);
  if (lexeme.kind == Kind::kBraces) return Braces(lexeme);
  if (field_ != nullptr && field_->value != FieldValue::kSame) return Value(*field_, lexeme);
  const bool phrase = lexeme.kind == Kind::kPhrase;
  DialectNode node = phrase ? builder_.Phrase(lexeme.text, At(lexeme)) : builder_.Term(lexeme.text, At(lexeme));
  if (phrase && Peek().kind == Kind::kTilde) return Loose(std::move(node), Take());
  if (Peek().kind == Kind::kTilde) {
    const DialectLexeme tilde = Take();
    return builder_.Refuse({lexeme.begin, tilde.end}, "a number behind ~ counts words of a phrase",
                           "put the words in quotes");
  }
  builder_.Judge(*node, HasAccents(lexeme.text) ? rules_.accent_why : "");
  return node;
}

DialectNode DialectReader::Value(const FieldRule& rule, const DialectLexeme& lexeme) {
  const Stretch at = At(lexeme);
  const std::string value = Trimmed(lexeme.text);
  switch (rule.value) {
    case FieldValue::kTag:
      return builder_.Term(Sign('#', value), at);
    case FieldValue::kHandle:
      return builder_.Term(Sign('@', value), at);
    case FieldValue::kLetter:
      return builder_.Around(Operation::kExact, builder_.Term(value, at), at.begin);
    case FieldValue::kSite: {
      const std::string host = Host(value);
      if (host.find('/') == std::string::npos) return builder_.Term(host, at);
      return builder_.Refuse(at, "domain: takes a host without a path", absl::StrCat("write url:\"", host, "\""));
    }
    case FieldValue::kCountry: {
      const std::string code = CountryCode(value);
      if (!code.empty()) return builder_.Term(code, at);
      return builder_.Refuse(at, "it is no code of a country", "write two letters of ISO 3166-1: country:de");
    }
    default:
      break;
  }
  const bool is_code = value.size() >= 2 && (value.size() <= 3 || value[2] == '-' || value[3] == '-') &&
                       std::all_of(value.begin(), value.end(), [](char c) {
                         return c == '-' || absl::ascii_isalnum(static_cast<unsigned char>(c));
                       });
  if (is_code) return builder_.Term(value, at);
  return builder_.Refuse(at, "it is no code of a language", "write two letters of ISO 639-1: language:de");
}

DialectNode DialectReader::Braces(const DialectLexeme& lexeme) {
  if (field_ != nullptr && !field_->field.empty() && FindField(field_->field)->kind != FieldKind::kText)
    return builder_.Refuse(At(lexeme), "case is not told apart in this field", "leave the braces out");
  const std::string inside = Trimmed(lexeme.text);
  DialectNode words = std::any_of(inside.begin(), inside.end(), [](char c) { return !IsPrintable(c); })
                          ? builder_.Phrase(inside, At(lexeme))
                          : builder_.Term(inside, At(lexeme));
  DialectNode node = builder_.Around(Operation::kCase, std::move(words), lexeme.begin);
  builder_.Exact(*node);
  return node;
}

// Talkwalker: + to the letter, ++ with its case.
DialectNode DialectReader::Plus(const DialectLexeme& sign) {
  const DialectLexeme next = Peek();
  if (next.kind != Kind::kWord && next.kind != Kind::kPhrase) {
    builder_.Fail(sign.begin, absl::StrCat(sign.text, " stands before a word or a phrase"), "");
    return builder_.Placeholder(At(sign));
  }
  Take();
  DialectNode words =
      next.kind == Kind::kPhrase ? builder_.Phrase(next.text, At(next)) : builder_.Term(next.text, At(next));
  if (field_ != nullptr && !field_->field.empty() && FindField(field_->field)->kind != FieldKind::kText)
    return builder_.Refuse({sign.begin, next.end}, "spelling is not told apart in this field", "leave the sign out");
  DialectNode node =
      builder_.Around(sign.text == "+" ? Operation::kExact : Operation::kCase, std::move(words), sign.begin);
  builder_.Approximate(*node, std::string(rules_.plus_why));
  return node;
}

// "a b"~5
DialectNode DialectReader::Loose(DialectNode phrase, const DialectLexeme& tilde) {
  const Stretch at = {phrase->begin, tilde.end};
  if (*tilde.n > kMaxSlack)
    return builder_.Refuse(at, absl::StrCat("the watch language goes up to ~", kMaxSlack), "use AND");
  if (phrase->operation != Operation::kPhrase) return phrase;  // refused already
  phrase->end = tilde.end;
  phrase->sloppy = true;
  phrase->number = *tilde.n;
  builder_.Approximate(*phrase,
                       "n is taken as the words that may stand among those of the phrase, in any order; the tool "
                       "counts moves of words");
  return phrase;
}

// ((a OR b) AND (c OR d))~5
DialectNode DialectReader::LooseGroup(const DialectNode& group, const DialectLexeme& tilde) {
  const Stretch at = {group->begin, tilde.end};
  if (group->operation != Operation::kAnd || group->operands.size() != 2 || *tilde.n > 100'000) {
    return builder_.Refuse(at, "~ behind a group is read for two parts joined by AND",
                           "write a NEAR/5 b for each pair");
  }
  std::string why(rules_.near_why);
  DialectNode window = Place(Operation::kNear, *tilde.n, CopyOf(*group->operands[0]), CopyOf(*group->operands[1]), why);
  if (window == nullptr)
    return builder_.Refuse(at, "its parts have no places in the text to measure between", "use AND");
  window->begin = at.begin;
  window->end = at.end;
  builder_.Absorb(at);
  builder_.Judge(*window, why);
  return window;
}

DialectNode DialectReader::Window(const DialectLexeme& name, DialectNode left, DialectNode right) {
  const Stretch at = {left->begin, right->end};
  if (name.kind == Kind::kSentence) {
    if (name.n.value_or(1) > 1)
      return builder_.Refuse(at, "sentences are not counted here", "write a PARA b, or a NEAR/40 b");
    DialectNode node = builder_.Window(Operation::kSent, 0, std::move(left), std::move(right));
    builder_.Absorb(at);
    builder_.Approximate(*node, "each tool ends sentences its own way");
    return node;
  }
  const std::optional<uint32_t> n = name.n ? name.n : rules_.bare_near;
  if (!n) {
    return builder_.Refuse(at, absl::StrCat(name.text, " stands without a number"),
                           absl::StrCat("write ", name.text, "/5"));
  }
  const Operation operation = name.kind == Kind::kOnear || name.in_order ? Operation::kOnear : Operation::kNear;
  std::string why(rules_.near_why);
  DialectNode node = Place(operation, *n, std::move(left), std::move(right), why);
  if (node == nullptr) {
    return builder_.Refuse(at, absl::StrCat(name.text, " takes words, phrases and ORs of these, all in one field"),
                           "use AND, or write the window for each part");
  }
  node->begin = at.begin;
  node->end = at.end;
  builder_.Absorb(at);
  builder_.Judge(*node, why);
  return node;
}

DialectNode DialectReader::Place(Operation operation, uint32_t n, DialectNode left, DialectNode right,
                                 std::string& why) {
  if (left->operation == Operation::kField || right->operation == Operation::kField)
    return PlaceInField(operation, n, left, right, why);
  if (left->operation == Operation::kAnd || right->operation == Operation::kAnd)
    return Distribute(operation, n, left, right, why);
  if (FindWithoutOccurrences(*left) != nullptr || FindWithoutOccurrences(*right) != nullptr) return nullptr;
  return builder_.Window(operation, n, std::move(left), std::move(right));
}

// title:a NEAR/5 title:b
DialectNode DialectReader::PlaceInField(Operation operation, uint32_t n, const DialectNode& left,
                                        const DialectNode& right, std::string& why) {
  const bool one_field = left->operation == right->operation && left->name == right->name;
  if (!one_field || FindField(left->name)->kind != FieldKind::kText) return nullptr;
  const std::string name = left->name;
  const uint32_t begin = left->begin;
  DialectNode window = Place(operation, n, CopyOf(*left->operands[0]), CopyOf(*right->operands[0]), why);
  if (window == nullptr) return nullptr;
  return builder_.Field(name, std::move(window), begin);
}

// (a AND b) NEAR/5 c
DialectNode DialectReader::Distribute(Operation operation, uint32_t n, const DialectNode& left,
                                      const DialectNode& right, std::string& why) {
  const bool in_left = left->operation == Operation::kAnd;
  const Expression& all = in_left ? *left : *right;
  const Expression& other = in_left ? *right : *left;
  if (other.operation == Operation::kAnd) return nullptr;
  builder_.Charge(CountParts(all) + CountParts(other) * all.operands.size(), left->begin);
  if (builder_.failed()) return nullptr;
  std::vector<DialectNode> windows;
  for (const auto& part : all.operands) {
    DialectNode window = in_left ? Place(operation, n, CopyOf(*part), CopyOf(other), why)
                                 : Place(operation, n, CopyOf(other), CopyOf(*part), why);
    if (window == nullptr) return nullptr;
    windows.push_back(std::move(window));
  }
  why = "AND inside a window is taken apart: each part stands near, not all of them near the same word";
  return builder_.Join(Operation::kAnd, std::move(windows));
}

}  // namespace wirewatch::watch
