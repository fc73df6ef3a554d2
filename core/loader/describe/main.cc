// describe-plugin LIBRARY…: describes plugin libraries on descriptor 3 for the host that started it. Not for people.
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "wirewatch/loader/describer.h"

int main(int argc, char** argv) {
  const std::vector<std::filesystem::path> files(argv + 1, argv + argc);
  const int status = wirewatch::loader::DescribeTo(3, files);
  // Not exit(): what the libraries left to be run at the end is not run.
  _exit(status);
}
