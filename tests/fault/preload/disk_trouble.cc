// A disk in trouble, preloaded into an unmodified `wirewatch`: while the file DISK_TROUBLE is there, calls on files
// below DISK_TROUBLE_PREFIX fail as its first word says:
//
//   full               writes and growth: ENOSPC
//   read-only          writes, and opening for writing: EROFS
//   errors SHARE SEED  reads, writes and syncs: EIO for that share of the calls (0 to 1), seeded
//
// What was opened before is held to it too. Locks and shared memory ("-shm", ".lock") are left alone, but a full disk
// also keeps "-shm" from growing. Thread-safe.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <random>
#include <string>
#include <string_view>

namespace {

enum class Call { kRead, kWrite, kGrow, kSync, kOpenForWriting };

template <class Function>
Function* Real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

const std::string& Environment(const char* name) {
  static const auto read = [](const char* of) {
    const char* value = std::getenv(of);
    return std::string(value == nullptr ? "" : value);
  };
  static const std::string control = read("DISK_TROUBLE");
  static const std::string prefix = read("DISK_TROUBLE_PREFIX");
  return std::string_view(name) == "DISK_TROUBLE" ? control : prefix;
}

// The control file's text; "" when all is well.
std::string Trouble() {
  const std::string& path = Environment("DISK_TROUBLE");
  if (path.empty()) return "";
  static const auto real_open = Real<int(const char*, int, ...)>("open");
  static const auto real_read = Real<ssize_t(int, void*, size_t)>("read");
  const int saved = errno;
  const int descriptor = real_open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::array<char, 64> text{};
  const ssize_t size = descriptor < 0 ? 0 : real_read(descriptor, text.data(), text.size() - 1);
  if (descriptor >= 0) close(descriptor);
  errno = saved;
  return size > 0 ? std::string(text.data(), static_cast<size_t>(size)) : "";
}

bool Chance(const std::string& trouble) {
  static std::mutex mutex;
  static std::mt19937_64* random = nullptr;
  double share = 0;
  unsigned long long seed = 0;
  if (std::sscanf(trouble.c_str(), "errors %lf %llu", &share, &seed) != 2) return false;
  const std::lock_guard lock(mutex);
  if (random == nullptr) random = new std::mt19937_64(seed);
  return static_cast<double>((*random)()) < share * static_cast<double>(random->max());
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// 0, or what the call fails with.
int ErrorOf(std::string_view path, Call call) {
  const std::string& prefix = Environment("DISK_TROUBLE_PREFIX");
  if (prefix.empty() || path.substr(0, prefix.size()) != prefix || EndsWith(path, ".lock")) return 0;
  const std::string trouble = Trouble();
  if (trouble.empty()) return 0;
  const bool memory = EndsWith(path, "-shm");
  if (trouble.rfind("full", 0) == 0) {
    if (memory) return call == Call::kGrow ? ENOSPC : 0;
    return call == Call::kWrite || call == Call::kGrow ? ENOSPC : 0;
  }
  if (memory) return 0;
  if (trouble.rfind("read-only", 0) == 0) return call == Call::kRead || call == Call::kSync ? 0 : EROFS;
  return call != Call::kOpenForWriting && Chance(trouble) ? EIO : 0;
}

int ErrorOf(int descriptor, Call call) {
  if (Environment("DISK_TROUBLE_PREFIX").empty()) return 0;
  const int saved = errno;
  std::array<char, 4096> path{};
  const ssize_t size = readlink(("/proc/self/fd/" + std::to_string(descriptor)).c_str(), path.data(), path.size() - 1);
  errno = saved;
  return size <= 0 ? 0 : ErrorOf(std::string_view(path.data(), static_cast<size_t>(size)), call);
}

template <class Result>
Result Fail(int error) {
  errno = error;
  return static_cast<Result>(-1);
}

template <class Result, class Function, class... Arguments>
Result Checked(Function* real, Call call, int descriptor, Arguments... arguments) {
  if (const int error = ErrorOf(descriptor, call); error != 0) return Fail<Result>(error);
  return real(descriptor, arguments...);
}

int Open(const char* name, const char* path, int flags, mode_t mode) {
  if ((flags & O_ACCMODE) != O_RDONLY && path != nullptr && path[0] == '/') {
    if (const int error = ErrorOf(std::string_view(path), Call::kOpenForWriting); error != 0) return Fail<int>(error);
  }
  return Real<int(const char*, int, ...)>(name)(path, flags, mode);
}

mode_t ModeOf(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

}  // namespace

#define PASS(RESULT, NAME, CALL, PARAMETERS, ...)                                    \
  extern "C" RESULT NAME PARAMETERS {                                                \
    static const auto real = Real<RESULT PARAMETERS>(#NAME);                         \
    return Checked<RESULT>(real, Call::CALL, descriptor __VA_OPT__(, ) __VA_ARGS__); \
  }

PASS(ssize_t, read, kRead, (int descriptor, void* to, size_t size), to, size)
PASS(ssize_t, pread, kRead, (int descriptor, void* to, size_t size, off_t at), to, size, at)
PASS(ssize_t, pread64, kRead, (int descriptor, void* to, size_t size, off64_t at), to, size, at)
PASS(ssize_t, write, kWrite, (int descriptor, const void* from, size_t size), from, size)
PASS(ssize_t, pwrite, kWrite, (int descriptor, const void* from, size_t size, off_t at), from, size, at)
PASS(ssize_t, pwrite64, kWrite, (int descriptor, const void* from, size_t size, off64_t at), from, size, at)
PASS(ssize_t, writev, kWrite, (int descriptor, const struct iovec* from, int count), from, count)
PASS(int, ftruncate, kGrow, (int descriptor, off_t size), size)
PASS(int, ftruncate64, kGrow, (int descriptor, off64_t size), size)
PASS(int, fallocate, kGrow, (int descriptor, int mode, off_t at, off_t size), mode, at, size)
PASS(int, fallocate64, kGrow, (int descriptor, int mode, off64_t at, off64_t size), mode, at, size)
PASS(int, fsync, kSync, (int descriptor))
PASS(int, fdatasync, kSync, (int descriptor))

extern "C" int posix_fallocate(int descriptor, off_t at, off_t size) {
  static const auto real = Real<int(int, off_t, off_t)>("posix_fallocate");
  if (const int error = ErrorOf(descriptor, Call::kGrow); error != 0) return error;
  return real(descriptor, at, size);
}

extern "C" int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = ModeOf(flags, arguments);
  va_end(arguments);
  return Open("open", path, flags, mode);
}

extern "C" int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = ModeOf(flags, arguments);
  va_end(arguments);
  return Open("open64", path, flags, mode);
}
