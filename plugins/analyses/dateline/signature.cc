#include "signature.h"

#include <algorithm>
#include <utility>

#include "letters.h"
#include "place_words.h"

namespace wirewatch::analyses {
namespace {

constexpr size_t kLongestSignature = 40;
constexpr int kLongestDesk = 12;

Range Trim(const Cursor& cursor, Range range) {
  while (range.begin < range.end && cursor.Words(range).starts_with(' ')) ++range.begin;
  while (range.begin < range.end && cursor.Words(range).ends_with(' ')) --range.end;
  return range;
}

// One word with a capital: Meridian.
bool IsOneName(std::string_view written) {
  const LetterCounts counts = CountsOf(written);
  return counts.upper > 0 && counts.other == 0 && counts.upper + counts.lower >= 3 &&
         IsUpper(text::DecodeAt(written, 0).code_point);
}

// "" unless `written` is a known agency, or begins with one: Reuters Breakingviews.
std::string_view KnownName(std::string_view written, const Agencies& agencies) {
  const size_t length = agencies.LengthAt(written);
  if (length == 0) return {};
  if (length < written.size()) {
    const std::string_view desk = written.substr(length);
    if (desk.size() < 2 || desk[0] != ' ' || !IsUpper(text::DecodeAt(desk, 1).code_point)) return {};
  }
  return agencies.Find(written.substr(0, length));
}

// False: no agency's name.
bool AddName(const Cursor& cursor, Range range, const Agencies& agencies, std::vector<FoundAgency>& names) {
  const std::string_view written = cursor.Words(range);
  if (written.empty()) return false;
  if (const std::string_view name = KnownName(written, agencies); !name.empty()) {
    names.push_back({range, std::string(name), true});
    return true;
  }
  const LetterCounts counts = CountsOf(written);
  const bool behind_known = !names.empty() && names[0].known;
  // A desk of the agency, like dpa/lno.
  if (behind_known && counts.upper == 0 && counts.other == 0 && counts.lower <= kLongestDesk) return true;
  if (!names.empty() && !behind_known) return false;
  if (IsNoAgency(written) || !(IsAcronym(written) || IsOneName(written))) return false;
  names.push_back({range, std::string(written), false});
  return true;
}

}  // namespace

bool IsAcronym(std::string_view written) {
  const LetterCounts counts = CountsOf(written);
  const int letters = counts.upper + counts.lower;
  return counts.other == 0 && letters >= 2 && letters <= 6 && (counts.upper == 0 || counts.lower == 0);
}

bool Shortens(std::string_view acronym, std::string_view name) {
  const std::string letters = LowerOf(acronym), all = LowerOf(name);
  if (letters.empty() || !all.starts_with(letters[0])) return false;
  size_t at = 0;
  for (const char letter : letters) {
    at = all.find(letter, at);
    if (at == std::string::npos) return false;
    ++at;
  }
  return true;
}

bool TakeSignature(Cursor& cursor, const Agencies& agencies, Signature& signature) {
  const bool parentheses = cursor.Rest().starts_with('(');
  if (!parentheses && !cursor.Rest().starts_with('/')) return false;
  const size_t length = cursor.Rest().substr(1, kLongestSignature).find(parentheses ? ')' : '/');
  if (length == std::string_view::npos || length < 2) return false;
  const Range inside = {cursor.at() + 1, cursor.at() + 1 + static_cast<uint32_t>(length)};
  std::vector<FoundAgency> names;
  // OTR/PRESS is one agency.
  const bool is_one = !agencies.Find(cursor.Words(Trim(cursor, inside))).empty();
  for (uint32_t begin = inside.begin; begin < inside.end;) {
    const size_t separator = is_one ? std::string_view::npos : cursor.Words({begin, inside.end}).find_first_of("/,;");
    const uint32_t end = separator == std::string_view::npos ? inside.end : begin + static_cast<uint32_t>(separator);
    if (!AddName(cursor, Trim(cursor, {begin, end}), agencies, names)) return false;
    begin = end + 1;
  }
  signature.marks = parentheses ? Signature::Marks::kParentheses : Signature::Marks::kSlashes;
  signature.agencies = std::move(names);
  cursor.MoveTo(inside.end + 1);
  return true;
}

bool TakeBareAgency(Cursor& cursor, const Agencies& agencies, Signature& signature) {
  const size_t length = agencies.LengthAt(cursor.Rest());
  const Range range = {cursor.at(), cursor.at() + static_cast<uint32_t>(length)};
  const std::string_view written = cursor.Words(range);
  if (!AllCapitals(written) && written.find(' ') == std::string_view::npos) return false;
  signature.marks = Signature::Marks::kNone;
  signature.agencies = {{range, std::string(agencies.Find(written)), true}};
  cursor.MoveTo(range.end);
  return true;
}

}  // namespace wirewatch::analyses
