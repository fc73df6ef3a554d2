// ReadItems: files read into Items as the source `files` reads them, through analyses, for commands that show what is
// in files.
#ifndef WIREWATCH_CLI_ITEM_READER_H_
#define WIREWATCH_CLI_ITEM_READER_H_

#include <filesystem>
#include <vector>

#include "wirewatch/pipeline/definition.h"

namespace wirewatch::cli {

// Hands each Item to `take`, one after the other, in the order of the files; by a thread of its own. The analyses, and
// the options of the source, are those of `pipeline`; the built-in ones, language and dateline, when it is empty.
// Prints what cannot be read; returns the exit status.
int ReadItems(const std::vector<std::filesystem::path>& files, const std::filesystem::path& pipeline,
              const pipeline::ItemObserver& take);

// Every folder replaced by the files below it, in order.
std::vector<std::filesystem::path> ExpandFolders(const std::vector<std::filesystem::path>& files);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_ITEM_READER_H_
