// Tokens: the file of tokens as a running host knows it. It is read again when it has changed, so that a token that was
// revoked is refused a second later at most, without a restart. A file that cannot be read admits nobody until it can.
//
// Any thread.
#ifndef WIREWATCH_SERVICE_TOKENS_H_
#define WIREWATCH_SERVICE_TOKENS_H_

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "wirewatch/service/token_file.h"

namespace wirewatch::service {

// Why a token does, or does not, admit. Clients are not told which.
enum class TokenVerdict { kGood, kNoToken, kUnknown, kWrongSecret, kExpired, kRevoked };
std::string_view NameOf(TokenVerdict verdict);

class Tokens {
 public:
  static constexpr absl::Duration kLookEvery = absl::Seconds(1);

  // A host without `file` has no tokens; as soon as there is one, it has.
  explicit Tokens(std::filesystem::path file) : file_(std::move(file)) {}

  // Reads the file. Errors are those of ReadTokenFile(), except that there may be none.
  absl::Status Load();
  // There is a file, or has been one while this host ran: whoever has no token of it is not admitted.
  bool required();

  struct Found {
    TokenVerdict verdict = TokenVerdict::kNoToken;
    std::shared_ptr<const Token> token;  // whose id was shown, also when it does not admit
  };
  // `presented` as a client sent it.
  Found Check(std::string_view presented, absl::Time now);
  // The token with that id still admits whoever showed it before.
  bool StillGood(const std::string& id, absl::Time now);

 private:
  // What tells that a file is another one.
  struct Stamp {
    dev_t device = 0;
    ino_t inode = 0;
    mode_t mode = 0;
    off_t size = -1;
    absl::Time modified, changed;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  static Stamp StampOf(const std::filesystem::path& file);

  // Reads the file if it has changed and was not looked at just now. Both with `mutex_` held.
  void Refresh(absl::Time now);
  absl::Status Read();

  const std::filesystem::path file_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Token>, std::less<>> by_id_;
  Stamp stamp_;
  absl::Time looked_ = absl::InfinitePast();
  bool required_ = false;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_TOKENS_H_
