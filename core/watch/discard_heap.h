// DiscardHeap: where things that many threads share are put once nobody uses them any more, to be destroyed by a thread
// that has the time. To destroy an Engine of many watches takes tens of milliseconds; and to give back even little of
// what another thread has allocated may set off a tidying of all that this one has freed, or wait for it.
#ifndef WIREWATCH_WATCH_DISCARD_HEAP_H_
#define WIREWATCH_WATCH_DISCARD_HEAP_H_

#include <atomic>
#include <memory>
#include <utility>

namespace wirewatch::watch {

class Discardable {
 public:
  virtual ~Discardable() = default;

 private:
  friend class DiscardHeap;
  Discardable* next_ = nullptr;  // on the heap
};

// Any thread; putting something there takes no lock.
class DiscardHeap {
 public:
  ~DiscardHeap() { Empty(); }
  // Takes ownership.
  void Put(Discardable* discarded);
  // Destroys what is there; whether there was anything.
  bool Empty();
  // From now on what is put is destroyed at once.
  void Close() { closed_.store(true); }

  // `value`, which is put on `heap` when the last one lets go of it.
  template <class T>
  static std::shared_ptr<const T> Share(std::unique_ptr<T> value, std::shared_ptr<DiscardHeap> heap) {
    return std::shared_ptr<T>(value.release(), [to = std::move(heap)](T* last) { to->Put(last); });
  }

 private:
  std::atomic<Discardable*> top_ = nullptr;
  std::atomic<bool> closed_ = false;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_DISCARD_HEAP_H_
