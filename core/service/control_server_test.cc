#include "wirewatch/service/control_server.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel_posix.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/service/control_socket.h"
#include "wirewatch/service/host_fixture.h"
#include "wirewatch/v1/host_service.grpc.pb.h"

namespace wirewatch::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Lt;

class ControlServerTest : public ::testing::Test {
 protected:
  ControlServerTest() {
    std::string folder = std::filesystem::temp_directory_path() / "wirewatch-XXXXXX";
    folder_ = mkdtemp(folder.data());
    path_ = ControlSocketPath(folder_ / "desk.db");
  }
  ~ControlServerTest() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }
  void Start() {
    auto started = ControlServer::Start(host_, path_);
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
  }
  std::unique_ptr<v1::HostService::Stub> Connect() {
    const absl::StatusOr<int> descriptor = ConnectToControlSocket(path_);
    EXPECT_TRUE(descriptor.ok()) << descriptor.status();
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, 1 << 20);
    return v1::HostService::NewStub(
        grpc::CreateCustomInsecureChannelFromFd("wirewatch", descriptor.value_or(-1), arguments));
  }

  std::filesystem::path folder_;
  std::filesystem::path path_;
  FakeHost host_;
  std::unique_ptr<ControlServer> server_;
  grpc::ClientContext context_;
};

