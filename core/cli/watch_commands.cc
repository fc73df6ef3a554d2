#include "wirewatch/cli/watch_commands.h"

#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/reference.h"
#include "wirewatch/cli/watch_translate.h"
#include "wirewatch/cli/watches_commands.h"

namespace wirewatch::cli {
namespace {

constexpr char kWatchFiles[] = "Files of watches; `-` is one query on standard input. Their lists are shared.";
constexpr char kTexts[] = "Files with texts, as the source `files` reads them, and folders of such.";

// Holds the variables that the options fill.
class WatchCommands {
 public:
  WatchCommands(CLI::App& app, Action& chosen) : chosen_(chosen) {
    group_ = AddCommand(
        app, "watch", "Write and try watches.", [] { return kUsage; }, chosen_);
    group_->require_subcommand(1);
    AddLint();
    AddTest();
    AddDiff();
    AddExplain();
    AddFormat();
    AddFrequencies();
    AddMatch();
    AddTranslate();
    AddImport();
    AddTop();
  }

 private:
  CLI::App* Add(const char* name, const char* summary, Action action) {
    return AddCommand(*group_, name, summary, std::move(action), chosen_);
  }

  static void AddFiles(CLI::App& command, Files& files) {
    command.add_option("file", files, kWatchFiles)->type_name(kFile)->required();
  }
  static CLI::Option* AddTexts(CLI::App& command, Files& on, std::filesystem::path& pipeline) {
    command
        .add_option("--pipeline", pipeline,
                    "Read the texts through this pipeline's analyses; unless given, language and dateline.")
        ->type_name(kFile);
    return command.add_option("--on", on, kTexts)->type_name(kFile);
  }
  void AddJson(CLI::App& command) {
    AddChoice(command, "--format", format_, "FORMAT", "text, or json (one object a line).", {"text", "json"});
  }

  void AddDialect(CLI::App& command) {
    std::vector<std::string> names;
    for (const std::string_view name : watch::DialectNames()) names.emplace_back(name);
    AddChoice(command, "--dialect", dialect_, "DIALECT", "How the queries are spelt; wirewatch unless given.", names);
  }

  void AddMatch() {
    CLI::App* match = Add("match", "Match many watches against many texts, from and to JSON lines.", [this] {
      match_.dialect = dialect_;
      return MatchWatches(match_);
    });
    match->add_option("--watches", match_.watches, "Lines {\"id\": …, \"query\": \"…\"}; may be left out with --index.")
        ->type_name(kFile);
    match
        ->add_option("--index", match_.index,
                     "Take the watches from this index file; with --watches only if it is of these, else it is made.")
        ->type_name(kFile);
    match->add_option("--save-index", match_.save_index, "Write the index of the watches to this file.")
        ->type_name(kFile);
    match->add_option("--items", match_.items, "Lines {\"id\": …, \"text\": \"…\"}.")->type_name(kFile)->required();
    AddDialect(*match);
    match->add_option("--threads", match_.threads, "Threads that match; 1 unless given.")
        ->type_name("NUMBER")
        ->check(CLI::Range(1, 256).description("1 to 256"));
    match->add_option("--rounds", match_.rounds, "Match the texts so often, to measure; written once.")
        ->type_name("NUMBER")
        ->check(CLI::Range(1, 1'000'000).description("at least 1"));
    match->add_flag("--stats", match_.stats, "End with one JSON line of figures on standard error.");
  }

  void AddTranslate() {
    CLI::App* translate = Add("translate", "Show what a query of another tool means, clause by clause.", [this] {
      translate_.dialect = watch::FindDialect(dialect_).value_or(watch::Dialect::kWirewatch);
      translate_.json = format_ == "json";
      if (!translated_.empty()) translate_.query = translated_;
      return TranslateWatch(translate_);
    });
    translate->add_option("query", translated_, "The query; unless given, standard input.")->type_name("QUERY");
    AddDialect(*translate);
    AddJson(*translate);
  }

  void AddImport() {
    CLI::App* import = Add("import", "Make a file of watches of another tool's export (CSV, JSON, YAML).", [this] {
      import_.dialect = watch::FindDialect(dialect_).value_or(watch::Dialect::kWirewatch);
      return ImportWatches(import_);
    });
    import->add_option("file", import_.file, "The export.")->type_name(kFile)->required();
    import->add_option("--output", import_.output, "The file to write; unless given, standard output.")
        ->type_name(kFile);
    import->add_option("--name", import_.columns.name, "The column or key of the names, if it is not told by its name.")
        ->type_name("NAME");
    import->add_option("--query", import_.columns.query, "The same of the queries.")->type_name("NAME");
    AddDialect(*import);
  }

