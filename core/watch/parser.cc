#include "wirewatch/watch/parser.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/watch/lexer.h"

namespace wirewatch::watch {
namespace {

using Node = std::unique_ptr<Expression>;
using Kind = Lexeme::Kind;

constexpr size_t kMaxQueryBytes = 64 << 10;
constexpr int kMaxDepth = 64;
constexpr size_t kMaxParts = 10'000;

bool IsWindow(Operation operation) { return operation == Operation::kNear || operation == Operation::kOnear; }
bool IsInfix(Operation operation) {
  return IsWindow(operation) || operation == Operation::kSent || operation == Operation::kPara ||
         operation == Operation::kNotIn || operation == Operation::kNotNear;
}

// What stands in a query without parentheses around it.
struct Operand {
  Node node;
  bool bare = true;
};

class Parser {
 public:
  Parser(const Lists& lists, std::vector<std::string>& open_lists, size_t& parts)
      : lists_(lists), open_lists_(open_lists), parts_(parts) {}

  std::variant<std::unique_ptr<const Expression>, QueryError> Run(std::string_view query) {
    if (query.size() > kMaxQueryBytes)
      return QueryError{0, "the query is longer than 64 KiB", "split it into several watches or use LIST"};
    auto lexed = Lex(query);
    if (auto* error = std::get_if<QueryError>(&lexed)) return std::move(*error);
    lexemes_ = std::get<std::vector<Lexeme>>(std::move(lexed));
    if (Peek().kind == Kind::kEnd) return QueryError{0, "the query is empty", ""};
    Operand all = ParseOr();
    if (!error_ && Peek().kind != Kind::kEnd)
      Fail(Peek(), absl::StrCat("\"", Peek().text, "\" was not expected here"), "");
    if (error_) return *std::move(error_);
    return std::unique_ptr<const Expression>(std::move(all.node));
  }

 private:
  const Lexeme& Peek() const { return lexemes_[at_]; }
  Lexeme Take() { return lexemes_[Peek().kind == Kind::kEnd ? at_ : at_++]; }
  bool At(Kind kind, std::string_view text) const { return Peek().kind == kind && Peek().text == text; }
  bool Accept(Kind kind, std::string_view text) {
    if (!At(kind, text)) return false;
    ++at_;
    return true;
  }
  void Fail(const Lexeme& at, std::string message, std::string hint) {
    if (!error_) error_ = QueryError{at.begin, std::move(message), std::move(hint)};
  }
  Node Make(Operation operation, const Lexeme& at) {
    if (++parts_ > kMaxParts)
      Fail(at, absl::StrCat("the query has more than ", kMaxParts, " parts"), "split it into several watches");
    Node node = std::make_unique<Expression>();
    node->operation = operation;
    node->begin = at.begin;
    node->end = at.end;
    return node;
  }
  static void Adopt(Expression& parent, Node child) {
    parent.begin = std::min(parent.begin, child->begin);
    parent.end = std::max(parent.end, child->end);
    parent.operands.push_back(std::move(child));
  }
  static std::string Shown(const Expression& expression) {
    std::string text = Print(expression);
    return text.size() > 80 ? "…" : text;
  }
  bool StartsOperand() const {
    const Lexeme& next = Peek();
    return next.kind == Kind::kWord || next.kind == Kind::kPhrase || next.kind == Kind::kFunction ||
           next.kind == Kind::kField || At(Kind::kSymbol, "(") || At(Kind::kSymbol, "{");
  }

  Operand ParseOr() {
    if (++depth_ > kMaxDepth) Fail(Peek(), absl::StrCat("the query is nested more than ", kMaxDepth, " deep"), "");
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
    --depth_;
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
    if (++depth_ > kMaxDepth) Fail(Peek(), absl::StrCat("the query is nested more than ", kMaxDepth, " deep"), "");
    if (!error_) {
      Operand operand = ParseNot();
      if (!error_) Adopt(*node, std::move(operand.node));
    }
    --depth_;
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
    const Lexeme name = Take();
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
           absl::StrCat("write (", Shown(*left.node), " ", name.text, counts ? absl::StrCat("/", node->number) : "",
                        " ", Shown(*right.node), ") ", Peek().text, " …"));
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

