// Clauses over what steps have found: quotes, entities, places, events, tones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "wirewatch/watch/engine.h"
#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr v1::Truth kTrue = v1::TRUTH_TRUE, kFalse = v1::TRUTH_FALSE, kUnknown = v1::TRUTH_UNKNOWN;

struct Case {
  const char* query;
  v1::Truth truth;
};

template <size_t n>
void Check(const v1::Item& item, const Case (&cases)[n]) {
  for (const Case& c : cases) EXPECT_EQ(Evaluate(c.query, item), c.truth) << c.query;
}

// The first place of `text` in the body.
v1::Span SpanOf(const v1::Item& item, std::string_view text) {
  v1::Span span;
  const size_t begin = item.body().find(text);
  EXPECT_NE(begin, std::string::npos) << text;
  span.set_part(v1::PART_BODY);
  span.set_begin(static_cast<uint32_t>(begin));
  span.set_end(static_cast<uint32_t>(begin + text.size()));
  return span;
}

v1::Quote& AddQuote(v1::Item& item, std::string_view speaker, std::initializer_list<std::string_view> content,
                    v1::QuoteKind kind = v1::QUOTE_KIND_DIRECT) {
  v1::Quote& quote = *item.add_quotes();
  if (!speaker.empty()) *quote.mutable_speaker() = SpanOf(item, speaker);
  for (const std::string_view said : content) *quote.add_content() = SpanOf(item, said);
  quote.set_kind(kind);
  return quote;
}

v1::Entity& AddEntity(v1::Item& item, std::string_view mention, const std::string& type, const std::string& name,
                      const std::string& uri = "") {
  v1::Entity& entity = *item.add_entities();
  *entity.mutable_span() = SpanOf(item, mention);
  entity.set_type(type);
  entity.set_name(name);
  entity.set_uri(uri);
  return entity;
}

v1::Item Story() {
  v1::Item item = BodyItem(
      "“KFOR must leave,” the ambassador said, “at once.” Later Hovenier added that talks went on.\n\n"
      "The mayor called it “a clear provocation” by KFOR. Police said nothing.");
  AddQuote(item, "the ambassador", {"KFOR must leave", "at once"}).set_speaker_entity("http://x.org/e/Q7");
  AddQuote(item, "Hovenier", {"talks went on"}, v1::QUOTE_KIND_INDIRECT).set_speaker_entity("Jeffrey Hovenier");
  AddQuote(item, "The mayor", {"it “a clear provocation” by KFOR"}, v1::QUOTE_KIND_MIXED);
  AddEntity(item, "Hovenier", "person", "Jeffrey Hovenier", "http://x.org/e/Q7");
  AddEntity(item, "KFOR", "organisation", "Kosovo Force", "http://x.org/e/Q8");
  AddEntity(item, "Police", "organisation", "");
  return item;
}

TEST(AnnotationsTest, WhatNoStepHasLookedForIsUnknown) {
  v1::Item item = BodyItem("KFOR said that it would stay.");
  const char* const queries[] = {"quote:kfor",     "quote.direct:kfor", "unquoted:kfor", "speaker:kfor",
                                 "SAID(quote:a)",  "entity:kfor",       "person:a",      "org:a",
                                 "place:a",        "place-within:XK",   "event:a",       "actor:a",
                                 "target:a",       "tone:negative",     "tone<=0",       "loaded:a",
                                 "NOT quote:kfor", "kfor AND quote:a",  "located:a",     "agency:a",
                                 "topic:a",        "quote:(NOT a)",     "LEAD(quote:a)", "SAID(NOT quote:a)"};
  for (const char* query : queries) EXPECT_EQ(Evaluate(query, item), kUnknown) << query;
  EXPECT_EQ(Evaluate("unmik AND quote:kfor", item), kFalse);
  EXPECT_EQ(Evaluate("kfor OR quote:kfor", item), kTrue);
  for (const char* made : {"quotes", "entities", "places", "events", "tones", "loaded", "dateline", "topics"})
    item.mutable_provenance()->add_produced(made);
  for (const char* query : queries) {
    const bool negated = std::string_view(query).starts_with("NOT") || std::string_view(query) == "unquoted:kfor";
    EXPECT_EQ(Evaluate(query, item), negated ? kTrue : kFalse) << query;
  }
}

