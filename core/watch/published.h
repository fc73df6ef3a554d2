// Published: the newest of a series of immutable values, for readers that must not wait: a reader takes no lock, so a
// writer that was interrupted does not hold it up. Readers may be many; writers take turns among themselves.
#ifndef WIREWATCH_WATCH_PUBLISHED_H_
#define WIREWATCH_WATCH_PUBLISHED_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>

namespace wirewatch::watch {

template <class T>
class Published {
 public:
  explicit Published(std::shared_ptr<T> value) { places_[0].value = std::move(value); }

  std::shared_ptr<T> Get() const {
    for (;;) {
      const size_t at = current_.load();
      const Place& place = places_[at];
      place.readers.fetch_add(1);
      // Once it is seen to be current while this reader is counted, it is not written before the reader has gone.
      if (current_.load() == at) {
        std::shared_ptr<T> value = place.value;
        place.readers.fetch_sub(1);
        return value;
      }
      place.readers.fetch_sub(1);
    }
  }

  // Gives back the value before. Waits for readers who are just taking that one.
  std::shared_ptr<T> Set(std::shared_ptr<T> value) {
    const size_t before = current_.load();
    const size_t next = (before + 1) % places_.size();
    WaitForReaders(places_[next]);
    places_[next].value = std::move(value);
    current_.store(next);
    WaitForReaders(places_[before]);
    return std::move(places_[before].value);
  }

 private:
  struct Place {
    mutable std::atomic<uint32_t> readers = 0;
    std::shared_ptr<T> value;
  };
  static void WaitForReaders(const Place& place) {
    while (place.readers.load() != 0) std::this_thread::yield();
  }

  std::array<Place, 2> places_;
  std::atomic<size_t> current_ = 0;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_PUBLISHED_H_
