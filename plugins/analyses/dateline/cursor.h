// Cursor: reads marks, words and places' names from the front of a text. Each function takes what it finds and moves
// behind it, or stays where it is. Used by one thread.
#ifndef WIREWATCH_ANALYSES_DATELINE_CURSOR_H_
#define WIREWATCH_ANALYSES_DATELINE_CURSOR_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wirewatch::analyses {

// Bytes [begin, end) of the text.
struct Range {
  uint32_t begin = 0, end = 0;
  bool empty() const { return begin == end; }
};

class Cursor {
 public:
  // Reads `text` from `begin`, at most up to `end`. Both stand on character boundaries.
  Cursor(std::string_view text, uint32_t begin, uint32_t end) : text_(text), end_(end), at_(begin) {}

  uint32_t at() const { return at_; }
  void MoveTo(uint32_t at) { at_ = at; }
  std::string_view Rest() const { return at_ >= end_ ? std::string_view() : text_.substr(at_, end_ - at_); }
  std::string_view Words(Range range) const { return text_.substr(range.begin, range.end - range.begin); }

  // Blanks of all kinds, but no ends of lines.
  void SkipBlanks();
  // `mark` and the blanks behind it.
  bool Take(char mark);
  bool Stop();
  // A dash with blanks around it, `--`, `.-`; a long one may touch the words, behind a mark (`touching`) any.
  bool Dash(bool touching = false);
  // Words that begin with capitals: `San Juan`, `Rio de Janeiro`, `N.J.`, `Aix-en-Provence`, `L'Aquila`.
  Range Place();

 private:
  Range Word();
  bool StopBelongsToWord(uint32_t word_begin) const;

  const std::string_view text_;
  const uint32_t end_;
  uint32_t at_;
};

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_DATELINE_CURSOR_H_
