#include "wirewatch/service/json_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/protobuf/util/message_differencer.h"
#include "wirewatch/v1/alert_service.pb.h"

namespace wirewatch::service {
namespace {

using ::testing::HasSubstr;

template <class Request>
absl::StatusOr<Request> Read(std::string_view verb, std::string_view path, std::string_view query,
                             std::string_view body) {
  std::vector<std::string> allowed;
  const auto matched = MatchJsonRoute(verb, path, allowed);
  if (!matched) return absl::NotFoundError(std::string(path));
  auto read = ReadJsonRequest(*matched, query, body);
  if (!read.ok()) return read.status();
  return dynamic_cast<const Request&>(**read);
}

TEST(JsonMessage, TheQueryStringSetsFields) {
  const auto request = Read<v1::ListAlertsRequest>(
      "GET", "/v1/alerts",
      "filter.watch_ids=a&filter.watch_ids=b+c&filter.least_severity=SEVERITY_HIGH&filter.labels=desk%3Dforeign"
      "&filter.include_test=true&page_size=7&",
      "");
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->page_size(), 7u);
  EXPECT_EQ(request->filter().watch_ids(1), "b c");
  EXPECT_EQ(request->filter().least_severity(), v1::SEVERITY_HIGH);
  EXPECT_EQ(request->filter().labels(0).name(), "desk");
  EXPECT_EQ(request->filter().labels(0).value(), "foreign");
  EXPECT_TRUE(request->filter().include_test());
}

TEST(JsonMessage, TimesDurationsAndLongNumbersAreRead) {
  const auto request =
      Read<v1::SubscribeRequest>("GET", "/v1/alerts/events", "after_sequence=18446744073709551615&heartbeat=2.5s", "");
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->after_sequence(), 18446744073709551615u);
  EXPECT_EQ(request->heartbeat().nanos(), 500'000'000);
  const auto since = Read<v1::HandoverRequest>("GET", "/v1/handover", "since=2031-05-04T08:00:00%2B02:00", "");
  ASSERT_TRUE(since.ok()) << since.status();
  EXPECT_EQ(since->since().seconds(), 1935640800);
}

TEST(JsonMessage, ABodyMayBeOneFieldAndThePathGoesLast) {
  const auto silence = Read<v1::SilenceRequest>("POST", "/v1/silences", "", R"({"reason": "an exercise"})");
  ASSERT_TRUE(silence.ok()) << silence.status();
  EXPECT_EQ(silence->silence().reason(), "an exercise");
  const auto note = Read<v1::NoteRequest>("POST", "/v1/alerts/abcd/note", "", R"({"text": "x", "alert_id": "other"})");
  ASSERT_TRUE(note.ok()) << note.status();
  EXPECT_EQ(note->alert_id(), "abcd");
  EXPECT_EQ(note->text(), "x");
}

TEST(JsonMessage, WhatIsWrongIsNamed) {
  const auto error = [](std::string_view query) {
    return std::string(Read<v1::ListAlertsRequest>("GET", "/v1/alerts", query, "").status().message());
  };
  EXPECT_THAT(error("filter.watch=a"), HasSubstr("there is no parameter filter.watch"));
  EXPECT_THAT(error("page_size=-1"), HasSubstr("page_size is \"-1\"; it takes a whole number"));
  EXPECT_THAT(error("filter.least_severity=high"), HasSubstr("a value of Severity"));
  EXPECT_THAT(error("filter.labels=desk"), HasSubstr("it takes name=value"));
  EXPECT_THAT(error("filter.labels.name=desk"), HasSubstr("there is no parameter"));
  EXPECT_THAT(error("filter=x"), HasSubstr("cannot be set"));
  EXPECT_THAT(error("page_token=%ff"), HasSubstr("is not encoded"));
  EXPECT_THAT(Read<v1::NoteRequest>("POST", "/v1/alerts/a/note", "", R"({"txt": "x"})").status().message(),
              HasSubstr("txt"));
  EXPECT_THAT(Read<v1::ListAlertsRequest>("GET", "/v1/alerts", "", "{}").status().message(), HasSubstr("no body"));
  EXPECT_THAT(Read<v1::NoteRequest>("POST", "/v1/alerts/a/note", "", std::string(5000, '[')).status().message(),
              HasSubstr("NoteRequest"));
}

TEST(JsonMessage, ErrorsHaveTheFormOfGoogleApis) {
  EXPECT_EQ(JsonError({grpc::StatusCode::NOT_FOUND, "no \"x\""}),
            R"({"error":{"code":404,"status":"NOT_FOUND","message":"no \"x\""}})");
  EXPECT_EQ(HttpStatusOf(grpc::StatusCode::UNAUTHENTICATED), 401);
  EXPECT_EQ(HttpStatusOf(grpc::StatusCode::RESOURCE_EXHAUSTED), 429);
}

}  // namespace
}  // namespace wirewatch::service
