// IngestService over the host's socket, in front of a pipeline that runs.
#include "wirewatch/service/ingest_service.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel_posix.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/pipeline/push_fixture.h"
#include "wirewatch/service/control_server.h"
#include "wirewatch/service/control_socket.h"
#include "wirewatch/service/host_fixture.h"
#include "wirewatch/service/ingest_batch.h"
#include "wirewatch/service/ingest_record.h"

namespace wirewatch::service {
namespace {

using pipeline::PushDefinition;
using pipeline::Story;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::IngestRequest Request(uint64_t ref, v1::Item item) {
  v1::IngestRequest request;
  request.set_client_ref(ref);
  *request.mutable_item() = std::move(item);
  return request;
}

class IngestServiceTest : public ::testing::Test {
 protected:
  using Stream = grpc::ClientReaderWriter<v1::IngestRequest, v1::IngestResponse>;
  // A call that ends by itself after a minute, so that a test that waits in vain ends.
  struct Call {
    grpc::ClientContext context;
    std::unique_ptr<Stream> stream;

    std::map<uint64_t, v1::IngestResponse> ReadAll() {
      std::map<uint64_t, v1::IngestResponse> answers;
      v1::IngestResponse answer;
      while (stream->Read(&answer)) {
        EXPECT_TRUE(answers.emplace(answer.client_ref(), answer).second) << answer.client_ref();
      }
      return answers;
    }
  };

  IngestServiceTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "wirewatch-ingest-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    host_ = std::make_unique<FakeHost>(folder_ / "desk.db");
    Start(PushDefinition());
    auto started = ControlServer::Start(*host_, ControlSocketPath(folder_ / "desk.db"));
    EXPECT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    channel_ = Connect();
    stub_ = v1::IngestService::NewStub(channel_);
  }
  ~IngestServiceTest() override {
    server_.reset();
    pipeline_.reset();
    host_.reset();
    std::filesystem::remove_all(folder_);
  }

