#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/item_reader.h"
#include "wirewatch/cli/watch_commands.h"
#include "wirewatch/cli/watch_files.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/text/text_index.h"
#include "wirewatch/watch/lint.h"
#include "wirewatch/watch/parser.h"

namespace wirewatch::cli {
namespace {

namespace json = boost::json;

constexpr watch::LintRule kNoExamples = {"no-examples", watch::LintKind::kDoubt,
                                         "with --examples: nothing shows what the watch is for"};

void PrintFinding(const std::string& id, const Node& query, const watch::LintFinding& finding, bool as_json) {
  const SourceLocation at = query.PlaceOf(finding.begin);
  const std::string rule(finding.rule->id), kind(watch::NameOf(finding.rule->kind));
  if (as_json) {
    const json::object line = {{"file", std::string(at.file_name())},
                               {"line", at.line},
                               {"column", at.column},
                               {"watch", id},
                               {"rule", rule},
                               {"kind", kind},
                               {"begin", finding.begin},
                               {"end", finding.end},
                               {"message", finding.message},
                               {"rewrite", finding.rewrite}};
    std::printf("%s\n", json::serialize(line).c_str());
    return;
  }
  const std::string rewrite = finding.rewrite.empty() ? "" : absl::StrCat("; write ", text::Printable(finding.rewrite));
  std::printf("%s: %s: %s%s [%s]\n", at.ToString().c_str(), kind.c_str(), text::Printable(finding.message).c_str(),
              rewrite.c_str(), rule.c_str());
}

// Findings in one query.
size_t LintQuery(const std::string& id, const Node& query, const watch::Expression& expression,
                 const watch::LintOptions& options, bool as_json) {
  const std::vector<watch::LintFinding> findings = watch::Lint(query.text(), expression, options);
  for (const watch::LintFinding& finding : findings) PrintFinding(id, query, finding, as_json);
  return findings.size();
}

int MeasureFrequencies(const std::vector<std::filesystem::path>& on, const std::filesystem::path& pipeline,
                       watch::Frequencies& frequencies) {
  text::TextIndex index;
  return ReadItems(ExpandFolders(on), pipeline, [&](const v1::Item& item, std::span<const v1::Signal* const>) {
    index.Build(item);
    frequencies.Add(index);
  });
}

bool ReadFrequencies(const std::filesystem::path& file, watch::Frequencies& frequencies) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  absl::StatusOr<watch::Frequencies> read = watch::Frequencies::Parse(text);
  if (!stream.is_open() || !read.ok()) {
    std::fprintf(stderr, "%s: %s\n", file.c_str(),
                 stream.is_open() ? std::string(read.status().message()).c_str() : "cannot be read");
    return false;
  }
  frequencies.Merge(*read);
  return true;
}

int ListRules() {
  const auto print = [](const watch::LintRule& rule) {
    std::printf("%-22s  %-7s  %s\n", std::string(rule.id).c_str(), std::string(watch::NameOf(rule.kind)).c_str(),
                std::string(rule.summary).c_str());
  };
  for (const watch::LintRule& rule : watch::LintRules()) print(rule);
  print(kNoExamples);
  return kOk;
}

}  // namespace

int PrintFrequencies(const WatchFrequenciesArguments& arguments) {
  watch::Frequencies frequencies;
  for (const std::filesystem::path& file : arguments.merged) {
    if (!ReadFrequencies(file, frequencies)) return kConfiguration;
  }
  if (!arguments.on.empty()) {
    if (const int status = MeasureFrequencies(arguments.on, arguments.pipeline, frequencies); status != kOk)
      return status;
  }
  const std::string text = frequencies.Serialize();
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kOk;
}

int LintWatches(const WatchLintArguments& arguments) {
  if (arguments.rules) return ListRules();
  if (arguments.files.empty()) {
    std::fputs("say which files of watches\n", stderr);
    return kUsage;
  }
  const std::optional<WatchFiles> files = WatchFiles::Load(arguments.files);
  if (!files) return kConfiguration;
  watch::Frequencies frequencies;
  for (const std::filesystem::path& file : arguments.frequencies) {
    if (!ReadFrequencies(file, frequencies)) return kConfiguration;
  }
  if (!arguments.on.empty()) {
    if (const int status = MeasureFrequencies(arguments.on, arguments.pipeline, frequencies); status != kOk)
      return status;
  }
  watch::LintOptions options;
  if (frequencies.items() > 0) options.frequencies = &frequencies;
  size_t found = 0;
  for (const WrittenWatch& watch : files->watches()) {
    found += LintQuery(watch.id, watch.query, *watch.expression, options, arguments.json);
    if (!arguments.examples || !watch.hit.empty() || !watch.miss.empty()) continue;
    ++found;
    const auto end = static_cast<uint32_t>(watch.query.text().size());
    PrintFinding(watch.id, watch.query, {&kNoExamples, 0, end, "the watch has no examples", ""}, arguments.json);
  }
  options.is_list = true;
  for (const auto& [name, list] : files->written_lists()) {
    const auto parsed = watch::Parse(list.text(), files->lists());
    const auto& expression = std::get<std::shared_ptr<const watch::Expression>>(parsed);
    found += LintQuery(absl::StrCat("LIST(", name, ")"), list, *expression, options, arguments.json);
  }
  return found > 0 ? kFailed : kOk;
}

void WarnOfMistakes(const Node& options) {
  const std::optional<WatchFiles> files = WatchFiles::OfStep(options);
  if (!files) return;
  Diagnostics diagnostics;
  for (const WrittenWatch& watch : files->watches()) {
    for (const watch::LintFinding& finding : watch::Lint(watch.query.text(), *watch.expression)) {
      if (finding.rule->kind != watch::LintKind::kMistake) continue;
      diagnostics.Warning(watch.query.PlaceOf(finding.begin), finding.message,
                          finding.rewrite.empty() ? "" : absl::StrCat("write ", finding.rewrite));
    }
  }
  if (!diagnostics.entries().empty()) std::fprintf(stderr, "%s\n", diagnostics.ToString().c_str());
}

}  // namespace wirewatch::cli
