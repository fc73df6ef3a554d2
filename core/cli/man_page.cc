#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "wirewatch/cli/reference.h"

namespace wirewatch::cli {
namespace {

// A line that begins with a dot or an apostrophe would be a request, and a bare hyphen may be drawn as a dash.
std::string Roff(const std::string& text) {
  std::string safe = absl::StrReplaceAll(text, {{"\\", "\\e"}, {"-", "\\-"}, {"\n", " "}});
  if (!safe.empty() && (safe[0] == '.' || safe[0] == '\'')) safe.insert(0, "\\&");
  return safe;
}

std::string Bold(const std::string& text) { return absl::StrCat("\\fB", Roff(text), "\\fR"); }
std::string Italic(const std::string& text) { return absl::StrCat("\\fI", Roff(text), "\\fR"); }

std::string Heading(const OptionText& option) {
  if (option.positional()) return Italic(option.value);
  return option.value.empty() ? Bold(option.name) : absl::StrCat(Bold(option.name), " ", Italic(option.value));
}

std::string Synopsis(const std::string& name, const CommandText& command) {
  std::string text = Bold(name);
  for (const OptionText& option : command.options) {
    if (!option.positional()) absl::StrAppend(&text, " [", Heading(option), "]");
  }
  for (const OptionText& option : command.options) {
    if (option.positional()) absl::StrAppend(&text, " ", Heading(option), option.several ? "..." : "");
  }
  return text;
}

void Describe(const std::string& name, const CommandText& command, std::string& page) {
  absl::StrAppend(&page, ".SS ", Synopsis(name, command), "\n", Roff(command.summary), "\n");
  for (const OptionText& option : command.options) {
    absl::StrAppend(&page, ".TP\n", Heading(option), "\n", Roff(option.summary), "\n");
    if (!option.choices.empty()) absl::StrAppend(&page, "One of ", Roff(absl::StrJoin(option.choices, ", ")), ".\n");
  }
  for (const CommandText& inner : command.commands) Describe(absl::StrCat(name, " ", inner.name), inner, page);
}

void Terms(const char* heading, const std::vector<TermText>& terms, std::string& page) {
  absl::StrAppend(&page, ".SH ", heading, "\n");
  for (const auto& [term, meaning] : terms) absl::StrAppend(&page, ".TP\n", Bold(term), "\n", Roff(meaning), "\n");
}

void FooterTerms(const char* heading, const std::vector<TermText>& terms, std::string& footer) {
  size_t width = 0;
  for (const TermText& term : terms) width = std::max(width, term.term.size());
  absl::StrAppend(&footer, footer.empty() ? "" : "\n", heading, ":\n");
  for (const auto& [term, meaning] : terms) {
    absl::StrAppend(&footer, "  ", term, std::string(width + 2 - term.size(), ' '), meaning, "\n");
  }
}

}  // namespace

std::string Footer(const std::vector<TermText>& exit_statuses, const std::vector<TermText>& environment) {
  std::string footer;
  FooterTerms("Exit status", exit_statuses, footer);
  FooterTerms("Environment", environment, footer);
  footer.pop_back();
  return footer;
}

std::string ManPage(const CommandLineText& text) {
  const CommandText& wirewatch = text.command;
  std::string page =
      absl::StrCat(".TH WIREWATCH 1 \"\" \"Wirewatch ", text.version, "\" \"Wirewatch\"\n.SH NAME\nwirewatch \\- ",
                   Roff(wirewatch.summary), "\n.SH SYNOPSIS\n", Bold("wirewatch"), " ", Italic("COMMAND"), " ...\n",
                   ".SH COMMANDS\n");
  for (const CommandText& command : wirewatch.commands) Describe("wirewatch " + command.name, command, page);
  Terms("EXIT STATUS", text.exit_statuses, page);
  Terms("ENVIRONMENT", text.environment, page);
  return page;
}

}  // namespace wirewatch::cli
