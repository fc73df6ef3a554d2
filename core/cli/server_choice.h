// A host on the network that a command means, and how it is reached.
#ifndef WIREWATCH_CLI_SERVER_CHOICE_H_
#define WIREWATCH_CLI_SERVER_CHOICE_H_

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace grpc {
class Channel;
class ChannelArguments;
}  // namespace grpc

namespace wirewatch::cli {

// What --server and its fellows say; see ServerFromEnvironment() for what they do not.
struct ServerChoice {
  // "desk.example.org:7643"; with TLS, except on loopback when there is no `ca`. "http://…" is without TLS anywhere,
  // "https://…" with it. Empty: no host on the network.
  std::string address;
  std::filesystem::path token_file;   // the token alone; nobody else may read it
  std::filesystem::path ca;           // that signed the server's certificate; empty: those that the system trusts
  std::filesystem::path certificate;  // of this client, with its
  std::filesystem::path key;
};

// Fills in what is empty from WIREWATCH_SERVER, WIREWATCH_TOKEN_FILE, WIREWATCH_CA, WIREWATCH_CERT and WIREWATCH_KEY.
// A command line that names a store means the host beside it, whatever the environment says.
ServerChoice ServerFromEnvironment(ServerChoice choice, bool names_store);

// A channel whose every call carries the token. It connects with the first one. InvalidArgument when a file cannot be
// used or the address cannot be read.
absl::StatusOr<std::shared_ptr<grpc::Channel>> ConnectToServer(const ServerChoice& choice,
                                                               const grpc::ChannelArguments& arguments);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_SERVER_CHOICE_H_
