#include "wirewatch/service/process_usage.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <limits>
#include <sstream>
#include <string>

namespace wirewatch::service {
namespace {

uint64_t CountOpenFiles() {
  DIR* const folder = opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  uint64_t entries = 0;
  while (readdir(folder) != nullptr) ++entries;
  closedir(folder);
  return entries - 3;  // ".", ".." and the folder itself
}

double BootTime() {
  std::ifstream stat("/proc/stat");
  for (std::string word; stat >> word; stat.ignore(std::numeric_limits<std::streamsize>::max(), '\n')) {
    double time = 0;
    if (word == "btime" && stat >> time) return time;
  }
  return 0;
}

}  // namespace

ProcessUsage ReadProcessUsage() {
  ProcessUsage usage;
  usage.open_files = CountOpenFiles();
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) usage.most_files = files.rlim_cur;
  std::ifstream stat("/proc/self/stat");
  std::string line;
  std::getline(stat, line);
  // Behind the program's name, which may hold anything; see proc(5), from "state" (3) on.
  std::istringstream fields(line.substr(line.rfind(')') == std::string::npos ? line.size() : line.rfind(')') + 1));
  std::string skipped;
  const auto skip = [&](int count) {
    while (count-- > 0) fields >> skipped;
  };
  double user = 0, system = 0, start = 0;
  uint64_t pages = 0;
  skip(11);
  fields >> user >> system;
  skip(6);
  fields >> start >> usage.virtual_bytes >> pages;
  if (!fields) return usage;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  usage.cpu_s = (user + system) / ticks;
  usage.started = BootTime() + start / ticks;
  usage.resident_bytes = pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return usage;
}

}  // namespace wirewatch::service
