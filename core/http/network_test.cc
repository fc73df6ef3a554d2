#include "wirewatch/http/network.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

namespace wirewatch::http {
namespace {

Address Of(const char* text) {
  sockaddr_in ipv4{};
  sockaddr_in6 ipv6{};
  if (inet_pton(AF_INET, text, &ipv4.sin_addr) == 1) {
    ipv4.sin_family = AF_INET;
    return AddressOf(reinterpret_cast<const sockaddr&>(ipv4)).value();
  }
  EXPECT_EQ(inet_pton(AF_INET6, text, &ipv6.sin6_addr), 1) << text;
  ipv6.sin6_family = AF_INET6;
  return AddressOf(reinterpret_cast<const sockaddr&>(ipv6)).value();
}

TEST(NetworkTest, PublicAddressesArePublic) {
  for (const char* text : {"1.1.1.1", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "100.128.0.0",
                           "223.255.255.255", "2606:4700::1111", "2a00::1", "::ffff:8.8.8.8", "64:ff9b::808:808"})
    EXPECT_TRUE(IsPublic(Of(text))) << text;
}

TEST(NetworkTest, WhatIsInsideIsNot) {
  for (const char* text : {"127.0.0.1",
                           "127.255.0.9",
                           "10.1.2.3",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.0.1",
                           "169.254.169.254",
                           "0.0.0.0",
                           "100.64.0.1",
                           "224.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "fe80::1",
                           "fc00::1",
                           "fd12::1",
                           "ff02::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "::127.0.0.1",
                           "64:ff9b::7f00:1",
                           "64:ff9b:1::1",
                           "2002:7f00:1::",
                           "2001:0:1::1",
                           "2001:db8::1"})
    EXPECT_FALSE(IsPublic(Of(text))) << text;
}

TEST(NetworkTest, ContainsByPrefix) {
  const Network network = Network::Parse("10.16.0.0/12").value();
  EXPECT_TRUE(network.Contains(Of("10.31.255.255")));
  EXPECT_FALSE(network.Contains(Of("10.32.0.0")));
  EXPECT_FALSE(network.Contains(Of("fd00::1")));
  EXPECT_TRUE(network.Contains(Of("::ffff:10.16.0.1")));
  EXPECT_TRUE(Network::Parse("fd00::/8").value().Contains(Of("fdff::1")));
  EXPECT_TRUE(Network::Parse("127.0.0.1").value().Contains(Of("127.0.0.1")));
  EXPECT_FALSE(Network::Parse("127.0.0.1").value().Contains(Of("127.0.0.2")));
}

TEST(NetworkTest, MistakesAreTold) {
  for (const char* text :
       {"", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "10.0.0.1/8", "fd00::/129", "/8"})
    EXPECT_FALSE(Network::Parse(text).ok()) << text;
}

TEST(NetworkTest, AddressesAsText) {
  EXPECT_EQ(AddressText(Of("192.0.2.1")), "192.0.2.1");
  EXPECT_EQ(AddressText(Of("fd00::1")), "fd00::1");
}

}  // namespace
}  // namespace wirewatch::http
