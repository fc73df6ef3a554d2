// Peer::Tls: the TLS side of a connection (RFC 5425), over OpenSSL on a socket that does not block. For peer.cc alone.
#ifndef WIREWATCH_PLUGINS_ALERTS_SYSLOG_TLS_H_
#define WIREWATCH_PLUGINS_ALERTS_SYSLOG_TLS_H_

#include <openssl/ssl.h>

#include <memory>
#include <string_view>

#include "peer.h"

namespace wirewatch::alerts {

// Waits for the socket; false when `deadline` comes first.
bool WaitFor(int fd, short events, absl::Time deadline);

class Peer::Tls {
 public:
  static absl::StatusOr<std::unique_ptr<Tls>> Create(const PeerOptions& options);

  // Shakes hands and checks that the certificate is the host's.
  absl::Status Start(int fd, const std::string& host, absl::Time deadline);
  absl::Status Write(std::string_view bytes, absl::Time deadline);
  // As Peer::Alive().
  bool Alive();
  // Says good-bye, without waiting.
  void End();

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* connection) const { SSL_free(connection); }
  };
  explicit Tls(SSL_CTX* context) : context_(context) {}
  // False when what OpenSSL waits for does not come in time or it has failed.
  bool WaitAfter(int result, absl::Time deadline);
  absl::Status Trouble(const char* what) const;

  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> connection_;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_PLUGINS_ALERTS_SYSLOG_TLS_H_
