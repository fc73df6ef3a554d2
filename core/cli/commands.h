// The `wirewatch` command: one function a subcommand. Each prints its result on standard output, everything else on
// standard error, and returns the exit status. One thread.
#ifndef WIREWATCH_CLI_COMMANDS_H_
#define WIREWATCH_CLI_COMMANDS_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "wirewatch/cli/server_choice.h"
#include "wirewatch/config/pipeline_file.h"
#include "wirewatch/loader/registry.h"
#include "wirewatch/pipeline/definition.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/sdk/log.h"

namespace wirewatch::cli {

// Exit statuses, as `wirewatch --help` lists them.
enum Status : int {
  kOk = 0,
  kFailed = 1,         // something went wrong while it ran
  kUsage = 2,          // the command line cannot be understood
  kConfiguration = 3,  // the pipeline, a watch or a plugin is not right
};

int Main(int argc, char** argv);

// The host's services on the network; see service::NetworkOptions.
struct GrpcArguments {
  std::string address;  // empty: on the control socket only
  std::filesystem::path certificate, key, client_ca;
  std::vector<std::string> certificate_scopes;  // of a client that shows a certificate and no token
  std::filesystem::path tokens;                 // empty: `wirewatch.tokens` beside the store
  bool insecure = false;
  double requests_per_s = 100;  // of each caller; twice as many at once
  int streams = 64;             // of each caller
};

struct RunArguments {
  std::vector<std::filesystem::path> pipelines;
  bool once = false;
  bool rehearse = false;        // with `once`: digests come as they would have on the days of what is read
  bool watch = false;           // reload when a file changes
  double drain_s = 30;          // for what is in flight when it is told to stop, and as long for channels
  int workers = 0;              // 0: one for each processor
  std::filesystem::path store;  // empty: the pipeline's own below XDG_STATE_HOME
  std::string http;             // address of the pages for monitoring; empty: none
  std::filesystem::path feeds;  // directory with feeds, served over HTTP too; empty: none
  GrpcArguments grpc;
  LogFormat log_format = LogFormat::kText;
  LogLevel log_level = LogLevel::kWarning;
};
int Run(const RunArguments& arguments);
// What a reload did, a line for each pipeline and step.
std::string DrawReload(const std::vector<pipeline::ReloadedStep>& steps);

// Of a running host; see HostChoice for `store`, `pipeline` and `server`.
struct ReloadArguments {
  std::filesystem::path store;
  std::string pipeline;
  ServerChoice server;
  bool dry_run = false;
};
int Reload(const ReloadArguments& arguments);

struct TopArguments {
  std::filesystem::path store;
  std::string pipeline;
  ServerChoice server;
  bool once = false;
  double every_s = 1;
  bool json = false;
};
int Top(const TopArguments& arguments);

struct TapArguments {
  std::filesystem::path store;
  std::string pipeline;
  ServerChoice server;
  std::string step;
  std::string when;
  double rate = 0;     // Items a second at most; 0: the host's default
  uint64_t count = 0;  // ends after so many; 0: goes on
  bool json = false;
};
int Tap(const TapArguments& arguments);

// The quarantine of a running host, else of a store that no host has.
struct QuarantineArguments {
  std::filesystem::path store;
  std::string pipeline;
  ServerChoice server;
  std::string step;
  std::string reason;
  std::vector<uint64_t> ids;
  bool all = false;  // every entry that `pipeline`, `step` and `reason` leave
  bool json = false;
};
int ListQuarantine(const QuarantineArguments& arguments);
int ShowQuarantined(const QuarantineArguments& arguments);
int RetryQuarantined(const QuarantineArguments& arguments);
int DropQuarantined(const QuarantineArguments& arguments);

int Check(const std::vector<std::filesystem::path>& pipelines);

struct InspectArguments {
  std::vector<std::filesystem::path> files;
  std::filesystem::path pipeline;  // empty: the built-in analyses language and dateline
  bool json = false;
};
int Inspect(const InspectArguments& arguments);

enum class TestFormat { kText, kJunit, kJson };
struct TestArguments {
  std::vector<std::filesystem::path> files;  // empty: every *_test.yaml below the working folder
  TestFormat format = TestFormat::kText;
  std::filesystem::path junit;        // also written; empty: not
  std::optional<std::string> filter;  // cases whose names contain this (RE2)
  bool update = false;                // golden files
  int workers = 1;                    // changes nothing but the time
};
int Test(const TestArguments& arguments);

enum class GraphFormat { kText, kDot, kMermaid };
int Graph(const std::filesystem::path& pipeline, GraphFormat format);

// `named`: the store's file, or a pipeline's file for that pipeline's own store.
int CheckStoreFile(const std::filesystem::path& named);
int CompactStoreFile(const std::filesystem::path& named);
int BackUpStoreFile(const std::filesystem::path& named, const std::filesystem::path& to);

struct TokenArguments {
  std::filesystem::path tokens;  // the file of tokens; empty: that beside the store
  std::filesystem::path store;   // empty: any below StoreFolder()
  std::string name;
  std::string id;
  std::vector<std::string> scopes, visible, visible_watches;
  std::string expires;  // a duration, from now on; empty: never
  bool json = false;
};
int CreateToken(const TokenArguments& arguments);
int ListTokens(const TokenArguments& arguments);
int RevokeToken(const TokenArguments& arguments);

struct SearchArguments {
  std::string query;
  std::string pipeline;         // empty: all of the store
  std::filesystem::path store;  // empty: the pipeline's own, or the only one
  int limit = 20;
  bool json = false;
};
int Search(const SearchArguments& arguments);

int ListPlugins();
enum class PageFormat { kText, kMarkdown };
int ShowPlugin(const std::string& name, PageFormat format);
int Schema();
int OpenApi();
int Version();

struct NewArguments {
  std::string kind;  // "source", "analysis" or "alert"
  std::string name;
  std::filesystem::path in;  // the folder that gets the plugin's folder
};
int New(const NewArguments& arguments);

// A pipeline file with its plugins. Prints what is wrong; nullopt when something is.
struct Loaded {
  config::Pipeline file;
  pipeline::Definition definition;
};
std::optional<Loaded> Load(const std::filesystem::path& path, const loader::Registry& registry, bool once);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_COMMANDS_H_
