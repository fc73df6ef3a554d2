// The Group as far as operators act on it: acknowledgements and how they lapse, dismissal, assignment, notes.
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/group.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {
namespace {

constexpr size_t kNoteBytes = 4096;
constexpr int kNotes = 100;  // of one Alert
constexpr size_t kNameBytes = 256;

std::string Word(const std::string& name, std::string_view prefix) {
  return absl::AsciiStrToLower(name.substr(std::min(prefix.size(), name.size())));
}
std::string Word(v1::Severity severity) { return Word(v1::Severity_Name(severity), "SEVERITY_"); }

absl::Status CheckText(std::string_view what, const std::string& text, size_t limit) {
  if (text.size() <= limit) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(std::string(what), " has ", text.size(), " bytes; at most ", limit));
}

absl::Status NotNow(const v1::Alert& alert, std::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("the Alert ", alert.id(), " is ",
                                                    Word(v1::AlertStatus_Name(alert.status()), "ALERT_STATUS_"),
                                                    ": it cannot be ", std::string(what)));
}

}  // namespace

v1::AlertEvent Group::TellAside(v1::AlertEventType type, absl::Time when, uint64_t position, std::string actor,
                                std::string reason) {
  v1::AlertEvent event;
  event.set_type(type);
  event.set_alert_id(alert().id());
  event.set_position(position);
  event.set_actor(std::move(actor));
  event.set_reason(std::move(reason));
  SetTime(event.mutable_at(), when);
  SetTime(mutable_alert().mutable_updated(), when);
  RefreshFacts();
  *event.mutable_alert() = alert();
  return event;
}

// ---- Acknowledgement ----

Group::Acted Group::Acknowledge(const std::string& actor, const v1::AcknowledgeRequest& request, const Moment& at) {
  if (alert().status() != v1::ALERT_STATUS_OPEN) return NotNow(alert(), "acknowledged");
  if (absl::Status checked = CheckText("the note", request.note(), kNoteBytes); !checked.ok()) return checked;
  if (alert().has_acknowledgement() && alert().acknowledgement().by() == actor &&
      alert().acknowledgement().note() == request.note()) {
    return std::nullopt;
  }
  v1::Acknowledgement& by = *mutable_alert().mutable_acknowledgement();
  by.set_by(actor);
  by.set_note(request.note());
  SetTime(by.mutable_at(), at.arrival);
  mutable_alert().clear_escalated();
  state_.set_acknowledged_origins(alert().origin_count());
  state_.set_acknowledged_severity(alert().severity());
  state_.set_acknowledged_correction(state_.correction());
  return TellAside(v1::ALERT_EVENT_TYPE_ACKNOWLEDGED, at.arrival, at.position, actor, request.note());
}

std::string Group::LapseReason() const {
  if (!alert().has_acknowledgement()) return "";
  if (alert().severity() > state_.acknowledged_severity()) {
    return absl::StrCat("its severity is ", Word(alert().severity()), " now, and was ",
                        Word(state_.acknowledged_severity()));
  }
  if (state_.correction() != state_.acknowledged_correction()) {
    return absl::StrCat("an Item was ", state_.correction() == v1::CORRECTION_KIND_RETRACTED ? "retracted"
                                        : state_.correction() == v1::CORRECTION_KIND_CORRECTED
                                            ? "corrected"
                                            : "changed and no longer matches");
  }
  if (state_.acknowledged_origins() > 0 && alert().origin_count() >= 2 * state_.acknowledged_origins()) {
    return absl::StrCat("there are ", alert().origin_count(), " origins now, and were ", state_.acknowledged_origins());
  }
  return "";
}

v1::AlertEvent Group::TellLapse(absl::Time when, uint64_t position) {
  std::string reason = LapseReason();
  mutable_alert().clear_acknowledgement();
  state_.clear_acknowledged_origins();
  state_.clear_acknowledged_severity();
  state_.clear_acknowledged_correction();
  // Somebody is to look at it anew.
  SetTime(state_.mutable_told(), when);
  return TellAside(v1::ALERT_EVENT_TYPE_ACKNOWLEDGEMENT_LAPSED, when, position, "", std::move(reason));
}

v1::AlertEvent Group::TellEscalation(absl::Time when, uint64_t position, const GroupingOptions& options) {
  SetTime(mutable_alert().mutable_escalated(), when);
  return TellAside(v1::ALERT_EVENT_TYPE_ESCALATED, when, position, "",
                   absl::StrCat("nobody has acknowledged it in ", absl::FormatDuration(options.escalate_after)));
}

// ---- Verdict, assignment, notes ----

