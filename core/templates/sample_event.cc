#include "wirewatch/templates/alert_model.h"

namespace wirewatch::templates {
namespace {

constexpr int64_t kNoon = 1795694400;  // 2026-11-26 12:00 UTC

struct SampleItem {
  const char *outlet, *headline, *url, *before, *hit, *after, *signal;
};
constexpr SampleItem kItems[] = {
    {"Danube Courier", "River <Danube> passes \"alarm level 3\" & rises on",
     "https://courier.example/danube?page=1&id=7", "By noon the ", "Danube",
     " stood at 8.42 m in Mohács, the authorities said.", "5a9c1e"},
    {"Agence Exemple", "Crue du Danube : évacuations à Mohács", "https://agence.example/fr/crue-du-danube",
     "Plusieurs quartiers de Mohács sont évacués : le ", "Danube", " dépasse 8,4 m…", "77b2d0"}};

void Fill(const SampleItem& sample, int64_t published, v1::Evidence& evidence) {
  const std::string before = sample.before;
  const std::string hit = sample.hit;
  evidence.set_signal_id(sample.signal);
  evidence.set_kind(v1::SIGNAL_KIND_HIT);
  evidence.set_step("watch");
  evidence.set_item_id(std::string("item-") + sample.signal);
  evidence.set_item_version(1);
  evidence.set_watch_id("danube-floods");
  evidence.set_severity(v1::SEVERITY_HIGH);
  evidence.set_origin(sample.outlet);
  evidence.set_outlet(sample.outlet);
  evidence.set_headline(sample.headline);
  evidence.set_url(sample.url);
  evidence.mutable_published()->mutable_value()->set_seconds(published);
  evidence.set_snippet(before + hit + sample.after);
  v1::Span& highlight = *evidence.add_highlights();
  highlight.set_part(v1::PART_BODY);
  highlight.set_begin(static_cast<uint32_t>(before.size()));
  highlight.set_end(static_cast<uint32_t>(before.size() + hit.size()));
  highlight.set_text(hit);
  evidence.mutable_explanation()->set_summary("\"Danube\" in the body, near \"flood\"");
}

}  // namespace

v1::AlertEvent SampleEvent() {
  v1::AlertEvent event;
  event.set_journal_id("00000000000000000000000000000000");
  event.set_sequence(1204);
  event.set_alert_id("3f0b6a1d9c5e48f7a2b4c6d8e0f21357");
  event.set_type(v1::ALERT_EVENT_TYPE_RAISED);
  event.mutable_at()->set_seconds(kNoon + 90);
  v1::Alert& alert = *event.mutable_alert();
  alert.set_id(event.alert_id());
  alert.set_fingerprint("9e1d7c3b5a2f4e6d8c0b1a3f5e7d9c2b");
  alert.set_pipeline("desk");
  alert.set_kind(v1::ALERT_KIND_HIT);
  alert.set_status(v1::ALERT_STATUS_OPEN);
  alert.set_severity(v1::SEVERITY_HIGH);
  v1::Label& label = *alert.add_group();
  label.set_name("watch");
  label.set_value("danube-floods");
  alert.set_title("danube-floods: 2 Items from 2 origins");
  alert.mutable_opened()->set_seconds(kNoon + 60);
  *alert.mutable_raised() = event.at();
  *alert.mutable_updated() = event.at();
  alert.set_signal_count(2);
  alert.set_item_count(2);
  alert.set_origin_count(2);
  alert.add_watch_ids("danube-floods");
  alert.add_story_ids("story-danube");
  int64_t published = kNoon;
  for (const SampleItem& sample : kItems) {
    Fill(sample, published, *alert.add_evidence());
    alert.add_origins(sample.outlet);
    published += 60;
  }
  return event;
}

}  // namespace wirewatch::templates
