#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "wirewatch/v1/item.pb.h"
#include "wirewatch/watch/c/watch_c_fixture.h"

namespace wirewatch::watch::c {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ItemInCTest : public ::testing::Test {
 protected:
  std::string Put(const char* field, const std::string& value) {
    wirewatch_watch_error* error = nullptr;
    wirewatch_watch_item_put(item_.get(), field, value.data(), value.size(), &error);
    return Told(error);
  }
  bool Hits(const char* query) {
    EXPECT_EQ(Set(engine_, "w", query), "") << query;
    return !Match(matcher_, item_).empty();
  }

  const Held<wirewatch_watch_engine> engine_ = NewEngine();
  const Held<wirewatch_watch_matcher> matcher_ = NewMatcher(engine_);
  const Held<wirewatch_watch_item> item_{wirewatch_watch_item_create()};
};

TEST_F(ItemInCTest, EachFieldIsFoundByItsName) {
  const std::pair<const char*, const char*> fields[] = {
      {"headline", "alpha"}, {"subheadline", "alpha"}, {"lead", "alpha"},          {"body", "alpha"},
      {"caption", "alpha"},  {"author", "alpha"},      {"agency", "alpha"},        {"outlet", "alpha"},
      {"topic", "alpha"},    {"genre", "alpha"},       {"located", "alpha"},       {"region", "alpha"},
      {"type", "alpha"},     {"link", "alpha"},        {"url", "alpha"},           {"language", "de"},
      {"country", "xk"},     {"domain", "a.org"},      {"published", "2026-06-13"}};
  for (const auto& [field, value] : fields) {
    wirewatch_watch_item_clear(item_.get());
    const std::string query = std::string(field) + ":" + value;
    EXPECT_FALSE(Hits(query.c_str())) << query;
    EXPECT_EQ(Put(field, value), "") << query;
    EXPECT_TRUE(Hits(query.c_str())) << query;
  }
}

TEST_F(ItemInCTest, OneValueIsReplacedAndOthersAreAdded) {
  for (const char* value : {"one", "two"}) {
    EXPECT_EQ(Put("author", value), "");
    EXPECT_EQ(Put("genre", value), "");
    EXPECT_EQ(Put("caption", value), "");
  }
  EXPECT_FALSE(Hits("author:one"));
  EXPECT_TRUE(Hits("author:two AND genre:one AND genre:two"));
  size_t size = 0;
  EXPECT_STREQ(wirewatch_watch_item_get(item_.get(), "caption", 1, &size), "two");
  EXPECT_EQ(size, 3U);
  EXPECT_EQ(wirewatch_watch_item_get(item_.get(), "caption", 2, &size), nullptr);
}

TEST_F(ItemInCTest, WrongValuesAreRefused) {
  EXPECT_THAT(Put("colour", "red"), HasSubstr("no value can be put into a field \"colour\""));
  EXPECT_THAT(Put("quote", "red"), HasSubstr("JSON or protobuf"));
  EXPECT_THAT(Put("published", "yesterday"), HasSubstr("2026-06-13"));
  EXPECT_EQ(Put("body", "KFOR"), "");
  EXPECT_THAT(Put("body", "a\xc4 b"), HasSubstr("INVALID_UTF8 body 1:"));
  EXPECT_STREQ(wirewatch_watch_item_get(item_.get(), "body", 0, nullptr), "KFOR");
  wirewatch_watch_item_set_repairs(item_.get(), 1);
  EXPECT_EQ(Put("body", "a\xc4 b"), "");
  EXPECT_STREQ(wirewatch_watch_item_get(item_.get(), "body", 0, nullptr), "a\uFFFD b");
}

TEST_F(ItemInCTest, AnItemComesAsJsonAndAsProtobuf) {
  const std::string json =
      R"({"body": "He said: KFOR left.", "quotes": [{"span": {"part": "PART_BODY", "begin": 9, "end": 18}}]})";
  EXPECT_EQ(wirewatch_watch_item_parse_json(item_.get(), json.data(), json.size(), nullptr), WIREWATCH_WATCH_OK);
  EXPECT_TRUE(Hits("body:kfor"));
  v1::Item message;
  message.set_headline("Meldora");
  const std::string bytes = message.SerializeAsString();
  EXPECT_EQ(wirewatch_watch_item_parse_protobuf(item_.get(), bytes.data(), bytes.size(), nullptr), WIREWATCH_WATCH_OK);
  EXPECT_TRUE(Hits("headline:meldora"));
  EXPECT_FALSE(Hits("body:kfor"));

  wirewatch_watch_error* error = nullptr;
  EXPECT_EQ(wirewatch_watch_item_parse_json(item_.get(), "{\"boddy\": 1}", WIREWATCH_WATCH_NUL, &error),
            WIREWATCH_WATCH_INVALID_ITEM);
  EXPECT_THAT(Told(error), HasSubstr("boddy"));
  EXPECT_EQ(wirewatch_watch_item_parse_protobuf(item_.get(), "\xff\xff", 2, nullptr), WIREWATCH_WATCH_INVALID_ITEM);
  EXPECT_TRUE(Hits("headline:meldora"));
}

TEST_F(ItemInCTest, SpansOfAChangedWatchAreThoseOfToday) {
  EXPECT_EQ(Put("body", "one two one"), "");
  EXPECT_TRUE(Hits("one"));
  size_t count = 0;
  const auto find = [&] { return wirewatch_watch_matcher_find_spans(matcher_.get(), "w", &count, nullptr, nullptr); };
  EXPECT_EQ(find(), WIREWATCH_WATCH_OK);
  EXPECT_EQ(count, 2U);
  EXPECT_EQ(Set(engine_, "w", "two NEAR/3 one"), "");
  EXPECT_EQ(find(), WIREWATCH_WATCH_OK);
  EXPECT_EQ(count, 3U);
  EXPECT_EQ(Set(engine_, "w", "three"), "");
  EXPECT_EQ(find(), WIREWATCH_WATCH_OK);
  EXPECT_EQ(count, 0U);
  EXPECT_EQ(wirewatch_watch_engine_remove(engine_.get(), "w", nullptr), WIREWATCH_WATCH_OK);
  EXPECT_EQ(find(), WIREWATCH_WATCH_NOT_FOUND);
}

TEST_F(ItemInCTest, AMissIsExplained) {
  EXPECT_EQ(Set(engine_, "w", "one AND NOT two"), "");
  EXPECT_EQ(Set(engine_, "quoted", "quote:one"), "");
  EXPECT_THAT(Match(matcher_, "one two"), IsEmpty());
  for (const auto& [id, truth] : {std::pair("w", WIREWATCH_WATCH_MISS), std::pair("quoted", WIREWATCH_WATCH_UNKNOWN)}) {
    wirewatch_watch_explanation* explanation = nullptr;
    EXPECT_EQ(wirewatch_watch_matcher_explain(matcher_.get(), id, &explanation, nullptr), WIREWATCH_WATCH_OK);
    const Held<wirewatch_watch_explanation> held(explanation);
    EXPECT_EQ(wirewatch_watch_explanation_truth(explanation), truth) << id;
    EXPECT_STRNE(wirewatch_watch_explanation_summary(explanation), "");
  }
}

TEST_F(ItemInCTest, NothingIsKnownBeforeAMatchNorAfterClear) {
  size_t count = 0;
  EXPECT_EQ(wirewatch_watch_matcher_find_spans(matcher_.get(), "w", &count, nullptr, nullptr),
            WIREWATCH_WATCH_INVALID_ARGUMENT);
  EXPECT_EQ(Set(engine_, "w", "one"), "");
  EXPECT_THAT(Match(matcher_, "one"), ElementsAre("w"));
  wirewatch_watch_matcher_clear(matcher_.get());
  EXPECT_THAT(HitsOf(matcher_), IsEmpty());
  EXPECT_THAT(Match(matcher_, "one"), ElementsAre("w"));
  EXPECT_EQ(wirewatch_watch_match_text(matcher_.get(), "\xff", 1, nullptr), WIREWATCH_WATCH_INVALID_UTF8);
  EXPECT_THAT(HitsOf(matcher_), IsEmpty());
}

}  // namespace
}  // namespace wirewatch::watch::c
