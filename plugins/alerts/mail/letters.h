// Letters: what a channel of mails writes about events and digests, by its templates. Used by one thread.
#ifndef WIREWATCH_PLUGINS_ALERTS_MAIL_LETTERS_H_
#define WIREWATCH_PLUGINS_ALERTS_MAIL_LETTERS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "message.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/sdk/setup.h"
#include "wirewatch/templates/channel_template.h"

namespace wirewatch::alerts {

struct LetterOptions {
  std::string subject, text, html;
  Path text_file, html_file;
  std::string digest_subject, digest_text, digest_html;
  Path digest_text_file, digest_html_file;
  std::string zone;  // empty: the recipient's
};

class Letters {
 public:
  // What is wrong goes to the Setup's diagnostics.
  Letters(const LetterOptions& options, Mailbox from, std::vector<Mailbox> to, Setup& setup);

  // Without text: the event is not for this channel. `key` is the event's. FailedPrecondition when a template's bound
  // was reached.
  absl::StatusOr<Mail> Of(const v1::AlertEvent& event, const std::string& key, const Recipient& recipient) const;
  // Without text: it is not to be sent.
  absl::StatusOr<Mail> Of(const v1::Digest& digest, const Recipient& recipient) const;

  // "pipeline/step"
  const std::string& channel() const { return channel_; }
  const Mailbox& from() const { return from_; }
  const std::vector<Mailbox>& to() const { return to_; }

 private:
  Mail Begin(const Recipient& recipient) const;
  // The id of an Alert's thread of mails.
  std::string ThreadOf(const std::string& alert_id) const;

  const std::string channel_;
  const std::string list_name_, list_label_;
  Clock& clock_;
  const Mailbox from_;
  const std::vector<Mailbox> to_;
  std::optional<absl::TimeZone> zone_;
  std::unique_ptr<const templates::ChannelTemplate> subject_, text_, html_;
  std::unique_ptr<const templates::DigestTemplate> digest_subject_, digest_text_, digest_html_;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_PLUGINS_ALERTS_MAIL_LETTERS_H_
