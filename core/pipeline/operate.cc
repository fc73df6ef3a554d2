#include "wirewatch/pipeline/operate.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace wirewatch::pipeline {
namespace {

// How soon a pipeline that takes over is looked for again.
constexpr absl::Duration kAgain = absl::Milliseconds(10);

absl::StatusOr<std::shared_ptr<Pipeline>> Find(const std::string& name, const NamedPipelines& running) {
  if (name.empty() && running.size() == 1) return running.front().second;
  const auto found =
      std::find_if(running.begin(), running.end(), [&name](const auto& one) { return one.first == name; });
  if (found != running.end()) return found->second;
  const std::string names = absl::StrJoin(
      running, ", ", [](std::string* out, const auto& one) { absl::StrAppend(out, "\"", one.first, "\""); });
  if (name.empty()) return absl::InvalidArgumentError(absl::StrCat("several pipelines run; name one of ", names));
  return absl::NotFoundError(absl::StrCat("there is no pipeline \"", name, "\"; there is ", names));
}

}  // namespace

absl::StatusOr<v1::OperatorAnswer> Operate(const std::string& pipeline, const v1::OperatorCall& call,
                                           absl::Duration patience, const std::function<NamedPipelines()>& running) {
  const absl::Time until = absl::Now() + patience;
  while (true) {
    const absl::StatusOr<std::shared_ptr<Pipeline>> found = Find(pipeline, running());
    if (!found.ok()) return found.status();
    absl::StatusOr<v1::OperatorAnswer> answer =
        (*found)->Operate(call, std::max(until - absl::Now(), absl::Milliseconds(1)));
    if (!absl::IsAborted(answer.status())) return answer;
    if (absl::Now() > until) return absl::UnavailableError(std::string(answer.status().message()));
    absl::SleepFor(kAgain);
  }
}

}  // namespace wirewatch::pipeline
