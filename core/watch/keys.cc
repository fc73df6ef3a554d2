#include "wirewatch/watch/keys.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/text/term_hash.h"

namespace wirewatch::watch {
namespace {

// Tables are at most half full, so that a search for what is not there ends soon.
bool IsFull(size_t count, size_t places) { return 2 * (count + 1) > places; }

}  // namespace

uint64_t Keys::NewSerial() {
  static std::atomic<uint64_t> last = 0;
  return ++last;
}

Key Keys::Add(Fact fact) {
  facts_.push_back(fact);
  return static_cast<Key>(facts_.size() - 1);
}

Key Keys::FindForm(uint64_t hash, std::string_view form) const {
  const auto tag = static_cast<uint32_t>(hash >> 32);
  for (size_t at = hash & form_mask_;; at = (at + 1) & form_mask_) {
    const Place& place = forms_[at];
    if (place.key == 0) return kNoKey;
    if (place.tag == tag && Form(place.key - 1) == form) return place.key - 1;
  }
}

Key Keys::FindPair(uint64_t hash, Key first, Key second) const {
  const auto tag = static_cast<uint32_t>(hash >> 32);
  for (size_t at = hash & pair_mask_;; at = (at + 1) & pair_mask_) {
    const Place& place = pairs_[at];
    if (place.key == 0) return kNoKey;
    if (place.tag != tag) continue;
    const Fact& fact = facts_[place.key - 1];
    if (fact.a == first && fact.b == second) return place.key - 1;
  }
}

Key Keys::OfForm(std::string_view form) {
  const uint64_t hash = text::HashTerm(form);
  if (const Key known = FindForm(hash, form); known != kNoKey) return known;
  if (IsFull(form_count_, forms_.size())) {
    forms_.assign(2 * forms_.size(), Place{});
    form_mask_ = forms_.size() - 1;
    for (Key key = 0; key < facts_.size(); ++key) {
      if (IsForm(key)) InsertForm(text::HashTerm(Form(key)), key);
    }
  }
  Fact fact;
  fact.a = static_cast<uint32_t>(text_.size());
  fact.b = static_cast<uint32_t>(form.size());
  fact.flags = kIsForm;
  text_.append(form);
  const Key key = Add(fact);
  InsertForm(hash, key);
  ++form_count_;
  return key;
}

void Keys::InsertForm(uint64_t hash, Key key) {
  size_t at = hash & form_mask_;
  while (forms_[at].key != 0) at = (at + 1) & form_mask_;
  forms_[at] = {static_cast<uint32_t>(hash >> 32), key + 1};
}

Key Keys::OfPair(Key first, Key second) {
  const uint64_t hash = HashOfPair(first, second);
  if (const Key known = FindPair(hash, first, second); known != kNoKey) return known;
  if (IsFull(pair_count_, pairs_.size())) {
    pairs_.assign(2 * pairs_.size(), Place{});
    pair_mask_ = pairs_.size() - 1;
    pair_filter_.assign(FilterWord(~uint64_t{0}) + 1, 0);
    for (Key key = 0; key < facts_.size(); ++key) {
      if (IsPair(key)) InsertPair(HashOfPair(First(key), Second(key)), key);
    }
  }
  const Key key = Add({first, second, kIsPair});
  InsertPair(hash, key);
  ++pair_count_;
  return key;
}

void Keys::InsertPair(uint64_t hash, Key key) {
  size_t at = hash & pair_mask_;
  while (pairs_[at].key != 0) at = (at + 1) & pair_mask_;
  pairs_[at] = {static_cast<uint32_t>(hash >> 32), key + 1};
  pair_filter_[FilterWord(hash)] |= FilterBit(hash);
}

Key Keys::OfPattern(const TermPattern& pattern) {
  if (pattern.kind == TermPattern::Kind::kForm) return OfForm(pattern.form);
  // CASE() and EXACT() are verified where the pattern stands; its presence is that of the folded one.
  TermPattern folded = pattern;
  folded.spelling = TermPattern::Spelling::kFolded;
  folded.original.clear();
  const auto [entry, is_new] = patterns_.try_emplace(folded, kNoKey);
  if (!is_new) return entry->second;
  const Key key = Add({});
  entry->second = key;
  AddPattern(key, folded);
  return key;
}

void Keys::AddPattern(Key key, const TermPattern& folded) {
  names_[key] = folded.kind == TermPattern::Kind::kFuzzy ? absl::StrCat(folded.form, "~", folded.edits)
                : folded.kind == TermPattern::Kind::kStem
                    ? absl::StrCat("STEM(", folded.language, ":", folded.form, ")")
                    : folded.form;
  matcher_.Add(key, folded);
}

void Keys::AppendCode(std::string_view field, std::string_view code, std::string& form) {
  form.push_back(kCodeMark);
  form.append(field).append(1, ':').append(code);
}

Key Keys::OfCode(std::string_view field, std::string_view code) {
  std::string form;
  AppendCode(field, code, form);
  const size_t before = size();
  const Key key = OfForm(form);
  if (size() > before) NoteCode(field, key);
  return key;
}

void Keys::NoteCode(std::string_view field, Key key) {
  if (std::find(code_fields_.begin(), code_fields_.end(), field) == code_fields_.end())
    code_fields_.emplace_back(field);
  if (field == "language") languages_.push_back(key);
}

Key Keys::OfAny(const std::vector<Key>& keys) {
  const auto [known, is_new] = any_.try_emplace(keys, kNoKey);
  if (!is_new) return known->second;
  const Key any = Add({0, 0, kIsAny});
  known->second = any;
  NoteAny(keys, any);
  return any;
}

void Keys::NoteAny(const std::vector<Key>& keys, Key any) {
  for (const Key key : keys) {
    implied_[key].push_back(any);
    facts_[key].flags |= kImplies;
  }
  names_[any] = absl::StrCat("one of ", keys.size(), " from ", Name(keys[0]), " to ", Name(keys.back()));
}

std::string Keys::Name(Key key) const {
  if (IsCode(key)) return std::string(Form(key).substr(1));
  if (IsForm(key)) return std::string(Form(key));
  if (IsPair(key)) return absl::StrCat("\"", Name(First(key)), " ", Name(Second(key)), "\"");
  const auto name = names_.find(key);
  return name == names_.end() ? "" : name->second;
}

size_t Keys::Bytes() const {
  size_t lists = 0;
  for (const auto& [keys, any] : any_) lists += 48 + 2 * keys.capacity() * sizeof(Key);
  return lists + implied_.capacity() * sizeof(std::vector<Key>) + facts_.capacity() * sizeof(Fact) + text_.capacity() +
         (forms_.capacity() + pairs_.capacity()) * sizeof(Place) + pair_filter_.capacity() * sizeof(uint64_t) +
         matcher_.Bytes();
}

}  // namespace wirewatch::watch
