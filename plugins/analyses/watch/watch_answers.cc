#include "watch_answers.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "watch_state.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::analyses {
namespace {

constexpr uint32_t kPage = 1000, kLargestPage = 10'000;
constexpr uint32_t kTop = 20, kMostTop = 1000;
constexpr uint32_t kShown = 20, kMostShown = 1000;

absl::Status NoWatch(const std::string& id) {
  return absl::NotFoundError(absl::StrCat("there is no watch \"", id, "\""));
}

absl::Status OutOfRange(const char* what, uint32_t most) {
  return absl::InvalidArgumentError(absl::StrCat(what, " is at most ", most));
}

// One watch by itself, tried on Item after Item.
class Trial {
 public:
  // `watch` can be read.
  Trial(watch::Watch watch, const WatchLists& lists) { engine_.Add(std::move(watch), lists.AsLists()); }
  bool Hits(const watch::View& view, uint64_t& unknown) {
    const watch::MatchCounts counts = engine_.Match(view, scratch_, hits_);
    unknown += counts.unknown + counts.over_budget;
    return !hits_.empty();
  }
  // After a hit.
  void Describe(const watch::View& view, v1::WatchHit& evidence) {
    engine_.Describe(hits_.front(), view, scratch_, evidence, true);
  }

 private:
  watch::Engine engine_;
  watch::Scratch scratch_;
  std::vector<watch::Hit> hits_;
};

// Takes what was found, as long as there is room: what the change gains or loses before what both hit.
class Shown {
 public:
  Shown(v1::TestWatchResponse& response, size_t limit) : response_(response), limit_(limit) {}
  void Add(v1::TestedItem item) {
    const bool differs = response_.compared() && item.hit() != item.armed_hit();
    auto& items = differs ? differing_ : same_;
    if (items.size() < limit_) items.push_back(std::move(item));
  }
  void Finish() {
    for (auto* items : {&differing_, &same_}) {
      for (v1::TestedItem& item : *items) {
        if (static_cast<size_t>(response_.items_size()) < limit_) *response_.add_items() = std::move(item);
      }
    }
  }

 private:
  v1::TestWatchResponse& response_;
  const size_t limit_;
  std::vector<v1::TestedItem> differing_, same_;
};

}  // namespace

absl::Status ListWatches(const LiveWatches& watches, const v1::ListWatchesRequest& request,
                         v1::ListWatchesResponse& response) {
  if (request.page_size() > kLargestPage) return OutOfRange("page_size", kLargestPage);
  const uint32_t size = request.page_size() == 0 ? kPage : request.page_size();
  uint64_t total = 0;
  bool more = false;
  watches.book().Visit("", [&](const v1::WatchRecord& record) {
    if (record.removed() && !request.include_removed()) return true;
    if (!record.live() && request.only_live()) return true;
    ++total;
    if (!request.page_token().empty() && record.definition().id() <= request.page_token()) return true;
    more = static_cast<uint32_t>(response.watches_size()) == size;
    if (!more) *response.add_watches() = record;
    return true;
  });
  for (v1::WatchRecord& record : *response.mutable_watches()) {
    record.set_place(watches.book().PlaceOf(record.definition().id()));
  }
  const int count = response.watches_size();
  if (count > 0 && more) response.set_next_page_token(response.watches(count - 1).definition().id());
  response.set_total(total);
  return absl::OkStatus();
}

absl::Status GetWatch(const LiveWatches& watches, const v1::GetWatchRequest& request, v1::GetWatchResponse& response) {
  const WatchBook::Record record = watches.book().Now(request.id());
  if (record == nullptr) return NoWatch(request.id());
  *response.mutable_watch() = *record;
  response.mutable_watch()->set_place(watches.book().PlaceOf(request.id()));
  if (!record->removed()) response.set_normal_form(watches.Now()->NormalForm(request.id()));
  return absl::OkStatus();
}

