#include "wirewatch/sdk/document.h"

#include <gtest/gtest.h>

#include <string>

#include "wirewatch/text/text_index.h"
#include "wirewatch/watch/view.h"

namespace wirewatch {
namespace {

TEST(Document, TokenisesOnceForAllSteps) {
  v1::Item item;
  item.set_body("one two");
  Document document;
  document.Reset(&item, "", 1, absl::UnixEpoch());
  const text::TextIndex& first = document.Text();
  EXPECT_EQ(first.term_count(), 2U);
  item.set_body("one two three");
  EXPECT_EQ(&document.Text(), &first);
  EXPECT_EQ(&document.View().text(), &first);
  EXPECT_EQ(document.Text().term_count(), 2U) << "was indexed again though nobody said that the text has changed";
  document.TextChanged();
  EXPECT_EQ(document.Text().term_count(), 3U);
}

TEST(Document, AnotherItemHasItsOwnTokens) {
  v1::Item one;
  one.set_body("one");
  v1::Item two;
  two.set_body("two");
  Document document;
  document.Reset(&one, "", 1, absl::UnixEpoch());
  EXPECT_NE(document.Text().Lookup("one"), text::kNoTerm);
  document.Reset(&two, "", 2, absl::UnixEpoch());
  EXPECT_EQ(document.Text().Lookup("one"), text::kNoTerm);
  EXPECT_NE(document.Text().Lookup("two"), text::kNoTerm);
}

// The byte budget counts what documents hold: nothing before anyone asks for tokens, nothing after they are given back.
TEST(Document, HoldsBytesOnlyWhileItHasTokens) {
  v1::Item item;
  item.set_body(std::string(100000, 'x') + " and more");
  Document document;
  document.Reset(&item, "", 1, absl::UnixEpoch());
  EXPECT_EQ(document.HeldBytes(), 0U);
  EXPECT_EQ(document.Text().term_count(), 3U);
  EXPECT_GT(document.HeldBytes(), 100000U);
  document.Clear();
  EXPECT_EQ(document.HeldBytes(), 0U);
}

// What it keeps between Items of a usual size is bounded, and counted.
TEST(Document, KeepsMemoryForTheNextItemUpToALimit) {
  v1::Item item;
  for (int i = 0; i < 100; ++i) item.mutable_body()->append("KFOR and the police of Zvečan. ");
  Document document;
  document.Reset(&item, "", 1, absl::UnixEpoch());
  EXPECT_NE(document.Text().Lookup("kfor"), text::kNoTerm);
  const size_t bytes = document.HeldBytes();
  document.Clear();
  EXPECT_EQ(document.HeldBytes(), bytes);
  EXPECT_LE(document.HeldBytes(), Document::kKeptBytes);
}

}  // namespace
}  // namespace wirewatch
