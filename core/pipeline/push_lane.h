// PushLane: what clients push to one source of one pipeline, on its way there. It is bounded: a record that finds no
// room waits, as its pusher's only one, and has its turn after those before it. Lanes outlive a reload, so that what
// waits in them does as well.
#ifndef WIREWATCH_PIPELINE_PUSH_LANE_H_
#define WIREWATCH_PIPELINE_PUSH_LANE_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wirewatch/sdk/source.h"
#include "wirewatch/v1/ingest_service.pb.h"

namespace wirewatch::pipeline {

// Somebody who pushes. Called by threads of the host, which must not be held up; no lock of theirs is held.
class Pusher {
 public:
  virtual ~Pusher() = default;
  // The record that was pushed has room: the next one may come.
  virtual void OnRoom() = 0;
  // What became of the record pushed with `ref`, once that is durable; the answer's client_ref is for the pusher to
  // fill in. Not OK: that is not known, and the record is to be pushed again; Unavailable unless the source takes
  // nothing for good.
  virtual void OnAnswer(uint64_t ref, absl::StatusOr<v1::IngestResponse> answer) = 0;
};

// Any thread, unless said otherwise.
class PushLane final : public PushQueue {
 public:
  struct Record {
    v1::Item item;
    std::string raw;
    uint64_t ref = 0;  // the pusher's
    std::shared_ptr<Pusher> pusher;
  };

  PushLane();
  // What waits is answered as if it were closed.
  ~PushLane() override;
  PushLane(const PushLane&) = delete;
  PushLane& operator=(const PushLane&) = delete;

  // A source takes from it, until it leaves. When the last one has left, what waits is answered: Unavailable.
  void Join();
  void Leave();
  void SetLimits(PushReceiver::Limits limits);
  // Nothing is taken any more, and what waits is answered with this.
  void Close(const absl::Status& status);
  bool closed() const;

  // The pusher hears OnRoom(), at once or when there is room, and OnAnswer(); after Close() only OnAnswer(). It pushes
  // the next record after OnRoom().
  void Push(Record record);
  // What this one has waiting without room is taken back, and not answered.
  void Withdraw(const Pusher& pusher);
  // What there is no room in, for people: "1000 records (max_pending) wait for ...". Empty: there is room.
  std::string WhatIsFull() const;

  // By the source's thread.
  std::optional<PushedRecord> Take() override;
  int fd() const override { return event_; }

 private:
  struct Waiting {
    Record record;
    uint64_t bytes = 0;
  };
  // Those that have room now are let in; to be told when the lock is free.
  std::vector<std::shared_ptr<Pusher>> LetIn();

  const int event_;
  mutable std::mutex mutex_;  // guards what follows
  PushReceiver::Limits limits_;
  std::deque<Waiting> waiting_;  // those with room first
  size_t inside_ = 0;            // how many have
  uint64_t bytes_ = 0;           // of these
  int receivers_ = 0;            // that have joined
  absl::Status closed_;
};

// The lanes of a host. Any thread.
class PushLanes {
 public:
  // The one that is there, unless it is closed, or a new one; joined.
  std::shared_ptr<PushLane> Lane(const std::string& pipeline, const std::string& source);

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::weak_ptr<PushLane>> lanes_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_PUSH_LANE_H_
