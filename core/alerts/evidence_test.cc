#include "wirewatch/alerts/evidence.h"

#include <gtest/gtest.h>

#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);

TEST(Evidence, OriginIsTheAgencyThenTheOutlet) {
  v1::Item item;
  EXPECT_EQ(OriginOf(item), "");
  item.set_domain("gazette.example");
  EXPECT_EQ(OriginOf(item), "gazette.example");
  item.mutable_outlet()->set_name("Gazette");
  EXPECT_EQ(OriginOf(item), "Gazette");
  item.mutable_dateline()->add_agencies()->set_name("KTA");
  EXPECT_EQ(OriginOf(item), "KTA");
  item.add_info_sources()->set_name("A witness");
  auto* agency = item.add_info_sources();
  agency->set_name("AFC");
  agency->set_role("agency");
  EXPECT_EQ(OriginOf(item), "AFC");
}

TEST(Evidence, LateIsMeasuredWithThePrecisionOfTheDate) {
  v1::Item item;
  EXPECT_FALSE(PublishedBefore(item, kNow));
  SetTime(item.mutable_published()->mutable_value(), kNow - absl::Hours(2));
  EXPECT_TRUE(PublishedBefore(item, kNow));
  item.mutable_published()->set_precision(v1::TIME_PRECISION_DAY);
  EXPECT_FALSE(PublishedBefore(item, kNow));
  EXPECT_TRUE(PublishedBefore(item, kNow + absl::Hours(23)));
  SetTime(item.mutable_version_created(), kNow + absl::Hours(30));
  EXPECT_FALSE(PublishedBefore(item, kNow + absl::Hours(23)));
  item.clear_version_created();
  item.mutable_published()->set_flag(v1::TIME_FLAG_BEFORE_1990);
  EXPECT_FALSE(PublishedBefore(item, kNow + absl::Hours(1000)));
}

TEST(Evidence, KeepsReferencesAndNoText) {
  v1::Item item;
  item.set_id("item");
  item.set_version(2);
  item.set_body("secret words");
  v1::Signal signal;
  for (int i = 0; i < 40; ++i) {
    v1::Span& span = *signal.add_spans();
    span.set_part(v1::PART_BODY);
    span.set_end(6);
    span.set_text("secret");
  }
  *signal.mutable_explanation()->mutable_clause()->add_operands()->add_spans() = signal.spans(0);
  const v1::Evidence evidence = MakeEvidence(signal, &item, kNow);
  EXPECT_EQ(evidence.item_version(), 2u);
  EXPECT_EQ(evidence.spans_size(), kEvidenceSpans);
  EXPECT_EQ(evidence.span_count(), 40u);
  EXPECT_EQ(evidence.snippet_span().end(), item.body().size());
  EXPECT_EQ(evidence.SerializeAsString().find("secret"), std::string::npos);
}

TEST(Evidence, LargeExplanationsKeepTheirSentence) {
  v1::Signal signal;
  signal.mutable_explanation()->set_summary("why");
  for (int i = 0; i < 1000; ++i) {
    signal.mutable_explanation()->mutable_clause()->add_operands()->set_text("a clause that takes some room");
  }
  const v1::Evidence evidence = MakeEvidence(signal, nullptr, kNow);
  EXPECT_EQ(evidence.explanation().summary(), "why");
  EXPECT_LT(evidence.ByteSizeLong(), kExplanationBytes);
}

TEST(Times, KeepNanosecondsBeforeAndAfterTheEpoch) {
  for (const absl::Time time :
       {absl::UnixEpoch(), kNow + absl::Nanoseconds(5), absl::FromUnixSeconds(-7) + absl::Nanoseconds(3)}) {
    google::protobuf::Timestamp timestamp;
    SetTime(&timestamp, time);
    EXPECT_GE(timestamp.nanos(), 0);
    EXPECT_EQ(GetTime(timestamp), time);
  }
}

}  // namespace
}  // namespace wirewatch::alerts
