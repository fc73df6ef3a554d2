// Scanner: reads the dateline at the front of a text. Pure; any thread.
#ifndef WIREWATCH_ANALYSES_DATELINE_SCANNER_H_
#define WIREWATCH_ANALYSES_DATELINE_SCANNER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agencies.h"
#include "dates.h"

namespace wirewatch::analyses {

// Bytes [begin, end) of the text.
struct Range {
  uint32_t begin = 0, end = 0;
  bool empty() const { return begin == end; }
};

struct FoundAgency {
  Range range;
  std::string name;    // customary
  bool known = false;  // by its name; else by its looks
};

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

// The dateline that stands in one of the first paragraphs, behind headline, byline and notes in parentheses. `text` is
// valid UTF-8 of any length; only its beginning is read.
std::optional<FoundDateline> FindDateline(std::string_view text, const Agencies& agencies);

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_DATELINE_SCANNER_H_
