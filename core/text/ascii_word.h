// Words of ASCII letters and digits, 16 bytes at a time: most words of most texts. Pure functions, any thread.
#ifndef WIREWATCH_TEXT_ASCII_WORD_H_
#define WIREWATCH_TEXT_ASCII_WORD_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace wirewatch::text {

// The letters and digits at the front of a text, in lower case: the first 8 bytes and the rest, each filled up with 0.
struct AsciiWord {
  uint64_t low = 0;
  uint64_t high = 0;
  uint32_t length = 0;  // 16: the word may go on
};

namespace ascii_word_internal {

inline constexpr std::array<uint8_t, 32> kMask = [] {
  std::array<uint8_t, 32> mask{};
  for (size_t i = 0; i < 16; ++i) mask[i] = 0xFF;
  return mask;
}();

#ifdef __SSE2__
inline __m128i Between(__m128i bytes, char first, char last) {  // ASCII only: bytes from 0x80 are negative
  return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(static_cast<char>(first - 1))),
                       _mm_cmplt_epi8(bytes, _mm_set1_epi8(static_cast<char>(last + 1))));
}
#endif

// 16 bytes may be read at `at`.
inline AsciiWord Load(const char* at) {
  AsciiWord word;
#ifdef __SSE2__
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
  const __m128i letter = Between(lower, 'a', 'z');
  const __m128i digit = Between(bytes, '0', '9');
  const auto others = static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(letter, digit))) ^ 0xFFFFU;
  word.length = static_cast<uint32_t>(std::countr_zero(others | 0x10000U));
  // A digit has the bit of small letters already.
  const __m128i kept =
      _mm_and_si128(lower, _mm_loadu_si128(reinterpret_cast<const __m128i*>(kMask.data() + 16 - word.length)));
  word.low = static_cast<uint64_t>(_mm_cvtsi128_si64(kept));
  word.high = static_cast<uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(kept, kept)));
#else
  std::array<char, 16> bytes{};
  for (; word.length < 16; ++word.length) {
    const char c = at[word.length];
    const auto lower = static_cast<char>(c | 0x20);
    if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9')) break;
    bytes[word.length] = lower;
  }
  std::memcpy(&word.low, bytes.data(), 8);
  std::memcpy(&word.high, bytes.data() + 8, 8);
#endif
  return word;
}

// The first `length` bytes at `at`, at most 16, with the bit of small letters; 16 bytes may be read there.
inline AsciiWord LoadSmall(const char* at, uint32_t length) {
  AsciiWord word;
  word.length = length;
#ifdef __SSE2__
  const __m128i lower = _mm_or_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)), _mm_set1_epi8(0x20));
  const __m128i kept =
      _mm_and_si128(lower, _mm_loadu_si128(reinterpret_cast<const __m128i*>(kMask.data() + 16 - length)));
  word.low = static_cast<uint64_t>(_mm_cvtsi128_si64(kept));
  word.high = static_cast<uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(kept, kept)));
#else
  std::array<char, 16> bytes{};
  for (uint32_t i = 0; i < length; ++i) bytes[i] = static_cast<char>(at[i] | 0x20);
  std::memcpy(&word.low, bytes.data(), 8);
  std::memcpy(&word.high, bytes.data() + 8, 8);
#endif
  return word;
}

}  // namespace ascii_word_internal

// `length` letters, digits and apostrophes from `at`, at most 16, in lower case.
inline AsciiWord AsciiWordOf(std::string_view text, size_t at, uint32_t length) {
  if (text.size() - at >= 16) return ascii_word_internal::LoadSmall(text.data() + at, length);
  std::array<char, 16> rest{};
  std::memcpy(rest.data(), text.data() + at, length);
  return ascii_word_internal::LoadSmall(rest.data(), length);
}

// `at` < text.size().
inline AsciiWord AsciiWordAt(std::string_view text, size_t at) {
  const size_t left = text.size() - at;
  if (left >= 16) return ascii_word_internal::Load(text.data() + at);
  std::array<char, 16> rest{};
  std::memcpy(rest.data(), text.data() + at, left);
  return ascii_word_internal::Load(rest.data());
}

inline bool AllDigits(const AsciiWord& word) {
  // Letters have the bit 0x40, digits have not.
  return ((word.low | word.high) & 0x4040404040404040ULL) == 0;
}

// Whether another ASCII character stands behind `word`, which begins at `at`.
inline bool EndsInAscii(const AsciiWord& word, std::string_view text, size_t at) {
  return word.length - 1U < 15 && at + word.length < text.size() &&
         static_cast<unsigned char>(text[at + word.length]) < 0x80;
}

// What a byte is to the ASCII word before or behind it.
enum class Beside : uint8_t {
  kWord,     // a letter or digit
  kEnds,     // parts words
  kMid,      // parts words unless a letter or digit follows
  kUnknown,  // needs a closer look
};

// By the word rules of UAX #29.
inline constexpr std::array<Beside, 256> kBesideWord = [] {
  std::array<Beside, 256> table{};
  for (size_t c = 0; c < 0x80; ++c) table[c] = Beside::kEnds;
  for (size_t c = 0x80; c < 0x100; ++c) table[c] = Beside::kUnknown;
  for (size_t c = '0'; c <= '9'; ++c) table[c] = Beside::kWord;
  for (size_t c = 'a'; c <= 'z'; ++c) table[c] = table[c - 0x20] = Beside::kWord;
  for (const char c : {'.', ',', ';', ':', '\''}) table[static_cast<unsigned char>(c)] = Beside::kMid;
  table['_'] = Beside::kUnknown;
  return table;
}();

// Whether an ASCII word that ends before `at` certainly is a word of its own as far as what follows is concerned.
inline bool EndsWord(const std::array<Beside, 256>& beside, std::string_view text, size_t at) {
  if (at >= text.size()) return true;
  const Beside next = beside[static_cast<unsigned char>(text[at])];
  if (next == Beside::kEnds) return true;
  return next == Beside::kMid &&
         (at + 1 == text.size() || beside[static_cast<unsigned char>(text[at + 1])] == Beside::kEnds);
}

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_ASCII_WORD_H_
