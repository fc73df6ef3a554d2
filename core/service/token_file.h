// The file of tokens that clients on the network show, `wirewatch.tokens` beside the store. It holds no secret: of each
// secret, 256 random bits, the SHA-256 is stored. Slow, salted hashes are for passwords that people think up, which can
// be guessed; 2^256 values cannot, however fast the hash is.
//
// The file is YAML, made by `wirewatch token`. Any thread, any process.
#ifndef WIREWATCH_SERVICE_TOKEN_FILE_H_
#define WIREWATCH_SERVICE_TOKEN_FILE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/service/scope.h"

namespace wirewatch::service {

inline constexpr size_t kMostTokens = 2000;
inline constexpr size_t kMostTokenFileBytes = 2 << 20;
inline constexpr size_t kLongestTokenName = 100;      // bytes; of labels and ids of watches, too
inline constexpr size_t kMostVisibilityEntries = 50;  // labels and watches of one token

using SecretDigest = std::array<uint8_t, 32>;

struct Token {
  std::string id;    // 8 hexadecimal digits
  std::string name;  // who has it; stands in the audit log, and as author of what the caller does
  SecretDigest secret_sha256{};
  absl::Time created;
  absl::Time expires = absl::InfiniteFuture();
  std::optional<absl::Time> revoked;
  Scopes scopes;
  Visibility visibility;
};

// "wwt_<id>_<secret>", taken apart; the secret is 32 bytes in base64url. nullopt when it has another form.
struct PresentedToken {
  std::string_view id;
  std::string_view secret;
};
std::optional<PresentedToken> SplitToken(std::string_view presented);
// Of the secret as it is written.
SecretDigest DigestOf(std::string_view secret);

// Gives `token` an id, which none of `others` has, and a secret. What a client shows; it is told this once and stored
// nowhere. Internal: there is no randomness.
absl::StatusOr<std::string> IssueSecret(const std::vector<Token>& others, Token& token);

// What is wrong with a name, a label's or a watch's: empty, too long, or not printable. OK when nothing is.
absl::Status CheckTokenName(std::string_view what, std::string_view name);

// The file beside a store.
std::filesystem::path TokenFilePath(const std::filesystem::path& store);

// NotFound when there is no file. PermissionDenied when it belongs to neither this user nor root, or others than its
// owner may read or write it, with the command that mends it. InvalidArgument with file:line:column when it cannot be
// understood.
absl::StatusOr<std::vector<Token>> ReadTokenFile(const std::filesystem::path& file);

// Reads the file (none: no tokens), has `edit` change them, and replaces it unless that fails: whole or not at all, and
// durable, with mode 0600. Edits of several processes come one after the other. The file keeps its owner; a new one
// that root makes gets the folder's.
absl::Status EditTokenFile(const std::filesystem::path& file,
                           const std::function<absl::Status(std::vector<Token>&)>& edit);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_TOKEN_FILE_H_
