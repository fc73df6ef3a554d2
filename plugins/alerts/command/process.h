// A program that gets some input, and what becomes of it. It is started without a shell, in a process group of its own,
// with nothing open but its three standard files, and is bounded in time and in what is kept of its output.
#ifndef WIREWATCH_PLUGINS_ALERTS_COMMAND_PROCESS_H_
#define WIREWATCH_PLUGINS_ALERTS_COMMAND_PROCESS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace wirewatch::alerts {

struct Program {
  std::vector<std::string> argv;         // the first is the path of the program
  std::vector<std::string> environment;  // NAME=value; nothing else is passed on
  std::string folder;                    // it works in
  absl::Duration timeout;                // SIGTERM to its group after this
  absl::Duration grace;                  // SIGKILL after this much more
};

struct ProcessEnd {
  enum class Kind { kExited, kSignalled, kTimedOut };
  Kind kind = Kind::kExited;
  int code = 0;        // exit status or signal
  std::string output;  // the end of what it wrote to standard output and error
};

// Starts the program, writes `input` to its standard input and waits for it. A program may leave input unread. Whatever
// is left of its group when it has ended is killed. Unavailable when it cannot be started.
absl::StatusOr<ProcessEnd> RunProgram(const Program& program, std::string_view input);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_PLUGINS_ALERTS_COMMAND_PROCESS_H_
