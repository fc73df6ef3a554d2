#include "wirewatch/watch/programs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "wirewatch/watch/cover.h"
#include "wirewatch/watch/programs_rep.h"

namespace wirewatch::watch {
namespace {

class Compiler {
 public:
  Compiler(const PatternTable& patterns, Keys& keys, std::vector<uint32_t>& code)
      : patterns_(patterns), keys_(keys), code_(code) {}

  // Appends the program; whether it is exact. `narrow`: it is evaluated in a part of the text, so that what is missing
  // there need not be missing everywhere.
  bool Emit(const Plan& plan, bool narrow) {
    switch (plan.operation()) {
      case Operation::kWord:
      case Operation::kPhrase:
      case Operation::kStem:
        return plan.expression->sloppy ? EmitSloppy(plan) : EmitPhrase(plan.words);
      case Operation::kAnd:
        return EmitOperands(Op::kAnd, plan, narrow);
      case Operation::kOr:
        return EmitOperands(Op::kOr, plan, narrow);
      case Operation::kMin:
        return EmitOperands(Op::kMin, plan, narrow);
      case Operation::kNot:
        return EmitNot(plan, narrow);
      case Operation::kNear:
      case Operation::kOnear:
        return EmitNear(plan, narrow);
      case Operation::kSent:
      case Operation::kPara:
        EmitOperands(Op::kAnd, plan, true);
        return false;
      case Operation::kScore:
        return EmitScore(plan, narrow);
      case Operation::kList:
        return EmitList(plan, narrow);
      case Operation::kCase:
      case Operation::kExact:
      case Operation::kAtLeast:
      case Operation::kNotIn:
      case Operation::kNotNear:
      case Operation::kLead:
      case Operation::kFirst:
        Emit(plan.operands()[0], true);
        return false;
      case Operation::kField:
        if (plan.field->kind == FieldKind::kItem) return EmitCodes(*plan.field, *plan.expression->operands[0]);
        if (plan.field->kind != FieldKind::kText) return EmitPerhaps();
        Emit(plan.operands()[0], true);
        return false;
      case Operation::kRange:
        return plan.field->kind == FieldKind::kNumber ? EmitWords(plan) : EmitPerhaps();
      default:
        return EmitPerhaps();
    }
  }

  bool of_language() const { return of_language_; }

 private:
  bool EmitPerhaps() {
    code_.push_back(Head(Op::kPerhaps, 0));
    return false;
  }

  void EmitKey(Key key) {
    code_.push_back(Head(Op::kKey, 0));
    code_.push_back(key);
  }

  bool EmitNot(const Plan& plan, bool narrow) {
    const size_t before = code_.size();
    code_.push_back(Head(Op::kNot, 0));
    // Where the language is not known all are there, and nothing can be denied.
    const bool of_language = std::exchange(of_language_, false);
    const bool exact = !narrow && Emit(plan.operands()[0], narrow) && !of_language_;
    of_language_ = of_language;
    if (exact) return true;
    code_.resize(before);
    return EmitPerhaps();
  }

