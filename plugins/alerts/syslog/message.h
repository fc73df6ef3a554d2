// Syslog messages (RFC 5424). Pure functions, any thread.
#ifndef WIREWATCH_PLUGINS_ALERTS_SYSLOG_MESSAGE_H_
#define WIREWATCH_PLUGINS_ALERTS_SYSLOG_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "wirewatch/v1/alert.pb.h"

namespace wirewatch::alerts {

struct MessageStyle {
  int facility = 3;  // RFC 5424, 6.2.1, table 1
  std::string hostname;
  std::string app_name;
  uint32_t enterprise = 0;  // whose name the structured data has
  bool byte_order_mark = true;
  size_t limit = 2048;  // bytes of the whole message
};

// What the host adds to an event.
struct MessageFacts {
  std::string key;           // IdempotencyKey()
  std::string process;       // PROCID
  uint64_t sequence_id = 1;  // messages since the start (RFC 5424, 7.3.1)
};

// critical: critical(2), high: error(3), medium: warning(4), low: notice(5), info: informational(6).
int SyslogSeverity(v1::Severity severity);

// The message; `text` is made one line and cut so that all of it fits the limit.
std::string SyslogMessage(const v1::AlertEvent& event, std::string_view text, const MessageFacts& facts,
                          const MessageStyle& style);

// At most `limit` bytes of printable US-ASCII without spaces, "-" when nothing is left: a field of the header.
std::string HeaderField(std::string_view text, size_t limit);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_PLUGINS_ALERTS_SYSLOG_MESSAGE_H_
