#include "wirewatch/cli/reference.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace wirewatch::cli {
namespace {

// A line that begins with a dot or an apostrophe would be a request, and a hyphen a soft one.
std::string Roff(const std::string& text) {
  std::string safe = absl::StrReplaceAll(text, {{"\\", "\\e"}, {"-", "\\-"}, {"\n", " "}});
  if (!safe.empty() && (safe[0] == '.' || safe[0] == '\'')) safe.insert(0, "\\&");
  return safe;
}

std::string Synopsis(const std::string& name, const CommandText& command) {
  std::string text = absl::StrCat("\\fB", Roff(name), "\\fR");
  for (const OptionText& option : command.options) {
    if (!option.positional) {
      absl::StrAppend(&text, " [", Roff(option.name), option.value.empty() ? "" : " \\fI" + Roff(option.value) + "\\fR",
                      "]");
    }
  }
  for (const OptionText& option : command.options) {
    if (option.positional) absl::StrAppend(&text, " \\fI", Roff(option.name), "\\fR");
  }
  return text;
}

void DescribeCommand(const std::string& name, const CommandText& command, std::string& page) {
  if (command.commands.empty() || !command.options.empty() || !command.summary.empty()) {
    absl::StrAppend(&page, ".SS ", Synopsis(name, command), "\n", Roff(command.summary), "\n");
  }
  for (const OptionText& option : command.options) {
    absl::StrAppend(&page, ".TP\n\\fB", Roff(option.name), "\\fR");
    if (!option.positional && !option.value.empty()) absl::StrAppend(&page, " \\fI", Roff(option.value), "\\fR");
    absl::StrAppend(&page, "\n", Roff(option.summary), "\n");
  }
  for (const CommandText& inner : command.commands) DescribeCommand(name + " " + inner.name, inner, page);
}

std::string InSingleQuotes(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

// Words that may follow: options, choices of positional ones, subcommands.
std::vector<std::string> WordsAfter(const CommandText& command) {
  std::vector<std::string> words;
  for (const CommandText& inner : command.commands) words.push_back(inner.name);
  for (const OptionText& option : command.options) {
    if (!option.positional) words.push_back(option.name);
    if (option.positional) words.insert(words.end(), option.choices.begin(), option.choices.end());
  }
  return words;
}

void BashCases(const std::string& path, const CommandText& command, std::string& script) {
  absl::StrAppend(&script, "    ", InSingleQuotes(path),
                  ") words=", InSingleQuotes(absl::StrJoin(WordsAfter(command), " ")), " ;;\n");
  for (const CommandText& inner : command.commands) BashCases(path + " " + inner.name, inner, script);
}

void BashChoices(const CommandText& command, std::string& script) {
  for (const OptionText& option : command.options) {
    if (option.positional || option.choices.empty()) continue;
    absl::StrAppend(&script, "    ", option.name, ") COMPREPLY=($(compgen -W ",
                    InSingleQuotes(absl::StrJoin(option.choices, " ")), " -- \"$cur\")); return ;;\n");
  }
  for (const CommandText& inner : command.commands) BashChoices(inner, script);
}

void FishLines(const CommandText& command, const std::string& condition, std::string& script) {
  for (const CommandText& inner : command.commands) {
    absl::StrAppend(&script, "complete -c wirewatch ", condition, " -f -a ", inner.name, " -d ",
                    InSingleQuotes(inner.summary), "\n");
    FishLines(inner, absl::StrCat("-n '__fish_seen_subcommand_from ", inner.name, "'"), script);
  }
  for (const OptionText& option : command.options) {
    if (option.positional) {
      if (!option.choices.empty()) {
        absl::StrAppend(&script, "complete -c wirewatch ", condition, " -f -a ",
                        InSingleQuotes(absl::StrJoin(option.choices, " ")), "\n");
      }
      continue;
    }
    absl::StrAppend(&script, "complete -c wirewatch ", condition, " -l ", option.name.substr(2));
    if (!option.value.empty()) absl::StrAppend(&script, " -r");
    if (!option.choices.empty()) {
      absl::StrAppend(&script, " -f -a ", InSingleQuotes(absl::StrJoin(option.choices, " ")));
    }
    absl::StrAppend(&script, " -d ", InSingleQuotes(option.summary), "\n");
  }
}

}  // namespace

std::string ManPage(const CommandText& wirewatch, const std::string& footer, const std::string& version) {
  std::string page =
      absl::StrCat(".TH WIREWATCH 1 \"\" \"Wirewatch ", version, "\" \"Wirewatch\"\n.SH NAME\nwirewatch \\- ",
                   Roff(wirewatch.summary), "\n.SH SYNOPSIS\n\\fBwirewatch\\fR \\fICOMMAND\\fR …\n", ".SH COMMANDS\n");
  for (const CommandText& command : wirewatch.commands) DescribeCommand("wirewatch " + command.name, command, page);
  absl::StrAppend(&page, ".SH NOTES\n", Roff(footer), "\n");
  return page;
}

std::string BashCompletion(const CommandText& wirewatch) {
  std::string script =
      "# bash completion for wirewatch: put it into /etc/bash_completion.d, or: source <(wirewatch completion bash)\n"
      "_wirewatch() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path=wirewatch words= word\n"
      "  case $prev in\n";
  BashChoices(wirewatch, script);
  script +=
      "  esac\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$path $word\" in\n";
  const auto known = [&script](const auto& self, const std::string& path, const CommandText& command) -> void {
    for (const CommandText& inner : command.commands) {
      absl::StrAppend(&script, "      ", InSingleQuotes(path + " " + inner.name), ") path=\"$path $word\" ;;\n");
      self(self, path + " " + inner.name, inner);
    }
  };
  known(known, "wirewatch", wirewatch);
  script += "    esac\n  done\n  case $path in\n";
  BashCases("wirewatch", wirewatch, script);
  script +=
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
      "  [[ $path != wirewatch && $cur != -* ]] && COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
      "}\n"
      "complete -o filenames -F _wirewatch wirewatch\n";
  return script;
}

// zsh runs bash completions as they are.
std::string ZshCompletion(const CommandText& wirewatch) {
  return absl::StrCat("#compdef wirewatch\nautoload -U +X bashcompinit && bashcompinit\n", BashCompletion(wirewatch));
}

std::string FishCompletion(const CommandText& wirewatch) {
  std::string script = "# fish completion for wirewatch: put it into ~/.config/fish/completions/wirewatch.fish\n";
  FishLines(wirewatch, "-n __fish_use_subcommand", script);
  return script;
}

}  // namespace wirewatch::cli
