#include "wirewatch/service/json_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/protobuf/descriptor.h"
#include "wirewatch/v1/alert_service.pb.h"
#include "wirewatch/v1/host_service.pb.h"
#include "wirewatch/v1/ingest_service.pb.h"
#include "wirewatch/v1/watch_service.pb.h"

namespace wirewatch::service {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// So that the pool of descriptors has them.
[[maybe_unused]] const google::protobuf::Descriptor* const kUsed[] = {
    v1::SubscribeRequest::descriptor(), v1::GetHostRequest::descriptor(), v1::IngestRequest::descriptor(),
    v1::ListWatchesRequest::descriptor()};

std::string MethodOf(std::string_view verb, std::string_view path) {
  std::vector<std::string> allowed;
  const auto matched = MatchJsonRoute(verb, path, allowed);
  return matched ? std::string(matched->route->method) : "";
}

TEST(JsonRoutes, EveryRouteIsAMethodAndItsFieldsAreThere) {
  for (const JsonRoute& route : JsonRoutes()) {
    const auto* const method =
        google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(std::string(route.method));
    ASSERT_NE(method, nullptr) << route.method;
    EXPECT_EQ(route.streams, method->server_streaming()) << route.method;
    EXPECT_FALSE(method->client_streaming()) << route.method;
    if (!route.body.empty() && route.body != "*") {
      EXPECT_NE(method->input_type()->FindFieldByName(std::string(route.body)), nullptr) << route.method;
    }
    std::vector<std::string> allowed;
    std::string path(route.path);
    for (size_t open = 0; (open = path.find('{')) != std::string::npos;) {
      path.replace(open, path.find('}') - open + 1, "x");
    }
    const auto matched = MatchJsonRoute(route.verb, path, allowed);
    ASSERT_TRUE(matched) << route.path;
    EXPECT_EQ(matched->route->method, route.method) << "another route takes " << path;
  }
}

TEST(JsonRoutes, EveryMethodOfAlertServiceHasARoute) {
  const auto* const service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("wirewatch.v1.AlertService");
  for (int i = 0; i < service->method_count(); ++i) {
    const bool found = std::any_of(JsonRoutes().begin(), JsonRoutes().end(), [&](const JsonRoute& route) {
      return route.method == service->method(i)->full_name();
    });
    EXPECT_TRUE(found) << service->method(i)->full_name();
  }
}

TEST(JsonRoutes, WordsGoBeforeVariables) {
  EXPECT_EQ(MethodOf("GET", "/v1/alerts/events"), "wirewatch.v1.AlertService.Subscribe");
  EXPECT_EQ(MethodOf("GET", "/v1/alerts/e7"), "wirewatch.v1.AlertService.Get");
  EXPECT_EQ(MethodOf("GET", "/v1/alerts"), "wirewatch.v1.AlertService.List");
}

TEST(JsonRoutes, VariablesAreDecodedOnceAndOfOneSegment) {
  std::vector<std::string> allowed;
  const auto matched = MatchJsonRoute("PUT", "/v1/watches/a%2Fb%25c", allowed);
  ASSERT_TRUE(matched);
  EXPECT_THAT(matched->variables, ElementsAre(Pair("watch.id", "a/b%c")));
  EXPECT_EQ(MethodOf("GET", "/v1/alerts/"), "");
  EXPECT_EQ(MethodOf("GET", "/v1/alerts/a/b"), "");
  EXPECT_EQ(MethodOf("GET", "/v1/alerts/%zz"), "");
  EXPECT_EQ(MethodOf("GET", "/v1/alerts/%ff"), "");
  EXPECT_EQ(MethodOf("GET", "/v1/alerts/%4"), "");
  EXPECT_EQ(MethodOf("GET", "/v1/" + std::string(10000, '/')), "");
}

TEST(JsonRoutes, AnotherVerbIsToldWhichThereAre) {
  std::vector<std::string> allowed;
  EXPECT_FALSE(MatchJsonRoute("PATCH", "/v1/silences", allowed));
  EXPECT_THAT(allowed, ElementsAre("GET", "POST"));
  allowed.clear();
  EXPECT_FALSE(MatchJsonRoute("GET", "/v1/nothing", allowed));
  EXPECT_THAT(allowed, IsEmpty());
}

}  // namespace
}  // namespace wirewatch::service
