#include "wirewatch/service/rate_limit.h"

#include <algorithm>

namespace wirewatch::service {

absl::Duration RateLimit::Take(const std::string& key, absl::Time now, double cost) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    if (buckets_.size() >= most_keys_) {
      by_key_.erase(buckets_.back().key);
      buckets_.pop_back();
    }
    buckets_.push_front({key, burst_, now});
    by_key_.emplace(key, buckets_.begin());
  } else {
    buckets_.splice(buckets_.begin(), buckets_, found->second);
  }
  Bucket& bucket = buckets_.front();
  const double passed_s = std::max(0.0, absl::ToDoubleSeconds(now - bucket.at));
  bucket.tokens = std::min(burst_, bucket.tokens + passed_s * per_second_);
  bucket.at = now;
  if (bucket.tokens < cost) return absl::Seconds((cost - bucket.tokens) / per_second_);
  bucket.tokens -= cost;
  return absl::ZeroDuration();
}

}  // namespace wirewatch::service
