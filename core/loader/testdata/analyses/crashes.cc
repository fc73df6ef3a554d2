#include <csignal>

// Dies as soon as it is loaded.
__attribute__((constructor)) static void Crash() { std::raise(SIGSEGV); }
