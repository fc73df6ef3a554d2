#include "wirewatch/scenario/test_file.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/scenario/message_reader.h"
#include "wirewatch/scenario/outcome.h"
#include "wirewatch/scenario/shape.h"

namespace wirewatch::scenario {
namespace {

// A case that does not say when it begins.
constexpr char kStart[] = "2026-01-01T12:00:00Z";

class FileReader {
 public:
  explicit FileReader(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void Read(const Node& node, TestFile& file) {
    FileEntry entry;
    ParseFields(node, FileFields(), "a test file", entry, diagnostics_);
    if (const Node::Entry* pipeline = node.Find("pipeline")) file.pipeline_at = pipeline->value.at();
    const std::filesystem::path folder = std::filesystem::path(file.path).parent_path();
    file.pipeline = (folder / entry.pipeline.text).lexically_normal();
    file.examples = entry.examples;
    file.environment = WithVariables(entry.variables, std::move(file.environment));
    file.stubs = Stubs(entry.stubs);
    if (!entry.cases.is_null() && ExpectList(entry.cases, diagnostics_)) {
      for (const Node& written : entry.cases.items()) ReadCase(written, file);
    }
  }

 private:
  config::Environment WithVariables(const Node& written, config::Environment around) {
    if (written.is_null()) return around;
    if (!written.is_table()) {
      diagnostics_.Error(written.at(), absl::StrCat("\"variables\" is a table of names with values, found ",
                                                    std::string(written.Describe())));
      return around;
    }
    auto values = std::make_shared<std::map<std::string, std::string>>();
    for (const Node::Entry& entry : written.entries()) {
      ParseValue(entry.value, (*values)[entry.key], diagnostics_);
    }
    return [values, around = std::move(around)](const std::string& name) -> std::optional<std::string> {
      const auto found = values->find(name);
      return found == values->end() ? around(name) : std::optional(found->second);
    };
  }

  std::vector<Stub> Stubs(const Node& written) {
    std::vector<Stub> stubs;
    if (written.is_null()) return stubs;
    if (!written.is_table()) {
      diagnostics_.Error(written.at(), absl::StrCat("\"stubs\" is a table of steps' ids with what stands in for each, "
                                                    "found ",
                                                    std::string(written.Describe())));
      return stubs;
    }
    for (const Node::Entry& entry : written.entries()) {
      Stub& stub = stubs.emplace_back();
      stub.step = entry.key;
      stub.at = entry.key_at;
      if (entry.value.is_list()) {
        for (const Node& rule : entry.value.items()) ReadRule(rule, stub);
      } else if (!entry.value.is_null()) {
        ReadRule(entry.value, stub);
      }
    }
    return stubs;
  }

  void ReadRule(const Node& written, Stub& stub) {
    StubEntry entry;
    ParseFields(written, StubFields(), absl::StrCat("the stub of \"", stub.step, "\""), entry, diagnostics_);
    StubRule& rule = stub.rules.emplace_back();
    rule.when = entry.when;
    rule.drop = std::move(entry.drop);
    rule.error = std::move(entry.error);
    if (!entry.annotate.is_null()) {
      ReadMessage(entry.annotate, absl::UnixEpoch(), rule.annotations.emplace(), diagnostics_);
    }
    if (!entry.text.is_null()) ReadMessage(entry.text, absl::UnixEpoch(), rule.text.emplace(), diagnostics_);
    if (entry.signals.is_null() || !ExpectList(entry.signals, diagnostics_)) return;
    for (const Node& signal : entry.signals.items()) {
      v1::Signal& read = rule.signals.emplace_back();
      ReadMessage(signal, absl::UnixEpoch(), read, diagnostics_);
      if (read.kind() == v1::SIGNAL_KIND_UNSPECIFIED) read.set_kind(v1::SIGNAL_KIND_HIT);
      if (read.phase() == v1::SIGNAL_PHASE_UNSPECIFIED) read.set_phase(v1::SIGNAL_PHASE_RAISED);
    }
  }

  void ReadCase(const Node& written, TestFile& file) {
    CaseEntry entry;
    ParseFields(written, CaseFields(), "a case", entry, diagnostics_);
    Case& read = file.cases.emplace_back();
    read.name = entry.name;
    read.at = written.at();
    const Node::Entry* name = written.is_table() ? written.Find("name") : nullptr;
    if (name != nullptr) read.at = name->value.at();
    const auto same = [&](const Case& other) { return &other != &read && other.name == read.name; };
    if (const auto first = std::find_if(file.cases.begin(), file.cases.end(), same);
        !read.name.empty() && first != file.cases.end()) {
      diagnostics_.Error(read.at, absl::StrCat("there is already a case of this name, in line ", first->at.line));
    }
    read.skip = std::move(entry.skip);
    read.golden = std::move(entry.golden);
    read.expect = std::move(entry.expect);
    read.start = DefaultStart();
    if (const Node::Entry* start = written.is_table() ? written.Find("start") : nullptr; start != nullptr) {
      const std::optional<absl::Time> parsed = ParseTime(entry.start, absl::InfinitePast());
      if (parsed && *parsed > absl::UnixEpoch()) {
        read.start = *parsed;
      } else if (start->value.is_scalar()) {
        diagnostics_.Error(start->value.at(), "expected a time such as 2026-06-13T10:00:00Z");
      }
    }
    read.stubs = Stubs(entry.stubs);
    for (const Stub& stub : file.stubs) {
      const auto own = [&](const Stub& other) { return other.step == stub.step; };
      if (std::none_of(read.stubs.begin(), read.stubs.end(), own)) read.stubs.push_back(stub);
    }
    if (!entry.input.is_null()) ReadInputs(entry.input, read);
    CheckExpectations(read);
  }

  void CheckExpectations(const Case& read) {
    if (read.expect.is_null()) {
      if (!read.golden && !read.name.empty()) {
        diagnostics_.Error(read.at, "the case expects nothing", "give it `expect` or a `golden` file");
      }
      return;
    }
    if (!read.expect.is_table() || read.expect.entries().empty()) {
      diagnostics_.Error(read.expect.at(), absl::StrCat("\"expect\" is a table with items, signals, alerts and so on, "
                                                        "found ",
                                                        std::string(read.expect.Describe())));
      return;
    }
    CheckPattern(read.expect, OutcomeShape(), false, diagnostics_);
  }

  void ReadInputs(const Node& written, Case& read) {
    if (!ExpectList(written, diagnostics_)) return;
    absl::Time now = read.start;
    for (const Node& node : written.items()) {
      InputEntry entry;
      const int before = diagnostics_.errors();
      ParseFields(node, InputFields(), "an input", entry, diagnostics_);
      if (diagnostics_.errors() > before) continue;
      const int kinds = !entry.item.is_null() + entry.file.has_value() + entry.advance.has_value();
      if (kinds != 1) {
        diagnostics_.Error(
            node.at(),
            absl::StrCat("an input is one of item, file and advance, found ", kinds == 0 ? "none of them" : "several"),
            "each goes behind a dash of its own");
        continue;
      }
      if (entry.advance) now += *entry.advance;
      Input& input = read.inputs.emplace_back();
      input.at = node.at();
      input.time = now;
      input.advance = entry.advance.has_value();
      input.source = std::move(entry.source);
      if (!entry.item.is_null()) ReadMessage(entry.item, now, input.item.emplace(), diagnostics_);
      if (entry.file) input.file = FileOf(*std::move(entry.file), *node.Find("file"));
    }
  }

  Path FileOf(Path path, const Node::Entry& written) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path.resolved, error)) {
      diagnostics_.Error(written.value.at(), absl::StrCat("there is no file \"", path.text, "\""),
                         "the path is relative to this file");
    }
    return path;
  }