TEST(AnnotationsTest, OneQuoteSatisfiesAGroup) {
  Check(Story(), {{"quote:kfor", kTrue},
                  {"quote:police", kFalse},
                  {"quote:(kfor AND talks)", kFalse},
                  {"quote:kfor AND quote:talks", kTrue},
                  {"quote:(kfor AND once)", kTrue},
                  {"quote:(\"leave at\")", kFalse},       // the cue stands between
                  {"quote:(leave NEAR/3 once)", kFalse},  // and counts
                  {"quote:(leave NEAR/4 once)", kTrue},
                  {"quote:(kfor NEAR/99 talks)", kFalse},
                  {"quote:(kfor NOT leave)", kTrue},
                  {"quote:(talks NOT went)", kFalse},
                  {"NOT quote:police", kTrue},
                  {"quote:(said OR ambassador)", kFalse},
                  {"quote:kfor SENT mayor", kTrue},
                  {"quote:kfor SENT police", kFalse},
                  {"LEAD(quote:talks)", kTrue},
                  {"LEAD(quote:provocation)", kFalse},
                  {"LEAD(quote:(NOT kfor))", kTrue},
                  {"FIRST/3(quote:(NOT kfor))", kFalse}});
}

TEST(AnnotationsTest, DirectSpeechStandsBetweenMarks) {
  Check(Story(), {{"quote.direct:leave", kTrue},
                  {"quote.direct:talks", kFalse},
                  {"quote.direct:provocation", kTrue},
                  {"quote.direct:(provocation AND kfor)", kFalse},
                  {"quote:(provocation AND kfor)", kTrue}});
}

TEST(AnnotationsTest, NothingReachesOverWhatWasCutOut) {
  Check(Story(), {{"unquoted:kfor", kFalse},
                  {"unquoted:ambassador", kTrue},
                  {"unquoted:(ambassador AND police)", kTrue},
                  {"unquoted:(said NEAR/9 later)", kFalse},
                  {"said NEAR/9 later", kTrue},
                  {"unquoted:(ambassador NEAR/1 said)", kTrue},
                  {"unquoted:\"said later\"~9", kFalse},
                  {"unquoted:\"said ambassador\"~9", kTrue},
                  {"unquoted:(called SENT mayor)", kTrue},
                  {"unquoted:(said NOTNEAR/9 later)", kTrue},
                  {"unquoted:(ambassador NOTNEAR/9 said)", kFalse},
                  {"unquoted:(ATLEAST/2(said))", kTrue}});
}

TEST(AnnotationsTest, ContinuedParagraphsAreOneQuote) {
  v1::Item item = BodyItem("He said: “KFOR came.\n\n“They provoked us.” She said: “No.”");
  AddQuote(item, "He", {"KFOR came."});
  AddQuote(item, "", {"They provoked us."}).set_continues(true);
  AddQuote(item, "She", {"No."});
  Check(item, {{"quote:(kfor AND provoked)", kTrue},
               {"quote:(came ONEAR/0 they)", kTrue},
               {"SAID(speaker:he quote:provoked)", kTrue},
               {"quote:(provoked AND no)", kFalse}});
}

TEST(AnnotationsTest, NestedSpeechBelongsToItsInnermostSpeaker) {
  v1::Item item = BodyItem("Ann told us that Bob had shouted “KFOR lied” at Cid and left.");
  AddQuote(item, "Ann", {"Bob had shouted “KFOR lied” at Cid and left"}, v1::QUOTE_KIND_INDIRECT);
  AddQuote(item, "Bob", {"KFOR lied"});
  Check(item, {{"SAID(speaker:bob quote:lied)", kTrue},
               {"SAID(speaker:ann quote:lied)", kFalse},
               {"SAID(speaker:ann quote:left)", kTrue},
               {"quote:(shouted AND lied)", kFalse},
               {"unquoted:lied", kFalse}});
}

TEST(AnnotationsTest, OneQuoteSatisfiesAllOfSaid) {
  Check(Story(), {{"SAID(speaker:ambassador quote:kfor)", kTrue},
                  {"SAID(speaker:ambassador quote:talks)", kFalse},
                  {"SAID(speaker:ambassador NOT quote:kfor)", kFalse},
                  {"SAID(speaker:mayor NOT quote:leave)", kTrue},
                  {"SAID(NOT speaker:mayor AND quote:kfor)", kTrue},
                  {"SAID(NOT speaker:ambassador AND NOT speaker:mayor AND quote:kfor)", kFalse},
                  {"speaker:ambassador AND quote:talks", kTrue},
                  {"SAID(speaker:\"Jeffrey Hovenier\" quote:once)", kTrue},  // the entity's name
                  {"SAID(speaker:Q7 quote:once)", kTrue},
                  {"SAID(speaker:Q7 quote:talks)", kTrue},
                  {"SAID(quote.direct:provocation AND quote:kfor)", kTrue},
                  {"SAID(quote.direct:kfor AND quote:provocation)", kFalse},
                  {"SAID(speaker:police quote:a)", kFalse}});
}

