// What commands that go on until Ctrl-C need of a terminal and of signals.
#ifndef WIREWATCH_CLI_TERMINAL_H_
#define WIREWATCH_CLI_TERMINAL_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace wirewatch::cli {

// Of the terminal on standard output, within reason; a fixed width when it is none.
int Columns();
int Rows();
// Whether standard output shows colours, and nobody has asked for none.
bool ShowsColours();

// SIGINT and SIGTERM wait from now on until somebody asks for them, in this thread and those that it starts. Call it
// before anything that starts threads, as gRPC does: one that does not have them blocked would end the process.
void BlockInterrupts();
// True when one of them came, at once or within `timeout`.
bool WaitForInterrupt(absl::Duration timeout);

// `text` at most so many columns wide, with "…" where it was cut. Valid UTF-8 without controls (text::Printable()).
std::string CutToColumns(std::string_view text, int columns);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_TERMINAL_H_
