#include "wirewatch/loader/describer.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "wirewatch/loader/library.h"

extern char** environ;

namespace wirewatch::loader {
namespace {

// A frame on the pipe: a letter, a length (4 bytes, this machine's order), that many bytes.
constexpr char kDescribed = 'D';  // a serialised v1::PluginDescription
constexpr char kRefused = 'R';    // a status code (1 byte) and a sentence
constexpr size_t kMaxFrame = 4 << 20;
constexpr int kChildFd = 3;
constexpr rlim_t kMaxCpuSeconds = 60;

struct Frame {
  char type = 0;
  std::string payload;
};

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

bool WriteFrame(int fd, char type, std::string_view payload) {
  const auto size = static_cast<uint32_t>(payload.size());
  std::string frame(1, type);
  frame.append(reinterpret_cast<const char*>(&size), sizeof size).append(payload);
  return WriteAll(fd, frame);
}

enum class ReadResult { kRead, kClosed, kTimeout };

ReadResult ReadExactly(int fd, absl::Time deadline, size_t size, std::string& bytes) {
  bytes.clear();
  while (bytes.size() < size) {
    const int64_t left_ms = absl::ToInt64Milliseconds(deadline - absl::Now());
    if (left_ms <= 0) return ReadResult::kTimeout;
    pollfd waiting{fd, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(std::min<int64_t>(left_ms, 1000))) <= 0) continue;
    char buffer[4096];
    const ssize_t got = read(fd, buffer, std::min(sizeof buffer, size - bytes.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return ReadResult::kClosed;
    bytes.append(buffer, static_cast<size_t>(got));
  }
  return ReadResult::kRead;
}

ReadResult ReadFrame(int fd, absl::Time deadline, Frame& frame) {
  std::string header;
  if (const ReadResult result = ReadExactly(fd, deadline, 5, header); result != ReadResult::kRead) return result;
  uint32_t size = 0;
  std::memcpy(&size, header.data() + 1, sizeof size);
  frame.type = header[0];
  if (size > kMaxFrame) return ReadResult::kClosed;
  return ReadExactly(fd, deadline, size, frame.payload);
}

// A running child and the read end of its pipe; killed and reaped at the end.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pipe_ >= 0) close(pipe_);
    if (pid_ > 0) kill(pid_, SIGKILL), Wait();
  }

  absl::Status Start(const std::filesystem::path& program, std::span<const std::filesystem::path> files) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "no pipe for the describing child");
    pipe_ = ends[0];
    std::vector<std::string> words{program.string()};
    for (const auto& file : files) words.push_back(file.string());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], kChildFd);
    const int error = posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (error == 0) return absl::OkStatus();
    pid_ = -1;
    return absl::ErrnoToStatus(error, absl::StrCat("cannot start ", program.string()));
  }

  int fd() const { return pipe_; }
  void Kill() const { kill(pid_, SIGKILL); }
  // How it ended, after it has.
  std::string Ending() {
    const int status = Wait();
    if (WIFSIGNALED(status))
      return absl::StrCat("it crashed (", strsignal(WTERMSIG(status)), ") while being described");
    return absl::StrCat("it ended the process (exit ", WEXITSTATUS(status), ") while being described");
  }

 private:
  int Wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

  pid_t pid_ = -1;
  int pipe_ = -1;
};

Description Understood(const Frame& frame) {
  Description description;
  if (frame.type == kDescribed && description.plugin.ParseFromString(frame.payload)) return description;
  if (frame.type == kRefused && !frame.payload.empty()) {
    description.status = absl::Status(static_cast<absl::StatusCode>(frame.payload[0]), frame.payload.substr(1));
    if (!description.status.ok()) return description;
  }
  description.status = absl::InternalError("its description cannot be read");
  return description;
}

}  // namespace

std::vector<Description> Describer::Describe(std::span<const std::filesystem::path> files) const {
  std::vector<Description> descriptions(files.size(), {absl::CancelledError("not reached"), {}});
  Child child;
  if (absl::Status started = child.Start(program_, files); !started.ok()) {
    for (Description& description : descriptions) description.status = started;
    return descriptions;
  }
  for (Description& description : descriptions) {
    Frame frame;
    const ReadResult result = ReadFrame(child.fd(), absl::Now() + timeout_, frame);
    if (result == ReadResult::kRead) {
      description = Understood(frame);
      continue;
    }
    if (result == ReadResult::kTimeout) {
      description.status = absl::DeadlineExceededError(
          absl::StrCat("it did not answer within ", absl::FormatDuration(timeout_), " while being described"));
    } else {
      // A library that closed the pipe may still run; one that is dead keeps the ending it had.
      child.Kill();
      description.status = absl::InternalError(child.Ending());
    }
    break;
  }
  return descriptions;
}

int DescribeTo(int fd, std::span<const std::filesystem::path> files) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0}, cpu{kMaxCpuSeconds, kMaxCpuSeconds};
  setrlimit(RLIMIT_CORE, &no_core);
  setrlimit(RLIMIT_CPU, &cpu);
  for (const std::filesystem::path& file : files) {
    const absl::StatusOr<const PluginFactory*> factory = OpenLibrary(file, file.stem().string());
    const bool sent = factory.ok() ? WriteFrame(fd, kDescribed, (*factory)->description().SerializeAsString())
                                   : WriteFrame(fd, kRefused,
                                                absl::StrCat(std::string(1, static_cast<char>(factory.status().code())),
                                                             std::string(factory.status().message())));
    if (!sent) return 1;
  }
  return 0;
}

}  // namespace wirewatch::loader
