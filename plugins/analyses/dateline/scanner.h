// Reads the dateline at the front of a text. Pure functions; any thread.
#ifndef WIREWATCH_ANALYSES_DATELINE_SCANNER_H_
#define WIREWATCH_ANALYSES_DATELINE_SCANNER_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "agencies.h"
#include "cursor.h"
#include "dates.h"
#include "signature.h"

namespace wirewatch::analyses {

struct FoundDateline {
  Range all;    // without the blank behind it
  Range place;  // all places, as written
  Range first_place;
  Range date;
  WrittenDate written;
  std::vector<FoundAgency> agencies;
  uint32_t body_begin = 0;
  float confidence = 0;
};

// What else is known of the story.
struct Story {
  std::string_view headline;
  std::string_view subheadline;
  std::string_view located;
  std::vector<std::string_view> sources;  // whom the Item says that it comes from
};

// The dateline that stands in one of the first paragraphs, behind a repeated headline, byline, date and notes in
// parentheses. `text` is valid UTF-8 of any length; only the beginnings of these paragraphs are read.
std::optional<FoundDateline> FindDateline(std::string_view text, const Story& story, const Agencies& agencies);

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_DATELINE_SCANNER_H_
