#include "wirewatch/watch/term_pattern.h"

#include <algorithm>
#include <array>
#include <memory>

#include "libstemmer.h"
#include "wirewatch/text/fold.h"
#include "wirewatch/text/query_tokens.h"
#include "wirewatch/text/unicode_table.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::watch {
namespace {

size_t GraphemeLength(std::string_view text) {
  const auto& table = text::UnicodeTable::Get();
  size_t at = text::DecodeAt(text, 0).length;
  while (at < text.size()) {
    const text::Decoded next = text::DecodeAt(text, at);
    if (!table[next.code_point].grapheme_extend()) break;
    at += next.length;
  }
  return at;
}

// Tags and handles are found only by a pattern that begins with their sign.
bool IsOtherSign(std::string_view pattern, std::string_view term) {
  return !term.empty() && (term[0] == '#' || term[0] == '@') && (pattern.empty() || pattern[0] != term[0]);
}

constexpr size_t kMostLetters = 256;  // of words whose distance is measured

// The first code points of a word, at most kMostLetters + 1.
struct CodePoints {
  explicit CodePoints(std::string_view text) {
    for (size_t at = 0; at < text.size() && size <= kMostLetters;) {
      const text::Decoded decoded = text::DecodeAt(text, at);
      points[size++] = decoded.code_point;
      at += decoded.length;
    }
  }
  size_t size = 0;
  std::array<char32_t, kMostLetters + 1> points;
};

struct StemmerDeleter {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};
using Stemmer = std::unique_ptr<sb_stemmer, StemmerDeleter>;

// A stemmer is stateful, so each thread has its own.
sb_stemmer* StemmerOf(std::string_view language) {
  thread_local absl::node_hash_map<std::string, Stemmer> stemmers;
  const std::string name(language);
  const auto [entry, is_new] = stemmers.try_emplace(name);
  if (is_new) entry->second.reset(sb_stemmer_new(name.c_str(), nullptr));
  return entry->second.get();
}

}  // namespace

bool TermPattern::MatchesTerm(std::string_view folded) const {
  switch (kind) {
    case Kind::kForm:
      return folded == form;
    case Kind::kGlob:
      return !IsOtherSign(form, folded) && MatchesGlob(form, folded);
    case Kind::kFuzzy:
      return !IsOtherSign(form, folded) && EditDistance(form, folded, edits) <= edits;
    case Kind::kStem:
      return false;
  }
  return false;
}

bool TermPattern::MatchesSpelling(std::string_view part_text, const text::Token& token) const {
  if (spelling == Spelling::kFolded) return true;
  const std::string compared = spelling == Spelling::kCase
                                   ? text::CasedForm(part_text, token)
                                   : std::string(part_text.substr(token.begin, token.end - token.begin));
  if (!part_text.substr(0, token.begin).ends_with(joint)) return false;
  switch (kind) {
    case Kind::kForm:
      return compared == original;
    case Kind::kGlob:
      return MatchesGlob(original, compared);
    case Kind::kFuzzy:
      return EditDistance(original, compared, edits) <= edits;
    case Kind::kStem:
      return true;
  }
  return false;
}

size_t PatternTable::Hash::operator()(const TermPattern& pattern) const {
  return pattern.is_form() ? text::HashTerm(pattern.form) : absl::Hash<TermPattern>()(pattern);
}

bool PatternTable::Equal::operator()(const TermPattern& pattern, std::string_view form) const {
  return pattern.is_form() && pattern.form == form;
}

PatternId PatternTable::Intern(const TermPattern& pattern) {
  return InternAs(pattern, [&] { return pattern; });
}

PatternId PatternTable::InternForm(std::string_view form) {
  return InternAs(form, [&] { return TermPattern{.form = std::string(form)}; });
}

template <class Value, class Make>
PatternId PatternTable::InternAs(const Value& value, const Make& make) {
  auto found = ids_.find(value);
  if (found == ids_.end()) {
    if (free_.empty()) {
      free_.push_back(static_cast<PatternId>(entries_.size()));
      entries_.emplace_back();
    }
    found = ids_.emplace(make(), free_.back()).first;
    entries_[free_.back()] = {&found->first, 0};
    free_.pop_back();
  }
  ++entries_[found->second].uses;
  return found->second;
}

void PatternTable::Release(PatternId id) {
  Entry& entry = entries_[id];
  if (--entry.uses > 0) return;
  ids_.erase(ids_.find(*entry.pattern));
  entry.pattern = nullptr;
  free_.push_back(id);
}

bool MatchesGlob(std::string_view glob, std::string_view text) {
  size_t g = 0;
  size_t t = 0;
  size_t star = glob.npos;  // the last * passed, and how far the text was then
  size_t mark = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      mark = t;
    } else if (g < glob.size() && glob[g] == '?') {
      ++g;
      t += GraphemeLength(text.substr(t));
    } else if (g < glob.size() && glob[g] == text[t]) {
      ++g;
      ++t;
    } else if (star != glob.npos) {
      g = star + 1;
      mark += text::DecodeAt(text, mark).length;
      t = mark;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

uint32_t EditDistance(std::string_view a, std::string_view b, uint32_t limit) {
  const CodePoints left(a);
  const CodePoints right(b);
  const size_t difference = left.size > right.size ? left.size - right.size : right.size - left.size;
  if (difference > limit || left.size > kMostLetters || right.size > kMostLetters) return a == b ? 0 : limit + 1;
  using Row = std::array<uint32_t, kMostLetters + 1>;
  std::array<Row, 3> memory;
  Row* before_last = &memory[0];
  Row* last = &memory[1];
  Row* row = &memory[2];
  for (uint32_t j = 0; j <= right.size; ++j) (*last)[j] = j;
  for (size_t i = 1; i <= left.size; ++i) {
    (*row)[0] = static_cast<uint32_t>(i);
    for (size_t j = 1; j <= right.size; ++j) {
      const uint32_t replaced = (*last)[j - 1] + (left.points[i - 1] == right.points[j - 1] ? 0 : 1);
      uint32_t best = std::min({replaced, (*last)[j] + 1, (*row)[j - 1] + 1});
      if (i > 1 && j > 1 && left.points[i - 1] == right.points[j - 2] && left.points[i - 2] == right.points[j - 1])
        best = std::min(best, (*before_last)[j - 2] + 1);
      (*row)[j] = best;
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return std::min((*last)[right.size], limit + 1);
}

std::string_view Stem(std::string_view language, std::string_view word) {
  sb_stemmer* const stemmer = StemmerOf(language);
  if (stemmer == nullptr) return "";
  thread_local std::string lower;
  lower.clear();
  text::AppendLowerCase(word, &lower);
  const auto* symbols = reinterpret_cast<const sb_symbol*>(lower.data());
  const sb_symbol* stem = sb_stemmer_stem(stemmer, symbols, static_cast<int>(lower.size()));
  if (stem == nullptr) return "";
  return {reinterpret_cast<const char*>(stem), static_cast<size_t>(sb_stemmer_length(stemmer))};
}

bool HasStemmer(std::string_view language) { return StemmerOf(language) != nullptr; }

}  // namespace wirewatch::watch
