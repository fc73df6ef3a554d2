// What a template is read into. For the parser and the renderer alone.
#ifndef WIREWATCH_TEMPLATES_TREE_H_
#define WIREWATCH_TEMPLATES_TREE_H_

#include <memory>
#include <string>
#include <vector>

#include "wirewatch/templates/filters.h"
#include "wirewatch/templates/template.h"
#include "wirewatch/templates/value.h"

namespace wirewatch::templates {

struct Expression {
  enum class Kind { kLiteral, kPath, kFilter, kNot, kAnd, kOr, kCompare };
  enum class Comparison { kEqual, kUnequal, kLess, kLessEqual, kGreater, kGreaterEqual, kIn };

  Kind kind = Kind::kLiteral;
  Shape shape;
  Value literal;
  size_t slot = 0;                     // kPath: of the variable it begins with
  std::vector<const Member*> members;  // kPath: and what is taken from it
  const Filter* filter = nullptr;
  std::vector<Value> arguments;
  Comparison comparison = Comparison::kEqual;
  std::unique_ptr<Expression> left, right;  // the operands; left alone for kNot and kFilter
};

struct Statement {
  enum class Kind { kText, kValue, kIf, kFor };
  struct Branch {
    std::unique_ptr<Expression> condition;  // nullptr: {% else %}
    std::vector<Statement> body;
  };

  Kind kind = Kind::kText;
  std::string text = {};
  std::unique_ptr<Expression> expression = {};  // kValue; of kFor the list
  std::vector<Branch> branches = {};            // kIf; of kFor the body and, where the list is empty, the other
  size_t slot = 0;                              // kFor: of the element; `loop` has the next
};

struct Template::Body {
  std::vector<Statement> statements;
  size_t slots = 0;
};

// What `loop` is inside of {% for %}.
struct Loop {
  size_t index = 0;  // from 0
  size_t size = 0;
};
extern const Record kLoop;

}  // namespace wirewatch::templates

#endif  // WIREWATCH_TEMPLATES_TREE_H_