  void CheckOperands(const Expression& node, const Lexeme& at) {
    if (error_ || node.operation == Operation::kSent || node.operation == Operation::kPara) return;
    for (const auto& operand : node.operands) {
      if (HasPlaces(*operand)) continue;
      const std::string other = Shown(*node.operands[operand == node.operands[0] ? 1 : 0]);
      std::string hint = "operands are words, phrases, ORs of these, LISTs and windows";
      if (operand->operation == Operation::kAnd && operand->operands.size() == 2) {
        hint = absl::StrCat("write (", Shown(*operand->operands[0]), " ", at.text, "/", node.number, " ", other,
                            ") AND (", Shown(*operand->operands[1]), " ", at.text, "/", node.number, " ", other, ")");
      }
      Fail(at, absl::StrCat(at.text, " takes places in the text, and ", Shown(*operand), " has none"), hint);
    }
  }

  Operand ParseAtom() {
    if (error_) return {};
    const Lexeme next = Peek();
    if (Accept(Kind::kSymbol, "(")) {
      Operand inside = ParseOr();
      if (!error_ && !Accept(Kind::kSymbol, ")")) Fail(next, "a parenthesis without its end", "");
      inside.bare = false;
      return inside;
    }
    if (Accept(Kind::kSymbol, "{")) return ParseBraces(next);
    switch (next.kind) {
      case Kind::kWord:
        return {ParseWord(), true};
      case Kind::kPhrase:
        return {ParsePhrase(), true};
      case Kind::kFunction:
        return {ParseFunction(), true};
      case Kind::kField:
        return {ParseField(), true};
      case Kind::kEnd:
        Fail(next, "the query ends where a word or a parenthesis was expected", "");
        break;
      case Kind::kOperator:
        Fail(next, absl::StrCat(next.text, " needs something before it"),
             absl::StrCat("put it in quotes to search for the word: \"", next.text, "\""));
        break;
      case Kind::kSymbol:
        Fail(next,
             next.text == "^" ? "^ gives a weight and stands only in SCORE(…)"
                              : absl::StrCat("\"", next.text, "\" was not expected here"),
             "");
        break;
    }
    return {};
  }

  Operand ParseBraces(const Lexeme& open) {
    Node node = Make(Operation::kCase, open);
    Operand inside = ParseOr();
    if (!error_ && !Accept(Kind::kSymbol, "}")) Fail(open, "a brace without its end", "");
    if (!error_) Adopt(*node, std::move(inside.node));
    return {std::move(node), true};
  }

  Node ParseWord() {
    const Lexeme word = Take();
    Node node = Make(Operation::kWord, word);
    node->text = word.text;
    if (node->text.find_first_not_of("*?") == std::string::npos)
      Fail(word, absl::StrCat("\"", word.text, "\" matches every word"), "write at least one letter");
    if (At(Kind::kSymbol, "~") && !Peek().space_before) {
      const Lexeme tilde = Take();
      const std::string digits = Peek().kind == Kind::kWord && !Peek().space_before ? Take().text : "1";
      if (digits != "1" && digits != "2")
        Fail(tilde, "an edit distance is 1 or 2", absl::StrCat("write ", word.text, "~1"));
      if (HasWildcard(word.text)) Fail(tilde, "a word has wildcards or an edit distance, not both", "");
      node->edits = digits == "2" ? 2 : 1;
    }
    return node;
  }

