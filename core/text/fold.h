// Folding: which spellings count as the same word. Pure functions, any thread; input is taken as UTF-8, ill-formed
// bytes fold to U+FFFD.
#ifndef WIREWATCH_TEXT_FOLD_H_
#define WIREWATCH_TEXT_FOLD_H_

#include <string>
#include <string_view>

namespace wirewatch::text {

// NFKC, case folded (Unicode 15, NFKC_Casefold), without accents, with ł đ ø ß æ ı œ ħ ŧ as l d o ss ae i oe h t.
// Quotes become straight. Zero-width joiners, soft hyphens and other ignorable characters go. Arabic: vowel marks and
// tatweel go; alef, ya, ta marbuta and kaf each have one form. Hebrew: points go. Cyrillic й, ў and ї are letters, not
// accents, and stay; so do Indic vowel signs and voicing marks of Kana (decomposed).
void AppendFolded(std::string_view text, std::string* out);
std::string Fold(std::string_view text);

// The same without folding case: NATO stays NATO, Łódź becomes Lodz.
void AppendCaseKept(std::string_view text, std::string* out);
std::string FoldKeepingCase(std::string_view text);

// NFKC_Casefold only: lower case with accents, as stemmers want it.
void AppendLowerCase(std::string_view text, std::string* out);
std::string LowerCase(std::string_view text);

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_FOLD_H_
