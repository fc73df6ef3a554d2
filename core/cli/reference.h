// The command line as data, and what is made from it beside --help: the man page and the completions of shells. Pure.
#ifndef WIREWATCH_CLI_REFERENCE_H_
#define WIREWATCH_CLI_REFERENCE_H_

#include <string>
#include <vector>

namespace wirewatch::cli {

// What stands for a value; FILE, FOLDER and PLUGIN are completed with what is there.
inline constexpr char kFile[] = "FILE";
inline constexpr char kFolder[] = "FOLDER";
inline constexpr char kPlugin[] = "PLUGIN";

struct OptionText {
  std::string name;   // "--workers"; empty for a positional one
  std::string value;  // what stands for its value, e.g. "NUMBER"; empty for flags
  std::string summary;
  std::vector<std::string> choices;
  bool several = false;
  bool positional() const { return name.empty(); }
};

struct CommandText {
  std::string name;
  std::string summary;
  std::vector<OptionText> options;
  std::vector<CommandText> commands;
};

struct TermText {
  std::string term;
  std::string meaning;
};

struct CommandLineText {
  CommandText command;
  std::string version;
  std::vector<TermText> exit_statuses;
  std::vector<TermText> environment;
};

// What stands below the commands in --help.
std::string Footer(const std::vector<TermText>& exit_statuses, const std::vector<TermText>& environment);

// In roff, for man(7).
std::string ManPage(const CommandLineText& text);

std::string BashCompletion(const CommandText& wirewatch);
std::string ZshCompletion(const CommandText& wirewatch);
std::string FishCompletion(const CommandText& wirewatch);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_REFERENCE_H_
