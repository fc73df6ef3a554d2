// Explain, first part: did the Item come, and was it kept?
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/pipeline/last_stage.h"
#include "wirewatch/service/explain_way.h"

namespace wirewatch::service {
namespace {

constexpr uint64_t kPositions = 20'000;
constexpr size_t kMostQuarantined = 10'000;

bool IsAt(const v1::Item& item, const std::string& url) {
  return item.url() == url || item.final_url() == url || item.canonical_url() == url;
}

v1::StopReason ReasonOf(const store::QuarantineEntry& entry) {
  if (entry.reason == "too-large") return v1::STOP_REASON_TOO_LARGE;
  if (entry.reason == "rejected") return v1::STOP_REASON_UNREADABLE;
  if (entry.reason == "fault" || entry.reason == "overrun") return v1::STOP_REASON_POISON;
  return v1::STOP_REASON_FAILED;
}

class ItemSearch {
 public:
  explicit ItemSearch(ExplainWay& way) : way_(way) {}

  absl::StatusOr<std::optional<FoundItem>> Go() {
    absl::StatusOr<std::optional<FoundItem>> found = Find();
    if (!found.ok()) return found;
    // What is set aside or dropped belongs to no watch.
    if (way_.visible.everything()) {
      const uint32_t archived = *found ? (*found)->item.version() : 0;
      for (const auto look : {&ItemSearch::SetAside, &ItemSearch::Lost}) {
        const absl::StatusOr<bool> stopped = (this->*look)(archived);
        if (!stopped.ok()) return stopped.status();
        if (*stopped) return std::nullopt;
      }
    }
    if (!*found) {
      if (absl::Status told = NotThere(); !told.ok()) return told;
      return std::nullopt;
    }
    if (!Kept(**found)) return std::nullopt;
    return found;
  }

 private:
  bool Kept(const FoundItem& found) {
    const v1::Item& item = found.item;
    const google::protobuf::Timestamp* const arrival = &item.arrival();
    way_.Pass(v1::EXPLAIN_STAGE_FETCHED,
              absl::StrCat("it came to \"", found.pipeline, "\" from ", item.feed().empty() ? "a source" : item.feed()),
              arrival);
    if (item.headline().empty() && item.body().empty() && item.lead().empty()) {
      way_.Stop(v1::EXPLAIN_STAGE_EXTRACTED, v1::STOP_REASON_NO_TEXT, "it has no text");
      return false;
    }
    way_.Pass(v1::EXPLAIN_STAGE_EXTRACTED, absl::StrCat(item.word_count(), " words"), arrival);
    way_.Pass(v1::EXPLAIN_STAGE_KEPT, absl::StrCat("archived at position ", item.position()), arrival);
    way_.Pass(v1::EXPLAIN_STAGE_NEW, absl::StrCat("version ", item.version()), arrival);
    return true;
  }

  // ---- In the archive ----

  absl::StatusOr<std::optional<FoundItem>> Find() {
    for (const pipeline::Progress& pipeline : way_.host.Snapshot()) {
      if (!way_.request.has_item_id()) {
        absl::StatusOr<std::optional<FoundItem>> found = FindByUrl(pipeline.pipeline);
        if (!found.ok() || found->has_value()) return found;
        continue;
      }
      const auto bytes = way_.store.ReadItem(pipeline.pipeline, way_.request.item_id(), 0);
      if (!bytes.ok()) return bytes.status();
      FoundItem found{pipeline.pipeline, {}};
      if (bytes->has_value() && found.item.ParseFromString(**bytes)) return found;
    }
    return std::nullopt;
  }
  // The latest version first.
  absl::StatusOr<std::optional<FoundItem>> FindByUrl(const std::string& pipeline) {
    const absl::StatusOr<store::PipelinePosition> last = way_.store.LastPosition(pipeline);
    if (!last.ok()) return last.status();
    const uint64_t oldest = last->position - std::min(last->position, kPositions);
    for (uint64_t end = last->position; end > oldest;) {
      if (way_.cancelled()) return absl::CancelledError();
      const uint64_t begin = end - std::min<uint64_t>(end - oldest, kExplainPage);
      const auto items = way_.store.ReadItems(pipeline, begin, end - begin);
      if (!items.ok()) return items.status();
      for (auto archived = items->rbegin(); archived != items->rend(); ++archived) {
        FoundItem found{pipeline, {}};
        if (archived->position <= end && found.item.ParseFromString(archived->item) &&
            IsAt(found.item, way_.request.url())) {
          return found;
        }
      }
      end = begin;
    }
    return std::nullopt;
  }

  // ---- Not, or only an earlier version ----

