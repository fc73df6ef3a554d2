// A host with a journal, served on its Unix socket, and clients of it.
#ifndef WIREWATCH_SERVICE_ALERT_SERVICE_FIXTURE_H_
#define WIREWATCH_SERVICE_ALERT_SERVICE_FIXTURE_H_

#include <grpcpp/create_channel_posix.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/service/control_server.h"
#include "wirewatch/service/control_socket.h"
#include "wirewatch/service/host_fixture.h"
#include "wirewatch/v1/alert_service.grpc.pb.h"

namespace wirewatch::service {

inline std::string AlertId(int number) { return absl::StrCat(absl::Hex(number, absl::kZeroPad16), "00112233aabbccdd"); }

// One Alert of the pipeline "desk", raised by the watch "floods" at second `number`.
inline v1::AlertEvent RaisedEvent(int number) {
  v1::AlertEvent event;
  event.set_alert_id(AlertId(number));
  event.set_type(v1::ALERT_EVENT_TYPE_RAISED);
  alerts::SetTime(event.mutable_at(), absl::FromUnixSeconds(number));
  v1::Alert& alert = *event.mutable_alert();
  alert.set_id(AlertId(number));
  alert.set_pipeline("desk");
  alert.set_kind(v1::ALERT_KIND_HIT);
  alert.set_status(v1::ALERT_STATUS_OPEN);
  alert.set_severity(v1::SEVERITY_MEDIUM);
  alert.set_title(absl::StrCat("floods: Alert ", number));
  alerts::SetTime(alert.mutable_raised(), absl::FromUnixSeconds(number));
  alert.add_watch_ids("floods");
  return event;
}

class AlertServiceTest : public ::testing::Test {
 protected:
  using Reader = grpc::ClientReader<v1::SubscribeResponse>;

  // A call and what it needs.
  struct Call {
    grpc::ClientContext context;
    std::unique_ptr<v1::AlertService::Stub> stub;
    std::unique_ptr<Reader> reader;

    // The next message; one that is empty when the stream has ended.
    v1::SubscribeResponse Next() {
      v1::SubscribeResponse response;
      if (!reader->Read(&response)) response.Clear();
      return response;
    }
    // Sequence number of the next event, passing heartbeats over; 0 when there is none.
    uint64_t NextEvent() {
      for (;;) {
        const v1::SubscribeResponse response = Next();
        if (response.has_heartbeat()) continue;
        return response.event().sequence();
      }
    }
    std::vector<uint64_t> Events(size_t count) {
      std::vector<uint64_t> sequences;
      while (sequences.size() < count) sequences.push_back(NextEvent());
      return sequences;
    }
    grpc::Status Finish() {
      v1::SubscribeResponse rest;
      while (reader->Read(&rest)) continue;
      return reader->Finish();
    }
    void Leave() {
      context.TryCancel();
      Finish();
    }
  };

  AlertServiceTest() {
    std::string folder = std::filesystem::temp_directory_path() / "wirewatch-XXXXXX";
    folder_ = mkdtemp(folder.data());
    path_ = ControlSocketPath(folder_ / "desk.db");
    StartHost();
  }
  ~AlertServiceTest() override {
    StopHost();
    std::filesystem::remove_all(folder_);
  }
  void StartHost() {
    host_ = std::make_unique<FakeHost>(folder_ / "desk.db");
    auto started = ControlServer::Start(*host_, path_);
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    stub_ = NewStub();
  }
  void StopHost() {
    stub_.reset();
    server_.reset();
    host_.reset();
  }

