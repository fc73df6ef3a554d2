#include "wirewatch/watch/parser.h"

#include <cmath>

#include "wirewatch/watch/item_fields.h"
#include "wirewatch/watch/parser_rep.h"

namespace wirewatch::watch {

Node Parser::ParseFunction() {
  const Lexeme& name = Take();
  if (name.text == "LIST") return ParseList(name);
  if (name.text == "STEM") return ParseStem(name);
  if (name.text == "SCORE") return ParseScore(name);
  static const std::vector<std::pair<std::string_view, Operation>>& operations =
      *new std::vector<std::pair<std::string_view, Operation>>{
          {"CASE", Operation::kCase}, {"EXACT", Operation::kExact}, {"ATLEAST", Operation::kAtLeast},
          {"MIN", Operation::kMin},   {"LEAD", Operation::kLead},   {"FIRST", Operation::kFirst},
          {"SAID", Operation::kSaid}};
  const auto found =
      std::find_if(operations.begin(), operations.end(), [&](const auto& o) { return o.first == name.text; });
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
  if (!error_ && found->second == Operation::kSaid) CheckSaid(name, *node->operands[0]);
  return node;
}

Node Parser::ParseList(const Lexeme& name) {
  Node node = Make(Operation::kList, name);
  Accept(Kind::kSymbol, "(");
  const Lexeme& list = Take();
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
  std::vector<std::string>& open = state_.open_lists;
  if (std::find(open.begin(), open.end(), list.text) != open.end()) {
    Fail(list, absl::StrCat("the list \"", list.text, "\" contains itself"), "");
    return node;
  }
  const bool outermost = open.empty();
  if (outermost) {
    state_.list = name;
    state_.list->end = lexemes_[at_ - 1].end;
  }
  open.push_back(list.text);
  auto parsed = Parser(lists_, state_).Run(*query);
  open.pop_back();
  if (outermost) state_.list.reset();
  if (auto* error = std::get_if<QueryError>(&parsed)) {
    Fail(list, absl::StrCat("in the list \"", list.text, "\": ", error->message), error->hint);
  } else {
    node->operands.push_back(std::get<std::shared_ptr<const Expression>>(std::move(parsed)));
  }
  return node;
}

Node Parser::ParseStem(const Lexeme& name) {
  Node node = Make(Operation::kStem, name);
  Accept(Kind::kSymbol, "(");
  const Lexeme& word = Take();
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

// Weights and thresholds.
bool Parser::TakeNumber(double& number) { return absl::SimpleAtod(Take().text, &number) && std::isfinite(number); }

Node Parser::ParseScore(const Lexeme& name) {
  Node node = Make(Operation::kScore, name);
  Accept(Kind::kSymbol, "(");
  do {
    Operand operand = ParseOr();
    if (error_) return node;
    double weight = 0;
    if (!Accept(Kind::kSymbol, "^") || !TakeNumber(weight))
      Fail(name, "every part of SCORE has a weight", "write SCORE(a^2, b^1) >= 2");
    Adopt(*node, std::move(operand.node));
    node->weights.push_back(weight);
  } while (!error_ && Accept(Kind::kSymbol, ","));
  if (!error_ && (!Accept(Kind::kSymbol, ")") || !Accept(Kind::kSymbol, ">=") || !TakeNumber(node->threshold))) {
    Fail(name, "SCORE needs a threshold", "write SCORE(a^2, b^1) >= 2");
  }
  return node;
}

Node Parser::ParseField() {
  const Lexeme& field = Take();
  const FieldInfo& info = *FindField(field.text);
  Node node = Make(Operation::kField, field);
  node->name = field.text;
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
    node->low = node->high = TakeValue(field, false);
    return node;
  }
  const bool is_text = info.kind == FieldKind::kText || info.kind == FieldKind::kQuote;
  if (is_text && state_.text_fields++ > 0)
    Fail(field, "a text field inside a text field", "put them side by side: headline:a AND body:b");
  Descend();
  Operand operand = ParseAtom();
  Ascend();
  if (is_text) --state_.text_fields;
  if (error_) return node;
  if (!is_text) IsCodeField(info.name) ? CheckCode(field, *operand.node) : CheckValue(field, *operand.node);
  Adopt(*node, std::move(operand.node));
  return node;
}

// What the texts of a value can be held against: all that stands somewhere, and Booleans of it.
void Parser::CheckValue(const Lexeme& field, const Expression& operand) {
  if (!FitsValue(operand.operation)) {
    return FailAt(
        operand,
        absl::StrCat("\"", field.text, ":\" takes words, phrases, windows and Booleans of them, not ", Shown(operand)),
        "");
  }
  for (const auto& part : operand.operands) CheckValue(field, *part);
}

namespace {

// Why a text is no code of that field; "" when it may be one.
std::string WhyNoCode(std::string_view field, const std::string& text) {
  const size_t letters = std::min(text.find('-'), text.size());
  if (field == "language" && letters > 3 && !HasWildcard(text)) return "write the code of the language: language:en";
  if (field == "country" && text.size() != 2 && !HasWildcard(text))
    return "write the code of the country, two letters: country:GB";
  if (field == "domain" && text.find('/') != text.npos) return absl::StrCat("write url:\"", text, "\"");
  return "";
}

}  // namespace

// Codes are compared whole: words, phrases and Booleans of them.
void Parser::CheckCode(const Lexeme& field, const Expression& operand) {
  switch (operand.operation) {
    case Operation::kWord:
    case Operation::kPhrase: {
      if (operand.edits > 0 || operand.sloppy)
        FailAt(operand, absl::StrCat("\"", field.text, ":\" compares codes as a whole, without ~"), "use a wildcard");
      const Expression& first = operand.operands.empty() ? operand : *operand.operands[0];
      const std::string why = operand.operands.size() > 1 ? "" : WhyNoCode(field.text, first.text);
      if (!why.empty()) FailAt(operand, absl::StrCat("\"", first.text, "\" is no ", field.text), why);
      return;
    }
    case Operation::kAnd:
    case Operation::kOr:
    case Operation::kNot:
    case Operation::kList:
      for (const auto& part : operand.operands) CheckCode(field, *part);
      return;
    default:
      FailAt(operand, absl::StrCat("\"", field.text, ":\" takes words, phrases, and AND, OR, NOT of them"), "");
  }
}

// What one quote can satisfy: who says it, and what.
void Parser::CheckSaid(const Lexeme& said, const Expression& operand) {
  switch (operand.operation) {
    case Operation::kField:
      if (operand.name == "speaker" || operand.name == "quote" || operand.name == "quote.direct") return;
      break;
    case Operation::kAnd:
    case Operation::kOr:
    case Operation::kNot:
    case Operation::kMin:
    case Operation::kList:
      for (const auto& part : operand.operands) CheckSaid(said, *part);
      return;
    default:
      break;
  }
  FailAt(operand, absl::StrCat("SAID is about one quote: speaker:, quote: and quote.direct:, not ", Shown(operand)),
         "write SAID(speaker:a quote:(b c))");
}

std::string Parser::RewriteWindow(const Expression& node, const Expression& operand, const std::string& name) {
  const bool left = &operand == node.operands[0].get();
  const Expression& other = *node.operands[left ? 1 : 0];
  const bool near = IsWindow(node.operation);
  if (operand.operation == Operation::kNot && node.operation == Operation::kNear && HasPlaces(*operand.operands[0])) {
    return absl::StrCat("write ", ShownOperand(other), " NOTNEAR/", node.number, " ",
                        ShownOperand(*operand.operands[0]));
  }
  if (operand.operation != Operation::kAnd) return "";
  std::string rewrite;
  for (const auto& part : operand.operands) {
    const bool negated = part->operation == Operation::kNot && near;
    const Expression& inside = negated ? *part->operands[0] : *part;
    absl::StrAppend(&rewrite, rewrite.empty() ? "write " : " AND ", negated ? "NOT (" : "(",
                    ShownOperand(left ? inside : other), name, ShownOperand(left ? other : inside), ")");
  }
  return rewrite;
}

void Parser::CheckOperands(const Expression& node, const Lexeme& at) {
  if (error_ || node.operation == Operation::kSent || node.operation == Operation::kPara) return;
  for (const auto& operand : node.operands) {
    if (HasPlaces(*operand)) continue;
    std::string hint =
        RewriteWindow(node, *operand, absl::StrCat(" ", at.text, at.n ? absl::StrCat("/", *at.n) : "", " "));
    if (hint.empty()) hint = "operands are words, phrases, ORs of these, LISTs and windows";
    Fail(at, absl::StrCat(at.text, " takes places in the text, and ", Shown(*operand), " has none"), hint);
  }
}

// A date or number; "" for `*` where an end may be open.
std::string Parser::TakeValue(const Lexeme& field, bool may_be_open) {
  const Lexeme& value = Take();
  const bool is_value = value.kind == Kind::kWord || value.kind == Kind::kPhrase;
  if (may_be_open && is_value && value.text == "*") return "";
  if (!is_value || value.text.empty() || value.text == "*")
    Fail(field, absl::StrCat("a value is missing behind ", field.text, field.compare), "");
  return value.text;
}

void Parser::ParseComparison(const Lexeme& field, Expression& node) {
  if (!HasOrder(*FindField(field.text)))
    Fail(field, absl::StrCat("\"", field.text, "\" has no order"), absl::StrCat("write ", field.text, ":…"));
  node.operation = Operation::kRange;
  const std::string value = TakeValue(field, false);
  if (field.compare == ">" || field.compare == "<")
    Fail(field, absl::StrCat(field.text, " is compared with >= or <="), "");
  if (field.compare == ">=" || field.compare == "=") node.low = value;
  if (field.compare == "<=" || field.compare == "=") node.high = value;
}

void Parser::ParseRange(const Lexeme& field, Expression& node) {
  if (!HasOrder(*FindField(field.text))) Fail(field, absl::StrCat("\"", field.text, "\" has no order"), "");
  node.operation = Operation::kRange;
  Accept(Kind::kSymbol, "[");
  node.low = TakeValue(field, true);
  const bool to = Accept(Kind::kOperator, "TO");
  node.high = TakeValue(field, true);
  if (!to || !Accept(Kind::kSymbol, "]")) Fail(field, "a range is written [a TO b]", "* leaves an end open");
}

std::variant<std::shared_ptr<const Expression>, QueryError> Parse(std::string_view query, const Lists& lists) {
  ParserState state;
  return Parser(lists, state).Run(query);
}

}  // namespace wirewatch::watch