TEST(AnnotationsTest, AnEntityIsAllThatItIsCalled) {
  v1::Item item = Story();
  AddEntity(item, "the ambassador", "person", "", "http://x.org/e/Q7");
  Check(item, {{"entity:hovenier", kTrue},
               {"entity:\"kosovo force\"", kTrue},
               {"entity:kfor", kTrue},
               {"entity:(kfor AND \"kosovo force\")", kTrue},
               {"entity:(kfor AND hovenier)", kFalse},
               {"entity:(jeffrey AND ambassador)", kTrue},
               {"entity:(kfor NOT force)", kFalse},
               {"entity:Q8", kTrue},
               {"entity:\"http://x.org/e/Q8\"", kTrue},
               {"entity:org", kFalse},  // a URI is no text
               {"entity:*org*", kFalse},
               {"entity:CASE(KFOR)", kTrue},
               {"entity:CASE(kfor)", kFalse},
               {"entity:(jeffrey ONEAR/0 hoven*)", kTrue},
               {"entity:\"force kfor\"", kFalse},
               {"person:hovenier", kTrue},
               {"person:kfor", kFalse},
               {"org:police", kTrue},
               {"org:(NOT kfor)", kTrue},
               {"person:(NOT hovenier)", kFalse}});
}

TEST(AnnotationsTest, PlacesLieInPlaces) {
  v1::Item item = BodyItem("Clashes in Zvecan and in Oslo.");
  v1::Place& zvecan = *item.add_places();
  *zvecan.mutable_span() = SpanOf(item, "Zvecan");
  zvecan.set_name("Zvečan");
  zvecan.set_country("XK");
  zvecan.add_admin_codes("XK.22");
  zvecan.set_uri("https://sws.geonames.org/784759/");
  v1::Place& oslo = *item.add_places();
  *oslo.mutable_span() = SpanOf(item, "Oslo");
  oslo.set_country("NO");
  Check(item, {{"place:zvecan", kTrue},
               {"place:bergen", kFalse},
               {"place:Zvečan", kTrue},
               {"place-within:XK", kTrue},
               {"place-within:xk", kTrue},
               {"place-within:SE", kFalse},
               {"place-within:\"XK.22\"", kTrue},
               {"place-within:(XK AND \"XK.22\")", kTrue},
               {"place-within:(XK AND NO)", kFalse},
               {"place-within:XK AND place-within:NO", kTrue},
               {"place-within:zvecan", kTrue},
               {"place-within:(NOT XK)", kTrue}});
}

TEST(AnnotationsTest, EventsTonesAndLoadedTerms) {
  v1::Item item = BodyItem("Protesters attacked KFOR, the regime said.");
  v1::Event& event = *item.add_events();
  *event.mutable_span() = SpanOf(item, "attacked");
  event.set_scheme("cameo");
  event.set_code("190");
  *event.mutable_actor()->mutable_span() = SpanOf(item, "Protesters");
  event.mutable_target()->set_name("Kosovo Force");
  *event.mutable_target()->mutable_span() = SpanOf(item, "KFOR");
  v1::Tone& tone = *item.add_tones();
  tone.set_score(-0.6F);
  *tone.mutable_span() = SpanOf(item, "attacked");
  *tone.mutable_target() = event.target();
  item.add_tones()->set_score(0.01F);
  v1::LoadedTerm& term = *item.add_loaded();
  *term.mutable_span() = SpanOf(item, "regime");
  term.set_term("regime");
  term.set_cue_type("label");
  Check(item, {{"event:attack*", kTrue},
               {"event:190", kTrue},
               {"event:19*", kTrue},
               {"event:\"cameo:190\"", kTrue},
               {"event:19", kFalse},
               {"actor:protesters", kTrue},
               {"actor:kfor", kFalse},
               {"target:(kfor AND \"kosovo force\")", kTrue},
               {"tone:negative", kTrue},
               {"tone:positive", kFalse},
               {"tone:neutral", kTrue},
               {"tone:(negative AND kfor)", kTrue},
               {"tone<=-0.5", kTrue},
               {"tone:[-1 TO -0.7]", kFalse},
               {"tone:[-0.1 TO 1]", kTrue},
               {"tone:(neutral AND kfor)", kFalse},
               {"loaded:regime", kTrue},
               {"loaded:(regime AND label)", kTrue},
               {"loaded:hedge", kFalse}});
}

