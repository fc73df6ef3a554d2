#include "wirewatch/http/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::http {
namespace {

constexpr Address kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kMappedBits = 96;

Address Mapped(const uint8_t* ipv4) {
  Address address = kMapped;
  std::copy_n(ipv4, 4, address.begin() + 12);
  return address;
}

std::vector<Network> Networks(std::initializer_list<const char*> texts) {
  std::vector<Network> networks;
  for (const char* text : texts) networks.push_back(Network::Parse(text).value());
  return networks;
}

bool AnyContains(const std::vector<Network>& networks, const Address& address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const Network& network) { return network.Contains(address); });
}

}  // namespace

absl::StatusOr<Network> Network::Parse(std::string_view written) {
  const std::string text(written);
  const size_t slash = text.find('/');
  const std::string base = text.substr(0, slash);
  Network network;
  int bits = 128;
  uint8_t ipv4[4];
  if (inet_pton(AF_INET, base.c_str(), ipv4) == 1) {
    network.address_ = Mapped(ipv4);
    bits = 32;
  } else if (inet_pton(AF_INET6, base.c_str(), network.address_.data()) != 1) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not a network such as 10.0.0.0/8 or fd00::/8"));
  }
  int prefix = bits;
  if (slash != std::string::npos &&
      (!absl::SimpleAtoi(text.substr(slash + 1), &prefix) || prefix < 0 || prefix > bits)) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\": the prefix length must lie in 0 to ", bits));
  }
  network.prefix_ = prefix + 128 - bits;
  for (int bit = network.prefix_; bit < 128; ++bit) {
    if ((network.address_[static_cast<size_t>(bit / 8)] >> (7 - bit % 8) & 1) != 0)
      return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" has bits set behind its prefix"));
  }
  return network;
}

bool Network::Contains(const Address& address) const {
  const auto whole = static_cast<size_t>(prefix_ / 8);
  if (std::memcmp(address_.data(), address.data(), whole) != 0) return false;
  const int rest = prefix_ % 8;
  return rest == 0 || ((address_[whole] ^ address[whole]) >> (8 - rest)) == 0;
}

absl::StatusOr<Address> AddressOf(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in ipv4;
    std::memcpy(&ipv4, &address, sizeof ipv4);
    uint8_t bytes[4];
    std::memcpy(bytes, &ipv4.sin_addr, sizeof bytes);
    return Mapped(bytes);
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 ipv6;
    std::memcpy(&ipv6, &address, sizeof ipv6);
    Address bytes;
    std::memcpy(bytes.data(), &ipv6.sin6_addr, bytes.size());
    return bytes;
  }
  return absl::InvalidArgumentError("neither an IPv4 nor an IPv6 address");
}

std::string AddressText(const Address& address) {
  static const Network mapped = Network::Parse("::ffff:0:0/96").value();
  char text[INET6_ADDRSTRLEN] = "";
  if (mapped.Contains(address)) {
    inet_ntop(AF_INET, address.data() + kMappedBits / 8, text, sizeof text);
  } else {
    inet_ntop(AF_INET6, address.data(), text, sizeof text);
  }
  return text;
}

bool IsPublic(const Address& address) {
  static const std::vector<Network> closed_ipv4 =
      Networks({"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
                "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
                "203.0.113.0/24", "224.0.0.0/3"});
  static const std::vector<Network> closed_ipv6 = Networks({"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"});
  static const Network mapped = Network::Parse("::ffff:0:0/96").value();
  static const Network nat64 = Network::Parse("64:ff9b::/96").value();
  static const Network global = Network::Parse("2000::/3").value();
  if (mapped.Contains(address)) return !AnyContains(closed_ipv4, address);
  if (nat64.Contains(address)) return IsPublic(Mapped(address.data() + kMappedBits / 8));
  return global.Contains(address) && !AnyContains(closed_ipv6, address);
}

}  // namespace wirewatch::http
