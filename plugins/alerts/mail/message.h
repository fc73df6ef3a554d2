// Internet messages (RFC 5322) in MIME (RFC 2045, 2047): what a mail is made of. Whatever is put in, no line of the
// header comes out that was not meant to be one. Pure functions, any thread.
#ifndef WIREWATCH_PLUGINS_ALERTS_MAIL_MESSAGE_H_
#define WIREWATCH_PLUGINS_ALERTS_MAIL_MESSAGE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace wirewatch::alerts {

struct Mailbox {
  std::string name;     // any text; may be empty
  std::string address;  // local part, @, domain: ASCII

  // "desk@example.org" or "The Desk <desk@example.org>". InvalidArgument.
  static absl::StatusOr<Mailbox> Parse(const std::string& text);
  std::string domain() const { return address.substr(address.rfind('@') + 1); }
};

struct Mail {
  Mailbox from;
  std::vector<Mailbox> to;
  std::string subject;
  std::string message_id;  // without <>
  std::string thread_id;   // of the mail that this one follows; empty: none
  std::string list_name;   // List-Id: a name, and
  std::string list_id;     // an id in the form of a domain
  absl::Time date;
  absl::TimeZone zone;
  std::vector<std::pair<std::string, std::string>> further;  // names and values, ASCII
  std::string text;
  std::string html;  // empty: text alone
};

// The message, lines ended by CRLF and at most 78 bytes long in the header, 76 in the body.
std::string Compose(const Mail& mail);

// An unstructured header value, folded behind a name of `begin` bytes: as it is when it is ASCII, else in encoded
// words.
std::string HeaderText(std::string_view text, size_t begin);
// RFC 2045, 6.7, of a text with any line ends.
std::string QuotedPrintable(std::string_view text);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_PLUGINS_ALERTS_MAIL_MESSAGE_H_
