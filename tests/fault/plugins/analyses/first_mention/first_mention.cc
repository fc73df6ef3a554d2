// first_mention: remembers every name it has met, and says which Item was the first to hold it. State that only grows.
#include <string>

#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {

class FirstMention final : public StatefulAnalysis {
 public:
  absl::Status Analyze(const Document& document, Findings& findings, State& state) override {
    const std::string_view body = document.item().body();
    for (size_t begin = 0; begin < body.size();) {
      size_t end = begin;
      while (end < body.size() && IsLetter(body[end])) ++end;
      const std::string_view word = body.substr(begin, end - begin);
      begin = end + 1;
      if (word.size() < 6 || !IsCapital(word[0]) || IsCapital(word[1])) continue;
      if (absl::Status done = OnName(word, document, findings, state); !done.ok()) return done;
    }
    return absl::OkStatus();
  }

 private:
  static bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }
  static bool IsLetter(char c) { return IsCapital(c) || (c >= 'a' && c <= 'z'); }

  static absl::Status OnName(std::string_view name, const Document& document, Findings& findings, State& state) {
    const absl::StatusOr<std::optional<std::string>> known = state.Get(name);
    if (!known.ok()) return known.status();
    if (known->has_value()) return absl::OkStatus();
    v1::Label& label = *findings.Annotate().add_labels();
    label.set_name("first_mention");
    label.set_value(std::string(name));
    if (name[0] == 'Z') {
      v1::Signal& signal = findings.AddSignal();
      signal.set_kind(v1::SIGNAL_KIND_FINDING);
      signal.set_title("first mention of " + std::string(name));
    }
    return state.Put(name, document.item().id());
  }
};

WIREWATCH_PLUGIN(FirstMention, {.name = "first_mention", .summary = "Labels names that were never met before."});

}  // namespace wirewatch::analyses
