// What 64 bytes of a text are to words of ASCII letters and digits, a bit for each byte: many words are found at once.
// Pure functions, any thread.
#ifndef WIREWATCH_TEXT_ASCII_STRETCH_H_
#define WIREWATCH_TEXT_ASCII_STRETCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "wirewatch/text/ascii_word.h"

namespace wirewatch::text {

struct AsciiStretch {
  static constexpr size_t kBytes = 64;

  uint64_t word = 0;     // letters, digits, and apostrophes between two letters
  uint64_t ends = 0;     // a word certainly ends before it, as far as UAX #29 is concerned
  uint64_t unknown = 0;  // underscores and bytes beyond ASCII, which need a closer look
};

namespace ascii_stretch_internal {

struct Classes {
  uint64_t letters = 0, digits = 0, apostrophes = 0;
  uint64_t mids = 0;  // . , ; : and apostrophes: they part words unless something follows
  uint64_t unknown = 0;
};

#ifdef __SSE2__
inline Classes ClassesOf(const char* at) {
  Classes classes;
  const auto bits = [](__m128i matches, size_t shift) {
    return static_cast<uint64_t>(static_cast<uint32_t>(_mm_movemask_epi8(matches))) << shift;
  };
  const auto is = [](__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
  for (size_t i = 0; i < AsciiStretch::kBytes; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + i));
    const __m128i apostrophe = is(bytes, '\'');
    // , and . differ in one bit, : and ; in another.
    const __m128i comma = is(_mm_or_si128(bytes, _mm_set1_epi8(0x02)), '.');
    const __m128i colon = is(_mm_or_si128(bytes, _mm_set1_epi8(0x01)), ';');
    classes.letters |= bits(ascii_word_internal::Between(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z'), i);
    classes.digits |= bits(ascii_word_internal::Between(bytes, '0', '9'), i);
    classes.apostrophes |= bits(apostrophe, i);
    classes.mids |= bits(_mm_or_si128(apostrophe, _mm_or_si128(comma, colon)), i);
    classes.unknown |= bits(_mm_or_si128(bytes, is(bytes, '_')), i);
  }
  return classes;
}
#else
inline Classes ClassesOf(const char* at) {
  Classes classes;
  for (size_t i = 0; i < AsciiStretch::kBytes; ++i) {
    const uint64_t bit = uint64_t{1} << i;
    switch (kBesideWord[static_cast<unsigned char>(at[i])]) {
      case Beside::kWord:
        (at[i] <= '9' ? classes.digits : classes.letters) |= bit;
        break;
      case Beside::kMid:
        classes.mids |= bit;
        if (at[i] == '\'') classes.apostrophes |= bit;
        break;
      case Beside::kUnknown:
        classes.unknown |= bit;
        break;
      case Beside::kEnds:
        break;
    }
  }
  return classes;
}
#endif

}  // namespace ascii_stretch_internal

// The stretch from `at` on; behind the end of the text all parts words. Nothing is known of what stands before it: an
// apostrophe that is its first byte belongs to no word. Of its last byte only `unknown` is certain.
inline AsciiStretch AsciiStretchAt(std::string_view text, size_t at) {
  using namespace ascii_stretch_internal;
  std::array<char, AsciiStretch::kBytes> rest{};
  const char* bytes = text.data() + at;
  if (const size_t left = text.size() - at; left < AsciiStretch::kBytes) {
    std::memcpy(rest.data(), bytes, left);
    bytes = rest.data();
  }
  const Classes classes = ClassesOf(bytes);
  const uint64_t letters = classes.letters;
  AsciiStretch stretch;
  stretch.unknown = classes.unknown;
  stretch.word = letters | classes.digits | (classes.apostrophes & letters << 1 & letters >> 1);
  const uint64_t plain_ends = ~(stretch.word | classes.mids | classes.unknown);
  stretch.ends = plain_ends | (classes.mids & ~stretch.word & plain_ends >> 1);
  return stretch;
}

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_ASCII_STRETCH_H_
