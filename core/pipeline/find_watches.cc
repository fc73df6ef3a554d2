#include "wirewatch/pipeline/find_watches.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace wirewatch::pipeline {
namespace {

// How soon a pipeline that takes over is looked for again.
constexpr absl::Duration kAgain = absl::Milliseconds(10);

std::string QuotedNames(const std::vector<std::string>& names) {
  return absl::StrJoin(names, ", ",
                       [](std::string* out, const std::string& name) { absl::StrAppend(out, "\"", name, "\""); });
}

// The name that is asked for, or the only one.
absl::StatusOr<std::string> Choose(const char* what, const std::string& name, const std::vector<std::string>& names) {
  if (names.empty()) return absl::NotFoundError(absl::StrCat("there is no ", what, " that holds watches"));
  if (name.empty() && names.size() == 1) return names.front();
  if (name.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("several ", what, "s hold watches; name one of ", QuotedNames(names)));
  }
  if (std::find(names.begin(), names.end(), name) != names.end()) return name;
  return absl::NotFoundError(
      absl::StrCat("there is no ", what, " \"", name, "\" that holds watches; there is ", QuotedNames(names)));
}

}  // namespace

absl::StatusOr<FoundWatches> FindWatches(const v1::WatchTarget& target, const NamedPipelines& running) {
  std::vector<std::string> names;
  for (const auto& [name, pipeline] : running) {
    if (!pipeline->WatchSteps().empty()) names.push_back(name);
  }
  const absl::StatusOr<std::string> name = Choose("pipeline", target.pipeline(), names);
  if (!name.ok()) return name.status();
  const auto found = std::find_if(running.begin(), running.end(), [&](const auto& one) { return one.first == *name; });
  const absl::StatusOr<std::string> step = Choose("step", target.step(), found->second->WatchSteps());
  if (!step.ok()) return step.status();
  return FoundWatches{*name, *step, std::shared_ptr<const WatchHolder>(found->second, found->second->Watches(*step))};
}

absl::StatusOr<v1::ApplyWatchesResponse> ApplyWatches(const v1::ApplyWatchesRequest& request, absl::Duration patience,
                                                      const std::function<NamedPipelines()>& running) {
  const absl::Time until = absl::Now() + patience;
  while (true) {
    const NamedPipelines pipelines = running();
    const absl::StatusOr<FoundWatches> found = FindWatches(request.target(), pipelines);
    if (!found.ok()) return found.status();
    const auto pipeline =
        std::find_if(pipelines.begin(), pipelines.end(), [&](const auto& one) { return one.first == found->pipeline; });
    absl::StatusOr<v1::ApplyWatchesResponse> answer =
        pipeline->second->ApplyWatches(found->step, request, std::max(until - absl::Now(), absl::Milliseconds(1)));
    if (!absl::IsAborted(answer.status())) return answer;
    if (absl::Now() > until) return absl::UnavailableError(std::string(answer.status().message()));
    absl::SleepFor(kAgain);
  }
}

}  // namespace wirewatch::pipeline
