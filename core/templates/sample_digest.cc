#include "wirewatch/templates/digest_model.h"

namespace wirewatch::templates {
namespace {

constexpr int64_t kSeven = 1795759200;  // 2026-11-27 07:00 in Vienna
constexpr int64_t kHour = 3600;

v1::DigestLine& AddLine(v1::DigestSection& section, const char* alert, v1::Severity severity, const char* title,
                        int64_t raised) {
  v1::DigestLine& line = *section.add_lines();
  line.set_alert_id(alert);
  line.set_title(title);
  line.set_severity(severity);
  line.set_status(v1::ALERT_STATUS_OPEN);
  line.mutable_raised()->set_seconds(raised);
  line.mutable_updated()->set_seconds(raised + kHour);
  line.set_item_count(2);
  line.set_origin_count(2);
  line.set_held_events(1);
  line.add_reasons(v1::HELD_REASON_QUIET_HOURS);
  return line;
}

void ShowItem(v1::DigestLine& line, const char* headline, const char* outlet, const char* url) {
  line.set_headline(headline);
  line.set_outlet(outlet);
  line.set_url(url);
  line.mutable_published()->mutable_value()->set_seconds(line.raised().seconds() - 60);
  line.set_language("en");
}

}  // namespace

v1::Digest SampleDigest() {
  v1::Digest digest;
  digest.set_id("c0ffee1d9c5e48f7a2b4c6d8e0f21357");
  digest.set_journal_id("00000000000000000000000000000000");
  digest.set_pipeline("desk");
  digest.set_recipient("night-desk");
  digest.set_channel("hook");
  digest.set_language("de");
  digest.set_time_zone("Europe/Vienna");
  digest.mutable_time()->set_seconds(kSeven);
  digest.mutable_since()->set_seconds(kSeven - 13 * kHour);
  digest.set_cut_sequence(1204);
  digest.set_alert_count(4);
  digest.set_omitted(1);
  digest.set_checked(1204);

  v1::DigestSection& floods = *digest.add_sections();
  floods.set_watch_id("danube-floods");
  v1::DigestLine& alarm = AddLine(floods, "3f0b6a1d9c5e48f7a2b4c6d8e0f21357", v1::SEVERITY_HIGH,
                                  "danube-floods: 2 Items from 2 origins", kSeven - 6 * kHour);
  ShowItem(alarm, "River <Danube> passes \"alarm level 3\" & rises on", "Danube Courier",
           "https://courier.example/danube?page=1&id=7");
  v1::DigestLine& corrected = AddLine(floods, "81b2c3d4e5f60718293a4b5c6d7e8f90", v1::SEVERITY_MEDIUM,
                                      "danube-floods: 1 Item from 1 origin", kSeven - 5 * kHour);
  ShowItem(corrected, "Crue du Danube : évacuations à Mohács", "Agence Exemple",
           "https://agence.example/fr/crue-du-danube");
  corrected.set_item_count(1);
  corrected.set_origin_count(1);
  corrected.set_correction(v1::CORRECTION_KIND_CORRECTED);
  corrected.mutable_published()->set_precision(v1::TIME_PRECISION_DAY);
  corrected.set_late(true);
  corrected.set_held_events(3);
  corrected.add_reasons(v1::HELD_REASON_LATE);
  v1::DigestLine& post = AddLine(floods, "91b2c3d4e5f60718293a4b5c6d7e8f91", v1::SEVERITY_LOW,
                                 "danube-floods: 1 Item from 1 origin", kSeven - 4 * kHour);
  ShowItem(post, "", "social.example", "https://social.example/@reporter/1");
  post.set_snippet("Water in the cellar at the Danube, second time this year.");
  post.set_test(true);

  v1::DigestSection& silent = *digest.add_sections();
  silent.set_watch_id("silent-sources");
  v1::DigestLine& wire = AddLine(silent, "a1b2c3d4e5f60718293a4b5c6d7e8f92", v1::SEVERITY_HIGH,
                                 "The source \"wire\" has been silent for 3 hours", kSeven - 2 * kHour);
  wire.set_status(v1::ALERT_STATUS_RESOLVED);
  wire.set_item_count(0);
  wire.set_origin_count(0);
  wire.set_withheld("the Items may not be shown here");
  return digest;
}

}  // namespace wirewatch::templates