  Node ParsePhrase() {
    const Lexeme phrase = Take();
    Node node = Make(Operation::kPhrase, phrase);
    size_t at = 0;
    while ((at = phrase.text.find_first_not_of(" \t\r\n", at)) != std::string::npos) {
      const size_t end = std::min(phrase.text.find_first_of(" \t\r\n", at), phrase.text.size());
      Lexeme word = phrase;
      word.begin = phrase.begin + 1 + static_cast<uint32_t>(at);
      word.end = phrase.begin + 1 + static_cast<uint32_t>(end);
      Node part = Make(Operation::kWord, word);
      part->text = phrase.text.substr(at, end - at);
      node->operands.push_back(std::move(part));
      at = end;
    }
    if (node->operands.empty()) Fail(phrase, "an empty phrase", "");
    if (At(Kind::kSymbol, "~") && !Peek().space_before) {
      const Lexeme tilde = Take();
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
  Node ParseField();
  void ParseComparison(const Lexeme& field, Expression& node);
  void ParseRange(const Lexeme& field, Expression& node);
  void CheckField(const Lexeme& field, const Expression& operand, FieldKind kind);

  const Lists& lists_;
  std::vector<std::string>& open_lists_;
  size_t& parts_;
  std::vector<Lexeme> lexemes_;
  size_t at_ = 0;
  int depth_ = 0;
  int text_fields_ = 0;
  std::optional<QueryError> error_;
};

Node Parser::ParseFunction() {
  const Lexeme name = Take();
  if (name.text == "LIST") return ParseList(name);
  if (name.text == "STEM") return ParseStem(name);
  if (name.text == "SCORE") return ParseScore(name);
  static const std::vector<std::pair<std::string_view, Operation>>& operations =
      *new std::vector<std::pair<std::string_view, Operation>>{
          {"CASE", Operation::kCase}, {"EXACT", Operation::kExact}, {"ATLEAST", Operation::kAtLeast},
          {"MIN", Operation::kMin},   {"LEAD", Operation::kLead},   {"FIRST", Operation::kFirst}};
  const auto found =
      std::find_if(operations.begin(), operations.end(), [&](const auto& o) { return o.first == name.text; });
  if (found == operations.end()) {
    Fail(name, absl::StrCat(name.text, "(…) reads quotes, which no step of this release finds"),
         "search the text itself");
    return nullptr;
  }
  Node node = Make(found->second, name);
  const bool counts =
      found->second == Operation::kAtLeast || found->second == Operation::kMin || found->second == Operation::kFirst;
  if (counts && (!name.n || *name.n == 0))
    Fail(name, absl::StrCat(name.text, " without a number"), absl::StrCat("write ", name.text, "/3(…)"));
  if (!counts && name.n) Fail(name, absl::StrCat(name.text, " takes no number"), "");
  node->number = name.n.value_or(0);
  Accept(Kind::kSymbol, "(");
  do {
    Operand operand = ParseOr();
    if (!error_) Adopt(*node, std::move(operand.node));
  } while (!error_ && found->second == Operation::kMin && Accept(Kind::kSymbol, ","));
  if (!error_ && !Accept(Kind::kSymbol, ")")) Fail(name, absl::StrCat(name.text, "( without its end"), "");
  if (!error_ && found->second == Operation::kAtLeast && !HasPlaces(*node->operands[0])) {
    Fail(name, "ATLEAST counts places in the text", "give it words, phrases, ORs of these, LISTs or windows");
  }
  if (!error_ && found->second == Operation::kMin && node->number > node->operands.size())
    Fail(name, absl::StrCat("MIN/", node->number, " of ", node->operands.size()), "");
  return node;
}

Node Parser::ParseList(const Lexeme& name) {
  Node node = Make(Operation::kList, name);
  Accept(Kind::kSymbol, "(");
  const Lexeme list = Take();
  if (list.kind != Kind::kWord || !Accept(Kind::kSymbol, ")")) {
    Fail(name, "LIST takes the name of a list", "write LIST(name)");
    return node;
  }
  node->name = list.text;
  const std::string* query = lists_(list.text);
  if (query == nullptr) {
    Fail(list, absl::StrCat("there is no list \"", list.text, "\""), "define it under `lists:`");
    return node;
  }
  if (std::find(open_lists_.begin(), open_lists_.end(), list.text) != open_lists_.end()) {
    Fail(list, absl::StrCat("the list \"", list.text, "\" contains itself"), "");
    return node;
  }
  open_lists_.push_back(list.text);
  auto parsed = Parser(lists_, open_lists_, parts_).Run(*query);
  open_lists_.pop_back();
  if (auto* error = std::get_if<QueryError>(&parsed)) {
    Fail(list, absl::StrCat("in the list \"", list.text, "\": ", error->message), error->hint);
  } else {
    node->operands.push_back(std::get<std::unique_ptr<const Expression>>(std::move(parsed)));
  }
  return node;
}

Node Parser::ParseStem(const Lexeme& name) {
  Node node = Make(Operation::kStem, name);
  Accept(Kind::kSymbol, "(");
  const Lexeme word = Take();
  const size_t colon = word.text.find(':');
  if (word.kind != Kind::kWord || colon == std::string::npos || colon == 0 || colon + 1 == word.text.size() ||
      !Accept(Kind::kSymbol, ")")) {
    Fail(name, "STEM takes a language and one word", "write STEM(en:provoke)");
    return node;
  }
  node->name = word.text.substr(0, colon);
  Node stem = Make(Operation::kWord, word);
  stem->text = word.text.substr(colon + 1);
  Adopt(*node, std::move(stem));
  return node;
}

Node Parser::ParseScore(const Lexeme& name) {
  Node node = Make(Operation::kScore, name);
  Accept(Kind::kSymbol, "(");
  do {
    Operand operand = ParseOr();
    if (error_) return node;
    double weight = 0;
    if (!Accept(Kind::kSymbol, "^") || !absl::SimpleAtod(Take().text, &weight))
      Fail(name, "every part of SCORE has a weight", "write SCORE(a^2, b^1) >= 2");
    Adopt(*node, std::move(operand.node));
    node->weights.push_back(weight);
  } while (!error_ && Accept(Kind::kSymbol, ","));
  if (!error_ && (!Accept(Kind::kSymbol, ")") || !Accept(Kind::kSymbol, ">=") ||
                  !absl::SimpleAtod(Take().text, &node->threshold))) {
    Fail(name, "SCORE needs a threshold", "write SCORE(a^2, b^1) >= 2");
  }
  return node;
}

Node Parser::ParseField() {
  const Lexeme field = Take();
  const FieldInfo& info = *FindField(field.text);
  Node node = Make(Operation::kField, field);
  node->name = field.text;
  if (info.kind == FieldKind::kAnnotation) {
    Fail(field,
         absl::StrCat("\"", field.text, ":\" reads ", std::string(info.needs), ", which no step of this release finds"),
         "search the text itself");
    return node;
  }
  if (field.compare != ":") {
    ParseComparison(field, *node);
    return node;
  }
  if (At(Kind::kSymbol, "[")) {
    ParseRange(field, *node);
    return node;
  }
  if (info.kind == FieldKind::kDate || info.kind == FieldKind::kNumber) {
    node->operation = Operation::kRange;
    node->low = node->high = Take().text;
    return node;
  }
  if (info.kind == FieldKind::kText && text_fields_++ > 0)
    Fail(field, "a text field inside a text field", "put them side by side: headline:a AND body:b");
  Operand operand = ParseAtom();
  if (info.kind == FieldKind::kText) --text_fields_;
  if (error_) return node;
  CheckField(field, *operand.node, info.kind);
  Adopt(*node, std::move(operand.node));
  return node;
}

// What a field's value can be held against: words, phrases and Booleans of them.
void Parser::CheckField(const Lexeme& field, const Expression& operand, FieldKind kind) {
  if (kind == FieldKind::kText || error_) return;
  switch (operand.operation) {
    case Operation::kWord:
    case Operation::kPhrase:
      return;
    case Operation::kAnd:
    case Operation::kOr:
    case Operation::kNot:
    case Operation::kList:
      for (const auto& part : operand.operands) CheckField(field, *part, kind);
      return;
    default:
      Fail(field, absl::StrCat("\"", field.text, ":\" takes words, phrases, and AND, OR, NOT of them"), "");
  }
}

void Parser::ParseComparison(const Lexeme& field, Expression& node) {
  const FieldKind kind = FindField(field.text)->kind;
  if (kind != FieldKind::kDate && kind != FieldKind::kNumber)
    Fail(field, absl::StrCat("\"", field.text, "\" has no order"), absl::StrCat("write ", field.text, ":…"));
  node.operation = Operation::kRange;
  const std::string value = Take().text;
  if (value.empty()) Fail(field, absl::StrCat("a value is missing behind ", field.text, field.compare), "");
  if (field.compare == ">" || field.compare == "<")
    Fail(field, absl::StrCat(field.text, " is compared with >= or <="), "");
  if (field.compare == ">=" || field.compare == "=") node.low = value;
  if (field.compare == "<=" || field.compare == "=") node.high = value;
}

void Parser::ParseRange(const Lexeme& field, Expression& node) {
  const FieldKind kind = FindField(field.text)->kind;
  if (kind != FieldKind::kDate && kind != FieldKind::kNumber)
    Fail(field, absl::StrCat("\"", field.text, "\" has no order"), "");
  node.operation = Operation::kRange;
  Accept(Kind::kSymbol, "[");
  node.low = Take().text;
  const bool to = Accept(Kind::kOperator, "TO");
  node.high = Take().text;
  if (!to || !Accept(Kind::kSymbol, "]")) Fail(field, "a range is written [a TO b]", "* leaves an end open");
  if (node.low == "*") node.low.clear();
  if (node.high == "*") node.high.clear();
}

}  // namespace

std::variant<std::unique_ptr<const Expression>, QueryError> Parse(std::string_view query, const Lists& lists) {
  std::vector<std::string> open_lists;
  size_t parts = 0;
  return Parser(lists, open_lists, parts).Run(query);
}

}  // namespace wirewatch::watch
