#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/host_client.h"
#include "wirewatch/cli/terminal.h"
#include "wirewatch/cli/watches_commands.h"
#include "wirewatch/cli/watches_drawing.h"
#include "wirewatch/cli/watches_file.h"
#include "wirewatch/text/printable.h"

namespace wirewatch::cli {
namespace {

using Stub = v1::WatchService::Stub;

// So much a message may hold, with room to spare.
constexpr size_t kBytesAtOnce = 16 << 20;
constexpr absl::Duration kPatience = absl::Seconds(30);

absl::StatusOr<HostClient> Connect(const WatchesArguments& arguments) {
  return HostClient::Find({arguments.store, arguments.pipeline, arguments.server});
}

v1::WatchTarget TargetOf(const WatchesArguments& arguments, const HostClient& client) {
  v1::WatchTarget target;
  target.set_pipeline(client.pipeline());
  target.set_step(arguments.step);
  return target;
}

v1::WatchAuthor AuthorOf(const WatchesArguments& arguments) {
  v1::WatchAuthor author;
  author.set_author(arguments.author.empty() ? UserName() : arguments.author);
  author.set_note(arguments.note);
  return author;
}

int Usage(const char* text) {
  std::fprintf(stderr, "%s\n", text);
  return kUsage;
}

// What the arguments say of a definition takes the place of what is there; false after saying what is wrong.
bool Fill(const WatchesArguments& arguments, v1::WatchDefinition& definition) {
  if (arguments.query) {
    definition.set_query(*arguments.query == "-" ? std::string(std::istreambuf_iterator<char>(std::cin), {})
                                                 : *arguments.query);
  }
  if (arguments.dialect) definition.set_dialect(*arguments.dialect);
  if (arguments.timezone) definition.set_timezone(*arguments.timezone);
  if (arguments.title) definition.set_title(*arguments.title);
  if (arguments.severity) definition.set_severity(SeverityOf(*arguments.severity).value_or(v1::SEVERITY_MEDIUM));
  if (arguments.labels.empty()) return true;
  const auto labels = LabelsOf(arguments.labels);
  if (!labels) return false;
  definition.clear_labels();
  for (const v1::Label& label : *labels) *definition.add_labels() = label;
  return true;
}

void PrintRecord(const v1::WatchRecord& record, const char* done, bool json) {
  if (json) return PrintJson(record);
  std::printf("\"%s\" %s, revision %s, from position %s on\n", record.definition().id().c_str(), done,
              absl::StrCat(record.revision()).c_str(), absl::StrCat(record.position()).c_str());
}

template <class Request, class Method>
int EditOne(HostClient& client, Method method, const Request& request, const char* done, bool json) {
  const auto edited = client.Call(method, request, kPatience);
  if (!edited.ok()) return Complain(edited.status());
  PrintRecord(edited->watch(), done, json);
  return kOk;
}

// The edits of one call, and what became of them; adds to the counts.
absl::Status ApplyPart(HostClient& client, const v1::ApplyWatchesRequest& request, bool json, uint64_t& done,
                       uint64_t& failed) {
  const auto applied = client.Call(&Stub::Apply, request, 4 * kPatience);
  if (!applied.ok()) return applied.status();
  for (const v1::WatchEditResult& result : applied->results()) {
    if (json) {
      PrintJson(result);
    } else if (result.has_failure()) {
      std::fprintf(stderr, "%s\n", text::Printable(result.failure().message()).c_str());
    }
  }
  done += applied->done();
  failed += applied->failed();
  return absl::OkStatus();
}

int AddFile(HostClient& client, const WatchesArguments& arguments) {
  const auto definitions = ReadDefinitions(arguments.file);
  if (!definitions) return kConfiguration;
  v1::ApplyWatchesRequest request;
  *request.mutable_target() = TargetOf(arguments, client);
  *request.mutable_author() = AuthorOf(arguments);
  request.set_all_or_nothing(arguments.all_or_nothing);
  uint64_t done = 0, failed = 0;
  size_t bytes = 0;
  absl::Status status;
  const auto send = [&] {
    if (status.ok()) status = ApplyPart(client, request, arguments.json, done, failed);
    request.clear_edits();
    bytes = 0;
  };
  for (const v1::WatchDefinition& definition : *definitions) {
    v1::WatchEdit& edit = *request.add_edits();
    *(arguments.replace ? edit.mutable_put() : edit.mutable_add()) = definition;
    bytes += definition.ByteSizeLong();
    if (!arguments.all_or_nothing && bytes > kBytesAtOnce) send();
  }
  if (request.edits_size() > 0) send();
  if (!arguments.json) {
    std::printf("%s watches are as in the file, %s failed\n", absl::StrCat(done).c_str(), absl::StrCat(failed).c_str());
  }
  if (!status.ok()) return Complain(status);
  return failed == 0 ? kOk : kFailed;
}

void DrawTest(const v1::TestWatchResponse& response) {
  std::printf("%s of %s Items hit%s\n", absl::StrCat(response.hits()).c_str(), absl::StrCat(response.tried()).c_str(),
              response.unknown() == 0 ? "" : absl::StrCat(", ", response.unknown(), " not decided").c_str());
  if (response.compared()) {
    std::printf("against the watch that is there: %s gained, %s lost\n", absl::StrCat(response.gained()).c_str(),
                absl::StrCat(response.lost()).c_str());
  }
  for (const v1::TestedItem& item : response.items()) {
    const char* const sign = !response.compared() || item.hit() == item.armed_hit() ? " " : item.hit() ? "+" : "-";
    const std::string line = absl::StrFormat("%s %8d  %s: %s", sign, item.position(), item.headline(),
                                             item.evidence().explanation().summary());
    std::printf("%s\n", CutToColumns(text::Printable(line), Columns()).c_str());
  }
}

}  // namespace

int ListWatches(const WatchesArguments& arguments) {
  absl::StatusOr<HostClient> client = Connect(arguments);
  if (!client.ok()) return Complain(client.status());
  v1::ListWatchesRequest request;
  *request.mutable_target() = TargetOf(arguments, *client);
  request.set_include_removed(arguments.removed);
  request.set_only_live(arguments.live);
  do {
    const auto page = client->Call(&Stub::List, request);
    if (!page.ok()) return Complain(page.status());
    for (const v1::WatchRecord& record : page->watches()) {
      if (arguments.json) {
        PrintJson(record);
      } else {
        std::printf("%s\n", DrawWatchLine(record, Columns()).c_str());
      }
    }
    request.set_page_token(page->next_page_token());
    if (request.page_token().empty() && !arguments.json) {
      std::fprintf(stderr, "%s watches\n", absl::StrCat(page->total()).c_str());
    }
  } while (!request.page_token().empty());
  return kOk;
}

int ShowWatches(const WatchesArguments& arguments) {
  absl::StatusOr<HostClient> client = Connect(arguments);
  if (!client.ok()) return Complain(client.status());
  for (const std::string& id : arguments.ids) {
    v1::GetWatchRequest request;
    *request.mutable_target() = TargetOf(arguments, *client);
    request.set_id(id);
    const auto got = client->Call(&Stub::Get, request);
    if (!got.ok()) return Complain(got.status());
    if (arguments.json) {
      PrintJson(*got);
    } else {
      std::printf("%s", DrawWatch(*got).c_str());
    }
  }
  return kOk;
}

int AddWatches(const WatchesArguments& arguments) {
  if (arguments.file.empty() == (arguments.ids.size() != 1 || !arguments.query)) {
    return Usage("write either an id with --query, or --file");
  }
  v1::AddWatchRequest request;
  if (arguments.file.empty()) {
    request.mutable_watch()->set_id(arguments.ids.front());
    if (!Fill(arguments, *request.mutable_watch())) return kUsage;
  }
  absl::StatusOr<HostClient> client = Connect(arguments);
  if (!client.ok()) return Complain(client.status());
  if (!arguments.file.empty()) return AddFile(*client, arguments);
  *request.mutable_target() = TargetOf(arguments, *client);
  *request.mutable_author() = AuthorOf(arguments);
  return EditOne(*client, &Stub::Add, request, "is there", arguments.json);
}

int ChangeWatch(const WatchesArguments& arguments) {
  if (arguments.ids.size() != 1) return Usage("change one watch at a time");
  absl::StatusOr<HostClient> client = Connect(arguments);
  if (!client.ok()) return Complain(client.status());
  v1::GetWatchRequest get;
  *get.mutable_target() = TargetOf(arguments, *client);
  get.set_id(arguments.ids.front());
  const auto got = client->Call(&Stub::Get, get);
  if (!got.ok()) return Complain(got.status());
  v1::ChangeWatchRequest request;
  *request.mutable_target() = get.target();
  *request.mutable_author() = AuthorOf(arguments);
  *request.mutable_watch() = got->watch().definition();
  // What is not given stays as it was just now; somebody else's change meanwhile must not be undone by that.
  request.set_expected_revision(arguments.revision == 0 ? got->watch().revision() : arguments.revision);
  if (!Fill(arguments, *request.mutable_watch())) return kUsage;
  return EditOne(*client, &Stub::Change, request, "has changed", arguments.json);
}

int RemoveWatches(const WatchesArguments& arguments) {
  if (arguments.revision != 0 && arguments.ids.size() != 1) return Usage("--revision is of one watch");
  absl::StatusOr<HostClient> client = Connect(arguments);
  if (!client.ok()) return Complain(client.status());
  for (const std::string& id : arguments.ids) {
    v1::RemoveWatchRequest request;
    *request.mutable_target() = TargetOf(arguments, *client);
    *request.mutable_author() = AuthorOf(arguments);
    request.set_id(id);
    request.set_expected_revision(arguments.revision);
    const int status = EditOne(*client, &Stub::Remove, request, "is removed", arguments.json);
    if (status != kOk) return status;
  }
  return kOk;
}

int ListWatchRevisions(const WatchesArguments& arguments) {
  if ((arguments.ids.size() == 1) == !arguments.list.empty()) return Usage("write the id of one watch, or --list");
  absl::StatusOr<HostClient> client = Connect(arguments);
  if (!client.ok()) return Complain(client.status());
  v1::ListRevisionsRequest request;
  *request.mutable_target() = TargetOf(arguments, *client);
  arguments.list.empty() ? request.set_id(arguments.ids.front()) : request.set_list(arguments.list);
  const auto revisions = client->Call(&Stub::Revisions, request);
  if (!revisions.ok()) return Complain(revisions.status());
  const auto print = [&arguments](const auto& records) {
    for (int i = 0; i < records.size(); ++i) {
      if (arguments.json) {
        PrintJson(records[i]);
      } else {
        std::printf("%s", DrawRevision(records[i], i + 1 < records.size() ? &records[i + 1] : nullptr).c_str());
      }
    }
  };
  print(revisions->watches());
  print(revisions->lists());
  return kOk;
}

int TryWatch(const WatchesArguments& arguments) {
  if (arguments.ids.size() > 1 || (arguments.ids.empty() && !arguments.query)) {
    return Usage("write --query, the id of one watch, or both");
  }
  absl::StatusOr<HostClient> client = Connect(arguments);
  if (!client.ok()) return Complain(client.status());
  v1::TestWatchRequest request;
  *request.mutable_target() = TargetOf(arguments, *client);
  if (!arguments.ids.empty()) {
    v1::GetWatchRequest get;
    *get.mutable_target() = request.target();
    get.set_id(arguments.ids.front());
    const auto got = client->Call(&Stub::Get, get);
    if (!got.ok()) return Complain(got.status());
    *request.mutable_watch() = got->watch().definition();
  }
  if (!Fill(arguments, *request.mutable_watch())) return kUsage;
  request.set_recent(arguments.recent);
  request.set_limit(arguments.limit);
  const auto tested = client->Call(&Stub::Test, request, 10 * kPatience);
  if (!tested.ok()) return Complain(tested.status());
  if (arguments.json) {
    PrintJson(*tested);
  } else {
    DrawTest(*tested);
  }
  return kOk;
}

int TopWatches(const WatchesArguments& arguments) {
  absl::StatusOr<HostClient> client = Connect(arguments);
  if (!client.ok()) return Complain(client.status());
  v1::TopWatchesRequest request;
  *request.mutable_target() = TargetOf(arguments, *client);
  request.set_limit(arguments.limit);
  const auto top = client->Call(&Stub::Top, request);
  if (!top.ok()) return Complain(top.status());
  if (!arguments.json) std::printf("%6s %11s %9s  %-24s %s\n", "time", "candidates", "hits", "watch", "query");
  for (const v1::WatchCost& cost : top->watches()) {
    if (arguments.json) {
      PrintJson(cost);
      continue;
    }
    const std::string line = absl::StrFormat("%5.1f%% %11d %9d  %-24s %s", 100 * cost.share_of_time(),
                                             cost.candidates(), cost.hits(), cost.id(), cost.normal_form());
    std::printf("%s\n", CutToColumns(text::Printable(line), Columns()).c_str());
  }
  return kOk;
}

}  // namespace wirewatch::cli
