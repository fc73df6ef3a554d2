#include "wirewatch/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <ctime>

#include "wirewatch/text/printable.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::cli {
namespace {

sigset_t Interrupts() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

int Columns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 96;
  return std::clamp<int>(size.ws_col - 4, 40, 160);
}

int Rows() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return 24;
  return std::max<int>(size.ws_row, 5);
}

bool ShowsColours() {
  const char* no_color = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) != 0 && (no_color == nullptr || *no_color == '\0');
}

void BlockInterrupts() {
  const sigset_t signals = Interrupts();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

bool WaitForInterrupt(absl::Duration timeout) {
  const sigset_t signals = Interrupts();
  const timespec time = absl::ToTimespec(timeout);
  return sigtimedwait(&signals, nullptr, &time) > 0;
}

std::string CutToColumns(std::string_view text, int columns) {
  if (text::ColumnsOf(text) <= columns) return std::string(text);
  int taken = 0;
  size_t end = 0;
  while (end < text.size()) {
    const text::Decoded decoded = text::DecodeAt(text, end);
    taken += text::ColumnsOf(decoded.code_point);
    if (taken > columns - 1) break;
    end += decoded.length;
  }
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace wirewatch::cli
