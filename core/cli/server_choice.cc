#include "wirewatch/cli/server_choice.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/client_interceptor.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/service/listen_address.h"
#include "wirewatch/service/token_file.h"

namespace wirewatch::cli {
namespace {

constexpr size_t kMostFileBytes = 1 << 20;

// Puts the token into the metadata of every call. (Call credentials would do so only with TLS, which loopback need not
// have.)
class TokenInterceptor final : public grpc::experimental::Interceptor {
 public:
  explicit TokenInterceptor(const std::string& authorization) : authorization_(authorization) {}
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(grpc::experimental::InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      methods->GetSendInitialMetadata()->emplace("authorization", authorization_);
    }
    methods->Proceed();
  }

 private:
  const std::string& authorization_;
};

class TokenInterceptors final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit TokenInterceptors(const std::string& token) : authorization_("Bearer " + token) {}
  grpc::experimental::Interceptor* CreateClientInterceptor(grpc::experimental::ClientRpcInfo*) override {
    return new TokenInterceptor(authorization_);
  }

 private:
  const std::string authorization_;
};

absl::Status Wrong(const std::filesystem::path& file, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat(file.string(), ": ", what));
}

absl::StatusOr<std::string> Read(const std::filesystem::path& file, const char* what) {
  std::error_code error;
  std::ifstream stream(file, std::ios::binary);
  if (!stream || std::filesystem::is_directory(file, error)) {
    return Wrong(file, absl::StrCat("the ", what, " cannot be read"));
  }
  std::string text(kMostFileBytes, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(stream.gcount()));
  return text;
}

// Empty when there is no file.
absl::StatusOr<std::string> ReadOptional(const std::filesystem::path& file, const char* what) {
  return file.empty() ? std::string() : Read(file, what);
}

absl::StatusOr<std::string> ReadToken(const std::filesystem::path& file) {
  struct stat found {};
  if (stat(file.c_str(), &found) == 0 && (found.st_mode & 077) != 0) {
    return Wrong(file, absl::StrCat("others may read this token: run `chmod 600 ", file.string(), "`"));
  }
  const absl::StatusOr<std::string> text = Read(file, "token");
  if (!text.ok()) return text.status();
  std::string token(absl::StripAsciiWhitespace(*text));
  if (!service::SplitToken(token)) return Wrong(file, "this is no token, as `wirewatch token create` prints it");
  return token;
}

// The address without its scheme; whether there is TLS.
struct Target {
  std::string address;
  bool tls = true;
};

absl::StatusOr<Target> TargetOf(const ServerChoice& choice) {
  std::string_view address = choice.address;
  const bool plain = address.starts_with("http://"), secure = address.starts_with("https://");
  if (plain || secure) address.remove_prefix(address.find("//") + 2);
  if (!address.empty() && address.back() == '/') address.remove_suffix(1);
  const size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == address.size() ||
      address.find('/') != std::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", choice.address, "\" is no address of a host; write one as desk.example.org:7643"));
  }
  Target target{std::string(address), true};
  const absl::StatusOr<service::ListenAddress> numeric = service::ParseListenAddress(target.address);
  const bool loopback = numeric.ok() && numeric->loopback;
  target.tls = secure || (!plain && (!loopback || !choice.ca.empty()));
  if (!target.tls && (!choice.ca.empty() || !choice.certificate.empty())) {
    return absl::InvalidArgumentError(absl::StrCat("certificates are of no use without TLS, which ", choice.address,
                                                   " is without: write https://", target.address));
  }
  return target;
}

}  // namespace

ServerChoice ServerFromEnvironment(ServerChoice choice, bool names_store) {
  const auto value = [](const char* name) {
    const char* const text = std::getenv(name);
    return std::string(text == nullptr ? "" : text);
  };
  if (choice.address.empty() && !names_store) choice.address = value("WIREWATCH_SERVER");
  if (choice.token_file.empty()) choice.token_file = value("WIREWATCH_TOKEN_FILE");
  if (choice.ca.empty()) choice.ca = value("WIREWATCH_CA");
  if (choice.certificate.empty()) choice.certificate = value("WIREWATCH_CERT");
  if (choice.key.empty()) choice.key = value("WIREWATCH_KEY");
  return choice;
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> ConnectToServer(const ServerChoice& choice,
                                                               const grpc::ChannelArguments& arguments) {
  const absl::StatusOr<Target> target = TargetOf(choice);
  if (!target.ok()) return target.status();
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (target->tls) {
    if (choice.certificate.empty() != choice.key.empty()) {
      return absl::InvalidArgumentError("a client certificate takes its key: give --cert and --key");
    }
    const absl::StatusOr<std::string> ca = ReadOptional(choice.ca, "certificate of the CA");
    const absl::StatusOr<std::string> certificate = ReadOptional(choice.certificate, "client certificate");
    const absl::StatusOr<std::string> key = ReadOptional(choice.key, "client's key");
    for (const auto* file : {&ca, &certificate, &key}) {
      if (!file->ok()) return file->status();
    }
    credentials = grpc::SslCredentials({*ca, *key, *certificate});
  }
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> interceptors;
  if (!choice.token_file.empty()) {
    const absl::StatusOr<std::string> token = ReadToken(choice.token_file);
    if (!token.ok()) return token.status();
    interceptors.push_back(std::make_unique<TokenInterceptors>(*token));
  }
  return grpc::experimental::CreateCustomChannelWithInterceptors(target->address, credentials, arguments,
                                                                 std::move(interceptors));
}

}  // namespace wirewatch::cli
