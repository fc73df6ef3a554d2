#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wirewatch/sdk/source.h"
#include "wirewatch/testing/plugin_harness.h"
#include "wirewatch/v1/ingest_service.pb.h"

namespace wirewatch::sources {
namespace {

class NamedTicket final : public PushTicket {
 public:
  explicit NamedTicket(std::string its_name) : name(std::move(its_name)) {}
  void Answer(v1::IngestResponse) override {}
  const std::string name;
};

class Queue final : public PushQueue {
 public:
  std::optional<PushedRecord> Take() override {
    if (records.empty()) return std::nullopt;
    PushedRecord record = std::move(records.front());
    records.pop_front();
    return record;
  }
  int fd() const override { return 77; }
  std::deque<PushedRecord> records;
};

// Keeps "headline/raw/ticket".
class KeptBatch final : public BatchBuilder {
 public:
  v1::Item& NewItem() override { return item_ = {}; }
  void SetTicket(std::unique_ptr<PushTicket> ticket) override {
    ticket_ = dynamic_cast<const NamedTicket&>(*ticket).name;
  }
  void Add(std::string_view raw) override {
    added.push_back(item_.headline() + "/" + std::string(raw) + "/" + std::exchange(ticket_, ""));
  }
  bool full() const override { return added.size() >= 2; }
  void Reject(std::string_view, std::string_view, const absl::Status&) override {}
  void Count(std::string_view, uint64_t) override {}
  std::vector<std::string> added;

 private:
  v1::Item item_;
  std::string ticket_;
};

TEST(PushTest, PassesOnWhatWaitsWithItsTicket) {
  const auto source = testing::CreatePlugin<Source>("{max_pending: 5, max_bytes: 1MiB}", false);
  auto& receiver = dynamic_cast<PushReceiver&>(*source);
  EXPECT_EQ(receiver.push_limits().records, 5u);
  EXPECT_EQ(receiver.push_limits().bytes, uint64_t{1} << 20);
  Queue queue;
  receiver.TakeFrom(queue);
  EXPECT_EQ(source->wait_fd(), 77);
  ASSERT_TRUE(source->Open("").ok());
  for (const char* name : {"a", "b", "c"}) {
    PushedRecord& record = queue.records.emplace_back();
    record.item.set_headline(name);
    record.raw = "raw";
    record.ticket = std::make_unique<NamedTicket>(name);
  }
  KeptBatch first, second;
  EXPECT_EQ(source->Read(first, absl::Seconds(1))->kind, Source::Progress::Kind::kMore);
  EXPECT_EQ(source->Read(second, absl::Seconds(1))->kind, Source::Progress::Kind::kIdle);
  EXPECT_EQ(first.added, (std::vector<std::string>{"a/raw/a", "b/raw/b"}));
  EXPECT_EQ(second.added, (std::vector<std::string>{"c/raw/c"}));
  EXPECT_EQ(source->Summary(), "3 pushed");
}

TEST(PushTest, WithOnceItEndsAtOnce) {
  const auto source = testing::CreatePlugin<Source>("{}");
  Queue queue;
  dynamic_cast<PushReceiver&>(*source).TakeFrom(queue);
  queue.records.emplace_back();
  KeptBatch batch;
  EXPECT_EQ(source->Read(batch, absl::Seconds(1))->kind, Source::Progress::Kind::kEnd);
  EXPECT_TRUE(batch.added.empty());
}

TEST(PushTest, OptionsAreChecked) {
  EXPECT_EQ(testing::OptionErrors("{}"), "");
  EXPECT_NE(testing::OptionErrors("{max_pending: 0}").find("max_pending"), std::string::npos);
  EXPECT_NE(testing::OptionErrors("{max_bytes: 1}").find("max_bytes"), std::string::npos);
  EXPECT_NE(testing::OptionErrors("{max_pendng: 1}").find("did you mean \"max_pending\"?"), std::string::npos);
}

}  // namespace
}  // namespace wirewatch::sources
