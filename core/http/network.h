// Networks and which addresses belong to the public Internet: what keeps a fetch that outsiders can steer (a redirect,
// a name that resolves to another address each time) away from the inside. Pure values and functions, any thread.
#ifndef WIREWATCH_HTTP_NETWORK_H_
#define WIREWATCH_HTTP_NETWORK_H_

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace wirewatch::http {

// An IPv6 address; IPv4 as ::ffff:a.b.c.d.
using Address = std::array<uint8_t, 16>;

// A block of addresses, IPv4 or IPv6.
class Network {
 public:
  // "10.0.0.0/8", "fd00::/8", "192.0.2.7". Bits behind the prefix must be zero.
  static absl::StatusOr<Network> Parse(std::string_view text);
  bool Contains(const Address& address) const;

 private:
  Address address_{};
  int prefix_ = 128;
};

// InvalidArgument when it is neither IPv4 nor IPv6.
absl::StatusOr<Address> AddressOf(const sockaddr& address);
std::string AddressText(const Address& address);

// False for everything that IANA's special-purpose registries (RFC 6890) keep from the public Internet: loopback,
// private, link-local, shared, documentation, multicast, and what only wraps such an IPv4 address (mapped, NAT64).
// Tunnels that carry an IPv4 address of the sender's choice (6to4, Teredo) are not public either.
bool IsPublic(const Address& address);

}  // namespace wirewatch::http

#endif  // WIREWATCH_HTTP_NETWORK_H_
