#include "wirewatch/alerts/snippet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

v1::Span At(v1::Part part, std::string_view text, std::string_view word) {
  v1::Span span;
  span.set_part(part);
  span.set_begin(static_cast<uint32_t>(text.find(word)));
  span.set_end(span.begin() + static_cast<uint32_t>(word.size()));
  return span;
}
Spans List(const std::vector<v1::Span>& spans) { return Spans(spans.begin(), spans.end()); }

std::vector<std::string> Marked(const Snippet& snippet) {
  std::vector<std::string> words;
  for (const v1::Span& span : snippet.highlights) {
    words.push_back(snippet.text.substr(span.begin(), span.end() - span.begin()));
  }
  return words;
}

Snippet Cut(const v1::Item& item, const Spans& matches, size_t most = kLongestSnippet) {
  return CutSnippet(item, ChooseSnippet(item, matches, most), matches);
}

std::string Words(int from, int to) {
  std::string text;
  for (int i = from; i < to; ++i) text += "word" + std::to_string(i) + " ";
  return text;
}

size_t Chars(std::string_view text) {
  size_t chars = 0;
  for (const char c : text) chars += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return chars;
}

TEST(Snippet, ShortTextIsShownWhole) {
  v1::Item item;
  item.set_body("KFOR clashed with protesters.");
  const Spans matches = List({At(v1::PART_BODY, item.body(), "KFOR"), At(v1::PART_BODY, item.body(), "clashed")});
  const Snippet snippet = Cut(item, matches);
  EXPECT_EQ(snippet.text, "KFOR clashed with protesters.");
  EXPECT_THAT(Marked(snippet), ElementsAre("KFOR", "clashed"));
}

TEST(Snippet, IsCutAtWordsAroundTheMatchWithEllipses) {
  v1::Item item;
  item.set_body(Words(0, 100) + "needle " + Words(100, 200));
  const Snippet snippet = Cut(item, List({At(v1::PART_BODY, item.body(), "needle")}));
  EXPECT_THAT(snippet.text, StartsWith("…word"));
  EXPECT_THAT(snippet.text, Not(EndsWith(" …")));
  EXPECT_THAT(snippet.text, EndsWith("…"));
  EXPECT_THAT(snippet.text, HasSubstr("word99 needle word100"));
  EXPECT_LE(Chars(snippet.text), kSnippetChars + 2);
  EXPECT_GE(Chars(snippet.text), kSnippetChars - 20);
  EXPECT_THAT(Marked(snippet), ElementsAre("needle"));
}

std::string Sentence(int number, size_t words) {
  std::string text = "Sentence" + std::to_string(number);
  for (size_t i = 1; i < words; ++i) text += " word";
  return text + ". ";
}

TEST(Snippet, IsMadeOfWholeSentencesThoseAfterTheMatchFirst) {
  v1::Item item;
  std::string body;
  for (int i = 0; i < 20; ++i) body += i == 10 ? "The U.S. needle was found. " : Sentence(i, 10);
  item.set_body(body);
  const Snippet snippet = Cut(item, List({At(v1::PART_BODY, body, "needle")}));
  EXPECT_THAT(snippet.text, StartsWith("…The U.S. needle was found. Sentence11 word"));
  EXPECT_THAT(snippet.text, EndsWith("Sentence13 word word word word word word word word word.…"));
}

TEST(Snippet, SentencesBeforeTheMatchFillWhatIsLeft) {
  v1::Item item;
  item.set_body(Sentence(1, 12) + Sentence(2, 12) + "A needle was found at last.");
  EXPECT_THAT(Cut(item, List({At(v1::PART_BODY, item.body(), "needle")})).text, StartsWith("Sentence1 "));
  item.set_body(Sentence(1, 25) + Sentence(2, 12) + "A needle was found at last.");
  EXPECT_THAT(Cut(item, List({At(v1::PART_BODY, item.body(), "needle")})).text, StartsWith("…Sentence2 "));
}

TEST(Snippet, ALongSentenceIsShownWholeAndALongerOneFromItsBeginning) {
  v1::Item item;
  item.set_body(Sentence(1, 30) + "Found was a needle" + Words(0, 29) + "end. " + Sentence(3, 30));
  const Spans in_long = List({At(v1::PART_BODY, item.body(), "needle")});
  EXPECT_THAT(Cut(item, in_long).text, StartsWith("…Found was a needle"));
  EXPECT_THAT(Cut(item, in_long).text, EndsWith("end.…"));
  item.set_body(Sentence(1, 30) + "Found was a needle" + Words(0, 100) + "end. " + Sentence(3, 30));
  const Spans in_longer = List({At(v1::PART_BODY, item.body(), "needle")});
  EXPECT_THAT(Cut(item, in_longer).text, StartsWith("…Found was a needle"));
  EXPECT_LE(Chars(Cut(item, in_longer).text), kSnippetChars + 2);
}

TEST(Snippet, ASentenceThatReachesFartherThanIsLookedIsCutAtWords) {
  v1::Item item;
  item.set_body("One. " + Words(0, 3000) + "needle " + Words(3000, 6000) + ". Two.");
  const Snippet snippet = Cut(item, List({At(v1::PART_BODY, item.body(), "needle")}));
  EXPECT_THAT(snippet.text, StartsWith("…word29"));
  EXPECT_THAT(Marked(snippet), ElementsAre("needle"));
  EXPECT_LE(Chars(snippet.text), kSnippetChars + 2);
}

