#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/host_client.h"
#include "wirewatch/cli/host_table.h"
#include "wirewatch/cli/terminal.h"

namespace wirewatch::cli {
namespace {

absl::StatusOr<HostSample> Take(HostClient& client) {
  HostSample sample;
  sample.at = absl::Now();
  auto host = client.Call(&v1::HostService::Stub::GetHost, v1::GetHostRequest());
  if (!host.ok()) return host.status();
  sample.host = *std::move(host);
  v1::ListPipelinesRequest request;
  request.set_name(client.pipeline());
  auto pipelines = client.Call(&v1::HostService::Stub::ListPipelines, request);
  if (!pipelines.ok()) return pipelines.status();
  sample.pipelines = *std::move(pipelines);
  return sample;
}

// One object a line: "time", "host" and "pipelines".
void PrintSample(const HostSample& sample) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string host, pipelines;
  (void)google::protobuf::util::MessageToJsonString(sample.host, &host, options);
  (void)google::protobuf::util::MessageToJsonString(sample.pipelines, &pipelines, options);
  // The second is {"pipelines":[…]}.
  std::printf("{\"time\":\"%s\",\"host\":%s,%s\n",
              absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", sample.at, absl::UTCTimeZone()).c_str(), host.c_str(),
              pipelines.c_str() + 1);
  std::fflush(stdout);
}

// The alternate screen, drawn over in place; what was there before comes back at the end.
class Screen {
 public:
  Screen() { std::fputs("\033[?1049h\033[?25l", stdout); }
  ~Screen() {
    std::fputs("\033[?25h\033[?1049l", stdout);
    std::fflush(stdout);
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void Draw(const std::string& text) const {
    std::string frame = "\033[H";
    int rows = Rows();
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
      if (--rows <= 0) break;
      absl::StrAppend(&frame, line, "\033[K\r\n");
    }
    frame += "\033[J";
    std::fwrite(frame.data(), 1, frame.size(), stdout);
    std::fflush(stdout);
  }
};

absl::Status Follow(HostClient& client, const TopArguments& arguments) {
  const bool terminal = isatty(STDOUT_FILENO) != 0 && !arguments.json && !arguments.once;
  std::optional<Screen> screen;
  absl::StatusOr<HostSample> before = Take(client);
  if (!before.ok()) return before.status();
  if (terminal) screen.emplace().Draw(DrawHost(*before, *before, Columns()));
  while (!WaitForInterrupt(absl::Seconds(arguments.every_s))) {
    absl::StatusOr<HostSample> now = Take(client);
    if (!now.ok()) return now.status();
    if (arguments.json) {
      PrintSample(*now);
    } else if (screen) {
      screen->Draw(DrawHost(*before, *now, Columns()));
    } else {
      std::printf("%s%s", DrawHost(*before, *now, Columns()).c_str(), arguments.once ? "" : "\n");
      std::fflush(stdout);
    }
    if (arguments.once || std::ferror(stdout) != 0) break;
    before = std::move(now);
  }
  return absl::OkStatus();
}

}  // namespace

int Top(const TopArguments& arguments) {
  BlockInterrupts();
  absl::StatusOr<HostClient> client = HostClient::Find({arguments.store, arguments.pipeline, arguments.server});
  if (!client.ok()) return Complain(client.status());
  const absl::Status ended = Follow(*client, arguments);
  return ended.ok() ? kOk : Complain(ended);
}

}  // namespace wirewatch::cli
