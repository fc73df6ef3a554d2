#include "wirewatch/cli/watch_commands.h"

#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/reference.h"

namespace wirewatch::cli {
namespace {

constexpr char kWatchFiles[] = "Files of watches; `-` is one query on standard input. Their lists are shared.";

// Holds the variables that the options fill.
class WatchCommands {
 public:
  WatchCommands(CLI::App& app, Action& chosen) : chosen_(chosen) {
    group_ = AddCommand(
        app, "watch", "Write and try watches.", [] { return kUsage; }, chosen_);
    group_->require_subcommand(1);
    AddFormat();
  }

 private:
  CLI::App* Add(const char* name, const char* summary, Action action) {
    return AddCommand(*group_, name, summary, std::move(action), chosen_);
  }

  static void AddFiles(CLI::App& command, std::vector<std::filesystem::path>& files) {
    command.add_option("file", files, kWatchFiles)->type_name(kFile)->required();
  }

  void AddFormat() {
    CLI::App* format = Add("format", "Print queries in their normal form.", [this] { return FormatWatches(format_); });
    AddFiles(*format, format_.files);
  }

  Action& chosen_;
  CLI::App* group_ = nullptr;
  WatchFormatArguments format_;
};

}  // namespace

std::shared_ptr<void> AddWatchCommands(CLI::App& app, Action& chosen) {
  return std::make_shared<WatchCommands>(app, chosen);
}

}  // namespace wirewatch::cli
