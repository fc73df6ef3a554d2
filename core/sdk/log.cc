#include "wirewatch/sdk/log.h"

#include <atomic>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch {
namespace {

std::atomic<bool> write_json{false};

spdlog::logger& Sink() {
  static spdlog::logger& logger = []() -> spdlog::logger& {
    auto made = std::make_shared<spdlog::logger>("wirewatch", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made->set_level(spdlog::level::warn);
    made->set_pattern("%^%l%$ %v");
    static std::shared_ptr<spdlog::logger>& kept = *new std::shared_ptr<spdlog::logger>(made);
    return *kept;
  }();
  return logger;
}

spdlog::level::level_enum LevelOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// Control characters (C0, DEL, and C1 as UTF-8) become \xNN, or \u00NN where `quoted`, where a quote and a backslash
// are escaped as well; what is no UTF-8 becomes U+FFFD.
std::string Escape(std::string_view raw, bool quoted) {
  const std::string text = text::RepairUtf8(raw);
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool c1 = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c < 0x20 || c == 0x7F || c1) {
      const unsigned code = c1 ? static_cast<unsigned char>(text[++i]) : c;
      quoted ? absl::StrAppendFormat(&out, "\\u%04x", code) : absl::StrAppendFormat(&out, "\\x%02x", code);
    } else {
      if (quoted && (c == '"' || c == '\\')) out += '\\';
      out += static_cast<char>(c);
    }
  }
  return out;
}

std::string TextLine(const std::string& context, std::string_view message, LogFields fields) {
  std::string line =
      absl::StrCat(Escape(context, false), std::string(context.empty() ? "" : ": "), Escape(message, false));
  for (const auto& [name, value] : fields) {
    absl::StrAppend(&line, " ", Escape(name, false), "=\"", Escape(value, true), "\"");
  }
  return line;
}

// Without the braces, which the pattern adds. Fields stand in an object of their own, so that none can pass for the
// time or the level.
std::string JsonLine(const std::string& context, std::string_view message, LogFields fields) {
  std::string line;
  if (const size_t slash = context.find('/'); slash != std::string::npos) {
    absl::StrAppend(&line, "\"pipeline\":\"", Escape(context.substr(0, slash), true), "\",");
    absl::StrAppend(&line, "\"step\":\"", Escape(context.substr(slash + 1), true), "\",");
  } else if (!context.empty()) {
    absl::StrAppend(&line, "\"context\":\"", Escape(context, true), "\",");
  }
  absl::StrAppend(&line, "\"message\":\"", Escape(message, true), "\",\"fields\":{");
  const char* comma = "";
  for (const auto& [name, value] : fields) {
    absl::StrAppend(&line, comma, "\"", Escape(name, true), "\":\"", Escape(value, true), "\"");
    comma = ",";
  }
  return line + "}";
}

}  // namespace

void Log::Write(LogLevel level, std::string_view message, LogFields fields) const {
  spdlog::logger& sink = Sink();
  if (!sink.should_log(LevelOf(level))) return;
  const bool json = write_json.load(std::memory_order_relaxed);
  sink.log(LevelOf(level), "{}", json ? JsonLine(context_, message, fields) : TextLine(context_, message, fields));
}

void ConfigureLog(LogLevel least, LogFormat format) {
  write_json = format == LogFormat::kJson;
  Sink().set_level(LevelOf(least));
  Sink().set_pattern(format == LogFormat::kJson ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})" : "%^%l%$ %v");
}

}  // namespace wirewatch
