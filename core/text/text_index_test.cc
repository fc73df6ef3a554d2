#include "wirewatch/text/text_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wirewatch/text/text_fixture.h"

namespace wirewatch::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TextIndex, HoldsAllPartsInOrder) {
  v1::Item item;
  item.set_headline("Head");
  item.set_subheadline("Sub");
  item.set_body("Body");
  item.add_media()->set_caption("");
  item.add_media()->set_caption("Second caption");
  TextIndex index;
  index.Build(item);
  std::vector<v1::Part> parts;
  for (const PartIndex& part : index.parts()) parts.push_back(part.part);
  EXPECT_THAT(parts, ElementsAre(v1::PART_HEADLINE, v1::PART_SUBHEADLINE, v1::PART_BODY, v1::PART_CAPTION));
  ASSERT_NE(index.Find(v1::PART_CAPTION, 1), nullptr);
  EXPECT_EQ(index.Find(v1::PART_CAPTION, 1)->text, "Second caption");
  EXPECT_EQ(index.Find(v1::PART_CAPTION, 0), nullptr);
  EXPECT_EQ(index.Find(v1::PART_LEAD), nullptr);
}

TEST(TextIndex, ListsOccurrencesInOrder) {
  v1::Item item;
  item.set_headline("KFOR");
  item.set_body("The KFOR's KFOR.");
  TextIndex index;
  index.Build(item);
  std::vector<std::pair<uint32_t, uint32_t>> found;
  for (const TokenRef& ref : index.Occurrences(index.Lookup("kfor"))) {
    found.emplace_back(ref.part, index.parts()[ref.part].tokens[ref.token].position);
  }
  EXPECT_THAT(found, ElementsAre(std::pair(0U, 0U), std::pair(1U, 1U), std::pair(1U, 2U)));
  EXPECT_EQ(index.Lookup("absent"), kNoTerm);
  EXPECT_THAT(index.Occurrences(kNoTerm), IsEmpty());
}

TEST(TextIndex, EmptyItemsAndItemsWithoutWords) {
  TextIndex index;
  EXPECT_THAT(index.parts(), IsEmpty());
  EXPECT_EQ(index.Lookup("x"), kNoTerm);
  index.Build(v1::Item());
  EXPECT_THAT(index.parts(), IsEmpty());
  EXPECT_EQ(index.term_count(), 0U);
  const v1::Item marks = ItemWithBody(" ... \n\n -- ");
  index.Build(marks);
  EXPECT_EQ(index.parts()[0].positions, 0U);
}

TEST(TextIndex, DatelinesAreNotSearched) {
  v1::Item item = ItemWithBody("BELGRADE, June 23. /TASS/. Serbia said no.");
  item.mutable_dateline()->set_body_begin(27);
  TextIndex index;
  index.Build(item);
  EXPECT_THAT(TokensOf(index), ElementsAre("0:belgrade!", "1:june!", "2:23!", "3:tass!", "4:serbia", "5:said", "6:no"));
  EXPECT_EQ(index.parts()[0].text_begin, 27U);
}

TEST(TextIndex, HeadlineRepeatedAtTheTopOfTheBodyCountsOnce) {
  v1::Item item = ItemWithBody("Clashes in Zvečan\n\nPolice clashed in Zvecan.");
  item.set_headline("CLASHES IN ZVECAN");
  TextIndex index;
  index.Build(item);
  EXPECT_THAT(TokensOf(index),
              ElementsAre("0:clashes!", "1:in!", "2:zvecan!", "3:police", "4:clashed", "5:in", "6:zvecan"));
  EXPECT_EQ(item.body().substr(index.Find(v1::PART_BODY)->text_begin, 6), "Police");
}

TEST(TextIndex, BodyThatOnlyGoesOnLikeItsHeadlineIsSearched) {
  v1::Item item = ItemWithBody("Clashes in Zvecan went on.\n\nMore.");
  item.set_headline("Clashes in Zvecan");
  TextIndex index;
  index.Build(item);
  EXPECT_THAT(TokensOf(index), ElementsAre("0:clashes", "1:in", "2:zvecan", "3:went", "4:on", "5:more"));
}

TEST(TextIndex, SectionsCoverAllTokens) {
  const v1::Item item = ItemWithBody("One two. Three's four-five!\n\nSix.");
  TextIndex index;
  index.Build(item);
  const PartIndex& body = index.parts()[0];
  ASSERT_EQ(body.sentences.size(), 3U);
  ASSERT_EQ(body.paragraphs.size(), 2U);
  EXPECT_EQ(body.sentences[1].first_token, body.sentences[0].last_token);
  EXPECT_EQ(body.sentences[2].last_token, body.tokens.size());
  for (const Token& token : body.tokens) {
    const Section& sentence = body.sentences[token.sentence];
    EXPECT_LE(sentence.begin, token.begin);
    EXPECT_LE(token.end, sentence.end);
    EXPECT_EQ(token.paragraph, token.sentence == 2 ? 1U : 0U);
  }
}

TEST(TextIndex, RebuildingKeepsMemory) {
  const v1::Item large = ItemWithBody(std::string(20000, 'x') + " KFOR said, again and again, that it's there. ");
  const v1::Item small = ItemWithBody("Another one.");
  TextIndex index;
  index.Build(large);
  index.Build(small);
  const size_t bytes = index.Bytes();
  for (int i = 0; i < 3; ++i) {
    index.Build(large);
    index.Build(small);
  }
  EXPECT_EQ(index.Bytes(), bytes);
  EXPECT_THAT(TokensOf(index), ElementsAre("0:another", "1:one"));
}

}  // namespace
}  // namespace wirewatch::text
