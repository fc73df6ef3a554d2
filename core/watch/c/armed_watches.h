// ArmedWatches: an Engine with the lists that its watches use, changed while others match. Any thread; Apply() waits
// for what reads, and what reads waits for a change to be made.
#ifndef WIREWATCH_WATCH_C_ARMED_WATCHES_H_
#define WIREWATCH_WATCH_C_ARMED_WATCHES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "wirewatch/watch/c/failure.h"
#include "wirewatch/watch/dialect.h"
#include "wirewatch/watch/engine.h"

namespace wirewatch::watch::c {

// A watch as the caller gave it.
struct Definition {
  std::string id;
  std::string query;
  Dialect dialect = Dialect::kWirewatch;
  absl::TimeZone timezone;
  uint64_t tag = 0;
};

// What becomes of watches and lists, by id and name; nullopt: they go, if they are there.
struct Changes {
  std::map<std::string, std::optional<Definition>, std::less<>> watches;
  std::map<std::string, std::optional<std::string>, std::less<>> lists;
};

class ArmedWatches {
 public:
  explicit ArmedWatches(Engine::Options options);

  // All or nothing, but when memory runs out half way: then everything fails from there on.
  Failure Apply(const Changes& changes) ABSL_LOCKS_EXCLUDED(changing_, reading_);
  // NOT_FOUND when there is none.
  Failure Remove(const std::string& id) ABSL_LOCKS_EXCLUDED(changing_, reading_);

  // Runs what reads the engine and returns a Failure; `changes` is the number of changes so far.
  template <class Body>
  Failure Read(const Body& body) const ABSL_LOCKS_EXCLUDED(reading_) {
    const absl::ReaderMutexLock lock(&reading_);
    if (broken_) return {.status = WIREWATCH_WATCH_OUT_OF_MEMORY};
    return body(engine_, changes_);
  }
  // Runs what reads the lists.
  template <class Body>
  Failure ReadLists(const Body& body) const ABSL_LOCKS_EXCLUDED(reading_) {
    const absl::ReaderMutexLock lock(&reading_);
    return body(Lists([this](const std::string& name) { return Find(lists_, name); }));
  }
  uint64_t list_count() const ABSL_LOCKS_EXCLUDED(reading_) {
    const absl::ReaderMutexLock lock(&reading_);
    return lists_.size();
  }

 private:
  using ListMap = std::map<std::string, std::string, std::less<>>;
  // A watch that is read again when a list changes.
  struct Dependent {
    Definition definition;
    std::set<std::string> lists;
  };
  // A watch ready to be added.
  struct Readied {
    Watch watch;
    std::shared_ptr<const Expression> expression;
    Failure failure;
  };
  static const std::string* Find(const ListMap& lists, const std::string& name);
  Readied Ready(const Definition& definition, const ListMap& lists) const;
  // Says in `readied` what is wrong in a definition as far as it can be read.
  void Check(const Definition& definition, Readied& readied) const;
  std::vector<const Definition*> ToBeRead(const Changes& changes) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(changing_);
  // `readied` are the first of `definitions`.
  void Make(const Changes& changes, const std::vector<const Definition*>& definitions, std::vector<Readied> readied,
            ListMap lists) ABSL_EXCLUSIVE_LOCKS_REQUIRED(changing_);

  const Words words_;
  absl::Mutex changing_;  // one change at a time
  std::map<std::string, Dependent, std::less<>> dependents_ ABSL_GUARDED_BY(changing_);
  mutable absl::Mutex reading_;
  Engine engine_ ABSL_GUARDED_BY(reading_);
  ListMap lists_ ABSL_GUARDED_BY(reading_);
  uint64_t changes_ ABSL_GUARDED_BY(reading_) = 0;
  bool broken_ ABSL_GUARDED_BY(reading_) = false;
};

}  // namespace wirewatch::watch::c

#endif  // WIREWATCH_WATCH_C_ARMED_WATCHES_H_
