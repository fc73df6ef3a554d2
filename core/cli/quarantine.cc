#include "wirewatch/service/quarantine.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/host_client.h"
#include "wirewatch/cli/item_drawing.h"
#include "wirewatch/cli/store_path.h"
#include "wirewatch/cli/terminal.h"
#include "wirewatch/store/sqlite_store.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::cli {
namespace {

using Stub = v1::HostService::Stub;

constexpr size_t kRawShown = 4096;  // bytes

// The quarantine, behind a host or not.
class Quarantine {
 public:
  virtual ~Quarantine() = default;
  virtual absl::StatusOr<v1::ListQuarantineResponse> List(const v1::ListQuarantineRequest& request) = 0;
  virtual absl::StatusOr<v1::QuarantineEntry> Get(uint64_t id) = 0;
  virtual absl::StatusOr<uint32_t> Retry(const service::Ids& ids) = 0;
  virtual absl::StatusOr<uint32_t> Drop(const service::Ids& ids) = 0;
  virtual const char* retried() const = 0;
};

class OfHost final : public Quarantine {
 public:
  explicit OfHost(HostClient client) : client_(std::move(client)) {}
  absl::StatusOr<v1::ListQuarantineResponse> List(const v1::ListQuarantineRequest& request) override {
    return client_.Call(&Stub::ListQuarantine, request);
  }
  absl::StatusOr<v1::QuarantineEntry> Get(uint64_t id) override {
    v1::GetQuarantinedRequest request;
    request.set_id(id);
    const auto got = client_.Call(&Stub::GetQuarantined, request);
    if (!got.ok()) return got.status();
    return got->entry();
  }
  absl::StatusOr<uint32_t> Retry(const service::Ids& ids) override {
    v1::RetryQuarantinedRequest request;
    *request.mutable_ids() = ids;
    const auto retried = client_.Call(&Stub::RetryQuarantined, request);
    if (!retried.ok()) return retried.status();
    return retried->retried();
  }
  absl::StatusOr<uint32_t> Drop(const service::Ids& ids) override {
    v1::DropQuarantinedRequest request;
    *request.mutable_ids() = ids;
    const auto dropped = client_.Call(&Stub::DropQuarantined, request);
    if (!dropped.ok()) return dropped.status();
    return dropped->dropped();
  }
  const char* retried() const override { return "sent through their pipelines again"; }

 private:
  HostClient client_;
};

class OfStore final : public Quarantine {
 public:
  explicit OfStore(std::unique_ptr<store::Store> store) : store_(std::move(store)) {}
  absl::StatusOr<v1::ListQuarantineResponse> List(const v1::ListQuarantineRequest& request) override {
    return service::ListQuarantine(*store_, request);
  }
  absl::StatusOr<v1::QuarantineEntry> Get(uint64_t id) override { return service::GetQuarantined(*store_, id); }
  absl::StatusOr<uint32_t> Retry(const service::Ids& ids) override { return service::RetryQuarantined(*store_, ids); }
  absl::StatusOr<uint32_t> Drop(const service::Ids& ids) override { return service::DropQuarantined(*store_, ids); }
  const char* retried() const override { return "marked; the next run sends them through their pipelines again"; }

 private:
  const std::unique_ptr<store::Store> store_;
};

// The store that is meant when no host answers: that of the choice, or the only one below StoreFolder().
absl::StatusOr<std::filesystem::path> StoreWithoutHost(const std::filesystem::path& store,
                                                       const std::string& pipeline) {
  std::error_code error;
  if (!store.empty()) {
    if (std::filesystem::is_regular_file(store, error)) return store;
    return absl::NotFoundError(absl::StrCat("there is no store ", store.string()));
  }
  if (!pipeline.empty() && std::filesystem::is_regular_file(DefaultStore(pipeline), error))
    return DefaultStore(pipeline);
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(StoreFolder(), error)) {
    if (entry.path().extension() == ".db") found.push_back(entry.path().string());
  }
  std::sort(found.begin(), found.end());
  if (found.size() == 1) return std::filesystem::path(found.front());
  if (found.empty()) {
    return absl::NotFoundError(absl::StrCat("no host answers, and there is no store below ", StoreFolder().string(),
                                            "; name one with --store"));
  }
  return absl::FailedPreconditionError(
      absl::StrCat("no host answers, and there are several stores; name one with "
                   "--store:\n  --store ",
                   absl::StrJoin(found, "\n  --store ")));
}

