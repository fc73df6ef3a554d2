#include "wirewatch/service/alert_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/protobuf/text_format.h"

namespace wirewatch::service {
namespace {

using ::testing::HasSubstr;

template <class Message>
Message Of(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

bool Lets(const std::string& filter, const std::string& event, const std::string& pipeline = "desk") {
  const auto compiled = AlertFilter::Compile(Of<v1::AlertFilter>(filter), AlertFilter::Use::kEvents);
  EXPECT_TRUE(compiled.ok()) << compiled.status();
  return compiled->Lets(Of<v1::AlertEvent>(event), pipeline);
}

constexpr char kEvent[] =
    "type: ALERT_EVENT_TYPE_RAISED alert { pipeline: 'desk' severity: SEVERITY_HIGH watch_ids: ['fires', 'floods'] "
    "group { name: 'watch' value: 'floods' } group { name: 'place' value: '' } }";

TEST(AlertFilter, EmptyFieldsDoNotRestrict) { EXPECT_TRUE(Lets("", kEvent)); }

TEST(AlertFilter, EachFieldRestricts) {
  EXPECT_TRUE(Lets("pipelines: ['x', 'desk']", kEvent));
  EXPECT_FALSE(Lets("pipelines: ['x']", kEvent));
  EXPECT_TRUE(Lets("watch_ids: ['x', 'floods']", kEvent));
  EXPECT_FALSE(Lets("watch_ids: ['flood']", kEvent));
  EXPECT_TRUE(Lets("labels { name: 'watch' value: 'floods' } labels { name: 'place' value: '' }", kEvent));
  EXPECT_FALSE(Lets("labels { name: 'watch' value: 'floods' } labels { name: 'place' value: 'x' }", kEvent));
  EXPECT_FALSE(Lets("labels { name: 'other' value: '' }", kEvent));
  EXPECT_TRUE(Lets("least_severity: SEVERITY_HIGH", kEvent));
  EXPECT_FALSE(Lets("least_severity: SEVERITY_CRITICAL", kEvent));
  EXPECT_TRUE(Lets("types: [ALERT_EVENT_TYPE_CLOSED, ALERT_EVENT_TYPE_RAISED]", kEvent));
  EXPECT_FALSE(Lets("types: [ALERT_EVENT_TYPE_CLOSED]", kEvent));
  EXPECT_FALSE(Lets("pipelines: ['desk'] least_severity: SEVERITY_CRITICAL", kEvent)) << "all that are set must hold";
}

TEST(AlertFilter, UnsetSeverityIsMedium) {
  EXPECT_TRUE(Lets("least_severity: SEVERITY_MEDIUM", "type: ALERT_EVENT_TYPE_RAISED alert {}"));
  EXPECT_FALSE(Lets("least_severity: SEVERITY_HIGH", "type: ALERT_EVENT_TYPE_RAISED alert {}"));
}

TEST(AlertFilter, TestsAndSilencedEventsComeOnRequest) {
  constexpr char kTest[] = "type: ALERT_EVENT_TYPE_RAISED alert { test: true }";
  EXPECT_FALSE(Lets("", kTest));
  EXPECT_TRUE(Lets("include_test: true", kTest));
  constexpr char kSilenced[] = "type: ALERT_EVENT_TYPE_RAISED silenced_by: 's' alert {}";
  EXPECT_FALSE(Lets("", kSilenced));
  EXPECT_TRUE(Lets("include_silenced: true", kSilenced));
  EXPECT_TRUE(Lets("", "type: ALERT_EVENT_TYPE_UPDATED alert { silenced_by: 's' }"))
      << "a correction passes a silence that the Alert is under";
}

TEST(AlertFilter, EventsAboutSilencesComeWhenNamed) {
  constexpr char kMade[] = "type: ALERT_EVENT_TYPE_SILENCE_MADE silence { id: 's' }";
  EXPECT_FALSE(Lets("", kMade));
  EXPECT_TRUE(Lets("types: [ALERT_EVENT_TYPE_SILENCE_MADE]", kMade));
  EXPECT_FALSE(Lets("types: [ALERT_EVENT_TYPE_SILENCE_MADE] pipelines: ['x']", kMade));
  EXPECT_FALSE(Lets("types: [ALERT_EVENT_TYPE_SILENCE_MADE] watch_ids: ['x']", kMade));
}

TEST(AlertFilter, WhatCannotBeMeantIsRefused) {
  const auto error = [](const v1::AlertFilter& filter) {
    const auto compiled = AlertFilter::Compile(filter, AlertFilter::Use::kEvents);
    EXPECT_TRUE(absl::IsInvalidArgument(compiled.status())) << compiled.status();
    return std::string(compiled.status().message());
  };
  EXPECT_THAT(error(Of<v1::AlertFilter>("query: 'a AND'")), HasSubstr("filter.query: 1:"));
  v1::AlertFilter many;
  for (int i = 0; i <= AlertFilter::kMostValues; ++i) many.add_watch_ids("w");
  EXPECT_THAT(error(many), HasSubstr("filter.watch_ids: there are 1001 values"));
  v1::AlertFilter longer;
  longer.set_query(std::string(AlertFilter::kLongestQuery + 1, ' '));
  EXPECT_THAT(error(longer), HasSubstr("longer"));
}

}  // namespace
}  // namespace wirewatch::service
