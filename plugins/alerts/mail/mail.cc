// mail: every event of the journal as a mail, in text and HTML, threaded by Alert, and every digest as one.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "letters.h"
#include "message.h"
#include "smtp.h"
#include "wirewatch/sdk/alert_channel.h"

namespace wirewatch::alerts {
namespace {

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
    std::string digest_subject, digest_text, digest_html;
    Path digest_text_file, digest_html_file;
    std::string zone;
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
    channel->smtp_ = std::make_unique<Smtp>(ServerOf(options, errors));
    const Mailbox from = ReadMailbox("from", options.from, errors);
    std::vector<Mailbox> to;
    for (const std::string& text : options.to) to.push_back(ReadMailbox("to", text, errors));
    channel->letters_ = std::make_unique<Letters>(LettersOf(options), from, std::move(to), setup);
    return channel;
  }

  absl::Status Deliver(const v1::AlertEvent& event) override {
    const std::string key = IdempotencyKey(event, letters_->channel());
    if (key != event_.key) {
      const absl::StatusOr<Mail> mail = letters_->Of(event, key, recipient());
      if (!mail.ok() || mail->text.empty()) return mail.status();
      event_ = Begin(key, *mail);
    }
    return SendToThoseLeft(event_);
  }

  absl::Status DeliverDigest(const v1::Digest& digest) override {
    if (digest.id() != digest_.key) {
      const absl::StatusOr<Mail> mail = letters_->Of(digest, recipient());
      if (!mail.ok() || mail->text.empty()) return mail.status();
      digest_ = Begin(digest.id(), *mail);
    }
    return SendToThoseLeft(digest_);
  }

  absl::StatusOr<std::string> Preview(const v1::AlertEvent& event) override {
    return Shown(letters_->Of(event, IdempotencyKey(event, letters_->channel()), recipient()));
  }
  absl::StatusOr<std::string> PreviewDigest(const v1::Digest& digest) override {
    return Shown(letters_->Of(digest, recipient()));
  }

 private:
  // A mail that not everybody has got. Each attempt sends the same bytes, and only to those who have not got them.
  // Events and digests do not wait for each other: each kind has its own.
  struct Sending {
    std::string key;  // of the event or the digest; empty: none
    std::string message;
    std::vector<std::string> left;  // who has not got it
    bool taken = false;             // somebody has
  };

  explicit MailChannel(Setup& setup) : log_(setup.log()) {}

  static Mailbox ReadMailbox(const char* option, const std::string& text, OptionErrors& errors) {
    absl::StatusOr<Mailbox> mailbox = Mailbox::Parse(text);
    if (!mailbox.ok())
      errors.Error(option, std::string(mailbox.status().message()), "for example The Desk <desk@example.org>");
    return mailbox.ok() ? *std::move(mailbox) : Mailbox{};
  }

  static LetterOptions LettersOf(const Options& options) {
    return {.subject = options.subject,
            .text = options.text,
            .html = options.html,
            .text_file = options.text_file,
            .html_file = options.html_file,
            .digest_subject = options.digest_subject,
            .digest_text = options.digest_text,
            .digest_html = options.digest_html,
            .digest_text_file = options.digest_text_file,
            .digest_html_file = options.digest_html_file,
            .zone = options.zone};
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

  static absl::StatusOr<std::string> Shown(const absl::StatusOr<Mail>& mail) {
    if (!mail.ok()) return mail.status();
    if (mail->text.empty()) return "";
    return absl::StrCat("Subject: ", mail->subject, "\n\n", mail->text, mail->html.empty() ? "" : "\n\n", mail->html);
  }

  Sending Begin(const std::string& key, const Mail& mail) const {
    Sending sending;
    sending.key = key;
    sending.message = Compose(mail);
    for (const Mailbox& mailbox : letters_->to()) sending.left.push_back(mailbox.address);
    return sending;
  }

  absl::Status SendToThoseLeft(Sending& sending) {
    Smtp::Outcome outcome = smtp_->Send(letters_->from().address, sending.left, sending.message);
    std::vector<std::string> later, never;
    std::string reasons;
    for (const Smtp::Refusal& refusal : outcome.refused) {
      (refusal.final() ? never : later).push_back(refusal.address);
      absl::StrAppend(&reasons, reasons.empty() ? "" : ", ", Told(refusal));
    }
    if (absl::IsFailedPrecondition(outcome.status) && sending.taken && never.size() == sending.left.size()) {
      outcome.status = absl::OkStatus();
    }
    if (!outcome.status.ok()) {
      return reasons.empty() ? outcome.status
                             : absl::Status(outcome.status.code(), absl::StrCat(std::string(outcome.status.message()),
                                                                                "; refused: ", reasons));
    }
    sending.taken = sending.taken || outcome.refused.size() < sending.left.size();
    sending.left = std::move(later);
    if (!sending.left.empty()) return absl::UnavailableError(absl::StrCat("not yet taken for ", reasons));
    if (!sending.taken) return absl::FailedPreconditionError(absl::StrCat("no recipient is taken: ", reasons));
    // The others have it: sending it again would be no help.
    if (!never.empty()) log_.Error("A mail was not taken for some of its recipients.", {{"refused", reasons}});
    sending.key.clear();
    return absl::OkStatus();
  }

  const Log log_;
  std::unique_ptr<Smtp> smtp_;
  std::unique_ptr<const Letters> letters_;
  Sending event_, digest_;  // that are at hand
};

WIREWATCH_PLUGIN(
    MailChannel,
    {.name = "mail",
     .summary = "Sends every event of an Alert, and every digest, as a mail in text and HTML, through an SMTP server.",
     .details =
         "TLS is demanded: STARTTLS with smtp://, or from the beginning with smtps://, and the certificate must be the "
         "server's. Mails about one Alert are one thread; each attempt at an event or a digest has the same "
         "Message-ID, also after a restart. 4xx answers and broken connections are tried again, for the recipients who "
         "are left alone; 5xx to "
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
         Field("digest_subject", &MailChannel::Options::digest_subject,
               "Template of a digest's subject; docs/templates.md has what a digest holds.")
             .Example("\"{{ digest.alert_count | plural('alert', 'alerts') }}\""),
         Field("digest_text", &MailChannel::Options::digest_text,
               "Template of a digest's text. A digest that gives nothing is not sent."),
         Field("digest_text_file", &MailChannel::Options::digest_text_file, "A file with the digest's text."),
         Field("digest_html", &MailChannel::Options::digest_html,
               "Template of a digest's HTML; where it gives nothing the mail is text."),
         Field("digest_html_file", &MailChannel::Options::digest_html_file, "A file with the digest's HTML."),
         Field("zone", &MailChannel::Options::zone,
               "Time zone of times in the mail; unless given, the recipient's, else UTC.")
             .Example("Europe/Vienna")}});

}  // namespace wirewatch::alerts
