// Words of letters and digits that a glance shows to be words of their own, whatever their script. A short cut for the
// tokenizers: what it does not take goes the long way. Pure functions, any thread.
#ifndef WIREWATCH_TEXT_LONE_WORD_H_
#define WIREWATCH_TEXT_LONE_WORD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "wirewatch/text/ascii_word.h"
#include "wirewatch/text/unicode_table.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::text {

struct LoneWord {
  static constexpr size_t kLongest = 96;  // bytes of its form; longer words go the long way

  std::string_view Form() const { return {form.data(), length}; }

  size_t end = 0;  // bytes in the text
  size_t length = 0;
  bool digits = true;  // nothing but digits
  std::array<char, kLongest + 32> form;
};

// Appends a code point and returns the end; at most 4 bytes.
inline char* PutUtf8(char32_t c, char* out) {
  const auto put = [&out](char32_t byte) { *out++ = static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
  return out;
}

// Reads the word that begins at `at`; false if it is empty, too long, or if what follows may belong to it by `beside`.
// put(c, properties, out) writes the form of a letter beyond ASCII, at most 32 bytes, and returns the end; nullptr if
// it is no plain letter.
template <class Put>
bool ReadLoneWord(std::string_view text, size_t at, const std::array<Beside, 256>& beside, const Put& put,
                  LoneWord* word) {
  const UnicodeTable& table = UnicodeTable::Get();
  char* const begin = word->form.data();
  char* out = begin;
  word->digits = true;
  bool parted = false;
  while (at < text.size()) {
    const char byte = text[at];
    if (static_cast<unsigned char>(byte) < 0x80) {
      if (beside[static_cast<unsigned char>(byte)] != Beside::kWord) break;
      const bool digit = byte <= '9';
      word->digits &= digit;
      *out++ = static_cast<char>(byte | 0x20);  // digits have the bit already
      ++at;
    } else {
      const Decoded c = DecodeAt(text, at);
      const CodePoint properties = table[c.code_point];
      parted = properties.parts_words();
      if (parted) break;
      char* const end = put(c.code_point, properties, out);
      if (end == nullptr) return false;
      word->digits = false;
      out = end;
      at += c.length;
    }
    if (static_cast<size_t>(out - begin) > LoneWord::kLongest) return false;
  }
  word->end = at;
  word->length = static_cast<size_t>(out - begin);
  return out > begin && (parted || EndsWord(beside, text, at));
}

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_LONE_WORD_H_
