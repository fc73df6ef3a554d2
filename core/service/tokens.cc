#include "wirewatch/service/tokens.h"

#include <openssl/crypto.h>
#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/log.h"

namespace wirewatch::service {
namespace {

TokenVerdict VerdictOn(const Token& token, absl::Time now) {
  if (token.revoked) return TokenVerdict::kRevoked;
  return token.expires <= now ? TokenVerdict::kExpired : TokenVerdict::kGood;
}

}  // namespace

std::string_view NameOf(TokenVerdict verdict) {
  switch (verdict) {
    case TokenVerdict::kGood:
      return "good token";
    case TokenVerdict::kNoToken:
      return "no token";
    case TokenVerdict::kUnknown:
      return "unknown token";
    case TokenVerdict::kWrongSecret:
      return "wrong secret";
    case TokenVerdict::kExpired:
      return "expired token";
    case TokenVerdict::kRevoked:
      return "revoked token";
  }
  return "";
}

Tokens::Stamp Tokens::StampOf(const std::filesystem::path& file) {
  struct stat found {};
  if (stat(file.c_str(), &found) != 0) return {};
  return {found.st_dev,
          found.st_ino,
          found.st_mode,
          found.st_size,
          absl::TimeFromTimespec(found.st_mtim),
          absl::TimeFromTimespec(found.st_ctim)};
}

absl::Status Tokens::Load() {
  const std::lock_guard lock(mutex_);
  looked_ = absl::Now();
  const absl::Status read = Read();
  return absl::IsNotFound(read) && !required_ ? absl::OkStatus() : read;
}

absl::Status Tokens::Read() {
  by_id_.clear();
  // Before the file is read: a change meanwhile is seen the next time.
  stamp_ = StampOf(file_);
  const absl::StatusOr<std::vector<Token>> tokens = ReadTokenFile(file_);
  required_ |= !absl::IsNotFound(tokens.status());
  if (!tokens.ok()) return tokens.status();
  for (const Token& token : *tokens) by_id_.emplace(token.id, std::make_shared<const Token>(token));
  return absl::OkStatus();
}

void Tokens::Refresh(absl::Time now) {
  if (now - looked_ < kLookEvery && now >= looked_) return;
  looked_ = now;
  if (StampOf(file_) == stamp_) return;
  const absl::Status read = Read();
  if (read.ok()) {
    Log("access").Info("The tokens have changed.", {{"tokens", absl::StrCat(by_id_.size())}});
  } else if (required_) {
    Log("access").Error("The tokens cannot be read: nobody is admitted until they can.",
                        {{"error", std::string(read.message())}});
  }
}

bool Tokens::required() {
  const std::lock_guard lock(mutex_);
  Refresh(absl::Now());
  return required_;
}

Tokens::Found Tokens::Check(std::string_view presented, absl::Time now) {
  const std::optional<PresentedToken> split = SplitToken(presented);
  if (!split) return {presented.empty() ? TokenVerdict::kNoToken : TokenVerdict::kUnknown, nullptr};
  std::shared_ptr<const Token> token;
  {
    const std::lock_guard lock(mutex_);
    Refresh(now);
    if (const auto found = by_id_.find(split->id); found != by_id_.end()) token = found->second;
  }
  if (token == nullptr) return {TokenVerdict::kUnknown, nullptr};
  const SecretDigest digest = DigestOf(split->secret);
  if (CRYPTO_memcmp(digest.data(), token->secret_sha256.data(), digest.size()) != 0) {
    return {TokenVerdict::kWrongSecret, std::move(token)};
  }
  return {VerdictOn(*token, now), std::move(token)};
}

bool Tokens::StillGood(const std::string& id, absl::Time now) {
  const std::lock_guard lock(mutex_);
  Refresh(now);
  const auto found = by_id_.find(id);
  return found != by_id_.end() && VerdictOn(*found->second, now) == TokenVerdict::kGood;
}

}  // namespace wirewatch::service
