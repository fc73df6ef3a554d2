#include "wirewatch/cli/run_command.h"

#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/reference.h"

namespace wirewatch::cli {
namespace {

// Holds the variables that the options fill.
class RunCommand {
 public:
  RunCommand(CLI::App& app, Action& chosen) {
    CLI::App* const command = AddCommand(
        app, "run", "Run a pipeline.",
        [this] {
          arguments_.log_format = log_format_ == "json" ? LogFormat::kJson : LogFormat::kText;
          arguments_.log_level = log_level_ == "debug"   ? LogLevel::kDebug
                                 : log_level_ == "info"  ? LogLevel::kInfo
                                 : log_level_ == "error" ? LogLevel::kError
                                                         : LogLevel::kWarning;
          return Run(arguments_);
        },
        chosen);
    AddHow(command);
    AddGrpc(command, arguments_.grpc);
  }

 private:
  void AddHow(CLI::App* command) {
    command->add_option("pipeline", arguments_.pipelines, "Pipelines' files; several run in one host, with one store.")
        ->type_name(kFile)
        ->required();
    CLI::Option* const once =
        command->add_flag("--once", arguments_.once, "Read what is there, raise alerts, and stop.");
    command
        ->add_flag("--rehearse", arguments_.rehearse,
                   "With --once: digests of recipients come as they would have on the days of what is read.")
        ->needs(once);
    command
        ->add_option("--workers", arguments_.workers, "Threads that run analyses; one for each processor unless given.")
        ->type_name("NUMBER")
        ->check(CLI::Range(1, 256).description("1 to 256"));
    command
        ->add_option("--store", arguments_.store,
                     "The store's file; unless given, the (first) pipeline's own below XDG_STATE_HOME.")
        ->type_name(kFile);
    command->add_flag("--watch", arguments_.watch, "Reload when one of the pipeline's files changes, as SIGHUP does.");
    command
        ->add_option(
            "--drain", arguments_.drain_s,
            "Seconds for what is in flight when it is told to stop, and as many for channels; 30 unless given.")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.0, 86400.0).description("0 to 86400"));
    command
        ->add_option("--http", arguments_.http,
                     "Serve /metrics, /healthz and /readyz here, e.g. 127.0.0.1:9464; a port alone is on loopback. On "
                     "loopback (with --insecure-listen, anywhere) also the services as JSON, below /v1/. Unless given, "
                     "nothing is served.")
        ->type_name("ADDRESS");
    command
        ->add_option(
            "--feeds", arguments_.feeds,
            "Serve the feeds of this directory, into which the channel feed writes, with --http below /feeds/.")
        ->type_name("DIRECTORY");
    AddChoice(*command, "--log-format", log_format_, "FORMAT",
              "How the log is written on standard error: text, or json, one object a line and nothing else.",
              {"text", "json"});
    AddChoice(*command, "--log-level", log_level_, "LEVEL", "The least level that is logged; warning unless given.",
              {"debug", "info", "warning", "error"});
  }

  static void AddGrpc(CLI::App* command, GrpcArguments& grpc) {
    command
        ->add_option("--grpc", grpc.address,
                     "Serve gRPC to the network here, e.g. 0.0.0.0:7643; a port alone is on loopback. Unless given, "
                     "only on the socket beside the store.")
        ->type_name("ADDRESS");
    command
        ->add_option("--tls-cert", grpc.certificate,
                     "The certificate chain for --grpc, in PEM; read again when it changes.")
        ->type_name(kFile);
    command->add_option("--tls-key", grpc.key, "Its key, in PEM.")->type_name(kFile);
    command->add_option("--client-ca", grpc.client_ca, "Only clients with a certificate of this CA can connect.")
        ->type_name(kFile);
    command
        ->add_option("--client-scope", grpc.certificate_scopes,
                     "What such a client may do without a token: read, operate, ingest, admin or embargoed; may be "
                     "repeated. "
                     "Unless given, it needs a token as well.")
        ->type_name("SCOPE")
        ->allow_extra_args(false)
        ->check(CLI::IsMember({"read", "operate", "ingest", "admin", "embargoed"}));
    command
        ->add_option("--tokens", grpc.tokens,
                     "The file of `wirewatch token`; unless given, wirewatch.tokens beside the store.")
        ->type_name(kFile);
    command
        ->add_option("--grpc-requests", grpc.requests_per_s,
                     "Requests a second that each caller on the network may make; 100 unless given.")
        ->type_name("NUMBER")
        ->check(CLI::Range(1.0, 1e6).description("1 to 1000000"));
    command
        ->add_option("--grpc-streams", grpc.streams,
                     "Streams that each may have at the same time; 64 unless given, and 4096 of all.")
        ->type_name("NUMBER")
        ->check(CLI::Range(1, 4096).description("1 to 4096"));
    command->add_flag("--insecure-listen", grpc.insecure, "Serve beyond loopback without TLS or without tokens, too.");
  }

  RunArguments arguments_;
  std::string log_format_ = "text";
  std::string log_level_ = "warning";
};

}  // namespace

std::shared_ptr<void> AddRunCommand(CLI::App& app, Action& chosen) { return std::make_shared<RunCommand>(app, chosen); }

}  // namespace wirewatch::cli