  // True after a stop.
  absl::StatusOr<bool> SetAside(uint32_t archived) {
    uint64_t after = 0;
    for (size_t read = 0; read < kMostQuarantined;) {
      if (way_.cancelled()) return absl::CancelledError();
      const auto entries = way_.store.ReadQuarantine("", after, kExplainPage);
      if (!entries.ok()) return entries.status();
      if (entries->empty()) return false;
      for (const store::QuarantineEntry& entry : *entries) {
        after = entry.id;
        ++read;
        v1::Item item;
        const bool whole = !entry.item.empty() && item.ParseFromString(entry.item);
        if (whole ? Meant(item) && item.version() > archived : archived == 0 && MayBe(entry)) {
          TellSetAside(entry, whole);
          return true;
        }
      }
    }
    return false;
  }
  bool Meant(const v1::Item& item) const {
    return way_.request.has_item_id() ? item.id() == way_.request.item_id() : IsAt(item, way_.request.url());
  }
  // A record that could not become an Item.
  bool MayBe(const store::QuarantineEntry& entry) const {
    return way_.request.has_url() && entry.raw.find(way_.request.url()) != std::string::npos;
  }
  void TellSetAside(const store::QuarantineEntry& entry, bool whole) {
    google::protobuf::Timestamp at;
    alerts::SetTime(&at, entry.at);
    way_.Pass(v1::EXPLAIN_STAGE_FETCHED, absl::StrCat("\"", entry.pipeline, "\" read it at ", entry.origin), &at);
    if (whole) way_.Pass(v1::EXPLAIN_STAGE_EXTRACTED, "", &at);
    way_.Stop(whole ? v1::EXPLAIN_STAGE_KEPT : v1::EXPLAIN_STAGE_EXTRACTED, ReasonOf(entry),
              absl::StrCat(whole ? "it was set aside: \"" : "no Item could be made of it: \"", entry.step, "\" (",
                           entry.plugin, " ", entry.plugin_version, "): ", std::string(entry.error.message()),
                           "; quarantine entry ", entry.id),
              &at);
  }

  // Dropped, or the same as another one. True after a stop.
  absl::StatusOr<bool> Lost(uint32_t archived) {
    const auto rows = way_.store.ReadSuppressions(
        way_.request.has_item_id() ? way_.request.item_id() : way_.request.url(), kMostStopsRead);
    if (!rows.ok()) return rows.status();
    for (auto row = rows->rbegin(); row != rows->rend(); ++row) {
      v1::Suppression lost;
      if (!lost.ParseFromString(row->entry)) continue;
      if (way_.request.has_item_id() && lost.item_id() != way_.request.item_id()) continue;
      if (lost.reason() == v1::STOP_REASON_DROPPED && lost.item_version() > archived) {
        way_.Pass(v1::EXPLAIN_STAGE_FETCHED, absl::StrCat("it came to \"", row->pipeline, "\""), &lost.at());
        way_.Pass(v1::EXPLAIN_STAGE_EXTRACTED, "");
        way_.Stop(v1::EXPLAIN_STAGE_KEPT, lost.reason(),
                  absl::StrCat("\"", lost.step(), "\" dropped it: ", lost.detail()), &lost.at());
        return true;
      }
      if (lost.reason() != v1::STOP_REASON_DUPLICATE || way_.request.has_item_id() || archived > 0) continue;
      way_.Pass(v1::EXPLAIN_STAGE_FETCHED, absl::StrCat("it came to \"", row->pipeline, "\""), &lost.at());
      way_.Pass(v1::EXPLAIN_STAGE_EXTRACTED, "");
      way_.Pass(v1::EXPLAIN_STAGE_KEPT, "");
      way_.Stop(v1::EXPLAIN_STAGE_NEW, lost.reason(),
                absl::StrCat("it is another address of Item ", lost.item_id(), ", which was there with the same text"),
                &lost.at());
      return true;
    }
    return false;
  }

  absl::Status NotThere() {
    if (!way_.visible.everything()) {
      way_.Stop(v1::EXPLAIN_STAGE_FETCHED, v1::STOP_REASON_NEVER_CAME, "no pipeline has archived it");
      return absl::OkStatus();
    }
    std::string trouble;
    for (const pipeline::Progress& pipeline : way_.host.Snapshot()) {
      for (const pipeline::SourceProgress& source : pipeline.sources) {
        if (!source.trouble.empty()) absl::StrAppend(&trouble, "; ", source.id, ": ", source.trouble);
      }
      if (!way_.request.has_item_id()) continue;
      const auto there = way_.store.GetState(pipeline.pipeline, pipeline::kUnarchivedStep, way_.request.item_id());
      if (!there.ok()) return there.status();
      if (!there->has_value()) continue;
      way_.Pass(v1::EXPLAIN_STAGE_FETCHED, absl::StrCat("it came to \"", pipeline.pipeline, "\""));
      way_.Pass(v1::EXPLAIN_STAGE_EXTRACTED, "");
      way_.Stop(v1::EXPLAIN_STAGE_KEPT, v1::STOP_REASON_NOT_RECORDED,
                "it was dropped or set aside; by what is not recorded any more");
      return absl::OkStatus();
    }
    way_.Stop(v1::EXPLAIN_STAGE_FETCHED,
              trouble.empty() ? v1::STOP_REASON_NEVER_CAME : v1::STOP_REASON_SOURCE_IN_TROUBLE,
              absl::StrCat(way_.request.has_item_id()
                               ? "no pipeline has it"
                               : absl::StrCat("no pipeline has it among its latest ", kPositions, " positions"),
                           trouble));
    return absl::OkStatus();
  }

  ExplainWay& way_;
};

}  // namespace

absl::StatusOr<std::optional<FoundItem>> ExplainItem(ExplainWay& way) { return ItemSearch(way).Go(); }

}  // namespace wirewatch::service
