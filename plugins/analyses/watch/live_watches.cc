#include "live_watches.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "watch_state.h"

namespace wirewatch::analyses {
namespace {

using google::protobuf::util::TimeUtil;

constexpr size_t kLongestAuthor = 200, kLongestNote = 2000;  // bytes

const v1::WatchDefinition* DefinitionIn(const v1::WatchEdit& edit) {
  switch (edit.edit_case()) {
    case v1::WatchEdit::kAdd:
      return &edit.add();
    case v1::WatchEdit::kChange:
      return &edit.change();
    case v1::WatchEdit::kPut:
      return &edit.put();
    default:
      return nullptr;
  }
}

const std::string& IdOf(const v1::WatchEdit& edit) {
  const v1::WatchDefinition* const definition = DefinitionIn(edit);
  return definition == nullptr ? edit.remove() : definition->id();
}

}  // namespace

class LiveWatches::Draft {
 public:
  explicit Draft(const WatchBook& book) : book_(book) {}

  // As it is after the edits so far; nullptr: it was never there.
  const v1::WatchRecord* Find(const std::string& id) {
    if (const auto found = now_.find(id); found != now_.end()) return &found->second;
    kept_ = book_.Now(id);
    return kept_.get();
  }
  void Put(v1::WatchRecord record) {
    const std::string& id = record.definition().id();
    const v1::WatchRecord* const before = Find(id);
    steps_.push_back({before == nullptr ? std::nullopt : std::optional(*before), record});
    now_.insert_or_assign(id, std::move(record));
  }
  // Forgets what has been put since there were `steps`.
  void Undo(size_t steps) {
    if (steps_.size() == steps) return;
    steps_.resize(steps);
    now_.clear();
    for (const auto& [before, after] : steps_) now_.insert_or_assign(after.definition().id(), after);
  }

  // Each revision with the one before.
  using Steps = std::vector<std::pair<std::optional<v1::WatchRecord>, v1::WatchRecord>>;
  const Steps& steps() const { return steps_; }
  const std::map<std::string, v1::WatchRecord>& now() const { return now_; }

 private:
  const WatchBook& book_;
  WatchBook::Record kept_;
  Steps steps_;
  std::map<std::string, v1::WatchRecord> now_;
};

void LiveWatches::Check(const v1::ApplyWatchesRequest& request, v1::ApplyWatchesResponse& response) const {
  std::optional<v1::WatchEditFailure> all;
  const v1::WatchAuthor& author = request.author();
  if (!live_) {
    all = Failure(absl::StatusCode::kFailedPrecondition,
                  "these watches are changed in their files alone: the step says `live: false`");
  } else if (author.author().empty() || author.author().size() > kLongestAuthor ||
             author.note().size() > kLongestNote) {
    all = Failure(absl::StatusCode::kInvalidArgument,
                  absl::StrCat("a change names its author, in at most ", kLongestAuthor,
                               " bytes, and may have a note of at most ", kLongestNote));
  }
  for (int i = 0; i < request.edits_size(); ++i) {
    v1::WatchEditResult& result = *response.mutable_results(i);
    result.set_id(IdOf(request.edits(i)));
    if (all) {
      *result.mutable_failure() = *all;
      continue;
    }
    const v1::WatchDefinition* const definition = DefinitionIn(request.edits(i));
    if (definition == nullptr) continue;
    std::variant<ReadWatch, v1::WatchEditFailure> read = analyses::Read(*definition, lists_);
    if (auto* failure = std::get_if<v1::WatchEditFailure>(&read)) {
      *result.mutable_failure() = std::move(*failure);
      continue;
    }
    for (const std::string& need : std::get<ReadWatch>(read).needs) {
      if (std::find(provided_.begin(), provided_.end(), need) != provided_.end()) continue;
      *result.mutable_failure() = Failure(
          absl::StatusCode::kInvalidArgument,
          absl::StrCat("\"", definition->id(), "\" needs ", need, ", which no step before the watches provides"));
    }
  }
}

void LiveWatches::Edit(const WatchEdits& edits, int index, WatchHolder::Moment moment, Draft& draft) const {
  const v1::WatchEdit& edit = edits.request->edits(index);
  v1::WatchEditResult& result = *edits.response->mutable_results(index);
  const v1::WatchDefinition* const definition = DefinitionIn(edit);
  const std::string& id = IdOf(edit);
  const v1::WatchRecord* const before = draft.Find(id);
  const bool there = before != nullptr && !before->removed();
  const auto fail = [&result, &id](absl::StatusCode code, auto... words) {
    *result.mutable_failure() = Failure(code, absl::StrCat("\"", id, "\" ", words...));
  };
  if (there && !before->live()) {
    return fail(absl::StatusCode::kFailedPrecondition, "stands in ", book_.PlaceOf(id), ": change it there and reload");
  }
  if (edit.has_add() && there) return fail(absl::StatusCode::kAlreadyExists, "is there already");
  if (!edit.has_add() && !edit.has_put() && !there) return fail(absl::StatusCode::kNotFound, "is not there");
  if (edit.expected_revision() != 0 && edit.expected_revision() != (before == nullptr ? 0 : before->revision())) {
    return fail(absl::StatusCode::kAborted, "has the revision ", before == nullptr ? 0 : before->revision(), ", not ",
                edit.expected_revision(), ": somebody has changed it meanwhile");
  }
  v1::WatchRecord record;
  if (definition != nullptr) {
    *record.mutable_definition() = *definition;
    Normalise(*record.mutable_definition());
    record.set_lists_hash(lists_.HashFor(definition->query()));
  } else {
    record = *before;
    record.clear_note();
    record.set_removed(true);
  }
  if (edit.has_put() && there && SameDefinition(record.definition(), before->definition())) {
    result.set_unchanged(true);
    result.set_revision(before->revision());
    result.set_position(before->position());
    return;
  }
  record.set_revision(before == nullptr ? 1 : before->revision() + 1);
  record.set_author(edits.request->author().author());
  record.set_note(edits.request->author().note());
  if (moment.at != absl::InfinitePast())
    *record.mutable_at() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(moment.at));
  record.set_position(moment.position);
  record.set_live(true);
  result.set_revision(record.revision());
  result.set_position(moment.position);
  draft.Put(std::move(record));
}

