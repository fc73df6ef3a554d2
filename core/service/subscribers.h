// Subscribers: everybody who follows the journal, and what they share: the feed, the workers that read for those who
// are behind, the clock of the heartbeats. Any thread.
#ifndef WIREWATCH_SERVICE_SUBSCRIBERS_H_
#define WIREWATCH_SERVICE_SUBSCRIBERS_H_

#include <grpcpp/support/byte_buffer.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "wirewatch/pipeline/host.h"
#include "wirewatch/service/access.h"
#include "wirewatch/service/evidence_items.h"
#include "wirewatch/service/journal_feed.h"
#include "wirewatch/service/named_subscription.h"
#include "wirewatch/service/subscriber.h"

namespace wirewatch::service {

class Subscribers {
 public:
  static constexpr size_t kMost = 10'000;
  static constexpr size_t kWorkers = 2;

  // Both outlive it.
  Subscribers(pipeline::Host& host, Access& access);
  // All calls must be done.
  ~Subscribers();
  Subscribers(const Subscribers&) = delete;
  Subscribers& operator=(const Subscribers&) = delete;

  // A new one; what is wrong with its admission or its request ends it at once.
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(absl::StatusOr<Admission> admission,
                                                    const grpc::ByteBuffer& request);
  // All end with Unavailable, as does whoever comes later.
  void EndAll();
  // By beginning.
  std::vector<v1::SubscriberStats> Stats() const;

  // For Subscriber.
  pipeline::Host& host() { return host_; }
  Access& access() { return access_; }
  store::Store& store() { return host_.store(); }
  JournalFeed& feed() { return *feed_; }
  EvidenceItems& evidence() { return evidence_; }
  NamedSubscriptions& names() { return names_; }
  // On one of the workers; each subscriber has one piece of work at a time.
  void Post(std::function<void()> work);
  void Add(uint64_t number, std::shared_ptr<Subscriber> subscriber);
  void Remove(uint64_t number);

 private:
  class Workers;

  std::vector<std::shared_ptr<Subscriber>> All() const;
  void Tick();

  pipeline::Host& host_;
  Access& access_;
  EvidenceItems evidence_;
  NamedSubscriptions names_;
  std::unique_ptr<Workers> workers_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::map<uint64_t, std::shared_ptr<Subscriber>> subscribers_;  // by number
  uint64_t last_number_ = 0;
  bool ending_ = false;
  bool stop_ = false;
  std::thread ticker_;
  std::unique_ptr<JournalFeed> feed_;  // calls the others
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_SUBSCRIBERS_H_
