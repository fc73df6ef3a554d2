#include "wirewatch/alerts/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "wirewatch/alerts/evidence.h"
#include "wirewatch/store/sqlite_store.h"

namespace wirewatch::alerts {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class RenderTest : public ::testing::Test {
 protected:
  RenderTest() {
    item_.set_id("item");
    item_.set_version(1);
    item_.set_headline("Clash at the bridge");
    item_.set_body("KFOR clashed\nwith protesters in Zvečan.");
    item_.mutable_outlet()->set_name("Gazette");
    item_.set_url("https://gazette.example/1?utm=x");
    item_.set_canonical_url("https://gazette.example/1");
  }
  v1::Alert Rendered(const RenderOptions& options = {}, v1::EvidenceStanding standing = {}) {
    v1::Signal signal;
    v1::Span& span = *signal.add_spans();
    span.set_part(v1::PART_BODY);
    span.set_begin(5);
    span.set_end(12);
    *signal.mutable_explanation()->mutable_clause()->add_operands()->add_spans() = span;
    v1::Alert alert;
    alert.set_pipeline("p");
    *alert.add_evidence() = MakeEvidence(signal, &item_, absl::InfinitePast());
    alert.mutable_evidence(0)->set_standing(standing);
    const ItemLookup lookup = [this](std::string_view, std::string_view id,
                                     uint32_t) -> absl::StatusOr<std::optional<v1::Item>> {
      if (id != item_.id()) return std::nullopt;
      return item_;
    };
    EXPECT_TRUE(RenderAlert(alert, lookup, options).ok());
    return alert;
  }
  v1::Item item_;
};

TEST_F(RenderTest, FillsInTextsFromTheItem) {
  const v1::Alert alert = Rendered();
  const v1::Evidence& evidence = alert.evidence(0);
  EXPECT_EQ(evidence.headline(), "Clash at the bridge");
  EXPECT_EQ(evidence.outlet(), "Gazette");
  EXPECT_EQ(evidence.url(), "https://gazette.example/1");
  EXPECT_EQ(evidence.snippet(), "KFOR clashed with protesters in Zvečan.");
  ASSERT_THAT(evidence.highlights(), SizeIs(1));
  EXPECT_EQ(evidence.highlights(0).text(), "clashed");
  EXPECT_EQ(evidence.spans(0).text(), "clashed");
  EXPECT_EQ(evidence.explanation().clause().operands(0).spans(0).text(), "clashed");
  EXPECT_EQ(evidence.withheld(), "");
}

TEST_F(RenderTest, KeepsWithinTheRights) {
  item_.mutable_rights()->set_display(v1::DISPLAY_HEADLINE);
  v1::Alert alert = Rendered();
  EXPECT_EQ(alert.evidence(0).headline(), "Clash at the bridge");
  EXPECT_EQ(alert.evidence(0).snippet(), "");
  EXPECT_EQ(alert.evidence(0).spans(0).text(), "");
  EXPECT_THAT(alert.evidence(0).withheld(), HasSubstr("rights"));
  item_.mutable_rights()->set_display(v1::DISPLAY_LINK);
  alert = Rendered();
  EXPECT_EQ(alert.evidence(0).headline(), "");
  EXPECT_EQ(alert.evidence(0).url(), "https://gazette.example/1");
  item_.mutable_rights()->set_display(v1::DISPLAY_SNIPPET);
  item_.mutable_rights()->set_snippet_chars(14);
  alert = Rendered();
  EXPECT_EQ(alert.evidence(0).snippet(), "KFOR clashed…");
  item_.clear_rights();
  EXPECT_EQ(Rendered({.unknown_rights = v1::DISPLAY_HEADLINE}).evidence(0).snippet(), "");
}

TEST_F(RenderTest, KeepsWithinWhatTheReaderMaySee) {
  v1::Rights& rights = *item_.mutable_rights();
  rights.set_display(v1::DISPLAY_FULL);
  v1::Alert alert = Rendered({.most = v1::DISPLAY_HEADLINE});
  EXPECT_EQ(alert.evidence(0).headline(), "Clash at the bridge");
  EXPECT_EQ(alert.evidence(0).snippet(), "");
  EXPECT_EQ(alert.evidence(0).withheld(), "the recipient may see no more than headline and link");
  rights.set_display(v1::DISPLAY_LINK);
  alert = Rendered({.most = v1::DISPLAY_HEADLINE});
  EXPECT_EQ(alert.evidence(0).headline(), "");
  EXPECT_EQ(alert.evidence(0).withheld(), "the Item's rights allow no more than a link");
  item_.clear_rights();
  alert = Rendered({.unknown_rights = v1::DISPLAY_UNSPECIFIED});
  EXPECT_EQ(alert.evidence(0).headline(), "Clash at the bridge");
  EXPECT_EQ(alert.evidence(0).withheld(),
            "the Item's rights are not known, which allows no more than headline and link");
}

TEST_F(RenderTest, GoesNoFurtherThanTheItemMayBePassedOn) {
  v1::Rights& rights = *item_.mutable_rights();
  rights.set_display(v1::DISPLAY_FULL);
  const auto shown = [&](v1::Forward forward, v1::Forward reader) {
    rights.set_forward(forward);
    const v1::Alert alert = Rendered({.reader = reader});
    EXPECT_EQ(alert.evidence(0).url(), "https://gazette.example/1");
    EXPECT_NE(alert.evidence(0).withheld().empty(), alert.evidence(0).headline().empty());
    return !alert.evidence(0).snippet().empty();
  };
  EXPECT_TRUE(shown(v1::FORWARD_NONE, v1::FORWARD_UNSPECIFIED));
  EXPECT_FALSE(shown(v1::FORWARD_NONE, v1::FORWARD_INTERNAL));
  EXPECT_TRUE(shown(v1::FORWARD_UNSPECIFIED, v1::FORWARD_INTERNAL));
  EXPECT_TRUE(shown(v1::FORWARD_INTERNAL, v1::FORWARD_INTERNAL));
  EXPECT_FALSE(shown(v1::FORWARD_UNSPECIFIED, v1::FORWARD_EXTERNAL));
  EXPECT_FALSE(shown(v1::FORWARD_INTERNAL, v1::FORWARD_EXTERNAL));
  EXPECT_TRUE(shown(v1::FORWARD_EXTERNAL, v1::FORWARD_EXTERNAL));
}

TEST_F(RenderTest, RetractedTextIsWithheld) {
  const v1::Alert alert = Rendered({}, v1::EVIDENCE_STANDING_RETRACTED);
  EXPECT_EQ(alert.evidence(0).snippet(), "");
  EXPECT_THAT(alert.evidence(0).withheld(), HasSubstr("retracted"));
}

TEST(Render, EntryIsReadFromTheArchive) {
  const std::unique_ptr<store::Store> store = *store::OpenSqlite({});
  v1::Item item;
  item.set_id("item");
  item.set_headline("Old headline");
  v1::AlertEvent event;
  event.mutable_alert()->set_pipeline("p");
  for (const uint32_t version : {1u, 2u}) {
    event.mutable_alert()->add_evidence()->set_item_id("item");
    event.mutable_alert()->mutable_evidence(static_cast<int>(version) - 1)->set_item_version(version);
  }
  store::EpochWrites epoch{.pipeline = "p", .last_position = 1};
  epoch.items = {{.position = 1, .id = "item", .version = 1, .item = item.SerializeAsString()}};
  epoch.journal = {{.sequence = 1, .alert_id = "a", .event = event.SerializeAsString()}};
  ASSERT_TRUE(store->Commit(std::span(&epoch, 1)).ok());
  const store::JournalEntry entry = store->ReadJournal(0, 1)->front();
  const v1::AlertEvent read = RenderEntry(entry, store->JournalId(), ArchiveOf(*store)).value();
  EXPECT_EQ(read.sequence(), 1u);
  EXPECT_EQ(read.journal_id(), store->JournalId());
  EXPECT_EQ(read.alert().evidence(0).headline(), "Old headline");
  EXPECT_THAT(read.alert().evidence(1).withheld(), HasSubstr("archive"));
  EXPECT_TRUE(
      absl::IsInternal(RenderEntry({.sequence = 2, .event = "\xff"}, store->JournalId(), ArchiveOf(*store)).status()));
}

}  // namespace
}  // namespace wirewatch::alerts
