#include "wirewatch/cli/candidacy.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"

namespace wirewatch::cli {
namespace {

constexpr size_t kMaxNamed = 8;

std::string Named(const std::vector<std::string>& words) {
  std::string text;
  for (size_t i = 0; i < std::min(kMaxNamed, words.size()); ++i) absl::StrAppend(&text, i == 0 ? "" : ", ", words[i]);
  return words.size() > kMaxNamed ? absl::StrCat(text, " and ", words.size() - kMaxNamed, " more") : text;
}

}  // namespace

std::string ToText(const watch::Candidacy& candidacy) {
  if (candidacy.always) return "a candidate for every Item: no word must occur";
  if (candidacy.candidate) return absl::StrCat("a candidate, for it has ", Named(candidacy.there));
  return absl::StrCat("no candidate: it has none of ", Named(candidacy.wanted));
}

}  // namespace wirewatch::cli
