#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "wirewatch/cli/reference.h"

namespace wirewatch::cli {
namespace {

// Prints the names of the plugins that are there, in every shell.
constexpr char kPluginNames[] = R"(wirewatch plugins 2>/dev/null | sed -n "s/^  \([^ ]*\).*/\1/p")";

std::string Quoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

// bash: a case for each command and for each option with a value.

std::string BashValues(const OptionText& option) {
  if (!option.choices.empty()) return absl::StrCat("_wirewatch_words ", Quoted(absl::StrJoin(option.choices, " ")));
  if (option.value == kFile) return "_wirewatch_files -f";
  if (option.value == kFolder) return "_wirewatch_files -d";
  if (option.value == kPlugin) return "_wirewatch_words \"$(_wirewatch_plugin_names)\"";
  return "";
}

void BashCommands(const std::string& path, const CommandText& command, std::string& script) {
  for (const CommandText& inner : command.commands) {
    const std::string below = absl::StrCat(path, " ", inner.name);
    absl::StrAppend(&script, "      ", Quoted(below), ") command=", Quoted(below), " ;;\n");
    BashCommands(below, inner, script);
  }
}

void BashOptionValues(const std::string& path, const CommandText& command, std::string& script) {
  for (const OptionText& option : command.options) {
    if (option.positional() || option.value.empty()) continue;
    absl::StrAppend(&script, "    ", Quoted(absl::StrCat(path, " ", option.name)), ") ", BashValues(option),
                    BashValues(option).empty() ? "return ;;\n" : "; return ;;\n");
  }
  for (const CommandText& inner : command.commands) {
    BashOptionValues(absl::StrCat(path, " ", inner.name), inner, script);
  }
}

void BashWords(const std::string& path, const CommandText& command, std::string& script) {
  std::vector<std::string> names, options;
  for (const CommandText& inner : command.commands) names.push_back(inner.name);
  absl::StrAppend(&script, "    ", Quoted(path), ")\n");
  if (!names.empty()) absl::StrAppend(&script, "      _wirewatch_words ", Quoted(absl::StrJoin(names, " ")), "\n");
  for (const OptionText& option : command.options) {
    if (!option.positional()) options.push_back(option.name);
    if (option.positional() && !BashValues(option).empty())
      absl::StrAppend(&script, "      ", BashValues(option), "\n");
  }
  options.push_back("--help");
  absl::StrAppend(&script, "      [[ $cur == -* ]] && _wirewatch_words ", Quoted(absl::StrJoin(options, " ")),
                  "\n      ;;\n");
  for (const CommandText& inner : command.commands) BashWords(absl::StrCat(path, " ", inner.name), inner, script);
}

// zsh: a function for each command.

// In a specification of _arguments a colon ends the message and a bracket the description.
std::string ZshText(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {":", "\\:"}, {"[", "\\["}, {"]", "\\]"}, {"'", "'\\''"}});
}

std::string ZshValues(const OptionText& option) {
  if (!option.choices.empty()) return absl::StrCat("(", absl::StrJoin(option.choices, " "), ")");
  if (option.value == kFile) return "_files";
  if (option.value == kFolder) return "_files -/";
  if (option.value == kPlugin) return "_wirewatch_plugin_names";
  return " ";
}

void ZshFunctions(const std::string& function, const CommandText& command, std::string& script) {
  for (const CommandText& inner : command.commands) {
    ZshFunctions(absl::StrCat(function, "_", inner.name), inner, script);
  }
  absl::StrAppend(&script, function, "() {\n  local curcontext=$curcontext state\n  _arguments -C \\\n");
  for (const OptionText& option : command.options) {
    absl::StrAppend(&script, "    '",
                    option.positional() ? (option.several ? "*" : "")
                                        : absl::StrCat(option.name, "[", ZshText(option.summary), "]"));
    if (!option.value.empty()) {
      absl::StrAppend(&script, ":", ZshText(option.positional() ? option.summary : option.value), ":",
                      ZshValues(option));
    }
    script += "' \\\n";
  }
  script += "    '(-h --help)'{-h,--help}'[Print help.]'";
  if (command.commands.empty()) {
    script += "\n}\n";
    return;
  }
  script += " \\\n    '1:command:->command' '*::argument:->argument'\n  case $state in\n    command) _values command";
  for (const CommandText& inner : command.commands) {
    absl::StrAppend(&script, " \\\n      '", inner.name, "[", ZshText(inner.summary), "]'");
  }
  script += " ;;\n    argument)\n      case $words[1] in\n";
  for (const CommandText& inner : command.commands) {
    absl::StrAppend(&script, "        ", inner.name, ") ", function, "_", inner.name, " ;;\n");
  }
  script += "      esac ;;\n  esac\n}\n";
}

