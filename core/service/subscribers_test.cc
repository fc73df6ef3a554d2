// Many subscribers at once: nobody holds up anybody else.
#include "wirewatch/service/subscribers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <thread>

#include "wirewatch/service/alert_service_fixture.h"

namespace wirewatch::service {
namespace {

constexpr uint64_t kEvents = 2000;
constexpr int kSubscribers = 200;

// Reads to the last event and notes what was not in order.
class Follower final : public grpc::ClientReadReactor<v1::SubscribeResponse> {
 public:
  Follower(v1::AlertService::Stub& stub, uint64_t last) : last_(last) {
    v1::SubscribeRequest request;
    request.set_after_sequence(0);
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    stub.async()->Subscribe(&context_, &request, this);
    StartRead(&response_);
    StartCall();
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (response_.has_event()) {
      in_order_ = in_order_ && response_.event().sequence() == position_ + 1;
      position_ = response_.event().sequence();
    }
    in_order_ = in_order_ && !response_.has_gap();
    position_ == last_ ? context_.TryCancel() : StartRead(&response_);
  }
  void OnDone(const grpc::Status&) override {
    const std::lock_guard lock(mutex_);
    done_ = true;
    changed_.notify_all();
  }
  void Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
  }
  bool has_all() const { return in_order_ && position_ == last_; }

 private:
  const uint64_t last_;
  grpc::ClientContext context_;
  v1::SubscribeResponse response_;
  uint64_t position_ = 0;
  bool in_order_ = true;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
};

TEST_F(AlertServiceTest, OneThatDoesNotReadHoldsUpNobody) {
  const auto stopped = SubscribeLive(AfterSequence(0));
  std::vector<std::unique_ptr<v1::AlertService::Stub>> stubs;
  for (int i = 0; i < 20; ++i) stubs.push_back(NewStub());
  std::vector<std::unique_ptr<Follower>> followers;
  // A part of them comes while events do, and replays.
  for (uint64_t i = 0; i < 20; ++i) {
    Raise(static_cast<int>(i * kEvents / 20 + 1), static_cast<int>((i + 1) * kEvents / 20));
    for (int k = 0; k < kSubscribers / 20; ++k) {
      followers.push_back(std::make_unique<Follower>(*stubs[followers.size() % stubs.size()], kEvents));
    }
  }
  int with_all = 0;
  for (const auto& follower : followers) {
    follower->Wait();
    with_all += follower->has_all() ? 1 : 0;
  }
  EXPECT_EQ(with_all, kSubscribers);
  // And it has lost nothing either.
  for (uint64_t sequence = 1; sequence <= kEvents; ++sequence) ASSERT_EQ(stopped->NextEvent(), sequence);
}

TEST_F(AlertServiceTest, SubscribersComeAndGoWhileEventsDo) {
  std::atomic<bool> stop{false};
  std::thread raising([&] {
    for (int number = 1; !stop; number += 10) {
      Raise(number, number + 9);
      absl::SleepFor(absl::Milliseconds(2));
    }
  });
  std::atomic<int> wrong{0};
  std::vector<std::thread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([&, client] {
      for (int i = 0; i < 25; ++i) {
        const auto call = Subscribe(client % 2 == 0 ? Named("shared") : AfterSequence(0));
        uint64_t last = 0;
        for (int k = 0; k < i; ++k) {
          const uint64_t sequence = call->NextEvent();
          if (sequence == 0) break;  // another has taken the name over
          wrong += last != 0 && sequence != last + 1 ? 1 : 0;
          last = sequence;
        }
        if (client == 0 && last != 0) Advance("shared", last);
        call->Leave();
      }
    });
  }
  for (std::thread& client : clients) client.join();
  stop = true;
  raising.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(Eventually([&] { return Stats().subscribers().empty(); }));
}

}  // namespace
}  // namespace wirewatch::service
