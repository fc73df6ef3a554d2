// The bodies for digests, of the receivers that have a form for one. Where their limits leave no room for all lines the
// gravest are shown; presets_test.cc holds them to the limits.
#include "body.h"

namespace wirewatch::alerts {
namespace {

// Limits as in presets.cc; a block for each line, by watch.
constexpr char kSlack[] = R"({
  "text": "Digest {{ digest.time }}: {% if digest.alert_count -%}
    {{ digest.alert_count | grouped }} {% if digest.alert_count == 1 %}alert{% else %}alerts{% endif %}
    {%- else %}nothing{% endif %}; {{ digest.checked | grouped }} checked",
  "unfurl_links": false,
  "unfurl_media": false,
  "blocks": [
    {"type": "header", "text": {"type": "plain_text", "emoji": false,
      "text": "{% if digest.alert_count -%}
        {{ digest.alert_count | grouped }} {% if digest.alert_count == 1 %}alert{% else %}alerts{% endif %}
        {%- else %}nothing{% endif %}; {{ digest.checked | grouped }} checked"}},
    {"type": "context", "elements": [{"type": "mrkdwn",
      "text": "Digest for {{ digest.recipient | line | truncate(80) | slack }}, {{ digest.time }}
        {%- if digest.since %}, since {{ digest.since }}{% endif %}
        {%- if digest.alert_count > 40 %} · the 40 gravest{% endif %}
        {%- if digest.omitted %} · {{ digest.omitted | grouped }} that cannot be shown{% endif %}"}]}
    {%- for section in digest.sections %}{% for line in section.lines %}{% if line.rank <= 40 %},
    {"type": "section", "text": {"type": "mrkdwn",
      "text": "
        {%- if loop.first %}*{{ section.watch | default("Without watch") | line | truncate(80) | slack }}*\n{% endif %}
        {{- line.severity | upper }} {{ line.title | line | truncate(120) | slack }}
        {%- if line.correction == "no_longer_matches" %} (no longer matches)
        {%- elif line.correction %} ({{ line.correction }}){% endif %}
        {%- if line.late %} (late){% endif %}{% if line.test %} (test){% endif %}
        {%- if line.headline or line.snippet or line.url %}\n
        {%- if line.url and line.url | count <= 200 %}<{{ line.url | slack }}|{% endif %}
        {%- if line.headline %}{{ line.headline | line | truncate(120) | slack }}
        {%- elif line.snippet %}{{ line.snippet | line | truncate(120) | slack }}
        {%- else %}link{% endif %}
        {%- if line.url and line.url | count <= 200 %}>{% endif %}
        {%- if line.outlet %}, {{ line.outlet | line | truncate(40) | slack }}{% endif %}{% endif %}
        {%- if line.withheld %}\n{{ line.withheld | line | truncate(80) | slack }}{% endif %}"}}
    {%- endif %}{% endfor %}{% endfor %}
  ]
})";

constexpr char kTeams[] = R"({
  "type": "message",
  "attachments": [{
    "contentType": "application/vnd.microsoft.card.adaptive",
    "contentUrl": null,
    "content": {
      "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
      "type": "AdaptiveCard",
      "version": "1.4",
      "msteams": {"width": "Full"},
      "body": [
        {"type": "RichTextBlock", "inlines": [
          {"type": "TextRun", "size": "Medium", "weight": "Bolder", "text": "{% if digest.alert_count -%}
            {{ digest.alert_count | grouped }} {% if digest.alert_count == 1 %}alert{% else %}alerts{% endif %}
            {%- else %}nothing{% endif %}; {{ digest.checked | grouped }} checked"}]},
        {"type": "RichTextBlock", "inlines": [
          {"type": "TextRun", "isSubtle": true, "text": "Digest for {{ digest.recipient | line | truncate(80) }}, {{ digest.time }}
            {%- if digest.since %}, since {{ digest.since }}{% endif %}
            {%- if digest.alert_count > 12 %} · the 12 gravest{% endif %}
            {%- if digest.omitted %} · {{ digest.omitted | grouped }} that cannot be shown{% endif %}"}]}
        {%- for section in digest.sections %}{% for line in section.lines %}{% if line.rank <= 12 %}
        {%- if loop.first %},
        {"type": "RichTextBlock", "spacing": "Medium", "inlines": [{"type": "TextRun", "weight": "Bolder",
          "text": "{{ section.watch | default("Without watch") | line | truncate(60) }}"}]}
        {%- endif %},
        {"type": "RichTextBlock", "spacing": "Small", "inlines": [
          {"type": "TextRun", "weight": "Bolder", "text": "{{ line.severity | upper }} ", "color": "
            {%- if line.severity in "critical high" %}Attention
            {%- elif line.severity == "medium" %}Warning
            {%- else %}Default{% endif %}"},
          {"type": "TextRun", "text": "{{ line.title | line | truncate(80) }}
            {%- if line.correction == "no_longer_matches" %} (no longer matches)
            {%- elif line.correction %} ({{ line.correction }}){% endif %}
            {%- if line.late %} (late){% endif %}{% if line.test %} (test){% endif %}"}
          {%- if line.headline or line.snippet or line.url %},
          {"type": "TextRun", "text": "  {% if line.headline %}{{ line.headline | line | truncate(100) }}
            {%- elif line.snippet %}{{ line.snippet | line | truncate(100) }}
            {%- else %}link{% endif %}"
           {%- if line.url and line.url | count <= 200 %},
           "selectAction": {"type": "Action.OpenUrl", "url": "{{ line.url }}"}{% endif %}},
          {"type": "TextRun", "isSubtle": true, "text": "  {{ line.outlet | line | truncate(30) }}"}
          {%- endif %}
          {%- if line.withheld %},
          {"type": "TextRun", "isSubtle": true, "text": "  {{ line.withheld | line | truncate(60) }}"}
          {%- endif %}]}
        {%- endif %}{% endfor %}{% endfor %}
      ]
    }
  }]
})";

}  // namespace

const char* PresetDigestTemplate(Preset preset) {
  switch (preset) {
    case Preset::kSlack:
      return kSlack;
    case Preset::kTeams:
      return kTeams;
    default:
      return "";
  }
}

}  // namespace wirewatch::alerts
