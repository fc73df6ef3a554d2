#include "wirewatch/sdk/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class LogTest : public ::testing::Test {
 protected:
  ~LogTest() override { ConfigureLog(LogLevel::kWarning, LogFormat::kText); }

  static std::string Written(LogFormat format, const Log& log, std::string_view message, LogFields fields = {}) {
    ConfigureLog(LogLevel::kInfo, format);
    ::testing::internal::CaptureStderr();
    log.Info(message, fields);
    return ::testing::internal::GetCapturedStderr();
  }
  static google::protobuf::Struct Parsed(const std::string& line) {
    google::protobuf::Struct parsed;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(line, &parsed).ok()) << line;
    return parsed;
  }
};

TEST_F(LogTest, JsonLineHasItsParts) {
  const std::string line = Written(LogFormat::kJson, Log("desk/watch"), "It failed.", {{"error", "no"}, {"time", "x"}});
  const google::protobuf::Struct parsed = Parsed(line);
  EXPECT_EQ(parsed.fields().at("level").string_value(), "info");
  EXPECT_EQ(parsed.fields().at("pipeline").string_value(), "desk");
  EXPECT_EQ(parsed.fields().at("step").string_value(), "watch");
  EXPECT_EQ(parsed.fields().at("message").string_value(), "It failed.");
  EXPECT_EQ(parsed.fields().at("fields").struct_value().fields().at("error").string_value(), "no");
  EXPECT_THAT(parsed.fields().at("time").string_value(), Not("x"));
  EXPECT_EQ(Parsed(Written(LogFormat::kJson, Log("store"), "x")).fields().at("context").string_value(), "store");
}

TEST_F(LogTest, HostileTextStaysInsideItsField) {
  const std::string hostile = "a\"b\\c\n{\x1b[2J\xc2\x9b\x7f\xff\xed\xa0\x80%v%s";
  const std::string line = Written(LogFormat::kJson, Log(hostile), hostile, {{hostile, hostile}});
  const google::protobuf::Struct parsed = Parsed(line);
  EXPECT_EQ(parsed.fields().at("message").string_value(), text::RepairUtf8(hostile));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  for (const LogFormat format : {LogFormat::kJson, LogFormat::kText}) {
    const std::string written = Written(format, Log("p/s"), hostile, {{hostile, hostile}});
    EXPECT_THAT(written, Not(HasSubstr("\x1b")));
    EXPECT_THAT(written, Not(HasSubstr("\xc2\x9b")));
    EXPECT_TRUE(text::IsValidUtf8(written));
    EXPECT_EQ(written.find('\n'), written.size() - 1);
  }
}

TEST_F(LogTest, LevelsBelowAreNotWritten) {
  ConfigureLog(LogLevel::kError, LogFormat::kText);
  ::testing::internal::CaptureStderr();
  Log("x").Warning("not this");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), IsEmpty());
}

}  // namespace
}  // namespace wirewatch
