#include "wirewatch/watch/parser.h"

#include <cmath>

#include "wirewatch/watch/parser_rep.h"

namespace wirewatch::watch {

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
    node->low = node->high = TakeValue(field, false);
    return node;
  }
  if (info.kind == FieldKind::kText && state_.text_fields++ > 0)
    Fail(field, "a text field inside a text field", "put them side by side: headline:a AND body:b");
  Descend();
  Operand operand = ParseAtom();
  Ascend();
  if (info.kind == FieldKind::kText) --state_.text_fields;
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

// A date or number; "" for `*` where an end may be open.
std::string Parser::TakeValue(const Lexeme& field, bool may_be_open) {
  const Lexeme value = Take();
  const bool is_value = value.kind == Kind::kWord || value.kind == Kind::kPhrase;
  if (may_be_open && is_value && value.text == "*") return "";
  if (!is_value || value.text.empty() || value.text == "*")
    Fail(field, absl::StrCat("a value is missing behind ", field.text, field.compare), "");
  return value.text;
}

void Parser::ParseComparison(const Lexeme& field, Expression& node) {
  const FieldKind kind = FindField(field.text)->kind;
  if (kind != FieldKind::kDate && kind != FieldKind::kNumber)
    Fail(field, absl::StrCat("\"", field.text, "\" has no order"), absl::StrCat("write ", field.text, ":…"));
  node.operation = Operation::kRange;
  const std::string value = TakeValue(field, false);
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
  node.low = TakeValue(field, true);
  const bool to = Accept(Kind::kOperator, "TO");
  node.high = TakeValue(field, true);
  if (!to || !Accept(Kind::kSymbol, "]")) Fail(field, "a range is written [a TO b]", "* leaves an end open");
}

std::variant<std::unique_ptr<const Expression>, QueryError> Parse(std::string_view query, const Lists& lists) {
  ParserState state;
  return Parser(lists, state).Run(query);
}

}  // namespace wirewatch::watch
