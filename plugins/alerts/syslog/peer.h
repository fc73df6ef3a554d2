// Peer: where syslog messages go to, over UDP (RFC 5426), TCP with octet counting (RFC 6587, 3.4.1), TLS (RFC 5425) or
// a Unix datagram socket. It connects when something is to be sent, and again after the connection broke.
//
// None of these protocols answers. Over TCP and TLS Settle() knows that the other machine has received every byte, not
// that the other program has read it. SIGPIPE must be ignored. Used by one thread.
#ifndef WIREWATCH_PLUGINS_ALERTS_SYSLOG_PEER_H_
#define WIREWATCH_PLUGINS_ALERTS_SYSLOG_PEER_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace wirewatch::alerts {

struct PeerAddress {
  enum class Transport { kUdp, kTcp, kTls, kUnix };
  Transport transport = Transport::kUnix;
  std::string host;  // a name or an address; for kUnix the path
  std::string port;

  // "udp://HOST:PORT", "tcp://…", "tls://…" (ports 514, 514 and 6514 unless given), "unix:/PATH". InvalidArgument.
  static absl::StatusOr<PeerAddress> Parse(const std::string& text);
  bool stream() const { return transport == Transport::kTcp || transport == Transport::kTls; }
};

struct PeerOptions {
  PeerAddress address;
  absl::Duration timeout = absl::Seconds(10);  // to connect, and to send one message
  std::string ca_file;                         // PEM; empty: the system's authorities
  std::string cert_file, key_file;             // the client's, PEM; empty: none
};

class Peer {
 public:
  // InvalidArgument when a file of the certificates cannot be used.
  static absl::StatusOr<std::unique_ptr<Peer>> Create(PeerOptions options);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // Unavailable, or DeadlineExceeded: the message was not sent as a whole, and what was sent before may be lost.
  absl::Status Send(std::string_view message);
  // Waits until what was sent has been received, as far as the protocol tells. On failure, Unavailable: some of what
  // was sent since the last Settle() may be lost.
  absl::Status Settle();

 private:
  class Tls;
  explicit Peer(PeerOptions options);

  absl::Status Connect(absl::Time deadline);
  absl::Status SendStream(std::string_view bytes, absl::Time deadline);
  absl::Status SendDatagram(std::string_view bytes);
  // What the other side sends is read and thrown away; false when it has closed the connection or broken it.
  bool Alive();
  void Close();
  absl::Status Trouble(std::string_view what) const;  // errno's

  const PeerOptions options_;
  std::unique_ptr<Tls> tls_;  // for kTls
  int fd_ = -1;
  bool unsettled_ = false;  // something was sent since the last Settle()
  bool lost_ = false;       // and may be lost
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_PLUGINS_ALERTS_SYSLOG_PEER_H_
