// command: runs a program for each event of the journal, which gets the event as JSON on its standard input.
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"
#include "process.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/templates/channel_template.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::alerts {
namespace {

constexpr size_t kOutputShown = 500;  // bytes, of a program that failed
constexpr char kOwnVariables[] = "WIREWATCH_";
constexpr char kUsualPath[] = "/usr/local/bin:/usr/bin:/bin";

std::string SearchPath() {
  const char* const path = std::getenv("PATH");
  return path != nullptr && *path != '\0' ? path : kUsualPath;
}

bool MayRun(const std::filesystem::path& path) {
  struct stat file {};
  return stat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode) && access(path.c_str(), X_OK) == 0;
}

// A name without a slash is looked for in PATH; another is relative to the file that it is written in.
std::optional<std::string> FindProgram(const std::string& name, const std::filesystem::path& folder) {
  if (absl::StrContains(name, "/")) {
    const std::filesystem::path path = (std::filesystem::absolute(folder) / name).lexically_normal();
    return MayRun(path) ? std::optional(path.string()) : std::nullopt;
  }
  for (const std::string& place : std::vector<std::string>(absl::StrSplit(SearchPath(), ':'))) {
    const std::filesystem::path path = std::filesystem::path(place) / name;
    if (path.is_absolute() && MayRun(path)) return path.string();
  }
  return std::nullopt;
}

bool IsVariableName(const std::string& name) {
  const auto right = [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  return !name.empty() && !absl::ascii_isdigit(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), right);
}

absl::Status StatusOf(const std::string& program, const ProcessEnd& end) {
  if (end.kind == ProcessEnd::Kind::kExited && end.code == EX_OK) return absl::OkStatus();
  const std::string output = text::RepairUtf8(end.output);
  const size_t begin = output.size() > kOutputShown ? text::FloorBoundary(output, output.size() - kOutputShown) : 0;
  const std::string said = text::Printable(std::string(absl::StripAsciiWhitespace(output.substr(begin))));
  const auto message = [&](const std::string& what) {
    return absl::StrCat(program, " ", what, said.empty() ? "" : ": ", said);
  };
  switch (end.kind) {
    case ProcessEnd::Kind::kTimedOut:
      return absl::DeadlineExceededError(message("was not done in time and was ended"));
    case ProcessEnd::Kind::kSignalled:
      return absl::UnavailableError(message(absl::StrCat("was ended by signal ", end.code)));
    default:
      break;
  }
  const std::string exited = message(absl::StrCat("ended with status ", end.code));
  return end.code == EX_TEMPFAIL ? absl::UnavailableError(exited) : absl::FailedPreconditionError(exited);
}

}  // namespace

class Command final : public AlertChannel {
 public:
  struct Variable {
    std::string name;
    Secret value;
  };
  struct Options {
    std::vector<std::string> argv;
    std::vector<Variable> environment;
    absl::Duration timeout = absl::Seconds(30);
    absl::Duration grace = absl::Seconds(5);
    std::string written;
    Path template_file;
    templates::Target escape = templates::Target::kText;
    std::string zone;
  };

  static absl::StatusOr<std::unique_ptr<Command>> Create(const Options& options, Setup& setup) {
    OptionErrors errors(setup.options(), setup.diagnostics());
    std::filesystem::path folder = std::filesystem::path(std::string(setup.options().at().file_name())).parent_path();
    if (folder.empty()) folder = ".";
    Program program{.argv = options.argv,
                    .environment = {},
                    .folder = std::filesystem::absolute(folder).lexically_normal().string(),
                    .timeout = options.timeout,
                    .grace = options.grace};
    if (std::optional<std::string> found = FindProgram(options.argv[0], folder)) {
      program.argv[0] = *std::move(found);
    } else {
      errors.Error("argv", absl::StrCat("there is no program ", options.argv[0], " that may be run"),
                   "argv is the program, by its path or as found in PATH, and then its arguments, one an entry");
    }
    program.environment.push_back("PATH=" + SearchPath());
    for (const char* const kept : {"HOME", "LANG"}) {
      if (const char* const value = std::getenv(kept)) program.environment.push_back(absl::StrCat(kept, "=", value));
    }
    for (const Variable& variable : options.environment) {
      if (!IsVariableName(variable.name) || absl::StartsWith(variable.name, kOwnVariables)) {
        errors.Error("environment", absl::StrCat("a variable cannot be called \"", variable.name, "\""),
                     "letters, digits and _; names that begin with WIREWATCH_ are the channel's own");
      }
      program.environment.push_back(absl::StrCat(variable.name, "=", variable.value.Reveal()));
    }
    templates::TemplateLoader loader(setup, options.zone);
    auto input = loader.Load("template", options.written, options.template_file, "", options.escape);
    return std::unique_ptr<Command>(new Command(std::move(program), std::move(input),
                                                absl::StrCat(setup.pipeline(), "/", setup.step()), options.argv[0]));
  }

