#include <unistd.h>

// Never comes back from being loaded.
__attribute__((constructor)) static void Hang() {
  for (;;) pause();
}
