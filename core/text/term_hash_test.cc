#include "wirewatch/text/term_hash.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include "wirewatch/text/text_fixture.h"

namespace wirewatch::text {
namespace {

// Forms that are alike: short words, numbers, words that differ in one letter, in length or only in the middle.
std::vector<std::string> Forms() {
  std::vector<std::string> forms;
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) {
      for (char c = 'a'; c <= 'z'; ++c) forms.push_back({a, b, c});
      for (const char* rest : {"", "ation", "nternational", "ultra-long-form-of-more-than-thirty-two-bytes"}) {
        forms.push_back(std::string({a, b}) + rest);
        if (*rest != 0) forms.push_back(std::string(rest) + a + b);
        if (*rest != 0) forms.push_back(std::string(rest) + a + rest + b + rest);
      }
    }
  }
  for (int number = 0; number < 50000; ++number) forms.push_back(std::to_string(number));
  for (size_t length = 1; length < 200; ++length) forms.push_back(std::string(length, '!'));
  forms.emplace_back();
  return forms;
}

TEST(TermHash, DiffersForForms) {
  const std::vector<std::string> forms = Forms();
  std::unordered_set<uint64_t> hashes;
  for (const std::string& form : forms) hashes.insert(HashTerm(form));
  EXPECT_EQ(hashes.size(), std::unordered_set<std::string>(forms.begin(), forms.end()).size());
}

// Over 256 slots the squared deviation, in units of its expectation, has mean 255 and standard deviation 22.6.
TEST(TermHash, SpreadsFormsByAnyEightBits) {
  const std::vector<std::string> forms = Forms();
  for (int shift = 0; shift <= 56; ++shift) {
    std::vector<double> count(256);
    for (const std::string& form : forms) count[HashTerm(form) >> shift & 0xFF] += 1;
    const double expected = static_cast<double>(forms.size()) / 256;
    double deviation = 0;
    for (const double n : count) deviation += (n - expected) * (n - expected) / expected;
    EXPECT_LT(deviation, 255 + 6 * 22.6) << "bits from " << shift;
  }
}

// One bit changed anywhere in a form changes each bit of the hash about half of the time.
TEST(TermHash, EachBitOfAFormTurnsHalfOfTheHash) {
  std::mt19937_64 random(4);
  for (const size_t length : {1U, 2U, 3U, 4U, 5U, 7U, 8U, 9U, 13U, 16U, 17U, 31U, 40U}) {
    for (size_t bit = 0; bit < length * 8; ++bit) {
      std::vector<int> turned(64);
      constexpr int kTries = 400;
      for (int i = 0; i < kTries; ++i) {
        std::string form(length, '\0');
        for (char& c : form) c = static_cast<char>(random());
        const uint64_t before = HashTerm(form);
        form[bit / 8] = static_cast<char>(form[bit / 8] ^ (1 << bit % 8));
        for (uint64_t changed = before ^ HashTerm(form); changed != 0; changed &= changed - 1) {
          ++turned[static_cast<size_t>(std::countr_zero(changed))];
        }
      }
      for (int out = 0; out < 64; ++out) {
        EXPECT_NEAR(turned[static_cast<size_t>(out)], kTries / 2, kTries / 4)
            << "length " << length << " bit " << bit << " to " << out;
      }
    }
  }
}

// Stored hashes must stay valid: these values may change only together with the formats that hold them.
TEST(TermHash, IsTheSameInEveryProcess) {
  EXPECT_EQ(HashTerm(""), 0x3B6C84EC66CCE41AULL);
  EXPECT_EQ(HashTerm("kfor"), 0x1113A53534112D7CULL);
  EXPECT_EQ(HashTerm("municipalities"), 0x54C99023B2C1E67CULL);
  EXPECT_EQ(HashTerm("a form that is longer than sixteen bytes"), 0xDD3FE20C298A19EDULL);
}

TEST(TermHash, ReadsNothingBehindTheForm) {
  for (size_t length = 0; length < 50; ++length) {
    const std::string exact(length, 'x');
    const std::string longer = exact + "yz";
    EXPECT_EQ(HashTerm(std::string_view(longer).substr(0, length)), HashTerm(exact));
  }
}

TEST(TermHash, IndexKeepsTheHashOfEachTerm) {
  const v1::Item item = ItemWithBody("The U.S. force's well-known 1,244 plates, #Kosovo, 北京 и Вучић.");
  TextIndex index;
  index.Build(item);
  ASSERT_GT(index.term_count(), 10U);
  for (TermId term = 0; term < index.term_count(); ++term) {
    EXPECT_EQ(index.TermHash(term), TextIndex::HashOf(index.Term(term))) << index.Term(term);
  }
}

// Words chosen so that the upper or the lower bits of their hashes agree still take different slots.
TEST(TermHash, ChosenWordsSpreadOverSlots) {
  for (const int shift : {0, 52}) {
    std::unordered_set<uint64_t> slots;
    int words = 0;
    for (int i = 0; words < 1000; ++i) {
      const uint64_t hash = HashTerm("w" + std::to_string(i));
      if ((hash >> shift & 0xFFF) != 0) continue;
      ++words;
      slots.insert(hash * SlotSecret() >> 53);
    }
    EXPECT_GT(slots.size(), 600U) << shift;  // 790 of 2048 are expected
  }
}

}  // namespace
}  // namespace wirewatch::text
