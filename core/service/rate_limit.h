// RateLimit: how often each of many callers may do something, a token bucket for each. Memory is bounded: of the
// callers beyond `most_keys`, the one that was heard of longest ago is forgotten. Any thread.
#ifndef WIREWATCH_SERVICE_RATE_LIMIT_H_
#define WIREWATCH_SERVICE_RATE_LIMIT_H_

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "absl/time/time.h"

namespace wirewatch::service {

class RateLimit {
 public:
  // `per_second` on average, `burst` at once; both above 0.
  RateLimit(double per_second, double burst, size_t most_keys = 8192)
      : per_second_(per_second), burst_(burst), most_keys_(most_keys) {}

  // Zero: go on. Otherwise it was too often, and may be tried again after so long. A clock that goes back gives
  // nothing. `cost`: of the tokens that `per_second` brings, above 0 and at most `burst`.
  absl::Duration Take(const std::string& key, absl::Time now, double cost = 1);

 private:
  struct Bucket {
    std::string key;
    double tokens;
    absl::Time at;
  };

  const double per_second_, burst_;
  const size_t most_keys_;
  std::mutex mutex_;
  std::list<Bucket> buckets_;  // heard of last first
  std::unordered_map<std::string, std::list<Bucket>::iterator> by_key_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_RATE_LIMIT_H_
