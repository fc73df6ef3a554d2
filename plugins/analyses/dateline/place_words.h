// Words that tell whether something is a place's name. All in lower case. Pure functions, any thread.
#ifndef WIREWATCH_ANALYSES_DATELINE_PLACE_WORDS_H_
#define WIREWATCH_ANALYSES_DATELINE_PLACE_WORDS_H_

#include <algorithm>
#include <array>
#include <string_view>

namespace wirewatch::analyses {

// Small words inside a place's name: Rio de Janeiro, Frankfurt am Main.
inline constexpr std::array<std::string_view, 24> kLinks{"de", "la",  "le",  "les", "del", "della", "di",  "da",
                                                         "do", "dos", "das", "des", "du",  "am",    "an",  "der",
                                                         "im", "in",  "bei", "of",  "the", "upon",  "sur", "на"};

template <size_t N>
bool IsOneOf(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// One of the words of `place` stands before stories and names no place: ANALYSIS, Updated, Montag.
bool HasNoPlaceWord(std::string_view place);

// What stands in parentheses behind a name and is no agency: Ontario, CDU, Updated.
bool IsNoAgency(std::string_view written);

// Cities that agencies write without a country, in the languages of the agencies.
bool IsKnownCity(std::string_view place);

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_DATELINE_PLACE_WORDS_H_
