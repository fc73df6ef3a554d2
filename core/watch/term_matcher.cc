#include "wirewatch/watch/term_matcher.h"

#include <algorithm>

#include "wirewatch/text/term_hash.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::watch {
namespace {

constexpr size_t kGram = 3;

// Up to three bytes as a number, different for different lengths.
uint32_t GramOf(std::string_view bytes) {
  auto gram = static_cast<uint32_t>(bytes.size()) << 24;
  for (size_t i = 0; i < bytes.size(); ++i) gram |= uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return gram;
}

// The longest piece of a glob without wildcards.
std::string_view LongestLiteral(std::string_view glob) {
  std::string_view longest;
  while (!glob.empty()) {
    const size_t end = std::min(glob.find_first_of("*?"), glob.size());
    if (end > longest.size()) longest = glob.substr(0, end);
    glob.remove_prefix(std::min(end + 1, glob.size()));
  }
  return longest;
}

bool IsSign(std::string_view form) { return !form.empty() && (form[0] == '#' || form[0] == '@'); }

List<std::string_view> Letters(std::string_view form) {
  List<std::string_view> letters;
  for (size_t at = 0; at < form.size();) {
    const size_t length = text::DecodeAt(form, at).length;
    letters.push_back(form.substr(at, length));
    at += length;
  }
  return letters;
}

// Calls visit(hash) for the word and what is left of it when up to `edits` letters are deleted.
template <class Visit>
void ForEachDeletion(std::string_view form, uint32_t edits, const Visit& visit) {
  const List<std::string_view> letters = Letters(form);
  const size_t count = letters.size();
  List<char> left;
  const auto without = [&](size_t first, size_t second) {
    left.clear();
    for (size_t i = 0; i < count; ++i) {
      if (i != first && i != second) left.insert(left.end(), letters[i].begin(), letters[i].end());
    }
    visit(text::HashTerm(std::string_view(left.data(), left.size())));
  };
  visit(text::HashTerm(form));
  for (size_t i = 0; edits >= 1 && i < count; ++i) without(i, i);
  for (size_t i = 0; edits >= 2 && i < count; ++i) {
    for (size_t j = i + 1; j < count; ++j) without(i, j);
  }
}

}  // namespace

void TermMatcher::Add(Key key, const TermPattern& pattern) {
  ++version_;
  if (pattern.kind == TermPattern::Kind::kStem) {
    stems_[pattern.language][pattern.form] = key;
    return;
  }
  has_terms_ = true;
  pattern.kind == TermPattern::Kind::kGlob ? AddGlob(key, pattern) : AddFuzzy(key, pattern);
}

void TermMatcher::AddGlob(Key key, const TermPattern& pattern) {
  const std::string_view glob = pattern.form;
  const std::string_view literal = LongestLiteral(glob);
  const bool affix = !literal.empty() && literal.size() + 1 == glob.size() && literal.size() <= kLongestAffix;
  if (affix && glob.back() == '*') {
    prefixes_.emplace(literal, key);
    prefix_lengths_ |= uint64_t{1} << literal.size();
    return;
  }
  if (affix && glob.front() == '*') {
    suffixes_.emplace(literal, key);
    suffix_lengths_ |= uint64_t{1} << literal.size();
    return;
  }
  const auto index = static_cast<uint32_t>(patterns_.size());
  patterns_.push_back({key, pattern});
  (literal.empty() ? any_ : by_gram_[GramOf(literal.substr(0, kGram))]).push_back(index);
}

void TermMatcher::AddFuzzy(Key key, const TermPattern& pattern) {
  const auto index = static_cast<uint32_t>(patterns_.size());
  patterns_.push_back({key, pattern});
  edits_ = std::max<uint32_t>(edits_, pattern.edits);
  if (Letters(pattern.form).size() > kLongestFuzzy) return long_fuzzy_.push_back(index);
  ForEachDeletion(pattern.form, pattern.edits, [&](uint64_t hash) {
    std::vector<uint32_t>& known = by_deletion_[hash];
    if (known.empty() || known.back() != index) known.push_back(index);
  });
}

void TermMatcher::Try(uint32_t index, std::string_view form, std::vector<Key>& keys, List<uint32_t>& tried) const {
  if (std::find(tried.begin(), tried.end(), index) != tried.end()) return;
  tried.push_back(index);
  if (patterns_[index].pattern.MatchesTerm(form)) keys.push_back(patterns_[index].key);
}

void TermMatcher::Match(std::string_view form, std::vector<Key>& keys) const {
  const auto look_up = [&](const auto& table, std::string_view affix) {
    const auto found = table.find(affix);
    if (found != table.end()) keys.push_back(found->second);
  };
  const size_t longest = std::min(form.size(), kLongestAffix);
  for (size_t length = 1; length <= longest; ++length) {
    if ((prefix_lengths_ >> length & 1) != 0) look_up(prefixes_, form.substr(0, length));
    // Tags and handles are found only by what begins with their sign.
    if ((suffix_lengths_ >> length & 1) != 0 && !IsSign(form)) look_up(suffixes_, form.substr(form.size() - length));
  }
  List<uint32_t> tried;
  for (const uint32_t index : any_) Try(index, form, keys, tried);
  for (size_t at = 0; !by_gram_.empty() && at < form.size(); ++at) {
    for (size_t length = 1; length <= kGram && at + length <= form.size(); ++length) {
      const auto found = by_gram_.find(GramOf(form.substr(at, length)));
      if (found == by_gram_.end()) continue;
      for (const uint32_t index : found->second) Try(index, form, keys, tried);
    }
  }
  if (edits_ > 0) MatchFuzzy(form, keys, tried);
}

void TermMatcher::MatchFuzzy(std::string_view form, std::vector<Key>& keys, List<uint32_t>& tried) const {
  const size_t length = Letters(form).size();
  for (const uint32_t index : long_fuzzy_) {
    if (length + edits_ > kLongestFuzzy) Try(index, form, keys, tried);
  }
  if (length > kLongestFuzzy + edits_) return;
  ForEachDeletion(form, edits_, [&](uint64_t hash) {
    const auto found = by_deletion_.find(hash);
    if (found == by_deletion_.end()) return;
    for (const uint32_t index : found->second) Try(index, form, keys, tried);
  });
}

size_t TermMatcher::Bytes() const {
  size_t bytes = (prefixes_.capacity() + suffixes_.capacity()) * (sizeof(std::string) + sizeof(Key) + 1) +
                 patterns_.capacity() * sizeof(Pattern);
  for (const auto& [gram, indices] : by_gram_)
    bytes += 16 + sizeof(std::vector<uint32_t>) + indices.capacity() * sizeof(uint32_t);
  for (const auto& [hash, indices] : by_deletion_)
    bytes += 16 + sizeof(std::vector<uint32_t>) + indices.capacity() * sizeof(uint32_t);
  return bytes;
}

}  // namespace wirewatch::watch
