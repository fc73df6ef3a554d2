// The recursive descent behind Parse(): one function a level of binding. Private to the parser's two files.
#ifndef WIREWATCH_WATCH_PARSER_REP_H_
#define WIREWATCH_WATCH_PARSER_REP_H_

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/watch/lexer.h"
#include "wirewatch/watch/parser.h"

namespace wirewatch::watch {

using Node = std::shared_ptr<Expression>;
using Kind = Lexeme::Kind;

inline bool IsWindow(Operation operation) { return operation == Operation::kNear || operation == Operation::kOnear; }
// What stands in a query without parentheses around it.
struct Operand {
  Node node;
  bool bare = true;
};

// What a query and the lists in it have in common.
struct ParserState {
  std::vector<std::string> open_lists = {};
  std::optional<Lexeme> list = {};  // the LIST(…) of the query itself that is being read
  size_t parts = 0;
  uint32_t depth = 0;
  int text_fields = 0;
};

class Parser {
 public:
  Parser(const Lists& lists, ParserState& state) : lists_(lists), state_(state) {}

  std::variant<std::shared_ptr<const Expression>, QueryError> Run(std::string_view query) {
    if (query.size() > kMaxQueryBytes)
      return QueryError{0, "the query is longer than 64 KiB", "split it into several watches or use LIST"};
    auto lexed = Lex(query);
    if (auto* error = std::get_if<QueryError>(&lexed)) return std::move(*error);
    lexemes_ = std::get<std::vector<Lexeme>>(std::move(lexed));
    if (Peek().kind == Kind::kEnd) return QueryError{0, "the query is empty", ""};
    Operand all = ParseOr();
    if (!error_ && Peek().kind != Kind::kEnd) FailUnexpected(Peek());
    if (error_) return *std::move(error_);
    return std::shared_ptr<const Expression>(std::move(all.node));
  }

 private:
  const Lexeme& Peek() const { return lexemes_[at_]; }
  const Lexeme& Take() { return lexemes_[Peek().kind == Kind::kEnd ? at_ : at_++]; }
  bool At(Kind kind, std::string_view text) const { return Peek().kind == kind && Peek().text == text; }
  bool Accept(Kind kind, std::string_view text) {
    if (!At(kind, text)) return false;
    ++at_;
    return true;
  }
  void Fail(const Lexeme& at, std::string message, std::string hint) {
    if (!error_) error_ = QueryError{at.begin, std::move(message), std::move(hint)};
  }
  void FailUnexpected(const Lexeme& at) {
    Fail(at,
         at.text == "^" ? "^ gives a weight and stands only in SCORE(…)"
                        : absl::StrCat("\"", at.text, "\" was not expected here"),
         "");
  }
  Node Make(Operation operation, const Lexeme& at) {
    if (++state_.parts > kMaxParts)
      Fail(at, absl::StrCat("the query has more than ", kMaxParts, " parts"), "split it into several watches");
    Node node = std::make_shared<Expression>();
    node->operation = operation;
    node->begin = state_.list ? state_.list->begin : at.begin;
    node->end = state_.list ? state_.list->end : at.end;
    return node;
  }
  static void Adopt(Expression& parent, Node child) {
    parent.begin = std::min(parent.begin, child->begin);
    parent.end = std::max(parent.end, child->end);
    parent.operands.push_back(std::move(child));
  }
  static std::string Short(std::string text) { return text.size() > 80 ? "…" : text; }
  static std::string Shown(const Expression& expression) { return Short(Print(expression)); }
  static std::string ShownOperand(const Expression& expression) { return Short(PrintOperand(expression)); }
  bool StartsOperand() const {
    const Lexeme& next = Peek();
    return next.kind == Kind::kWord || next.kind == Kind::kPhrase || next.kind == Kind::kFunction ||
           next.kind == Kind::kField || At(Kind::kSymbol, "(") || At(Kind::kSymbol, "{");
  }

  void Descend() {
    if (++state_.depth > kMaxDepth)
      Fail(Peek(), absl::StrCat("the query is nested more than ", kMaxDepth, " deep"), "");
  }
  void Ascend() { --state_.depth; }

  Operand ParseOr() {
    Descend();
    Operand first = ParseAnd();
    if (!error_ && At(Kind::kOperator, "OR")) {
      Node all = Make(Operation::kOr, Peek());
      std::vector<Operand> operands;
      operands.push_back(std::move(first));
      while (!error_ && Accept(Kind::kOperator, "OR")) operands.push_back(ParseAnd());
      if (!error_) RefuseAndBesideOr(operands, *all);
      for (Operand& operand : operands) {
        if (!error_) Adopt(*all, std::move(operand.node));
      }
      first = {std::move(all), true};
    }
    Ascend();
    return first;
  }

