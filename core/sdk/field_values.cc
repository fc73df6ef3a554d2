#include "wirewatch/sdk/field_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "re2/re2.h"
#include "wirewatch/sdk/document.h"
#include "wirewatch/watch/condition.h"

namespace wirewatch {
namespace {

constexpr size_t kMaxPatternBytes = 4096;
constexpr int64_t kMaxPatternMemory = 8 << 20;

// What was written, for messages; never a secret's text.
std::string Shown(const Node& node) {
  if (!node.is_scalar()) return std::string(node.Describe());
  if (node.secret()) return "***";
  std::string text = node.text().substr(0, 60);
  return absl::StrCat("\"", text, node.text().size() > 60 ? "…" : "", "\"");
}

bool ExpectScalar(const Node& node, std::string_view expected, Diagnostics& diagnostics) {
  if (node.is_scalar()) return true;
  diagnostics.Error(node.at(),
                    absl::StrCat("expected ", std::string(expected), ", found ", std::string(node.Describe())));
  return false;
}

template <class T>
void ParseInteger(const Node& node, T& value, Diagnostics& diagnostics) {
  if (!ExpectScalar(node, "a whole number", diagnostics)) return;
  T parsed{};
  const std::string& text = node.text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (error == std::errc::result_out_of_range) {
    diagnostics.Error(node.at(), absl::StrCat(Shown(node), " is out of range; the greatest value here is ",
                                              std::numeric_limits<T>::max()));
  } else if (error != std::errc() || end != text.data() + text.size()) {
    const bool negative = std::is_unsigned_v<T> && text.starts_with("-");
    diagnostics.Error(node.at(), absl::StrCat("expected ", negative ? "a whole number of 0 or more" : "a whole number",
                                              ", found ", Shown(node)));
  } else {
    value = parsed;
  }
}

struct Unit {
  std::string_view name;
  double factor;
};

// `1.5MB` -> number and unit's factor. False when it does not read as one.
bool ParseQuantity(std::string_view text, const std::vector<Unit>& units, double& value) {
  const size_t unit_at = text.find_first_not_of("0123456789.");
  double number = 0;
  const std::string digits(text.substr(0, unit_at));
  if (digits.empty() || !absl::SimpleAtod(digits, &number)) return false;
  const std::string_view unit = unit_at == text.npos ? std::string_view() : text.substr(unit_at);
  for (const Unit& candidate : units) {
    if (candidate.name == unit) {
      value = number * candidate.factor;
      return true;
    }
  }
  return false;
}

const std::vector<Unit>& SizeUnits() {
  static const auto& units = *new std::vector<Unit>{{"", 1},
                                                    {"B", 1},
                                                    {"kB", 1e3},
                                                    {"KB", 1e3},
                                                    {"MB", 1e6},
                                                    {"GB", 1e9},
                                                    {"TB", 1e12},
                                                    {"KiB", 1024.0},
                                                    {"MiB", 1048576.0},
                                                    {"GiB", 1073741824.0},
                                                    {"TiB", 1099511627776.0}};
  return units;
}

// `1h30m`, `45s`, `7d`, `250ms`. Like absl::ParseDuration with days and weeks, without signs and fractions of ns.
bool ParseDurationText(std::string_view text, absl::Duration& value) {
  static const auto& units = *new std::vector<std::pair<std::string_view, absl::Duration>>{
      {"ms", absl::Milliseconds(1)}, {"us", absl::Microseconds(1)}, {"s", absl::Seconds(1)},   {"m", absl::Minutes(1)},
      {"h", absl::Hours(1)},         {"d", absl::Hours(24)},        {"w", absl::Hours(7 * 24)}};
  absl::Duration total;
  if (text == "0") return value = total, true;
  while (!text.empty()) {
    const size_t unit_at = text.find_first_not_of("0123456789.");
    double number = 0;
    if (unit_at == 0 || unit_at == text.npos || !absl::SimpleAtod(std::string(text.substr(0, unit_at)), &number))
      return false;
    text.remove_prefix(unit_at);
    const std::string_view unit = text.substr(0, text.find_first_of("0123456789."));
    const auto found = std::find_if(units.begin(), units.end(), [&](const auto& u) { return u.first == unit; });
    if (found == units.end()) return false;
    total += found->second * number;
    text.remove_prefix(unit.size());
  }
  value = total;
  return total != absl::ZeroDuration() || value == total;
}

}  // namespace

absl::Status Pattern::Compile(std::string_view expression, Pattern& pattern) {
  if (expression.size() > kMaxPatternBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a pattern has at most ", kMaxPatternBytes, " bytes"));
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxPatternMemory);
  auto regex = std::make_shared<const re2::RE2>(re2::StringPiece(expression.data(), expression.size()), options);
  if (!regex->ok()) {
    return absl::InvalidArgumentError(regex->error());
  }
  pattern.text_ = std::string(expression);
  pattern.regex_ = std::move(regex);
  return absl::OkStatus();
}

absl::Status Condition::Compile(std::string_view query, Condition& condition) {
  absl::StatusOr<std::shared_ptr<const watch::Condition>> compiled = watch::Condition::Compile(query);
  if (!compiled.ok()) return compiled.status();
  condition.text_ = std::string(query);
  condition.compiled_ = *std::move(compiled);
  return absl::OkStatus();
}

bool Condition::Matches(const Document& document) const {
  return compiled_ == nullptr || compiled_->Evaluate(document.View()) == v1::TRUTH_TRUE;
}

std::vector<std::string> Condition::Needs() const {
  return compiled_ == nullptr ? std::vector<std::string>() : compiled_->Needs();
}

void ParseValue(const Node& node, bool& value, Diagnostics& diagnostics) {
  if (!ExpectScalar(node, "true or false", diagnostics)) return;
  if (node.text() == "true")
    value = true;
  else if (node.text() == "false")
    value = false;
  else
    diagnostics.Error(node.at(), absl::StrCat("expected true or false, found ", Shown(node)));
}
void ParseValue(const Node& node, int32_t& value, Diagnostics& diagnostics) { ParseInteger(node, value, diagnostics); }
void ParseValue(const Node& node, int64_t& value, Diagnostics& diagnostics) { ParseInteger(node, value, diagnostics); }
void ParseValue(const Node& node, uint32_t& value, Diagnostics& diagnostics) { ParseInteger(node, value, diagnostics); }
void ParseValue(const Node& node, uint64_t& value, Diagnostics& diagnostics) { ParseInteger(node, value, diagnostics); }

void ParseValue(const Node& node, double& value, Diagnostics& diagnostics) {
  if (!ExpectScalar(node, "a number", diagnostics)) return;
  double parsed = 0;
  if (!absl::SimpleAtod(node.text(), &parsed) || !std::isfinite(parsed)) {
    diagnostics.Error(node.at(), absl::StrCat("expected a number, found ", Shown(node)));
  } else {
    value = parsed;
  }
}

void ParseValue(const Node& node, std::string& value, Diagnostics& diagnostics) {
  if (ExpectScalar(node, "text", diagnostics)) value = node.text();
}

void ParseValue(const Node& node, absl::Duration& value, Diagnostics& diagnostics) {
  if (!ExpectScalar(node, "a duration", diagnostics)) return;
  if (!ParseDurationText(node.text(), value)) {
    int64_t bare = 0;
    const bool number = absl::SimpleAtoi(node.text(), &bare);
    diagnostics.Error(node.at(), absl::StrCat("expected a duration such as 30s, 5m or 1h30m, found ", Shown(node)),
                      number ? absl::StrCat("did you mean ", bare, "s?") : "");
  }
}

void ParseValue(const Node& node, ByteSize& value, Diagnostics& diagnostics) {
  if (!ExpectScalar(node, "a size", diagnostics)) return;
  double bytes = 0;
  if (!ParseQuantity(node.text(), SizeUnits(), bytes) || bytes > 9e18) {
    diagnostics.Error(node.at(), absl::StrCat("expected a size such as 512, 64KiB or 1.5MB, found ", Shown(node)));
  } else {
    value.bytes = static_cast<uint64_t>(bytes);
  }
}

void ParseValue(const Node& node, Path& value, Diagnostics& diagnostics) {
  if (!ExpectScalar(node, "a path", diagnostics)) return;
  if (node.text().empty() || node.text().find('\0') != std::string::npos) {
    diagnostics.Error(node.at(), "a path must not be empty or hold a zero byte");
    return;
  }
  value.text = node.text();
  const std::filesystem::path folder = std::filesystem::path(std::string(node.at().file_name())).parent_path();
  value.resolved = (std::filesystem::absolute(folder.empty() ? "." : folder) / node.text()).lexically_normal();
}

void ParseValue(const Node& node, Secret& value, Diagnostics& diagnostics) {
  if (ExpectScalar(node, "a secret", diagnostics)) value = Secret(node.text());
}

void ParseValue(const Node& node, Pattern& value, Diagnostics& diagnostics) {
  if (!ExpectScalar(node, "a pattern", diagnostics)) return;
  if (const absl::Status status = Pattern::Compile(node.text(), value); !status.ok()) {
    diagnostics.Error(node.at(), absl::StrCat("not a regular expression (RE2): ", std::string(status.message())));
  }
}

void ParseValue(const Node& node, Condition& value, Diagnostics& diagnostics) {
  if (!ExpectScalar(node, "a condition", diagnostics)) return;
  if (const absl::Status status = Condition::Compile(node.text(), value); !status.ok()) {
    diagnostics.Error(node.at(), absl::StrCat("in the condition, ", std::string(status.message())));
  }
}

void ParseValue(const Node& node, Node& value, Diagnostics&) { value = node; }

bool ExpectList(const Node& node, Diagnostics& diagnostics) {
  if (node.is_list()) return true;
  diagnostics.Error(node.at(), absl::StrCat("expected a list, found ", std::string(node.Describe())),
                    node.is_table() ? "write each entry behind a dash" : "");
  return false;
}

int ParseChoice(const Node& node, const std::vector<std::string>& words, Diagnostics& diagnostics) {
  if (!ExpectScalar(node, absl::StrCat("one of ", absl::StrJoin(words, ", ")), diagnostics)) return -1;
  const auto found = std::find(words.begin(), words.end(), node.text());
  if (found != words.end()) return static_cast<int>(found - words.begin());
  const std::string closest = ClosestName(node.text(), words);
  diagnostics.Error(node.at(), absl::StrCat("expected one of ", absl::StrJoin(words, ", "), ", found ", Shown(node)),
                    closest.empty() ? "" : absl::StrCat("did you mean \"", closest, "\"?"));
  return -1;
}

std::string PrintValue(bool value) { return value ? "true" : "false"; }
std::string PrintValue(int64_t value) { return absl::StrCat(value); }
std::string PrintValue(uint64_t value) { return absl::StrCat(value); }
std::string PrintValue(double value) { return absl::StrCat(value); }
std::string PrintValue(const std::string& value) { return value.empty() ? "\"\"" : value; }
std::string PrintValue(absl::Duration value) {
  std::string text = absl::FormatDuration(value);
  // FormatDuration writes 1h0m0s as `1h`, and 24h as `24h`; whole days read better as such.
  if (value > absl::ZeroDuration() && value % absl::Hours(24) == absl::ZeroDuration()) {
    text = absl::StrCat(value / absl::Hours(24), "d");
  }
  return text;
}
std::string PrintValue(ByteSize value) {
  for (const auto& [shift, unit] : {std::pair(30, "GiB"), std::pair(20, "MiB"), std::pair(10, "KiB")}) {
    if (value.bytes != 0 && value.bytes % (uint64_t{1} << shift) == 0) return absl::StrCat(value.bytes >> shift, unit);
  }
  return absl::StrCat(value.bytes);
}
std::string PrintValue(const Path& value) { return PrintValue(value.text); }
std::string PrintValue(const Secret& value) { return value.empty() ? "\"\"" : "***"; }
std::string PrintValue(const Pattern& value) { return PrintValue(value.text()); }
std::string PrintValue(const Condition& value) { return PrintValue(value.text()); }
std::string PrintValue(const Node&) { return ""; }

}  // namespace wirewatch
