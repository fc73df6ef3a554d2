// The options with which a command says which running host it means. Used while the command line is made; one thread.
#ifndef WIREWATCH_CLI_HOST_OPTIONS_H_
#define WIREWATCH_CLI_HOST_OPTIONS_H_

#include <CLI/CLI.hpp>

#include "wirewatch/cli/reference.h"

namespace wirewatch::cli {

// `arguments` has the members of HostChoice.
template <class Arguments>
void AddHostChoice(CLI::App& command, Arguments& arguments) {
  CLI::Option* const store =
      command
          .add_option("--store", arguments.store, "The host with this store; unless given, the only one that answers.")
          ->type_name(kFile);
  command.add_option("--pipeline", arguments.pipeline, "This pipeline, by name or file, and a host that runs it.")
      ->type_name("PIPELINE");
  command
      .add_option("--server", arguments.server.address,
                  "The host at this address, e.g. desk.example.org:7643; WIREWATCH_SERVER unless given.")
      ->type_name("ADDRESS")
      ->excludes(store);
  command
      .add_option("--token-file", arguments.server.token_file,
                  "The file with the token for --server; WIREWATCH_TOKEN_FILE unless given.")
      ->type_name(kFile);
  command
      .add_option("--ca", arguments.server.ca,
                  "The CA of its certificate, in PEM; unless given WIREWATCH_CA, else those that the system trusts.")
      ->type_name(kFile);
  command
      .add_option("--cert", arguments.server.certificate,
                  "A client certificate for --server, in PEM; WIREWATCH_CERT unless given.")
      ->type_name(kFile);
  command.add_option("--key", arguments.server.key, "The key of --cert; WIREWATCH_KEY unless given.")->type_name(kFile);
}

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_HOST_OPTIONS_H_
