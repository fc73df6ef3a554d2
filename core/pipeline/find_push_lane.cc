#include "wirewatch/pipeline/find_push_lane.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wirewatch/pipeline/push_calls.h"

namespace wirewatch::pipeline {
namespace {

std::string Quoted(const std::vector<std::string>& names) {
  return absl::StrJoin(names, ", ",
                       [](std::string* out, const std::string& name) { absl::StrAppend(out, "\"", name, "\""); });
}

}  // namespace

absl::StatusOr<std::shared_ptr<PushLane>> FindPushLane(const std::string& pipeline, const std::string& source,
                                                       const NamedPipelines& running) {
  std::vector<std::string> names;
  for (const auto& [name, one] : running) names.push_back(name);
  if (pipeline.empty() && names.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat("several pipelines run; name one of ", Quoted(names)));
  }
  const auto found = pipeline.empty() ? running.begin()
                                      : std::find_if(running.begin(), running.end(),
                                                     [&pipeline](const auto& one) { return one.first == pipeline; });
  if (found == running.end()) {
    return absl::NotFoundError(absl::StrCat("there is no pipeline \"", pipeline, "\"; there is ", Quoted(names)));
  }
  const auto& [name, there] = *found;
  const std::vector<std::string> sources = there->Pushes().Sources();
  if (sources.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("pipeline \"", name, "\" has no source that takes what is pushed; add `- push` to its `sources`"));
  }
  if (source.empty() && sources.size() > 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "pipeline \"", name, "\" has several sources that take what is pushed; name one of ", Quoted(sources)));
  }
  std::shared_ptr<PushLane> lane = there->Pushes().Lane(source.empty() ? sources.front() : source);
  if (lane != nullptr) return lane;
  return absl::NotFoundError(absl::StrCat("pipeline \"", name, "\" has no source \"", source,
                                          "\" that takes what is pushed; there is ", Quoted(sources)));
}

}  // namespace wirewatch::pipeline
