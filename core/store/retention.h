// Removing what is not kept any more: the slices that Store::Retain() consists of. Each is one transaction, bounded by
// the time that it works (kSliceTime, and what the disk then takes). Called by one thread.
#ifndef WIREWATCH_STORE_RETENTION_H_
#define WIREWATCH_STORE_RETENTION_H_

#include <chrono>
#include <filesystem>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/store/reader_pool.h"
#include "wirewatch/store/store.h"
#include "wirewatch/store/writer.h"

namespace wirewatch::store {

inline constexpr std::chrono::milliseconds kSliceTime{8};

// Items and what is known of removed ones, then events.
absl::Status RetainArchive(Writer& writer, std::span<const RetentionRule> rules, absl::Time now,
                           RetentionProgress& progress);

// Quarantine entries beyond their size; `jsonl` gets them first, and is on the disk before they go.
absl::Status RetainQuarantine(Writer& writer, ReaderPool& readers, std::span<const RetentionRule> rules,
                              const std::filesystem::path& jsonl, RetentionProgress& progress);

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_RETENTION_H_
