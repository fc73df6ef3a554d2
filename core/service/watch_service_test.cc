#include "wirewatch/service/watch_service.h"

#include <grpcpp/create_channel_posix.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/service/control_server.h"
#include "wirewatch/service/control_socket.h"
#include "wirewatch/service/host_fixture.h"

namespace wirewatch::service {
namespace {

// Says what it was asked.
class AskedWatches final : public WatchHolder {
 public:
  absl::Status Restore(const Beginning&, State&) override { return {}; }
  absl::Status Apply(std::span<const WatchEdits>, Moment, State&) override { return {}; }
  void Passed(uint64_t) override {}
  void Check(const v1::ApplyWatchesRequest&, v1::ApplyWatchesResponse&) const override {}
  absl::Status List(const v1::ListWatchesRequest& request, v1::ListWatchesResponse& response) const override {
    response.set_next_page_token(request.page_token() + "+");
    return absl::OkStatus();
  }
  absl::Status Get(const v1::GetWatchRequest& request, v1::GetWatchResponse& response) const override {
    response.mutable_watch()->mutable_definition()->set_id(request.id());
    return absl::OkStatus();
  }
  absl::Status Revisions(const v1::ListRevisionsRequest& request, State& committed,
                         v1::ListRevisionsResponse& response) const override {
    if (committed.Put("a", "b").ok()) return absl::InternalError("committed state was written");
    v1::WatchRecord& record = *response.add_watches();
    record.set_author(committed.Get("r/" + request.id())->value_or("nobody"));
    return absl::OkStatus();
  }
  absl::Status Test(const v1::TestWatchRequest&, const std::function<absl::Status(const TryItem&)>& each,
                    v1::TestWatchResponse& response) const override {
    return each([&response](const Document& document) {
      v1::TestedItem& item = *response.add_items();
      item.set_item_id(document.item().id());
      item.set_headline(document.item().headline());
      item.set_position(document.position());
      return true;
    });
  }
  absl::Status Top(const v1::TopWatchesRequest& request, v1::TopWatchesResponse&) const override {
    return absl::InvalidArgumentError(absl::StrCat("limit ", request.limit()));
  }
};

class WatchServiceTest : public ::testing::Test {
 protected:
  WatchServiceTest() {
    std::string folder = std::filesystem::temp_directory_path() / "wirewatch-XXXXXX";
    folder_ = mkdtemp(folder.data());
    const std::filesystem::path path = ControlSocketPath(folder_ / "desk.db");
    host_.watches_ = std::make_shared<AskedWatches>();
    server_ = ControlServer::Start(host_, path).value();
    stub_ =
        v1::WatchService::NewStub(grpc::CreateInsecureChannelFromFd("wirewatch", ConnectToControlSocket(path).value()));
  }
  ~WatchServiceTest() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }
  template <class Request, class Response>
  grpc::Status Call(grpc::Status (v1::WatchService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response& response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    return (stub_.get()->*method)(&context, request, &response);
  }
  // Items "at <position>" at these positions.
  void Archive(const std::vector<uint64_t>& positions, const std::string& author) {
    store::EpochWrites epoch;
    epoch.pipeline = "desk";
    epoch.last_position = positions.back();
    for (const uint64_t position : positions) {
      v1::Item item;
      item.set_headline(absl::StrCat("at ", position));
      epoch.items.push_back({position, absl::StrCat("id-", position), 1, "hash", item.SerializeAsString()});
    }
    epoch.state.push_back({"watch", 1, {{"r/kfor", author}}});
    ASSERT_TRUE(host_.store().Commit(std::span(&epoch, 1)).ok());
  }

  std::filesystem::path folder_;
  FakeHost host_;
  std::unique_ptr<ControlServer> server_;
  std::unique_ptr<v1::WatchService::Stub> stub_;
};

using Stub = v1::WatchService::Stub;

TEST_F(WatchServiceTest, EditsGoToTheHostAndComeBackAsTheyAre) {
  v1::ApplyWatchesResponse edited;
  edited.add_results()->set_id("kfor");
  host_.Set([&](FakeHost& host) { host.edited_ = edited; });
  v1::ChangeWatchRequest change;
  change.mutable_author()->set_author("anna");
  change.mutable_watch()->set_id("kfor");
  change.set_expected_revision(7);
  v1::EditWatchResponse changed;
  ASSERT_TRUE(Call(&Stub::Change, change, changed).ok());
  EXPECT_EQ(changed.watch().definition().id(), "kfor");
  host_.Set([](const FakeHost& host) {
    ASSERT_EQ(host.applied_.edits_size(), 1);
    EXPECT_EQ(host.applied_.author().author(), "anna");
    EXPECT_EQ(host.applied_.edits(0).change().id(), "kfor");
    EXPECT_EQ(host.applied_.edits(0).expected_revision(), 7u);
    EXPECT_LT(host.patience_, absl::Seconds(10));  // the caller's deadline
  });
  v1::RemoveWatchRequest remove;
  remove.set_id("kfor");
  ASSERT_TRUE(Call(&Stub::Remove, remove, changed).ok());
  v1::AddWatchRequest add;
  add.mutable_watch()->set_query("x");
  ASSERT_TRUE(Call(&Stub::Add, add, changed).ok());
  host_.Set([](const FakeHost& host) { EXPECT_EQ(host.applied_.edits(0).add().query(), "x"); });
}

TEST_F(WatchServiceTest, FailuresAreStatuses) {
  v1::ApplyWatchesResponse edited;
  edited.add_results()->mutable_failure()->set_code(static_cast<int>(absl::StatusCode::kAborted));
  edited.mutable_results(0)->mutable_failure()->set_message("somebody was faster");
  host_.Set([&](FakeHost& host) { host.edited_ = edited; });
  v1::EditWatchResponse response;
  const grpc::Status status = Call(&Stub::Add, v1::AddWatchRequest(), response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(status.error_message(), "somebody was faster");
  v1::ApplyWatchesResponse all;
  ASSERT_TRUE(Call(&Stub::Apply, v1::ApplyWatchesRequest(), all).ok());
  EXPECT_TRUE(all.results(0).has_failure());
  host_.Set([&](FakeHost& host) { host.edited_ = absl::UnavailableError("the disk is full"); });
  EXPECT_EQ(Call(&Stub::Apply, v1::ApplyWatchesRequest(), all).error_message(), "the disk is full");
  host_.Set([&](FakeHost& host) { host.watches_ = nullptr; });
  v1::ListWatchesResponse listed;
  EXPECT_EQ(Call(&Stub::List, v1::ListWatchesRequest(), listed).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(WatchServiceTest, ReadsAreOfTheStepAndItsStore) {
  Archive({1, 2}, "anna");
  v1::ListWatchesRequest list;
  list.set_page_token("a");
  v1::ListWatchesResponse listed;
  ASSERT_TRUE(Call(&Stub::List, list, listed).ok());
  EXPECT_EQ(listed.next_page_token(), "a+");
  v1::ListRevisionsRequest revisions;
  revisions.set_id("kfor");
  v1::ListRevisionsResponse known;
  ASSERT_TRUE(Call(&Stub::Revisions, revisions, known).ok());
  EXPECT_EQ(known.watches(0).author(), "anna");
  v1::TopWatchesRequest top;
  top.set_limit(3);
  v1::TopWatchesResponse dearest;
  EXPECT_EQ(Call(&Stub::Top, top, dearest).error_message(), "limit 3");
}

TEST_F(WatchServiceTest, TestsRunOverTextsOrTheArchiveNewestFirst) {
  std::vector<uint64_t> positions;
  for (uint64_t position = 1; position <= 900; position += 3) positions.push_back(position);
  Archive(positions, "anna");
  v1::TestWatchRequest request;
  request.set_recent(700);
  v1::TestWatchResponse response;
  ASSERT_TRUE(Call(&Stub::Test, request, response).ok());
  ASSERT_EQ(response.items_size(), 234);  // 199 to 898
  EXPECT_EQ(response.items(0).headline(), "at 898");
  EXPECT_EQ(response.items(233).position(), 199u);
  request.add_texts("one");
  request.add_texts("two");
  ASSERT_TRUE(Call(&Stub::Test, request, response).ok());
  ASSERT_EQ(response.items_size(), 2);
  EXPECT_EQ(response.items(1).item_id(), "2");
  request.set_recent(1'000'000);
  EXPECT_EQ(Call(&Stub::Test, request, response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace wirewatch::service
