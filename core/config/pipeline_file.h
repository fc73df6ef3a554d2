// A pipeline as its YAML file says it: steps with their places, before any plugin has seen its options. Includes are
// merged and variables filled in.
#ifndef WIREWATCH_CONFIG_PIPELINE_FILE_H_
#define WIREWATCH_CONFIG_PIPELINE_FILE_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/config/recipients.h"
#include "wirewatch/config/yaml.h"
#include "wirewatch/sdk/field.h"
#include "wirewatch/sdk/node.h"

namespace wirewatch::config {

enum class OnError { kQuarantine, kPass, kStop };

// `- watch: { files: [...], when: "language:en" }`
struct Step {
  std::string id;      // the plugin's name unless given; unique among the steps of its kind
  std::string plugin;  // name
  SourceLocation at;   // of the plugin's name
  Node options;        // the plugin's own options; a null Node when none are written
  Condition when;
  OnError on_error = OnError::kQuarantine;
  std::string fingerprint = {};  // of the step as written, variables filled in
};

// Bounds of one pipeline; see "Execution" in ARCHITECTURE.md.
struct Limits {
  uint32_t batch_items = 64;
  ByteSize batch_bytes = MiB(1);
  // Everything in flight: Items, annotations, derived data. Sources are not read while it is used up.
  ByteSize budget = MiB(256);
  // How many times an Item's own size is reserved when it is admitted.
  double reserve = 4;
  absl::Duration commit_every = absl::Seconds(1);
  uint32_t annotations_per_step = 10'000;
  // What one call of a step may take for each Item; then the process aborts, and the Items run alone after a restart.
  absl::Duration call_timeout = absl::Seconds(10);
  // Items get a trace id of OpenTelemetry's form, unless they come with one.
  bool trace_ids = false;
};

// How long what is stored is kept; see docs/store.md.
struct Retention {
  absl::Duration items = absl::ZeroDuration();  // for ever
  absl::Duration alerts = absl::Hours(24 * 365);
  ByteSize size = ByteSize{0};  // unbounded
  ByteSize quarantine = MiB(256);
  absl::Duration suppressions = absl::Hours(24 * 30);
  uint64_t most_suppressions = 1'000'000;
};

// When a new version of an Item that satisfies a watch again is told.
enum class OnUpdate { kAdded, kFirst, kEvery };

struct Grouping {
  std::vector<std::string> group_by = {"watch", "story"};
  absl::Duration wait = absl::Seconds(30);
  absl::Duration interval = absl::Minutes(5);
  absl::Duration repeat = absl::Hours(4);
  absl::Duration close_after = absl::Hours(24);
  absl::Duration late_after = absl::Hours(24);
  std::string raise_when;  // as written; empty: always
  SourceLocation raise_when_at;
  OnUpdate on_update = OnUpdate::kAdded;
  absl::Duration escalate_after = absl::ZeroDuration();  // never
};

struct Pipeline {
  std::string name;
  std::vector<std::filesystem::path> files;  // that it was read from; the first includes the others
  SourceLocation at;
  std::vector<Step> sources;
  std::vector<Step> analyses;
  std::vector<Step> channels;
  std::vector<Recipient> recipients;
  Grouping grouping;
  Limits limits;
  Retention retention;
  std::string fingerprint;  // of everything but the steps, as written
};

// The fields of a pipeline file that are not plugins' options, for the schema and the reference.
const std::vector<FieldOf<Limits>>& LimitsFields();
const std::vector<FieldOf<Retention>>& RetentionFields();
const std::vector<FieldOf<Grouping>>& GroupingFields();
// What every step takes beside its plugin's options.
const std::vector<v1::FieldDescription>& StepFields();

// An id or a name: 1 to 64 of a-z, 0-9, _ and -.
bool IsId(std::string_view text);

// nullopt after errors that leave nothing to go on with; with other errors the pipeline is there for further checks.
std::optional<Pipeline> LoadPipeline(const std::filesystem::path& path, const Environment& environment,
                                     Diagnostics& diagnostics);

}  // namespace wirewatch::config

#endif  // WIREWATCH_CONFIG_PIPELINE_FILE_H_