absl::StatusOr<std::unique_ptr<Quarantine>> Open(const QuarantineArguments& arguments) {
  absl::StatusOr<HostClient> client = HostClient::Find({arguments.store, arguments.pipeline, arguments.server});
  if (client.ok()) return std::make_unique<OfHost>(*std::move(client));
  if (!absl::IsNotFound(client.status())) return client.status();
  const absl::StatusOr<std::string> pipeline = PipelineName(arguments.pipeline);
  if (!pipeline.ok()) return pipeline.status();
  const absl::StatusOr<std::filesystem::path> path = StoreWithoutHost(arguments.store, *pipeline);
  if (!path.ok()) return path.status();
  absl::StatusOr<std::unique_ptr<store::Store>> opened = store::OpenSqlite({.path = *path});
  if (!opened.ok()) {
    return absl::Status(absl::StatusCode::kUnavailable,
                        absl::StrCat("the store ", path->string(), " cannot be opened: ", opened.status().message()));
  }
  return std::make_unique<OfStore>(*std::move(opened));
}

// Calls `visit` for every entry that the arguments leave.
absl::Status VisitEntries(Quarantine& quarantine, const QuarantineArguments& arguments, auto visit) {
  const absl::StatusOr<std::string> pipeline = PipelineName(arguments.pipeline);
  if (!pipeline.ok()) return pipeline.status();
  v1::ListQuarantineRequest request;
  request.set_pipeline(*pipeline);
  request.set_step(arguments.step);
  request.set_reason(arguments.reason);
  request.set_page_size(1000);
  do {
    const absl::StatusOr<v1::ListQuarantineResponse> page = quarantine.List(request);
    if (!page.ok()) return page.status();
    for (const v1::QuarantineEntry& entry : page->entries()) visit(entry);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

std::string TimeText(const v1::QuarantineEntry& entry) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", alerts::GetTime(entry.at()), absl::UTCTimeZone());
}

// What a record holds, for a terminal: bytes that are no text as \xNN.
std::string Escaped(std::string_view raw) {
  std::string escaped;
  for (size_t i = 0; i < raw.size();) {
    const text::Decoded decoded = text::DecodeAt(raw, i);
    const std::string_view bytes = raw.substr(i, decoded.length);
    const bool control = decoded.code_point < 0x20 || (decoded.code_point >= 0x7F && decoded.code_point < 0xA0);
    const bool invisible = decoded.code_point > 0x7F && text::Printable(bytes) != bytes;
    if (bytes == "\n" || (decoded.well_formed && !control && !invisible)) {
      escaped += bytes;
    } else {
      for (const char c : bytes) absl::StrAppendFormat(&escaped, "\\x%02x", static_cast<unsigned char>(c));
    }
    i += decoded.length;
  }
  return escaped;
}

void PrintEntry(const v1::QuarantineEntry& entry) {
  const auto fact = [](const char* name, const std::string& value) {
    if (!value.empty()) std::printf("%-11s %s\n", name, text::Printable(value).c_str());
  };
  fact("entry", absl::StrCat(entry.id(), entry.retry() ? ", to be tried again" : "",
                             entry.retryable() ? "" : ", a record that could not become an Item"));
  fact("pipeline", absl::StrCat(entry.pipeline(), ", position ", entry.position()));
  fact("step", absl::StrCat(entry.step(), " (", entry.plugin(), " ", entry.plugin_version(), ")"));
  fact("reason", entry.reason());
  fact("error", entry.failure().message());
  fact("at", absl::StrCat(TimeText(entry), " UTC"));
  fact("origin", entry.origin());
  if (entry.has_item()) std::printf("\n%s", DrawItem(entry.item(), {}, Columns()).c_str());
  if (entry.raw().empty()) return;
  std::printf("\nrecord\n%s\n", Escaped(entry.raw().substr(0, kRawShown)).c_str());
  if (entry.raw().size() > kRawShown) {
    std::printf("… %s more bytes; --format json has them\n", absl::StrCat(entry.raw().size() - kRawShown).c_str());
  }
}

// The ids that are written, or those of all entries that the filters leave; nullopt after saying what is wrong.
absl::StatusOr<std::vector<uint64_t>> Chosen(Quarantine& quarantine, const QuarantineArguments& arguments, bool retry) {
  if (!arguments.all) return arguments.ids;
  std::vector<uint64_t> ids;
  uint64_t records = 0;
  const absl::Status listed = VisitEntries(quarantine, arguments, [&](const v1::QuarantineEntry& entry) {
    retry && !entry.retryable() ? static_cast<void>(++records) : ids.push_back(entry.id());
  });
  if (!listed.ok()) return listed;
  if (records > 0) {
    std::fprintf(stderr, "%s records could not become Items and cannot be tried again\n",
                 absl::StrCat(records).c_str());
  }
  return ids;
}

int ChangeAll(const QuarantineArguments& arguments, bool retry) {
  if (arguments.all == !arguments.ids.empty()) {
    std::fputs("write either the ids of entries or --all\n", stderr);
    return kUsage;
  }
  const auto quarantine = Open(arguments);
  if (!quarantine.ok()) return Complain(quarantine.status());
  const absl::StatusOr<std::vector<uint64_t>> ids = Chosen(**quarantine, arguments, retry);
  if (!ids.ok()) return Complain(ids.status());
  uint64_t changed = 0;
  absl::Status status;
  for (size_t begin = 0; begin < ids->size() && status.ok(); begin += service::kMostQuarantineIds) {
    const size_t end = std::min(ids->size(), begin + service::kMostQuarantineIds);
    const service::Ids part(ids->begin() + static_cast<ptrdiff_t>(begin), ids->begin() + static_cast<ptrdiff_t>(end));
    const absl::StatusOr<uint32_t> done = retry ? (*quarantine)->Retry(part) : (*quarantine)->Drop(part);
    status = done.status();
    changed += done.value_or(0);
  }
  std::printf("%s entries %s\n", absl::StrCat(changed).c_str(), retry ? (*quarantine)->retried() : "removed");
  return status.ok() ? kOk : Complain(status);
}

}  // namespace

