#include "wirewatch/service/subscribers.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "wirewatch/sdk/log.h"
#include "wirewatch/service/grpc_status.h"

namespace wirewatch::service {
namespace {

constexpr std::chrono::milliseconds kTick{100};

// A call that is over before it has begun.
class Refusal final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  explicit Refusal(const absl::Status& status) { Finish(ToGrpc(status)); }
  void OnDone() override { delete this; }
};

const grpc::Status& Ending() {
  static const auto& status = *new grpc::Status(grpc::StatusCode::UNAVAILABLE, "the host is stopping");
  return status;
}

absl::StatusOr<v1::SubscribeRequest> Parse(const grpc::ByteBuffer& bytes) {
  grpc::ByteBuffer copy = bytes;
  grpc::ProtoBufferReader reader(&copy);
  v1::SubscribeRequest request;
  if (reader.status().ok() && request.ParseFromZeroCopyStream(&reader)) return request;
  return absl::InvalidArgumentError("the request cannot be parsed");
}

}  // namespace

class Subscribers::Workers {
 public:
  ~Workers() { pool_.join(); }
  void Post(std::function<void()> work) { boost::asio::post(pool_, std::move(work)); }

 private:
  boost::asio::thread_pool pool_{kWorkers};
};

Subscribers::Subscribers(pipeline::Host& host, Access& access)
    : host_(host),
      access_(access),
      evidence_(host.store()),
      names_(host.store()),
      workers_(std::make_unique<Workers>()) {
  feed_ = std::make_unique<JournalFeed>(host, [this] {
    for (const auto& subscriber : All()) subscriber->Wake();
  });
  ticker_ = std::thread([this] { Tick(); });
}

Subscribers::~Subscribers() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  ticker_.join();
  // The feed first waits for the callback that is going on, the workers for what was posted.
  workers_.reset();
  feed_.reset();
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* Subscribers::Start(absl::StatusOr<Admission> admission,
                                                               const grpc::ByteBuffer& bytes) {
  if (!admission.ok()) return new Refusal(admission.status());
  absl::StatusOr<v1::SubscribeRequest> request = Parse(bytes);
  if (!request.ok()) return new Refusal(request.status());
  absl::StatusOr<Subscriber::Wish> wish = Subscriber::Check(*std::move(request), evidence_);
  if (!wish.ok()) return new Refusal(wish.status());
  uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    if (ending_) return new Refusal(absl::UnavailableError(Ending().error_message()));
    if (subscribers_.size() >= kMost) {
      return new Refusal(absl::ResourceExhaustedError(absl::StrCat("there are ", kMost, " subscribers already")));
    }
    number = ++last_number_;
  }
  Log("alerts").Debug("A client subscribes.",
                      {{"client", wish->request.client()}, {"caller", admission->caller().name}});
  return Subscriber::Start(*this, number, *std::move(wish), *std::move(admission));
}

void Subscribers::Add(uint64_t number, std::shared_ptr<Subscriber> subscriber) {
  std::unique_lock lock(mutex_);
  subscribers_.emplace(number, subscriber);
  const bool ending = ending_;
  lock.unlock();
  if (ending) subscriber->End(Ending());
}

void Subscribers::Remove(uint64_t number) {
  const std::lock_guard lock(mutex_);
  subscribers_.erase(number);
}

void Subscribers::Post(std::function<void()> work) { workers_->Post(std::move(work)); }

std::vector<std::shared_ptr<Subscriber>> Subscribers::All() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Subscriber>> all;
  all.reserve(subscribers_.size());
  for (const auto& [number, subscriber] : subscribers_) all.push_back(subscriber);
  return all;
}

void Subscribers::EndAll() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  for (const auto& subscriber : All()) subscriber->End(Ending());
}

std::vector<v1::SubscriberStats> Subscribers::Stats() const {
  std::vector<v1::SubscriberStats> stats;
  for (const auto& subscriber : All()) stats.push_back(subscriber->Stats());
  return stats;
}

void Subscribers::Tick() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kTick, [this] { return stop_; })) {
    lock.unlock();
    const absl::Time now = absl::Now();
    for (const auto& subscriber : All()) subscriber->Tick(now);
    lock.lock();
  }
}

}  // namespace wirewatch::service
