#include "wirewatch/cli/item_reader.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "wirewatch/cli/commands.h"
#include "wirewatch/pipeline/assemble.h"
#include "wirewatch/pipeline/pipeline.h"
#include "wirewatch/sdk/clock.h"
#include "wirewatch/store/sqlite_store.h"

namespace wirewatch::cli {
namespace {

// A file's name as a glob that names nothing else.
std::string AsGlob(const std::filesystem::path& file) {
  std::string glob;
  for (const char c : std::filesystem::absolute(file).string()) {
    if (c == '*' || c == '[') {
      glob += std::string("[") + c + "]";
    } else {
      glob += c == '{' || c == '}' ? '?' : c;
    }
  }
  return glob;
}

// The pipeline with its sources replaced by one that reads these files, as the pipeline's own `files` source would, and
// without channels.
config::Pipeline ForFiles(config::Pipeline pipeline, const std::vector<std::filesystem::path>& files) {
  std::vector<Node::Entry> options;
  SourceLocation at = pipeline.at;
  for (const config::Step& source : pipeline.sources) {
    if (source.plugin != "files" || !source.options.is_table()) continue;
    at = source.options.at();
    for (const Node::Entry& option : source.options.entries()) {
      if (option.key != "path" && option.key != "exclude" && option.key != "follow") options.push_back(option);
    }
    break;
  }
  std::vector<Node> paths;
  paths.reserve(files.size());
  for (const std::filesystem::path& file : files) paths.push_back(Node::Scalar(AsGlob(file), at, true));
  options.push_back({"path", at, Node::List(std::move(paths), at)});
  pipeline.sources = {
      {.id = "files", .plugin = "files", .at = at, .options = Node::Table(std::move(options), at), .when = {}}};
  pipeline.channels.clear();
  pipeline.recipients.clear();
  return pipeline;
}

config::Pipeline BuiltIn() {
  config::Pipeline pipeline;
  pipeline.name = "inspect";
  for (const char* plugin : {"language", "dateline"}) {
    pipeline.analyses.push_back({.id = plugin, .plugin = plugin, .at = {}, .options = {}, .when = {}});
  }
  return pipeline;
}

std::optional<pipeline::Definition> Define(const std::vector<std::filesystem::path>& files,
                                           const std::filesystem::path& pipeline_file) {
  Diagnostics diagnostics;
  const pipeline::SetupContext context{SystemClock(), true, config::ProcessEnvironment()};
  std::optional<config::Pipeline> file = BuiltIn();
  if (!pipeline_file.empty()) file = config::LoadPipeline(pipeline_file, context.environment, diagnostics);
  std::optional<pipeline::Definition> definition;
  const loader::Registry registry = loader::Registry::Scan(loader::DefaultOptions());
  if (file) definition = pipeline::Assemble(ForFiles(*std::move(file), files), registry, context, diagnostics);
  if (!diagnostics.entries().empty()) std::fprintf(stderr, "%s\n", diagnostics.ToString().c_str());
  return definition;
}

// What kept a file from being shown.
int Complain(const pipeline::Progress& progress, uint64_t taken) {
  int status = kOk;
  for (const pipeline::SourceProgress& source : progress.sources) {
    if (source.rejected + source.too_large == 0) continue;
    std::fprintf(stderr, "%s records could not be read\n", std::to_string(source.rejected + source.too_large).c_str());
    status = kFailed;
  }
  for (const pipeline::StepProgress& step : progress.steps) {
    if (step.failed == 0) continue;
    std::fprintf(stderr, "%s failed on %s Items: %s\n", step.id.c_str(), std::to_string(step.failed).c_str(),
                 step.trouble.c_str());
    status = kFailed;
  }
  if (taken == 0 && status == kOk) {
    std::fputs("nothing was found in these files\n", stderr);
    status = kFailed;
  }
  return status;
}

}  // namespace

int ReadItems(const std::vector<std::filesystem::path>& files, const std::filesystem::path& pipeline,
              const pipeline::ItemObserver& take) {
  for (const std::filesystem::path& file : files) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
      std::fprintf(stderr, "%s is no file\n", file.c_str());
      return kUsage;
    }
  }
  std::optional<pipeline::Definition> definition = Define(files, pipeline);
  if (!definition) return kConfiguration;
  const absl::StatusOr<std::unique_ptr<store::Store>> opened = store::OpenSqlite({});
  if (!opened.ok()) {
    std::fprintf(stderr, "no temporary store can be made: %s\n", std::string(opened.status().message()).c_str());
    return kFailed;
  }
  uint64_t taken = 0;
  pipeline::RunOptions options;
  options.workers = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  options.once = true;
  options.clock = &SystemClock();
  options.store = opened->get();
  options.on_item = [&](const v1::Item& item, std::span<const v1::Signal* const> signals) {
    ++taken;
    take(item, signals);
  };
  absl::StatusOr<std::unique_ptr<pipeline::Pipeline>> running =
      pipeline::Pipeline::Start(*std::move(definition), options);
  const absl::Status ended = running.ok() ? (*running)->Wait() : running.status();
  if (!ended.ok()) {
    std::fprintf(stderr, "%s\n", std::string(ended.message()).c_str());
    return kFailed;
  }
  return Complain((*running)->Snapshot(), taken);
}

std::vector<std::filesystem::path> ExpandFolders(const std::vector<std::filesystem::path>& files) {
  std::vector<std::filesystem::path> expanded;
  for (const std::filesystem::path& file : files) {
    std::error_code error;
    if (!std::filesystem::is_directory(file, error)) {
      expanded.push_back(file);
      continue;
    }
    const auto first = static_cast<std::ptrdiff_t>(expanded.size());
    for (std::filesystem::recursive_directory_iterator entry(file, error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->is_regular_file(error)) expanded.push_back(entry->path());
    }
    std::sort(expanded.begin() + first, expanded.end());
  }
  return expanded;
}

}  // namespace wirewatch::cli
