// Taps: where Items that leave a step can be looked at; see tap.h. A TapPoint stands for one step of one pipeline as
// long as the host lives, so that readers go on over reloads. Any thread.
#ifndef WIREWATCH_PIPELINE_TAPS_H_
#define WIREWATCH_PIPELINE_TAPS_H_

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "wirewatch/pipeline/tap.h"
#include "wirewatch/sdk/document.h"

namespace wirewatch::pipeline {

class TapQueue;

// NotFound names the pipelines, or the steps of the pipeline, that there are.
absl::Status CheckTap(const TapOptions& options, const std::vector<std::string>& pipelines,
                      const std::vector<std::string>& steps);

class TapPoint {
 public:
  // Cheap when nobody looks.
  bool open() const { return readers_.load(std::memory_order_relaxed) > 0; }
  void Offer(const Document& document);

  void Join(std::shared_ptr<TapQueue> queue);
  void Leave(const TapQueue* queue);

 private:
  std::atomic<int> readers_{0};
  std::mutex mutex_;
  std::vector<std::shared_ptr<TapQueue>> queues_;
};

class Taps {
 public:
  ~Taps();
  // Stays valid as long as the object.
  TapPoint& Point(const std::string& pipeline, const std::string& step);
  std::unique_ptr<TapReader> Open(const TapOptions& options);
  // Readers end. Readers may outlive the object.
  void End();

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<TapPoint>> points_;
  std::vector<std::weak_ptr<TapQueue>> queues_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_TAPS_H_
