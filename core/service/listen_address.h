// Where a server listens, as people write it. Pure.
#ifndef WIREWATCH_SERVICE_LISTEN_ADDRESS_H_
#define WIREWATCH_SERVICE_LISTEN_ADDRESS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace wirewatch::service {

struct ListenAddress {
  std::string ip;  // IPv4 or IPv6
  uint16_t port = 0;
  bool loopback = false;  // nobody on another machine can reach it

  // "127.0.0.1:9464", "[::1]:9464"
  std::string ToString() const;
};

// "127.0.0.1:9464", "[::1]:9464", "localhost:9464" or a port alone, which is on loopback; port 0 takes any free one.
// InvalidArgument for anything else, host names among it.
absl::StatusOr<ListenAddress> ParseListenAddress(const std::string& text);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_LISTEN_ADDRESS_H_
