#include "wirewatch/pipeline/host_store.h"

#include "absl/strings/str_cat.h"
#include "wirewatch/store/sqlite_store.h"

namespace wirewatch::pipeline {

std::filesystem::path StoreFileOf(const HostOptions& options, const std::string& first_pipeline) {
  if (!options.store.empty() || options.store_folder.empty()) return options.store;
  return options.store_folder / (first_pipeline + ".db");
}

absl::StatusOr<std::unique_ptr<store::Store>> OpenHostStore(const std::filesystem::path& file, bool durable) {
  absl::StatusOr<std::unique_ptr<store::Store>> opened =
      store::OpenSqlite({.path = file,
                         .durability = durable ? store::Durability::kFull : store::Durability::kOff,
                         .search_index = !file.empty()});
  if (opened.ok()) return opened;
  return absl::Status(opened.status().code() == absl::StatusCode::kInvalidArgument ? absl::StatusCode::kInternal
                                                                                   : opened.status().code(),
                      absl::StrCat("the store cannot be opened: ", std::string(opened.status().message())));
}

}  // namespace wirewatch::pipeline