  // What of a LIST is told by which keys are there is one key for all who use it; the rest stands beside that.
  bool EmitList(const Plan& plan, bool narrow) {
    const Plan& inner = plan.operands()[0];
    const std::span<const Plan> parts =
        inner.operation() == Operation::kOr ? inner.operands() : std::span<const Plan>(&inner, 1);
    const size_t begin = code_.size();
    code_.insert(code_.end(), {0, 0});  // the head of an OR
    std::vector<Key> keys;
    size_t others = 0;
    bool exact = true;
    for (const Plan& part : parts) {
      const size_t before = code_.size();
      exact &= Emit(part, narrow);
      CollectKeys(before, keys) ? code_.resize(before) : static_cast<void>(++others);
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    if (keys.size() >= kFewestListed) keys = {keys_.OfAny(keys)};
    for (const Key key : keys) EmitKey(key);
    const size_t count = others + keys.size();
    if (count == 1) {
      code_.erase(code_.begin() + static_cast<ptrdiff_t>(begin), code_.begin() + static_cast<ptrdiff_t>(begin) + 2);
    } else {
      code_[begin] = Head(Op::kOr, count);
      code_[begin + 1] = static_cast<uint32_t>(code_.size() - begin);
    }
    return exact && count <= kMostOperands;
  }

  // Appends the keys of which a program asks whether one is there; false, and none, if it asks more. No program of
  // languages: those are not exact for every Item.
  bool CollectKeys(size_t at, std::vector<Key>& keys) const {
    const size_t before = keys.size();
    while (at < code_.size()) {
      const auto op = static_cast<Op>(code_[at] & 0xFF);
      if ((op != Op::kKey && op != Op::kOr) || (op == Op::kKey && keys_.IsCode(code_[at + 1]))) {
        keys.resize(before);
        return false;
      }
      if (op == Op::kKey) keys.push_back(code_[at + 1]);
      at += 2;
    }
    return true;
  }

  bool EmitCodes(const FieldInfo& field, const Expression& wanted) {
    switch (wanted.operation) {
      case Operation::kWord:
      case Operation::kPhrase: {
        const std::optional<Key> key = KeyOfCode(field, wanted, keys_);
        if (!key) return EmitPerhaps();
        of_language_ |= field.name == "language";
        EmitKey(*key);
        return true;
      }
      case Operation::kOr:
      case Operation::kAnd: {
        const bool exact = EmitAll(wanted.operation == Operation::kOr ? Op::kOr : Op::kAnd, wanted.operands, 0,
                                   [&](const auto& operand) { return EmitCodes(field, *operand); });
        return exact && wanted.operation == Operation::kOr;  // one value has to satisfy an AND
      }
      case Operation::kList:
        return EmitCodes(field, *wanted.operands[0]);
      default:
        return EmitPerhaps();
    }
  }

  bool EmitWords(const Plan& plan) {
    constexpr double kMost = UINT32_MAX;
    const double least = std::ceil(std::clamp(plan.least.value_or(0), 0.0, kMost));
    const double most = std::floor(std::clamp(plan.most.value_or(kMost), -1.0, kMost));
    if (most < 0 || plan.least.value_or(0) > kMost) return EmitPerhaps();
    code_.insert(code_.end(), {Head(Op::kWords, 0), static_cast<uint32_t>(least), static_cast<uint32_t>(most)});
    return true;
  }

  bool EmitOperands(Op op, const Plan& plan, bool narrow) {
    return EmitAll(op, plan.operands(), plan.expression->number,
                   [this, narrow](const Plan& operand) { return Emit(operand, narrow); });
  }

  // A positive threshold is reached only if something with a positive weight holds.
  bool EmitScore(const Plan& plan, bool narrow) {
    if (plan.expression->threshold <= 0) return EmitPerhaps();
    std::vector<const Plan*> positive;
    for (size_t i = 0; i < plan.operands().size(); ++i) {
      if (plan.expression->weights[i] > 0) positive.push_back(&plan.operands()[i]);
    }
    EmitAll(Op::kOr, positive, 0, [this, narrow](const Plan* operand) { return Emit(*operand, narrow); });
    return false;
  }

  template <class Parts, class EmitOne>
  bool EmitAll(Op op, const Parts& parts, uint32_t number, const EmitOne& emit) {
    const size_t begin = code_.size();
    code_.push_back(Head(op, parts.size()));
    code_.push_back(0);
    if (op == Op::kMin) code_.push_back(number);
    bool exact = parts.size() <= kMostOperands;
    for (const auto& part : parts) exact &= emit(part);
    code_[begin + 1] = static_cast<uint32_t>(code_.size() - begin);
    return exact;
  }

  // Words that follow each other. A form alone, or two of them, are keys.
  bool EmitSequence(const Sequence& sequence) {
    if (sequence.size() == 1) {
      const TermPattern& pattern = patterns_[sequence[0]];
      EmitKey(keys_.OfPattern(pattern));
      return pattern.spelling == TermPattern::Spelling::kFolded && pattern.kind != TermPattern::Kind::kStem;
    }
    const bool forms = sequence.size() <= kLongestPhrase &&
                       std::all_of(sequence.begin(), sequence.end(),
                                   [this](PatternId id) { return patterns_[id].kind == TermPattern::Kind::kForm; });
    if (!forms) {
      EmitAll(Op::kAnd, KeysOf(sequence, patterns_, keys_), 0, [this](Key key) { return EmitKey(key), false; });
      return false;
    }
    if (sequence.size() == 2) {
      EmitKey(keys_.OfPair(keys_.OfForm(patterns_[sequence[0]].form), keys_.OfForm(patterns_[sequence[1]].form)));
    } else {
      code_.push_back(Head(Op::kPhrase, sequence.size()));
      for (const PatternId id : sequence) code_.push_back(keys_.OfForm(patterns_[id].form));
    }
    return std::all_of(sequence.begin(), sequence.end(), [this](PatternId id) { return IsPlainForm(patterns_[id]); });
  }

  bool EmitStretch(const Spellings& spellings) {
    if (spellings.size() == 1) return EmitSequence(spellings[0]);
    return EmitAll(Op::kOr, spellings, 0, [this](const Sequence& sequence) { return EmitSequence(sequence); });
  }

  bool EmitPhrase(const std::vector<Spellings>& words) {
    if (const Sequence sequence = PlainSequence(words); !sequence.empty()) return EmitSequence(sequence);
    if (words.size() == 1) return EmitStretch(words[0]);
    EmitAll(Op::kAnd, words, 0, [this](const Spellings& spellings) { return EmitStretch(spellings); });
    return false;
  }

  bool EmitSloppy(const Plan& plan) {
    const Sequence sequence = PlainSequence(plan.words);
    const bool forms =
        std::all_of(sequence.begin(), sequence.end(), [this](PatternId id) { return IsPlainForm(patterns_[id]); });
    if (plan.expression->moves && forms && !sequence.empty() && sequence.size() <= kMostMoving) {
      code_.push_back(Head(Op::kMoves, sequence.size()));
      code_.push_back(plan.expression->number);
      for (const PatternId id : sequence) code_.push_back(keys_.OfForm(patterns_[id].form));
      return true;
    }
    EmitAll(Op::kAnd, plan.words, 0, [this](const Spellings& spellings) { return EmitStretch(spellings); });
    return false;
  }

  // The form that an operand is, if it is one and nothing more.
  const TermPattern* FormOf(const Plan& plan) const {
    const Plan* inner = &plan;
    while (inner->operation() == Operation::kList) inner = &inner->operands()[0];
    if (inner->operation() != Operation::kWord) return nullptr;
    const Sequence sequence = PlainSequence(inner->words);
    if (sequence.size() != 1 || !IsPlainForm(patterns_[sequence[0]])) return nullptr;
    return &patterns_[sequence[0]];
  }

  bool EmitNear(const Plan& plan, bool narrow) {
    const TermPattern* const left = FormOf(plan.operands()[0]);
    const TermPattern* const right = FormOf(plan.operands()[1]);
    if (left != nullptr && right != nullptr) {
      code_.push_back(Head(plan.operation() == Operation::kNear ? Op::kNear : Op::kOnear, 0));
      code_.push_back(plan.expression->number);
      code_.push_back(keys_.OfForm(left->form));
      code_.push_back(keys_.OfForm(right->form));
      return true;
    }
    EmitOperands(Op::kAnd, plan, narrow);
    return false;
  }

  const PatternTable& patterns_;
  Keys& keys_;
  std::vector<uint32_t>& code_;
  bool of_language_ = false;
};

}  // namespace

Programs::Compiled Programs::Add(const Plan& plan, const PatternTable& patterns, Keys& keys) {
  const auto at = static_cast<uint32_t>(code_.size());
  Compiler compiler(patterns, keys, code_);
  const bool exact = compiler.Emit(plan, false);
  return {at, compiler.of_language(), exact};
}

}  // namespace wirewatch::watch
