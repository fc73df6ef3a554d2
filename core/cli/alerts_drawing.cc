#include "wirewatch/cli/alerts_drawing.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/cli/clause_drawing.h"
#include "wirewatch/cli/terminal.h"
#include "wirewatch/cli/watches_drawing.h"
#include "wirewatch/text/printable.h"

namespace wirewatch::cli {
namespace {

using google::protobuf::Timestamp;
using text::Printable;

// As much of an id as people copy; the host takes any beginning that is clear.
constexpr size_t kShortId = 12;
constexpr int kMostHidden = 20;

// "ALERT_STATUS_OPEN" -> "open"
std::string NameOf(const std::string& value, std::string_view prefix) {
  std::string name = value.starts_with(prefix) ? value.substr(prefix.size()) : value;
  std::replace(name.begin(), name.end(), '_', ' ');
  return absl::AsciiStrToLower(name);
}
std::string NameOf(v1::AlertStatus status) { return NameOf(v1::AlertStatus_Name(status), "ALERT_STATUS_"); }
std::string NameOf(v1::AlertEventType type) { return NameOf(v1::AlertEventType_Name(type), "ALERT_EVENT_TYPE_"); }
std::string NameOf(v1::CorrectionKind kind) { return NameOf(v1::CorrectionKind_Name(kind), "CORRECTION_KIND_"); }
std::string NameOf(v1::DismissReason reason) { return NameOf(v1::DismissReason_Name(reason), "DISMISS_REASON_"); }
std::string NameOf(v1::EvidenceStanding standing) {
  return NameOf(v1::EvidenceStanding_Name(standing), "EVIDENCE_STANDING_");
}

std::string TimeText(const Timestamp& at) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", alerts::GetTime(at), absl::UTCTimeZone());
}

template <class Labels>
std::string LabelText(const Labels& labels) {
  return absl::StrJoin(labels, " ", [](std::string* out, const v1::Label& label) {
    if (!label.value().empty()) absl::StrAppend(out, label.name(), "=", label.value());
  });
}

// Who is on it, in a word or two.
std::string Whose(const v1::Alert& alert) {
  if (!alert.assignee().empty()) return absl::StrCat("→ ", alert.assignee());
  if (alert.has_acknowledgement()) return absl::StrCat("ack ", alert.acknowledgement().by());
  if (!alert.silenced_by().empty()) return "silenced";
  return alert.has_escalated() ? "escalated" : "";
}

std::string Marks(const v1::Alert& alert) {
  std::string marks;
  for (const auto& [set, mark] : {std::pair(alert.test(), " [test]"), std::pair(alert.late(), " [late]"),
                                  std::pair(alert.corrected(), " [corrected]")}) {
    if (set) marks += mark;
  }
  return marks;
}

void Fact(std::string& drawn, std::string_view name, std::string_view value) {
  if (!value.empty()) absl::StrAppendFormat(&drawn, "  %-13s %s\n", name, Printable(value));
}

// Hits stand in brackets.
std::string SnippetText(const v1::Evidence& evidence) {
  const std::string_view snippet = evidence.snippet();
  std::string out;
  size_t at = 0;
  for (const v1::Span& hit : evidence.highlights()) {
    if (hit.begin() < at || hit.end() > snippet.size() || hit.begin() >= hit.end()) continue;
    absl::StrAppend(&out, Printable(snippet.substr(at, hit.begin() - at)), "[",
                    Printable(snippet.substr(hit.begin(), hit.end() - hit.begin())), "]");
    at = hit.end();
  }
  return out + Printable(snippet.substr(at));
}

std::string DrawEvidence(const v1::Evidence& evidence) {
  std::string drawn =
      absl::StrCat("  · ", Printable(evidence.headline().empty() ? evidence.item_id() : evidence.headline()));
  if (evidence.standing() != v1::EVIDENCE_STANDING_UNSPECIFIED) {
    absl::StrAppend(&drawn, "  [", NameOf(evidence.standing()), "]");
  }
  std::vector<std::string> facts;
  for (const std::string& fact :
       {evidence.outlet().empty() ? evidence.origin() : evidence.outlet(), TimeText(evidence.arrival()), evidence.url(),
        absl::StrCat("item ", evidence.item_id(), " v", evidence.item_version())}) {
    if (!fact.empty()) facts.push_back(Printable(fact));
  }
  absl::StrAppend(&drawn, "\n    ", absl::StrJoin(facts, " · "), "\n");
  if (!evidence.snippet().empty()) absl::StrAppend(&drawn, "    ", SnippetText(evidence), "\n");
  if (!evidence.withheld().empty()) absl::StrAppend(&drawn, "    [", Printable(evidence.withheld()), "]\n");
  const v1::Explanation& why = evidence.explanation();
  if (!why.summary().empty()) {
    const std::string revision = evidence.revision() > 0 ? absl::StrCat(" revision ", evidence.revision()) : "";
    absl::StrAppend(&drawn, "    why: ", Printable(evidence.watch_id()), revision, ": ", Printable(why.summary()),
                    "\n");
  }
  for (const v1::Statistic& statistic : why.statistics()) {
    absl::StrAppendFormat(&drawn, "    %s: %g observed, %g expected\n", Printable(statistic.name()),
                          statistic.observed(), statistic.baseline());
  }
  if (why.has_clause()) absl::StrAppend(&drawn, DrawClauses(why.clause()));
  return drawn;
}

// What happened, without the Alert.
std::string What(const v1::AlertEvent& event) {
  std::string what = NameOf(event.type());
  if (event.correction() != v1::CORRECTION_KIND_UNSPECIFIED) absl::StrAppend(&what, ", ", NameOf(event.correction()));
  if (event.severity_before() != v1::SEVERITY_UNSPECIFIED) {
    absl::StrAppend(&what, ", was ", SeverityName(event.severity_before()));
  }
  if (!event.actor().empty()) absl::StrAppend(&what, " by ", Printable(event.actor()));
  if (!event.reason().empty()) absl::StrAppend(&what, ": ", Printable(event.reason()));
  if (!event.silenced_by().empty()) absl::StrAppend(&what, " [silenced]");
  return what;
}

// The first Item that the event is about.
const v1::Evidence* NewsOf(const v1::AlertEvent& event) {
  const auto& evidence = event.alert().evidence();
  const auto found = std::find_if(evidence.begin(), evidence.end(), [&event](const v1::Evidence& one) {
    if (!event.corrected_item_id().empty()) return one.item_id() == event.corrected_item_id();
    return std::find(event.new_signal_ids().begin(), event.new_signal_ids().end(), one.signal_id()) !=
           event.new_signal_ids().end();
  });
  return found == evidence.end() || found->headline().empty() ? nullptr : &*found;
}

std::string MatcherText(const v1::AlertFilter& matcher) {
  std::vector<std::string> parts;
  if (!matcher.watch_ids().empty()) parts.push_back(absl::StrCat("watch ", absl::StrJoin(matcher.watch_ids(), ", ")));
  if (!matcher.labels().empty()) parts.push_back(LabelText(matcher.labels()));
  if (matcher.least_severity() != v1::SEVERITY_UNSPECIFIED) {
    parts.push_back(absl::StrCat(SeverityName(matcher.least_severity()), " or graver"));
  }
  return absl::StrJoin(parts, " and ");
}

template <class Alerts>
void Section(std::string& drawn, const char* title, const Alerts& alerts, int columns) {
  absl::StrAppend(&drawn, "\n", title, ": ", alerts.size(), "\n");
  for (const v1::Alert& alert : alerts) {
    absl::StrAppend(&drawn, "  ", DrawAlertLine(alert, columns - 2), "\n");
    for (const v1::AlertNote& note : alert.notes()) {
      absl::StrAppend(&drawn, "      ", Printable(note.by()), ", ", TimeText(note.at()), ": ", Printable(note.text()),
                      "\n");
    }
  }
}

}  // namespace

