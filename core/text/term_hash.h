// The hash of a folded form. TermTable keeps it for each term, so that other tables keyed by form need not read the
// form again. The same in every process (of one byte order), so it may be stored. All bits are well mixed: take as many
// as needed from either end. Pure functions, any thread.
//
// The value is no secret: who writes a text can choose words whose hashes agree in some bits. A table that holds words
// from outside takes its slots by SlotSecret().
#ifndef WIREWATCH_TEXT_TERM_HASH_H_
#define WIREWATCH_TEXT_TERM_HASH_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace wirewatch::text {

namespace term_hash_internal {

// Bits without a pattern. Each has bytes that UTF-8 never has, so no form makes a factor of 0 with them.
inline constexpr uint64_t kFirst = 0xF9C36E1DB58FC0A7ULL;
inline constexpr uint64_t kSecond = 0x9D62FDB3C14A87EBULL;
inline constexpr uint64_t kLength = 0x9E3779B97F4A7C15ULL;

inline uint64_t Load8(const char* at) {
  uint64_t value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

inline uint64_t Load4(const char* at) {
  uint32_t value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

// Both halves of the product. The factors go in once more: else one of them being 0 would hide the other.
inline uint64_t Mix(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return a ^ b ^ static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace term_hash_internal

// A form of at most 16 bytes: the first 8 and the rest, each filled up with 0 at its end.
struct ShortForm {
  uint64_t low = 0;
  uint64_t high = 0;
};
inline constexpr size_t kLongestShortForm = 16;

inline ShortForm ShortFormOf(std::string_view form) {
  using namespace term_hash_internal;
  const char* at = form.data();
  const size_t size = form.size();
  // Loads overlap where the size is no power of two: what both hold falls on itself.
  if (size > 8) return {Load8(at), Load8(at + size - 8) >> 8 * (16 - size)};
  if (size >= 4) return {Load4(at) | Load4(at + size - 4) << 8 * (size - 4), 0};
  if (size == 0) return {};
  const auto byte = [at](size_t i) { return static_cast<uint64_t>(static_cast<unsigned char>(at[i])) << 8 * i; };
  return {byte(0) | byte(size / 2) | byte(size - 1), 0};
}

inline uint64_t HashTerm(ShortForm form, size_t size) {
  using namespace term_hash_internal;
  return Mix(Mix(form.low ^ kFirst ^ size * kLength, form.high ^ kSecond), kLength);
}

inline uint64_t HashTerm(std::string_view form) {
  using namespace term_hash_internal;
  const size_t size = form.size();
  if (size <= kLongestShortForm) return HashTerm(ShortFormOf(form), size);
  const char* at = form.data();
  uint64_t state = size * kLength;
  for (const char* const last = at + (size - 16); at < last; at += 16) {
    state = Mix(Load8(at) ^ kFirst ^ state, Load8(at + 8) ^ kSecond);
  }
  at = form.data() + (size - 16);
  return Mix(Mix(Load8(at) ^ kFirst ^ state, Load8(at + 8) ^ kSecond), kLength);
}

// For tables that are keyed by forms and looked up by views of them.
struct TermHasher {
  using is_transparent = void;
  size_t operator()(std::string_view form) const { return HashTerm(form); }
};

// An odd number drawn once for the process. The upper bits of hash * SlotSecret() make slots that nobody outside can
// foresee.
uint64_t SlotSecret();

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_TERM_HASH_H_
