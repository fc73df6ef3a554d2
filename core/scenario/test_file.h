// A test file: the pipeline that it is about, stubs for steps, and cases, each with what goes in and what is to come
// out. Read at start-up by one thread; every mistake is told with its place.
#ifndef WIREWATCH_SCENARIO_TEST_FILE_H_
#define WIREWATCH_SCENARIO_TEST_FILE_H_

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/config/yaml.h"
#include "wirewatch/sdk/field.h"
#include "wirewatch/sdk/node.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/v1/signal.pb.h"

namespace wirewatch::scenario {

// What a stub does with the Items for which `when` holds.
struct StubRule {
  Condition when;
  std::optional<v1::Item> annotations;
  std::optional<v1::Item> text;  // replaces that of the Item
  std::vector<v1::Signal> signals;
  std::optional<std::string> drop;
  std::optional<std::string> error;
};

// Takes the place of a step's plugin, which is not even loaded. The first rule that applies to an Item is carried out;
// where none does, the Item passes as it is.
struct Stub {
  std::string step;
  SourceLocation at;
  std::vector<StubRule> rules;
};

// Exactly one of item, file and advance.
struct Input {
  SourceLocation at;
  absl::Time time;  // the pipeline's time when it comes; for `advance` behind it
  std::optional<v1::Item> item;
  std::optional<Path> file;
  std::string source;  // whose options the file is read with; empty: the first `files` source
  bool advance = false;
};

struct Case {
  std::string name;
  SourceLocation at;
  absl::Time start;
  std::vector<Input> inputs;
  Node expect;  // null: only the golden file
  std::optional<Path> golden;
  std::vector<Stub> stubs;  // the file's and its own
  std::string skip;         // why it is not run; empty: it is

  // Where the pipeline's time has come to behind the last input.
  absl::Time end() const { return inputs.empty() ? start : inputs.back().time; }
  // It ends with `advance`: what is not due by then is not told.
  bool ends_in_time() const { return !inputs.empty() && inputs.back().advance; }
};

struct TestFile {
  std::string path;                // as it was named
  std::filesystem::path pipeline;  // as messages name it
  SourceLocation pipeline_at;
  config::Environment environment;  // with the file's own variables
  std::vector<Stub> stubs;          // for all cases
  std::vector<Case> cases;
  bool examples = true;
};

// When a case begins that does not say so.
absl::Time DefaultStart();

// nullopt after errors. A pipeline's own file is taken as a test file without cases: its examples can be run.
std::optional<TestFile> LoadTestFile(const std::filesystem::path& path, const config::Environment& environment,
                                     Diagnostics& diagnostics);

// The tables that drive reading, errors, schema and reference.
struct FileEntry {
  Path pipeline;
  Node variables;
  Node stubs;
  Node cases;
  bool examples = true;
};
struct CaseEntry {
  std::string name;
  std::string start;
  std::string skip;
  Node stubs;
  Node input;
  Node expect;
  std::optional<Path> golden;
};
struct InputEntry {
  Node item;
  std::optional<Path> file;
  std::string source;
  std::optional<absl::Duration> advance;
};
struct StubEntry {
  Condition when;
  Node annotate;
  Node text;
  Node signals;
  std::optional<std::string> drop;
  std::optional<std::string> error;
};
const std::vector<FieldOf<FileEntry>>& FileFields();
const std::vector<FieldOf<CaseEntry>>& CaseFields();
const std::vector<FieldOf<InputEntry>>& InputFields();
const std::vector<FieldOf<StubEntry>>& StubFields();

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_TEST_FILE_H_
