#include "wirewatch/templates/message_values.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::templates {

std::string Word(const std::string& name, std::string_view prefix) {
  if (!absl::StartsWith(name, std::string(prefix)) || absl::EndsWith(name, "UNSPECIFIED")) return "";
  return absl::AsciiStrToLower(name.substr(prefix.size()));
}

Value LinkOf(const std::string& url) {
  if (!absl::StartsWithIgnoreCase(url, "https://") && !absl::StartsWithIgnoreCase(url, "http://")) return "";
  std::string link;
  for (const char c : url) {
    const bool unsafe =
        static_cast<unsigned char>(c) <= 0x20 || std::string_view("\"'<>\\^`{|}").find(c) != std::string_view::npos;
    unsafe ? absl::StrAppend(&link, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2)) : void(link += c);
  }
  return link;
}

}  // namespace wirewatch::templates
