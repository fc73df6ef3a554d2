// MemoryState: a State in memory, for tests of plugins that remember something. One thread.
#ifndef WIREWATCH_TESTING_MEMORY_STATE_H_
#define WIREWATCH_TESTING_MEMORY_STATE_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "wirewatch/sdk/analysis.h"

namespace wirewatch::testing {

class MemoryState final : public State {
 public:
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) override {
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  }
  absl::Status Put(std::string_view key, std::string_view value) override {
    ++writes;
    values.insert_or_assign(std::string(key), value);
    return absl::OkStatus();
  }
  absl::Status Delete(std::string_view key) override {
    ++writes;
    values.erase(std::string(key));
    return absl::OkStatus();
  }
  absl::Status Scan(std::string_view prefix,
                    const std::function<bool(std::string_view, std::string_view)>& visit) override {
    for (auto at = values.lower_bound(prefix); at != values.end() && at->first.starts_with(prefix); ++at) {
      if (!visit(at->first, at->second)) break;
    }
    return absl::OkStatus();
  }

  std::map<std::string, std::string, std::less<>> values;
  int writes = 0;
};

}  // namespace wirewatch::testing

#endif  // WIREWATCH_TESTING_MEMORY_STATE_H_
