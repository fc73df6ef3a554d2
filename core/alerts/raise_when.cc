#include "wirewatch/alerts/raise_when.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::alerts {

// Recursive descent; of each level NOT binds before AND, AND before OR.
class RaiseWhenParser {
 public:
  using Step = RaiseWhen::Step;
  using Operation = RaiseWhen::Operation;
  using Fact = RaiseWhen::Fact;

  RaiseWhenParser(std::string_view text, RaiseWhen::Error& error) : text_(text), error_(error) {}

  bool Parse(std::vector<Step>& steps) {
    if (!Or(0)) return false;
    if (!Word().empty()) return Fail("expected AND, OR or the end", "join comparisons with AND or OR");
    steps = std::move(steps_);
    return true;
  }

 private:
  static constexpr int kDepth = 32;
  static constexpr size_t kSteps = 128;

  bool Fail(std::string message, std::string hint = "") {
    error_ = {begin_ + 1, std::move(message), std::move(hint)};
    return false;
  }

  // The word, number, operator or parenthesis that comes next; empty at the end. Stays until Take().
  std::string_view Word() {
    begin_ = at_;
    while (begin_ < text_.size() && absl::ascii_isspace(static_cast<unsigned char>(text_[begin_]))) ++begin_;
    size_t end = begin_;
    const auto is_word = [this](size_t i) { return absl::ascii_isalnum(static_cast<unsigned char>(text_[i])); };
    const auto is_sign = [this](size_t i) { return std::string_view("<>=!").find(text_[i]) != std::string_view::npos; };
    while (end < text_.size() && is_word(end)) ++end;
    while (end == begin_ || (!is_word(begin_) && end < text_.size())) {
      if (end >= text_.size()) break;
      if (!is_sign(end)) {
        if (end == begin_) ++end;
        break;
      }
      ++end;
    }
    end_ = end;
    return text_.substr(begin_, end_ - begin_);
  }
  std::string_view Take() {
    const std::string_view word = Word();
    at_ = end_;
    return word;
  }
  bool Accept(std::string_view keyword) {
    const std::string_view word = Word();
    if (!absl::EqualsIgnoreCase(absl::string_view(word.data(), word.size()),
                                absl::string_view(keyword.data(), keyword.size()))) {
      return false;
    }
    at_ = end_;
    return true;
  }
  bool Add(Step step) {
    if (steps_.size() >= kSteps) return Fail("the condition is too long");
    steps_.push_back(step);
    return true;
  }

  bool Or(int depth) {
    if (!And(depth)) return false;
    while (Accept("OR")) {
      if (!And(depth) || !Add({Operation::kOr})) return false;
    }
    return true;
  }
  bool And(int depth) {
    if (!Not(depth)) return false;
    while (Accept("AND")) {
      if (!Not(depth) || !Add({Operation::kAnd})) return false;
    }
    return true;
  }
  bool Not(int depth) {
    if (depth > kDepth) return Fail("the condition is nested too deeply");
    if (Accept("NOT")) return Not(depth + 1) && Add({Operation::kNot});
    if (!Accept("(")) return Comparison();
    const size_t open = begin_;
    if (!Or(depth + 1)) return false;
    if (Accept(")")) return true;
    begin_ = open;
    return Fail("a parenthesis without its end");
  }

  bool Comparison() {
    const std::string fact(Word());
    const std::optional<Fact> known = FactOf(fact);
    if (!known) {
      return Fail(fact.empty() ? "a comparison is missing" : absl::StrCat("\"", fact, "\" is nothing that is counted"),
                  "there are origins, items, signals and severity");
    }
    Take();
    const std::optional<Operation> operation = OperationOf(Word());
    if (!operation)
      return Fail(absl::StrCat("\"", fact, "\" is compared with nothing"), absl::StrCat("write ", fact, ">=3"));
    Take();
    const std::string value(Word());
    Step step{*operation, *known, 0};
    if (*known == Fact::kSeverity) {
      v1::Severity severity = v1::SEVERITY_UNSPECIFIED;
      if (!v1::Severity_Parse(absl::StrCat("SEVERITY_", absl::AsciiStrToUpper(value)), &severity) ||
          severity == v1::SEVERITY_UNSPECIFIED) {
        return Fail(absl::StrCat("\"", value, "\" is no severity"), "it is info, low, medium, high or critical");
      }
      step.value = static_cast<uint64_t>(severity);
    } else if (!absl::SimpleAtoi(value, &step.value)) {
      return Fail(value.empty() ? "a number is missing" : absl::StrCat("\"", value, "\" is no number"));
    }
    Take();
    return Add(step);
  }

  static std::optional<Fact> FactOf(std::string_view word) {
    if (word == "origins") return Fact::kOrigins;
    if (word == "items") return Fact::kItems;
    if (word == "signals") return Fact::kSignals;
    if (word == "severity") return Fact::kSeverity;
    return std::nullopt;
  }
  static std::optional<Operation> OperationOf(std::string_view word) {
    if (word == ">=") return Operation::kAtLeast;
    if (word == ">") return Operation::kMore;
    if (word == "=" || word == "==") return Operation::kEqual;
    if (word == "!=") return Operation::kUnequal;
    if (word == "<=") return Operation::kAtMost;
    if (word == "<") return Operation::kLess;
    return std::nullopt;
  }

  const std::string_view text_;
  RaiseWhen::Error& error_;
  size_t at_ = 0, begin_ = 0, end_ = 0;
  std::vector<Step> steps_;
};

bool RaiseWhen::Parse(std::string_view text, RaiseWhen& parsed, Error& error) {
  return RaiseWhenParser(text, error).Parse(parsed.steps_);
}

bool RaiseWhen::Holds(const v1::Alert& alert) const {
  const auto fact_of = [&alert](Fact fact) -> uint64_t {
    switch (fact) {
      case Fact::kOrigins:
        return alert.origin_count();
      case Fact::kItems:
        return alert.item_count();
      case Fact::kSignals:
        return alert.signal_count();
      case Fact::kSeverity:
        return static_cast<uint64_t>(alert.severity());
    }
    return 0;
  };
  std::vector<bool> stack;
  for (const Step& step : steps_) {
    const uint64_t fact = fact_of(step.fact);
    const bool top = !stack.empty() && stack.back();
    switch (step.operation) {
      case Operation::kAtLeast:
        stack.push_back(fact >= step.value);
        break;
      case Operation::kMore:
        stack.push_back(fact > step.value);
        break;
      case Operation::kEqual:
        stack.push_back(fact == step.value);
        break;
      case Operation::kUnequal:
        stack.push_back(fact != step.value);
        break;
      case Operation::kAtMost:
        stack.push_back(fact <= step.value);
        break;
      case Operation::kLess:
        stack.push_back(fact < step.value);
        break;
      case Operation::kAnd:
        stack.pop_back();
        stack.back() = stack.back() && top;
        break;
      case Operation::kOr:
        stack.pop_back();
        stack.back() = stack.back() || top;
        break;
      case Operation::kNot:
        stack.back() = !top;
        break;
    }
  }
  return stack.empty() || stack.back();
}

}  // namespace wirewatch::alerts
