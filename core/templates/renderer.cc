#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/templates/tree.h"
#include "wirewatch/text/printable.h"

namespace wirewatch::templates {
namespace {

constexpr size_t kSteps = 200'000;
constexpr size_t kBytesOfAStep = 256;  // what a value costs besides

class Renderer {
 public:
  Renderer(const TemplateOptions& options, const absl::TimeZone& zone, size_t slots)
      : options_(options), context_{zone}, values_(slots) {}

  Value& slot(size_t number) { return values_[number]; }

  // False when a bound was reached.
  bool Run(const std::vector<Statement>& body) {
    for (const Statement& statement : body) {
      if (!Step() || !Run(statement)) return false;
    }
    return true;
  }

  absl::Status status() const {
    if (out_.size() > options_.limit_bytes)
      return absl::OutOfRangeError(absl::StrCat("the template gives more than ", options_.limit_bytes, " bytes"));
    return steps_ > kSteps ? absl::OutOfRangeError(absl::StrCat("the template takes more than ", kSteps, " steps"))
                           : absl::OkStatus();
  }
  std::string Take() { return std::move(out_); }

 private:
  bool Step(size_t count = 1) { return (steps_ += count) <= kSteps; }
  bool Append(const std::string& text) {
    out_ += text;
    return out_.size() <= options_.limit_bytes;
  }

  bool Run(const Statement& statement) {
    switch (statement.kind) {
      case Statement::Kind::kText:
        return Append(statement.text);
      case Statement::Kind::kValue:
        return Append(Escaped(*statement.expression));
      case Statement::Kind::kIf:
        for (const Statement::Branch& branch : statement.branches) {
          if (branch.condition == nullptr || Evaluate(*branch.condition).Holds()) return Run(branch.body);
        }
        return true;
      case Statement::Kind::kFor:
        return RunLoop(statement);
    }
    return true;
  }

  bool RunLoop(const Statement& statement) {
    const Value list = Evaluate(*statement.expression);
    const Value::List& elements = list.list();
    if (elements.empty() && statement.branches.size() > 1) return Run(statement.branches[1].body);
    for (size_t i = 0; i < elements.size(); ++i) {
      values_[statement.slot] = elements[i];
      values_[statement.slot + 1] = Object::Owned(kLoop, Loop{i, elements.size()});
      if (!Step() || !Run(statement.branches[0].body)) return false;
    }
    return true;
  }

  std::string Escaped(const Expression& expression) {
    std::string text = Printed(Evaluate(expression), context_);
    Step(text.size() / kBytesOfAStep);
    switch (options_.target) {
      case Target::kText:
        return text;
      case Target::kLine:
        return text::Printable(text);
      case Target::kHtml:
        return expression.filter != nullptr && std::string_view(expression.filter->name) == "html" ? text
                                                                                                   : HtmlEscaped(text);
      case Target::kJson:
        return expression.filter != nullptr && expression.filter->makes_json ? text : JsonEscaped(text);
    }
    return text;
  }

  Value Evaluate(const Expression& expression) {
    Step();
    switch (expression.kind) {
      case Expression::Kind::kLiteral:
        return expression.literal;
      case Expression::Kind::kPath: {
        Value value = Follow(expression);
        Step(value.list().size());
        return value;
      }
      case Expression::Kind::kFilter: {
        Value value = expression.filter->apply(Evaluate(*expression.left), expression.arguments, context_);
        Step(value.text().size() / kBytesOfAStep);
        return value;
      }
      case Expression::Kind::kNot:
        return !Evaluate(*expression.left).Holds();
      case Expression::Kind::kAnd:
        return Evaluate(*expression.left).Holds() && Evaluate(*expression.right).Holds();
      case Expression::Kind::kOr:
        return Evaluate(*expression.left).Holds() || Evaluate(*expression.right).Holds();
      case Expression::Kind::kCompare:
        return Compare(expression);
    }
    return {};
  }

  Value Follow(const Expression& expression) {
    Value value = values_[expression.slot];
    for (const Member* member : expression.members) {
      const auto* const object = value.As<Object>();
      if (object == nullptr) return {};
      // The value may own what the next is taken from.
      const Object held = *object;
      value = member->get(held.data.get());
    }
    return value;
  }

  bool Compare(const Expression& expression) {
    using Comparison = Expression::Comparison;
    const Value left = Evaluate(*expression.left);
    const Value right = Evaluate(*expression.right);
    if (expression.comparison == Comparison::kIn) {
      if (right.As<std::string>() != nullptr) return right.text().find(left.text()) != std::string::npos;
      for (const Value& element : right.list()) {
        if (element.text() == left.text()) return true;
      }
      return false;
    }
    switch (expression.left->shape.kind) {
      case Shape::Kind::kText:
        return Holds(expression.comparison, left.text().compare(right.text()));
      case Shape::Kind::kNumber:
        return Holds(expression.comparison, Order(left.number(), right.number()));
      case Shape::Kind::kFlag:
        return Holds(expression.comparison, Order(left.Holds(), right.Holds()));
      default:
        break;
    }
    // A time that there is not is before all others.
    const auto* const a = left.As<absl::Time>();
    const auto* const b = right.As<absl::Time>();
    return Holds(expression.comparison,
                 Order(a == nullptr ? absl::InfinitePast() : *a, b == nullptr ? absl::InfinitePast() : *b));
  }
  template <class T>
  static int Order(const T& a, const T& b) {
    return a < b ? -1 : b < a ? 1 : 0;
  }
  static bool Holds(Expression::Comparison comparison, int order) {
    switch (comparison) {
      case Expression::Comparison::kEqual:
        return order == 0;
      case Expression::Comparison::kUnequal:
        return order != 0;
      case Expression::Comparison::kLess:
        return order < 0;
      case Expression::Comparison::kLessEqual:
        return order <= 0;
      case Expression::Comparison::kGreater:
        return order > 0;
      default:
        return order >= 0;
    }
  }

  const TemplateOptions& options_;
  const FilterContext context_;
  std::vector<Value> values_;
  std::string out_;
  size_t steps_ = 0;
};

}  // namespace

absl::StatusOr<std::string> Template::Render(const Object& root, const std::vector<std::string>& extras,
                                             const absl::TimeZone* zone) const {
  Renderer renderer(options_, zone != nullptr ? *zone : options_.zone, body_->slots);
  renderer.slot(0) = root;
  for (size_t i = 0; i < options_.extras.size() && i < extras.size(); ++i) renderer.slot(i + 1) = extras[i];
  renderer.Run(body_->statements);
  if (const absl::Status bounded = renderer.status(); !bounded.ok()) return bounded;
  return renderer.Take();
}

}  // namespace wirewatch::templates
