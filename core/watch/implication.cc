#include "wirewatch/watch/implication.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "wirewatch/text/fold.h"
#include "wirewatch/text/utf8.h"
#include "wirewatch/watch/parser.h"

namespace wirewatch::watch {
namespace {

using Spelling = TermPattern::Spelling;

std::string Spelt(std::string_view word, Spelling spelling) {
  switch (spelling) {
    case Spelling::kFolded:
      return text::Fold(word);
    case Spelling::kCase:
      return text::FoldKeepingCase(word);
    case Spelling::kExact:
      break;
  }
  return std::string(word);
}

// Letters and digits of scripts that part words, beside wildcards: one token, which a wildcard is held against.
bool IsPlain(std::string_view word) {
  constexpr char32_t kFirstUnparted = 0x0E00;
  for (size_t at = 0; at < word.size();) {
    const text::Decoded next = text::DecodeAt(word, at);
    const char32_t c = next.code_point;
    const bool ascii_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!ascii_letter && c != '*' && c != '?' && (c < 0xC0 || c >= kFirstUnparted)) return false;
    at += next.length;
  }
  return true;
}

// Whether every word that `a` matches is one that `b` does; both are plain.
bool GlobImplies(std::string_view a, std::string_view b) {
  if (!HasWildcard(b)) return false;
  if (!HasWildcard(a)) return MatchesGlob(b, a);
  const std::string_view head = b.substr(0, b.size() - 1), tail = b.substr(1);
  return (b.ends_with('*') && !HasWildcard(head) && a.starts_with(head)) ||
         (b.starts_with('*') && !HasWildcard(tail) && a.ends_with(tail));
}

bool WordImplies(const Expression& a, Spelling a_spelling, const Expression& b, Spelling b_spelling) {
  if (a_spelling < b_spelling) return false;
  const std::string left = Spelt(a.text, b_spelling), right = Spelt(b.text, b_spelling);
  if (a.edits > 0 || b.edits > 0) return left == right && a.edits <= b.edits && a_spelling == b_spelling;
  if (left == right) return true;
  return IsPlain(left) && IsPlain(right) && GlobImplies(left, right);
}

// What holds in a part of the text holds in all of it.
bool IsMonotone(const Expression& e) {
  switch (e.operation) {
    case Operation::kNot:
    case Operation::kNotIn:
    case Operation::kNotNear:
    case Operation::kScore:
    case Operation::kSaid:
      return false;
    default:
      return std::all_of(e.operands.begin(), e.operands.end(), [](const auto& o) { return IsMonotone(*o); });
  }
}

bool IsSequence(const Expression& e) { return e.operation == Operation::kWord || e.operation == Operation::kPhrase; }
size_t Length(const Expression& e) { return e.operation == Operation::kWord ? 1 : e.operands.size(); }
const Expression& WordOf(const Expression& e, size_t i) { return e.operation == Operation::kWord ? e : *e.operands[i]; }

bool IsTextField(const Expression& e) {
  const FieldInfo* field = e.operation == Operation::kField ? FindField(e.name) : nullptr;
  return field != nullptr && field->kind == FieldKind::kText;
}

}  // namespace

Implication::Side Implication::Unwrap(Side side) {
  while (!side.e->operands.empty()) {
    if (side.e->operation == Operation::kCase) {
      side.spelling = std::max(side.spelling, Spelling::kCase);
    } else if (side.e->operation == Operation::kExact) {
      side.spelling = Spelling::kExact;
    } else if (side.e->operation != Operation::kList) {
      break;
    }
    side.e = side.e->operands[0].get();
  }
  return side;
}

bool Implication::Implies(Side a, Side b) {
  if (++steps_ > kMaxSteps) return false;
  a = Unwrap(a);
  b = Unwrap(b);
  if (IsSequence(*a.e) && IsSequence(*b.e)) return SequenceImplies(a, b);
  return Same(a, b) || ImpliesByOperands(a, b);
}

bool Implication::AnyImplies(const Side& a, const Side& b) {
  for (size_t i = 0; i < a.e->operands.size(); ++i) {
    if (Implies(Operand(a, i), b)) return true;
  }
  return false;
}