absl::Status ListRevisions(const LiveWatches& watches, const v1::ListRevisionsRequest& request, State& committed,
                           v1::ListRevisionsResponse& response) {
  absl::Status status;
  if (request.has_list()) {
    const std::optional<v1::ListRecord> now = watches.ListNow(request.list());
    if (!now) return absl::NotFoundError(absl::StrCat("there is no list \"", request.list(), "\""));
    status = ReadListRevisions(committed, request.list(), response);
    *response.add_lists() = *now;
    std::reverse(response.mutable_lists()->begin(), response.mutable_lists()->end());
    return status;
  }
  const WatchBook::Record now = watches.book().Now(request.id());
  if (now == nullptr) return NoWatch(request.id());
  status = ReadRevisions(committed, request.id(), response);
  // A change may have become durable since the record was read.
  while (response.watches_size() > 0 && response.watches().rbegin()->revision() >= now->revision()) {
    response.mutable_watches()->RemoveLast();
  }
  *response.add_watches() = *now;
  response.mutable_watches()->rbegin()->set_place(watches.book().PlaceOf(request.id()));
  std::reverse(response.mutable_watches()->begin(), response.mutable_watches()->end());
  return status;
}

absl::Status TestWatch(const LiveWatches& watches, const v1::TestWatchRequest& request,
                       const std::function<absl::Status(const WatchHolder::TryItem& try_item)>& each,
                       v1::TestWatchResponse& response) {
  if (request.limit() > kMostShown) return OutOfRange("limit", kMostShown);
  v1::WatchDefinition definition = request.watch();
  if (definition.id().empty()) definition.set_id("tested");
  Normalise(definition);
  std::variant<ReadWatch, v1::WatchEditFailure> read = Read(definition, watches.lists());
  if (const auto* failure = std::get_if<v1::WatchEditFailure>(&read)) {
    return absl::InvalidArgumentError(failure->message());
  }
  Trial tested(std::get<ReadWatch>(read).watch, watches.lists());
  const LiveWatches::Snapshot now = watches.Now();
  std::optional<Trial> armed;
  if (const watch::Watch* there = now->Find(definition.id()); there != nullptr) armed.emplace(*there, watches.lists());
  response.set_compared(armed.has_value());
  Shown shown(response, request.limit() == 0 ? kShown : request.limit());
  uint64_t unknown = 0, unknown_there = 0;
  absl::Status status = each([&](const Document& document) {
    const watch::View view = document.View();
    v1::TestedItem item;
    response.set_tried(response.tried() + 1);
    item.set_hit(tested.Hits(view, unknown));
    item.set_armed_hit(armed && armed->Hits(view, unknown_there));
    if (item.hit()) response.set_hits(response.hits() + 1);
    if (armed && item.hit() && !item.armed_hit()) response.set_gained(response.gained() + 1);
    if (armed && !item.hit() && item.armed_hit()) response.set_lost(response.lost() + 1);
    if (!item.hit() && !item.armed_hit()) return true;
    item.set_item_id(document.item().id());
    item.set_position(document.position());
    item.set_headline(document.item().headline());
    item.hit() ? tested.Describe(view, *item.mutable_evidence()) : armed->Describe(view, *item.mutable_evidence());
    shown.Add(std::move(item));
    return true;
  });
  response.set_unknown(unknown);
  shown.Finish();
  return status;
}

absl::Status TopWatches(const LiveWatches& watches, const v1::TopWatchesRequest& request,
                        v1::TopWatchesResponse& response) {
  if (request.limit() > kMostTop) return OutOfRange("limit", kMostTop);
  const LiveWatches::Snapshot now = watches.Now();
  const std::vector<watch::WatchCost> dearest =
      watches.engine().DearestWatches(request.limit() == 0 ? kTop : request.limit());
  for (const watch::WatchCost& cost : dearest) {
    v1::WatchCost& told = *response.add_watches();
    told.set_id(cost.id);
    told.set_share_of_time(cost.share_of_time);
    told.set_candidates(cost.candidates);
    told.set_hits(cost.hits);
    told.set_normal_form(now->NormalForm(cost.id));
  }
  return absl::OkStatus();
}

}  // namespace wirewatch::analyses
