#include "wirewatch/templates/digest_model.h"

#include <algorithm>
#include <utility>

#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/templates/message_values.h"

namespace wirewatch::templates {
namespace {

// A line, with what only the whole digest tells of it.
struct Line {
  const v1::DigestLine* line;
  const std::string* watch;
  int64_t rank = 0;
};
struct Section {
  const std::string* watch;
  std::vector<Line> lines;
};

// With the ranks filled in: by severity, then as they stand.
std::vector<Section> SectionsOf(const v1::Digest& digest) {
  std::vector<Section> sections;
  for (const v1::DigestSection& section : digest.sections()) {
    sections.push_back({&section.watch_id(), {}});
    for (const v1::DigestLine& line : section.lines()) sections.back().lines.push_back({&line, &section.watch_id()});
  }
  std::vector<Line*> ranked;
  for (Section& section : sections) {
    for (Line& line : section.lines) ranked.push_back(&line);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Line* a, const Line* b) { return a->line->severity() > b->line->severity(); });
  for (size_t i = 0; i < ranked.size(); ++i) ranked[i]->rank = static_cast<int64_t>(i) + 1;
  return sections;
}

// As docs/recipients.md calls it.
std::string ReasonWords(v1::HeldReason reason) {
  switch (reason) {
    case v1::HELD_REASON_QUIET_HOURS:
      return "quiet hours";
    case v1::HELD_REASON_CAPPED:
      return "cap";
    case v1::HELD_REASON_LATE:
      return "late";
    case v1::HELD_REASON_INHIBITED:
      return "graver alert";
    case v1::HELD_REASON_SILENCED:
      return "silence";
    default:
      return "";
  }
}

Value ReasonsOf(const v1::DigestLine& line) {
  Value::List reasons;
  for (const int reason : line.reasons()) {
    if (std::string words = ReasonWords(static_cast<v1::HeldReason>(reason)); !words.empty())
      reasons.emplace_back(std::move(words));
  }
  return reasons;
}

const v1::Digest& DigestOf(const void* view) { return *static_cast<const DigestView*>(view)->digest; }
const v1::Digest& DigestIn(const void* data) { return *static_cast<const v1::Digest*>(data); }
const v1::DigestLine& LineIn(const void* data) { return *static_cast<const Line*>(data)->line; }

template <auto Get>
Value OfDigest(const void* data) {
  return Field<v1::Digest, Get>(data);
}
template <auto Get>
Value OfLine(const void* data) {
  return ValueOf((LineIn(data).*Get)());
}

const Record kLine = {
    "line",
    {{"alert", Shape::Text(), "The Alert's id.", OfLine<&v1::DigestLine::alert_id>},
     {"watch", Shape::Text(), "The id of the watch that it stands at; may be empty.",
      [](const void* data) -> Value { return *static_cast<const Line*>(data)->watch; }},
     {"rank", Shape::Number(), "Its place among all lines of the digest, the gravest first, from 1.",
      [](const void* data) -> Value { return static_cast<const Line*>(data)->rank; }},
     {"title", Shape::Text(), "The Alert's title.", OfLine<&v1::DigestLine::title>},
     {"severity", Shape::Text(), "`info`, `low`, `medium`, `high`, `critical`.",
      [](const void* data) -> Value { return SeverityWord(LineIn(data).severity()); }},
     {"status", Shape::Text(), "`open`, `closed`, `resolved`, `dismissed`.",
      [](const void* data) -> Value { return Word(v1::AlertStatus_Name(LineIn(data).status()), "ALERT_STATUS_"); }},
     {"raised", Shape::Time(), "When it was raised.", OfLine<&v1::DigestLine::raised>},
     {"updated", Shape::Time(), "When it last changed.", OfLine<&v1::DigestLine::updated>},
     {"item_count", Shape::Number(), "Items in it.", OfLine<&v1::DigestLine::item_count>},
     {"origin_count", Shape::Number(), "Independent origins in it.", OfLine<&v1::DigestLine::origin_count>},
     {"correction", Shape::Text(), "Nothing, or `corrected`, `retracted`, `no_longer_matches`.",
      [](const void* data) -> Value {
        return Word(v1::CorrectionKind_Name(LineIn(data).correction()), "CORRECTION_KIND_");
      }},
     {"late", Shape::Flag(), "All its Items were old when they arrived.", OfLine<&v1::DigestLine::late>},
     {"test", Shape::Flag(), "It is a test.", OfLine<&v1::DigestLine::test>},
     {"held_events", Shape::Number(), "Events of it that were held.", OfLine<&v1::DigestLine::held_events>},
     {"reasons", Shape::Texts(), "Why they were: `quiet hours`, `cap`, `late`, `graver alert`, `silence`.",
      [](const void* data) { return ReasonsOf(LineIn(data)); }},
     {"headline", Shape::Text(), "The headline of its latest Item that stands.", OfLine<&v1::DigestLine::headline>},
     {"outlet", Shape::Text(), "Who published that: the outlet's name, else its domain.",
      OfLine<&v1::DigestLine::outlet>},
     {"url", Shape::Text(), "Its address; only http and https.",
      [](const void* data) { return LinkOf(LineIn(data).url()); }},
     {"published", Shape::Time(), "When it was published.",
      [](const void* data) { return ValueOf(LineIn(data).published().value()); }},
     {"day_only", Shape::Flag(), "Of `published` only the day is known.",
      [](const void* data) -> Value { return LineIn(data).published().precision() == v1::TIME_PRECISION_DAY; }},
     {"language", Shape::Text(), "Its main language, BCP 47.", OfLine<&v1::DigestLine::language>},
     {"snippet", Shape::Text(), "The text around the first match, of an Item without headline.",
      OfLine<&v1::DigestLine::snippet>},
     {"withheld", Shape::Text(), "Why texts are left out, where they are.", OfLine<&v1::DigestLine::withheld>}}};

Value LinesOf(const std::vector<Line>& lines) {
  Value::List list;
  for (const Line& line : lines) list.emplace_back(Object::Owned(kLine, line));
  return list;
}

const Record kSection = {"section",
                         {{"watch", Shape::Text(), "The watch's id; empty for Alerts without one.",
                           [](const void* data) -> Value { return *static_cast<const Section*>(data)->watch; }},
                          {"lines", Shape::ListOf(kLine), "Its Alerts, the gravest first, then as they were raised.",
                           [](const void* data) { return LinesOf(static_cast<const Section*>(data)->lines); }}}};

Value AllLines(const void* data) {
  std::vector<Line> lines;
  for (const Section& section : SectionsOf(DigestIn(data)))
    lines.insert(lines.end(), section.lines.begin(), section.lines.end());
  std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.rank < b.rank; });
  return LinesOf(lines);
}

