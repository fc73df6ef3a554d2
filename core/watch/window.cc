#include "wirewatch/watch/window.h"

#include <algorithm>
#include <tuple>

namespace wirewatch::watch {
namespace {

// Position of the first plain token that begins at `byte` or behind it. Tokens are in the order of their first bytes.
uint32_t PositionAt(const text::PartIndex& part, uint32_t byte) {
  auto token = std::partition_point(part.tokens.begin(), part.tokens.end(),
                                    [byte](const text::Token& t) { return t.begin < byte; });
  while (token != part.tokens.end() && token->variant) ++token;
  return token == part.tokens.end() ? part.positions : token->position;
}

}  // namespace

Scope Intersect(const Scope& a, const Scope& b) {
  Scope both;
  for (const Window& left : a) {
    for (const Window& right : b) {
      if (left.part != right.part) continue;
      const Window window = {left.part, std::max(left.begin, right.begin), std::min(left.end, right.end),
                             std::max(left.stretch, right.stretch)};
      if (window.begin < window.end) both.push_back(window);
    }
  }
  return both;
}

Window WindowOf(const text::TextIndex& text, const v1::Span& span) {
  const std::span<const text::PartIndex> parts = text.parts();
  for (uint32_t i = 0; i < parts.size(); ++i) {
    if (parts[i].part != span.part() || parts[i].part_index != span.part_index()) continue;
    const uint32_t begin = PositionAt(parts[i], span.begin());
    return {i, begin, std::max(begin, PositionAt(parts[i], span.end()))};
  }
  return {};
}

void Unite(Scope& scope) {
  std::sort(scope.begin(), scope.end(), [](const Window& a, const Window& b) {
    return std::tie(a.part, a.begin, a.end) < std::tie(b.part, b.begin, b.end);
  });
  Scope united;
  for (const Window& window : scope) {
    if (window.begin == window.end) continue;
    if (!united.empty() && united.back().part == window.part && united.back().end >= window.begin) {
      united.back().end = std::max(united.back().end, window.end);
    } else {
      united.push_back(window);
    }
  }
  scope = std::move(united);
}

Scope Without(const Scope& from, const Scope& what) {
  Scope rest;
  auto cut = what.begin();
  for (const Window& window : from) {
    uint32_t begin = window.begin;
    while (cut != what.end() && std::tie(cut->part, cut->end) <= std::tie(window.part, begin)) ++cut;
    for (auto next = cut; next != what.end() && next->part == window.part && next->begin < window.end; ++next) {
      if (next->begin > begin) rest.push_back({window.part, begin, next->begin, window.stretch});
      begin = std::max(begin, next->end);
    }
    if (begin < window.end) rest.push_back({window.part, begin, window.end, window.stretch});
  }
  return rest;
}

}  // namespace wirewatch::watch
