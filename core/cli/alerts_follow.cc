// `wirewatch alerts follow`: prints events as they come, over restarts of the host. What was printed is not printed
// again: without a name the next stream begins after the last sequence number, with a name the host is told how far it
// got.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/cli/alerts_commands.h"
#include "wirewatch/cli/alerts_drawing.h"
#include "wirewatch/cli/alerts_filter.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/host_client.h"
#include "wirewatch/cli/interruption.h"
#include "wirewatch/cli/terminal.h"

namespace wirewatch::cli {
namespace {

using Stub = v1::AlertService::Stub;

// A named subscription is advanced when so many events were printed, and whenever there is a pause.
constexpr uint64_t kAdvanceEvery = 100;
constexpr absl::Duration kFirstBackoff = absl::Milliseconds(500), kLongestBackoff = absl::Seconds(30);

class Follower {
 public:
  Follower(const AlertsArguments& arguments, v1::SubscribeRequest request)
      : arguments_(arguments), request_(std::move(request)) {}

  int Run() {
    absl::Duration backoff = kFirstBackoff;
    while (true) {
      const uint64_t before = printed_;
      const absl::Status ended = Once();
      if (done_) return kOk;
      // A host that is not there yet at the start is most likely misnamed.
      const bool passes = absl::IsUnavailable(ended) || absl::IsCancelled(ended) || absl::IsResourceExhausted(ended);
      if (!connected_ || !passes) return Complain(ended);
      backoff = printed_ > before ? kFirstBackoff : std::min(2 * backoff, kLongestBackoff);
      std::fprintf(stderr, "%s; again in %s\n", std::string(ended.message()).c_str(),
                   absl::FormatDuration(backoff).c_str());
      if (WaitForInterrupt(backoff)) return kOk;
    }
  }

 private:
  // One stream, to its end.
  absl::Status Once() {
    absl::StatusOr<HostClient> client = HostClient::Find({arguments_.store, arguments_.pipeline, arguments_.server});
    if (!client.ok()) return connected_ ? absl::UnavailableError(client.status().message()) : client.status();
    if (!client->pipeline().empty() && request_.filter().pipelines().empty()) {
      request_.mutable_filter()->add_pipelines(client->pipeline());
    }
    grpc::ClientContext context;
    HostClient::AddActor(context);
    const Interruption interruption(context);
    const auto stream = client->stub<Stub>().Subscribe(&context, request_);
    for (v1::SubscribeResponse response; !done_ && stream->Read(&response);) {
      connected_ = true;
      if (absl::Status taken = Take(*client, response); !taken.ok()) {
        context.TryCancel();
        stream->Finish();
        return taken;
      }
    }
    if (done_) context.TryCancel();
    const grpc::Status ended = stream->Finish();
    if (done_ || interruption.happened()) {
      done_ = true;
      return Advance(*client);
    }
    return ended.ok() ? absl::UnavailableError("the host has ended") : HostClient::FromGrpc(ended);
  }

  absl::Status Take(HostClient& client, const v1::SubscribeResponse& response) {
    if (arguments_.json && (arguments_.heartbeats || !response.has_heartbeat())) PrintJson(response);
    if (response.has_event()) {
      TakeEvent(response);
    } else if (response.has_gap()) {
      std::fprintf(stderr, "a gap: %s to %s are no longer kept\n", absl::StrCat(response.gap().from()).c_str(),
                   absl::StrCat(response.gap().to()).c_str());
      position_ = std::max(position_, response.gap().to());
    } else if (response.has_heartbeat()) {
      TakeHeartbeat(response.heartbeat());
    }
    if (std::ferror(stdout) != 0) done_ = true;
    const bool pause = response.has_heartbeat() || position_ >= advanced_ + kAdvanceEvery;
    return pause || done_ ? Advance(client) : absl::OkStatus();
  }

  void TakeEvent(const v1::SubscribeResponse& response) {
    const v1::AlertEvent& event = response.event();
    if (!arguments_.json) {
      std::printf("%s", DrawEvent(event, Columns()).c_str());
      std::fflush(stdout);
    }
    position_ = event.sequence();
    journal_id_ = event.journal_id();
    ResumeAfter(position_);
    done_ = ++printed_ == arguments_.count;
  }

  void TakeHeartbeat(const v1::Heartbeat& heartbeat) {
    journal_id_ = heartbeat.journal_id();
    // Nothing that the filter lets through is behind it.
    position_ = std::max(position_, heartbeat.sequence());
    ResumeAfter(position_);
    if (arguments_.heartbeats && !arguments_.json) {
      std::printf("%8s  %s  %s\n", absl::StrCat(heartbeat.sequence()).c_str(),
                  absl::FormatTime("%Y-%m-%d %H:%M:%S", alerts::GetTime(heartbeat.at()), absl::UTCTimeZone()).c_str(),
                  heartbeat.live() ? "live" : "catching up");
      std::fflush(stdout);
    }
  }

  void ResumeAfter(uint64_t sequence) {
    if (!arguments_.name.empty()) return;
    request_.set_after_sequence(sequence);
    request_.set_journal_id(journal_id_);
  }

  absl::Status Advance(HostClient& client) {
    if (arguments_.name.empty() || position_ <= advanced_) return absl::OkStatus();
    v1::AdvanceRequest request;
    request.set_subscription_name(arguments_.name);
    request.set_sequence(position_);
    request.set_journal_id(journal_id_);
    const auto answer = client.Call(&Stub::Advance, request);
    if (!answer.ok()) return answer.status();
    advanced_ = position_;
    return absl::OkStatus();
  }

  const AlertsArguments& arguments_;
  v1::SubscribeRequest request_;
  std::string journal_id_;
  uint64_t printed_ = 0, position_ = 0, advanced_ = 0;
  bool connected_ = false, done_ = false;
};

}  // namespace

int FollowAlerts(const AlertsArguments& arguments) {
  const int starts = (arguments.since.empty() ? 0 : 1) + (arguments.after == 0 ? 0 : 1) + (arguments.oldest ? 1 : 0) +
                     (arguments.name.empty() ? 0 : 1);
  if (starts > 1) {
    std::fprintf(stderr, "write at most one of --since, --after, --oldest and --name\n");
    return kUsage;
  }
  v1::SubscribeRequest request;
  if (!FillFilter(arguments, *request.mutable_filter())) return kUsage;
  if (!arguments.since.empty() && !FillSince(arguments, *request.mutable_after_time())) return kUsage;
  if (arguments.after > 0 || arguments.oldest) request.set_after_sequence(arguments.after);
  if (!arguments.name.empty()) request.set_subscription_name(arguments.name);
  request.set_client(absl::StrCat("wirewatch alerts follow, process ", getpid()));
  BlockInterrupts();
  return Follower(arguments, std::move(request)).Run();
}

}  // namespace wirewatch::cli
