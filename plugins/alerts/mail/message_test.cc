#include "message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::alerts {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Mail Sample() {
  Mail mail;
  mail.from = {"Wirewatch", "alerts@example.org"};
  mail.to = {{"", "a@example.org"}, {"Žofie \"Z\"", "z@example.org"}};
  mail.subject = "Flood";
  mail.message_id = "k1@example.org";
  mail.list_name = "Wirewatch desk/mail";
  mail.list_id = "desk-mail.wirewatch.example.org";
  mail.date = absl::FromUnixSeconds(1795694490);
  mail.text = "text\n";
  mail.html = "<p>text</p>";
  return mail;
}

TEST(MessageTest, HasTheHeaderOfAMail) {
  Mail mail = Sample();
  mail.zone = absl::FixedTimeZone(3600);
  mail.thread_id = "alert-1@example.org";
  EXPECT_THAT(Compose(mail),
              ::testing::StartsWith("Date: Thu, 26 Nov 2026 13:01:30 +0100\r\n"
                                    "From: \"Wirewatch\" <alerts@example.org>\r\n"
                                    "To: <a@example.org>,\r\n =?UTF-8?B?xb1vZmllICJaIg==?= <z@example.org>\r\n"
                                    "Subject: Flood\r\n"
                                    "Message-ID: <k1@example.org>\r\n"
                                    "In-Reply-To: <alert-1@example.org>\r\n"
                                    "References: <alert-1@example.org>\r\n"
                                    "List-Id: \"Wirewatch desk/mail\" <desk-mail.wirewatch.example.org>\r\n"
                                    "Auto-Submitted: auto-generated\r\n"
                                    "MIME-Version: 1.0\r\n"
                                    "Content-Type: multipart/alternative;\r\n boundary=\"=_k1\"\r\n\r\n--=_k1\r\n"));
}

TEST(MessageTest, NoTextMakesALineOfTheHeader) {
  Mail mail = Sample();
  mail.subject = "a\r\nBcc: everybody@example.org\n\n\rb\x01\x7f";
  mail.from.name = "x\r\nBcc: y";
  mail.list_name = "x\nBcc: y";
  mail.further = {{"X-Wirewatch-Key", "a\nBcc: b"}};
  const std::string message = Compose(mail);
  const std::string header = message.substr(0, message.find("\r\n\r\n"));
  EXPECT_THAT(header, Not(HasSubstr("\nBcc:")));
  EXPECT_THAT(header, HasSubstr("Subject: "));
  for (size_t at = 0; (at = header.find('\n', at)) != std::string::npos; ++at) EXPECT_EQ(header[at - 1], '\r');
}

TEST(MessageTest, LinesAreShortAndAscii) {
  Mail mail = Sample();
  for (int i = 0; i < 200; ++i) {
    mail.subject += " слово";
    mail.text += "длинная строка ";
    mail.html += "= ";
  }
  std::istringstream lines(Compose(mail));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 79U) << line;  // with CR
    for (const char c : line) EXPECT_TRUE(c == '\r' || (c >= ' ' && c <= '~')) << line;
  }
}

TEST(MessageTest, EncodedWordsAreCutBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += i % 7 == 0 ? "😀" : "ž";
  std::istringstream words(HeaderText(text, 9));
  std::string decoded;
  for (std::string word; words >> word;) {
    EXPECT_LE(word.size(), 75U);
    ASSERT_EQ(word.substr(0, 10), "=?UTF-8?B?");
    std::string part;
    ASSERT_TRUE(absl::Base64Unescape(word.substr(10, word.size() - 12), &part));
    EXPECT_NE(static_cast<unsigned char>(part[0]) & 0xc0, 0x80);
    decoded += part;
  }
  EXPECT_EQ(decoded, text);
  EXPECT_EQ(HeaderText("=?utf-8?q?no?=", 9).substr(0, 10), "=?UTF-8?B?");
  EXPECT_EQ(HeaderText("plain text", 9), "plain text");
}

TEST(MessageTest, QuotedPrintableKeepsTexts) {
  EXPECT_EQ(QuotedPrintable("a=b\nž \r\nend\t"), "a=3Db\r\n=C5=BE=20\r\nend=09");
  EXPECT_EQ(QuotedPrintable(std::string(80, 'x')), std::string(75, 'x') + "=\r\nxxxxx");
  EXPECT_EQ(QuotedPrintable(std::string(74, 'x') + "ž"), std::string(74, 'x') + "=\r\n=C5=BE");
}

TEST(MessageTest, AddressesAreRead) {
  EXPECT_EQ(Mailbox::Parse("desk@example.org")->address, "desk@example.org");
  const Mailbox named = *Mailbox::Parse("\"The Desk\" <desk+x@mail.example.org> ");
  EXPECT_EQ(named.name, "The Desk");
  EXPECT_EQ(named.address, "desk+x@mail.example.org");
  EXPECT_EQ(named.domain(), "mail.example.org");
  for (const char* const wrong :
       {"", "desk", "@example.org", "desk@", "a b@example.org", "a@b@c d", "a@example.org\r\nRCPT TO:<b@c>", "x <a@b",
        "a@b> c", "<a@b> c", ".a@example.org", "a..b@example.org", "jürgen@example.org", "a@[127.0.0.1]", "a@b,c@d"})
    EXPECT_FALSE(Mailbox::Parse(wrong).ok()) << wrong;
}

}  // namespace
}  // namespace wirewatch::alerts
