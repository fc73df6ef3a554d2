#include <cstdio>

#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/watch_commands.h"
#include "wirewatch/cli/watch_files.h"

namespace wirewatch::cli {

int FormatWatches(const WatchFormatArguments& arguments) {
  const std::optional<WatchFiles> files = WatchFiles::Load(arguments.files);
  if (!files) return kConfiguration;
  for (const WrittenWatch& watch : files->watches()) {
    const bool is_bare = watch.query.at().file_name() == "-";
    std::printf("%s%s%s\n", is_bare ? "" : watch.id.c_str(), is_bare ? "" : ": ",
                watch::Print(*watch.expression).c_str());
  }
  return kOk;
}

}  // namespace wirewatch::cli