std::string DrawAlertLine(const v1::Alert& alert, int columns) {
  return CutToColumns(absl::StrFormat("%-12s  %-9s  %-8s  %s  %-16s  %s%s", alert.id().substr(0, kShortId),
                                      NameOf(alert.status()), SeverityName(alert.severity()), TimeText(alert.updated()),
                                      Printable(Whose(alert)), Printable(alert.title()), Marks(alert)),
                      columns);
}

std::string DrawAlert(const v1::GetAlertResponse& got, int columns) {
  const v1::Alert& alert = got.alert();
  std::string drawn = absl::StrCat(Printable(alert.title()), Marks(alert), "\n");
  Fact(drawn, "id", alert.id());
  Fact(drawn, "pipeline", alert.pipeline());
  Fact(drawn, "status", absl::StrCat(NameOf(alert.status()), ", ", SeverityName(alert.severity())));
  Fact(drawn, "group", LabelText(alert.group()));
  Fact(drawn, "opened", TimeText(alert.opened()) + " UTC");
  if (alert.has_raised()) Fact(drawn, "raised", TimeText(alert.raised()) + " UTC");
  if (alert.has_closed()) Fact(drawn, "ended", TimeText(alert.closed()) + " UTC");
  Fact(drawn, "origins",
       absl::StrCat(alert.origin_count(), alert.origins().empty() ? "" : ": ", absl::StrJoin(alert.origins(), ", ")));
  Fact(drawn, "assigned to", alert.assignee());
  if (alert.has_acknowledgement()) {
    const v1::Acknowledgement& by = alert.acknowledgement();
    Fact(drawn, "acknowledged", absl::StrCat(by.by(), ", ", TimeText(by.at()), " UTC  ", by.note()));
  }
  if (alert.has_dismissal()) {
    const v1::Dismissal& by = alert.dismissal();
    Fact(drawn, "dismissed",
         absl::StrCat(NameOf(by.reason()), " by ", by.by(), ", ", TimeText(by.at()), " UTC  ", by.note()));
  }
  for (const v1::AlertNote& note : alert.notes()) {
    Fact(drawn, "note", absl::StrCat(note.by(), ", ", TimeText(note.at()), " UTC: ", note.text()));
  }
  Fact(drawn, "silenced by", absl::StrJoin(alert.silenced_by(), ", "));
  for (const v1::Evidence& evidence : alert.evidence()) absl::StrAppend(&drawn, DrawEvidence(evidence));
  if (alert.evidence_omitted() > 0) absl::StrAppend(&drawn, "  and ", alert.evidence_omitted(), " more Signals\n");
  for (const v1::AlertEvent& event : got.events()) {
    const std::string line = absl::StrFormat("  %8d  %s  %s", event.sequence(), TimeText(event.at()), What(event));
    absl::StrAppend(&drawn, CutToColumns(line, columns), "\n");
  }
  return drawn;
}

