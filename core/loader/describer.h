// Describer: asks libraries what they hold, in a child process that a broken or hostile library may crash, hang or
// leave without harm to the caller. One thread at a time.
#ifndef WIREWATCH_LOADER_DESCRIBER_H_
#define WIREWATCH_LOADER_DESCRIBER_H_

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "wirewatch/v1/plugin.pb.h"

namespace wirewatch::loader {

// What the child found in one library.
struct Description {
  absl::Status status;  // one sentence that continues "…/shouting.so: "
  v1::PluginDescription plugin;
};

class Describer {
 public:
  // `program`: the describe-plugin executable. `timeout`: for one library.
  Describer(std::filesystem::path program, absl::Duration timeout) : program_(std::move(program)), timeout_(timeout) {}

  // Loads the libraries one after another into ONE child, so that libraries which cannot live together are found out.
  // One element a file, in order; after the one that ended the child, the rest is Cancelled.
  std::vector<Description> Describe(std::span<const std::filesystem::path> files) const;

 private:
  std::filesystem::path program_;
  absl::Duration timeout_;
};

// The child's side: describes each file on `fd`. Returns the exit status.
int DescribeTo(int fd, std::span<const std::filesystem::path> files);

}  // namespace wirewatch::loader

#endif  // WIREWATCH_LOADER_DESCRIBER_H_