Value AllSections(const void* data) {
  Value::List list;
  for (Section& section : SectionsOf(DigestIn(data))) list.emplace_back(Object::Owned(kSection, std::move(section)));
  return list;
}

const Record kDigest = {
    "digest",
    {{"id", Shape::Text(), "The same for every attempt at it; 32 hexadecimal digits.", OfDigest<&v1::Digest::id>},
     {"pipeline", Shape::Text(), "The pipeline's name.", OfDigest<&v1::Digest::pipeline>},
     {"recipient", Shape::Text(), "Whom it is for.", OfDigest<&v1::Digest::recipient>},
     {"language", Shape::Text(), "The recipient's language, BCP 47, where one is stated.",
      OfDigest<&v1::Digest::language>},
     {"zone", Shape::Text(), "The recipient's time zone.", OfDigest<&v1::Digest::time_zone>},
     {"time", Shape::Time(), "The time of day that it is for.", OfDigest<&v1::Digest::time>},
     {"since", Shape::Time(), "The time of the digest before; nothing for the first one.",
      OfDigest<&v1::Digest::since>},
     {"alert_count", Shape::Number(), "Alerts in it.", OfDigest<&v1::Digest::alert_count>},
     {"omitted", Shape::Number(), "Alerts that were held and cannot be shown.", OfDigest<&v1::Digest::omitted>},
     {"checked", Shape::Number(), "Items that were checked since the digest before.", OfDigest<&v1::Digest::checked>},
     {"gravest", Shape::Text(), "The gravest severity in it; nothing when it is empty.",
      [](const void* data) -> Value {
        const v1::Severity gravest = GravestOf(DigestIn(data));
        return gravest == v1::SEVERITY_UNSPECIFIED ? std::string() : SeverityWord(gravest);
      }},
     {"sections", Shape::ListOf(kSection), "Its Alerts by watch, sorted by the watch's id.", AllSections},
     {"lines", Shape::ListOf(kLine), "All its Alerts, the gravest first.", AllLines},
     {"journal", Shape::Text(), "The journal's id.", OfDigest<&v1::Digest::journal_id>}}};

const Record kRoot = {"what a digest's template begins with",
                      {{"digest", Shape::Of(kDigest), "What was held, as it stands.",
                        [](const void* view) -> Value { return Object::Borrowed(kDigest, DigestOf(view)); }},
                       {"key", Shape::Text(), "The same for every attempt at this digest: its id.",
                        [](const void* view) -> Value { return DigestOf(view).id(); }},
                       {"channel", Shape::Text(), "Pipeline and step, with a slash between.",
                        [](const void* view) -> Value { return static_cast<const DigestView*>(view)->channel; }}}};

}  // namespace

v1::Severity GravestOf(const v1::Digest& digest) {
  v1::Severity gravest = v1::SEVERITY_UNSPECIFIED;
  for (const v1::DigestSection& section : digest.sections()) {
    for (const v1::DigestLine& line : section.lines()) gravest = std::max(gravest, line.severity());
  }
  return gravest;
}

const Record& DigestRoot() { return kRoot; }

const std::vector<const Record*>& DigestRecords() {
  static const auto& records = *new std::vector<const Record*>{&kRoot, &kDigest, &kSection, &kLine};
  return records;
}

}  // namespace wirewatch::templates
