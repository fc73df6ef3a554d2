#include <cstdio>
#include <string>
#include <vector>

#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/host_client.h"

namespace wirewatch::cli {
namespace {

using Change = pipeline::ReloadedStep::Change;

// A host waits for the end of an epoch, and for a store in trouble, with patience of its own.
constexpr absl::Duration kPatience = absl::Minutes(10);

Change ChangeOf(v1::ReloadChange change) {
  switch (change) {
    case v1::RELOAD_CHANGE_ADDED:
      return Change::kAdded;
    case v1::RELOAD_CHANGE_REMOVED:
      return Change::kRemoved;
    case v1::RELOAD_CHANGE_CHANGED:
      return Change::kChanged;
    default:
      return Change::kKept;
  }
}

}  // namespace

int Reload(const ReloadArguments& arguments) {
  absl::StatusOr<HostClient> client = HostClient::Find({arguments.store, arguments.pipeline, arguments.server});
  if (!client.ok()) return Complain(client.status());
  v1::ReloadRequest request;
  request.set_dry_run(arguments.dry_run);
  const auto reloaded = client->Call(&v1::HostService::Stub::Reload, request, kPatience);
  if (!reloaded.ok()) {
    std::fputs("not reloaded; everything runs as before:\n", stderr);
    return Complain(reloaded.status());
  }
  std::vector<pipeline::ReloadedStep> steps;
  for (const v1::ReloadedStep& step : reloaded->steps()) {
    steps.push_back({step.pipeline(), step.step(), ChangeOf(step.change())});
  }
  if (arguments.dry_run) std::puts("a reload would find:");
  std::fputs(DrawReload(steps).c_str(), stdout);
  return kOk;
}

}  // namespace wirewatch::cli