  void RefuseAndBesideOr(const std::vector<Operand>& operands, const Expression& at) {
    const auto is_and = [](const Operand& o) { return o.bare && o.node->operation == Operation::kAnd; };
    if (std::none_of(operands.begin(), operands.end(), is_and)) return;
    std::string rewrite;
    for (const Operand& operand : operands) {
      const std::string text = Shown(*operand.node);
      absl::StrAppend(&rewrite, rewrite.empty() ? "" : " OR ", is_and(operand) ? "(" : "", text,
                      is_and(operand) ? ")" : "");
    }
    error_ = QueryError{at.begin, "AND stands beside OR without parentheses (a space means AND)",
                        absl::StrCat("write ", rewrite)};
  }

  Operand ParseAnd() {
    Operand first = ParseNot();
    if (error_) return first;
    Node all;
    while (!error_) {
      const bool written = Accept(Kind::kOperator, "AND");
      if (!written && !At(Kind::kOperator, "NOT") && !StartsOperand()) break;
      if (all == nullptr) {
        all = Make(Operation::kAnd, Peek());
        all->begin = first.node->begin;
        Adopt(*all, std::move(first.node));
      }
      Operand next = ParseNot();
      if (!error_) Adopt(*all, std::move(next.node));
    }
    if (all != nullptr) return {std::move(all), true};
    return first;
  }

  Operand ParseNot() {
    if (!At(Kind::kOperator, "NOT")) return ParseInfix();
    Node node = Make(Operation::kNot, Take());
    Descend();
    if (!error_) {
      Operand operand = ParseNot();
      if (!error_) Adopt(*node, std::move(operand.node));
    }
    Ascend();
    return {std::move(node), true};
  }

  static std::optional<Operation> InfixOf(const std::string& name) {
    if (name == "NEAR") return Operation::kNear;
    if (name == "ONEAR") return Operation::kOnear;
    if (name == "SENT") return Operation::kSent;
    if (name == "PARA") return Operation::kPara;
    if (name == "NOTIN") return Operation::kNotIn;
    if (name == "NOTNEAR") return Operation::kNotNear;
    return std::nullopt;
  }

  Operand ParseInfix() {
    Operand left = ParseAtom();
    if (error_ || Peek().kind != Kind::kOperator) return left;
    const std::optional<Operation> operation = InfixOf(Peek().text);
    if (!operation) return left;
    const Lexeme& name = Take();
    Node node = Make(*operation, name);
    const bool counts = IsWindow(*operation) || *operation == Operation::kNotNear;
    if (counts && !name.n)
      Fail(name, absl::StrCat(name.text, " without how many tokens may stand between"),
           absl::StrCat("write ", name.text, "/5"));
    if (!counts && name.n) Fail(name, absl::StrCat(name.text, " takes no number"), absl::StrCat("write ", name.text));
    node->number = name.n.value_or(0);
    Operand right = ParseAtom();
    if (error_) return left;
    if (Peek().kind == Kind::kOperator && InfixOf(Peek().text)) {
      Fail(Peek(), absl::StrCat(Peek().text, " behind ", name.text, " without parentheses"),
           absl::StrCat("write (", ShownOperand(*left.node), " ", name.text,
                        counts ? absl::StrCat("/", node->number) : "", " ", ShownOperand(*right.node), ") ",
                        Peek().text, " …"));
    }
    Adopt(*node, std::move(left.node));
    Adopt(*node, std::move(right.node));
    CheckOperands(*node, name);
    return {std::move(node), true};
  }

  // Operands of windows are words, phrases, ORs of these, LISTs, or a window.
  static bool HasPlaces(const Expression& e) {
    switch (e.operation) {
      case Operation::kWord:
      case Operation::kPhrase:
      case Operation::kNotIn:
      case Operation::kNotNear:
        return true;
      case Operation::kNear:
      case Operation::kOnear:
      case Operation::kOr:
      case Operation::kCase:
      case Operation::kExact:
      case Operation::kStem:
      case Operation::kList:
        return std::all_of(e.operands.begin(), e.operands.end(), [](const auto& o) { return HasPlaces(*o); });
      default:
        return false;
    }
  }

  void CheckOperands(const Expression& node, const Lexeme& at);
  // How a query says it whose window has an operand without places; "" when there is no one way.
  static std::string RewriteWindow(const Expression& node, const Expression& operand, const std::string& name);

