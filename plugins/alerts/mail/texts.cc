#include "texts.h"

namespace wirewatch::alerts {

const char kSubjectTemplate[] = R"(
{%- if silence %}{{ event.what }}: {{ silence.reason | truncate(150) }}
{%- else %}[{{ alert.severity | upper }}] {% if event.what != "new" %}{{ event.what }}: {% endif %}
{{- alert.title | truncate(200) }}
{%- if alert.test %} (test){% endif %}
{%- if alert.late %} (late){% endif %}
{%- endif %})";

const char kTextTemplate[] = R"(
{%- if silence %}{{ event.what }} by {{ silence.author }}: {{ silence.reason }}
In force from {{ silence.begins }} to {{ silence.ends }}.
{{ silence.hidden | plural("event was", "events were") }} hidden
{%- if silence.hidden_alerts %}, of these Alerts:
{% for id in silence.hidden_alerts %}
  {{ id }}
{% endfor %}
{% else %}.
{% endif %}
{% else %}{{ alert.severity | upper }}, {{ event.what }}: {{ alert.title }}
{{ alert.item_count | plural("Item", "Items") }} from {{ alert.origin_count | plural("origin", "origins") }}, {{ event.at }}
{% if event.reason %}
{{ event.reason }}{% if event.actor %} ({{ event.actor }}){% endif %}
{% endif %}
{% for item in news %}

{{ item.headline | default("Without headline") | line }}
{{ item.outlet | default("unknown outlet") | line }}{% if item.published %}, {{ item.published }}{% endif %}
{% if item.url %}
{{ item.url }}
{% endif %}
{% if item.snippet %}
  {{ item.snippet | indent(2) }}
{% endif %}
{% if item.withheld %}
  [{{ item.withheld }}]
{% endif %}
{% if item.why %}
  why: {{ item.why }}
{% endif %}
{% endfor %}

-- 
Alert {{ alert.id }}
Pipeline {{ alert.pipeline }}{% if alert.watches %}, watches: {{ alert.watches | join(", ") }}{% endif %}
{% endif %})";

const char kHtmlTemplate[] = R"(
{%- if not silence %}<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{{ alert.title }}</title></head>
<body style="font-family: sans-serif; max-width: 40em">
<p style="margin-bottom: 0"><b>{{ alert.severity | upper }}</b>, {{ event.what }}
{%- if alert.test %}, test{% endif %}{% if alert.late %}, late{% endif %}</p>
<h2 style="margin-top: 0">{{ alert.title }}</h2>
<p style="color: #555">{{ alert.item_count | plural("Item", "Items") }} from
{{ alert.origin_count | plural("origin", "origins") }}, {{ event.at }}</p>
{% if event.reason %}
<p>{{ event.reason }}{% if event.actor %} ({{ event.actor }}){% endif %}</p>
{% endif %}
{% for item in news %}
<div style="border-left: 3px solid #ccc; padding-left: 1em; margin: 1em 0">
<b>{% if item.url %}<a href="{{ item.url }}" rel="noreferrer">{% endif %}{{ item.headline | default("Without headline") }}
{%- if item.url %}</a>{% endif %}</b><br>
<span style="color: #555">{{ item.outlet | default("unknown outlet") }}
{%- if item.published %}, {{ item.published }}{% endif %}</span>
{% if item.snippet %}
<p>{% for part in item.stretches %}{% if part.hit %}<mark>{{ part.text }}</mark>{% else %}{{ part.text }}{% endif %}{% endfor %}</p>
{% endif %}
{% if item.withheld %}
<p><i>{{ item.withheld }}</i></p>
{% endif %}
{% if item.why %}
<p style="color: #555; font-size: small">why: {{ item.why }}</p>
{% endif %}
</div>
{% endfor %}
<p style="color: #555; font-size: small">Alert {{ alert.id }}<br>Pipeline {{ alert.pipeline }}
{%- if alert.watches %}, watches: {{ alert.watches | join(", ") }}{% endif %}</p>
</body></html>
{% endif %})";

}  // namespace wirewatch::alerts
