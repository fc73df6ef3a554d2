#include "wirewatch/service/listen_address.h"

#include <arpa/inet.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::service {

std::string ListenAddress::ToString() const {
  const bool v6 = ip.find(':') != std::string::npos;
  return absl::StrCat(v6 ? absl::StrCat("[", ip, "]") : ip, ":", port);
}

absl::StatusOr<ListenAddress> ParseListenAddress(const std::string& text) {
  const size_t colon = text.rfind(':');
  std::string ip = colon == std::string::npos ? "" : text.substr(0, colon);
  const bool bracketed = ip.size() > 2 && ip.front() == '[' && ip.back() == ']';
  if (bracketed) ip = ip.substr(1, ip.size() - 2);
  if (ip.empty() || ip == "localhost") ip = "127.0.0.1";
  uint32_t port = 0;
  in_addr v4{};
  in6_addr v6{};
  const bool is_v4 = inet_pton(AF_INET, ip.c_str(), &v4) == 1;
  const bool is_v6 = !is_v4 && inet_pton(AF_INET6, ip.c_str(), &v6) == 1;
  const bool is_port = absl::SimpleAtoi(colon == std::string::npos ? text : text.substr(colon + 1), &port);
  if ((!is_v4 && !is_v6) || (is_v6 && !bracketed) || !is_port || port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text, "\" is no address to listen on; write one as 127.0.0.1:9464, [::1]:9464 or a port alone"));
  }
  const bool loopback = is_v4 ? (ntohl(v4.s_addr) >> 24) == 127 : IN6_IS_ADDR_LOOPBACK(&v6);
  return ListenAddress{ip, static_cast<uint16_t>(port), loopback};
}

}  // namespace wirewatch::service
