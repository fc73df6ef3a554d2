#include "watch_state.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wirewatch::analyses {
namespace {

// Revisions of one sort by their number.
std::string RevisionKey(const char* kind, const std::string& name, uint64_t revision) {
  return absl::StrFormat("%s%s/%016x", kind, name, revision);
}

template <class Record>
absl::Status WriteRecord(State& state, const char* kind, const char* old_kind, const std::string& name,
                         const Record& now, const Record* before) {
  absl::Status status = state.Put(absl::StrCat(kind, name), now.SerializeAsString());
  if (!status.ok() || before == nullptr) return status;
  status = state.Put(RevisionKey(old_kind, name, before->revision()), before->SerializeAsString());
  // The one that is now counts as well.
  if (status.ok() && now.revision() > kRevisions) {
    status = state.Delete(RevisionKey(old_kind, name, now.revision() - kRevisions));
  }
  return status;
}

template <class Record, class Take>
absl::Status ScanRecords(State& state, const std::string& prefix, Take take) {
  bool readable = true;
  absl::Status scanned = state.Scan(prefix, [&](std::string_view, std::string_view value) {
    Record record;
    readable = record.ParseFromArray(value.data(), static_cast<int>(value.size()));
    if (readable) take(std::move(record));
    return readable;
  });
  if (!scanned.ok() || readable) return scanned;
  return absl::DataLossError("the state of the watches cannot be read");
}

}  // namespace

absl::Status ReadStored(State& state, StoredWatches& stored) {
  absl::Status status = ScanRecords<v1::WatchRecord>(state, "w/", [&stored](v1::WatchRecord record) {
    const std::string id = record.definition().id();
    stored.watches.emplace_hint(stored.watches.end(), id, std::move(record));
  });
  if (!status.ok()) return status;
  return ScanRecords<v1::ListRecord>(state, "l/", [&stored](v1::ListRecord record) {
    const std::string name = record.name();
    stored.lists.emplace(name, std::move(record));
  });
}

absl::Status Write(State& state, const v1::WatchRecord& now, const v1::WatchRecord* before) {
  return WriteRecord(state, "w/", "r/", now.definition().id(), now, before);
}

absl::Status Write(State& state, const v1::ListRecord& now, const v1::ListRecord* before) {
  return WriteRecord(state, "l/", "s/", now.name(), now, before);
}

absl::Status ReadRevisions(State& state, const std::string& id, v1::ListRevisionsResponse& response) {
  return ScanRecords<v1::WatchRecord>(state, absl::StrCat("r/", id, "/"), [&response](v1::WatchRecord record) {
    *response.add_watches() = std::move(record);
  });
}

absl::Status ReadListRevisions(State& state, const std::string& name, v1::ListRevisionsResponse& response) {
  return ScanRecords<v1::ListRecord>(state, absl::StrCat("s/", name, "/"), [&](v1::ListRecord record) {
    if (record.name() == name) *response.add_lists() = std::move(record);
  });
}

}  // namespace wirewatch::analyses
