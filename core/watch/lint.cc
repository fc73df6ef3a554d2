#include "wirewatch/watch/lint.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "wirewatch/text/fold.h"
#include "wirewatch/text/query_tokens.h"
#include "wirewatch/watch/lint_rep.h"

namespace wirewatch::watch {
namespace {

constexpr uint32_t kWideNear = 50;
constexpr size_t kMaxCompared = 200;       // operands that are held against each other
constexpr size_t kMaxRewriteBytes = 1000;  // a longer one helps nobody
constexpr size_t kMaxQuotedBytes = 100;

std::string Short(const std::string& text) { return text.size() > kMaxQuotedBytes ? "…" : text; }
std::string Shown(const Expression& e) { return absl::StrCat("`", Short(Print(e)), "`"); }

// An AND with those inside it, as one list.
void Flatten(const Expression& e, std::vector<const Expression*>& operands) {
  for (const auto& operand : e.operands) {
    operand->operation == Operation::kAnd ? Flatten(*operand, operands) : operands.push_back(operand.get());
  }
}

std::string Join(const std::vector<const Expression*>& operands, const char* between) {
  std::string text;
  for (const Expression* operand : operands)
    absl::StrAppend(&text, text.empty() ? "" : between, PrintOperand(*operand));
  return text;
}

// Positions that something takes at least.
uint32_t LeastPositions(const Expression& e) {
  const auto of_word = [](const Expression& word) {
    uint32_t sum = 0;
    for (const text::QueryWord& stretch : text::TokenizeQuery(word.text)) {
      size_t least = kMaxParts;
      for (const auto& row : stretch.rows) least = std::min(least, row.size());
      sum += static_cast<uint32_t>(least);
    }
    return sum;
  };
  std::vector<uint32_t> each;
  for (const auto& operand : e.operands) each.push_back(LeastPositions(*operand));
  const auto least = [&each] { return each.empty() ? 0 : *std::min_element(each.begin(), each.end()); };
  switch (e.operation) {
    case Operation::kWord:
      return of_word(e);
    case Operation::kPhrase:
    case Operation::kNear:
    case Operation::kOnear:
      return std::accumulate(each.begin(), each.end(), 0U);
    case Operation::kOr:
      return least();
    case Operation::kAnd:
    case Operation::kSent:
    case Operation::kPara:
      return each.empty() ? 0 : *std::max_element(each.begin(), each.end());
    case Operation::kAtLeast:
      return e.number * least();
    case Operation::kNotIn:
    case Operation::kNotNear:
    case Operation::kCase:
    case Operation::kExact:
    case Operation::kList:
      return each[0];
    default:
      return 0;
  }
}

}  // namespace

std::vector<LintFinding> Lint(std::string_view query, const Expression& expression, const LintOptions& options) {
  Linter linter(query, options);
  linter.Visit(expression);
  options.is_list ? linter.CheckList(expression) : linter.CheckCost(expression);
  return std::move(linter).Findings();
}

Linter::Linter(std::string_view query, const LintOptions& options)
    : query_(query), folded_(text::Fold(query)), options_(options) {
  auto lexed = Lex(query);
  if (auto* lexemes = std::get_if<std::vector<Lexeme>>(&lexed)) lexemes_ = std::move(*lexemes);
}

std::vector<LintFinding> Linter::Findings() && {
  std::stable_sort(findings_.begin(), findings_.end(), [](const LintFinding& a, const LintFinding& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  return std::move(findings_);
}

void Linter::Visit(const Expression& e, const Context& context) {
  switch (e.operation) {
    case Operation::kWord:
      return CheckWord(e, context);
    case Operation::kPhrase:
      return CheckPhrase(e, context);
    case Operation::kList:
    case Operation::kStem:
      return;
    case Operation::kAnd:
      CheckAnd(e, context);
      break;
    case Operation::kOr:
      CheckOr(e, context);
      break;
    case Operation::kNear:
    case Operation::kOnear:
    case Operation::kNotNear:
      CheckNear(e, context);
      break;
    case Operation::kSent:
    case Operation::kPara:
      CheckContradiction(e, context);
      break;
    case Operation::kNotIn:
      CheckNotIn(e, context);
      break;
    case Operation::kFirst:
      CheckFirst(e);
      break;
    case Operation::kAtLeast:
      if (e.number == 1)
        Put("needless-function", e, absl::StrCat(Shown(e), " asks for nothing more than what is in it"),
            PrintOperand(*e.operands[0]));
      break;
    case Operation::kMin:
      CheckRepeated(e, context);
      CheckMin(e);
      break;
    case Operation::kScore:
      CheckScore(e);
      break;
    default:
      break;
  }
  VisitOperands(e, context);
}

void Linter::VisitOperands(const Expression& e, const Context& context) {
  for (size_t i = 0; i < e.operands.size(); ++i) {
    Context inner = context;
    if (e.operation == Operation::kCase) inner.spelling = std::max(inner.spelling, Spelling::kCase);
    if (e.operation == Operation::kExact) inner.spelling = Spelling::kExact;
    if (e.operation == Operation::kNot) inner.excluded = true;
    if (e.operation == Operation::kNotIn || e.operation == Operation::kNotNear) {
      if (i == 0) inner.excepted = true;
      if (i == 1) inner.excluded = true;
    }
    if (e.operation == Operation::kField) {
      const FieldInfo* field = FindField(e.name);
      const bool is_text = e.name.starts_with("quote") || e.name == "unquoted";
      inner.in_item_field = field != nullptr && field->kind != FieldKind::kText && !is_text;
    }
    Visit(*e.operands[i], inner);
  }
}

void Linter::CheckList(const Expression& e) {
  if (e.operation == Operation::kWord || e.operation == Operation::kPhrase)
    Put("one-member-list", e, absl::StrCat("the list stands for nothing but ", Shown(e)));
}

void Linter::CheckAnd(const Expression& e, const Context& context) {
  CheckOperatorWords(e);
  CheckSingleQuotes(e);
  CheckRedundant(e, context);
  CheckContradiction(e, context);
  CheckLanguages(e);
  CheckSpeaker(e);
}

void Linter::CheckOr(const Expression& e, const Context& context) {
  CheckRedundant(e, context);
  if (e.operands.size() > kMaxCompared) return;
  for (const auto& negation : e.operands) {
    if (negation->operation != Operation::kNot) continue;
    for (const auto& other : e.operands) {
      if (!implication_.Holds(*negation->operands[0], *other, context.spelling)) continue;
      Put("always-true", e, absl::StrCat(Shown(*other), " OR ", Shown(*negation), " holds for every Item"));
      return;
    }
  }
}

// Operands that others make needless: in an OR one that implies another, in an AND one that another implies.
void Linter::CheckRedundant(const Expression& e, const Context& context) {
  if (e.operands.size() > kMaxCompared) return;
  const bool is_or = e.operation == Operation::kOr;
  for (size_t i = 0; i < e.operands.size(); ++i) {
    for (size_t j = 0; j < e.operands.size(); ++j) {
      if (i == j) continue;
      const Expression &one = *e.operands[i], &other = *e.operands[j];
      if (!implication_.Holds(is_or ? one : other, is_or ? other : one, context.spelling)) continue;
      const bool mutual = implication_.Holds(is_or ? other : one, is_or ? one : other, context.spelling);
      if (mutual && i < j) continue;  // the later one goes
      if (mutual) {
        PutWithout("duplicate-operand", e, i, absl::StrCat(Shown(one), " says what ", Shown(other), " says"));
      } else {
        PutWithout("covered-operand", e, i,
                   absl::StrCat(Shown(one), is_or ? " adds nothing: " : " asks for nothing more: ", Shown(other),
                                is_or ? " finds it too" : " implies it"));
      }
      break;
    }
  }
}

void Linter::PutWithout(std::string_view rule, const Expression& e, size_t dropped, std::string message) {
  std::vector<const Expression*> kept;
  for (size_t i = 0; i < e.operands.size(); ++i) {
    if (i != dropped) kept.push_back(e.operands[i].get());
  }
  std::string rewrite = Join(kept, e.operation == Operation::kOr ? " OR " : " AND ");
  if (rewrite.size() > kMaxRewriteBytes) rewrite.clear();
  Put(rule, e, std::move(message), std::move(rewrite));
}

// An operand that is excluded by a NOT beside it.
void Linter::CheckContradiction(const Expression& e, const Context& context) {
  std::vector<const Expression*> operands;
  Flatten(e, operands);
  if (operands.size() > kMaxCompared) return;
  for (const Expression* negation : operands) {
    if (negation->operation != Operation::kNot) continue;
    for (const Expression* other : operands) {
      if (other == negation || !implication_.Holds(*other, *negation->operands[0], context.spelling)) continue;
      Put("contradiction", e, absl::StrCat("nothing satisfies both ", Shown(*other), " and ", Shown(*negation)));
      return;
    }
  }
}

// An Item has one language.
void Linter::CheckLanguages(const Expression& e) {
  const Expression* first = nullptr;
  for (const auto& operand : e.operands) {
    if (operand->operation != Operation::kField || operand->name != "language") continue;
    if (operand->operands[0]->operation != Operation::kWord) continue;
    const std::string code = text::Fold(operand->operands[0]->text).substr(0, 2);
    if (first == nullptr) {
      first = operand.get();
    } else if (text::Fold(first->operands[0]->text).substr(0, 2) != code) {
      Put("contradiction", e, absl::StrCat("an Item has one language, not ", Shown(*first), " and ", Shown(*operand)),
          e.operands.size() == 2 ? absl::StrCat("(", Print(*first), " OR ", Print(*operand), ")") : "");
      return;
    }
  }
}

void Linter::CheckSpeaker(const Expression& e) {
  std::vector<const Expression*> of_quotes, others;
  bool speaker = false, quote = false;
  for (const auto& operand : e.operands) {
    const bool is_field = operand->operation == Operation::kField;
    const bool is_speaker = is_field && operand->name == "speaker";
    const bool is_quote = is_field && operand->name.starts_with("quote");
    speaker |= is_speaker;
    quote |= is_quote;
    (is_speaker || is_quote ? of_quotes : others).push_back(operand.get());
  }
  if (!speaker || !quote) return;
  const std::string said = absl::StrCat("SAID(", Join(of_quotes, " "), ")");
  Put("speaker-beside-quote", e, "the speaker of one quote and the words of another satisfy this",
      others.empty() ? said : absl::StrCat(said, " AND ", Join(others, " AND ")));
}

// MIN counts each of its operands.
void Linter::CheckRepeated(const Expression& e, const Context& context) {
  if (e.operands.size() > kMaxCompared) return;
  for (size_t i = 0; i < e.operands.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!implication_.Holds(*e.operands[i], *e.operands[j], context.spelling)) continue;
      Put("min-counts-twice", *e.operands[i],
          absl::StrCat("where ", Shown(*e.operands[i]), " holds, so does ", Shown(*e.operands[j]),
                       ", and both are counted"));
      break;
    }
  }
}

void Linter::CheckNear(const Expression& e, const Context& context) {
  if (e.number > kWideNear) {
    Put("wide-near", e,
        absl::StrCat("with ", e.number,
                     " words between, what stands on both sides hardly belongs together; PARA asks for one paragraph"));
  }
  if (e.operation == Operation::kNotNear || !implication_.Equal(*e.operands[0], *e.operands[1], context.spelling))
    return;
  Put("near-itself", e,
      absl::StrCat(Shown(*e.operands[0]), " stands on both sides: this asks for two occurrences of it"));
}

// The phrase must contain what it is to be an exception of.
void Linter::CheckNotIn(const Expression& e, const Context& context) {
  std::vector<const Expression*> todo = {e.operands[1].get()};
  while (!todo.empty()) {
    const Expression* longer = todo.back();
    todo.pop_back();
    if (longer->operation == Operation::kOr || longer->operation == Operation::kList) {
      for (const auto& operand : longer->operands) todo.push_back(operand.get());
      continue;
    }
    // Words in one word (anti-riot), and what stands between the words of a window, are not compared.
    const bool compared = longer->operation == Operation::kPhrase || longer->operation == Operation::kWord;
    if (!compared || longer->edits > 0 || FormsOf(Print(*longer)).size() > std::max<size_t>(1, longer->operands.size()))
      return;
    if (implication_.Holds(*longer, *e.operands[0], context.spelling)) return;
    const bool wild = HasWildcard(Print(*longer)) || HasWildcard(Print(*e.operands[0]));
    if (wild || e.operands[0]->operation != Operation::kWord || FormsOf(e.operands[0]->text).size() != 1) return;
  }
  Put("notin-excludes-nothing", e,
      absl::StrCat(Shown(*e.operands[1]), " does not contain ", Shown(*e.operands[0]), ", and excludes nothing"),
      absl::StrCat("(", PrintOperand(*e.operands[0]), " AND NOT ", PrintOperand(*e.operands[1]), ")"));
}

void Linter::CheckFirst(const Expression& e) {
  const uint32_t least = LeastPositions(*e.operands[0]);
  if (least <= e.number) return;
  Put("first-too-short", e,
      absl::StrCat(Shown(*e.operands[0]), " takes ", least, " words, and cannot stand in the first ", e.number));
}

void Linter::CheckMin(const Expression& e) {
  if (e.number != 1 && e.number != e.operands.size()) return;
  std::vector<const Expression*> operands;
  for (const auto& operand : e.operands) operands.push_back(operand.get());
  const char* const between = e.number == 1 ? " OR " : " AND ";
  const std::string all = Join(operands, between);
  Put("needless-function", e,
      absl::StrCat("MIN/", e.number, " of ", e.operands.size(), " is ", e.number == 1 ? "an OR" : "an AND"),
      operands.size() == 1 ? all : absl::StrCat("(", all, ")"));
}

void Linter::CheckScore(const Expression& e) {
  double most = 0, least = 0;
  for (const double weight : e.weights) (weight > 0 ? most : least) += weight;
  if (most < e.threshold) {
    Put("score-unreachable", e, absl::StrCat("the weights add up to ", most, " at most, not to ", e.threshold));
  } else if (least >= e.threshold) {
    Put("always-true", e, absl::StrCat("the score is ", least, " at least, so that it always reaches ", e.threshold));
  } else if (e.operands.size() == 1) {
    Put("needless-function", e, "a SCORE of one part says what the part says", PrintOperand(*e.operands[0]));
  }
}

void Linter::Put(std::string_view rule, const Expression& e, std::string message, std::string rewrite) {
  const auto [begin, end] = RangeOf(e);
  Put(rule, begin, end, std::move(message), std::move(rewrite));
}

void Linter::Put(std::string_view rule, uint32_t begin, uint32_t end, std::string message, std::string rewrite) {
  const std::span<const LintRule> rules = LintRules();
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const LintRule& known) { return known.id == rule; });
  findings_.push_back({&*found, begin, end, std::move(message), std::move(rewrite)});
}

std::pair<uint32_t, uint32_t> Linter::RangeOf(const Expression& e) const {
  std::vector<size_t> open;  // lexemes of parentheses that are not closed yet
  uint32_t begin = e.begin, end = e.end;
  if (e.operation == Operation::kWord || e.operation == Operation::kPhrase) return {begin, end};
  for (size_t i = 0; i < lexemes_.size(); ++i) {
    if (lexemes_[i].kind != Lexeme::Kind::kSymbol) continue;
    if (lexemes_[i].text == "(") open.push_back(i);
    if (lexemes_[i].text != ")" || open.empty()) continue;
    const Lexeme &left = lexemes_[open.back()], &right = lexemes_[i];
    open.pop_back();
    const bool left_inside = left.begin >= e.begin && left.begin < e.end;
    const bool right_inside = right.begin >= e.begin && right.begin < e.end;
    if (left_inside && !right_inside) end = std::max(end, right.end);
    if (right_inside && !left_inside) begin = std::min(begin, left.begin);
  }
  return {begin, end};
}

}  // namespace wirewatch::watch
