#include "wirewatch/sdk/log.h"

#include <atomic>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"

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

// Control characters (C0, DEL, and C1 as UTF-8) become \xNN; a quote and a backslash are escaped where `quoted`.
std::string Escape(std::string_view text, bool quoted) {
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

}  // namespace

void Log::Write(LogLevel level, std::string_view message, LogFields fields) const {
  spdlog::logger& sink = Sink();
  if (!sink.should_log(LevelOf(level))) return;
  std::string line;
  if (write_json.load(std::memory_order_relaxed)) {
    absl::StrAppend(&line, "\"context\":\"", Escape(context_, true), "\",\"message\":\"", Escape(message, true), "\"");
    for (const auto& [name, value] : fields) {
      absl::StrAppend(&line, ",\"", Escape(name, true), "\":\"", Escape(value, true), "\"");
    }
  } else {
    absl::StrAppend(&line, Escape(context_, false), context_.empty() ? "" : ": ", Escape(message, false));
    for (const auto& [name, value] : fields) {
      absl::StrAppend(&line, " ", Escape(name, false), "=\"", Escape(value, true), "\"");
    }
  }
  sink.log(LevelOf(level), "{}", line);
}

void ConfigureLog(LogLevel least, LogFormat format) {
  write_json = format == LogFormat::kJson;
  Sink().set_level(LevelOf(least));
  Sink().set_pattern(format == LogFormat::kJson ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})" : "%^%l%$ %v");
}

}  // namespace wirewatch
