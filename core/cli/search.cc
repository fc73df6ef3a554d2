#include "wirewatch/store/search.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/store_path.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::cli {
namespace {

// The store of the pipeline named, or the only one that there is. Says so if there is none.
std::optional<std::filesystem::path> StoreOf(const std::string& pipeline) {
  if (!pipeline.empty()) return DefaultStore(pipeline);
  std::vector<std::filesystem::path> stores;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(StoreFolder(), error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".db") stores.push_back(entry->path());
  }
  if (stores.size() == 1) return stores[0];
  std::sort(stores.begin(), stores.end());
  std::string names;
  for (const std::filesystem::path& store : stores) absl::StrAppend(&names, " ", store.stem().string());
  std::fprintf(stderr, "%s\n",
               stores.empty()
                   ? absl::StrCat("there is no store in ", StoreFolder().string(), "; give one with --store").c_str()
                   : absl::StrCat("which store? say --pipeline with one of", names, ", or --store").c_str());
  return std::nullopt;
}

std::string Draw(const store::FoundItem& found) {
  const v1::Item& item = found.item;
  const absl::Time arrival = absl::FromUnixSeconds(item.arrival().seconds());
  std::string drawn = absl::StrCat(absl::FormatTime("%Y-%m-%d %H:%M:%SZ", arrival, absl::UTCTimeZone()), "  ",
                                   found.pipeline, "  ", item.id(), item.version() > 1 ? " version " : "",
                                   item.version() > 1 ? std::to_string(item.version()) : "", "\n");
  const std::string& headline = item.headline().empty() ? item.body() : item.headline();
  absl::StrAppend(&drawn, "  ", text::Printable(headline.substr(0, text::FloorBoundary(headline, 200))), "\n");
  if (!item.url().empty()) absl::StrAppend(&drawn, "  ", text::Printable(item.url()), "\n");
  return drawn;
}

std::string Json(const store::FoundItem& found) {
  std::string item;
  if (!google::protobuf::util::MessageToJsonString(found.item, &item).ok()) item = "null";
  // Names of pipelines need no escapes.
  return absl::StrCat("{\"pipeline\":\"", found.pipeline, "\",\"item\":", item, "}\n");
}

}  // namespace

int Search(const SearchArguments& arguments) {
  const std::optional<std::filesystem::path> file =
      arguments.store.empty() ? StoreOf(arguments.pipeline) : StoreFile(arguments.store);
  if (!file) return kUsage;
  const absl::StatusOr<store::SearchResult> result = store::SearchStore(
      *file, arguments.query, {.pipeline = arguments.pipeline, .limit = static_cast<size_t>(arguments.limit)});
  if (!result.ok()) {
    std::fprintf(stderr, "%s\n", std::string(result.status().message()).c_str());
    return absl::IsInvalidArgument(result.status()) ? kUsage : kFailed;
  }
  for (const store::FoundItem& found : result->found) {
    std::fputs((arguments.json ? Json(found) : Draw(found)).c_str(), stdout);
  }
  if (result->damaged) {
    std::fprintf(stderr, "the search index is damaged and was not relied on: remove %s.search while no host runs\n",
                 file->c_str());
  }
  if (result->found.empty()) std::fputs("nothing found\n", stderr);
  if (result->more) std::fputs("there is more: raise --limit\n", stderr);
  return kOk;
}

}  // namespace wirewatch::cli