  Operand ParseAtom() {
    if (error_) return {};
    const Lexeme& next = Peek();
    if (Accept(Kind::kSymbol, "(")) {
      Operand inside = ParseOr();
      if (!error_ && !Accept(Kind::kSymbol, ")")) Fail(next, "a parenthesis without its end", "");
      inside.bare = false;
      return inside;
    }
    if (At(Kind::kSymbol, "{")) return Whole(ParseBraces());
    switch (next.kind) {
      case Kind::kWord:
        return Whole(ParseWord());
      case Kind::kPhrase:
        return Whole(ParsePhrase());
      case Kind::kFunction:
        return Whole(ParseFunction());
      case Kind::kField:
        return Whole(ParseField());
      case Kind::kEnd:
        Fail(next, "the query ends where a word or a parenthesis was expected", "");
        break;
      case Kind::kOperator:
        Fail(next, absl::StrCat(next.text, " needs something before it"),
             absl::StrCat("put it in quotes to search for the word: \"", next.text, "\""));
        break;
      case Kind::kSymbol:
        FailUnexpected(next);
        break;
    }
    return {};
  }

  // It stretches to where the parser now is.
  Operand Whole(Node node) const {
    if (!error_ && !state_.list) node->end = lexemes_[at_ - 1].end;
    return {std::move(node), true};
  }

  Node ParseBraces() {
    const Lexeme& open = Take();
    Node node = Make(Operation::kCase, open);
    Operand inside = ParseOr();
    if (!error_ && !Accept(Kind::kSymbol, "}")) Fail(open, "a brace without its end", "");
    if (!error_) Adopt(*node, std::move(inside.node));
    return node;
  }

  Node ParseWord() {
    const Lexeme& word = Take();
    Node node = Make(Operation::kWord, word);
    node->text = word.text;
    if (node->text.find_first_not_of("*?") == std::string::npos)
      Fail(word, absl::StrCat("\"", word.text, "\" matches every word"), "write at least one letter");
    if (At(Kind::kSymbol, "~") && !Peek().space_before) {
      const Lexeme& tilde = Take();
      const std::string digits = Peek().kind == Kind::kWord && !Peek().space_before ? Take().text : "1";
      if (digits != "1" && digits != "2")
        Fail(tilde, "an edit distance is 1 or 2", absl::StrCat("write ", word.text, "~1"));
      if (HasWildcard(word.text)) Fail(tilde, "a word has wildcards or an edit distance, not both", "");
      node->edits = digits == "2" ? 2 : 1;
    }
    return node;
  }

  Node ParsePhrase() {
    const Lexeme& phrase = Take();
    Node node = Make(Operation::kPhrase, phrase);
    size_t at = 0;
    while ((at = phrase.text.find_first_not_of(" \t\r\n", at)) != std::string::npos) {
      const size_t end = std::min(phrase.text.find_first_of(" \t\r\n", at), phrase.text.size());
      Lexeme word;
      word.begin = phrase.begin + 1 + static_cast<uint32_t>(at);
      word.end = phrase.begin + 1 + static_cast<uint32_t>(end);
      Node part = Make(Operation::kWord, word);
      part->text = phrase.text.substr(at, end - at);
      node->operands.push_back(std::move(part));
      at = end;
    }
    if (node->operands.empty()) Fail(phrase, "an empty phrase", "");
    if (At(Kind::kSymbol, "~") && !Peek().space_before) {
      const Lexeme& tilde = Take();
      uint32_t slack = 0;
      if (Peek().kind != Kind::kWord || !absl::SimpleAtoi(Take().text, &slack) || slack > 1000)
        Fail(tilde, "expected a number up to 1000 behind ~", "");
      node->sloppy = true;
      node->number = slack;
    }
    return node;
  }

  Node ParseFunction();
  Node ParseList(const Lexeme& name);
  Node ParseStem(const Lexeme& name);
  Node ParseScore(const Lexeme& name);
  bool TakeNumber(double& number);
  Node ParseField();
  std::string TakeValue(const Lexeme& field, bool may_be_open);
  void ParseComparison(const Lexeme& field, Expression& node);
  void ParseRange(const Lexeme& field, Expression& node);
  void CheckValue(const Lexeme& field, const Expression& operand);
  void CheckCode(const Lexeme& field, const Expression& operand);
  void CheckSaid(const Lexeme& said, const Expression& operand);
  void FailAt(const Expression& at, std::string message, std::string hint) {
    if (!error_) error_ = QueryError{at.begin, std::move(message), std::move(hint)};
  }

  const Lists& lists_;
  ParserState& state_;
  std::vector<Lexeme> lexemes_;
  size_t at_ = 0;
  std::optional<QueryError> error_;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_PARSER_REP_H_