  std::unique_ptr<v1::AlertService::Stub> NewStub() const {
    absl::StatusOr<int> descriptor = ConnectToControlSocket(path_);
    // Many at once are more than may wait to be let in.
    for (int i = 0; absl::IsDeadlineExceeded(descriptor.status()) && i < 1000; ++i) {
      absl::SleepFor(absl::Milliseconds(10));
      descriptor = ConnectToControlSocket(path_);
    }
    EXPECT_TRUE(descriptor.ok()) << descriptor.status();
    return v1::AlertService::NewStub(grpc::CreateInsecureChannelFromFd("wirewatch", descriptor.value_or(-1)));
  }
  // On a connection of its own. Ends by itself after half a minute, so that a test that waits in vain ends.
  std::unique_ptr<Call> Subscribe(const v1::SubscribeRequest& request = {}) const {
    auto call = std::make_unique<Call>();
    call->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    call->stub = NewStub();
    call->reader = call->stub->Subscribe(&call->context, request);
    return call;
  }
  static v1::SubscribeRequest AfterSequence(uint64_t sequence) {
    v1::SubscribeRequest request;
    request.set_after_sequence(sequence);
    return request;
  }
  static v1::SubscribeRequest Named(const std::string& name) {
    v1::SubscribeRequest request;
    request.set_subscription_name(name);
    return request;
  }
  // Subscribed, and has been told that it is live.
  std::unique_ptr<Call> SubscribeLive(const v1::SubscribeRequest& request = {}) const {
    std::unique_ptr<Call> call = Subscribe(request);
    EXPECT_TRUE(call->Next().heartbeat().live());
    return call;
  }

  // Makes events of the pipeline durable and tells of them, as the host's committer does.
  void Commit(const std::vector<v1::AlertEvent>& events, const std::vector<v1::Item>& items = {}) {
    store::EpochWrites epoch;
    epoch.pipeline = "desk";
    epoch.last_position = position_ += 10;
    epoch.last_arrival = absl::FromUnixSeconds(1'000'000);
    uint64_t sequence = host_->store().Journal()->end;
    for (const v1::AlertEvent& event : events) {
      epoch.journal.push_back({.sequence = ++sequence,
                               .alert_id = event.alert_id(),
                               .at = alerts::GetTime(event.at()),
                               .event = event.SerializeAsString()});
    }
    for (size_t i = 0; i < items.size(); ++i) {
      epoch.items.push_back({.position = position_ - 9 + i,
                             .id = items[i].id(),
                             .version = items[i].version(),
                             .content_hash = "h",
                             .item = items[i].SerializeAsString()});
    }
    const absl::Status done = host_->store().Commit(std::span(&epoch, 1));
    ASSERT_TRUE(done.ok()) << done;
    if (!events.empty()) host_->journal_news().Tell();
  }
  void Raise(int first, int last) {
    std::vector<v1::AlertEvent> events;
    for (int number = first; number <= last; ++number) events.push_back(RaisedEvent(number));
    Commit(events);
  }
  std::string journal_id() const { return host_->store().JournalId(); }
  grpc::Status Advance(const std::string& name, uint64_t sequence, const std::string& journal) const {
    grpc::ClientContext context;
    v1::AdvanceRequest request;
    v1::AdvanceResponse response;
    request.set_subscription_name(name);
    request.set_sequence(sequence);
    request.set_journal_id(journal);
    return stub_->Advance(&context, request, &response);
  }
  grpc::Status Advance(const std::string& name, uint64_t sequence) const {
    return Advance(name, sequence, journal_id());
  }
  v1::AlertStatsResponse Stats(const v1::AlertStatsRequest& request = {}) const {
    grpc::ClientContext context;
    v1::AlertStatsResponse response;
    const grpc::Status done = stub_->Stats(&context, request, &response);
    EXPECT_TRUE(done.ok()) << done.error_message();
    return response;
  }
  // Until the condition holds, or ten seconds have passed.
  static bool Eventually(const std::function<bool()>& condition) {
    const absl::Time end = absl::Now() + absl::Seconds(10);
    while (!condition() && absl::Now() < end) absl::SleepFor(absl::Milliseconds(5));
    return condition();
  }

  std::filesystem::path folder_, path_;
  std::unique_ptr<FakeHost> host_;
  std::unique_ptr<ControlServer> server_;
  std::unique_ptr<v1::AlertService::Stub> stub_;
  uint64_t position_ = 0;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_ALERT_SERVICE_FIXTURE_H_
