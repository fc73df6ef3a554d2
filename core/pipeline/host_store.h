// The store of a host: where it is, and opening it. Stateless.
#ifndef WIREWATCH_PIPELINE_HOST_STORE_H_
#define WIREWATCH_PIPELINE_HOST_STORE_H_

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/store/store.h"

namespace wirewatch::pipeline {

// Empty: a temporary one.
std::filesystem::path StoreFileOf(const HostOptions& options, const std::string& first_pipeline);

// Internal when the file is not a store.
absl::StatusOr<std::unique_ptr<store::Store>> OpenHostStore(const std::filesystem::path& file, bool durable);

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_HOST_STORE_H_
