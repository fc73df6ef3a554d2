#include "wirewatch/cli/commands.h"

int main(int argc, char** argv) { return wirewatch::cli::Main(argc, argv); }
