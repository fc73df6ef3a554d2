// The command line as data, and what is made from it beside --help: the man page and the completions of shells. Pure.
#ifndef WIREWATCH_CLI_REFERENCE_H_
#define WIREWATCH_CLI_REFERENCE_H_

#include <string>
#include <vector>

namespace wirewatch::cli {

struct OptionText {
  std::string name;   // "--workers", or the name of a positional one
  std::string value;  // what follows it, e.g. "NUMBER"; empty for flags
  std::string summary;
  std::vector<std::string> choices;
  bool positional = false;
};

struct CommandText {
  std::string name;
  std::string summary;
  std::vector<OptionText> options;
  std::vector<CommandText> commands;
};

// In roff, for man(7).
std::string ManPage(const CommandText& wirewatch, const std::string& footer, const std::string& version);

std::string BashCompletion(const CommandText& wirewatch);
std::string ZshCompletion(const CommandText& wirewatch);
std::string FishCompletion(const CommandText& wirewatch);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_REFERENCE_H_
