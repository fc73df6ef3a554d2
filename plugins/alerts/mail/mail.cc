// mail: every event of the journal as a mail, in text and HTML, threaded by Alert.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "message.h"
#include "smtp.h"
#include "texts.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/templates/channel_template.h"

namespace wirewatch::alerts {
namespace {

using templates::ChannelTemplate;
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

std::string Told(const Smtp::Refusal& refusal) { return absl::StrCat(refusal.address, " (", refusal.said, ")"); }

}  // namespace

class MailChannel final : public AlertChannel {
 public:
  struct Options {
    std::string server;
    std::string user;
    Secret password;
    bool tls = true;
    std::vector<std::string> plaintext;
    Path ca_file;
    absl::Duration timeout = absl::Seconds(30);
    std::string from;
    std::vector<std::string> to;
    std::string subject, text, html;
    Path text_file, html_file;
    std::string zone = "UTC";
  };

  static absl::StatusOr<std::unique_ptr<MailChannel>> Create(const Options& options, Setup& setup) {
    OptionErrors errors(setup.options(), setup.diagnostics());
    std::unique_ptr<MailChannel> channel(new MailChannel(setup));
    if (const absl::Status right = CheckSmtpUrl(options.server); !right.ok())
      errors.Error("server", std::string(right.message()),
                   "write smtp://HOST:587, or smtps://HOST:465 for implicit TLS");
    if (!options.tls && !options.password.empty())
      errors.Error("tls", "a password is not sent without TLS", "leave out user and password, or tls: none");
    if (options.user.empty() != options.password.empty())
      errors.Error(options.user.empty() ? "password" : "user", "user and password belong together");
    channel->ReadMailboxes(options, errors);
    channel->smtp_ = std::make_unique<Smtp>(ServerOf(options, errors));
    templates::TemplateLoader loader(setup, options.zone);
    channel->zone_ = loader.zone();
    channel->subject_ = loader.Load("subject", options.subject, {}, kSubjectTemplate, Target::kLine);
    channel->text_ = loader.Load("text", options.text, options.text_file, kTextTemplate, Target::kText);
    channel->html_ = loader.Load("html", options.html, options.html_file, kHtmlTemplate, Target::kHtml);
    return channel;
  }

  absl::Status Deliver(const v1::AlertEvent& event) override {
    if (const std::string key = IdempotencyKey(event, channel_); key != key_) {
      absl::StatusOr<Mail> mail = MailOf(event, key);
      if (!mail.ok()) return mail.status();
      if (mail->text.empty()) return absl::OkStatus();
      // Each attempt sends the same bytes, and only to those who have not got them.
      key_ = key;
      message_ = Compose(*mail);
      taken_ = false;
      left_.clear();
      for (const Mailbox& mailbox : to_) left_.push_back(mailbox.address);
    }
    return SendToThoseLeft();
  }

  absl::StatusOr<std::string> Preview(const v1::AlertEvent& event) override {
    const absl::StatusOr<Mail> mail = MailOf(event, IdempotencyKey(event, channel_));
    if (!mail.ok() || mail->text.empty()) return mail.status().ok() ? absl::StatusOr<std::string>("") : mail.status();
    return absl::StrCat("Subject: ", mail->subject, "\n\n", mail->text, mail->html.empty() ? "" : "\n\n", mail->html);
  }

 private:
  explicit MailChannel(Setup& setup)
      : channel_(absl::StrCat(setup.pipeline(), "/", setup.step())),
        list_name_(absl::StrCat("Wirewatch ", channel_)),
        list_label_(Label(channel_)),
        clock_(setup.clock()),
        log_(setup.log()),
        zone_(absl::UTCTimeZone()) {}

  void ReadMailboxes(const Options& options, OptionErrors& errors) {
    const auto read = [&errors](const char* option, const std::string& text) {
      absl::StatusOr<Mailbox> mailbox = Mailbox::Parse(text);
      if (!mailbox.ok())
        errors.Error(option, std::string(mailbox.status().message()), "for example The Desk <desk@example.org>");
      return mailbox.ok() ? *std::move(mailbox) : Mailbox{};
    };
    from_ = read("from", options.from);
    for (const std::string& text : options.to) to_.push_back(read("to", text));
  }

  static SmtpOptions ServerOf(const Options& options, OptionErrors& errors) {
    SmtpOptions server{.url = options.server,
                       .user = options.user,
                       .password = options.password.Reveal(),
                       .tls = options.tls || absl::StartsWith(options.server, "smtps:"),
                       .plaintext = {},
                       .ca_file = options.ca_file.text.empty() ? "" : options.ca_file.resolved.string(),
                       .timeout = options.timeout};
    for (const std::string& written : options.plaintext) {
      const absl::StatusOr<http::Network> network = http::Network::Parse(written);
      network.ok() ? server.plaintext.push_back(*network)
                   : errors.Error("plaintext", std::string(network.status().message()),
                                  "write a block of addresses, such as 10.20.0.0/16");
    }
    return server;
  }