bool Implication::ImpliesByOperands(const Side& a, const Side& b) {
  if (a.e->operation == Operation::kOr) {
    for (size_t i = 0; i < a.e->operands.size(); ++i) {
      if (!Implies(Operand(a, i), b)) return false;
    }
    return true;
  }
  if (b.e->operation == Operation::kAnd) {
    for (size_t i = 0; i < b.e->operands.size(); ++i) {
      if (!Implies(a, Operand(b, i))) return false;
    }
    return true;
  }
  if (b.e->operation == Operation::kOr) {
    for (size_t i = 0; i < b.e->operands.size(); ++i) {
      if (Implies(a, Operand(b, i))) return true;
    }
  }
  return ImpliesByKind(a, b);
}

bool Implication::ImpliesByKind(const Side& a, const Side& b) {
  switch (a.e->operation) {
    case Operation::kAnd:
      return AnyImplies(a, b);
    case Operation::kNear:
    case Operation::kOnear:
      return WindowImplies(a, b) || (IsMonotone(*b.e) && AnyImplies(a, b));
    case Operation::kSent:
    case Operation::kPara:
      return IsMonotone(*b.e) && AnyImplies(a, b);
    case Operation::kNot:
      return b.e->operation == Operation::kNot && Implies(Operand(b, 0), Operand(a, 0));
    case Operation::kNotIn:
    case Operation::kNotNear:
    case Operation::kAtLeast:
    case Operation::kLead:
    case Operation::kFirst:
      return IsMonotone(*b.e) && Implies(Operand(a, 0), b);
    case Operation::kField:
      if (!IsTextField(*a.e)) return false;
      if (b.e->operation == Operation::kField && b.e->name == a.e->name) return Implies(Operand(a, 0), Operand(b, 0));
      return b.e->operation != Operation::kField && IsMonotone(*b.e) && Implies(Operand(a, 0), b);
    default:
      return false;
  }
}

// The words of `b` stand in a row in those of `a`.
bool Implication::SequenceImplies(const Side& a, const Side& b) {
  const size_t length = Length(*b.e);
  if (length > Length(*a.e)) return false;
  if (length > 1 && (a.e->sloppy || b.e->sloppy)) return Same(a, b);
  for (size_t at = 0; at + length <= Length(*a.e); ++at) {
    size_t i = 0;
    while (i < length && WordImplies(WordOf(*a.e, at + i), a.spelling, WordOf(*b.e, i), b.spelling)) ++i;
    if (i == length) return true;
  }
  return false;
}

// The same operands in a window that is no wider.
bool Implication::WindowImplies(const Side& a, const Side& b) {
  const bool ordered = b.e->operation == Operation::kOnear;
  if (b.e->operation != Operation::kNear && !ordered) return false;
  if (a.e->number > b.e->number || (ordered && a.e->operation != Operation::kOnear)) return false;
  const auto same = [&](size_t left, size_t right) {
    return Same(Operand(a, 0), Operand(b, left)) && Same(Operand(a, 1), Operand(b, right));
  };
  return same(0, 1) || (!ordered && same(1, 0));
}

bool Implication::Same(Side a, Side b) {
  if (++steps_ > kMaxSteps) return false;
  a = Unwrap(a);
  b = Unwrap(b);
  const Expression &x = *a.e, &y = *b.e;
  if (a.spelling != b.spelling || x.operation != y.operation || x.number != y.number || x.edits != y.edits ||
      x.sloppy != y.sloppy || x.name != y.name || x.low != y.low || x.high != y.high || x.low_open != y.low_open ||
      x.high_open != y.high_open || x.weights != y.weights || x.threshold != y.threshold ||
      x.operands.size() != y.operands.size()) {
    return false;
  }
  if (x.operation == Operation::kWord) return Spelt(x.text, a.spelling) == Spelt(y.text, a.spelling);
  for (size_t i = 0; i < x.operands.size(); ++i) {
    if (!Same(Operand(a, i), Operand(b, i))) return false;
  }
  return true;
}

}  // namespace wirewatch::watch
