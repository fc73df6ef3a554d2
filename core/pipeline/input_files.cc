#include "wirewatch/pipeline/input_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/config/glob.h"
#include "wirewatch/pipeline/assemble.h"

namespace wirewatch::pipeline {
namespace {

void AppendStamp(const std::filesystem::path& path, std::string& stamp) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) {
    absl::StrAppend(&stamp, path.string(), " is not there\n");
    return;
  }
  absl::StrAppend(&stamp, path.string(), " ", found.st_dev, " ", found.st_ino, " ", found.st_size, " ");
  absl::StrAppend(&stamp, found.st_mtim.tv_sec, ".", found.st_mtim.tv_nsec, " ", found.st_ctim.tv_sec, ".",
                  found.st_ctim.tv_nsec, "\n");
}

}  // namespace

absl::StatusOr<ReadFiles> ReadPipelines(std::span<const std::filesystem::path> files, const loader::Registry& registry,
                                        const SetupContext& context) {
  Diagnostics diagnostics;
  ReadFiles read;
  std::map<std::string, std::filesystem::path> names;
  for (const std::filesystem::path& path : files) {
    const std::optional<config::Pipeline> file = config::LoadPipeline(path, context.environment, diagnostics);
    if (!file) continue;
    const auto [first, added] = names.emplace(file->name, path);
    if (!added) {
      diagnostics.Error(
          file->at,
          absl::StrCat("a second pipeline with the name \"", file->name, "\"; the first is ", first->second.string()),
          "what is stored is kept by the name: give one of them another");
    }
    std::optional<Definition> definition = Assemble(*file, registry, context, diagnostics);
    if (definition) read.definitions.push_back(*std::move(definition));
  }
  if (!diagnostics.ok()) return diagnostics.ToStatus();
  read.warnings = diagnostics.ToString();
  return read;
}

PartPrints::PartPrints(const Definition& definition) : name(definition.name), pipeline(definition.fingerprint) {
  for (const auto& source : definition.sources) steps.emplace_back("sources/" + source.id, source.fingerprint);
  for (const AnalysisStep& step : definition.analyses) {
    const bool stateful = step.is_stateful();
    steps.emplace_back(stateful ? step.stateful.id : step.stateless.id,
                       stateful ? step.stateful.fingerprint : step.stateless.fingerprint);
  }
  for (const auto& channel : definition.channels) steps.emplace_back("alerts/" + channel.id, channel.fingerprint);
}

std::vector<ReloadedStep> Compare(const PartPrints* before, const Definition* after) {
  using Change = ReloadedStep::Change;
  if (before == nullptr) return {{after->name, "", Change::kAdded}};
  if (after == nullptr) return {{before->name, "", Change::kRemoved}};
  const PartPrints prints(*after);
  std::vector<ReloadedStep> steps = {{after->name, "", Change::kKept}};
  const auto find = [](const auto& list, const std::string& id) {
    return std::find_if(list.begin(), list.end(), [&id](const auto& step) { return step.first == id; });
  };
  for (const auto& [id, print] : prints.steps) {
    const auto old = find(before->steps, id);
    const bool is_new = old == before->steps.end();
    steps.push_back({after->name, id,
                     is_new                 ? Change::kAdded
                     : old->second == print ? Change::kKept
                                            : Change::kChanged});
  }
  for (const auto& [id, print] : before->steps) {
    if (find(prints.steps, id) == prints.steps.end()) steps.push_back({after->name, id, Change::kRemoved});
  }
  const bool same = before->pipeline == prints.pipeline &&
                    std::all_of(steps.begin(), steps.end(), [](const auto& s) { return s.change == Change::kKept; });
  if (!same) steps[0].change = Change::kChanged;
  return steps;
}

std::vector<ReloadedStep> CompareAll(std::span<const PartPrints> before, std::span<const Definition> after) {
  std::vector<ReloadedStep> all;
  for (const Definition& definition : after) {
    const auto old =
        std::find_if(before.begin(), before.end(), [&](const auto& b) { return b.name == definition.name; });
    const std::vector<ReloadedStep> steps = Compare(old == before.end() ? nullptr : &*old, &definition);
    all.insert(all.end(), steps.begin(), steps.end());
  }
  for (const PartPrints& old : before) {
    const bool there = std::any_of(after.begin(), after.end(), [&](const auto& a) { return a.name == old.name; });
    if (!there) all.push_back(Compare(&old, nullptr)[0]);
  }
  return all;
}

std::string CountChanges(std::span<const ReloadedStep> report) {
  using Change = ReloadedStep::Change;
  std::string counts;
  const auto add = [&](Change change, const char* word) {
    const auto is = [change](const ReloadedStep& step) { return step.change == change && !step.step.empty(); };
    absl::StrAppend(&counts, counts.empty() ? "" : ", ", std::count_if(report.begin(), report.end(), is), " ", word);
  };
  add(Change::kAdded, "added");
  add(Change::kRemoved, "removed");
  add(Change::kChanged, "changed");
  add(Change::kKept, "kept");
  return counts;
}

std::string StampOf(std::span<const InputFile> inputs) {
  std::string stamp;
  for (const InputFile& input : inputs) {
    if (!input.pattern) {
      AppendStamp(input.path, stamp);
      continue;
    }
    const absl::StatusOr<std::vector<std::filesystem::path>> found = config::Glob(input.path);
    if (!found.ok()) continue;
    for (const std::filesystem::path& path : *found) AppendStamp(path, stamp);
  }
  return stamp;
}

}  // namespace wirewatch::pipeline
