#include "wirewatch/watch/key_shares.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace wirewatch::watch {
namespace {

// Two words that stand together make this much of the rarer one's share.
constexpr double kTogether = 0.3;
// One of a handful of languages, countries, types.
constexpr double kCode = 0.25;
// A wildcard stands for some words.
constexpr double kWords = 4;

}  // namespace

// Shares of the Items of 2 kB that have a word of so many bytes, in the order of magnitude of English news.
double ShareByLength(size_t bytes) {
  constexpr std::array<double, 8> kShares = {0.5, 0.5, 0.4, 0.2, 0.05, 0.02, 0.01, 0.008};
  return kShares[std::min(bytes, kShares.size() - 1)];
}

double KeyShares::Of(const Keys& keys, Key key) const {
  if (keys.IsPair(key)) return kTogether * std::min(Of(keys, keys.First(key)), Of(keys, keys.Second(key)));
  if (keys.IsCode(key)) return kCode;
  if (keys.IsForm(key)) {
    const double measured = measured_ ? measured_(keys.Form(key)) : -1;
    return measured >= 0 ? measured : ShareByLength(keys.Form(key).size());
  }
  const std::string name = keys.Name(key);
  const auto letters = std::count_if(name.begin(), name.end(), [](char c) { return c != '*' && c != '?'; });
  return std::min(1.0, kWords * ShareByLength(static_cast<size_t>(letters)));
}

}  // namespace wirewatch::watch