absl::Status LiveWatches::Apply(std::span<const WatchEdits> edits, WatchHolder::Moment moment, State& state) {
  Draft draft(book_);
  for (const WatchEdits& call : edits) {
    const size_t before = draft.steps().size();
    bool failed = false;
    for (int i = call.first; i < call.first + call.count; ++i) {
      if (!call.response->results(i).has_failure()) Edit(call, i, moment, draft);
      failed = failed || call.response->results(i).has_failure();
    }
    if (!failed || !call.request->all_or_nothing()) continue;
    draft.Undo(before);
    for (int i = call.first; i < call.first + call.count; ++i) {
      v1::WatchEditResult& result = *call.response->mutable_results(i);
      result.clear_revision();
      result.clear_position();
      result.clear_unchanged();
    }
  }
  return draft.steps().empty() ? absl::OkStatus() : Commit(draft, moment, state);
}

absl::Status LiveWatches::Commit(const Draft& draft, WatchHolder::Moment moment, State& state) {
  for (const auto& [before, after] : draft.steps()) {
    if (absl::Status status = Write(state, after, before ? &*before : nullptr); !status.ok()) return status;
  }
  std::vector<watch::WatchChange> changes;
  for (const auto& [id, record] : draft.now()) {
    watch::WatchChange& change = changes.emplace_back();
    change.id = id;
    if (record.removed()) continue;
    change.watch = ToWatch(record.definition());
    change.watch->revision = record.revision();
  }
  {
    // Items that are under way keep what they have while the engine changes.
    const std::lock_guard lock(mutex_);
    periods_.back().snapshot = engine_.Snapshot();
  }
  for (const auto& error : engine_.Apply(std::move(changes), lists_.AsLists())) {
    if (error) return absl::InternalError(absl::StrCat("a query that was right is not: ", error->message));
  }
  for (const auto& [id, record] : draft.now()) book_.Put(record);
  const std::lock_guard lock(mutex_);
  periods_.push_back({moment.position, nullptr});
  return absl::OkStatus();
}

LiveWatches::Snapshot LiveWatches::At(uint64_t position) const {
  const std::shared_lock lock(mutex_);
  auto period = periods_.rbegin();
  while (period->from > position && std::next(period) != periods_.rend()) ++period;
  return period->snapshot != nullptr ? period->snapshot : engine_.Snapshot();
}

void LiveWatches::Passed(uint64_t position) {
  std::deque<Period> done;  // destroyed without the lock
  {
    const std::lock_guard lock(mutex_);
    if (periods_.size() == 1) return;
    while (periods_.size() > 1 && periods_[1].from <= position + 1) {
      done.push_back(std::move(periods_.front()));
      periods_.pop_front();
    }
  }
  if (!done.empty()) book_.Passed(position);
}

std::optional<v1::ListRecord> LiveWatches::ListNow(const std::string& name) const {
  const auto found = list_records_.find(name);
  return found == list_records_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace wirewatch::analyses