int ListQuarantine(const QuarantineArguments& arguments) {
  const auto quarantine = Open(arguments);
  if (!quarantine.ok()) return Complain(quarantine.status());
  uint64_t count = 0;
  const absl::Status listed = VisitEntries(**quarantine, arguments, [&](const v1::QuarantineEntry& entry) {
    ++count;
    if (arguments.json) return PrintJson(entry);
    const std::string line = absl::StrFormat("%6d  %s  %-14s %-8s %s: %s", entry.id(), TimeText(entry),
                                             absl::StrCat(entry.pipeline(), "/", entry.step()),
                                             absl::StrCat(entry.reason(), entry.retry() ? ", to be retried" : ""),
                                             entry.origin(), entry.failure().message());
    std::printf("%s\n", CutToColumns(text::Printable(line), Columns()).c_str());
  });
  if (!listed.ok()) return Complain(listed);
  if (!arguments.json) std::fprintf(stderr, "%s entries\n", absl::StrCat(count).c_str());
  return kOk;
}

int ShowQuarantined(const QuarantineArguments& arguments) {
  const auto quarantine = Open(arguments);
  if (!quarantine.ok()) return Complain(quarantine.status());
  for (const uint64_t id : arguments.ids) {
    const absl::StatusOr<v1::QuarantineEntry> entry = (*quarantine)->Get(id);
    if (!entry.ok()) return Complain(entry.status());
    arguments.json ? PrintJson(*entry) : PrintEntry(*entry);
  }
  return kOk;
}

int RetryQuarantined(const QuarantineArguments& arguments) { return ChangeAll(arguments, true); }

int DropQuarantined(const QuarantineArguments& arguments) { return ChangeAll(arguments, false); }

}  // namespace wirewatch::cli
