#include "wirewatch/watch/dialect_reader.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace wirewatch::watch {

Translation DialectReader::Run(std::vector<DialectLexeme> lexemes) {
  lexemes_ = std::move(lexemes);
  if (Peek().kind == Kind::kEnd) builder_.Fail(0, "the query is empty", "");
  Operand all = ParseOr();
  if (Peek().kind != Kind::kEnd)
    builder_.Fail(Peek().begin, absl::StrCat("\"", Peek().text, "\" was not expected here"), "");
  return builder_.Finish(std::move(all.node), true);
}

bool DialectReader::StartsOperand() const {
  switch (Peek().kind) {
    case Kind::kWord:
    case Kind::kPhrase:
    case Kind::kOpen:
    case Kind::kField:
    case Kind::kBraces:
    case Kind::kPlus:
      return true;
    default:
      return false;
  }
}

DialectReader::Operand DialectReader::ParseOr() {
  if (++depth_ > kMaxDepth)
    builder_.Fail(Peek().begin, absl::StrCat("the query is nested more than ", kMaxDepth, " deep"), "");
  if (builder_.failed()) return Stop();
  Operand first = ParseAnd();
  if (Peek().kind == Kind::kOr) {
    bool mixed = first.bare && first.node->operation == Operation::kAnd;
    std::vector<DialectNode> parts;
    parts.push_back(std::move(first.node));
    while (!builder_.failed() && Accept(Kind::kOr)) {
      Operand next = ParseAnd();
      mixed = mixed || (next.bare && next.node->operation == Operation::kAnd);
      parts.push_back(std::move(next.node));
    }
    first = {builder_.Join(Operation::kOr, std::move(parts))};
    if (mixed && !rules_.mixed_why.empty()) builder_.Approximate(*first.node, std::string(rules_.mixed_why));
  }
  --depth_;
  return first;
}

DialectReader::Operand DialectReader::ParseAnd() {
  Operand first = ParseNot();
  std::vector<DialectNode> parts;
  while (!builder_.failed()) {
    const bool written = Accept(Kind::kAnd);
    const bool excludes = Peek().kind == Kind::kNot;
    if (!written && !excludes && !StartsOperand()) break;
    if (parts.empty()) parts.push_back(std::move(first.node));
    Operand next = ParseNot();
    if (written || excludes) {
      parts.push_back(std::move(next.node));
    } else {
      AddBeside(parts, std::move(next.node));
    }
  }
  if (parts.empty()) return first;
  return {builder_.Join(Operation::kAnd, std::move(parts))};
}

// What stands beside the part before it without an operator.
void DialectReader::AddBeside(std::vector<DialectNode>& parts, DialectNode next) {
  const Expression& before = *parts.back();
  const bool both_sites = before.operation == Operation::kField && next->operation == Operation::kField &&
                          before.name == "domain" && next->name == "domain";
  if (both_sites && rules_.beside_why.empty()) {
    // Talkwalker: several sites in a row are any of them.
    std::vector<DialectNode> sites;
    sites.push_back(std::move(parts.back()));
    sites.push_back(std::move(next));
    parts.back() = builder_.Join(Operation::kOr, std::move(sites));
    builder_.Absorb(StretchOf(*parts.back()));
    builder_.Exact(*parts.back());
    return;
  }
  if (!rules_.beside_why.empty()) {
    const DialectNode both = builder_.Make(Operation::kAnd, {before.begin, next->end});
    both->operands.push_back(CopyOf(before));
    both->operands.push_back(CopyOf(*next));
    builder_.Approximate(*both, std::string(rules_.beside_why));
  }
  parts.push_back(std::move(next));
}

DialectReader::Operand DialectReader::ParseNot() {
  if (Peek().kind != Kind::kNot) return ParseNear();
  const uint32_t begin = Take().begin;
  if (++depth_ > kMaxDepth)
    builder_.Fail(begin, absl::StrCat("the query is nested more than ", kMaxDepth, " deep"), "");
  if (builder_.failed()) return Stop();
  Operand operand = ParseNot();
  --depth_;
  return {builder_.Around(Operation::kNot, std::move(operand.node), begin)};
}

