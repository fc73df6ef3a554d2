// For tests: Debian's rsyslog on loopback, with a configuration and a folder of its own.
#ifndef WIREWATCH_PLUGINS_ALERTS_SYSLOG_RSYSLOG_FIXTURE_H_
#define WIREWATCH_PLUGINS_ALERTS_SYSLOG_RSYSLOG_FIXTURE_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace wirewatch::alerts {

class RsyslogFixture : public ::testing::Test {
 protected:
  RsyslogFixture() {
    signal(SIGPIPE, SIG_IGN);  // as the host does
    std::string pattern = (std::filesystem::temp_directory_path() / "wirewatch-syslog-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    port_ = FreePort();
  }
  ~RsyslogFixture() override {
    Stop();
    std::filesystem::remove_all(folder_);
  }

  // Starts it with these inputs; PORT and FOLDER are replaced.
  void Start(const std::string& inputs) {
    std::ofstream(folder_ / "rsyslog.conf")
        << "global(workDirectory=\"" << folder_.string() << "\" maxMessageSize=\"64k\")\n"
        << absl::StrReplaceAll(inputs, {{"PORT", absl::StrCat(port_)}, {"FOLDER", folder_.string()}})
        << "\ntemplate(name=\"all\" type=\"string\" string=\"%pri%|%timestamp:::date-rfc3339%|%hostname%|%app-name%|"
           "%procid%|%msgid%|%structured-data%|%msg%\\n\")\n*.* action(type=\"omfile\" file=\""
        << (folder_ / "messages").string() << "\" template=\"all\")\n";
    std::vector<std::string> argv = {"/usr/sbin/rsyslogd",      "-n", "-f", (folder_ / "rsyslog.conf").string(), "-i",
                                     (folder_ / "pid").string()};
    Run(argv, process_);
    // It writes the file when it listens.
    ASSERT_TRUE(Until([this] { return std::filesystem::exists(folder_ / "pid"); })) << "rsyslogd does not start";
    absl::SleepFor(absl::Milliseconds(200));
  }
  void Stop() {
    if (process_ <= 0) return;
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
    process_ = 0;
    std::filesystem::remove(folder_ / "pid");
  }
  void RunToEnd(const std::vector<std::string>& argv) {
    pid_t process = 0;
    Run(argv, process);
    int status = 0;
    waitpid(process, &status, 0);
    ASSERT_EQ(status, 0) << argv[0];
  }

  static bool Until(const std::function<bool()>& holds) {
    for (int i = 0; i < 500; ++i) {
      if (holds()) return true;
      absl::SleepFor(absl::Milliseconds(20));
    }
    return false;
  }
  // The messages that came so far, except rsyslog's own.
  std::vector<std::string> Messages() const {
    std::ifstream file(folder_ / "messages");
    std::vector<std::string> messages;
    for (std::string line; std::getline(file, line);) {
      if (line.find("|rsyslogd|") == std::string::npos) messages.push_back(line);
    }
    return messages;
  }
  bool Came(size_t count) const {
    return Until([&] { return Messages().size() >= count; });
  }
  static int FreePort() {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const auto at = reinterpret_cast<sockaddr*>(&address);
    if (bind(fd, at, size) != 0 || getsockname(fd, at, &size) != 0) abort();
    close(fd);
    return ntohs(address.sin_port);
  }

  std::filesystem::path folder_;
  int port_ = 0;

 private:
  static void Run(std::vector<std::string> argv, pid_t& process) {
    std::vector<char*> pointers;
    for (std::string& argument : argv) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ASSERT_EQ(posix_spawnp(&process, pointers[0], &actions, nullptr, pointers.data(), environ), 0) << argv[0];
    posix_spawn_file_actions_destroy(&actions);
  }

  pid_t process_ = 0;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_PLUGINS_ALERTS_SYSLOG_RSYSLOG_FIXTURE_H_
