// Finding and counting bytes in a text, 16 at a time. Pure functions, any thread.
#ifndef WIREWATCH_TEXT_BYTE_SCAN_H_
#define WIREWATCH_TEXT_BYTE_SCAN_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace wirewatch::text {

#ifdef __SSE2__
namespace byte_scan_internal {

inline __m128i Load(const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }
inline __m128i Equal(__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); }
inline uint32_t Bits(__m128i matches) { return static_cast<uint32_t>(_mm_movemask_epi8(matches)); }

}  // namespace byte_scan_internal
#endif

// The first LF or CR from `at`, or text.size().
inline size_t FindLineEnd(std::string_view text, size_t at) {
#ifdef __SSE2__
  using namespace byte_scan_internal;
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i bytes = Load(text.data() + at);
    const uint32_t found = Bits(_mm_or_si128(Equal(bytes, '\n'), Equal(bytes, '\r')));
    if (found != 0) return at + static_cast<size_t>(std::countr_zero(found));
  }
#endif
  while (at < text.size() && text[at] != '\n' && text[at] != '\r') ++at;
  return at;
}

// The first byte from `at` for which `accept` is true, or text.size(). `accept` is asked of . ! ? and of bytes from
// 0xD5 only.
template <class Accept>
size_t FindTerminator(std::string_view text, size_t at, const Accept& accept) {
#ifdef __SSE2__
  using namespace byte_scan_internal;
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i bytes = Load(text.data() + at);
    const __m128i marks = _mm_or_si128(Equal(bytes, '.'), _mm_or_si128(Equal(bytes, '!'), Equal(bytes, '?')));
    const __m128i high = _mm_cmpeq_epi8(_mm_max_epu8(bytes, _mm_set1_epi8(static_cast<char>(0xD5))), bytes);
    for (uint32_t found = Bits(_mm_or_si128(marks, high)); found != 0; found &= found - 1) {
      const size_t here = at + static_cast<size_t>(std::countr_zero(found));
      if (accept(static_cast<unsigned char>(text[here]))) return here;
    }
  }
#endif
  for (; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if ((c == '.' || c == '!' || c == '?' || c >= 0xD5) && accept(c)) return at;
  }
  return at;
}

// Code points of valid UTF-8: bytes that continue none.
inline size_t CountCodePoints(std::string_view text) {
  size_t count = 0;
  size_t at = 0;
#ifdef __SSE2__
  using namespace byte_scan_internal;
  for (; at + 16 <= text.size(); at += 16) {
    // Bytes that continue a character are the lowest when read with a sign.
    const __m128i begins = _mm_cmpgt_epi8(Load(text.data() + at), _mm_set1_epi8(static_cast<char>(0xBF)));
    count += static_cast<size_t>(std::popcount(Bits(begins)));
  }
#endif
  for (; at < text.size(); ++at) count += (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_BYTE_SCAN_H_
