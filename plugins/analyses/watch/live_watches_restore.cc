// LiveWatches at its beginning: what the files have is compared with what the State remembers.
#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/time_util.h"
#include "live_watches.h"
#include "watch_state.h"

namespace wirewatch::analyses {
namespace {

using google::protobuf::util::TimeUtil;

// What a revision that the files have brought says of its making.
template <class Record>
void Stamp(const std::string& author, const WatchHolder::Moment& moment, uint64_t revision, Record& record) {
  record.set_revision(revision);
  record.set_author(author);
  if (moment.at != absl::InfinitePast())
    *record.mutable_at() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(moment.at));
}

std::string WhoMade(const v1::WatchRecord& record) {
  return absl::StrCat("made through the interface by ", record.author(), " (revision ", record.revision(), ")");
}

}  // namespace

std::vector<std::optional<watch::QueryError>> LiveWatches::Begin(WatchLists lists, std::vector<OfFile> watches,
                                                                 std::map<std::string, std::string> list_places) {
  lists_ = std::move(lists);
  list_places_ = std::move(list_places);
  std::vector<watch::WatchChange> changes;
  changes.reserve(watches.size());
  for (OfFile& of_file : watches) {
    const std::string id = of_file.definition.id();
    v1::WatchRecord record;
    *record.mutable_definition() = std::move(of_file.definition);
    record.set_revision(1);
    record.set_author(std::move(of_file.author));
    record.set_lists_hash(lists_.HashFor(record.definition().query()));
    book_.Begin(std::move(record));
    book_.SetPlace(id, std::move(of_file.place));
    changes.push_back({id, std::move(of_file.watch)});
  }
  return engine_.Apply(std::move(changes), lists_.AsLists());
}

absl::Status LiveWatches::Restore(const WatchHolder::Beginning& beginning, State& state) {
  if (beginning.version > kWatchState) {
    return absl::FailedPreconditionError(
        absl::StrCat("they were written by a newer Wirewatch (version ", beginning.version, " of their state)"));
  }
  provided_ = beginning.provided;
  StoredWatches stored;
  absl::Status status = ReadStored(state, stored);
  if (status.ok()) status = RestoreLists(beginning, stored.lists, state);
  if (status.ok()) status = RestoreFileWatches(beginning, stored.watches, state);
  if (status.ok()) status = RestoreOthers(beginning, stored.watches, state);
  return status;
}

absl::Status LiveWatches::RestoreLists(const WatchHolder::Beginning& beginning,
                                       const std::map<std::string, v1::ListRecord>& stored, State& state) {
  list_records_ = stored;
  for (const auto& [name, query] : lists_.all()) {
    const auto known = stored.find(name);
    const v1::ListRecord* const before = known == stored.end() ? nullptr : &known->second;
    if (before != nullptr && !before->removed() && before->query() == query) continue;
    v1::ListRecord record;
    record.set_name(name);
    record.set_query(query);
    const auto place = list_places_.find(name);
    Stamp(place == list_places_.end() ? "" : place->second, beginning.moment,
          before == nullptr ? 1 : before->revision() + 1, record);
    if (absl::Status status = Write(state, record, before); !status.ok()) return status;
    list_records_[name] = std::move(record);
  }
  for (const auto& [name, before] : stored) {
    if (before.removed() || lists_.Find(name) != nullptr) continue;
    v1::ListRecord record = before;
    record.set_removed(true);
    Stamp(before.author(), beginning.moment, before.revision() + 1, record);
    if (absl::Status status = Write(state, record, &before); !status.ok()) return status;
    list_records_[name] = std::move(record);
  }
  return absl::OkStatus();
}

