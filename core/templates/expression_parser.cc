#include "wirewatch/templates/expression_parser.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/node.h"

namespace wirewatch::templates {
namespace {

using Kind = Shape::Kind;

constexpr int kDepth = 32;
constexpr size_t kWords = 500;

std::string DidYouMean(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string closest = ClosestName(word, candidates);
  return closest.empty() ? "" : absl::StrCat("did you mean \"", closest, "\"?");
}

std::unique_ptr<Expression> Literal(Shape shape, Value value) {
  auto made = std::make_unique<Expression>();
  made->shape = shape;
  made->literal = std::move(value);
  return made;
}

bool MayCompare(const Shape& left, Expression::Comparison comparison, const Shape& right) {
  if (comparison == Expression::Comparison::kIn)
    return left.kind == Kind::kText && (right.kind == Kind::kText || right == Shape::Texts());
  if (left != right || left.kind == Kind::kRecord || left.kind == Kind::kList) return false;
  const bool for_equality =
      comparison == Expression::Comparison::kEqual || comparison == Expression::Comparison::kUnequal;
  return for_equality || left.kind == Kind::kNumber || left.kind == Kind::kTime;
}

}  // namespace

std::nullptr_t ExpressionParser::Problem(const Word& at, std::string message, std::string hint) {
  problems_.push_back({at.offset, std::move(message), std::move(hint)});
  return nullptr;
}

void ExpressionParser::Next() {
  if (at_ + 1 < words_.size()) ++at_;
}

bool ExpressionParser::Take(const char* text) {
  const bool found = word().text == text && (word().kind == Word::Kind::kSign || word().kind == Word::Kind::kName);
  if (found) Next();
  return found;
}

bool ExpressionParser::AtEnd() {
  if (word().kind == Word::Kind::kEnd) return true;
  Problem(word(), absl::StrCat("\"", word().text, "\" does not belong here"), "the tag should have ended");
  return false;
}

std::unique_ptr<Expression> ExpressionParser::Read() {
  if (words_.size() > kWords) return Problem(words_[0], absl::StrCat("a tag has at most ", kWords, " words"));
  if (++depth_ > kDepth) return Problem(word(), absl::StrCat("more than ", kDepth, " parentheses inside each other"));
  Made made = ReadOr();
  --depth_;
  return made;
}

ExpressionParser::Made ExpressionParser::ReadBoth(Expression::Kind kind, const char* between,
                                                  Made (ExpressionParser::*read)()) {
  Made left = (this->*read)();
  while (left != nullptr && Take(between)) {
    auto made = std::make_unique<Expression>();
    made->kind = kind;
    made->shape = Shape::Flag();
    made->left = std::move(left);
    made->right = (this->*read)();
    if (made->right == nullptr) return nullptr;
    left = std::move(made);
  }
  return left;
}

ExpressionParser::Made ExpressionParser::ReadNot() {
  if (!Take("not")) return ReadComparison();
  auto made = std::make_unique<Expression>();
  made->kind = Expression::Kind::kNot;
  made->shape = Shape::Flag();
  // One "not" after another would be depth as well.
  if (word().text == "not") return Problem(word(), "\"not not\" says nothing");
  made->left = ReadComparison();
  return made->left == nullptr ? nullptr : std::move(made);
}

ExpressionParser::Made ExpressionParser::ReadComparison() {
  using Comparison = Expression::Comparison;
  Made left = ReadFiltered();
  if (left == nullptr) return nullptr;
  constexpr std::pair<const char*, Comparison> kComparisons[] = {
      {"==", Comparison::kEqual},     {"!=", Comparison::kUnequal},      {"<", Comparison::kLess},
      {"<=", Comparison::kLessEqual}, {">=", Comparison::kGreaterEqual}, {">", Comparison::kGreater},
      {"in", Comparison::kIn}};
  for (const auto& [sign, comparison] : kComparisons) {
    const Word at = word();
    if (!Take(sign)) continue;
    auto made = std::make_unique<Expression>();
    made->kind = Expression::Kind::kCompare;
    made->shape = Shape::Flag();
    made->comparison = comparison;
    made->left = std::move(left);
    made->right = ReadFiltered();
    if (made->right == nullptr) return nullptr;
    if (!MayCompare(made->left->shape, comparison, made->right->shape)) {
      return Problem(at, absl::StrCat("a ", made->left->shape.Name(), " and a ", made->right->shape.Name(),
                                      " cannot be compared with ", sign));
    }
    return made;
  }
  return left;
}

ExpressionParser::Made ExpressionParser::ReadFiltered() {
  Made made = ReadPrimary();
  while (made != nullptr && Take("|")) made = ReadFilter(std::move(made));
  return made;
}

ExpressionParser::Made ExpressionParser::ReadFilter(Made input) {
  const Word name = word();
  const Filter* const filter = name.kind == Word::Kind::kName ? FindFilter(name.text) : nullptr;
  if (filter == nullptr) {
    std::vector<std::string> names;
    for (const Filter& known : Filters()) names.emplace_back(known.name);
    return Problem(name, absl::StrCat("there is no filter \"", name.text, "\""), DidYouMean(name.text, names));
  }
  Next();
  const Shape shape = input->shape;
  // Lists are for filters that take any of them, or texts alone.
  const bool of_records = shape.kind == Kind::kList && shape.record != nullptr;
  const bool takes_records = std::string_view(filter->name) == "count" || std::string_view(filter->name) == "first";
  if (std::find(filter->takes.begin(), filter->takes.end(), shape.kind) == filter->takes.end() ||
      (of_records && !takes_records)) {
    return Problem(name, absl::StrCat("the filter ", filter->name, " does not take a ", shape.Name()));
  }
  auto made = std::make_unique<Expression>();
  made->kind = Expression::Kind::kFilter;
  made->filter = filter;
  made->shape = filter->gives(shape);
  made->left = std::move(input);
  return ReadArguments(*filter, name, *made) ? std::move(made) : nullptr;
}

bool ExpressionParser::ReadArguments(const Filter& filter, const Word& name, Expression& made) {
  if (Take("(") && !Take(")")) {
    do {
      const Word& argument = word();
      int64_t number = 0;
      if (argument.kind == Word::Kind::kText) {
        made.arguments.emplace_back(argument.text);
      } else if (argument.kind == Word::Kind::kNumber && absl::SimpleAtoi(argument.text, &number)) {
        made.arguments.emplace_back(number);
      } else {
        Problem(argument, "an argument of a filter is a text in quotes or a number");
        return false;
      }
      const Kind kind = argument.kind == Word::Kind::kText ? Kind::kText : Kind::kNumber;
      const size_t place = made.arguments.size() - 1;
      if (place < filter.parameters.size() && filter.parameters[place] != kind) {
        Problem(argument, absl::StrCat("this should be a ", Shape{filter.parameters[place]}.Name()),
                absl::StrCat(filter.name, filter.arguments));
        return false;
      }
      Next();
    } while (Take(","));
    if (!Take(")")) {
      Problem(word(), "the arguments are not closed", "they end with )");
      return false;
    }
  }
  if (made.arguments.size() < filter.required || made.arguments.size() > filter.parameters.size()) {
    Problem(name, absl::StrCat("the filter ", filter.name, " has not got the arguments that it needs"),
            absl::StrCat(filter.name, filter.arguments));
    return false;
  }
  const absl::Status right = filter.check != nullptr ? filter.check(made.arguments) : absl::OkStatus();
  if (!right.ok()) Problem(name, std::string(right.message()));
  return right.ok();
}

ExpressionParser::Made ExpressionParser::ReadPrimary() {
  const Word first = word();
  switch (first.kind) {
    case Word::Kind::kText:
      Next();
      return Literal(Shape::Text(), first.text);
    case Word::Kind::kNumber: {
      int64_t number = 0;
      if (!absl::SimpleAtoi(first.text, &number)) return Problem(first, "the number is too large");
      Next();
      return Literal(Shape::Number(), number);
    }
    case Word::Kind::kName:
      if (Take("true")) return Literal(Shape::Flag(), true);
      if (Take("false")) return Literal(Shape::Flag(), false);
      return ReadPath();
    default:
      break;
  }
  if (!Take("(")) return Problem(first, "a value is missing", "for example alert.title, or a text in quotes");
  Made made = Read();
  if (made != nullptr && !Take(")")) return Problem(word(), "a ) is missing");
  return made;
}

ExpressionParser::Made ExpressionParser::ReadPath() {
  const Word first = word();
  const auto found = std::find_if(variables_.rbegin(), variables_.rend(),
                                  [&first](const Variable& variable) { return variable.name == first.text; });
  if (found == variables_.rend()) {
    std::vector<std::string> names;
    for (const Variable& variable : variables_) names.push_back(variable.name);
    return Problem(first, absl::StrCat("there is no \"", first.text, "\""), DidYouMean(first.text, names));
  }
  Next();
  auto made = std::make_unique<Expression>();
  made->kind = Expression::Kind::kPath;
  made->slot = found->slot;
  made->shape = found->shape;
  if (found->member != nullptr) made->members.push_back(found->member);
  while (Take(".")) {
    const Word name = word();
    const Record* const record = made->shape.kind == Kind::kRecord ? made->shape.record : nullptr;
    if (record == nullptr) {
      return Problem(name, absl::StrCat("a ", made->shape.Name(), " has no members"),
                     made->shape.kind == Kind::kList ? "its elements do: {% for x in … %}" : "");
    }
    const Member* const member = record->Find(name.text);
    if (member == nullptr) {
      std::vector<std::string> names;
      for (const Member& known : record->members) names.emplace_back(known.name);
      return Problem(name, absl::StrCat(record->name, " has no \"", name.text, "\""), DidYouMean(name.text, names));
    }
    Next();
    made->members.push_back(member);
    made->shape = member->shape;
  }
  return made;
}

}  // namespace wirewatch::templates