  Diagnostics& diagnostics_;
};

}  // namespace

absl::Time DefaultStart() { return *ParseTime(kStart, absl::UnixEpoch()); }

const std::vector<FieldOf<FileEntry>>& FileFields() {
  static const auto& fields = *new std::vector<FieldOf<FileEntry>>{
      Field("pipeline", &FileEntry::pipeline, "The pipeline that is tested, relative to this file.")
          .Required()
          .Example("../pipeline.yaml"),
      Field("variables", &FileEntry::variables, "Values for the pipeline's `${…}`, before those of the environment."),
      Field("stubs", &FileEntry::stubs, "By a step's id, what stands in for its plugin, which is not loaded then."),
      Field("examples", &FileEntry::examples, "Run the examples that the pipeline's watches state."),
      Field("cases", &FileEntry::cases, "The cases.").Required()};
  return fields;
}

const std::vector<FieldOf<CaseEntry>>& CaseFields() {
  static const auto& fields = *new std::vector<FieldOf<CaseEntry>>{
      Field("name", &CaseEntry::name, "What holds, in a sentence; unlike that of other cases.").Required(),
      Field("start", &CaseEntry::start,
            absl::StrCat("The pipeline's time at the beginning; ", kStart, " unless given.")),
      Field("input", &CaseEntry::input, "What comes, in this order: Items, files, and time that passes.").Required(),
      Field("expect", &CaseEntry::expect, "What is to come out."),
      Field("golden", &CaseEntry::golden,
            "A file with everything that came out, as text; written by `wirewatch test --update`."),
      Field("stubs", &CaseEntry::stubs, "Stubs for this case, before those of the file."),
      Field("skip", &CaseEntry::skip, "Why the case is not run at present.")};
  return fields;
}

