#include "wirewatch/text/term_hash.h"

#include <random>

namespace wirewatch::text {

uint64_t SlotSecret() {
  static const uint64_t secret = [] {
    std::random_device random;
    return static_cast<uint64_t>(random()) << 32 | random() | 1;
  }();
  return secret;
}

}  // namespace wirewatch::text
