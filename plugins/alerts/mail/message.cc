#include "message.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::alerts {
namespace {

constexpr size_t kLine = 76;              // bytes, CRLF not counted
constexpr size_t kEncodedWordBytes = 42;  // of text: 56 in base64, 68 with what is around
constexpr size_t kAddress = 254;          // RFC 5321, 4.5.3.1.3
constexpr size_t kLocalPart = 64;
constexpr size_t kHeaderValue = 1000;  // bytes of a text from outside
constexpr char kAtomSpecials[] = "!#$%&'*+-/=?^_`{|}~.";

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isprint(static_cast<unsigned char>(c)); });
}

bool IsDotAtom(std::string_view text) {
  const auto right = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           std::string_view(kAtomSpecials).find(c) != std::string_view::npos;
  };
  return !text.empty() && text.front() != '.' && text.back() != '.' && text.find("..") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), right);
}

bool IsDomain(std::string_view text) {
  const auto right = [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.'; };
  return IsDotAtom(text) && std::all_of(text.begin(), text.end(), right);
}

// On one line, without controls, not without end.
std::string OneLine(std::string_view text) {
  std::string line = text::Printable(text::RepairUtf8(text));
  if (line.size() > kHeaderValue) line.resize(text::FloorBoundary(line, kHeaderValue));
  return line;
}

// RFC 2047: base64, cut between characters.
std::string EncodedWords(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    const size_t size = text.size() <= kEncodedWordBytes ? text.size() : text::FloorBoundary(text, kEncodedWordBytes);
    absl::StrAppend(&words, words.empty() ? "" : "\r\n ", "=?UTF-8?B?",
                    absl::Base64Escape(std::string(text.substr(0, size))), "?=");
    text.remove_prefix(size);
  }
  return words;
}

// Folded at spaces. A word that is longer than a line stays whole.
std::string Folded(std::string_view text, size_t begin) {
  std::string folded;
  size_t column = begin;
  for (const absl::string_view word : absl::StrSplit(absl::string_view(text.data(), text.size()), ' ')) {
    if (!folded.empty()) {
      const bool fits = column + 1 + word.size() <= kLine;
      absl::StrAppend(&folded, fits || word.empty() ? " " : "\r\n ");
      column = fits || word.empty() ? column + 1 : 1;
    }
    absl::StrAppend(&folded, word);
    column += word.size();
  }
  return folded;
}

std::string DisplayName(const std::string& name) {
  const std::string line = OneLine(name);
  if (line.empty()) return "";
  if (!IsAscii(line) || line.find("=?") != std::string::npos) return EncodedWords(line) + " ";
  return absl::StrCat("\"", absl::StrReplaceAll(line, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\" ");
}

std::string Mailboxes(const std::vector<Mailbox>& mailboxes) {
  std::string list;
  for (const Mailbox& mailbox : mailboxes)
    absl::StrAppend(&list, list.empty() ? "" : ",\r\n ", DisplayName(mailbox.name), "<", mailbox.address, ">");
  return list;
}

std::string Part(const char* type, const std::string& content) {
  return absl::StrCat("Content-Type: ", type, "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
                      QuotedPrintable(content), "\r\n");
}

}  // namespace

absl::StatusOr<Mailbox> Mailbox::Parse(const std::string& text) {
  Mailbox mailbox{.name = "", .address = std::string(absl::StripAsciiWhitespace(text))};
  if (std::any_of(text.begin(), text.end(), [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }))
    return absl::InvalidArgumentError("a mail address is one line, without control characters");
  if (const size_t open = text.rfind('<'); open != std::string::npos) {
    const size_t close = text.find('>', open);
    if (close == std::string::npos || !absl::StripAsciiWhitespace(text.substr(close + 1)).empty())
      return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is no mail address: > should end it"));
    mailbox.address = text.substr(open + 1, close - open - 1);
    mailbox.name = std::string(absl::StripAsciiWhitespace(text.substr(0, open)));
    if (mailbox.name.size() > 1 && mailbox.name.front() == '"' && mailbox.name.back() == '"')
      mailbox.name = mailbox.name.substr(1, mailbox.name.size() - 2);
  }
  const size_t at = mailbox.address.rfind('@');
  if (at == std::string::npos || at > kLocalPart || mailbox.address.size() > kAddress ||
      !IsDotAtom(mailbox.address.substr(0, at)) || !IsDomain(mailbox.domain())) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is no mail address"));
  }
  return mailbox;
}

std::string HeaderText(std::string_view text, size_t begin) {
  const std::string line = OneLine(text);
  const bool plain = IsAscii(line) && line.find("=?") == std::string::npos;
  // An encoded word has its own line when it does not fit behind the name.
  return plain ? Folded(line, begin) : EncodedWords(line);
}

std::string QuotedPrintable(std::string_view text) {
  std::string out, line;
  const auto end_line = [&out, &line](const char* end) {
    absl::StrAppend(&out, line, end);
    line.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n' || (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n')) {
      if (c == '\r') ++i;
      end_line("\r\n");
      continue;
    }
    const bool before_end = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
    const bool plain = (c > 0x20 && c < 0x7f && c != '=') || ((c == ' ' || c == '\t') && !before_end);
    const std::string piece =
        plain ? std::string(1, text[i])
              : absl::StrCat("=", absl::AsciiStrToUpper(absl::BytesToHexString(std::string(1, text[i]))));
    if (line.size() + piece.size() > kLine - 1) end_line("=\r\n");
    line += piece;
  }
  return out + line;
}

std::string Compose(const Mail& mail) {
  std::string message;
  const auto add = [&message](const std::string& name, const std::string& value) {
    absl::StrAppend(&message, name, ": ", value, "\r\n");
  };
  add("Date", absl::FormatTime("%a, %d %b %Y %H:%M:%S %z", mail.date, mail.zone));
  add("From", Mailboxes({mail.from}));
  add("To", Mailboxes(mail.to));
  add("Subject", HeaderText(mail.subject, 9));
  add("Message-ID", absl::StrCat("<", mail.message_id, ">"));
  if (!mail.thread_id.empty()) {
    add("In-Reply-To", absl::StrCat("<", mail.thread_id, ">"));
    add("References", absl::StrCat("<", mail.thread_id, ">"));
  }
  add("List-Id", absl::StrCat(DisplayName(mail.list_name), "<", mail.list_id, ">"));
  add("Auto-Submitted", "auto-generated");  // RFC 3834
  for (const auto& [name, value] : mail.further) add(name, HeaderText(value, name.size() + 2));
  add("MIME-Version", "1.0");
  if (mail.html.empty()) return message + Part("text/plain", mail.text);
  // No line of quoted-printable begins so: = is followed by two digits or ends the line.
  const std::string boundary = absl::StrCat("=_", mail.message_id.substr(0, mail.message_id.find('@')));
  add("Content-Type", absl::StrCat("multipart/alternative;\r\n boundary=\"", boundary, "\""));
  return absl::StrCat(message, "\r\n--", boundary, "\r\n", Part("text/plain", mail.text), "--", boundary, "\r\n",
                      Part("text/html", mail.html), "--", boundary, "--\r\n");
}

}  // namespace wirewatch::alerts
