// `wirewatch test`: runs the cases of test files, and the examples that watches state.
#include <cstdio>
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "re2/re2.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/terminal.h"
#include "wirewatch/config/glob.h"
#include "wirewatch/scenario/examples.h"
#include "wirewatch/scenario/report.h"
#include "wirewatch/scenario/result.h"
#include "wirewatch/scenario/test_file.h"
#include "wirewatch/scenario/tested_pipeline.h"
#include "wirewatch/sdk/log.h"

namespace wirewatch::cli {
namespace {

constexpr char kTestFiles[] = "**/*_test.{yaml,yml}";

// Files, folders (every test file below them) and globs; false after a complaint.
bool FindTestFiles(const std::vector<std::filesystem::path>& named, std::vector<std::filesystem::path>& files) {
  std::set<std::filesystem::path> known;
  for (const std::filesystem::path& name : named) {
    std::error_code error;
    const bool folder = std::filesystem::is_directory(name, error);
    std::vector<std::filesystem::path> found;
    if (std::filesystem::is_regular_file(name, error)) {
      found.push_back(name);
    } else {
      absl::StatusOr<std::vector<std::filesystem::path>> globbed = config::Glob(folder ? name / kTestFiles : name);
      if (globbed.ok()) found = *std::move(globbed);
    }
    if (found.empty()) {
      std::fprintf(stderr, folder ? "no file below %s is called *_test.yaml\n" : "there is no test file %s\n",
                   name.c_str());
      return false;
    }
    for (std::filesystem::path& file : found) {
      file = file.lexically_normal();
      if (known.insert(file).second) files.push_back(std::move(file));
    }
  }
  return true;
}

class TestRun {
 public:
  explicit TestRun(const TestArguments& arguments)
      : arguments_(arguments), registry_(loader::Registry::Scan(loader::DefaultOptions())) {}

  void Run(const std::filesystem::path& path) {
    Diagnostics diagnostics;
    scenario::FileResult result{path.string(), {}};
    if (!RunFile(path, diagnostics, result)) wrong_ = true;
    Complain(diagnostics);
    if (!result.cases.empty()) results_.push_back(std::move(result));
  }

  const std::vector<scenario::FileResult>& results() const { return results_; }
  bool wrong() const { return wrong_; }

 private:
  bool Wanted(const std::string& name) const {
    return !arguments_.filter || RE2::PartialMatch(name, *arguments_.filter);
  }

  bool RunFile(const std::filesystem::path& path, Diagnostics& diagnostics, scenario::FileResult& result) {
    const auto file = scenario::LoadTestFile(path, config::ProcessEnvironment(), diagnostics);
    if (!file) return false;
    auto pipeline = scenario::TestedPipeline::Load(*file, registry_, diagnostics);
    if (!pipeline) return false;
    // Several test files may be about one pipeline.
    std::error_code error;
    if (file->examples && tried_.insert(std::filesystem::canonical(file->pipeline, error)).second) {
      auto results = scenario::RunExamples(
          *pipeline, [this](const std::string& name) { return Wanted(name); }, arguments_.workers, diagnostics);
      if (!results) return false;
      if (!results->empty()) results_.push_back({file->pipeline.string(), *std::move(results)});
    }
    return RunCases(*file, *pipeline, diagnostics, result);
  }

  bool RunCases(const scenario::TestFile& file, const scenario::TestedPipeline& pipeline, Diagnostics& diagnostics,
                scenario::FileResult& result) {
    for (const scenario::Case& one : file.cases) {
      if (!Wanted(one.name)) continue;
      if (!one.skip.empty()) {
        scenario::CaseResult& skipped = result.cases.emplace_back();
        skipped.name = one.name;
        skipped.at = one.at;
        skipped.status = scenario::CaseResult::Status::kSkipped;
        skipped.skipped = one.skip;
        continue;
      }
      const absl::Time began = absl::Now();
      const auto outcome = pipeline.Run(one, arguments_.workers, diagnostics);
      if (!outcome) return false;
      result.cases.push_back(scenario::Judge(one, *outcome, arguments_.update));
      result.cases.back().took = absl::Now() - began;
    }
    return true;
  }

  // What is wrong with a pipeline is found again by each case.
  void Complain(const Diagnostics& diagnostics) {
    Diagnostics once;
    for (const Diagnostics::Entry& entry : diagnostics.entries()) {
      if (!said_.insert(absl::StrCat(entry.at.ToString(), entry.message)).second) continue;
      entry.severity == Diagnostics::Severity::kError ? once.Error(entry.at, entry.message, entry.hint)
                                                      : once.Warning(entry.at, entry.message, entry.hint);
    }
    if (!once.entries().empty()) std::fprintf(stderr, "%s\n", once.ToString().c_str());
  }

  const TestArguments& arguments_;
  const loader::Registry registry_;
  std::vector<scenario::FileResult> results_;
  std::set<std::string> said_;
  std::set<std::filesystem::path> tried_;  // pipelines whose examples have been run
  bool wrong_ = false;
};

bool Write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream stream(path, std::ios::binary);
  stream << text;
  stream.close();
  if (stream.fail()) std::fprintf(stderr, "%s cannot be written\n", path.c_str());
  return !stream.fail();
}

void Print(const std::vector<scenario::FileResult>& results, TestFormat format) {
  std::string report;
  if (format == TestFormat::kJson) {
    report = scenario::JsonReport(results);
  } else if (format == TestFormat::kJunit) {
    report = scenario::JunitReport(results);
  } else if (!results.empty()) {
    report = scenario::TextReport(results, ShowsColours());
  }
  std::fwrite(report.data(), 1, report.size(), stdout);
}

}  // namespace

int Test(const TestArguments& arguments) {
  if (arguments.filter && !RE2(*arguments.filter, RE2::Quiet).ok()) {
    std::fprintf(stderr, "%s is not a regular expression (RE2)\n", arguments.filter->c_str());
    return kUsage;
  }
  // What goes wrong in a case is reported with it, if it was not expected.
  ConfigureLog(LogLevel::kError, LogFormat::kText);
  std::vector<std::filesystem::path> files;
  const std::vector<std::filesystem::path> here{"."};
  if (!FindTestFiles(arguments.files.empty() ? here : arguments.files, files)) return kUsage;
  TestRun run(arguments);
  for (const std::filesystem::path& file : files) run.Run(file);
  if (run.results().empty() && !run.wrong()) {
    std::fputs(arguments.filter ? "no case has a name that --filter lets through\n" : "there are no cases\n", stderr);
    return kUsage;
  }
  Print(run.results(), arguments.format);
  if (!arguments.junit.empty() && !Write(arguments.junit, scenario::JunitReport(run.results()))) return kFailed;
  if (run.wrong()) return kConfiguration;
  return scenario::Count(run.results()).failed > 0 ? kFailed : kOk;
}

}  // namespace wirewatch::cli
