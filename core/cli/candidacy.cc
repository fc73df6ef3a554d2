#include "wirewatch/cli/candidacy.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/item_fields.h"

namespace wirewatch::cli {
namespace {

using Kind = watch::TermPattern::Kind;

constexpr size_t kMaxNamed = 8;

std::string Shown(const watch::TermPattern& pattern) {
  switch (pattern.kind) {
    case Kind::kFuzzy:
      return absl::StrCat(pattern.form, "~", pattern.edits);
    case Kind::kStem:
      return absl::StrCat("STEM(", pattern.language, ":", pattern.form, ")");
    default:
      return pattern.form;
  }
}

bool IsIn(const watch::TermPattern& pattern, const watch::View& view) {
  const text::TextIndex& text = view.text();
  if (pattern.kind == Kind::kForm) return text.Lookup(pattern.form) != text::kNoTerm;
  const bool stem = pattern.kind == Kind::kStem;
  // A stem may be anywhere in a text of a language that is not known.
  if (stem && !watch::LanguageIsKnown(view.item())) return true;
  for (text::TermId term = 0; term < text.term_count(); ++term) {
    const std::string_view form = text.Term(term);
    if (stem ? watch::Stem(pattern.language, form) == pattern.form : pattern.MatchesTerm(form)) return true;
  }
  return false;
}

std::string Named(const std::vector<std::string>& words) {
  std::string text;
  for (size_t i = 0; i < std::min(kMaxNamed, words.size()); ++i) absl::StrAppend(&text, i == 0 ? "" : ", ", words[i]);
  return words.size() > kMaxNamed ? absl::StrCat(text, " and ", words.size() - kMaxNamed, " more") : text;
}

}  // namespace

Candidates::Candidates(const WatchFiles& files) {
  for (const WrittenWatch& watch : files.watches()) {
    auto planned = watch::MakePlan(*watch.expression, watch.timezone, patterns_);
    Entry& entry = entries_[watch.id];
    entry.plan = std::get<watch::Plan>(std::move(planned));
    entry.anchors = watch::AnchorsOf(entry.plan, patterns_);
  }
}

Candidacy Candidates::Why(const std::string& id, const watch::View& view) const {
  const Entry& entry = entries_.at(id);
  Candidacy why;
  why.anchored = entry.anchors.has_value();
  if (why.anchored) {
    for (const watch::PatternId pattern : entry.anchors->patterns) {
      why.anchors.push_back(Shown(patterns_[pattern]));
      if (IsIn(patterns_[pattern], view)) why.found.push_back(why.anchors.back());
    }
  }
  why.is_candidate = !why.anchored || !why.found.empty();
  return why;
}

std::string ToText(const Candidacy& candidacy) {
  if (!candidacy.anchored) return "a candidate for every Item: no word must occur";
  if (candidacy.is_candidate) return absl::StrCat("a candidate, for it has ", Named(candidacy.found));
  return absl::StrCat("no candidate: it has none of ", Named(candidacy.anchors));
}

}  // namespace wirewatch::cli
