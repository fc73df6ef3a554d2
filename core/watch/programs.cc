#include "wirewatch/watch/programs.h"

#include <algorithm>
#include <array>

#include "wirewatch/watch/cover.h"

namespace wirewatch::watch {
namespace {

// A program is a tree in prefix order. Its nodes begin with the operation and a count, in one number.
enum class Op : uint8_t {
  kPerhaps,  // true
  kKey,      // key
  kPhrase,   // count forms one behind the other
  kMoves,    // count forms; first a number: of moves (Lucene's sloppy phrase)
  kNear,     // number, two forms
  kOnear,
  kAnd,  // count operands; first the size of the whole node
  kOr,
  kMin,  // the same, then the number of them that must hold
  kNot,
};

constexpr uint32_t Head(Op op, size_t count) { return static_cast<uint32_t>(op) | static_cast<uint32_t>(count) << 8; }
constexpr size_t kMostMoving = 16;  // words of a sloppy phrase
// Words of a phrase. Longer ones could take a step for each word of each of their beginnings in a text made for that,
// and are left to the evaluator, which counts its steps.
constexpr size_t kLongestPhrase = 16;
constexpr size_t kMostOperands = (1 << 24) - 1;

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
        return Emit(plan.operands[0], narrow);
      case Operation::kCase:
      case Operation::kExact:
      case Operation::kAtLeast:
      case Operation::kNotIn:
      case Operation::kNotNear:
      case Operation::kLead:
      case Operation::kFirst:
        Emit(plan.operands[0], true);
        return false;
      case Operation::kField:
        if (plan.field->kind != FieldKind::kText) return EmitPerhaps();
        Emit(plan.operands[0], true);
        return false;
      default:
        return EmitPerhaps();
    }
  }

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
    if (!narrow && Emit(plan.operands[0], narrow)) return true;
    code_.resize(before);
    return EmitPerhaps();
  }

  bool EmitOperands(Op op, const Plan& plan, bool narrow) {
    return EmitAll(op, plan.operands, plan.expression->number,
                   [this, narrow](const Plan& operand) { return Emit(operand, narrow); });
  }

  // A positive threshold is reached only if something with a positive weight holds.
  bool EmitScore(const Plan& plan, bool narrow) {
    if (plan.expression->threshold <= 0) return EmitPerhaps();
    std::vector<const Plan*> positive;
    for (size_t i = 0; i < plan.operands.size(); ++i) {
      if (plan.expression->weights[i] > 0) positive.push_back(&plan.operands[i]);
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
    while (inner->operation() == Operation::kList) inner = &inner->operands[0];
    if (inner->operation() != Operation::kWord) return nullptr;
    const Sequence sequence = PlainSequence(inner->words);
    if (sequence.size() != 1 || !IsPlainForm(patterns_[sequence[0]])) return nullptr;
    return &patterns_[sequence[0]];
  }

  bool EmitNear(const Plan& plan, bool narrow) {
    const TermPattern* const left = FormOf(plan.operands[0]);
    const TermPattern* const right = FormOf(plan.operands[1]);
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
};

class Machine {
 public:
  Machine(const uint32_t* at, const ItemKeys& item) : at_(at), item_(item), tokens_(item.tokens()) {}

  bool Run() {
    const uint32_t head = *at_++;
    const uint32_t count = head >> 8;
    switch (static_cast<Op>(head & 0xFF)) {
      case Op::kPerhaps:
        return true;
      case Op::kKey:
        return item_.Has(*at_++);
      case Op::kPhrase:
        return Phrase(count);
      case Op::kMoves:
        return Moves(count);
      case Op::kNear:
        return Near(false);
      case Op::kOnear:
        return Near(true);
      case Op::kAnd: {
        const uint32_t* const end = at_ - 1 + *at_;
        ++at_;
        bool all = true;
        for (uint32_t i = 0; i < count && all; ++i) all = Run();
        at_ = end;
        return all;
      }
      case Op::kOr: {
        const uint32_t* const end = at_ - 1 + *at_;
        ++at_;
        bool any = false;
        for (uint32_t i = 0; i < count && !any; ++i) any = Run();
        at_ = end;
        return any;
      }
      case Op::kMin: {
        const uint32_t* const end = at_ - 1 + *at_;
        const uint32_t needed = at_[1];
        at_ += 2;
        uint32_t hold = 0;
        for (uint32_t i = 0; i < count && hold < needed; ++i) hold += Run() ? 1 : 0;
        at_ = end;
        return hold >= needed;
      }
      case Op::kNot:
        return !Run();
    }
    return true;
  }

 private:
  bool HasAll(const uint32_t* keys, uint32_t count) const {
    for (uint32_t i = 0; i < count; ++i) {
      if (!item_.Has(keys[i])) return false;
    }
    return true;
  }

  bool Phrase(uint32_t count) {
    const uint32_t* const forms = at_;
    at_ += count;
    if (!HasAll(forms, count)) return false;
    for (uint32_t first = item_.First(forms[0]); first != ItemKeys::kNone; first = tokens_[first].next) {
      if (Follows(first, forms + 1, count - 1)) return true;
    }
    return false;
  }

  // Whether the forms follow behind token `last`. Tokens lie in order of where they begin.
  bool Follows(uint32_t last, const uint32_t* forms, uint32_t count) const {
    if (count == 0) return true;
    const ItemKeys::Token& before = tokens_[last];
    for (uint32_t i = last + 1; i < tokens_.size(); ++i) {
      const ItemKeys::Token& token = tokens_[i];
      if (token.part != before.part || token.begin > before.end) return false;
      if (token.begin == before.end && token.key == *forms && Follows(i, forms + 1, count - 1)) return true;
    }
    return false;
  }

  bool Near(bool in_order) {
    const uint32_t most = at_[0];
    const Key left = at_[1];
    const Key right = at_[2];
    at_ += 3;
    if (!item_.Has(left) || !item_.Has(right)) return false;
    uint32_t from = item_.First(right);
    for (uint32_t l = item_.First(left); l != ItemKeys::kNone; l = tokens_[l].next) {
      const ItemKeys::Token& a = tokens_[l];
      while (from != ItemKeys::kNone && IsFarBefore(tokens_[from], a, most)) from = tokens_[from].next;
      for (uint32_t r = from; r != ItemKeys::kNone; r = tokens_[r].next) {
        const ItemKeys::Token& b = tokens_[r];
        if (b.part != a.part || b.begin > a.end + uint64_t{most}) break;
        if (b.begin >= a.end) return true;
        if (!in_order && b.end <= a.begin && a.begin - b.end <= most) return true;
      }
    }
    return false;
  }

  // No token that begins later can end so much earlier.
  static bool IsFarBefore(const ItemKeys::Token& token, const ItemKeys::Token& other, uint32_t most) {
    return token.part < other.part || (token.part == other.part && token.end + uint64_t{most} < other.begin);
  }

  // Some places p(i) of the words with max(p(i) - i) - min(p(i) - i) <= moves: the words' lists are gone through side
  // by side, the one that is behind first.
  bool Moves(uint32_t count) {
    const uint32_t moves = at_[0];
    const uint32_t* const forms = at_ + 1;
    at_ += 1 + count;
    if (!HasAll(forms, count)) return false;
    std::array<uint32_t, kMostMoving> places{};
    for (uint32_t i = 0; i < count; ++i) places[i] = item_.First(forms[i]);
    for (;;) {
      uint32_t behind = 0;
      int64_t least = INT64_MAX;
      int64_t most = INT64_MIN;
      for (uint32_t i = 0; i < count; ++i) {
        const ItemKeys::Token& token = tokens_[places[i]];
        const int64_t at = (int64_t{token.part} << 32) + token.begin - i;
        if (at < least) {
          least = at;
          behind = i;
        }
        most = std::max(most, at);
      }
      if (most - least <= moves) return true;
      places[behind] = tokens_[places[behind]].next;
      if (places[behind] == ItemKeys::kNone) return false;
    }
  }

  const uint32_t* at_;
  const ItemKeys& item_;
  const std::span<const ItemKeys::Token> tokens_;
};

}  // namespace

Programs::Compiled Programs::Add(const Plan& plan, const PatternTable& patterns, Keys& keys) {
  const auto at = static_cast<uint32_t>(code_.size());
  const bool exact = Compiler(patterns, keys, code_).Emit(plan, false);
  return {at, exact};
}

bool Programs::Run(uint32_t at, const ItemKeys& item) const { return Machine(&code_[at], item).Run(); }

}  // namespace wirewatch::watch