Group::Acted Group::Dismiss(const std::string& actor, const v1::DismissRequest& request, const Moment& at) {
  if (alert().status() == v1::ALERT_STATUS_PENDING) return NotNow(alert(), "dismissed");
  if (!v1::DismissReason_IsValid(request.reason()) || request.reason() == v1::DISMISS_REASON_UNSPECIFIED) {
    return absl::InvalidArgumentError("a dismissal needs its reason: irrelevant, duplicate or known");
  }
  if (absl::Status checked = CheckText("the note", request.note(), kNoteBytes); !checked.ok()) return checked;
  if (dismissed() && alert().dismissal().reason() == request.reason() && alert().dismissal().by() == actor &&
      alert().dismissal().note() == request.note()) {
    return std::nullopt;
  }
  // What has ended before absorbs nothing any more.
  if (ended()) Release();
  v1::Alert& alert = mutable_alert();
  if (!alert.has_closed()) SetTime(alert.mutable_closed(), at.arrival);
  alert.set_status(v1::ALERT_STATUS_DISMISSED);
  v1::Dismissal& by = *alert.mutable_dismissal();
  by.set_by(actor);
  by.set_reason(request.reason());
  by.set_note(request.note());
  SetTime(by.mutable_at(), at.arrival);
  return TellAside(v1::ALERT_EVENT_TYPE_DISMISSED, at.arrival, at.position, actor,
                   absl::StrCat(Word(v1::DismissReason_Name(request.reason()), "DISMISS_REASON_"),
                                request.note().empty() ? "" : ": ", request.note()));
}

Group::Acted Group::Assign(const std::string& actor, const v1::AssignRequest& request, const Moment& at) {
  if (alert().status() == v1::ALERT_STATUS_PENDING) return NotNow(alert(), "assigned");
  if (absl::Status checked = CheckText("the name", request.assignee(), kNameBytes); !checked.ok()) return checked;
  if (alert().assignee() == request.assignee()) return std::nullopt;
  std::string reason = request.assignee().empty() ? "to nobody" : absl::StrCat("to ", request.assignee());
  mutable_alert().set_assignee(request.assignee());
  return TellAside(v1::ALERT_EVENT_TYPE_ASSIGNED, at.arrival, at.position, actor, std::move(reason));
}

Group::Acted Group::Note(const std::string& actor, const v1::NoteRequest& request, const Moment& at) {
  if (alert().status() == v1::ALERT_STATUS_PENDING) return NotNow(alert(), "noted on");
  if (request.text().empty()) return absl::InvalidArgumentError("the note is empty");
  if (absl::Status checked = CheckText("the note", request.text(), kNoteBytes); !checked.ok()) return checked;
  if (alert().notes_size() >= kNotes) {
    return absl::ResourceExhaustedError(absl::StrCat("the Alert ", alert().id(), " has ", kNotes, " notes already"));
  }
  v1::AlertNote& note = *mutable_alert().add_notes();
  note.set_by(actor);
  note.set_text(request.text());
  SetTime(note.mutable_at(), at.arrival);
  return TellAside(v1::ALERT_EVENT_TYPE_NOTED, at.arrival, at.position, actor, request.text());
}

Group::Acted Group::Resolve(const std::string& actor, const v1::ResolveRequest& request, const Moment& at) {
  if (alert().kind() != v1::ALERT_KIND_CONDITION) {
    return absl::FailedPreconditionError(
        absl::StrCat("the Alert ", alert().id(), " is about what was published, which cannot end; dismiss it"));
  }
  if (alert().status() != v1::ALERT_STATUS_OPEN) return NotNow(alert(), "resolved");
  if (absl::Status checked = CheckText("the reason", request.reason(), kNoteBytes); !checked.ok()) return checked;
  for (v1::AlertGroupMember& member : *state_.mutable_members()) member.set_active(false);
  SetTime(state_.mutable_last_signal(), at.arrival);
  v1::AlertEvent event = Tell(Due::kEnd, at.arrival, at.position, request.reason());
  event.set_actor(actor);
  return event;
}

// ---- Silences ----

void Group::SetSilencedBy(const std::vector<std::string>& ids) {
  mutable_alert().mutable_silenced_by()->Assign(ids.begin(), ids.end());
}

void Group::Told(const v1::AlertEvent& event) {
  const bool news = event.type() == v1::ALERT_EVENT_TYPE_RAISED || event.type() == v1::ALERT_EVENT_TYPE_UPDATED ||
                    event.type() == v1::ALERT_EVENT_TYPE_REPEATED;
  if (news && event.silenced_by().empty()) state_.set_untold(false);
  if (event.type() == v1::ALERT_EVENT_TYPE_RAISED && !event.silenced_by().empty()) state_.set_untold(true);
}

}  // namespace wirewatch::alerts