// fish: a line for each word.

std::string FishValues(const OptionText& option) {
  if (!option.choices.empty()) return absl::StrCat(" -a ", Quoted(absl::StrJoin(option.choices, " ")));
  if (option.value == kFile) return " -F";
  if (option.value == kFolder) return " -a '(__fish_complete_directories)'";
  if (option.value == kPlugin) return absl::StrCat(" -a ", Quoted(absl::StrCat("(", kPluginNames, ")")));
  return "";
}

void FishLines(const CommandText& command, const std::string& condition, std::string& script) {
  std::vector<std::string> names;
  for (const CommandText& inner : command.commands) names.push_back(inner.name);
  const std::string seen = "__fish_seen_subcommand_from ";
  const std::string none_yet =
      absl::StrCat(condition, condition.empty() ? "not " : "; and not ", seen, absl::StrJoin(names, " "));
  for (const CommandText& inner : command.commands) {
    absl::StrAppend(&script, "complete -c wirewatch -n ", Quoted(none_yet), " -a ", inner.name, " -d ",
                    Quoted(inner.summary), "\n");
    FishLines(inner, absl::StrCat(condition, condition.empty() ? "" : "; and ", seen, inner.name), script);
  }
  for (const OptionText& option : command.options) {
    if (option.positional() && FishValues(option).empty()) continue;
    absl::StrAppend(&script, "complete -c wirewatch -n ", Quoted(condition));
    if (!option.positional()) absl::StrAppend(&script, " -l ", option.name.substr(2));
    if (!option.positional() && !option.value.empty()) script += option.value == kFile ? " -r" : " -x";
    absl::StrAppend(&script, FishValues(option), " -d ", Quoted(option.summary), "\n");
  }
}

}  // namespace

std::string BashCompletion(const CommandText& wirewatch) {
  std::string script = absl::StrCat(
      "# bash completion for wirewatch; now: source <(wirewatch completion bash), for good: put it into\n"
      "# ~/.local/share/bash-completion/completions/wirewatch\n"
      "_wirewatch_plugin_names() { ",
      kPluginNames,
      "; }\n"
      "_wirewatch_words() { mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -W \"$1\" -- \"$cur\"); }\n"
      "_wirewatch_files() {\n"
      "  compopt -o filenames 2>/dev/null\n"
      "  mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen \"$1\" -- \"$cur\")\n"
      "}\n"
      "_wirewatch() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=wirewatch word\n"
      "  COMPREPLY=()\n"
      "  # `--option=value` comes as three words.\n"
      "  [[ $prev == '=' ]] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
      "  [[ $cur == '=' ]] && cur=''\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$command $word\" in\n");
  BashCommands("wirewatch", wirewatch, script);
  script += "    esac\n  done\n  case \"$command $prev\" in\n";
  BashOptionValues("wirewatch", wirewatch, script);
  script += "  esac\n  case $command in\n";
  BashWords("wirewatch", wirewatch, script);
  return script + "  esac\n}\ncomplete -F _wirewatch wirewatch\n";
}

std::string ZshCompletion(const CommandText& wirewatch) {
  std::string script = absl::StrCat(
      "#compdef wirewatch\n"
      "# zsh completion for wirewatch; now: source <(wirewatch completion zsh), for good: put it as _wirewatch into a\n"
      "# folder of $fpath\n"
      "_wirewatch_plugin_names() { compadd -- ${(f)\"$(",
      kPluginNames, ")\"}; }\n");
  ZshFunctions("_wirewatch", wirewatch, script);
  return script +
         "if [[ $funcstack[1] == _wirewatch ]]; then _wirewatch \"$@\"; else compdef _wirewatch wirewatch; fi\n";
}

std::string FishCompletion(const CommandText& wirewatch) {
  std::string script =
      "# fish completion for wirewatch; now: wirewatch completion fish | source, for good: put it into\n"
      "# ~/.config/fish/completions/wirewatch.fish\n"
      "complete -c wirewatch -f\n";
  FishLines(wirewatch, "", script);
  return script;
}

}  // namespace wirewatch::cli
