// Text from outside made fit for a terminal. Pure functions, any thread.
#ifndef WIREWATCH_TEXT_PRINTABLE_H_
#define WIREWATCH_TEXT_PRINTABLE_H_

#include <string>
#include <string_view>

namespace wirewatch::text {

// On one line, and nothing in it that drives a terminal or hides what is written: line ends and tabs become spaces, C0
// and C1 controls U+FFFD; bidirectional controls, ZWSP-like and other invisible format characters are left out. `text`
// is valid UTF-8.
std::string Printable(std::string_view text);

// Columns that a character takes: 0 for combining and invisible ones, 2 for wide ones (Unicode East Asian Width W and
// F), else 1.
int ColumnsOf(char32_t code_point);
int ColumnsOf(std::string_view text);

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_PRINTABLE_H_
