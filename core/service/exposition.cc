#include "wirewatch/service/exposition.h"

#include <array>
#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::service {
namespace {

std::string Number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  // Counts in full, not as 1e+06: people read this as well.
  if (value == std::trunc(value) && std::abs(value) < 9e15) return absl::StrCat(static_cast<int64_t>(value));
  std::array<char, 32> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return {digits.data(), written.ptr};
}

// A quote needs an escape in a label's value only.
std::string Escape(std::string_view raw, bool quoted) {
  std::string out;
  for (const char c : text::RepairUtf8(raw)) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '\\' || (quoted && c == '"')) out += '\\';
      out += c;
    }
  }
  return out;
}

}  // namespace

void Exposition::Family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  head_ = absl::StrCat("# HELP ", name_, " ", Escape(help, false), "\n# TYPE ", name_, " ", std::string(type), "\n");
}

void Exposition::Head() {
  text_ += head_;
  head_.clear();
}

void Exposition::Line(std::string_view suffix, const Labels& labels, std::string_view bound, double value) {
  absl::StrAppend(&text_, name_, std::string(suffix));
  const char* before = "{";
  for (const auto& [label, text] : labels) {
    absl::StrAppend(&text_, before, std::string(label), "=\"", Escape(text, true), "\"");
    before = ",";
  }
  if (!bound.empty()) {
    absl::StrAppend(&text_, before, "le=\"", std::string(bound), "\"");
    before = ",";
  }
  absl::StrAppend(&text_, *before == ',' ? "} " : " ", Number(value), "\n");
}

void Exposition::Sample(const Labels& labels, double value) {
  Head();
  Line("", labels, "", value);
}

void Exposition::Histogram(const Labels& labels, const pipeline::LatencySummary& latency) {
  Head();
  for (size_t i = 0; i < pipeline::kLatencyBounds; ++i) {
    Line("_bucket", labels, Number(absl::ToDoubleSeconds(pipeline::LatencyBound(i))),
         static_cast<double>(latency.below[i]));
  }
  Line("_bucket", labels, "+Inf", static_cast<double>(latency.count));
  Line("_sum", labels, "", absl::ToDoubleSeconds(latency.sum));
  Line("_count", labels, "", static_cast<double>(latency.count));
}

}  // namespace wirewatch::service
