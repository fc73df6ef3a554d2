// Of a digest with thousands of lines the 400 gravest are shown, and texts are cut, so that no digest is larger than a
// template may give: one that cannot be sent would come again with every later one. digest_test.cc holds them to it.
#include "texts.h"

namespace wirewatch::alerts {

const char kDigestSubjectTemplate[] = R"(Digest {{ digest.time }}: {% if digest.alert_count -%}
{{ digest.alert_count | grouped }} {% if digest.alert_count == 1 %}alert{% else %}alerts{% endif %}, up to {{ digest.gravest }}
{%- elif digest.omitted %}{{ digest.omitted | grouped }} not shown{% else %}nothing{% endif -%}
; {{ digest.checked | grouped }} checked)";

const char kDigestTextTemplate[] = R"(Digest for {{ digest.recipient | line }}, {{ digest.time }}
{% if digest.alert_count -%}
{{ digest.alert_count | grouped }} {% if digest.alert_count == 1 %}alert{% else %}alerts{% endif %}
{%- else %}nothing{% endif %}; {{ digest.checked | grouped }} checked{% if digest.since %} since {{ digest.since }}{% endif %}

{% for section in digest.sections %}
{% for line in section.lines %}
{% if line.rank <= 400 %}
{% if loop.first %}

{{ section.watch | default("Without watch") | line | truncate(120) }}
{% endif %}

  {{ line.severity | upper }}: {{ line.title | line | truncate(150) }}
{%- if line.correction %} ({% if line.correction == "no_longer_matches" %}no longer matches{% else %}{{ line.correction }}{% endif %}){% endif %}
{%- if line.late %} (late){% endif %}{% if line.test %} (test){% endif %}

{% if line.headline or line.snippet %}
  {{ line.headline | line | truncate(200) }}{% if not line.headline %}{{ line.snippet | line | truncate(200) }}{% endif %}

{% endif %}
{% if line.outlet or line.published %}
  {{ line.outlet | line | truncate(60) }}{% if line.outlet and line.published %}, {% endif %}
{%- if line.published and line.day_only %}{{ line.published | date("%Y-%m-%d", "UTC") }}
{%- else %}{{ line.published }}{% endif %}

{% endif %}
{% if line.url and line.url | count <= 500 %}
  {{ line.url }}
{% endif %}
{% if line.withheld %}
  [{{ line.withheld | line | truncate(120) }}]
{% endif %}
{% endif %}
{% endfor %}
{% endfor %}
{% if digest.alert_count > 400 %}

These are the 400 gravest; the others are in the list of Alerts.
{% endif %}
{% if digest.omitted %}

{{ digest.omitted | grouped }} that cannot be shown.
{% endif %}

-- 
Digest {{ digest.id }}
Pipeline {{ digest.pipeline | line }}
)";

const char kDigestHtmlTemplate[] = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Digest {{ digest.time }}</title></head>
<body style="font-family: sans-serif; max-width: 40em">
<h2 style="margin-bottom: 0">
{%- if digest.alert_count %}{{ digest.alert_count | grouped }} {% if digest.alert_count == 1 %}alert{% else %}alerts{% endif %}
{%- else %}nothing{% endif %}; {{ digest.checked | grouped }} checked</h2>
<p style="margin-top: 0; color: #555">Digest for {{ digest.recipient }}, {{ digest.time }}
{%- if digest.since %}, since {{ digest.since }}{% endif %}</p>
{% for section in digest.sections %}
{% for line in section.lines %}
{% if line.rank <= 400 %}
{% if loop.first %}
<h3>{{ section.watch | default("Without watch") | truncate(120) }}</h3>
{% endif %}
<div style="border-left: 3px solid
{%- if line.severity in "critical high" %} #c00{% elif line.severity == "medium" %} #e90{% else %} #ccc{% endif %}; padding-left: 1em; margin: 1em 0">
<b>{{ line.severity | upper }}</b> {{ line.title | truncate(150) }}
{%- if line.correction %} <b>({% if line.correction == "no_longer_matches" %}no longer matches{% else %}{{ line.correction }}{% endif %})</b>{% endif %}
{%- if line.late %} (late){% endif %}{% if line.test %} (test){% endif %}
{% if line.headline or line.snippet or line.url %}
<br>{% if line.url and line.url | count <= 500 %}<a href="{{ line.url }}" rel="noreferrer">{% endif %}
{%- if line.headline %}{{ line.headline | truncate(200) }}
{%- elif line.snippet %}{{ line.snippet | truncate(200) }}
{%- else %}link{% endif %}
{%- if line.url and line.url | count <= 500 %}</a>{% endif %}

{% endif %}
{% if line.outlet or line.published %}
<br><span style="color: #555">{{ line.outlet | truncate(60) }}{% if line.outlet and line.published %}, {% endif %}
{%- if line.published and line.day_only %}{{ line.published | date("%Y-%m-%d", "UTC") }}
{%- else %}{{ line.published }}{% endif %}</span>
{% endif %}
{% if line.withheld %}
<br><i>{{ line.withheld | truncate(120) }}</i>
{% endif %}
</div>
{% endif %}
{% endfor %}
{% endfor %}
{% if digest.alert_count > 400 %}
<p>These are the 400 gravest; the others are in the list of Alerts.</p>
{% endif %}
{% if digest.omitted %}
<p>{{ digest.omitted | grouped }} that cannot be shown.</p>
{% endif %}
<p style="color: #555; font-size: small">Digest {{ digest.id }}<br>Pipeline {{ digest.pipeline }}</p>
</body></html>
)";

}  // namespace wirewatch::alerts
