// SpanDrawing: a text with what was found in it drawn under its lines.
//
//   BELGRADE, June 23. /TASS/. The NATO-led international security force in Kosovo
//   ├────── dateline ────────┤     └──┘ kfor-force
#ifndef WIREWATCH_CLI_SPAN_DRAWING_H_
#define WIREWATCH_CLI_SPAN_DRAWING_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch::cli {

// Bytes [begin, end) of the text and what stands there.
struct Mark {
  uint32_t begin = 0, end = 0;
  std::string label;
};

// The text wrapped to `columns`, each line indented by two, with the marks under it; every mark is drawn on every line
// that it touches, its label once. Pure.
std::string DrawSpans(std::string_view text, std::vector<Mark> marks, int columns);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_SPAN_DRAWING_H_
