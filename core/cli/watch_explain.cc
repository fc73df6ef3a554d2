// `wirewatch watch explain`: why a watch hits texts, or does not.
#include <boost/json.hpp>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/cli/candidacy.h"
#include "wirewatch/cli/clause_drawing.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/item_reader.h"
#include "wirewatch/cli/terminal.h"
#include "wirewatch/cli/watch_commands.h"
#include "wirewatch/cli/watch_files.h"
#include "wirewatch/cli/watch_report.h"
#include "wirewatch/text/printable.h"

namespace wirewatch::cli {
namespace {

namespace json = boost::json;

const char* Word(v1::Truth truth) {
  return truth == v1::TRUTH_TRUE ? "hit" : truth == v1::TRUTH_FALSE ? "miss" : "unknown";
}

void PrintText(const v1::Item& item, const v1::Explanation& explanation, const watch::Candidacy& candidacy) {
  const v1::Clause& clause = explanation.clause();
  std::string text =
      absl::StrCat(Word(clause.truth()), "  ", NameOf(item), "\n  ", text::Printable(explanation.summary()), "\n  ",
                   text::Printable(ToText(candidacy)), "\n");
  if (clause.truth() == v1::TRUTH_TRUE) {
    absl::StrAppend(&text, "  ", Excerpt(item, clause.spans(), ShowsColours()), "\n");
    text += DrawClauses(clause, &item);
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void PrintJson(const v1::Item& item, const v1::Explanation& explanation, const watch::Candidacy& candidacy) {
  std::string tree;
  if (!google::protobuf::util::MessageToJsonString(explanation, &tree).ok()) tree = "null";
  const json::object line = {
      {"item", ToJson(item)},
      {"result", Word(explanation.clause().truth())},
      {"candidate", candidacy.candidate},
      {"anchors_found", json::value_from(candidacy.there)},
      {"anchors_missing", json::value_from(candidacy.wanted)},
      {"explanation", json::parse(tree)},
  };
  std::printf("%s\n", json::serialize(line).c_str());
}

}  // namespace

int ExplainWatch(const WatchExplainArguments& arguments) {
  const std::optional<WatchFiles> files = WatchFiles::Load(arguments.files);
  if (!files) return kConfiguration;
  const bool is_only = arguments.id.empty() && files->watches().size() == 1;
  const std::string id = is_only ? files->watches()[0].id : arguments.id;
  if (files->Find(id) == nullptr) {
    std::fprintf(stderr, id.empty() ? "there are several watches; say which with --id\n" : "there is no watch %s\n",
                 id.c_str());
    return kUsage;
  }
  watch::Engine engine;
  files->Fill(engine);
  watch::Scratch scratch;
  text::TextIndex index;
  return ReadItems(
      ExpandFolders(arguments.on), arguments.pipeline, [&](const v1::Item& item, std::span<const v1::Signal* const>) {
        index.Build(item);
        const watch::View view(item, index);
        v1::Explanation explanation;
        engine.Explain(id, view, scratch, explanation);
        (arguments.json ? PrintJson : PrintText)(item, explanation, *engine.WhyCandidate(id, view, scratch));
      });
}

}  // namespace wirewatch::cli