std::string DrawEvent(const v1::AlertEvent& event, int columns) {
  if (event.has_silence()) {
    return absl::StrCat(absl::StrFormat("%8d  %s  %s\n", event.sequence(), TimeText(event.at()), What(event)),
                        DrawSilence(event.silence()));
  }
  const v1::Alert& alert = event.alert();
  const std::string line = absl::StrFormat("%8d  %s  %-8s  %-12s  %s%s · %s", event.sequence(), TimeText(event.at()),
                                           SeverityName(alert.severity()), event.alert_id().substr(0, kShortId),
                                           Printable(alert.title()), Marks(alert), What(event));
  std::string drawn = CutToColumns(line, columns) + "\n";
  if (const v1::Evidence* news = NewsOf(event); news != nullptr) {
    const std::string where = news->outlet().empty() ? news->origin() : news->outlet();
    absl::StrAppend(&drawn,
                    CutToColumns(absl::StrCat("          ", Printable(news->headline()), "  ", Printable(where), "  ",
                                              Printable(news->url())),
                                 columns),
                    "\n");
  }
  return drawn;
}

std::string DrawSilence(const v1::SilenceRule& silence) {
  std::string drawn =
      absl::StrFormat("%s  %s%s  %s to %s  by %s\n", silence.id().substr(0, kShortId), Printable(silence.pipeline()),
                      silence.ended() ? " (ended)" : "", TimeText(silence.begins()), TimeText(silence.ends()),
                      Printable(silence.author()));
  absl::StrAppend(&drawn, "    hides ", Printable(MatcherText(silence.matcher())), ": ", Printable(silence.reason()),
                  "\n");
  if (silence.hidden() == 0) return drawn;
  absl::StrAppend(&drawn, "    hid ", silence.hidden(), silence.hidden() == 1 ? " event of" : " events of");
  const int shown = std::min(silence.hidden_alert_ids_size(), kMostHidden);
  for (int i = 0; i < shown; ++i) absl::StrAppend(&drawn, " ", silence.hidden_alert_ids(i).substr(0, kShortId));
  if (shown < silence.hidden_alert_ids_size()) {
    absl::StrAppend(&drawn, " and ", silence.hidden_alert_ids_size() - shown, " more");
  }
  return drawn + "\n";
}

