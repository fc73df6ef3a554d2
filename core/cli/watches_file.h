// A file of watches as definitions for a host. One thread.
#ifndef WIREWATCH_CLI_WATCHES_FILE_H_
#define WIREWATCH_CLI_WATCHES_FILE_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "wirewatch/v1/watch_service.pb.h"

namespace wirewatch::cli {

// "critical" and the like; nullopt for another word.
std::optional<v1::Severity> SeverityOf(const std::string& name);
// Of `NAME=VALUE`s on a command line; nullopt after saying which is wrong.
std::optional<std::vector<v1::Label>> LabelsOf(const std::vector<std::string>& written);

// Prints what is wrong; nullopt when something is. Queries are left to the host, which knows the lists.
std::optional<std::vector<v1::WatchDefinition>> ReadDefinitions(const std::filesystem::path& file);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_WATCHES_FILE_H_
