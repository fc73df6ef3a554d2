#include "evidence.h"

#include <algorithm>
#include <array>
#include <string>

#include "dates.h"
#include "letters.h"
#include "place_words.h"

namespace wirewatch::analyses {
namespace {

constexpr size_t kSearched = 4096;    // bytes of the text in which a place is looked for
constexpr size_t kLongestNote = 300;  // bytes
constexpr size_t kLongestByline = 100;
constexpr size_t kLongestDateLine = 60;
constexpr size_t kLeastHeadline = 20;
constexpr size_t kLeastSentence = 30;
constexpr int kLongestFirstAcronym = 4;

// Before a place and hardly before a person.
constexpr std::array<std::string_view, 14> kIn{"in ", "near ",  "outside ", "around ", "à ",     "dans ", "aus ",
                                               "en ", "desde ", "em ",      "vers ",   "hacia ", "nahe ", "вблизи "};

constexpr std::array<std::string_view, 9> kBy{"By ", "BY ", "Von ", "VON ", "Par ", "PAR ", "Por ", "POR ", "Di "};

// TOLMEN -> Tolmen, RIO DE JANEIRO -> Rio de Janeiro.
std::string TitleCase(std::string_view place) {
  std::string title;
  for (size_t at = 0; at < place.size();) {
    const size_t end = std::min(place.find_first_of(" -", at), place.size());
    const std::string word = LowerOf(place.substr(at, end - at));
    if (word.empty() || IsOneOf(kLinks, word)) {
      title += word;
    } else {
      const text::Decoded first = text::DecodeAt(word, 0);
      text::AppendUtf8(static_cast<char32_t>(u_toupper(static_cast<UChar32>(first.code_point))), &title);
      title += word.substr(first.length);
    }
    if (end < place.size()) title += place[end];
    at = end + 1;
  }
  return title;
}

bool IsNamedIn(std::string_view text, const std::string& place) {
  text = text.substr(0, text::FloorBoundary(text, std::min(text.size(), kSearched)));
  for (size_t at = text.find(place); at != std::string_view::npos; at = text.find(place, at + place.size())) {
    const size_t behind = at + place.size();
    if (behind < text.size() && IsLetter(text::DecodeAt(text, behind).code_point)) continue;
    const std::string_view before = text.substr(0, at);
    for (const std::string_view in : kIn) {
      if (!before.ends_with(in)) continue;
      const size_t word = before.size() - in.size();
      if (word == 0 || !IsLetter(text::DecodeBefore(text, word).code_point)) return true;
    }
  }
  return false;
}

bool IsHeadlineAgain(std::string_view paragraph, std::string_view headline) {
  if (headline.empty()) return false;
  if (paragraph == headline) return true;
  const std::string_view shorter = std::min(paragraph, headline, [](auto a, auto b) { return a.size() < b.size(); });
  const std::string_view longer = shorter == paragraph ? headline : paragraph;
  // UPDATE 1-Headline, Headline | Outlet
  return shorter.size() >= kLeastHeadline && longer.size() < 2 * shorter.size() &&
         LowerOf(longer).find(LowerOf(shorter)) != std::string::npos;
}

bool IsByline(std::string_view paragraph) {
  if (paragraph.size() > kLongestByline || paragraph.ends_with('.')) return false;
  return std::any_of(kBy.begin(), kBy.end(), [paragraph](std::string_view by) {
    return paragraph.starts_with(by) && paragraph.size() > by.size() &&
           IsUpper(text::DecodeAt(paragraph, by.size()).code_point);
  });
}

bool HasDate(std::string_view paragraph) {
  for (size_t at = 0; at < paragraph.size();) {
    if (DateAt(paragraph.substr(at))) return true;
    at = std::min(paragraph.find(' ', at), paragraph.size() - 1) + 1;
  }
  return false;
}

}  // namespace

Support SupportOf(std::string_view place, bool region, const Story& story, std::string_view rest) {
  if (LowerOf(place) == LowerOf(story.located)) return Support::kLocated;
  if (IsKnownCity(place)) return Support::kKnownCity;
  if (region) return Support::kRegion;
  const std::string title = TitleCase(place);
  return IsNamedIn(story.headline, title) || IsNamedIn(rest, title) ? Support::kInText : Support::kNone;
}

bool MayStandBefore(std::string_view paragraph, const Story& story) {
  while (!paragraph.empty() && (paragraph.back() == ' ' || paragraph.back() == '\t')) paragraph.remove_suffix(1);
  const bool note = paragraph.starts_with('(') && paragraph.ends_with(')') && paragraph.size() <= kLongestNote;
  const bool date = paragraph.size() <= kLongestDateLine && !paragraph.ends_with('.') && HasDate(paragraph);
  return note || date || IsByline(paragraph) || IsHeadlineAgain(paragraph, story.headline) ||
         IsHeadlineAgain(paragraph, story.subheadline);
}

bool BeginsSentence(std::string_view line) {
  if (line.size() < kLeastSentence || IsLower(text::DecodeAt(line, 0).code_point)) return false;
  const std::string_view word = line.substr(0, line.find_first_of(" ,.:;"));
  // PARIS - MARSEILLE is a match, not a story from Paris.
  return !AllCapitals(word) || CountLetters(word) <= kLongestFirstAcronym;
}

}  // namespace wirewatch::analyses
