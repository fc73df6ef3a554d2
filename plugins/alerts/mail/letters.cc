#include "letters.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "texts.h"
#include "wirewatch/templates/digest_model.h"

namespace wirewatch::alerts {
namespace {

using templates::Target;

// A label of a domain made of any text.
std::string Label(const std::string& text) {
  std::string label;
  for (const char c : absl::AsciiStrToLower(text)) {
    const bool right = absl::ascii_isalnum(static_cast<unsigned char>(c)) != 0;
    if (right || (!label.empty() && label.back() != '-')) label += right ? c : '-';
  }
  while (!label.empty() && label.back() == '-') label.pop_back();
  return label.empty() ? "alerts" : label.substr(0, 63);
}

// A part of a mail: empty when nothing but space comes out.
absl::Status Fill(const absl::StatusOr<std::string>& rendered, std::string& part) {
  if (rendered.ok()) part = templates::IsBlank(*rendered) ? "" : *rendered;
  return rendered.status();
}

}  // namespace

Letters::Letters(const LetterOptions& options, Mailbox from, std::vector<Mailbox> to, Setup& setup)
    : channel_(absl::StrCat(setup.pipeline(), "/", setup.step())),
      list_name_(absl::StrCat("Wirewatch ", channel_)),
      list_label_(Label(channel_)),
      clock_(setup.clock()),
      from_(std::move(from)),
      to_(std::move(to)) {
  templates::TemplateLoader loader(setup, options.zone);
  zone_ = loader.zone();
  subject_ = loader.Load("subject", options.subject, {}, kSubjectTemplate, Target::kLine);
  text_ = loader.Load("text", options.text, options.text_file, kTextTemplate, Target::kText);
  html_ = loader.Load("html", options.html, options.html_file, kHtmlTemplate, Target::kHtml);
  digest_subject_ =
      loader.LoadDigest("digest_subject", options.digest_subject, {}, kDigestSubjectTemplate, Target::kLine);
  digest_text_ = loader.LoadDigest("digest_text", options.digest_text, options.digest_text_file, kDigestTextTemplate,
                                   Target::kText);
  digest_html_ = loader.LoadDigest("digest_html", options.digest_html, options.digest_html_file, kDigestHtmlTemplate,
                                   Target::kHtml);
}

Mail Letters::Begin(const Recipient& recipient) const {
  Mail mail;
  mail.from = from_;
  mail.to = to_;
  mail.date = clock_.Now();
  mail.zone = zone_.value_or(recipient.time_zone);
  mail.list_name = list_name_;
  mail.list_id = absl::StrCat(list_label_, ".wirewatch.", from_.domain());
  mail.further = {{"X-Auto-Response-Suppress", "All"}};
  return mail;
}

absl::StatusOr<Mail> Letters::Of(const v1::AlertEvent& event, const std::string& key,
                                 const Recipient& recipient) const {
  Mail mail = Begin(recipient);
  for (const auto& [part, made] : {std::pair{&mail.subject, &subject_}, {&mail.text, &text_}, {&mail.html, &html_}}) {
    if (absl::Status filled = Fill((*made)->Render(event, recipient), *part); !filled.ok()) return filled;
  }
  // The first mail of an Alert has the name of the thread, whether or not it was ever sent.
  const std::string thread = event.alert_id().empty() ? "" : ThreadOf(event.alert_id());
  const bool first = event.type() == v1::ALERT_EVENT_TYPE_RAISED && !thread.empty();
  mail.message_id = first ? thread : absl::StrCat(key, "@", from_.domain());
  mail.thread_id = first ? "" : thread;
  mail.further.emplace_back("X-Wirewatch-Key", key);
  mail.further.emplace_back("X-Wirewatch-Event", EventTypeWord(event.type()));
  if (!event.alert_id().empty()) {
    mail.further.emplace_back("X-Wirewatch-Alert", event.alert_id());
    mail.further.emplace_back("X-Wirewatch-Severity", SeverityWord(event.alert().severity()));
  }
  if (event.alert().severity() == v1::SEVERITY_CRITICAL) mail.further.emplace_back("Importance", "high");
  return mail;
}

absl::StatusOr<Mail> Letters::Of(const v1::Digest& digest, const Recipient& recipient) const {
  Mail mail = Begin(recipient);
  for (const auto& [part, made] :
       {std::pair{&mail.subject, &digest_subject_}, {&mail.text, &digest_text_}, {&mail.html, &digest_html_}}) {
    if (absl::Status filled = Fill((*made)->Render(digest), *part); !filled.ok()) return filled;
  }
  mail.message_id = absl::StrCat("digest-", digest.id(), "@", from_.domain());
  mail.further.emplace_back("X-Wirewatch-Key", digest.id());
  mail.further.emplace_back("X-Wirewatch-Event", "digest");
  mail.further.emplace_back("X-Wirewatch-Recipient", digest.recipient());
  if (const v1::Severity gravest = templates::GravestOf(digest); gravest != v1::SEVERITY_UNSPECIFIED)
    mail.further.emplace_back("X-Wirewatch-Severity", SeverityWord(gravest));
  return mail;
}

std::string Letters::ThreadOf(const std::string& alert_id) const {
  v1::AlertEvent named;
  named.set_journal_id(alert_id);
  return absl::StrCat("alert-", IdempotencyKey(named, channel_), "@", from_.domain());
}

}  // namespace wirewatch::alerts
