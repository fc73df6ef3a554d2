// Words that tell whether something is a place's name.
#ifndef WIREWATCH_ANALYSES_DATELINE_PLACE_WORDS_H_
#define WIREWATCH_ANALYSES_DATELINE_PLACE_WORDS_H_

#include <algorithm>
#include <array>
#include <string_view>

namespace wirewatch::analyses {

// Words in capitals that stand before a dash and name no place.
inline constexpr std::array<std::string_view, 62> kNoPlaces{
    "advisory",   "alert",     "alerte",      "amplía",         "amplia",       "analyse",    "analysis",
    "análisis",   "attention", "avis",        "background",     "berichtigung", "blitz",      "breaking",
    "chronology", "comment",   "corrected",   "correction",     "corrige",      "dossier",    "draft",
    "editorial",  "eil",       "eilmeldung",  "embargoed",      "exclusif",     "exclusive",  "exklusiv",
    "explainer",  "factbox",   "feature",     "flash",          "graphic",      "highlights", "interview",
    "kill",       "korrektur", "leitartikel", "live",           "meinung",      "news",       "note",
    "opinion",    "opinión",   "photo",       "photos",         "poll",         "portrait",   "preview",
    "profile",    "refile",    "repeat",      "retransmitting", "sport",        "timeline",   "ultima",
    "update",     "urgent",    "urgente",     "video",          "watch",        "wrapup"};

// Small words inside a place's name: Rio de Janeiro, Frankfurt am Main.
inline constexpr std::array<std::string_view, 24> kLinks{"de", "la",  "le",  "les", "del", "della", "di",  "da",
                                                         "do", "dos", "das", "des", "du",  "am",    "an",  "der",
                                                         "im", "in",  "bei", "of",  "the", "upon",  "sur", "на"};

template <size_t N>
bool IsOneOf(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_DATELINE_PLACE_WORDS_H_