  // Without text: the event is not for this channel.
  absl::StatusOr<Mail> MailOf(const v1::AlertEvent& event, const std::string& key) const {
    Mail mail;
    mail.from = from_;
    mail.to = to_;
    mail.date = clock_.Now();
    mail.zone = zone_;
    for (const auto& [part, made] : {std::pair{&mail.subject, &subject_}, {&mail.text, &text_}, {&mail.html, &html_}}) {
      absl::StatusOr<std::string> rendered = (*made)->Render(event);
      if (!rendered.ok()) return rendered.status();
      *part = templates::IsBlank(*rendered) ? "" : *std::move(rendered);
    }
    // The first mail of an Alert has the name of the thread, whether or not it was ever sent.
    const std::string thread = event.alert_id().empty() ? "" : ThreadOf(event.alert_id());
    const bool first = event.type() == v1::ALERT_EVENT_TYPE_RAISED && !thread.empty();
    mail.message_id = first ? thread : absl::StrCat(key, "@", from_.domain());
    mail.thread_id = first ? "" : thread;
    mail.list_name = list_name_;
    mail.list_id = absl::StrCat(list_label_, ".wirewatch.", from_.domain());
    mail.further = {{"X-Auto-Response-Suppress", "All"},
                    {"X-Wirewatch-Key", key},
                    {"X-Wirewatch-Event", EventTypeWord(event.type())}};
    if (!event.alert_id().empty()) {
      mail.further.emplace_back("X-Wirewatch-Alert", event.alert_id());
      mail.further.emplace_back("X-Wirewatch-Severity", SeverityWord(event.alert().severity()));
    }
    if (event.alert().severity() == v1::SEVERITY_CRITICAL) mail.further.emplace_back("Importance", "high");
    return mail;
  }

  std::string ThreadOf(const std::string& alert_id) const {
    v1::AlertEvent named;
    named.set_journal_id(alert_id);
    return absl::StrCat("alert-", IdempotencyKey(named, channel_), "@", from_.domain());
  }

  absl::Status SendToThoseLeft() {
    Smtp::Outcome outcome = smtp_->Send(from_.address, left_, message_);
    std::vector<std::string> later, never;
    std::string reasons;
    for (const Smtp::Refusal& refusal : outcome.refused) {
      (refusal.final() ? never : later).push_back(refusal.address);
      absl::StrAppend(&reasons, reasons.empty() ? "" : ", ", Told(refusal));
    }
    if (absl::IsFailedPrecondition(outcome.status) && taken_ && never.size() == left_.size()) {
      outcome.status = absl::OkStatus();
    }
    if (!outcome.status.ok()) {
      return reasons.empty() ? outcome.status
                             : absl::Status(outcome.status.code(), absl::StrCat(std::string(outcome.status.message()),
                                                                                "; refused: ", reasons));
    }
    taken_ = taken_ || outcome.refused.size() < left_.size();
    left_ = std::move(later);
    if (!left_.empty()) return absl::UnavailableError(absl::StrCat("not yet taken for ", reasons));
    if (!taken_) return absl::FailedPreconditionError(absl::StrCat("no recipient is taken: ", reasons));
    // The others have it: sending it again would be no help.
    if (!never.empty()) log_.Error("A mail was not taken for some of its recipients.", {{"refused", reasons}});
    key_.clear();
    return absl::OkStatus();
  }

  const std::string channel_;
  const std::string list_name_, list_label_;
  Clock& clock_;
  const Log log_;
  absl::TimeZone zone_;
  Mailbox from_;
  std::vector<Mailbox> to_;
  std::unique_ptr<Smtp> smtp_;
  std::unique_ptr<const ChannelTemplate> subject_, text_, html_;

  // Of the event at hand.
  std::string key_, message_;
  std::vector<std::string> left_;  // who has not got it
  bool taken_ = false;             // somebody has
};

WIREWATCH_PLUGIN(
    MailChannel,
    {.name = "mail",
     .summary = "Sends every event of an Alert as a mail, in text and HTML, through an SMTP server.",
     .details =
         "TLS is demanded: STARTTLS with smtp://, or from the beginning with smtps://, and the certificate must be the "
         "server's. Mails about one Alert are one thread; each attempt at an event has the same Message-ID, also after "
         "a restart. 4xx answers and broken connections are tried again, for the recipients who are left alone; 5xx to "
         "the mail make it a dead letter, 5xx to some of the recipients are logged with their names. With TLS any "
         "address is reached, as mail servers are mostly inside; with tls: none only this machine and the networks in "
         "`plaintext`.",
     .options = {
         Field("server", &MailChannel::Options::server, "smtp://HOST:PORT or smtps://HOST:PORT.")
             .Required()
             .Example("smtp://mail.example.org:587"),
         Field("user", &MailChannel::Options::user, "Who logs in; empty: nobody.").Example("wirewatch"),
         Field("password", &MailChannel::Options::password, "The password.")
             .Example("\"${file:/run/secrets/smtp_password}\""),
         Choice("tls", &MailChannel::Options::tls, {{"required", true}, {"none", false}},
                "With smtp://, whether STARTTLS is demanded or not used."),
         Field("plaintext", &MailChannel::Options::plaintext,
               "With tls: none, networks that may be reached besides this machine, as blocks of addresses."),
         Field("ca_file", &MailChannel::Options::ca_file, "Authorities to trust instead of the system's, PEM."),
         Field("timeout", &MailChannel::Options::timeout, "How long sending one mail may take.")
             .Range(absl::Seconds(1), absl::Minutes(10)),
         Field("from", &MailChannel::Options::from, "The sender.").Required().Example("Wirewatch <alerts@example.org>"),
         Field("to", &MailChannel::Options::to, "The recipients.")
             .Required()
             .Example("[The Desk <desk@example.org>, ana@example.org]"),
         Field("subject", &MailChannel::Options::subject, "Template of the subject, as docs/templates.md has it.")
             .Example("\"{{ alert.title }}\""),
         Field("text", &MailChannel::Options::text, "Template of the text. An event that gives nothing is not sent."),
         Field("text_file", &MailChannel::Options::text_file, "A file with the text's template."),
         Field("html", &MailChannel::Options::html, "Template of the HTML; where it gives nothing the mail is text."),
         Field("html_file", &MailChannel::Options::html_file, "A file with the HTML's template."),
         Field("zone", &MailChannel::Options::zone, "Time zone of times in the mail.").Example("Europe/Vienna")}});

}  // namespace wirewatch::alerts
