#include "wirewatch/templates/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "wirewatch/templates/alert_model.h"

namespace wirewatch::templates {
namespace {

using ::testing::HasSubstr;

v1::AlertEvent Event() {
  v1::AlertEvent event = SampleEvent();
  event.mutable_alert()->mutable_evidence(0)->set_headline("<b>\"A\" & 'B'</b>\n\033[2J");
  return event;
}

std::unique_ptr<const Template> Parsed(const std::string& text, const TemplateOptions& options,
                                       std::vector<TemplateProblem>& problems) {
  TemplateOptions whole = options;
  whole.root = &AlertRoot();
  return Template::Parse(text, whole, problems);
}

std::string Rendered(const std::string& text, const TemplateOptions& options = {},
                     const std::vector<std::string>& extras = {}) {
  std::vector<TemplateProblem> problems;
  const auto made = Parsed(text, options, problems);
  if (made == nullptr) return absl::StrCat("problem: ", problems.at(0).message);
  const v1::AlertEvent event = Event();
  const AlertView view{&event, "k1", "desk/hook"};
  const auto rendered = made->Render(Object::Borrowed(AlertRoot(), view), extras);
  return rendered.ok() ? *rendered : rendered.status().ToString();
}

// The one problem of a template: "offset: message (hint)".
std::string Problem(const std::string& text) {
  std::vector<TemplateProblem> problems;
  EXPECT_EQ(Parsed(text, {}, problems), nullptr) << text;
  if (problems.size() != 1) return absl::StrCat(problems.size(), " problems");
  const TemplateProblem& problem = problems[0];
  return absl::StrCat(problem.offset, ": ", problem.message, problem.hint.empty() ? "" : " (", problem.hint,
                      problem.hint.empty() ? "" : ")");
}

TEST(TemplateTest, PutsValuesInTheirPlaces) {
  EXPECT_EQ(Rendered("no tags } {"), "no tags } {");
  EXPECT_EQ(Rendered("{{ alert.severity }}: {{alert.title}} ({{ alert.item_count }}, {{ alert.test }})"),
            "high: danube-floods: 2 Items from 2 origins (2, false)");
  EXPECT_EQ(Rendered("{{ key }} {{ channel }} {{ 'a}}b' }}{# {{ nothing #}"), "k1 desk/hook a}}b");
  EXPECT_EQ(Rendered("{{ token }}", {.extras = {"token"}}, {"t0"}), "t0");
}

TEST(TemplateTest, DecidesAndRepeats) {
  EXPECT_EQ(Rendered("{% if alert.late %}a{% elif alert.item_count >= 2 and not alert.test %}b{% else %}c{% endif %}"),
            "b");
  EXPECT_EQ(Rendered("{% if 'floods' in alert.title and 'danube-floods' in alert.watches %}yes{% endif %}"), "yes");
  EXPECT_EQ(Rendered("{% if event.type == 'raised' or (alert.late and alert.test) %}yes{% endif %}"), "yes");
  EXPECT_EQ(Rendered("{% for e in evidence %}{{ loop.index }}/{{ loop.length }} {{ e.outlet }}"
                     "{% if not loop.last %}, {% endif %}{% endfor %}"),
            "1/2 Danube Courier, 2/2 Agence Exemple");
  EXPECT_EQ(Rendered("{% for n in alert.notes %}x{% else %}none{% endfor %}"), "none");
  EXPECT_EQ(
      Rendered("{% for s in evidence | first(1) %}{% for x in s.stretches %}{% if x.hit %}[{{ x.text }}]{% endif %}"
               "{% endfor %}{{ loop.index }}{% endfor %}"),
      "[Danube]1");
  EXPECT_EQ(Rendered("{% if silence %}a{% else %}b{% endif %}{{ silence.author }}{{ silence.ends }}"), "b");
  EXPECT_EQ(Rendered("{% if alert.raised > alert.opened %}later{% endif %}"), "later");
}

TEST(TemplateTest, ALineOfTagsAloneLeavesNothing) {
  EXPECT_EQ(Rendered("a\n  {% if true %}\nb\n  {% endif %}  \nc\n"), "a\nb\nc\n");
  EXPECT_EQ(Rendered("a\r\n{# b #}\r\nc"), "a\r\nc");
  EXPECT_EQ(Rendered("a {% if true %}\nb{% endif %}\n"), "a \nb\n");
  EXPECT_EQ(Rendered("a  {{- ' b ' -}}  \n c"), "a b c");
}

TEST(TemplateTest, FiltersDoWhatTheySay) {
  EXPECT_EQ(Rendered("{{ 'Žižkov' | truncate(4) }}|{{ 'abc' | truncate(3) }}|{{ 'abcd' | truncate(2, '..') }}"),
            "Žiž…|abc|..");
  EXPECT_EQ(Rendered("{{ 'straße' | upper }} {{ 'ÅNGSTRÖM' | lower }}"), "STRASSE ångström");
  EXPECT_EQ(Rendered("{{ alert.item_count | plural('Item', 'Items') }} {{ 1 | plural('Item', 'Items') }}"),
            "2 Items 1 Item");
  EXPECT_EQ(Rendered("{{ alert.origins | join(' + ') }} {{ evidence | count }} {{ 'žž' | count }}"),
            "Danube Courier + Agence Exemple 2 2");
  EXPECT_EQ(Rendered("{{ alert.opened | date('%d.%m. %H:%M', 'Asia/Tokyo') }} {{ alert.opened | iso }} "
                     "{{ alert.opened | unix }} {{ alert.opened }} {{ alert.closed | default('open') }}"),
            "26.11. 21:01 2026-11-26T12:01:00Z 1795694460 2026-11-26 12:01 UTC open");
  EXPECT_EQ(Rendered("{{ 'a b/ß' | url }} {{ 'a<b>&' | slack }} {{ 'a*_b' | markdown }} {{ 'x\ny' | indent(2) }}"),
            "a%20b%2F%C3%9F a&lt;b&gt;&amp; a\\*\\_b x\n  y");
  EXPECT_EQ(Rendered("{{ alert.watches | json }} {{ alert.item_count | json }} {{ alert.test | json }} "
                     "{{ alert.closed | json }} {{ alert.opened | json }} {{ 'a\"' | json }}"),
            "[\"danube-floods\"] 2 false null \"2026-11-26T12:01:00Z\" \"a\\\"\"");
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/Vienna", &zone));
  EXPECT_EQ(Rendered("{{ alert.opened }}", {.zone = zone}), "2026-11-26 13:01 CET");
}

TEST(TemplateTest, ValuesAreEscapedForWhereTheyGo) {
  const std::string value = "{% for e in news | first(1) %}{{ e.headline }}{% endfor %}";
  EXPECT_EQ(Rendered(value), "<b>\"A\" & 'B'</b>\n\033[2J");
  EXPECT_EQ(Rendered(value, {.target = Target::kHtml}), "&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;\n\033[2J");
  EXPECT_EQ(Rendered(value, {.target = Target::kJson}), "<b>\\\"A\\\" & 'B'</b>\\u000a\\u001b[2J");
  EXPECT_EQ(Rendered(value, {.target = Target::kLine}), "<b>\"A\" & 'B'</b> \xEF\xBF\xBD[2J");
  // Twice would be wrong, and whatever follows the filter is escaped again.
  EXPECT_EQ(Rendered("{{ '<' | html }} {{ '<' | html | upper }}", {.target = Target::kHtml}), "&lt; &amp;LT;");
  EXPECT_EQ(Rendered("{{ '\"' | json }} {{ '\"' | json | line }}", {.target = Target::kJson}),
            "\"\\\"\" \\\"\\\\\\\"\\\"");
}

TEST(TemplateTest, LinksLeadNowhereElse) {
  v1::AlertEvent event = Event();
  const auto link = [&event](const std::string& url) {
    event.mutable_alert()->mutable_evidence(0)->set_url(url);
    std::vector<TemplateProblem> problems;
    const auto made = Parsed("{% for e in evidence | first(1) %}{{ e.url }}{% endfor %}", {}, problems);
    const AlertView view{&event, "", ""};
    return *made->Render(Object::Borrowed(AlertRoot(), view));
  };
  EXPECT_EQ(link("https://a.example/ü?x=1&y=2"), "https://a.example/ü?x=1&y=2");
  EXPECT_EQ(link("javascript:alert(1)"), "");
  EXPECT_EQ(link("data:text/html,x"), "");
  EXPECT_EQ(link("https://a.example/\"><x|y> \n"), "https://a.example/%22%3e%3cx%7cy%3e%20%0a");
}

TEST(TemplateTest, MistakesAreToldWithTheirPlace) {
  EXPECT_EQ(Problem("a {{ alert.titel }}"), "11: alert has no \"titel\" (did you mean \"title\"?)");
  EXPECT_EQ(Problem("{{ alerd.title }}"), "3: there is no \"alerd\" (did you mean \"alert\"?)");
  EXPECT_EQ(Problem("{{ alert.title | truncat(3) }}"),
            "17: there is no filter \"truncat\" (did you mean \"truncate\"?)");
  EXPECT_EQ(Problem("{{ alert.title | truncate }}"),
            "17: the filter truncate has not got the arguments that it needs (truncate(number[, end]))");
  EXPECT_EQ(Problem("{{ alert.title | truncate('x') }}"), "26: this should be a number (truncate(number[, end]))");
  EXPECT_EQ(Problem("{{ alert.title | date('%Y') }}"), "17: the filter date does not take a text");
  EXPECT_EQ(Problem("{{ alert.opened | date('%Y', 'Mars') }}"), "18: there is no time zone \"Mars\"");
  EXPECT_EQ(Problem("{{ alert.title | truncate(9999999) }}"), "17: the number must lie between 0 and 1000000");
  EXPECT_EQ(Problem("{{ evidence }}"), "3: a list of evidence is no text (name one of its members)");
  EXPECT_EQ(Problem("{{ alert.watches }}"), "3: a list of texts is no text (write … | join(\", \"))");
  EXPECT_EQ(Problem("{{ evidence | join(',') }}"), "14: the filter join does not take a list of evidence");
  EXPECT_EQ(Problem("{{ evidence.url }}"), "12: a list of evidence has no members (its elements do: {% for x in … %})");
  EXPECT_EQ(Problem("{% if alert.title == 3 %}{% endif %}"), "18: a text and a number cannot be compared with ==");
  EXPECT_EQ(Problem("{% if alert.title < 'a' %}{% endif %}"), "18: a text and a text cannot be compared with <");
  EXPECT_EQ(Problem("x{% if alert.late %}y"), "1: {% if %} is not closed (it ends with {% endif %})");
  EXPECT_EQ(Problem("{% for e in evidence %}"), "0: {% for %} is not closed (it ends with {% endfor %})");
  EXPECT_EQ(Problem("{% for e in alert.title %}{% endfor %}"), "7: a text is no list");
  EXPECT_EQ(Problem("{% for %}"), "7: this is no loop (write {% for item in evidence %})");
  EXPECT_EQ(Problem("{% endif %}"),
            "3: {% endif %} does not belong here (there are if, elif, else, endif, for and endfor)");
  EXPECT_EQ(Problem("a {{ alert.title"), "2: {{ is not closed (it ends with }})");
  EXPECT_EQ(Problem("{{ alert.title b }}"), "15: \"b\" does not belong here (the tag should have ended)");
  EXPECT_EQ(Problem("{{ }}"), "3: a value is missing (for example alert.title, or a text in quotes)");
  EXPECT_THAT(Problem("{{ alert.title ? 1 }}"), HasSubstr("\"?\" means nothing here"));
  EXPECT_EQ(Problem("{% for e in evidence %}{% endfor %}{{ e.url }}"), "38: there is no \"e\"");
}

TEST(TemplateTest, DepthStepsAndSizesAreBounded) {
  EXPECT_THAT(Problem("{{ " + std::string(2000, '(') + "1"), HasSubstr("is not closed"));
  EXPECT_THAT(Problem("{{ " + std::string(400, '(') + "1" + std::string(90, ')') + " }}"), HasSubstr("parentheses"));
  EXPECT_THAT(Problem("{{ " + std::string(4000, '(') + " }}"), HasSubstr("at most 500 words"));
  std::string nested;
  for (int i = 0; i < 1000; ++i) nested += "{% if true %}";
  EXPECT_THAT(Problem(nested), HasSubstr("tags inside each other"));
  EXPECT_THAT(Problem(std::string(300 << 10, 'x')), HasSubstr("at most"));
  std::string loops, ends;
  for (int i = 0; i < 16; ++i)
    loops += "{% for e in evidence %}{% for f in e.stretches %}", ends += "{% endfor %}{% endfor %}";
  EXPECT_THAT(Problem(loops + ends), HasSubstr("tags inside each other"));
  loops = ends = "";
  for (int i = 0; i < 8; ++i)
    loops += absl::StrCat("{% for e", i, " in evidence %}{% for f", i, " in e", i, ".stretches %}"),
        ends += "{% endfor %}{% endfor %}";
  EXPECT_THAT(Rendered(loops + ends), HasSubstr("takes more than 200000 steps"));
  EXPECT_THAT(Rendered("{{ alert.title }}", {.limit_bytes = 10}), HasSubstr("gives more than 10 bytes"));
}

}  // namespace
}  // namespace wirewatch::templates