DialectReader::Operand DialectReader::ParseNear() {
  Operand left = ParseAtom();
  uint32_t windows = 0;
  while (!builder_.failed() &&
         (Peek().kind == Kind::kNear || Peek().kind == Kind::kOnear || Peek().kind == Kind::kSentence)) {
    const DialectLexeme name = Take();
    const bool chained =
        left.bare && (left.node->operation == Operation::kNear || left.node->operation == Operation::kOnear);
    Operand right = ParseAtom();
    if (depth_ + ++windows > kMaxDepth)
      builder_.Fail(name.begin, absl::StrCat("the query is nested more than ", kMaxDepth, " deep"), "");
    if (builder_.failed()) return Stop();
    left = {Window(name, std::move(left.node), std::move(right.node))};
    if (chained) {
      builder_.Absorb(StretchOf(*left.node));
      builder_.Approximate(*left.node, "a row of NEARs is taken from the left");
    }
  }
  return left;
}

DialectReader::Operand DialectReader::ParseAtom() {
  if (builder_.failed()) return Stop();
  const DialectLexeme& next = Peek();
  Operand operand;
  switch (next.kind) {
    case Kind::kOpen:
      operand = ParseGroup();
      break;
    case Kind::kField:
      return ParseField();
    case Kind::kWord:
    case Kind::kPhrase:
    case Kind::kBraces:
    case Kind::kPlus:
      operand = {Leaf(Take())};
      break;
    case Kind::kEnd:
      builder_.Fail(next.begin, "the query ends where a word or a parenthesis was expected", "");
      return Stop();
    default:
      builder_.Fail(next.begin, absl::StrCat("\"", next.text, "\" was not expected here"),
                    absl::StrCat("put it in quotes to search for the text: \"", next.text, "\""));
      return Stop();
  }
  // How much a hit counts when hits are shown: nothing that decides whether it is one.
  while (Peek().kind == Kind::kBoost) Take();
  return operand;
}

DialectReader::Operand DialectReader::ParseGroup() {
  const DialectLexeme open = Take();
  Operand inside = ParseOr();
  const DialectLexeme close = Peek();
  if (!Accept(Kind::kClose)) {
    builder_.Fail(open.begin, "a parenthesis without its end", "");
    return Stop();
  }
  inside.bare = false;
  inside.node->begin = open.begin;
  inside.node->end = close.end;
  if (Peek().kind == Kind::kTilde) inside.node = LooseGroup(inside.node, Take());
  return inside;
}

DialectReader::Operand DialectReader::ParseField() {
  const DialectLexeme name = Take();
  const FieldRule* rule = FindFieldRule(rules_, name.text);
  if (field_ != nullptr) {
    const Stretch all = {name.begin, SkipValue()};
    return {builder_.Refuse(all, "a field stands inside a field", "put them side by side with AND")};
  }
  if (rule == nullptr) {
    const Stretch all = {name.begin, SkipValue()};
    return {builder_.Refuse(all, absl::StrCat("nothing here is known by the name ", name.text, ":"),
                            "leave it out; for the text, put it in quotes")};
  }
  if (rule->value == FieldValue::kRefused) {
    const Stretch all = {name.begin, SkipValue()};
    return {builder_.Refuse(all, std::string(rule->why), std::string(rule->hint))};
  }
  field_ = rule;
  Operand operand = ParseAtom();
  field_ = nullptr;
  if (builder_.failed()) return Stop();
  DialectNode node = std::move(operand.node);
  if (!rule->field.empty()) {
    if (FindField(rule->field)->kind != FieldKind::kText && !IsValue(*node)) {
      return {
          builder_.Refuse({name.begin, node->end},
                          absl::StrCat(std::string(rule->field), ": takes words, phrases, and AND, OR, NOT of them"),
                          "search the text itself for windows")};
    }
    node = builder_.Field(rule->field, std::move(node), name.begin);
  }
  node->begin = name.begin;
  builder_.Absorb(StretchOf(*node));
  builder_.Judge(*node, rule->why);
  return {std::move(node)};
}

// Returns where it ends.
uint32_t DialectReader::SkipValue() {
  while (Peek().kind == Kind::kPlus) Take();
  uint32_t open = 0;
  do {
    if (Peek().kind == Kind::kEnd) break;
    if (Peek().kind == Kind::kOpen) ++open;
    if (Peek().kind == Kind::kClose && open == 0) break;
    if (Take().kind == Kind::kClose) --open;
  } while (open > 0);
  while (Peek().kind == Kind::kTilde || Peek().kind == Kind::kBoost) Take();
  return lexemes_[at_ - 1].end;
}

}  // namespace wirewatch::watch
