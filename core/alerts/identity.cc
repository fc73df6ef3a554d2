#include "wirewatch/alerts/identity.h"

#include <openssl/sha.h>

#include <array>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::alerts {

std::string StableId(const std::vector<std::string_view>& parts) {
  std::string input;
  for (const std::string_view part : parts) {
    absl::StrAppend(&input, part.size(), ":");
    input.append(part);
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest.data());
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), SHA256_DIGEST_LENGTH / 2));
}

}  // namespace wirewatch::alerts
