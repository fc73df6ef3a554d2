#include "wirewatch/sdk/plugin.h"

#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/analysis.h"
#include "wirewatch/sdk/source.h"

namespace wirewatch {
void OptionErrors::Error(std::string_view field, std::string message, std::string hint) {
  const Node::Entry* entry = node_.is_table() ? node_.Find(field) : nullptr;
  diagnostics_.Error(entry != nullptr ? entry->value.at() : node_.at(), std::move(message), std::move(hint));
}

absl::Status Analysis::Analyze(const Document&, Findings&) const {
  return absl::UnimplementedError("the analysis overrides neither Analyze() nor AnalyzeBatch()");
}

void Analysis::AnalyzeBatch(std::span<const Document* const> documents, std::span<Findings> findings,
                            std::span<absl::Status> statuses) const {
  for (size_t i = 0; i < documents.size(); ++i) statuses[i] = Analyze(*documents[i], findings[i]);
}

absl::Status StatefulAnalysis::Restore(uint32_t, State&) { return absl::OkStatus(); }
absl::Status StatefulAnalysis::OnTimer(absl::Time, Findings&, State&) { return absl::OkStatus(); }

void Source::Committed(std::string_view) {}

}  // namespace wirewatch