TEST(Snippet, NeverExceedsWhatIsAllowed) {
  v1::Item item;
  item.set_body(Sentence(1, 3) + "Found was a needle" + Words(0, 9) + "end. " + Sentence(3, 30));
  const Spans matches = List({At(v1::PART_BODY, item.body(), "needle")});
  for (const size_t most : {1, 10, 40, 90, 120, 250}) {
    const v1::Span stretch = ChooseSnippet(item, matches, most);
    EXPECT_LE(stretch.end() - stretch.begin(), std::max<size_t>(most, 6)) << most;  // a match is not cut
  }
}

TEST(Snippet, WithoutMatchTheFirstSentencesOfTheBody) {
  v1::Item item;
  item.set_body("\n  " + Sentence(1, 10) + Sentence(2, 10) + Sentence(3, 60));
  EXPECT_THAT(Cut(item, {}).text, StartsWith("Sentence1 "));
  EXPECT_THAT(Cut(item, {}).text, EndsWith("Sentence2 word word word word word word word word word.…"));
}

TEST(Snippet, UsesTheRoomOfTheOtherSideAtTheEdges) {
  v1::Item item;
  item.set_body("needle " + Words(0, 100));
  EXPECT_GE(Chars(Cut(item, List({At(v1::PART_BODY, item.body(), "needle")})).text), kSnippetChars - 20);
  item.set_body(Words(0, 100) + "needle");
  EXPECT_GE(Chars(Cut(item, List({At(v1::PART_BODY, item.body(), "needle")})).text), kSnippetChars - 20);
}

TEST(Snippet, PrefersTheBodyToTheHeadline) {
  v1::Item item;
  item.set_headline("Clash at the bridge");
  item.set_body("A clash was reported.");
  const Spans matches =
      List({At(v1::PART_HEADLINE, item.headline(), "Clash"), At(v1::PART_BODY, item.body(), "clash")});
  EXPECT_EQ(Cut(item, matches).text, "A clash was reported.");
  EXPECT_EQ(Cut(item, List({matches[0]})).text, "Clash at the bridge");
}

TEST(Snippet, TakesInNeighbouringMatchesAndLeavesFarOnes) {
  v1::Item item;
  item.set_body(Words(0, 50) + "first " + Words(50, 55) + "second " + Words(60, 160) + "third");
  const Spans matches = List({At(v1::PART_BODY, item.body(), "first"), At(v1::PART_BODY, item.body(), "second"),
                              At(v1::PART_BODY, item.body(), "third")});
  EXPECT_THAT(Marked(Cut(item, matches)), ElementsAre("first", "second"));
}

TEST(Snippet, OneLineWithOffsetsThatFit) {
  v1::Item item;
  item.set_body("One.\n\n\tTwo\x01\r\n  needle\x7f end");
  const Snippet snippet = Cut(item, List({At(v1::PART_BODY, item.body(), "needle")}));
  EXPECT_EQ(snippet.text, "One. Two needle end");
  EXPECT_THAT(Marked(snippet), ElementsAre("needle"));
}

TEST(Snippet, OverlappingMatchesAreOneHighlight) {
  v1::Item item;
  item.set_body("the Kosovo Force moved");
  const Spans matches = List({At(v1::PART_BODY, item.body(), "Kosovo Force"), At(v1::PART_BODY, item.body(), "Force"),
                              At(v1::PART_BODY, item.body(), "moved")});
  EXPECT_THAT(Marked(Cut(item, matches)), ElementsAre("Kosovo Force", "moved"));
}

TEST(Snippet, ScriptsWithoutSpacesAreCutBetweenCharacters) {
  v1::Item item;
  std::string body;
  for (int i = 0; i < 300; ++i) body += "日";
  item.set_body(body + "針" + body);
  const Snippet snippet = Cut(item, List({At(v1::PART_BODY, item.body(), "針")}));
  EXPECT_EQ(Chars(snippet.text), kSnippetChars + 2);
  EXPECT_THAT(Marked(snippet), ElementsAre("針"));
}

TEST(Snippet, WordsOfMoreThanTheLimitAreCut) {
  v1::Item item;
  item.set_body(std::string(5000, 'a'));
  v1::Span all;
  all.set_part(v1::PART_BODY);
  all.set_end(5000);
  EXPECT_EQ(Cut(item, List({all})).text, std::string(kSnippetChars, 'a') + "…");
}

TEST(Snippet, UnusableSpansAreIgnored) {
  v1::Item item;
  item.set_body("äöü plain text");
  std::vector<v1::Span> wild(4);
  wild[0].set_part(v1::PART_BODY), wild[0].set_begin(5), wild[0].set_end(4000);  // past the end
  wild[1].set_part(v1::PART_BODY), wild[1].set_begin(1), wild[1].set_end(3);     // inside a character
  wild[2].set_part(v1::PART_CAPTION), wild[2].set_part_index(7), wild[2].set_end(1);
  wild[3].set_part(v1::PART_BODY), wild[3].set_begin(9), wild[3].set_end(7);  // backwards
  for (const v1::Span& span : wild) EXPECT_THAT(SpanText(item, span), IsEmpty());
  EXPECT_EQ(Cut(item, List({wild[0], wild[2], wild[3]})).text, "äöü plain text");
  EXPECT_EQ(Cut(v1::Item(), List(wild)).text, "");
}

TEST(Snippet, CaptionsAndTranslationsAreParts) {
  v1::Item item;
  item.add_media();
  item.add_media()->set_caption("A picture of the bridge");
  item.add_texts()->set_text("Le pont");
  v1::Span caption = At(v1::PART_CAPTION, item.media(1).caption(), "bridge");
  caption.set_part_index(1);
  EXPECT_EQ(SpanText(item, caption), "bridge");
  EXPECT_EQ(Cut(item, List({caption})).text, "A picture of the bridge");
  EXPECT_EQ(SpanText(item, At(v1::PART_TEXT, "Le pont", "pont")), "pont");
}

}  // namespace
}  // namespace wirewatch::alerts
