#include "process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::alerts {
namespace {

using Steady = std::chrono::steady_clock;

constexpr size_t kOutputKept = 4096;  // bytes
constexpr auto kUntilKilled = std::chrono::seconds(5);

class File {
 public:
  explicit File(int fd = -1) : fd_(fd) {}
  ~File() { Close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  void Reset(int fd) {
    Close();
    fd_ = fd;
  }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  int fd() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_;
};

struct Pipe {
  File read, write;
  bool Make() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    read.Reset(ends[0]);
    write.Reset(ends[1]);
    return true;
  }
};

// A program may end without reading its input: that is no reason for a signal to this process.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  ~WithoutSigpipe() {
    const timespec none{};
    if (sigismember(&before_, SIGPIPE) == 0) {
      sigtimedwait(&sigpipe_, nullptr, &none);
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t sigpipe_{}, before_{};
};

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Its own group, no signal blocked or ignored, only the standard files open.
int Spawn(const Program& program, int input, int output, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawn_file_actions_addchdir_np(&actions, program.folder.c_str());
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int error = posix_spawn(&pid, program.argv[0].c_str(), &actions, &attributes, Pointers(program.argv).data(),
                                Pointers(program.environment).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return error;
}

// A program that runs, its input and its output.
class Running {
 public:
  Running(pid_t pid, File& input, File& output, std::string_view left)
      : pid_(pid), process_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))), in_(input), out_(output), left_(left) {
    fcntl(in_.fd(), F_SETFL, O_NONBLOCK);
    fcntl(out_.fd(), F_SETFL, O_NONBLOCK);
    if (left_.empty()) in_.Close();
  }

  ProcessEnd Wait(const Program& program) {
    ProcessEnd end;
    const auto after = [](absl::Duration time) { return Steady::now() + absl::ToChronoNanoseconds(time); };
    bool ended = Pump(after(program.timeout));
    if (!ended) {
      end.kind = ProcessEnd::Kind::kTimedOut;
      kill(-pid_, SIGTERM);
      ended = Pump(after(program.grace));
    }
    // Also what the program has left behind. Until it is waited for, the group's number is nobody else's.
    kill(-pid_, SIGKILL);
    if (!ended) ended = Pump(Steady::now() + kUntilKilled);
    int status = 0;
    // One that not even SIGKILL ends (it waits for a disk) is not waited for.
    while (waitpid(pid_, &status, ended ? 0 : WNOHANG) < 0 && errno == EINTR) {
    }
    end.output = std::move(kept_);
    if (end.kind == ProcessEnd::Kind::kTimedOut) return end;
    end.kind = WIFSIGNALED(status) ? ProcessEnd::Kind::kSignalled : ProcessEnd::Kind::kExited;
    end.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return end;
  }

 private:
  // Feeds and reads it; true when it has ended before `deadline`.
  bool Pump(Steady::time_point deadline) {
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now()).count();
      if (left <= 0) return false;
      std::array<pollfd, 3> files = {pollfd{process_.fd(), POLLIN, 0}, {in_.fd(), POLLOUT, 0}, {out_.fd(), POLLIN, 0}};
      if (poll(files.data(), files.size(), static_cast<int>(std::min<int64_t>(left, 60'000))) < 0) continue;
      if (files[1].revents != 0) Feed();
      if (files[2].revents != 0) Read();
      if (files[0].revents != 0) {
        while (out_.open() && Read()) {
        }
        return true;
      }
    }
  }

  void Feed() {
    const ssize_t written = write(in_.fd(), left_.data(), left_.size());
    if (written < 0 && (errno == EAGAIN || errno == EINTR)) return;
    left_.remove_prefix(written < 0 ? left_.size() : static_cast<size_t>(written));
    if (left_.empty()) in_.Close();
  }

  // False when there is nothing to read now.
  bool Read() {
    std::array<char, 4096> bytes{};
    const ssize_t got = read(out_.fd(), bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) return true;
    if (got < 0 && errno == EAGAIN) return false;
    if (got <= 0) {
      out_.Close();
      return false;
    }
    kept_.append(bytes.data(), static_cast<size_t>(got));
    if (kept_.size() > kOutputKept) kept_.erase(0, kept_.size() - kOutputKept);
    return true;
  }

  const pid_t pid_;
  const File process_;
  File& in_;
  File& out_;
  std::string_view left_;
  std::string kept_;
};

}  // namespace

absl::StatusOr<ProcessEnd> RunProgram(const Program& program, std::string_view input) {
  const auto trouble = [&program](int error) {
    return absl::UnavailableError(absl::StrCat(program.argv[0], " cannot be started: ", std::string(strerror(error))));
  };
  const WithoutSigpipe guard;
  Pipe in, out;
  if (!in.Make() || !out.Make()) return trouble(errno);
  pid_t pid = -1;
  if (const int error = Spawn(program, in.read.fd(), out.write.fd(), pid); error != 0) return trouble(error);
  in.read.Close();
  out.write.Close();
  return Running(pid, in.write, out.read, input).Wait(program);
}

}  // namespace wirewatch::alerts
