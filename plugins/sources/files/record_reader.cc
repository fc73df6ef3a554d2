#include "record_reader.h"

#include <algorithm>

namespace wirewatch::sources {
namespace {

constexpr size_t kBlockBytes = 256 << 10;
constexpr size_t kKeptOfTooLong = 4096;

}  // namespace

absl::Status RecordReader::Fill() {
  buffer_.erase(0, at_);
  at_ = 0;
  const size_t before = buffer_.size();
  buffer_.resize(before + kBlockBytes);
  const absl::StatusOr<size_t> got = entries_.Read(buffer_.data() + before, kBlockBytes);
  buffer_.resize(before + (got.ok() ? *got : 0));
  if (!got.ok()) return got.status();
  ended_ = *got == 0;
  return absl::OkStatus();
}

absl::StatusOr<bool> RecordReader::Next(Record& record) {
  record = {};
  size_t searched = at_;
  for (;;) {
    const size_t end = lines_ ? buffer_.find('\n', searched) : std::string::npos;
    const bool found = end != std::string::npos;
    const size_t have = (found ? end : buffer_.size()) - at_;
    if (!record.too_long && have > limit_) {
      record.too_long = true;
      record.bytes = buffer_.substr(at_, std::min(have, kKeptOfTooLong));
    }
    if (found || ended_) {
      if (!found && have == 0 && record.taken == 0) return false;
      if (!record.too_long) record.bytes = buffer_.substr(at_, have);
      if (lines_ && record.bytes.ends_with('\r')) record.bytes.pop_back();
      record.taken += have + (found ? 1 : 0);
      record.whole_line = found;
      at_ += have + (found ? 1 : 0);
      return true;
    }
    if (record.too_long) {  // what is left of it is passed over
      record.taken += have;
      at_ = buffer_.size();
    }
    const size_t unsearched = buffer_.size() - at_;
    if (const absl::Status filled = Fill(); !filled.ok()) return filled;
    searched = at_ + unsearched;
  }
}

}  // namespace wirewatch::sources