std::string DrawStatistics(const v1::AlertStatsResponse& statistics) {
  std::string drawn = absl::StrFormat("%-28s %8s %8s %11s %10s %7s %10s\n", "watch", "raised", "useful", "irrelevant",
                                      "duplicate", "known", "precision");
  for (const v1::WatchPrecision& watch : statistics.watches()) {
    const std::string precision = watch.has_precision() ? absl::StrFormat("%.2f", watch.precision()) : "-";
    absl::StrAppendFormat(&drawn, "%-28s %8d %8d %11d %10d %7d %10s\n", Printable(watch.watch_id()), watch.raised(),
                          watch.useful(), watch.irrelevant(), watch.duplicate(), watch.known(), precision);
  }
  absl::StrAppendFormat(&drawn, "\njournal %s: %d to %d\n", statistics.journal_id(), statistics.journal_begin(),
                        statistics.journal_end());
  for (const v1::SubscriberStats& one : statistics.subscribers()) {
    absl::StrAppendFormat(&drawn, "%-20s %-16s %-16s since %s  %d sent, at %d%s\n", Printable(one.client()),
                          Printable(one.caller()), Printable(one.subscription_name()), TimeText(one.since()),
                          one.sent(), one.position(), one.live() ? "" : ", catching up");
  }
  return drawn;
}

std::string DrawHandover(const v1::HandoverResponse& handover, int columns) {
  std::string drawn =
      absl::StrCat("Hand-over, ", TimeText(handover.since()), " to ", TimeText(handover.until()), " UTC\n");
  Section(drawn, "Open", handover.open(), columns);
  Section(drawn, "Ended", handover.ended(), columns);
  absl::StrAppend(&drawn, "\nSilences in force: ", handover.silences_size(), "\n");
  for (const v1::SilenceRule& silence : handover.silences()) absl::StrAppend(&drawn, "  ", DrawSilence(silence));
  absl::StrAppend(&drawn, "\nSilences that ended: ", handover.ended_silences_size(), "\n");
  for (const v1::SilenceRule& silence : handover.ended_silences()) absl::StrAppend(&drawn, "  ", DrawSilence(silence));
  absl::StrAppend(&drawn, "\nWatches edited: ", handover.edited_watches_size(), "\n");
  for (const v1::EditedWatch& edited : handover.edited_watches()) {
    const v1::WatchRecord& record = edited.watch();
    const std::string line =
        absl::StrCat("  ", edited.pipeline(), "  ", record.definition().id(), " revision ", record.revision(),
                     record.removed() ? " (removed)" : "", " by ", record.author(), "  ", record.note());
    absl::StrAppend(&drawn, CutToColumns(Printable(line), columns), "\n");
  }
  absl::StrAppend(&drawn, "\nSources in trouble: ", handover.sources_size(), "\n");
  for (const v1::SourceTrouble& source : handover.sources()) {
    absl::StrAppend(&drawn, "  ", Printable(source.pipeline()), "  ", Printable(source.source()), ": ",
                    Printable(source.trouble()), "\n");
  }
  return drawn;
}

std::string DrawWhy(const v1::ExplainResponse& why) {
  std::string drawn;
  for (const v1::ExplainStep& step : why.steps()) {
    const char* const mark = step.passed() == v1::TRUTH_TRUE ? "+" : step.passed() == v1::TRUTH_FALSE ? "-" : "?";
    absl::StrAppendFormat(&drawn, "%s %-12s %s  %s\n", mark,
                          NameOf(v1::ExplainStage_Name(step.stage()), "EXPLAIN_STAGE_"),
                          step.has_at() ? TimeText(step.at()) : std::string(19, ' '), Printable(step.detail()));
    if (step.reason() == v1::STOP_REASON_UNSPECIFIED) continue;
    absl::StrAppend(&drawn, "  stopped by ", NameOf(v1::StopReason_Name(step.reason()), "STOP_REASON_"), "\n");
  }
  if (why.explanation().has_clause()) absl::StrAppend(&drawn, DrawClauses(why.explanation().clause()));
  return drawn;
}

}  // namespace wirewatch::cli
