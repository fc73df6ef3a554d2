// Reads the expression of a tag. For the parser alone.
#ifndef WIREWATCH_TEMPLATES_EXPRESSION_PARSER_H_
#define WIREWATCH_TEMPLATES_EXPRESSION_PARSER_H_

#include <memory>
#include <string>
#include <vector>

#include "wirewatch/templates/lexer.h"
#include "wirewatch/templates/tree.h"

namespace wirewatch::templates {

// A name that an expression may begin with.
struct Variable {
  std::string name;
  Shape shape;
  size_t slot = 0;
  const Member* member = nullptr;  // the root's member that it stands for
};

// Grammar, from what binds least:
//
//   or:     and ("or" and)*              not:      "not" not | comparison
//   and:    not ("and" not)*             filtered: primary ("|" NAME ["(" literal ("," literal)* ")"])*
//   comparison: filtered [("==" | "!=" | "<" | "<=" | ">" | ">=" | "in") filtered]
//   primary:    NAME ("." NAME)* | TEXT | NUMBER | "true" | "false" | "(" or ")"
class ExpressionParser {
 public:
  // All must outlive it. `variables`: the innermost last.
  ExpressionParser(const std::vector<Word>& words, const std::vector<Variable>& variables,
                   std::vector<TemplateProblem>& problems)
      : words_(words), variables_(variables), problems_(problems) {}

  // nullptr after a problem.
  std::unique_ptr<Expression> Read();
  const Word& word() const { return words_[at_]; }
  bool Take(const char* text);
  void Next();
  // Nothing may follow.
  bool AtEnd();
  std::nullptr_t Problem(const Word& at, std::string message, std::string hint = "");

 private:
  using Made = std::unique_ptr<Expression>;
  Made ReadBoth(Expression::Kind kind, const char* between, Made (ExpressionParser::*read)());
  Made ReadOr() { return ReadBoth(Expression::Kind::kOr, "or", &ExpressionParser::ReadAnd); }
  Made ReadAnd() { return ReadBoth(Expression::Kind::kAnd, "and", &ExpressionParser::ReadNot); }
  Made ReadNot();
  Made ReadComparison();
  Made ReadFiltered();
  Made ReadFilter(Made input);
  bool ReadArguments(const Filter& filter, const Word& name, Expression& made);
  Made ReadPrimary();
  Made ReadPath();

  const std::vector<Word>& words_;
  const std::vector<Variable>& variables_;
  std::vector<TemplateProblem>& problems_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace wirewatch::templates

#endif  // WIREWATCH_TEMPLATES_EXPRESSION_PARSER_H_
