#include "wirewatch/templates/alert_model.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/templates/message_values.h"

namespace wirewatch::templates {
namespace {

// Evidence, with the event that it is shown for.
struct Shown {
  const v1::AlertEvent* event;
  const v1::Evidence* evidence;
};
// A stretch of a snippet.
struct Stretch {
  std::string text;
  bool hit;
};

template <auto Get>
Value OfAlert(const void* data) {
  return Field<v1::Alert, Get>(data);
}
template <auto Get>
Value OfEvent(const void* data) {
  return Field<v1::AlertEvent, Get>(data);
}
template <auto Get>
Value OfEvidence(const void* data) {
  return ValueOf((static_cast<const Shown*>(data)->evidence->*Get)());
}
template <auto Get>
Value OfSilence(const void* data) {
  return Field<v1::SilenceRule, Get>(data);
}

const v1::AlertEvent& EventIn(const void* data) { return *static_cast<const v1::AlertEvent*>(data); }
const v1::Alert& AlertIn(const void* data) { return *static_cast<const v1::Alert*>(data); }
const v1::Evidence& EvidenceIn(const void* data) { return *static_cast<const Shown*>(data)->evidence; }
const v1::AlertEvent& EventOf(const void* view) { return *static_cast<const AlertView*>(view)->event; }

std::string WhatHappened(const v1::AlertEvent& event) {
  switch (event.correction()) {
    case v1::CORRECTION_KIND_CORRECTED:
      return "correction";
    case v1::CORRECTION_KIND_RETRACTED:
      return "retraction";
    case v1::CORRECTION_KIND_NO_LONGER_MATCHES:
      return "no longer matches";
    default:
      break;
  }
  switch (event.type()) {
    case v1::ALERT_EVENT_TYPE_RAISED:
      return "new";
    case v1::ALERT_EVENT_TYPE_UPDATED:
      return "update";
    case v1::ALERT_EVENT_TYPE_REPEATED:
      return "still holds";
    case v1::ALERT_EVENT_TYPE_NOTED:
      return "note";
    default:
      return absl::StrReplaceAll(EventTypeWord(event.type()), {{"_", " "}});
  }
}

Value StretchesOf(const v1::Evidence& evidence);
Value Links(const void* view);
Value ShownOf(const v1::AlertEvent& event, bool only_news);

// ---- The records ----

const Record kStretch = {"stretch",
                         {{"text", Shape::Text(), "Its text.",
                           [](const void* data) -> Value { return static_cast<const Stretch*>(data)->text; }},
                          {"hit", Shape::Flag(), "It matched.",
                           [](const void* data) -> Value { return static_cast<const Stretch*>(data)->hit; }}}};

const Record kLabel = {"label",
                       {{"name", Shape::Text(), "Its name.", Field<v1::Label, &v1::Label::name>},
                        {"value", Shape::Text(), "Its value; may be empty.", Field<v1::Label, &v1::Label::value>}}};

const Record kNote = {"note",
                      {{"by", Shape::Text(), "Who wrote it.", Field<v1::AlertNote, &v1::AlertNote::by>},
                       {"at", Shape::Time(), "When.", Field<v1::AlertNote, &v1::AlertNote::at>},
                       {"text", Shape::Text(), "The note.", Field<v1::AlertNote, &v1::AlertNote::text>}}};

const Record kEvidence = {
    "evidence",
    {{"headline", Shape::Text(), "The Item's headline.", OfEvidence<&v1::Evidence::headline>},
     {"outlet", Shape::Text(), "Who published it: the outlet's name, else its domain.",
      OfEvidence<&v1::Evidence::outlet>},
     {"origin", Shape::Text(), "Whom it comes from: agency, else outlet, else domain.",
      OfEvidence<&v1::Evidence::origin>},
     {"url", Shape::Text(), "Its address; only http and https.",
      [](const void* data) { return LinkOf(EvidenceIn(data).url()); }},
     {"published", Shape::Time(), "When it was published.",
      [](const void* data) { return ValueOf(EvidenceIn(data).published().value()); }},
     {"day_only", Shape::Flag(), "Of `published` only the day is known.",
      [](const void* data) -> Value { return EvidenceIn(data).published().precision() == v1::TIME_PRECISION_DAY; }},
     {"snippet", Shape::Text(), "The text around the first match.", OfEvidence<&v1::Evidence::snippet>},
     {"stretches", Shape::ListOf(kStretch), "The snippet in stretches that matched and that did not.",
      [](const void* data) { return StretchesOf(EvidenceIn(data)); }},
     {"why", Shape::Text(), "Why it is here, in a sentence.",
      [](const void* data) { return ValueOf(EvidenceIn(data).explanation().summary()); }},
     {"watch", Shape::Text(), "The watch's id.", OfEvidence<&v1::Evidence::watch_id>},
     {"severity", Shape::Text(), "Of its Signal: `info`, `low`, `medium`, `high`, `critical`.",
      [](const void* data) -> Value { return SeverityWord(EvidenceIn(data).severity()); }},
     {"language", Shape::Text(), "Its main language, BCP 47.", OfEvidence<&v1::Evidence::language>},
     {"item", Shape::Text(), "The Item's id.", OfEvidence<&v1::Evidence::item_id>},
     {"version", Shape::Number(), "The Item's version.", OfEvidence<&v1::Evidence::item_version>},
     {"standing", Shape::Text(), "Nothing, or `corrected`, `retracted`, `no_longer_matches`.",
      [](const void* data) -> Value {
        return Word(v1::EvidenceStanding_Name(EvidenceIn(data).standing()), "EVIDENCE_STANDING_");
      }},
     {"withheld", Shape::Text(), "Why texts are left out, where they are.", OfEvidence<&v1::Evidence::withheld>},
     {"late", Shape::Flag(), "It was old when it arrived.", OfEvidence<&v1::Evidence::late>},
     {"partial", Shape::Flag(), "Less than the full text was there to match.", OfEvidence<&v1::Evidence::partial_text>},
     {"news", Shape::Flag(), "It is what the event is about.", [](const void* data) -> Value {
        const auto& shown = *static_cast<const Shown*>(data);
        return IsNews(*shown.event, *shown.evidence);
      }}}};

const Record kEvent = {
    "event",
    {{"type", Shape::Text(),
      "What happened: `raised`, `updated`, `closed`, `resolved`, `repeated`, `acknowledged`, `acknowledgement_lapsed`, "
      "`dismissed`, `assigned`, `noted`, `escalated`, `silence_made`, `silence_ended`.",
      [](const void* data) -> Value { return EventTypeWord(EventIn(data).type()); }},
     {"what", Shape::Text(),
      "The same for people: `new`, `update`, `correction`, `retraction`, `no longer matches`, `closed`, `resolved`, "
      "`still holds`, `acknowledged` …",
      [](const void* data) -> Value { return WhatHappened(EventIn(data)); }},
     {"correction", Shape::Text(), "Nothing, or `corrected`, `retracted`, `no_longer_matches`.",
      [](const void* data) -> Value {
        return Word(v1::CorrectionKind_Name(EventIn(data).correction()), "CORRECTION_KIND_");
      }},
     {"at", Shape::Time(), "When it happened.", OfEvent<&v1::AlertEvent::at>},
     {"sequence", Shape::Number(), "Its place in the journal.", OfEvent<&v1::AlertEvent::sequence>},
     {"journal", Shape::Text(), "The journal's id.", OfEvent<&v1::AlertEvent::journal_id>},
     {"actor", Shape::Text(), "Who acted; nothing for the host.", OfEvent<&v1::AlertEvent::actor>},
     {"reason", Shape::Text(), "Why, in a person's words or the host's.", OfEvent<&v1::AlertEvent::reason>},
     {"severity_before", Shape::Text(), "The severity before, where it changed.", [](const void* data) -> Value {
        const v1::Severity before = EventIn(data).severity_before();
        return before == v1::SEVERITY_UNSPECIFIED ? std::string() : SeverityWord(before);
      }}}};

const Record kAlert = {
    "alert",
    {{"id", Shape::Text(), "32 hexadecimal digits.", OfAlert<&v1::Alert::id>},
     {"title", Shape::Text(), "One line for a person.", OfAlert<&v1::Alert::title>},
     {"severity", Shape::Text(), "`info`, `low`, `medium`, `high`, `critical`.",
      [](const void* data) -> Value { return SeverityWord(AlertIn(data).severity()); }},
     {"kind", Shape::Text(), "`hit` or `condition`.",
      [](const void* data) -> Value { return Word(v1::AlertKind_Name(AlertIn(data).kind()), "ALERT_KIND_"); }},
     {"status", Shape::Text(), "`pending`, `open`, `closed`, `resolved`, `dismissed`.",
      [](const void* data) -> Value { return Word(v1::AlertStatus_Name(AlertIn(data).status()), "ALERT_STATUS_"); }},
     {"pipeline", Shape::Text(), "The pipeline's name.", OfAlert<&v1::Alert::pipeline>},
     {"fingerprint", Shape::Text(), "The same for every Alert of its group.", OfAlert<&v1::Alert::fingerprint>},
     {"group", Shape::ListOf(kLabel), "What its Signals were grouped by.",
      [](const void* data) { return RecordsOf(kLabel, AlertIn(data).group()); }},
     {"watches", Shape::Texts(), "Ids of the watches that raised it.",
      [](const void* data) { return TextsOf(AlertIn(data).watch_ids()); }},
     {"stories", Shape::Texts(), "Ids of the stories that it concerns.",
      [](const void* data) { return TextsOf(AlertIn(data).story_ids()); }},
     {"origins", Shape::Texts(), "Names of its independent origins.",
      [](const void* data) { return TextsOf(AlertIn(data).origins()); }},
     {"signal_count", Shape::Number(), "Signals in it.", OfAlert<&v1::Alert::signal_count>},
     {"item_count", Shape::Number(), "Items in it.", OfAlert<&v1::Alert::item_count>},
     {"origin_count", Shape::Number(), "Independent origins in it.", OfAlert<&v1::Alert::origin_count>},
     {"omitted", Shape::Number(), "Signals that are not among `evidence`.", OfAlert<&v1::Alert::evidence_omitted>},
     {"opened", Shape::Time(), "When its first Signal came.", OfAlert<&v1::Alert::opened>},
     {"raised", Shape::Time(), "When it was raised.", OfAlert<&v1::Alert::raised>},
     {"updated", Shape::Time(), "When the last event was.", OfAlert<&v1::Alert::updated>},
     {"closed", Shape::Time(), "When it was closed or resolved.", OfAlert<&v1::Alert::closed>},
     {"late", Shape::Flag(), "All its Items were old when they arrived.", OfAlert<&v1::Alert::late>},
     {"test", Shape::Flag(), "It is a test.", OfAlert<&v1::Alert::test>},
     {"partial", Shape::Flag(), "All of it rests on less than full texts.", OfAlert<&v1::Alert::partial_text>},
     {"corrected", Shape::Flag(), "A correction or retraction concerns it.", OfAlert<&v1::Alert::corrected>},
     {"acknowledged_by", Shape::Text(), "Who is on it.",
      [](const void* data) { return ValueOf(AlertIn(data).acknowledgement().by()); }},
     {"acknowledged_at", Shape::Time(), "Since when.",
      [](const void* data) { return ValueOf(AlertIn(data).acknowledgement().at()); }},
     {"assignee", Shape::Text(), "Who has it to do.", OfAlert<&v1::Alert::assignee>},
     {"notes", Shape::ListOf(kNote), "Notes on it, oldest first.",
      [](const void* data) { return RecordsOf(kNote, AlertIn(data).notes()); }},
     {"dismissed_by", Shape::Text(), "Who has dismissed it.",
      [](const void* data) { return ValueOf(AlertIn(data).dismissal().by()); }},
     {"dismissed_as", Shape::Text(), "`irrelevant`, `duplicate` or `known`.",
      [](const void* data) -> Value {
        return Word(v1::DismissReason_Name(AlertIn(data).dismissal().reason()), "DISMISS_REASON_");
      }},
     {"escalated", Shape::Time(), "When it was escalated.", OfAlert<&v1::Alert::escalated>}}};

const Record kSilence = {
    "silence",
    {{"id", Shape::Text(), "Its id.", OfSilence<&v1::SilenceRule::id>},
     {"author", Shape::Text(), "Who made it.", OfSilence<&v1::SilenceRule::author>},
     {"reason", Shape::Text(), "Why.", OfSilence<&v1::SilenceRule::reason>},
     {"begins", Shape::Time(), "In force from.", OfSilence<&v1::SilenceRule::begins>},
     {"ends", Shape::Time(), "In force until.", OfSilence<&v1::SilenceRule::ends>},
     {"hidden", Shape::Number(), "Events that it has hidden.", OfSilence<&v1::SilenceRule::hidden>},
     {"hidden_alerts", Shape::Texts(), "Ids of the Alerts that it has hidden events of.",
      [](const void* data) { return TextsOf(static_cast<const v1::SilenceRule*>(data)->hidden_alert_ids()); }}}};

const Record kRoot = {
    "what a template begins with",
    {{"event", Shape::Of(kEvent), "What happened.",
      [](const void* view) -> Value { return Object::Borrowed(kEvent, EventOf(view)); }},
     {"alert", Shape::Of(kAlert), "The Alert as it stands after the event; empty for events about a silence.",
      [](const void* view) -> Value { return Object::Borrowed(kAlert, EventOf(view).alert()); }},
     {"evidence", Shape::ListOf(kEvidence), "What the Alert shows: its first and its latest Signals.",
      [](const void* view) { return ShownOf(EventOf(view), false); }},
     {"news", Shape::ListOf(kEvidence), "Of the evidence what this event is about.",
      [](const void* view) { return ShownOf(EventOf(view), true); }},
     {"links", Shape::Texts(), "The addresses of the evidence, each once.", Links},
     {"silence", Shape::Of(kSilence), "For `silence_made` and `silence_ended`: the silence.",
      [](const void* view) -> Value {
        return EventOf(view).has_silence() ? Value(Object::Borrowed(kSilence, EventOf(view).silence())) : Value();
      }},
     {"key", Shape::Text(), "The same for every attempt at this event on this channel.",
      [](const void* view) -> Value { return static_cast<const AlertView*>(view)->key; }},
     {"channel", Shape::Text(), "Pipeline and step, with a slash between.",
      [](const void* view) -> Value { return static_cast<const AlertView*>(view)->channel; }}}};

Value StretchesOf(const v1::Evidence& evidence) {
  const std::string& snippet = evidence.snippet();
  Value::List stretches;
  size_t at = 0;
  const auto add = [&](size_t end, bool hit) {
    if (end > at) stretches.emplace_back(Object::Owned(kStretch, Stretch{snippet.substr(at, end - at), hit}));
    at = end;
  };
  for (const v1::Span& hit : evidence.highlights()) {
    if (hit.begin() < at || hit.end() > snippet.size() || hit.begin() >= hit.end()) continue;
    add(hit.begin(), false);
    add(hit.end(), true);
  }
  add(snippet.size(), false);
  return stretches;
}

Value ShownOf(const v1::AlertEvent& event, bool only_news) {
  Value::List list;
  for (const v1::Evidence& evidence : event.alert().evidence()) {
    if (!only_news || IsNews(event, evidence)) list.emplace_back(Object::Owned(kEvidence, Shown{&event, &evidence}));
  }
  return list;
}

Value Links(const void* view) {
  Value::List links;
  for (const v1::Evidence& evidence : EventOf(view).alert().evidence()) {
    const Value link = LinkOf(evidence.url());
    const auto same = [&link](const Value& other) { return other.text() == link.text(); };
    if (link.Holds() && std::none_of(links.begin(), links.end(), same)) links.push_back(link);
  }
  return links;
}

}  // namespace

bool IsNews(const v1::AlertEvent& event, const v1::Evidence& evidence) {
  if (event.correction() != v1::CORRECTION_KIND_UNSPECIFIED) return evidence.item_id() == event.corrected_item_id();
  if (event.type() != v1::ALERT_EVENT_TYPE_UPDATED || event.new_signal_ids().empty()) return true;
  const auto& ids = event.new_signal_ids();
  return std::find(ids.begin(), ids.end(), evidence.signal_id()) != ids.end();
}

const Record& AlertRoot() { return kRoot; }

const std::vector<const Record*>& AlertRecords() {
  static const auto& records =
      *new std::vector<const Record*>{&kRoot, &kEvent, &kAlert, &kEvidence, &kStretch, &kLabel, &kNote, &kSilence};
  return records;
}

}  // namespace wirewatch::templates
