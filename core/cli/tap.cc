#include <grpcpp/client_context.h>

#include <cstdio>
#include <string>

#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/host_client.h"
#include "wirewatch/cli/interruption.h"
#include "wirewatch/cli/item_drawing.h"
#include "wirewatch/cli/terminal.h"

namespace wirewatch::cli {
namespace {

void Print(const v1::TapResponse& tapped, bool json) {
  if (json) return PrintJson(tapped);
  if (tapped.skipped() > 0) std::printf("(%s not shown)\n", std::to_string(tapped.skipped()).c_str());
  std::printf("%s\n", DrawItem(tapped.item(), {}, Columns()).c_str());
  std::fflush(stdout);
}

}  // namespace

int Tap(const TapArguments& arguments) {
  BlockInterrupts();
  absl::StatusOr<HostClient> client = HostClient::Find({arguments.store, arguments.pipeline, arguments.server});
  if (!client.ok()) return Complain(client.status());
  v1::TapRequest request;
  request.set_pipeline(client->pipeline());
  request.set_step(arguments.step);
  request.set_when(arguments.when);
  request.set_items_per_second(arguments.rate);
  grpc::ClientContext context;
  uint64_t shown = 0, skipped = 0;
  grpc::Status ended;
  bool stopped = false;
  {
    const Interruption interruption(context);
    HostClient::AddActor(context);
    const auto stream = client->stub<v1::HostService::Stub>().Tap(&context, request);
    for (v1::TapResponse tapped; stream->Read(&tapped);) {
      ++shown;
      skipped += tapped.skipped();
      Print(tapped, arguments.json);
      stopped = shown == arguments.count || std::ferror(stdout) != 0;
      if (stopped) break;
    }
    if (stopped) context.TryCancel();
    ended = stream->Finish();
    stopped = stopped || interruption.happened();
  }
  if (!stopped && !ended.ok()) return Complain(HostClient::FromGrpc(ended));
  std::fprintf(stderr, "%s%s Items shown, %s not shown\n", stopped ? "" : "the host has ended; ",
               std::to_string(shown).c_str(), std::to_string(skipped).c_str());
  return kOk;
}

}  // namespace wirewatch::cli
