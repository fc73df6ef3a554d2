// Programs from outside: whether they can be run.
#include "wirewatch/watch/programs.h"
#include "wirewatch/watch/programs_rep.h"

namespace wirewatch::watch {
namespace {

// Goes through a program that may be anything.
class Checker {
 public:
  Checker(std::span<const uint32_t> code, size_t at, const Keys& keys) : code_(code), at_(at), keys_(keys) {}

  size_t at() const { return at_; }

  bool Pass(uint32_t depth = 0) {
    const size_t begin = at_;
    if (depth > kDeepest || !HasRoom(1)) return false;
    const uint32_t head = code_[at_++];
    const uint32_t count = head >> 8;
    switch (static_cast<Op>(head & 0xFF)) {
      case Op::kPerhaps:
        return true;
      case Op::kKey:
        return HasRoom(1) && code_[at_++] < keys_.size();
      case Op::kPhrase:
        return count <= kLongestPhrase && PassForms(count);
      case Op::kMoves:
        ++at_;
        return count <= kMostMoving && PassForms(count);
      case Op::kNear:
      case Op::kOnear:
        ++at_;
        return PassForms(2);
      case Op::kAnd:
      case Op::kOr:
        return HasRoom(1) && PassOperands(begin, code_[at_++], count, depth);
      case Op::kMin: {
        if (!HasRoom(2)) return false;
        const uint32_t size = code_[at_];
        at_ += 2;
        return PassOperands(begin, size, count, depth);
      }
      case Op::kNot:
        return Pass(depth + 1);
      case Op::kWords:
        if (!HasRoom(2)) return false;
        at_ += 2;
        return true;
    }
    return false;
  }

 private:
  static constexpr uint32_t kDeepest = 16 * kMaxDepth;

  bool HasRoom(size_t count) const { return at_ <= code_.size() && count <= code_.size() - at_; }

  bool PassForms(uint32_t count) {
    if (count == 0 || !HasRoom(count)) return false;
    for (const size_t end = at_ + count; at_ < end; ++at_) {
      if (code_[at_] >= keys_.size() || !keys_.IsForm(code_[at_])) return false;
    }
    return true;
  }

  bool PassOperands(size_t begin, uint32_t size, uint32_t count, uint32_t depth) {
    for (uint32_t i = 0; i < count; ++i) {
      if (!Pass(depth + 1)) return false;
    }
    return at_ == begin + size;
  }

  const std::span<const uint32_t> code_;
  size_t at_;
  const Keys& keys_;
};

}  // namespace

std::optional<uint32_t> Programs::EndOf(uint32_t at, const Keys& keys) const {
  Checker checker(code_, at, keys);
  if (!checker.Pass()) return std::nullopt;
  return static_cast<uint32_t>(checker.at());
}

std::span<const uint32_t> Programs::CodeAt(uint32_t at, const Keys& keys) const {
  return std::span(code_).subspan(at, EndOf(at, keys).value_or(at) - at);
}

}  // namespace wirewatch::watch