  void AddLint() {
    CLI::App* lint =
        Add("lint", "Find what is hardly meant, or costs more than it looks; status 1 if there is any.", [this] {
          lint_.json = format_ == "json";
          return LintWatches(lint_);
        });
    lint->add_flag("--rules", lint_.rules, "List the rules.");
    lint->add_option("file", lint_.files, kWatchFiles)->type_name(kFile);
    AddTexts(*lint, lint_.on, lint_.pipeline)->description("Texts to measure in which words are common.");
    lint->add_option("--frequencies", lint_.frequencies, "What `wirewatch watch frequencies` has measured.")
        ->type_name(kFile);
    lint->add_flag("--examples", lint_.examples, "Find watches without examples, too.");
    AddJson(*lint);
  }

  void AddTest() {
    CLI::App* test = Add("test", "Try watches on texts, and on their own examples.", [this] {
      test_.json = format_ == "json";
      return TestWatches(test_);
    });
    AddFiles(*test, test_.files);
    AddTexts(*test, test_.on, test_.pipeline);
    test->add_option("--per-day", test_.per_day, "Estimate hits a day for so many Items a day.")
        ->type_name("NUMBER")
        ->check(CLI::Range(1.0, 1e12).description("at least 1"));
    test->add_option("--limit", test_.limit, "Show at most so many hits of each watch; 10 unless given.")
        ->type_name("NUMBER")
        ->check(CLI::NonNegativeNumber.description(""));
    AddJson(*test);
  }

  void AddDiff() {
    CLI::App* diff =
        Add("diff", "Show which Items a change of watches gains and loses; status 1 if there are any.", [this] {
          diff_.json = format_ == "json";
          return DiffWatches(diff_);
        });
    diff->add_option("old", diff_.old_file, "The file of watches as it was.")->type_name(kFile)->required();
    diff->add_option("new", diff_.new_file, "The file of watches as it is.")->type_name(kFile)->required();
    AddTexts(*diff, diff_.on, diff_.pipeline)->required();
    AddJson(*diff);
  }

  void AddExplain() {
    CLI::App* explain = Add("explain", "Show why a watch hits texts, or does not.", [this] {
      explain_.json = format_ == "json";
      return ExplainWatch(explain_);
    });
    AddFiles(*explain, explain_.files);
    explain->add_option("--id", explain_.id, "The watch; unless given, the only one there is.")->type_name("ID");
    AddTexts(*explain, explain_.on, explain_.pipeline)->required();
    AddJson(*explain);
  }

  void AddFormat() {
    CLI::App* format =
        Add("format", "Print queries in their normal form.", [this] { return FormatWatches(format_of_); });
    AddFiles(*format, format_of_.files);
  }

  void AddFrequencies() {
    CLI::App* frequencies = Add("frequencies", "Measure in how many texts each word stands, and print the table.",
                                [this] { return PrintFrequencies(frequencies_); });
    AddTexts(*frequencies, frequencies_.on, frequencies_.pipeline);
    frequencies->add_option("--merge", frequencies_.merged, "Tables that were measured before, to be added.")
        ->type_name(kFile);
  }

  void AddTop() {
    CLI::App* top = Add("top", "Show which watches of a running host took most time in the last hour.", [this] {
      top_.json = format_ == "json";
      return TopWatches(top_);
    });
    AddHostOptions(*top, top_);
    top->add_option("--limit", top_.limit, "Show at most so many; 20 unless given.")->type_name("NUMBER");
    AddJson(*top);
  }

  Action& chosen_;
  CLI::App* group_ = nullptr;
  std::string format_ = "text";
  std::string dialect_ = "wirewatch";
  std::string translated_;
  WatchMatchArguments match_;
  TranslateArguments translate_;
  ImportArguments import_;
  WatchLintArguments lint_;
  WatchTestArguments test_;
  WatchDiffArguments diff_;
  WatchExplainArguments explain_;
  WatchFormatArguments format_of_;
  WatchFrequenciesArguments frequencies_;
  WatchesArguments top_;
};

}  // namespace

std::shared_ptr<void> AddWatchCommands(CLI::App& app, Action& chosen) {
  return std::make_shared<WatchCommands>(app, chosen);
}

}  // namespace wirewatch::cli
