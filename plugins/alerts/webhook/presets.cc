// The bodies that the receivers of the presets expect. Texts are cut so that, escaped at worst, they keep to the
// receivers' limits, and presets_test.cc holds them to these.
#include "body.h"

namespace wirewatch::alerts {
namespace {

// Incoming webhook with Block Kit: header 150 characters, section 3000, 50 blocks
// (https://docs.slack.dev/reference/block-kit/blocks). Escaping makes a character five at most.
constexpr char kSlack[] = R"({% if alert.id %}
{
  "text": "{{ alert.severity | upper }} {{ alert.title | truncate(150) | slack }}",
  "unfurl_links": false,
  "unfurl_media": false,
  "blocks": [
    {"type": "header", "text": {"type": "plain_text", "emoji": false,
      "text": "{{ alert.severity | upper }} {{ alert.title | line | truncate(130) }}"}},
    {"type": "context", "elements": [{"type": "mrkdwn",
      "text": "{{ event.what }}
        {%- if alert.test %} · test{% endif %}
        {%- if alert.late %} · late{% endif %}
        {{- " · " }}{{ alert.item_count | plural("Item", "Items") }}
        {{- " · " }}{{ alert.origin_count | plural("origin", "origins") }} · {{ event.at }}
        {%- if event.reason %} · {{ event.reason | truncate(200) | line | slack }}{% endif %}
        {%- if event.actor %} · {{ event.actor | truncate(80) | line | slack }}{% endif %}"}]}
    {%- for item in news | first(5) %},
    {"type": "section", "text": {"type": "mrkdwn",
      "text": "
        {%- if item.url and item.url | count <= 400 %}<{{ item.url | slack }}|{% endif %}
        {{- item.headline | default("without headline") | line | truncate(150) | slack }}
        {%- if item.url and item.url | count <= 400 %}>{% endif %}"}},
    {"type": "context", "elements": [{"type": "plain_text", "emoji": false,
      "text": "{{ item.outlet | default("unknown outlet") | line | truncate(80) }}
        {%- if item.published %}, {{ item.published }}{% endif %}
        {%- if item.withheld %}: {{ item.withheld | line | truncate(150) }}
        {%- elif item.snippet %}: {{ item.snippet | line | truncate(500) }}{% endif %}"}]}
    {%- endfor %}
  ]
}
{% endif %})";

// A message with one Adaptive Card for the Workflows webhook, 28 KB at most
// (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook). TextRun
// takes no Markdown, so that texts stay texts.
constexpr char kTeams[] = R"({% if alert.id %}
{
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
          {"type": "TextRun", "size": "Medium", "weight": "Bolder", "text": "{{ alert.severity | upper }} ", "color": "
            {%- if alert.severity in "critical high" %}Attention
            {%- elif alert.severity == "medium" %}Warning
            {%- else %}Default{% endif %}"},
          {"type": "TextRun", "size": "Medium", "weight": "Bolder",
           "text": "{{ alert.title | line | truncate(300) }}"}]},
        {"type": "RichTextBlock", "inlines": [
          {"type": "TextRun", "isSubtle": true, "text": "{{ event.what }}
            {%- if alert.test %} · test{% endif %}
            {%- if alert.late %} · late{% endif %}
            {{- " · " }}{{ alert.item_count | plural("Item", "Items") }}
            {{- " · " }}{{ alert.origin_count | plural("origin", "origins") }} · {{ event.at }}
            {%- if event.reason %} · {{ event.reason | line | truncate(200) }}{% endif %}
            {%- if event.actor %} · {{ event.actor | line | truncate(80) }}{% endif %}"}]}
        {%- for item in news | first(5) %},
        {"type": "RichTextBlock", "spacing": "Medium", "inlines": [
          {"type": "TextRun", "weight": "Bolder",
           "text": "{{ item.headline | default("without headline") | line | truncate(150) }}"
           {%- if item.url and item.url | count <= 400 %},
           "selectAction": {"type": "Action.OpenUrl", "url": "{{ item.url }}"}
           {%- endif %}},
          {"type": "TextRun", "isSubtle": true, "text": "  {{ item.outlet | line | truncate(80) }}
            {%- if item.published %}, {{ item.published }}{% endif %}"}]}
        {%- if item.withheld or item.snippet %},
        {"type": "RichTextBlock", "spacing": "Small", "inlines": [
          {"type": "TextRun", "text": "{% if item.withheld %}{{ item.withheld | line | truncate(150) }}
            {%- else %}{{ item.snippet | line | truncate(500) }}{% endif %}"}]}
        {%- endif %}
        {%- endfor %}
      ]
    }
  }]
}
{% endif %})";

// Events API v2 (https://developer.pagerduty.com/docs/events-api-v2/trigger-events/): summary 1024 characters,
// dedup_key 255, 512 KB in all. What changes nothing for whoever is on call is not sent.
constexpr char kPagerDuty[] = R"({% if alert.id and not (event.type in "assigned noted") %}
{
  "routing_key": "{{ routing_key }}",
  "event_action": "
    {%- if event.type == "acknowledged" %}acknowledge
    {%- elif event.type in "resolved closed dismissed" %}resolve
    {%- else %}trigger{% endif %}",
  "dedup_key": "{{ alert.id }}",
  "client": "Wirewatch",
  "payload": {
    "summary": "{{ alert.title | line | truncate(1024) }}",
    "source": "{{ alert.pipeline | default("wirewatch") | line | truncate(255) }}",
    "severity": "
      {%- if alert.severity == "critical" %}critical
      {%- elif alert.severity == "high" %}error
      {%- elif alert.severity == "medium" %}warning
      {%- else %}info{% endif %}",
    "timestamp": "{{ event.at | iso }}",
    "component": "{{ alert.watches | first(1) | join("") | truncate(255) }}",
    "class": "{{ alert.kind }}",
    "custom_details": {
      "event": "{{ event.type }}",
      "correction": "{{ event.correction }}",
      "reason": "{{ event.reason | truncate(1000) }}",
      "items": {{ alert.item_count }},
      "origins": {{ alert.origin_count }},
      "watches": {{ alert.watches | json }},
      "idempotency_key": "{{ key }}",
      "news": [
        {%- for item in news | first(5) %}
        {"headline": "{{ item.headline | truncate(300) }}", "outlet": "{{ item.outlet | truncate(100) }}",
         "url": "{% if item.url | count <= 400 %}{{ item.url }}{% endif %}",
         "snippet": "{{ item.snippet | truncate(500) }}"}{% if not loop.last %},{% endif %}
        {%- endfor %}
      ]
    }
  },
  "links": [
    {%- for link in links | first(5) %}
    {"href": "{{ link }}", "text": "Item {{ loop.index }}"}{% if not loop.last %},{% endif %}
    {%- endfor %}
  ]
}
{% endif %})";

// What Alertmanager posts to its webhook receivers, version 4
// (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config), for receivers that are there already.
constexpr char kAlertmanager[] = R"({% if alert.id %}
{
  "version": "4",
  "groupKey": "wirewatch:{{ alert.fingerprint }}",
  "truncatedAlerts": 0,
  "status": "{% if event.type in "resolved closed dismissed" %}resolved{% else %}firing{% endif %}",
  "receiver": "{{ channel }}",
  "groupLabels": { {% for label in alert.group %}{{ label.name | json }}: {{ label.value | json }}
    {%- if not loop.last %}, {% endif %}{% endfor %} },
  "commonLabels": {
    "alertname": "{{ alert.watches | first(1) | join("") | default("wirewatch") }}",
    "severity": "{{ alert.severity }}", "pipeline": "{{ alert.pipeline }}"},
  "commonAnnotations": {"summary": "{{ alert.title }}"},
  "externalURL": "",
  "alerts": [{
    "status": "{% if event.type in "resolved closed dismissed" %}resolved{% else %}firing{% endif %}",
    "labels": {
      "alertname": "{{ alert.watches | first(1) | join("") | default("wirewatch") }}",
      "severity": "{{ alert.severity }}", "pipeline": "{{ alert.pipeline }}", "alert": "{{ alert.id }}"},
    "annotations": {"summary": "{{ alert.title }}", "description": "
      {%- for item in news | first(5) %}{{ item.headline }}
      {%- if item.url %} <{{ item.url }}>{% endif %}
      {%- if not loop.last %}\n{% endif %}
      {%- endfor %}"},
    "startsAt": {% if alert.opened %}{{ alert.opened | json }}{% else %}"0001-01-01T00:00:00Z"{% endif %},
    "endsAt": {% if alert.closed %}{{ alert.closed | json }}{% else %}"0001-01-01T00:00:00Z"{% endif %},
    "generatorURL": "{% for link in links | first(1) %}{{ link }}{% endfor %}",
    "fingerprint": "{{ alert.fingerprint }}"
  }]
}
{% endif %})";

}  // namespace

const char* PresetTemplate(Preset preset) {
  switch (preset) {
    case Preset::kSlack:
      return kSlack;
    case Preset::kTeams:
      return kTeams;
    case Preset::kPagerDuty:
      return kPagerDuty;
    case Preset::kAlertmanager:
      return kAlertmanager;
    case Preset::kNone:
      break;
  }
  return "";
}

}  // namespace wirewatch::alerts
