#include "message.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::alerts {
namespace {

constexpr size_t kHostname = 255, kAppName = 48, kProcess = 128, kMessageId = 32;  // RFC 5424, 6
constexpr size_t kParameter = 128;                                                 // bytes of one value
constexpr uint64_t kSequenceIds = 2147483647;                                      // RFC 5424, 7.3.1
constexpr char kByteOrderMark[] = "\xEF\xBB\xBF";
constexpr char kCut[] = "…";

std::string Cut(std::string_view text, size_t limit) {
  if (text.size() <= limit) return std::string(text);
  if (limit < sizeof(kCut)) return "";
  return std::string(text.substr(0, text::FloorBoundary(text, limit - (sizeof(kCut) - 1)))) + kCut;
}

// RFC 5424, 6.3.3.
std::string Parameter(const char* name, std::string_view value) {
  std::string escaped;
  for (const char c : Cut(text::Printable(value), kParameter)) {
    if (c == '"' || c == '\\' || c == ']') escaped += '\\';
    escaped += c;
  }
  return absl::StrCat(" ", name, "=\"", escaped, "\"");
}

std::string StructuredData(const v1::AlertEvent& event, const MessageFacts& facts, const MessageStyle& style) {
  std::string data = absl::StrCat("[wirewatch@", style.enterprise, Parameter("event", EventTypeWord(event.type())),
                                  Parameter("sequence", absl::StrCat(event.sequence())),
                                  Parameter("journal", event.journal_id()), Parameter("key", facts.key));
  if (!event.alert_id().empty()) {
    absl::StrAppend(&data, Parameter("alert", event.alert_id()),
                    Parameter("severity", SeverityWord(event.alert().severity())),
                    Parameter("pipeline", event.alert().pipeline()));
  }
  for (const std::string& watch : event.alert().watch_ids()) {
    const std::string parameter = Parameter("watch", watch);
    // The text is to have half of the message at least.
    if (data.size() + parameter.size() > style.limit / 2) break;
    data += parameter;
  }
  return absl::StrCat(data, "][meta sequenceId=\"", (facts.sequence_id - 1) % kSequenceIds + 1, "\"]");
}

std::string Timestamp(const google::protobuf::Timestamp& at) {
  const absl::Time time = absl::FromUnixSeconds(at.seconds()) + absl::Nanoseconds(at.nanos());
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

}  // namespace

int SyslogSeverity(v1::Severity severity) {
  switch (severity) {
    case v1::SEVERITY_CRITICAL:
      return 2;
    case v1::SEVERITY_HIGH:
      return 3;
    case v1::SEVERITY_LOW:
      return 5;
    case v1::SEVERITY_INFO:
      return 6;
    default:
      return 4;
  }
}

std::string HeaderField(std::string_view text, size_t limit) {
  std::string field;
  for (const char c : text) {
    if (absl::ascii_isgraph(static_cast<unsigned char>(c)) && field.size() < limit) field += c;
  }
  return field.empty() ? "-" : field;
}

std::string SyslogMessage(const v1::AlertEvent& event, std::string_view text, const MessageFacts& facts,
                          const MessageStyle& style) {
  const int priority = style.facility * 8 + SyslogSeverity(event.alert().severity());
  std::string message =
      absl::StrCat("<", priority, ">1 ", Timestamp(event.at()), " ", HeaderField(style.hostname, kHostname), " ",
                   HeaderField(style.app_name, kAppName), " ", HeaderField(facts.process, kProcess), " ",
                   HeaderField(EventTypeWord(event.type()), kMessageId), " ", StructuredData(event, facts, style), " ",
                   style.byte_order_mark ? kByteOrderMark : "");
  return message + Cut(text::Printable(text), style.limit - std::min(style.limit, message.size()));
}

}  // namespace wirewatch::alerts
