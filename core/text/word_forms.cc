#include "wirewatch/text/word_forms.h"

#include <algorithm>

#include "wirewatch/text/fold.h"
#include "wirewatch/text/unicode_table.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::text {
namespace {

// French, Italian, Catalan and Occitan words that lose their vowel before another; sorted.
constexpr std::string_view kElided[] = {
    "agl",    "all",  "anch",   "bell", "c",      "cent",   "coll", "com",     "cos",   "d",      "da",     "dagl",
    "dall",   "degl", "dell",   "dov",  "gl",     "grand",  "j",    "jusqu",   "l",     "lorsqu", "m",      "n",
    "negl",   "nell", "nessun", "pell", "presqu", "puisqu", "qu",   "qualcun", "quand", "quell",  "quelqu", "quest",
    "quoiqu", "s",    "sant",   "senz", "sugl",   "sull",   "t",    "tutt",    "un",
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes out the stops of an acronym: letters standing alone, two or more, each but the last followed by a stop.
bool JoinAcronym(size_t from, std::string* out) {
  const std::string_view form = std::string_view(*out).substr(from);
  for (size_t at = 0; at < form.size();) {
    const Decoded letter = DecodeAt(form, at);
    const CodePoint properties = UnicodeTable::Get()[letter.code_point];
    if (IsDigit(form[at]) || form[at] == '*' || form[at] == '?' || !properties.word()) return false;
    at += letter.length;
    if (at < form.size() && form[at++] != '.') return false;
  }
  out->erase(std::remove(out->begin() + static_cast<std::ptrdiff_t>(from), out->end(), '.'), out->end());
  return true;
}

// Length of a mark that may part thousands at `at` (comma, apostrophe, narrow space, stop), 0 if there is none.
size_t ThousandsMark(std::string_view form, size_t at) {
  const char c = form[at];
  return c == ',' || c == '\'' || c == ' ' || c == '.' ? 1 : 0;
}

// Takes out marks between thousands: 1,244 and 1 244 and, where there are two or more, 1.244.000. A single stop is a
// decimal one.
void JoinThousands(size_t from, std::string* out) {
  const std::string_view form = std::string_view(*out).substr(from);
  size_t at = 0;
  while (at < form.size() && IsDigit(form[at])) ++at;
  if (at == 0 || at > 3 || at == form.size() || ThousandsMark(form, at) == 0) return;
  const char mark = form[at];
  size_t groups = 0;
  while (at + 3 < form.size() && form[at] == mark && IsDigit(form[at + 1]) && IsDigit(form[at + 2]) &&
         IsDigit(form[at + 3]) && (at + 4 == form.size() || !IsDigit(form[at + 4]))) {
    at += 4;
    ++groups;
  }
  const bool decimals_follow = at < form.size() && (form[at] == '.' || form[at] == ',') && form[at] != mark;
  if (groups == 0 || (mark == '.' && groups < 2) || (at < form.size() && !decimals_follow)) return;
  const auto first = out->begin() + static_cast<std::ptrdiff_t>(from);
  out->erase(std::remove(first, first + static_cast<std::ptrdiff_t>(at), mark),
             first + static_cast<std::ptrdiff_t>(at));
}

bool IsNumber(std::string_view form) {
  if (form.empty()) return false;
  return std::all_of(form.begin(), form.end(),
                     [](char c) { return IsDigit(c) || c == '.' || c == ',' || c == '\'' || c == ' '; });
}

WordShape Shape(size_t from, std::string* out) {
  const std::string_view form = std::string_view(*out).substr(from);
  if (form.empty()) return WordShape::kPlain;
  if (IsDigit(form[0])) {
    if (!IsNumber(form)) return WordShape::kPlain;
    JoinThousands(from, out);
    return WordShape::kNumber;
  }
  if (form.find('.') == std::string_view::npos || !JoinAcronym(from, out)) return WordShape::kPlain;
  return WordShape::kAcronym;
}

std::string_view WithoutUnderscores(std::string_view word) {
  while (!word.empty() && word.front() == '_') word.remove_prefix(1);
  while (!word.empty() && word.back() == '_') word.remove_suffix(1);
  return word;
}

size_t CountLetters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

WordShape AppendWordForm(std::string_view word, bool ascii_word, std::string* out) {
  if (word.front() == '_' || word.back() == '_') word = WithoutUnderscores(word);
  const size_t from = out->size();
  if (!ascii_word) {
    AppendFolded(word, out);
    return Shape(from, out);
  }
  bool digits_only = true;
  for (const char c : word) {
    out->push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c);
    digits_only &= IsDigit(c);
  }
  return digits_only ? WordShape::kNumber : WordShape::kPlain;
}

void AppendCasedWordForm(std::string_view word, std::string* out) {
  const size_t from = out->size();
  AppendCaseKept(WithoutUnderscores(word), out);
  Shape(from, out);
}

size_t ElisionLength(std::string_view form) {
  const size_t apostrophe = form.find('\'');
  if (apostrophe == std::string_view::npos || apostrophe == 0 || apostrophe + 2 > form.size()) return 0;
  return std::binary_search(std::begin(kElided), std::end(kElided), form.substr(0, apostrophe)) ? apostrophe + 1 : 0;
}

size_t LengthWithoutPossessive(std::string_view form) {
  return form.size() > 2 && form.ends_with("'s") ? form.size() - 2 : form.size();
}

SubForms::SubForms(std::string_view form) {
  if (form.empty()) return;
  const unsigned char first = static_cast<unsigned char>(form[0]);
  if (first >= 0xD8 && first <= 0xDB) {
    AddArabic(form);
    return;
  }
  if (form.find('\'') != std::string_view::npos) {
    const size_t elision = ElisionLength(form);
    const size_t length = LengthWithoutPossessive(form);
    // In d's and s's nothing is left between the two.
    if (length < form.size()) Add(0, length);
    if (elision > 0 && elision < length) Add(elision, form.size());
    if (elision > 0 && elision < length && length < form.size()) Add(elision, length);
    return;
  }
  const size_t stop = form.rfind('.');
  if (stop == std::string_view::npos || IsDigit(form[0]) || CountLetters(form.substr(stop + 1)) < 2) return;
  // Initials written close to a name: every other stretch between stops is one letter.
  size_t letters = 0;
  for (size_t at = 0; at <= stop; at += DecodeAt(form, at).length) {
    letters = form[at] == '.' ? 0 : letters + 1;
    if (letters > 1) return;
  }
  Add(stop + 1, form.size());
}

void SubForms::Add(size_t from, size_t to) {
  if (size_ < found_.size()) found_[size_++] = {static_cast<uint32_t>(from), static_cast<uint32_t>(to)};
}

// Conjunction (wa, fa), then preposition (bi, ka, li), then article, each taken off if at least three letters (two
// after the article) are left, as light stemmers do (Larkey, Ballesteros and Connell 2002).
void SubForms::AddArabic(std::string_view form) {
  size_t at = 0;
  const auto rest = [&] { return form.substr(at); };
  const auto take = [&](std::string_view prefix, size_t least_left) {
    if (!rest().starts_with(prefix) || CountLetters(rest().substr(prefix.size())) < least_left) return false;
    at += prefix.size();
    Add(at, form.size());
    return true;
  };
  if (!take("و", 3)) take("ف", 3);
  if (take("لل", 2)) return;  // li and the article in one
  if (!take("ب", 3) && !take("ك", 3)) take("ل", 3);
  take("ال", 2);
}

size_t OffsetInOriginal(std::string_view word, size_t folded_bytes) {
  const UnicodeTable& table = UnicodeTable::Get();
  size_t at = 0;
  for (size_t passed = 0; passed < folded_bytes && at < word.size();) {
    const Decoded decoded = DecodeAt(word, at);
    passed += table[decoded.code_point].folds() ? table.Fold(decoded.code_point).size() : decoded.length;
    at += decoded.length;
  }
  return at;
}

}  // namespace wirewatch::text
