// JournalNews: tells whoever follows the journal that a commit has added to it. One for a host, over all reloads. Any
// thread.
#ifndef WIREWATCH_PIPELINE_JOURNAL_NEWS_H_
#define WIREWATCH_PIPELINE_JOURNAL_NEWS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace wirewatch::pipeline {

class JournalNews {
 public:
  // `listener` is called after each commit that added to the journal, until Leave(), by the thread that commits: it
  // must be quick, and call nothing of this object.
  uint64_t Join(std::function<void()> listener) {
    const std::lock_guard lock(mutex_);
    listeners_.emplace(++last_, std::move(listener));
    return last_;
  }
  // When it returns the listener is not being called, and will not be.
  void Leave(uint64_t number) {
    const std::lock_guard lock(mutex_);
    listeners_.erase(number);
  }
  void Tell() {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, listener] : listeners_) listener();
  }

 private:
  std::mutex mutex_;
  uint64_t last_ = 0;
  std::map<uint64_t, std::function<void()>> listeners_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_JOURNAL_NEWS_H_
