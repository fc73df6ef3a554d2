// Sentences and paragraphs of a text. Used by one thread; memory is used again.
//
// Paragraphs end at an empty line, at U+2029 and at a newline that was meant. A newline only wraps the text when the
// next word would not have fitted on its line, the width being that of the text's longest line, at most 120 columns;
// in a text with longer lines every newline was meant.
//
// Sentences follow UAX #29 with what news text needs: no end after Mr., Gen., No., initials and other abbreviations;
// after U.S., etc. and the like only before a word that usually begins a sentence; a new sentence may begin with a
// number; none begins after ! or ? with a small letter; closing quotes go with their sentence.
#ifndef WIREWATCH_TEXT_SECTIONS_H_
#define WIREWATCH_TEXT_SECTIONS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace wirewatch::text {

// Bytes, white space at both ends left out; never empty.
struct TextRange {
  uint32_t begin = 0;
  uint32_t end = 0;
};

struct TextSections {
  std::vector<TextRange> paragraphs;
  std::vector<TextRange> sentences;  // each within one paragraph
};

void FindSections(std::string_view text, TextSections* sections);

// Whether a sentence ends at a full stop behind `word` (as written, without the stop) when `next` follows it.
bool EndsSentence(std::string_view word, std::string_view next);

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_SECTIONS_H_
