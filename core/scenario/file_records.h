// Files of a test as the pipeline's own `files` source reads them. One thread.
#ifndef WIREWATCH_SCENARIO_FILE_RECORDS_H_
#define WIREWATCH_SCENARIO_FILE_RECORDS_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "wirewatch/config/pipeline_file.h"
#include "wirewatch/loader/registry.h"
#include "wirewatch/pipeline/host_setup.h"
#include "wirewatch/scenario/test_file.h"
#include "wirewatch/sdk/node.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::scenario {

// What a source gives for one record: an Item, or why there is none.
struct Record {
  v1::Item item;
  std::string raw;
  absl::Status rejected;  // OK: there is an Item
  std::string origin;     // of a rejected one
};

// Which file, read with the options of which source (empty: the first `files` source).
struct FileInput {
  std::string source;
  Path path;
  SourceLocation at;
  std::pair<std::string, std::string> key() const { return {source, path.resolved.string()}; }
};
using FileRecords = std::map<std::pair<std::string, std::string>, std::vector<Record>>;

// Each file once. What cannot be read goes to `diagnostics`, at the place where the file is named.
FileRecords ReadFileInputs(const std::vector<FileInput>& inputs, const config::Pipeline& pipeline,
                           const loader::Registry& registry, const pipeline::SetupContext& context,
                           Diagnostics& diagnostics);

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_FILE_RECORDS_H_
