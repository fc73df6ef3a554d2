#include "wirewatch/cli/token_commands.h"

#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/reference.h"

namespace wirewatch::cli {
namespace {

// Holds the variables that the options fill.
class TokenCommands {
 public:
  TokenCommands(CLI::App& app, Action& chosen) : chosen_(chosen) {
    group_ = AddCommand(
        app, "token", "Tokens with which clients on the network show who they are.", [] { return kUsage; }, chosen_);
    group_->require_subcommand(1);
    CLI::App* create =
        Add("create", "Make a token and print it, once: it is stored nowhere. A running host knows it at once.",
            CreateToken);
    create->add_option("name", arguments_.name, "Who is to have it; stands in the audit log.")
        ->type_name("NAME")
        ->required();
    create
        ->add_option("--scope", arguments_.scopes,
                     "What it allows: read, operate (and read), ingest, admin (everything), embargoed (to know of what "
                     "is under embargo); may be repeated.")
        ->type_name("SCOPE")
        ->allow_extra_args(false)
        ->check(CLI::IsMember({"read", "operate", "ingest", "admin", "embargoed"}))
        ->required();
    create->add_option("--expires", arguments_.expires, "It ends after so long, e.g. 90d; never unless given.")
        ->type_name("DURATION");
    create
        ->add_option("--visible", arguments_.visible,
                     "It sees only watches with this label; values of one name are alternatives, every name must hold.")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    create->add_option("--visible-watch", arguments_.visible_watches, "It sees this watch, whatever its labels.")
        ->type_name("ID")
        ->allow_extra_args(false);
    CLI::App* list = Add("list", "List tokens with what they allow; the secrets are not known.", ListTokens);
    AddChoice(*list, "--format", format_, "FORMAT", "text, or json, one object a line.", {"text", "json"});
    CLI::App* revoke = Add("revoke", "Revoke a token: a running host refuses it a second later.", RevokeToken);
    revoke->add_option("id", arguments_.id, "Its id, the 8 digits after `wwt_`, as list shows it.")
        ->type_name("ID")
        ->required();
  }

 private:
  CLI::App* Add(const char* name, const char* summary, int (*action)(const TokenArguments&)) {
    CLI::App* command = AddCommand(
        *group_, name, summary,
        [this, action] {
          arguments_.json = format_ == "json";
          return action(arguments_);
        },
        chosen_);
    CLI::Option* const tokens =
        command->add_option("--tokens", arguments_.tokens, "The file of tokens, as `wirewatch run --tokens` has it.")
            ->type_name(kFile);
    command
        ->add_option("--store", arguments_.store,
                     "That beside this store, or beside the store of this pipeline's file; unless given, that of the "
                     "stores below XDG_STATE_HOME.")
        ->type_name(kFile)
        ->excludes(tokens);
    return command;
  }

  Action& chosen_;
  CLI::App* group_ = nullptr;
  std::string format_ = "text";
  TokenArguments arguments_;
};

}  // namespace

std::shared_ptr<void> AddTokenCommands(CLI::App& app, Action& chosen) {
  return std::make_shared<TokenCommands>(app, chosen);
}

}  // namespace wirewatch::cli