TEST_F(ControlServerTest, TellsOfTheHostAndItsPipelines) {
  Start();
  const auto stub = Connect();
  v1::GetHostResponse host;
  ASSERT_TRUE(stub->GetHost(&context_, {}, &host).ok());
  EXPECT_TRUE(host.ready());
  EXPECT_EQ(host.budget_limit_bytes(), uint64_t{256} << 20);
  EXPECT_EQ(host.journal_id(), host_.store().JournalId());
  EXPECT_EQ(host.commit_latency().count(), 1000u);

  grpc::ClientContext second, third;
  v1::ListPipelinesResponse pipelines;
  ASSERT_TRUE(stub->ListPipelines(&second, {}, &pipelines).ok());
  ASSERT_EQ(pipelines.pipelines_size(), 1);
  const v1::PipelineStatus& desk = pipelines.pipelines(0);
  EXPECT_EQ(desk.name(), "desk");
  EXPECT_EQ(desk.lag().nanos(), 250'000'000);
  ASSERT_EQ(desk.steps_size(), 4);
  EXPECT_EQ(desk.steps(0).kind(), v1::PLUGIN_KIND_SOURCE);
  EXPECT_EQ(desk.steps(0).items_out(), 999u);
  EXPECT_EQ(desk.steps(2).latency().count(), 1000u);
  EXPECT_EQ(desk.steps(2).counters(0).value(), 5);
  EXPECT_EQ(desk.steps(3).kind(), v1::PLUGIN_KIND_ALERT_CHANNEL);
  EXPECT_EQ(desk.steps(3).waiting_since().seconds(), 1'781'000'000);
  v1::ListPipelinesRequest other;
  other.set_name("other");
  const grpc::Status missing = stub->ListPipelines(&third, other, &pipelines);
  EXPECT_EQ(missing.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(missing.error_message(), HasSubstr("desk"));
}

TEST_F(ControlServerTest, ReloadTellsWhatChangedOrEveryError) {
  Start();
  const auto stub = Connect();
  host_.Set([](FakeHost& host) {
    host.reloaded_ = std::vector<pipeline::ReloadedStep>{{"desk", "", pipeline::ReloadedStep::Change::kChanged},
                                                         {"desk", "watch", pipeline::ReloadedStep::Change::kAdded}};
  });
  v1::ReloadRequest request;
  request.set_dry_run(true);
  v1::ReloadResponse response;
  ASSERT_TRUE(stub->Reload(&context_, request, &response).ok());
  ASSERT_EQ(response.steps_size(), 2);
  EXPECT_EQ(response.steps(1).step(), "watch");
  EXPECT_EQ(response.steps(1).change(), v1::RELOAD_CHANGE_ADDED);
  host_.Set([](const FakeHost& host) { EXPECT_EQ(host.dry_runs_, 1); });

  std::string errors;
  for (int i = 0; i < 300; ++i) absl::StrAppend(&errors, "desk.yaml:", i, ":3: there is no plugin “watsch”\n");
  host_.Set([&](FakeHost& host) { host.reloaded_ = absl::InvalidArgumentError(errors); });
  grpc::ClientContext second;
  const grpc::Status failed = stub->Reload(&second, {}, &response);
  EXPECT_EQ(failed.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(failed.error_message(), errors);

  host_.Set([&](FakeHost& host) { host.reloaded_ = absl::InvalidArgumentError(std::string(1 << 20, '\n')); });
  grpc::ClientContext third;
  const grpc::Status cut = stub->Reload(&third, {}, &response);
  EXPECT_EQ(cut.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(cut.error_message(), HasSubstr("… and more"));
}

TEST_F(ControlServerTest, TapStreamsUntilTheHostEnds) {
  Start();
  const auto stub = Connect();
  v1::TapRequest request;
  request.set_step("watch");
  request.set_when("language:en");
  request.set_items_per_second(5);
  const auto stream = stub->Tap(&context_, request);
  stream->WaitForInitialMetadata();
  pipeline::TappedItem tapped;
  tapped.item.set_headline("Bridge closed");
  tapped.skipped = 3;
  host_.tap_->Put(tapped);
  v1::TapResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.item().headline(), "Bridge closed");
  EXPECT_EQ(response.skipped(), 3u);
  host_.Set([](const FakeHost& host) {
    EXPECT_EQ(host.tapped_.pipeline, "desk");
    EXPECT_EQ(host.tapped_.when.text(), "language:en");
    EXPECT_EQ(host.tapped_.items_per_second, 5);
  });
  host_.tap_->End();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ControlServerTest, TapsThatCannotBeAreRefused) {
  Start();
  const auto stub = Connect();
  const auto refused = [&stub](const v1::TapRequest& request) {
    grpc::ClientContext context;
    return stub->Tap(&context, request)->Finish();
  };
  v1::TapRequest request;
  request.set_step("nothing");
  EXPECT_EQ(refused(request).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(refused(request).error_message(), HasSubstr("language and watch"));
  request.set_step("watch");
  request.set_when("headline:(");
  EXPECT_EQ(refused(request).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.clear_when();
  request.set_items_per_second(-1);
  EXPECT_EQ(refused(request).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.clear_items_per_second();
  host_.Set([](FakeHost& host) { host.pipelines_.push_back(SampleProgress("second")); });
  EXPECT_THAT(refused(request).error_message(), HasSubstr("desk, second"));
}

TEST_F(ControlServerTest, QuarantineIsShownRetriedAndDropped) {
  v1::Item item;
  item.set_headline("Bridge closed");
  for (uint64_t position = 1; position <= 3; ++position) {
    PutIntoQuarantine(host_.store(), position, "watch", "error", item);
  }
  Start();
  const auto stub = Connect();
  v1::ListQuarantineResponse listed;
  ASSERT_TRUE(stub->ListQuarantine(&context_, {}, &listed).ok());
  EXPECT_EQ(listed.total(), 3u);
  grpc::ClientContext show, retry, drop, missing;
  v1::GetQuarantinedRequest one;
  one.set_id(1);
  v1::GetQuarantinedResponse shown;
  ASSERT_TRUE(stub->GetQuarantined(&show, one, &shown).ok());
  EXPECT_EQ(shown.entry().item().headline(), "Bridge closed");
  v1::RetryQuarantinedRequest retried;
  retried.add_ids(1);
  v1::RetryQuarantinedResponse retries;
  ASSERT_TRUE(stub->RetryQuarantined(&retry, retried, &retries).ok());
  EXPECT_EQ(retries.retried(), 1u);
  host_.Set([](const FakeHost& host) { EXPECT_EQ(host.wakes_, 1); });
  v1::DropQuarantinedRequest dropped;
  dropped.add_ids(2);
  dropped.add_ids(99);
  v1::DropQuarantinedResponse drops;
  EXPECT_EQ(stub->DropQuarantined(&missing, dropped, &drops).error_code(), grpc::StatusCode::NOT_FOUND);
  dropped.mutable_ids()->RemoveLast();
  ASSERT_TRUE(stub->DropQuarantined(&drop, dropped, &drops).ok());
  EXPECT_EQ(drops.dropped(), 1u);
}

TEST_F(ControlServerTest, SocketIsPrivateAndGoesWithTheServer) {
  const mode_t before = umask(0);
  Start();
  umask(before);
  struct stat made {};
  ASSERT_EQ(stat(path_.c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 0777, 0600u);
  server_.reset();
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(ControlServerTest, OnlyAStaleSocketIsReplaced) {
  Start();
  EXPECT_TRUE(absl::IsFailedPrecondition(ControlServer::Start(host_, path_).status()));
  // What a killed host leaves.
  std::filesystem::rename(path_, folder_ / "kept");
  server_.reset();
  ASSERT_TRUE(std::filesystem::exists(folder_ / "kept"));
  std::filesystem::rename(folder_ / "kept", path_);
  EXPECT_TRUE(absl::IsUnavailable(ConnectToControlSocket(path_).status()));
  Start();
  server_.reset();
  std::ofstream(path_) << "precious";
  EXPECT_TRUE(absl::IsAlreadyExists(ControlServer::Start(host_, path_).status()));
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(ControlServerTest, PathsThatAreTooLongAreRefused) {
  const std::filesystem::path path = folder_ / std::string(120, 'x');
  EXPECT_TRUE(absl::IsInvalidArgument(ControlServer::Start(host_, path).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ConnectToControlSocket(path).status()));
  EXPECT_TRUE(absl::IsNotFound(ConnectToControlSocket(path_).status()));
}

TEST_F(ControlServerTest, ClientsThatHangDoNotHoldItUp) {
  Start();
  const absl::StatusOr<int> silent = ConnectToControlSocket(path_);
  const auto stub = Connect();
  v1::TapRequest request;
  request.set_step("watch");
  const auto stream = stub->Tap(&context_, request);
  stream->WaitForInitialMetadata();
  // Nobody reads what is written.
  pipeline::TappedItem tapped;
  tapped.item.set_body(std::string(4 << 20, 'x'));
  for (int i = 0; i < 4; ++i) host_.tap_->Put(tapped);
  const absl::Time begun = absl::Now();
  server_.reset();
  EXPECT_THAT(absl::Now() - begun, Lt(absl::Seconds(20)));
  close(*silent);
  v1::TapResponse response;
  while (stream->Read(&response)) {
  }
  (void)stream->Finish();
}

}  // namespace
}  // namespace wirewatch::service