  // In place of the one that runs, as a reload would put it there.
  void Start(pipeline::Definition definition, absl::Duration commit_gap = absl::Milliseconds(1)) {
    pipeline::RunOptions options;
    options.store = &host_->store();
    options.push_lanes = &lanes_;
    options.commit_gap = commit_gap;
    const absl::Status paused = pipeline_ == nullptr ? absl::OkStatus() : pipeline_->Pause(absl::Seconds(60));
    ASSERT_TRUE(paused.ok()) << paused;
    auto prepared = pipeline::Pipeline::Prepare(std::move(definition), options);
    ASSERT_TRUE(prepared.ok()) << prepared.status();
    if (pipeline_ != nullptr) pipeline_->Retire();
    pipeline_ = *std::move(prepared);
    pipeline_->Go();
    host_->Set([this](FakeHost& host) { host.lane_ = pipeline_->Pushes().Lane("push"); });
  }
  std::shared_ptr<grpc::Channel> Connect() const {
    const absl::StatusOr<int> descriptor = ConnectToControlSocket(ControlSocketPath(folder_ / "desk.db"));
    EXPECT_TRUE(descriptor.ok()) << descriptor.status();
    return grpc::CreateInsecureChannelFromFd("wirewatch", descriptor.value_or(-1));
  }
  std::unique_ptr<Call> Open() const {
    auto call = std::make_unique<Call>();
    call->context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
    call->stream = stub_->Ingest(&call->context);
    return call;
  }
  grpc::Status PushAll(const std::vector<v1::Item>& items, v1::IngestBatchResponse& response,
                       const std::string& pipeline = "desk",
                       std::chrono::milliseconds patience = std::chrono::minutes(1)) const {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + patience);
    v1::IngestBatchRequest request;
    for (const v1::Item& item : items) {
      *request.add_items() = Request(100 + static_cast<uint64_t>(request.items_size()), item);
    }
    if (request.items_size() > 0) request.mutable_items(0)->set_pipeline(pipeline);
    return stub_->IngestBatch(&context, request, &response);
  }
  uint64_t Archived() const { return host_->store().ReadItems("desk", 0, 100'000)->size(); }

  std::filesystem::path folder_;
  std::unique_ptr<FakeHost> host_;
  pipeline::PushLanes lanes_;
  std::unique_ptr<pipeline::Pipeline> pipeline_;
  std::unique_ptr<ControlServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::IngestService::Stub> stub_;
};

// Names the pipeline, in the first one only.
bool Write(grpc::ClientReaderWriter<v1::IngestRequest, v1::IngestResponse>& stream, uint64_t ref, v1::Item item,
           bool first) {
  v1::IngestRequest request = Request(ref, std::move(item));
  if (first) request.set_pipeline("desk");
  return stream.Write(request);
}

TEST_F(IngestServiceTest, AStreamIsAnsweredToItsEnd) {
  const std::unique_ptr<Call> call = Open();
  std::thread writer([&] {
    for (uint64_t ref = 0; ref < 10'000; ++ref) {
      ASSERT_TRUE(Write(*call->stream, ref, Story(absl::StrCat(ref / 2), "Story"), ref == 0));
    }
    call->stream->WritesDone();
  });
  const std::map<uint64_t, v1::IngestResponse> answers = call->ReadAll();
  writer.join();
  const grpc::Status status = call->stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(answers.size(), 10'000u);
  for (const auto& [ref, answer] : answers) {
    EXPECT_EQ(answer.outcome(), ref % 2 == 0 ? v1::INGEST_OUTCOME_ACCEPTED : v1::INGEST_OUTCOME_DUPLICATE);
  }
  EXPECT_EQ(Archived(), 5000u);
}

TEST_F(IngestServiceTest, AnEmptyStreamEndsWell) {
  const std::unique_ptr<Call> call = Open();
  call->stream->WritesDone();
  EXPECT_TRUE(call->ReadAll().empty());
  EXPECT_TRUE(call->stream->Finish().ok());
}

TEST_F(IngestServiceTest, WhoGoesAwayHarmsNobody) {
  for (int turn = 0; turn < 20; ++turn) {
    const std::unique_ptr<Call> call = Open();
    std::thread writer([&] {
      for (uint64_t ref = 0; ref < 2000; ++ref) {
        if (!Write(*call->stream, ref, Story(absl::StrCat(turn, "/", ref), "Story"), ref == 0)) break;
      }
    });
    v1::IngestResponse answer;
    for (int i = 0; i < turn * 20; ++i) ASSERT_TRUE(call->stream->Read(&answer));
    call->context.TryCancel();
    writer.join();
    EXPECT_EQ(call->stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  v1::IngestBatchResponse response;
  EXPECT_TRUE(PushAll({Story("last", "Last")}, response).ok());
  EXPECT_EQ(response.results(0).outcome(), v1::INGEST_OUTCOME_ACCEPTED);
}

TEST_F(IngestServiceTest, AStreamIsNotReadOnWhenNothingIsTakenIn) {
  constexpr uint64_t kRecords = 2000, kBytes = 64 << 10;
  Start(PushDefinition({10, 1 << 20}));
  ASSERT_TRUE(pipeline_->Pause(absl::Seconds(60)).ok());
  const std::unique_ptr<Call> call = Open();
  std::atomic<uint64_t> written{0};
  std::thread writer([&] {
    for (uint64_t ref = 0; ref < kRecords; ++ref, ++written) {
      ASSERT_TRUE(Write(*call->stream, ref, Story(absl::StrCat(ref), "Story", std::string(kBytes, 'x')), ref == 0));
    }
    call->stream->WritesDone();
  });
  uint64_t before = 1;
  while (written == 0 || before != written) {
    before = written;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  // What lies in the sockets and in gRPC's windows, beside what the source lets wait.
  EXPECT_LT(written, kRecords / 4);
  pipeline_->Resume();
  EXPECT_EQ(call->ReadAll().size(), kRecords);
  writer.join();
  EXPECT_TRUE(call->stream->Finish().ok());
  EXPECT_EQ(Archived(), kRecords);
}

TEST_F(IngestServiceTest, AReloadIsNotNoticed) {
  const std::unique_ptr<Call> call = Open();
  std::thread writer([&] {
    for (uint64_t ref = 0; ref < 5000; ++ref) {
      ASSERT_TRUE(Write(*call->stream, ref, Story(absl::StrCat(ref), "Story"), ref == 0));
    }
    call->stream->WritesDone();
  });
  std::atomic<bool> over{false};
  std::thread reloading([&] {
    for (int turn = 0; turn < 10 && !over; ++turn) Start(PushDefinition());
  });
  EXPECT_EQ(call->ReadAll().size(), 5000u);
  over = true;
  writer.join();
  reloading.join();
  const grpc::Status status = call->stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(Archived(), 5000u);
}

TEST_F(IngestServiceTest, SlowCommitsHoldUpAnswersOnly) {
  Start(PushDefinition(), absl::Milliseconds(150));
  const std::unique_ptr<Call> call = Open();
  ASSERT_TRUE(Write(*call->stream, 1, Story("1", "Story"), true));
  v1::IngestResponse answer;
  ASSERT_TRUE(call->stream->Read(&answer));
  const absl::Time begun = absl::Now();
  for (uint64_t ref = 2; ref <= 100; ++ref) {
    ASSERT_TRUE(Write(*call->stream, ref, Story(absl::StrCat(ref), "Story"), false));
  }
  call->stream->WritesDone();
  EXPECT_EQ(call->ReadAll().size(), 99u);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(5));  // together, not one after another
  EXPECT_TRUE(call->stream->Finish().ok());
}

TEST_F(IngestServiceTest, AStreamThatCannotBeTakenSaysWhyAfterItsAnswers) {
  const std::unique_ptr<Call> call = Open();
  ASSERT_TRUE(Write(*call->stream, 1, Story("1", "Story"), true));
  v1::IngestRequest other = Request(2, Story("2", "Story"));
  other.set_pipeline("dest");
  ASSERT_TRUE(call->stream->Write(other));
  EXPECT_EQ(call->ReadAll().size(), 1u);
  const grpc::Status status = call->stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "there is no pipeline \"dest\"; there is \"desk\"");
}

TEST_F(IngestServiceTest, BytesThatAreNoMessageEndTheStreamWithAnError) {
  grpc::GenericStub generic(channel_);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto call = generic.PrepareCall(&context, "/wirewatch.v1.IngestService/Ingest", &queue);
  const auto next = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  call->StartCall(nullptr);
  ASSERT_TRUE(next());
  const grpc::Slice slice("\xff\xff\xff");
  call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
  ASSERT_TRUE(next());
  grpc::Status status;
  call->Finish(&status, nullptr);
  ASSERT_TRUE(next());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "a message cannot be parsed");
}

TEST_F(IngestServiceTest, ABatchIsAnsweredInOrder) {
  v1::Item forged = Story("a", "One");
  forged.set_id("mine");
  forged.set_version(77);
  forged.add_watch_hits()->set_watch_id("forged");
  forged.mutable_story()->set_story_id("forged");
  v1::IngestBatchResponse response;
  const grpc::Status status = PushAll(
      {forged, Story("b", "fail"), v1::Item(), Story("a", "One"), Story("c", "drop"), Story("a", "Two")}, response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  std::vector<v1::IngestOutcome> outcomes;
  for (int i = 0; i < response.results_size(); ++i) {
    outcomes.push_back(response.results(i).outcome());
    EXPECT_EQ(response.results(i).client_ref(), 100u + static_cast<uint64_t>(i));
  }
  EXPECT_THAT(outcomes,
              ElementsAre(v1::INGEST_OUTCOME_ACCEPTED, v1::INGEST_OUTCOME_QUARANTINED, v1::INGEST_OUTCOME_REJECTED,
                          v1::INGEST_OUTCOME_DUPLICATE, v1::INGEST_OUTCOME_DROPPED, v1::INGEST_OUTCOME_NEW_VERSION));
  EXPECT_EQ(response.results(2).failure().message(), "the Item says nothing: give it alt_ids, an address or text");
  EXPECT_EQ(response.results(5).item_version(), 2u);
  v1::Item archived;
  ASSERT_TRUE(archived.ParseFromString(**host_->store().ReadItem("desk", response.results(0).item_id(), 1)));
  EXPECT_NE(archived.id(), "mine");
  EXPECT_EQ(archived.watch_hits_size(), 0);
  EXPECT_FALSE(archived.has_story());
}

TEST_F(IngestServiceTest, ABatchThatIsWrongPushesNothing) {
  v1::IngestBatchResponse response;
  EXPECT_EQ(PushAll({Story("a", "One")}, response, "dest").error_code(), grpc::StatusCode::NOT_FOUND);
  const grpc::Status many = PushAll(std::vector<v1::Item>(kMostInBatch + 1, Story("a", "One")), response);
  EXPECT_EQ(many.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(many.error_message(), HasSubstr("1001 Items; a call has at most 1000"));
  const grpc::Status large = PushAll({Story("a", "One", std::string(kLargestBatch, 'x'))}, response);
  EXPECT_EQ(large.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(pipeline_->Snapshot().position, 0u);
}

TEST_F(IngestServiceTest, WhatIsTooLargeIsRejectedAndTheStreamGoesOn) {
  const std::unique_ptr<Call> call = Open();
  v1::IngestRequest request = Request(1, Story("a", "One"));
  request.set_pipeline("desk");
  request.set_raw(std::string(kLargestRaw + 1, 'x'));
  ASSERT_TRUE(call->stream->Write(request));
  ASSERT_TRUE(Write(*call->stream, 2, Story("b", "Two", std::string(kLargestItem, 'x')), false));
  request = Request(3, Story("a", "One"));
  request.set_raw(std::string(kLargestRaw, 'x'));
  ASSERT_TRUE(call->stream->Write(request));
  call->stream->WritesDone();
  const std::map<uint64_t, v1::IngestResponse> answers = call->ReadAll();
  EXPECT_TRUE(call->stream->Finish().ok());
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers.at(1).outcome(), v1::INGEST_OUTCOME_REJECTED);
  EXPECT_THAT(answers.at(1).failure().message(), HasSubstr("raw has 16777217 bytes; at most 16777216 are taken"));
  EXPECT_EQ(answers.at(2).outcome(), v1::INGEST_OUTCOME_REJECTED);
  EXPECT_EQ(answers.at(3).outcome(), v1::INGEST_OUTCOME_ACCEPTED);
}

TEST_F(IngestServiceTest, ABatchWaitsAndThenSaysWhatIsFull) {
  Start(PushDefinition({2, 1 << 20}));
  ASSERT_TRUE(pipeline_->Pause(absl::Seconds(60)).ok());
  const std::vector<v1::Item> items = {Story("a", "One"), Story("b", "Two"), Story("c", "Three")};
  v1::IngestBatchResponse response;
  const grpc::Status full = PushAll(items, response, "desk", std::chrono::milliseconds(600));
  EXPECT_EQ(full.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(full.error_message(), HasSubstr("3 of 3 were not durable in time: 2 records wait for the source already "
                                              "(max_pending); push all again"));
  EXPECT_THAT(full.error_details(), HasSubstr("RetryInfo"));
  pipeline_->Resume();
  const grpc::Status done = PushAll(items, response);
  EXPECT_TRUE(done.ok()) << done.error_message();
  EXPECT_EQ(response.results(0).outcome(), v1::INGEST_OUTCOME_DUPLICATE);
  EXPECT_EQ(response.results(2).outcome(), v1::INGEST_OUTCOME_ACCEPTED);
  ASSERT_TRUE(pipeline_->Pause(absl::Seconds(60)).ok());
  const grpc::Status late = PushAll({Story("d", "Four")}, response, "desk", std::chrono::milliseconds(600));
  EXPECT_EQ(late.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(late.error_message(), HasSubstr("1 of 1 were not durable in time: the pipeline is busy"));
  pipeline_->Resume();
}

TEST_F(IngestServiceTest, IdleStreamsCostNoThread) {
  const auto threads = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {}); };
  const auto before = threads();
  std::vector<std::unique_ptr<Call>> calls;
  for (uint64_t i = 0; i < 1000; ++i) {
    calls.push_back(Open());
    ASSERT_TRUE(Write(*calls.back()->stream, i, Story(absl::StrCat(i), "Story"), true));
  }
  for (const auto& call : calls) {
    v1::IngestResponse answer;
    ASSERT_TRUE(call->stream->Read(&answer));
  }
  EXPECT_LT(threads(), before + 50);
  server_.reset();
  for (const auto& call : calls) {
    EXPECT_TRUE(call->ReadAll().empty());
    EXPECT_EQ(call->stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  }
}

TEST_F(IngestServiceTest, APipelineThatEndsEndsItsStreams) {
  const std::unique_ptr<Call> call = Open();
  ASSERT_TRUE(Write(*call->stream, 1, Story("1", "Story"), true));
  v1::IngestResponse answer;
  ASSERT_TRUE(call->stream->Read(&answer));
  ASSERT_TRUE(pipeline_->Pause(absl::Seconds(60)).ok());
  ASSERT_TRUE(Write(*call->stream, 2, Story("2", "Story"), false));
  pipeline_->Stop();
  EXPECT_TRUE(call->ReadAll().empty());
  const grpc::Status status = call->stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(status.error_message(), "\"desk\" has come to its end");
}

}  // namespace
}  // namespace wirewatch::service
