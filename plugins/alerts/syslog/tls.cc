#include "tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <array>

#include "absl/strings/str_cat.h"

namespace wirewatch::alerts {
namespace {

std::string LastError() {
  std::array<char, 256> text{};
  const unsigned long error = ERR_peek_last_error();
  if (error == 0) return "the connection broke";
  ERR_error_string_n(error, text.data(), text.size());
  return text.data();
}

bool IsAddress(const std::string& host) {
  std::array<unsigned char, 16> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Peer::Tls>> Peer::Tls::Create(const PeerOptions& options) {
  ERR_clear_error();
  std::unique_ptr<Tls> tls(new Tls(SSL_CTX_new(TLS_client_method())));
  SSL_CTX* const context = tls->context_.get();
  if (context == nullptr) return absl::InternalError(LastError());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const bool trusts = options.ca_file.empty() ? SSL_CTX_set_default_verify_paths(context) == 1
                                              : SSL_CTX_load_verify_file(context, options.ca_file.c_str()) == 1;
  if (!trusts) return absl::InvalidArgumentError(absl::StrCat(options.ca_file, " holds no authorities: ", LastError()));
  if (options.cert_file.empty()) return tls;
  const std::string& key = options.key_file.empty() ? options.cert_file : options.key_file;
  if (SSL_CTX_use_certificate_chain_file(context, options.cert_file.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.cert_file, " and ", key, " are no certificate and its key: ", LastError()));
  }
  return tls;
}

bool Peer::Tls::WaitAfter(int result, absl::Time deadline) {
  switch (SSL_get_error(connection_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return WaitFor(SSL_get_fd(connection_.get()), POLLIN, deadline);
    case SSL_ERROR_WANT_WRITE:
      return WaitFor(SSL_get_fd(connection_.get()), POLLOUT, deadline);
    default:
      return false;
  }
}

absl::Status Peer::Tls::Trouble(const char* what) const {
  const long verified = SSL_get_verify_result(connection_.get());
  return absl::UnavailableError(
      absl::StrCat(what, ": ", verified == X509_V_OK ? LastError() : X509_verify_cert_error_string(verified)));
}

absl::Status Peer::Tls::Start(int fd, const std::string& host, absl::Time deadline) {
  ERR_clear_error();
  connection_.reset(SSL_new(context_.get()));
  SSL* const connection = connection_.get();
  if (connection == nullptr || SSL_set_fd(connection, fd) != 1) return absl::ResourceExhaustedError(LastError());
  const bool named = IsAddress(host) ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str()) == 1
                                     : SSL_set1_host(connection, host.c_str()) == 1 &&
                                           SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                                                    const_cast<char*>(host.c_str())) == 1;
  if (!named) return absl::UnavailableError(absl::StrCat(host, " cannot be looked for in a certificate"));
  for (;;) {
    const int result = SSL_connect(connection);
    if (result == 1) return absl::OkStatus();
    if (!WaitAfter(result, deadline)) return Trouble("TLS could not be agreed on");
  }
}

absl::Status Peer::Tls::Write(std::string_view bytes, absl::Time deadline) {
  ERR_clear_error();
  while (!bytes.empty()) {
    const int written = SSL_write(connection_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (written > 0) {
      bytes.remove_prefix(static_cast<size_t>(written));
    } else if (!WaitAfter(written, deadline)) {
      return Trouble("nothing more could be sent");
    }
  }
  return absl::OkStatus();
}

bool Peer::Tls::Alive() {
  ERR_clear_error();
  std::array<char, 4096> thrown_away{};
  for (;;) {
    const int got = SSL_read(connection_.get(), thrown_away.data(), static_cast<int>(thrown_away.size()));
    if (got > 0) continue;
    const int error = SSL_get_error(connection_.get(), got);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
  }
}

void Peer::Tls::End() {
  if (connection_ != nullptr && SSL_is_init_finished(connection_.get()) == 1) SSL_shutdown(connection_.get());
  connection_.reset();
  ERR_clear_error();
}

}  // namespace wirewatch::alerts
