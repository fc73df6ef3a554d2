// Stable ids: hashes of what a thing is, the same on every machine and in every run. Stateless; any thread.
#ifndef WIREWATCH_ALERTS_IDENTITY_H_
#define WIREWATCH_ALERTS_IDENTITY_H_

#include <string>
#include <string_view>
#include <vector>

namespace wirewatch::alerts {

// First half of the SHA-256 of the parts, each preceded by its length, so that no two lists of parts run together:
// 32 hexadecimal digits. Not for secrets.
std::string StableId(const std::vector<std::string_view>& parts);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_IDENTITY_H_
