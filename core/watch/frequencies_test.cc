#include "wirewatch/watch/frequencies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

void Add(Frequencies& frequencies, const std::string& body) {
  const v1::Item item = BodyItem(body);
  text::TextIndex index;
  index.Build(item);
  frequencies.Add(index);
}

TEST(FrequenciesTest, AnItemCountsOnceForAWordHoweverOftenItHasIt) {
  Frequencies frequencies;
  Add(frequencies, "KFOR, kfor and Kfor");
  Add(frequencies, "Zvečan and KFOR");
  EXPECT_EQ(frequencies.items(), 2u);
  EXPECT_EQ(frequencies.ItemsWith("kfor").least, 2u);
  EXPECT_EQ(frequencies.ItemsWith("kfor").most, 2u);
  EXPECT_EQ(frequencies.ItemsWith("zvecan").most, 1u);
  EXPECT_EQ(frequencies.ItemsWith("unmik").most, 0u);
  EXPECT_EQ(frequencies.MostWithShape("zve*"), 1u);
  EXPECT_EQ(frequencies.Commonest(1)[0], (std::pair<std::string, uint64_t>{"and", 2}));
  EXPECT_EQ(frequencies.error(), 0u);
}

// Items of words by Zipf's law; what was counted in them by a map beside the table.
struct Measured {
  explicit Measured(size_t capacity) : frequencies(capacity) {}
  void AddItems(int count, uint32_t seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> uniform(0, 1);
    for (int i = 0; i < count; ++i) {
      std::set<std::string> words;
      std::string body;
      while (words.size() < 30) {
        const auto rank = static_cast<int>(std::exp(uniform(random) * std::log(20'000.0)));
        words.insert("w" + std::to_string(rank));
      }
      for (const std::string& word : words) {
        body += word + " ";
        ++truth[word];
        ++total;
      }
      Add(frequencies, body);
    }
  }
  void ExpectWithinBounds() const {
    for (const auto& [word, count] : truth) {
      const Bounds<uint64_t> bounds = frequencies.ItemsWith(word);
      ASSERT_LE(bounds.least, count) << word;
      ASSERT_GE(bounds.most, count) << word;
    }
  }
  Frequencies frequencies;
  std::map<std::string, uint64_t> truth;
  uint64_t total = 0;
};

TEST(FrequenciesTest, ASmallTableErrsWithinItsBounds) {
  Measured measured(500);
  measured.AddItems(3000, 1);
  EXPECT_LE(measured.frequencies.size(), 500u);
  EXPECT_GT(measured.frequencies.error(), 0u);
  EXPECT_LE(measured.frequencies.error(), 2 * measured.total / 500);
  measured.ExpectWithinBounds();
}

TEST(FrequenciesTest, MergedTablesKeepTheirBounds) {
  Measured one(500), other(500);
  one.AddItems(1500, 2);
  other.AddItems(1500, 3);
  one.frequencies.Merge(other.frequencies);
  for (const auto& [word, count] : other.truth) one.truth[word] += count;
  EXPECT_EQ(one.frequencies.items(), 3000u);
  EXPECT_LE(one.frequencies.size(), 500u);
  EXPECT_LE(one.frequencies.error(), 2 * (one.total + other.total) / 500);
  one.ExpectWithinBounds();
}

TEST(FrequenciesTest, ReadsBackWhatItWrote) {
  Measured measured(500);
  measured.AddItems(200, 4);
  const std::string text = measured.frequencies.Serialize();
  const absl::StatusOr<Frequencies> read = Frequencies::Parse(text);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->Serialize(), text);
  EXPECT_EQ(read->error(), measured.frequencies.error());
}

TEST(FrequenciesTest, RefusesWhatIsNoTable) {
  const std::string head = "wirewatch-frequencies 1\ncapacity\t10\nitems\t5\nerror\t0\n";
  EXPECT_TRUE(Frequencies::Parse(head + "kfor\t5\n").ok());
  for (const std::string& text :
       {std::string(), std::string("wirewatch-frequencies 2\n"), head.substr(0, 40), head + "kfor\n",
        head + "kfor\t0\n", head + "kfor\t6\n", head + "kfor\t1\nkfor\t1\n", head + "\t1\n",
        std::string("wirewatch-frequencies 1\ncapacity\t99999999999\nitems\t5\nerror\t0\n")}) {
    EXPECT_FALSE(Frequencies::Parse(text).ok()) << text;
  }
  EXPECT_EQ(Frequencies::Parse(head + "kfor\t6\n").status().message(),
            "line 5: a word stands in more Items than there are, or in none");
}

// Values of a table of Wilson intervals, worked out by hand.
TEST(FrequenciesTest, SharesHaveAnInterval) {
  const Bounds<double> some = ShareOf(10, 100);
  EXPECT_NEAR(some.least, 0.0552, 0.0001);
  EXPECT_NEAR(some.most, 0.1744, 0.0001);
  const Bounds<double> none = ShareOf(0, 100);
  EXPECT_EQ(none.least, 0);
  EXPECT_NEAR(none.most, 0.0370, 0.0001);
  EXPECT_EQ(ShareOf(3, 3).most, 1);
  EXPECT_NEAR(ShareOf(3, 3).least, 0.4385, 0.0001);
}

}  // namespace
}  // namespace wirewatch::watch