const std::vector<FieldOf<InputEntry>>& InputFields() {
  static const auto& fields = *new std::vector<FieldOf<InputEntry>>{
      Field("item", &InputEntry::item, "An Item, by its fields."),
      Field("file", &InputEntry::file, "A file, read as the pipeline's `files` source would."),
      Field("source", &InputEntry::source, "Id of the source whose options the file is read with."),
      Field("advance", &InputEntry::advance, "Time that passes: timers run, Alerts that wait are told.")
          .Range(absl::ZeroDuration(), absl::Hours(24 * 366 * 10))
          .Example("10m")};
  return fields;
}

const std::vector<FieldOf<StubEntry>>& StubFields() {
  static const auto& fields = *new std::vector<FieldOf<StubEntry>>{
      Field("when", &StubEntry::when, "Only Items for which this condition holds."),
      Field("annotate", &StubEntry::annotate, "Annotations, as fields of an Item; a span may be written as its text."),
      Field("text", &StubEntry::text, "Text that replaces the Item's: headline, lead, body."),
      Field("signals", &StubEntry::signals, "Signals about the Item."),
      Field("drop", &StubEntry::drop, "The Item goes no further, for this reason."),
      Field("error", &StubEntry::error, "The step fails on the Item, with this message.")};
  return fields;
}

std::optional<TestFile> LoadTestFile(const std::filesystem::path& path, const config::Environment& environment,
                                     Diagnostics& diagnostics) {
  const int before = diagnostics.errors();
  const std::optional<Node> node = config::LoadYaml(path, environment, diagnostics);
  if (!node) return std::nullopt;
  if (!node->is_table()) {
    diagnostics.Error(node->at(), absl::StrCat("a test file is a table with pipeline and cases; found ",
                                               std::string(node->Describe())));
    return std::nullopt;
  }
  TestFile file;
  file.path = path.string();
  file.environment = environment;
  const bool is_pipeline = node->Find("sources") != nullptr || node->Find("include") != nullptr;
  if (is_pipeline && node->Find("cases") == nullptr && node->Find("pipeline") == nullptr) {
    file.pipeline = path;
    file.pipeline_at = node->at();
    return file;
  }
  FileReader(diagnostics).Read(*node, file);
  if (diagnostics.errors() > before) return std::nullopt;
  return file;
}

}  // namespace wirewatch::scenario