  absl::Status Deliver(const v1::AlertEvent& event) override {
    const absl::StatusOr<std::string> input = Preview(event);
    if (!input.ok() || (input_ != nullptr && templates::IsBlank(*input))) return input.status();
    Program program = program_;
    // Nothing that somebody outside has written: a shell script may use them without thought.
    const auto tell = [&program](const char* name, const std::string& value) {
      program.environment.push_back(absl::StrCat(kOwnVariables, name, "=", value));
    };
    tell("IDEMPOTENCY_KEY", IdempotencyKey(event, channel_));
    tell("EVENT_TYPE", EventTypeWord(event.type()));
    tell("ALERT_ID", event.alert_id());
    tell("SEVERITY", SeverityWord(event.alert().severity()));
    tell("SEQUENCE", absl::StrCat(event.sequence()));
    const absl::StatusOr<ProcessEnd> end = RunProgram(program, *input);
    return end.ok() ? StatusOf(name_, *end) : end.status();
  }

  // What the program gets to read.
  absl::StatusOr<std::string> Preview(const v1::AlertEvent& event) override {
    if (input_ != nullptr) return input_->Render(event, recipient());
    std::string json;
    const auto printed = google::protobuf::util::MessageToJsonString(event, &json);
    if (!printed.ok()) return absl::InternalError(printed.ToString());
    return json + "\n";
  }

 private:
  Command(Program program, std::unique_ptr<const templates::ChannelTemplate> input, std::string channel,
          std::string name)
      : program_(std::move(program)), input_(std::move(input)), channel_(std::move(channel)), name_(std::move(name)) {}

  const Program program_;
  const std::unique_ptr<const templates::ChannelTemplate> input_;  // nullptr: JSON
  const std::string channel_;
  const std::string name_;
};

WIREWATCH_PLUGIN(
    Command,
    {.name = "command",
     .summary = "Runs a program for every event of an Alert, with the event as protobuf JSON on standard input.",
     .details =
         "No shell is between: argv is the program and its arguments. It gets the variables WIREWATCH_IDEMPOTENCY_KEY "
         "(the same for all attempts at an event, also after a restart), WIREWATCH_EVENT_TYPE, WIREWATCH_ALERT_ID, "
         "WIREWATCH_SEVERITY and WIREWATCH_SEQUENCE, of the host's environment PATH, HOME and LANG alone, and works in "
         "the folder of the pipeline's file. Exit status 0 takes the event; 75 (EX_TEMPFAIL), a signal, and more time "
         "than `timeout` have it tried again; any other makes it a dead letter, with the end of the program's output. "
         "Programs that it leaves running in its process group are killed.",
     .options = {Field("argv", &Command::Options::argv, "The program and its arguments.")
                     .Required()
                     .Example("[/usr/local/bin/page, --team, desk]"),
                 TableList("environment", &Command::Options::environment,
                           {Field("name", &Command::Variable::name, "Its name.").Required(),
                            Field("value", &Command::Variable::value, "Its value, never printed.").Required()},
                           "Variables to give it besides."),
                 Field("timeout", &Command::Options::timeout, "How long it may run; then it gets SIGTERM.")
                     .Range(absl::Milliseconds(100), absl::Minutes(10)),
                 Field("grace", &Command::Options::grace, "How long it may then take to end; then it gets SIGKILL.")
                     .Range(absl::ZeroDuration(), absl::Minutes(1)),
                 Field("template", &Command::Options::written,
                       "Standard input instead of the JSON, as docs/templates.md has it. For an event that gives "
                       "nothing the program is not run.")
                     .Example("\"{{ alert.title }}\""),
                 Field("template_file", &Command::Options::template_file, "A file with the template."),
                 Choice("escape", &Command::Options::escape,
                        {{"none", templates::Target::kText},
                         {"line", templates::Target::kLine},
                         {"html", templates::Target::kHtml},
                         {"json", templates::Target::kJson}},
                        "What values in the template are escaped for."),
                 Field("zone", &Command::Options::zone,
                       "Time zone of times in the template; unless given, the recipient's, else UTC.")
                     .Example("Europe/Vienna")}});

}  // namespace wirewatch::alerts