absl::Status LiveWatches::RestoreFileWatches(const WatchHolder::Beginning& beginning,
                                             std::map<std::string, v1::WatchRecord>& stored, State& state) {
  std::vector<v1::WatchRecord> records;
  std::vector<std::string> errors;
  absl::Status status;
  book_.Visit("", [&](const v1::WatchRecord& of_file) {
    const auto known = stored.find(of_file.definition().id());
    if (known == stored.end()) {
      v1::WatchRecord& record = records.emplace_back(of_file);
      Stamp(of_file.author(), beginning.moment, 1, record);
      record.set_position(beginning.moment.position);
      status = Write(state, record, nullptr);
      return status.ok();
    }
    v1::WatchRecord& before = known->second;
    if (before.live() && !before.removed()) {
      errors.push_back(of_file.definition().id());
    } else if (!before.removed() && before.lists_hash() == of_file.lists_hash() &&
               SameDefinition(before.definition(), of_file.definition())) {
      records.push_back(std::move(before));
    } else {
      v1::WatchRecord& record = records.emplace_back(of_file);
      Stamp(of_file.author(), beginning.moment, before.revision() + 1, record);
      record.set_position(beginning.moment.position);
      status = Write(state, record, &before);
    }
    if (errors.empty() || errors.back() != of_file.definition().id()) stored.erase(known);
    return status.ok();
  });
  if (!status.ok()) return status;
  for (std::string& error : errors) {
    error = absl::StrCat("there is a watch \"", error, "\" in ", book_.PlaceOf(error), ", and one that was ",
                         WhoMade(stored.at(error)), ": give one of them another id, or remove the latter");
  }
  if (!errors.empty()) return absl::FailedPreconditionError(absl::StrJoin(errors, "\n"));
  for (v1::WatchRecord& record : records) book_.Begin(std::move(record));
  return absl::OkStatus();
}

absl::Status LiveWatches::RestoreOthers(const WatchHolder::Beginning& beginning,
                                        std::map<std::string, v1::WatchRecord>& stored, State& state) {
  std::vector<watch::WatchChange> changes;
  std::vector<std::string> errors;
  for (auto& [id, before] : stored) {
    v1::WatchRecord record = before;
    if (!before.removed() && !before.live()) {
      record.set_removed(true);  // no file has it any more
      Stamp(before.author(), beginning.moment, before.revision() + 1, record);
    } else if (!before.removed()) {
      record.set_lists_hash(lists_.HashFor(before.definition().query()));
      if (record.lists_hash() != before.lists_hash()) {
        Stamp("the files, by a list", beginning.moment, before.revision() + 1, record);
      }
      std::variant<ReadWatch, v1::WatchEditFailure> read = analyses::Read(before.definition(), lists_);
      if (const auto* failure = std::get_if<v1::WatchEditFailure>(&read)) {
        errors.push_back(absl::StrCat("the watch ", failure->message(), "; it was ", WhoMade(before)));
        continue;
      }
      auto& [watch, needs] = std::get<ReadWatch>(read);
      for (const std::string& need : needs) {
        if (std::find(provided_.begin(), provided_.end(), need) != provided_.end()) continue;
        errors.push_back(absl::StrCat("the watch \"", id, "\" needs ", need,
                                      ", which no step before the watches provides; it was ", WhoMade(before)));
      }
      watch.revision = record.revision();
      changes.push_back({id, std::move(watch)});
    }
    if (record.revision() != before.revision()) {
      record.set_position(beginning.moment.position);
      if (absl::Status status = Write(state, record, &before); !status.ok()) return status;
    }
    book_.Begin(std::move(record));
  }
  if (!live_ && !changes.empty()) {
    errors.push_back(absl::StrCat("the step says `live: false`, and there are ", changes.size(),
                                  " watches that were made through the interface, as \"", changes.front().id,
                                  "\": remove them before"));
  }
  if (!errors.empty()) return absl::FailedPreconditionError(absl::StrJoin(errors, "\n"));
  for (const auto& error : engine_.Apply(std::move(changes), lists_.AsLists())) {
    if (error) return absl::InternalError(absl::StrCat("a query that was right is not: ", error->message));
  }
  return absl::OkStatus();
}

}  // namespace wirewatch::analyses
