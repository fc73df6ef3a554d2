#include "wirewatch/templates/alert_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "wirewatch/templates/digest_model.h"
#include "wirewatch/templates/template.h"

namespace wirewatch::templates {
namespace {

std::string Page() {
  std::ostringstream page;
  page << std::ifstream(WIREWATCH_SOURCE_DIR "/docs/templates.md").rdbuf();
  return page.str();
}

TEST(AlertModelTest, ThePageTellsWhatThereIs) {
  EXPECT_THAT(Page(), ::testing::HasSubstr(ModelTables())) << "docs/templates.md is stale; it should hold\n"
                                                           << ModelTables();
  EXPECT_THAT(Page(), ::testing::HasSubstr(DigestTables())) << "docs/templates.md is stale; it should hold\n"
                                                            << DigestTables();
  EXPECT_THAT(Page(), ::testing::HasSubstr(FilterTable())) << "docs/templates.md is stale; it should hold\n"
                                                           << FilterTable();
}

// A getter gives what its table says, whatever the event.
void CheckShapes(const Object& object, int depth) {
  for (const Member& member : object.record->members) {
    const Value value = member.get(object.data.get());
    const std::string name = std::string(object.record->name) + "." + member.name;
    switch (member.shape.kind) {
      case Shape::Kind::kText:
        EXPECT_NE(value.As<std::string>(), nullptr) << name;
        break;
      case Shape::Kind::kNumber:
        EXPECT_NE(value.As<int64_t>(), nullptr) << name;
        break;
      case Shape::Kind::kFlag:
        EXPECT_NE(value.As<bool>(), nullptr) << name;
        break;
      case Shape::Kind::kTime:
        EXPECT_TRUE(value.As<absl::Time>() != nullptr || !value.Holds()) << name;
        break;
      case Shape::Kind::kRecord:
        if (value.Holds()) {
          ASSERT_NE(value.As<Object>(), nullptr) << name;
          EXPECT_EQ(value.As<Object>()->record, member.shape.record) << name;
          CheckShapes(*value.As<Object>(), depth + 1);
        }
        break;
      case Shape::Kind::kList:
        EXPECT_NE(value.As<std::shared_ptr<const Value::List>>(), nullptr) << name;
        for (const Value& element : value.list()) {
          if (member.shape.record == nullptr) {
            EXPECT_NE(element.As<std::string>(), nullptr) << name;
          } else {
            ASSERT_NE(element.As<Object>(), nullptr) << name;
            CheckShapes(*element.As<Object>(), depth + 1);
          }
        }
    }
  }
}

TEST(AlertModelTest, ValuesHaveTheTypesOfTheirTable) {
  v1::AlertEvent event = SampleEvent();
  event.mutable_alert()->add_notes()->set_text("on it");
  event.mutable_silence()->add_hidden_alert_ids("a1");
  const v1::AlertEvent empty;
  for (const v1::AlertEvent* each : {&std::as_const(event), &empty}) {
    const AlertView view{each, "key", "channel"};
    CheckShapes(Object::Borrowed(AlertRoot(), view), 0);
  }
}

TEST(DigestModelTest, ValuesHaveTheTypesOfTheirTable) {
  const v1::Digest sample = SampleDigest(), empty;
  for (const v1::Digest* each : {&sample, &empty}) {
    const DigestView view{each, "channel"};
    CheckShapes(Object::Borrowed(DigestRoot(), view), 0);
  }
}

TEST(AlertModelTest, NewsAreWhatTheEventIsAbout) {
  v1::AlertEvent event = SampleEvent();
  EXPECT_TRUE(IsNews(event, event.alert().evidence(0)));
  event.set_type(v1::ALERT_EVENT_TYPE_UPDATED);
  event.add_new_signal_ids(event.alert().evidence(1).signal_id());
  EXPECT_FALSE(IsNews(event, event.alert().evidence(0)));
  EXPECT_TRUE(IsNews(event, event.alert().evidence(1)));
  event.set_correction(v1::CORRECTION_KIND_RETRACTED);
  event.set_corrected_item_id(event.alert().evidence(0).item_id());
  EXPECT_TRUE(IsNews(event, event.alert().evidence(0)));
  EXPECT_FALSE(IsNews(event, event.alert().evidence(1)));
}

TEST(AlertModelTest, HighlightsThatLieOutsideTheSnippetAreLeftOut) {
  v1::AlertEvent event = SampleEvent();
  v1::Evidence& evidence = *event.mutable_alert()->mutable_evidence(0);
  evidence.set_snippet("abcdef");
  evidence.clear_highlights();
  for (const auto& [begin, end] : {std::pair{1, 2}, {1, 3}, {4, 4}, {5, 9}, {4, 6}}) {
    v1::Span& hit = *evidence.add_highlights();
    hit.set_begin(static_cast<uint32_t>(begin));
    hit.set_end(static_cast<uint32_t>(end));
  }
  std::vector<TemplateProblem> problems;
  const auto made = Template::Parse(
      "{% for e in evidence | first(1) %}{% for s in e.stretches %}{% if s.hit %}[{{ s.text }}]{% else %}{{ s.text }}"
      "{% endif %}{% endfor %}{% endfor %}",
      {.root = &AlertRoot()}, problems);
  const AlertView view{&event, "", ""};
  EXPECT_EQ(*made->Render(Object::Borrowed(AlertRoot(), view)), "a[b]cd[ef]");
}

}  // namespace
}  // namespace wirewatch::templates
