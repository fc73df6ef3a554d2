#include "wirewatch/service/token_file.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/service/descriptor.h"
#include "wirewatch/service/token_text.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::service {
namespace {

constexpr std::string_view kPrefix = "wwt_";
constexpr size_t kIdDigits = 8;
constexpr size_t kSecretBytes = 32;
constexpr size_t kSecretCharacters = 43;  // base64url without padding

absl::Status Failed(const char* what, const std::filesystem::path& file) {
  return absl::ErrnoToStatus(errno, absl::StrCat(what, " ", file.string()));
}

// That the file is nobody else's to read or to write.
absl::Status CheckPrivate(const struct stat& found, const std::filesystem::path& file) {
  if (!S_ISREG(found.st_mode)) return absl::FailedPreconditionError(absl::StrCat(file.string(), " is no file"));
  if (found.st_uid != geteuid() && found.st_uid != 0) {
    return absl::PermissionDeniedError(absl::StrCat(file.string(), " belongs to user ", found.st_uid,
                                                    ", who could admit anybody: chown it to user ", geteuid(),
                                                    ", who runs this"));
  }
  if ((found.st_mode & 077) != 0) {
    return absl::PermissionDeniedError(
        absl::StrCat("others than its owner may use ", file.string(), ": run `chmod 600 ", file.string(), "`"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadAll(int descriptor, const std::filesystem::path& file) {
  std::string text(kMostTokenFileBytes + 1, '\0');
  size_t length = 0;
  while (length < text.size()) {
    const ssize_t got = read(descriptor, text.data() + length, text.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed("cannot read", file);
    if (got == 0) break;
    length += static_cast<size_t>(got);
  }
  if (length > kMostTokenFileBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(file.string(), " is larger than ", kMostTokenFileBytes, " bytes: it is no file of tokens"));
  }
  text.resize(length);
  return text;
}

// Whom the new file is to belong to: root must not take the file away from the host.
absl::Status KeepOwner(int descriptor, const std::filesystem::path& file) {
  if (geteuid() != 0) return absl::OkStatus();
  struct stat owner {};
  if (stat(file.c_str(), &owner) != 0 && stat(file.parent_path().c_str(), &owner) != 0) {
    return Failed("cannot look at", file);
  }
  return fchown(descriptor, owner.st_uid, owner.st_gid) == 0 ? absl::OkStatus() : Failed("cannot chown", file);
}

absl::Status Replace(const std::filesystem::path& file, int folder, const std::string& text) {
  const std::filesystem::path fresh = file.string() + ".new";
  unlink(fresh.c_str());  // of a process that died
  Descriptor descriptor(open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!descriptor.ok()) return Failed("cannot write", fresh);
  absl::Status status = KeepOwner(descriptor.get(), file);
  if (status.ok() && !WriteAll(descriptor.get(), text)) status = Failed("cannot write", fresh);
  if (status.ok() && fsync(descriptor.get()) != 0) status = Failed("cannot write to the disk", fresh);
  if (status.ok() && rename(fresh.c_str(), file.c_str()) != 0) status = Failed("cannot replace", file);
  if (!status.ok()) {
    unlink(fresh.c_str());
    return status;
  }
  return fsync(folder) == 0 ? absl::OkStatus() : Failed("cannot write to the disk", file.parent_path());
}

// The file itself, not a link to it; with its folder.
std::filesystem::path Resolved(const std::filesystem::path& file) {
  std::error_code error;
  std::filesystem::path resolved = std::filesystem::weakly_canonical(std::filesystem::absolute(file), error);
  return error ? std::filesystem::absolute(file) : resolved;
}

}  // namespace

std::optional<PresentedToken> SplitToken(std::string_view presented) {
  if (presented.size() != kPrefix.size() + kIdDigits + 1 + kSecretCharacters || !presented.starts_with(kPrefix)) {
    return std::nullopt;
  }
  presented.remove_prefix(kPrefix.size());
  if (presented[kIdDigits] != '_' || !IsLowerHex(presented.substr(0, kIdDigits))) return std::nullopt;
  return PresentedToken{presented.substr(0, kIdDigits), presented.substr(kIdDigits + 1)};
}

SecretDigest DigestOf(std::string_view secret) {
  SecretDigest digest;
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), digest.data());
  return digest;
}

absl::StatusOr<std::string> IssueSecret(const std::vector<Token>& others, Token& token) {
  std::string id(kIdDigits / 2, '\0'), secret(kSecretBytes, '\0');
  const auto fill = [](std::string& bytes) {
    return RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) == 1;
  };
  const auto is_taken = [&others](const std::string& written) {
    return std::any_of(others.begin(), others.end(), [&](const Token& other) { return other.id == written; });
  };
  do {
    if (!fill(id) || !fill(secret)) return absl::InternalError("the system gives no random numbers");
    token.id = absl::BytesToHexString(id);
  } while (is_taken(token.id));
  const std::string written = absl::WebSafeBase64Escape(secret);
  token.secret_sha256 = DigestOf(written);
  return absl::StrCat(std::string(kPrefix), token.id, "_", written);
}

absl::Status CheckTokenName(std::string_view what, std::string_view name) {
  const std::string quoted =
      absl::StrCat(std::string(what), " \"", text::Printable(text::RepairUtf8(std::string(name))), "\"");
  if (name.empty()) return absl::InvalidArgumentError(absl::StrCat(std::string(what), " is empty"));
  if (name.size() > kLongestTokenName) {
    return absl::InvalidArgumentError(absl::StrCat(quoted, " is longer than ", kLongestTokenName, " bytes"));
  }
  const std::string repaired = text::RepairUtf8(std::string(name));
  if (repaired != name || text::Printable(repaired) != repaired) {
    return absl::InvalidArgumentError(absl::StrCat(quoted, " has characters that cannot be seen"));
  }
  return absl::OkStatus();
}

std::filesystem::path TokenFilePath(const std::filesystem::path& store) {
  return store.parent_path() / "wirewatch.tokens";
}

absl::StatusOr<std::vector<Token>> ReadTokenFile(const std::filesystem::path& file) {
  // O_NONBLOCK: a pipe must not hold up who opens it.
  const Descriptor descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!descriptor.ok()) return Failed("cannot read", file);
  struct stat found {};
  if (fstat(descriptor.get(), &found) != 0) return Failed("cannot look at", file);
  if (absl::Status checked = CheckPrivate(found, file); !checked.ok()) return checked;
  const absl::StatusOr<std::string> text = ReadAll(descriptor.get(), file);
  if (!text.ok()) return text.status();
  return ParseTokens(*text, file.string());
}

absl::Status EditTokenFile(const std::filesystem::path& file,
                           const std::function<absl::Status(std::vector<Token>&)>& edit) {
  const std::filesystem::path resolved = Resolved(file);
  const Descriptor folder(open(resolved.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.ok()) return Failed("cannot open", resolved.parent_path());
  // The folder is locked, not the file, which is replaced.
  while (flock(folder.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return Failed("cannot lock", resolved.parent_path());
  }
  absl::StatusOr<std::vector<Token>> tokens = ReadTokenFile(resolved);
  if (absl::IsNotFound(tokens.status())) tokens.emplace();
  if (!tokens.ok()) return tokens.status();
  if (absl::Status edited = edit(*tokens); !edited.ok()) return edited;
  if (tokens->size() > kMostTokens) {
    return absl::ResourceExhaustedError(absl::StrCat("there are ", kMostTokens, " tokens already; take those out of ",
                                                     file.string(), " that have expired or are revoked"));
  }
  return Replace(resolved, folder.get(), PrintTokens(*tokens));
}

}  // namespace wirewatch::service
