// Log: structured logging for plugins. A line has a level, a sentence and fields; the host adds pipeline and step and
// writes it as text or JSON on standard error. May be called by any thread. Never log a Secret's text or an Item's
// body.
#ifndef WIREWATCH_SDK_LOG_H_
#define WIREWATCH_SDK_LOG_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace wirewatch {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

using LogField = std::pair<std::string_view, std::string>;
using LogFields = std::initializer_list<LogField>;

class Log {
 public:
  // `context` stands before every line: "kosovo-escalation/watch" for a step, "store" for a part of the host.
  explicit Log(std::string context) : context_(std::move(context)) {}

  void Debug(std::string_view message, LogFields fields = {}) const { Write(LogLevel::kDebug, message, fields); }
  void Info(std::string_view message, LogFields fields = {}) const { Write(LogLevel::kInfo, message, fields); }
  void Warning(std::string_view message, LogFields fields = {}) const { Write(LogLevel::kWarning, message, fields); }
  void Error(std::string_view message, LogFields fields = {}) const { Write(LogLevel::kError, message, fields); }

 private:
  void Write(LogLevel level, std::string_view message, LogFields fields) const;

  std::string context_;
};

// For the host, once at start-up. Default: warnings and errors, as text. Control characters in messages and fields are
// escaped, so that hostile input cannot forge lines or drive a terminal. A JSON line is an object with "time", "level",
// "pipeline" and "step" (or "context"), "message" and "fields", an object of texts.
void ConfigureLog(LogLevel least, LogFormat format);

}  // namespace wirewatch

#endif  // WIREWATCH_SDK_LOG_H_
