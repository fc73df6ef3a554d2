#include "wirewatch/scenario/file_records.h"

#include <algorithm>
#include <exception>
#include <optional>

#include "absl/strings/str_cat.h"
#include "wirewatch/pipeline/assemble.h"

namespace wirewatch::scenario {
namespace {

constexpr size_t kMaxRecords = 100'000;

class Collector final : public BatchBuilder {
 public:
  explicit Collector(std::vector<Record>& records) : records_(records) {}
  v1::Item& NewItem() override {
    item_.Clear();
    return item_;
  }
  void Add(std::string_view raw) override { records_.push_back({item_, std::string(raw), {}, {}}); }
  bool full() const override { return records_.size() >= kMaxRecords; }
  void Reject(std::string_view raw, std::string_view origin, const absl::Status& reason) override {
    records_.push_back({{}, std::string(raw), reason, std::string(origin)});
  }
  void Count(std::string_view, uint64_t) override {}

 private:
  std::vector<Record>& records_;
  v1::Item item_;
};

// A file's name as a glob that names nothing else.
std::string AsGlob(const std::string& file) {
  std::string glob;
  for (const char c : file) {
    if (c == '*' || c == '[') {
      glob += std::string("[") + c + "]";
    } else {
      glob += c == '{' || c == '}' ? '?' : c;
    }
  }
  return glob;
}

const config::Step* FindSource(const config::Pipeline& pipeline, const std::string& id) {
  for (const config::Step& source : pipeline.sources) {
    if (id.empty() ? source.plugin == "files" : source.id == id) return &source;
  }
  return nullptr;
}

// The step that reads this file alone, once.
config::Step StepFor(const FileInput& input, const config::Step* like, size_t number) {
  std::vector<Node::Entry> options;
  // Paths among the options are relative to where they are written.
  const SourceLocation at = like != nullptr ? like->options.at() : input.at;
  if (like != nullptr && like->options.is_table()) {
    for (const Node::Entry& option : like->options.entries()) {
      if (option.key != "path" && option.key != "exclude" && option.key != "follow") options.push_back(option);
    }
  }
  options.push_back({"path", at, Node::Scalar(AsGlob(input.path.resolved.string()), input.at, true)});
  config::Step step;
  step.id = absl::StrCat("file-", number);
  step.plugin = "files";
  step.at = at;
  step.options = Node::Table(std::move(options), at);
  return step;
}

absl::Status ReadAll(Source& source, std::vector<Record>& records) {
  Collector collector(records);
  try {
    if (absl::Status opened = source.Open(""); !opened.ok()) return opened;
    while (!collector.full()) {
      const absl::StatusOr<Source::Progress> progress = source.Read(collector, absl::Seconds(1));
      if (!progress.ok()) return progress.status();
      if (progress->kind == Source::Progress::Kind::kEnd) return absl::OkStatus();
    }
  } catch (const std::exception& thrown) {
    return absl::InternalError(absl::StrCat("the plugin threw: ", thrown.what()));
  }
  return absl::ResourceExhaustedError(absl::StrCat("it has more than ", kMaxRecords, " records"));
}

// As the test file names it, wherever that lies.
void NameAsWritten(const Path& path, std::string& origin) {
  const std::string resolved = path.resolved.string();
  if (origin.starts_with(resolved)) origin.replace(0, resolved.size(), path.text);
}

}  // namespace

FileRecords ReadFileInputs(const std::vector<FileInput>& inputs, const config::Pipeline& pipeline,
                           const loader::Registry& registry, const pipeline::SetupContext& context,
                           Diagnostics& diagnostics) {
  FileRecords records;
  config::Pipeline readers;
  readers.name = pipeline.name;
  readers.at = pipeline.at;
  std::vector<const FileInput*> read;
  for (const FileInput& input : inputs) {
    const config::Step* source = FindSource(pipeline, input.source);
    if (!input.source.empty() && (source == nullptr || source->plugin != "files")) {
      std::vector<std::string> ids;
      for (const config::Step& step : pipeline.sources) {
        if (step.plugin == "files") ids.push_back(step.id);
      }
      const std::string closest = ClosestName(input.source, ids);
      diagnostics.Error(input.at, absl::StrCat("the pipeline has no `files` source with the id \"", input.source, "\""),
                        closest.empty() ? "" : absl::StrCat("did you mean \"", closest, "\"?"));
      continue;
    }
    if (!records.try_emplace(input.key()).second) continue;
    readers.sources.push_back(StepFor(input, source, read.size()));
    read.push_back(&input);
  }
  if (read.empty()) return records;
  std::optional<pipeline::Definition> definition = pipeline::Assemble(readers, registry, context, diagnostics);
  for (size_t i = 0; definition && i < read.size(); ++i) {
    std::vector<Record>& of_file = records[read[i]->key()];
    const absl::Status done = ReadAll(*definition->sources[i].instance, of_file);
    if (!done.ok() || of_file.empty()) {
      diagnostics.Error(read[i]->at, absl::StrCat("nothing can be read from \"", read[i]->path.text, "\"",
                                                  done.ok() ? "" : ": ", std::string(done.message())));
    }
    for (Record& record : of_file) {
      if (record.rejected.ok()) NameAsWritten(read[i]->path, *record.item.mutable_provenance()->mutable_origin());
      NameAsWritten(read[i]->path, record.origin);
    }
  }
  return records;
}

}  // namespace wirewatch::scenario