// A text that is none, or a span beyond its text, must not matter.
TEST(AnnotationsTest, SpansThatPointNowhereAreNothing) {
  v1::Item item = BodyItem("KFOR came.");
  v1::Quote& quote = *item.add_quotes();
  v1::Span& span = *quote.add_content();
  span.set_part(v1::PART_TEXT);
  span.set_end(9);
  *quote.add_content() = SpanOf(item, "KFOR");
  quote.mutable_content(1)->set_end(4000);
  quote.mutable_speaker()->set_begin(7);
  item.add_entities()->mutable_span()->set_part(v1::PART_CAPTION);
  item.mutable_entities(0)->mutable_span()->set_end(3);
  Check(item, {{"quote:(kfor AND came)", kTrue}, {"speaker:kfor", kFalse}, {"entity:kfor", kFalse}});
}

class AnnotationsInAnEngine : public ::testing::Test {
 protected:
  v1::WatchHit Hit(const std::string& query) {
    EXPECT_FALSE(engine_.Add({.id = "w", .query = query, .timezone = absl::UTCTimeZone()}).has_value()) << query;
    index_.Build(item_);
    std::vector<watch::Hit> hits;
    const View view(item_, index_);
    counts_ = engine_.Match(view, scratch_, hits);
    v1::WatchHit hit;
    if (!hits.empty()) engine_.Describe(hits[0], view, scratch_, hit, true);
    if (hits.empty()) engine_.Explain("w", view, scratch_, *hit.mutable_explanation());
    return hit;
  }
  std::vector<std::string> Texts(const v1::WatchHit& hit) const {
    std::vector<std::string> texts;
    for (const v1::Span& span : hit.spans())
      texts.push_back(item_.body().substr(span.begin(), span.end() - span.begin()));
    return texts;
  }

  v1::Item item_ = Story();
  Engine engine_;
  Scratch scratch_;
  text::TextIndex index_;
  MatchCounts counts_;
};

TEST_F(AnnotationsInAnEngine, HitsShowTheWordsAndTheValues) {
  EXPECT_THAT(Texts(Hit("quote:(kfor AND once)")), ElementsAre("KFOR", "once"));
  EXPECT_THAT(Texts(Hit("entity:\"kosovo force\"")), ElementsAre("KFOR"));
  EXPECT_THAT(Texts(Hit("SAID(speaker:hovenier quote:talks)")), ElementsAre("Hovenier", "talks"));
  EXPECT_THAT(Texts(Hit("unquoted:said")), ElementsAre("said", "said"));
  EXPECT_EQ(Hit("entity:kfor").explanation().summary(), "entity is \"Kosovo Force\"");
  EXPECT_THAT(Hit("entity:kfor").explanation().clause().detail(), HasSubstr("Kosovo Force"));
  EXPECT_THAT(Hit("quote:(kfor AND once)").explanation().summary(), HasSubstr("\"KFOR\" in the body"));
  EXPECT_THAT(Hit("quote:(kfor AND once)").explanation().summary(), HasSubstr("in one quote"));
  const v1::WatchHit said = Hit("SAID(speaker:mayor quote:kfor)");
  EXPECT_EQ(said.explanation().clause().operands(0).operands_size(), 2);
  EXPECT_EQ(said.explanation().clause().operands(0).operands(0).truth(), v1::TRUTH_TRUE);
  EXPECT_THAT(said.explanation().summary(), HasSubstr("speaker is \"The mayor\""));
}

TEST_F(AnnotationsInAnEngine, MissesSayWhatIsThere) {
  EXPECT_THAT(Hit("person:vucic").explanation().summary(), HasSubstr("person is \"Jeffrey Hovenier\""));
  EXPECT_THAT(Hit("SAID(speaker:mayor quote:talks)").explanation().summary(), HasSubstr("no quote is as SAID("));
  EXPECT_THAT(Hit("place:oslo").explanation().summary(), HasSubstr("no step has looked for places"));
  EXPECT_EQ(counts_.unknown, 1U);
  item_.mutable_provenance()->add_produced("places");
  EXPECT_THAT(Hit("place:oslo").explanation().summary(), HasSubstr("there is no place"));
  item_.clear_quotes();
  EXPECT_THAT(Hit("quote:oslo").explanation().summary(), HasSubstr("no step has looked for quotes"));
}

TEST_F(AnnotationsInAnEngine, NeedsAreNamedForWhoKnowsTheSteps) {
  Hit("SAID(speaker:a quote:b) AND (person:c OR place:d) AND tone:negative AND topic:e");
  EXPECT_THAT(engine_.Needs(), ElementsAre("entities", "places", "quotes", "tones"));
}

}  // namespace
}  // namespace wirewatch::watch
