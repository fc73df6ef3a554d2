// Runs programs.
#include <algorithm>
#include <array>
#include <span>

#include "wirewatch/watch/programs.h"
#include "wirewatch/watch/programs_rep.h"

namespace wirewatch::watch {
namespace {

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
      case Op::kWords:
        at_ += 2;
        return at_[-2] <= item_.words() && item_.words() <= at_[-1];
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

bool Programs::Run(uint32_t at, const ItemKeys& item) const { return Machine(&code_[at], item).Run(); }

}  // namespace wirewatch::watch
