// A power cut for SQLite files, preloaded into an unmodified `wirewatch`: an SQLite VFS, registered as the default,
// that passes everything on to the one of the system and keeps beside it what a disk would hold if the power went now.
//
// What is modelled, for files below POWER_PREFIX:
// - a write is durable after an xSync of its file, and not before: each sector of 512 bytes that it touched holds after
//   the cut what it held at the last xSync, what this or any later write put there, or a beginning of that;
// - sizes that were not synced may be lost, or be there without the bytes; the order of writes counts for nothing;
// - the entry of a file in its directory, new or removed, is durable after the directory was synced (which SQLite does
//   with the first xSync of a new journal or log, or when a file is removed with that wish), and not before;
// - "-shm" is memory and never seen here.
// Each process finds itself on a machine that has started anew (the kernel's boot_id).
// Files that only grow, named in POWER_APPENDED (paths separated by `:`), keep what fsync() has seen and any piece
// more.
//
// The cut comes at operation POWER_CUT_AT (writes, truncations, syncs, creations and removals count), before it or
// behind it: what is left is written to the folder POWER_STATE, a file each and `NAME.gone` for one that is not there,
// and the process is killed. Which it is follows from POWER_SEED. Without a cut the number of operations is written to
// POWER_STATE/operations at the end. POWER_IGNORE_SYNC=1 makes every sync a lie, which a store cannot survive: the test
// of the test. One mutex guards all of it.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr size_t kSector = 512;

// What happened to a file since its last sync.
struct Change {
  sqlite3_int64 offset = 0;
  std::string bytes;
  bool truncation = false;  // to `offset`
};

struct Content {
  std::string durable;
  std::vector<Change> pending;
};

// A name in a directory: which content it has now, and which after a cut.
struct Entry {
  std::shared_ptr<Content> live, durable;
};

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

uint64_t NumberFrom(const char* name) { return std::strtoull(Environment(name).c_str(), nullptr, 10); }

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void WriteAll(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

class Disk {
 public:
  static Disk& Get() {
    static Disk& disk = *new Disk;
    return disk;
  }

  bool Has(const char* path) const { return path != nullptr && !prefix_.empty() && NameBegins(path, prefix_); }

  // One operation: `perform` does it on the system's file and notes it here.
  template <class Perform>
  int Operation(Perform perform) {
    const std::lock_guard lock(mutex_);
    const bool last = ++operations_ == cut_at_;
    if (last && Chance(0.5)) Cut();
    const int result = perform();
    if (last) Cut();
    return result;
  }

  // Called before the system opens the file; true if that will create it.
  bool IsNew(const std::string& path) const { return access(path.c_str(), F_OK) != 0; }

  std::shared_ptr<Content> Opened(const std::string& path, bool created) {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_[path];
    if (created || entry.live == nullptr) {
      entry.live = std::make_shared<Content>();
      // What is there when the process starts has been there for long.
      if (!created) {
        entry.live->durable = ReadAll(path);
        entry.durable = entry.live;
      }
    }
    return entry.live;
  }

  void Synced(Content& content, bool directory_too) {
    if (ignore_sync_) return;
    for (const Change& change : content.pending) Apply(change, content.durable);
    content.pending.clear();
    if (directory_too) DirectorySynced();
  }

  void Removed(const std::string& path, bool sync_directory) {
    entries_[path].live = nullptr;
    if (sync_directory && !ignore_sync_) DirectorySynced();
  }

  void AppendedSynced(int descriptor) {
    const std::lock_guard lock(mutex_);
    struct stat file {};
    if (ignore_sync_ || fstat(descriptor, &file) != 0) return;
    for (auto& [path, size] : appended_) {
      struct stat named {};
      if (stat(path.c_str(), &named) == 0 && named.st_ino == file.st_ino && named.st_dev == file.st_dev)
        size = static_cast<size_t>(file.st_size);
    }
  }

  void Report() {
    const std::lock_guard lock(mutex_);
    if (!state_.empty() && operations_ > 0) WriteAll(state_ + "/operations", std::to_string(operations_) + "\n");
  }

 private:
  Disk()
      : prefix_(Environment("POWER_PREFIX")),
        state_(Environment("POWER_STATE")),
        cut_at_(NumberFrom("POWER_CUT_AT")),
        ignore_sync_(NumberFrom("POWER_IGNORE_SYNC") != 0),
        random_(NumberFrom("POWER_SEED")) {
    std::istringstream paths(Environment("POWER_APPENDED"));
    for (std::string path; std::getline(paths, path, ':');) {
      struct stat file {};
      appended_[path] = stat(path.c_str(), &file) == 0 ? static_cast<size_t>(file.st_size) : 0;
    }
    // Everything may survive, nothing, or something of each.
    constexpr double kShares[] = {0, 0.1, 0.5, 0.9, 1};
    survives_ = kShares[random_() % std::size(kShares)];
  }

  static bool NameBegins(const std::string& path, const std::string& prefix) { return path.rfind(prefix, 0) == 0; }
  bool Chance(double share) { return static_cast<double>(random_()) < share * static_cast<double>(random_.max()); }

  void DirectorySynced() {
    for (auto& [path, entry] : entries_) entry.durable = entry.live;
  }

  static void Apply(const Change& change, std::string& bytes) {
    const auto offset = static_cast<size_t>(change.offset);
    if (change.truncation) {
      if (bytes.size() > offset) bytes.resize(offset);
      return;
    }
    Put(offset, change.bytes, bytes);
  }

  static void Put(size_t offset, std::string_view what, std::string& bytes) {
    if (what.empty()) return;
    if (bytes.size() < offset + what.size()) bytes.resize(offset + what.size());
    what.copy(bytes.data() + offset, what.size());
  }

  std::string AfterTheCut(const Content& content) {
    std::string bytes = content.durable;
    size_t written_to = bytes.size();
    for (const Change& change : content.pending) {
      const auto offset = static_cast<size_t>(change.offset);
      if (change.truncation) {
        if (Chance(survives_)) Apply(change, bytes);
        continue;
      }
      written_to = std::max(written_to, offset + change.bytes.size());
      for (size_t begin = 0; begin < change.bytes.size();) {
        const size_t length = std::min(change.bytes.size() - begin, kSector - (offset + begin) % kSector);
        const std::string_view sector = std::string_view(change.bytes).substr(begin, length);
        if (Chance(survives_))
          Put(offset + begin, sector, bytes);
        else if (Chance(0.05))
          Put(offset + begin, sector.substr(0, random_() % length), bytes);
        begin += length;
      }
    }
    // The size may have got there without the bytes.
    if (bytes.size() < written_to && Chance(0.2)) bytes.resize(written_to);
    return bytes;
  }

  [[noreturn]] void Cut() {
    for (const auto& [path, entry] : entries_) {
      const std::shared_ptr<Content>& content = Chance(survives_) ? entry.live : entry.durable;
      if (content == nullptr) {
        WriteAll(state_ + "/" + NameOf(path) + ".gone", "");
      } else {
        WriteAll(state_ + "/" + NameOf(path), AfterTheCut(*content));
      }
    }
    for (const auto& [path, durable] : appended_) {
      const std::string bytes = ReadAll(path);
      if (bytes.size() <= durable) continue;
      WriteAll(state_ + "/" + NameOf(path),
               std::string_view(bytes).substr(0, durable + random_() % (bytes.size() - durable + 1)));
    }
    kill(getpid(), SIGKILL);
    while (true) pause();
  }

  const std::string prefix_, state_;
  const uint64_t cut_at_;
  const bool ignore_sync_;
  // Recursive: the system's own files may call fsync().
  std::recursive_mutex mutex_;
  std::mt19937_64 random_;
  double survives_ = 0;
  uint64_t operations_ = 0;
  std::map<std::string, Entry> entries_;
  std::map<std::string, size_t> appended_;  // how much of it is durable
};

// The system's file stands right behind it in memory.
struct PowerFile {
  sqlite3_file base;
  std::shared_ptr<Content>* content;  // nullptr: not modelled
  bool sync_directory;
};

sqlite3_file* Real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<PowerFile*>(file) + 1);
}
PowerFile* Own(sqlite3_file* file) { return reinterpret_cast<PowerFile*>(file); }

int Close(sqlite3_file* file) {
  delete Own(file)->content;
  Own(file)->content = nullptr;
  return Real(file)->pMethods->xClose(Real(file));
}

int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  const auto write = [=] { return Real(file)->pMethods->xWrite(Real(file), bytes, size, offset); };
  if (Own(file)->content == nullptr) return write();
  return Disk::Get().Operation([&] {
    const int result = write();
    const std::string copy(static_cast<const char*>(bytes), static_cast<size_t>(size));
    if (result == SQLITE_OK) (*Own(file)->content)->pending.push_back({offset, copy, false});
    return result;
  });
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  const auto truncate = [=] { return Real(file)->pMethods->xTruncate(Real(file), size); };
  if (Own(file)->content == nullptr) return truncate();
  return Disk::Get().Operation([&] {
    const int result = truncate();
    if (result == SQLITE_OK) (*Own(file)->content)->pending.push_back({size, "", true});
    return result;
  });
}

// The system need not wait for its disk: only this one's counts.
int Sync(sqlite3_file* file, int flags) {
  if (Own(file)->content == nullptr) return Real(file)->pMethods->xSync(Real(file), flags);
  return Disk::Get().Operation([&] {
    Disk::Get().Synced(**Own(file)->content, Own(file)->sync_directory);
    Own(file)->sync_directory = false;
    return SQLITE_OK;
  });
}

int Read(sqlite3_file* f, void* to, int n, sqlite3_int64 at) { return Real(f)->pMethods->xRead(Real(f), to, n, at); }
int FileSize(sqlite3_file* f, sqlite3_int64* size) { return Real(f)->pMethods->xFileSize(Real(f), size); }
int Lock(sqlite3_file* f, int level) { return Real(f)->pMethods->xLock(Real(f), level); }
int Unlock(sqlite3_file* f, int level) { return Real(f)->pMethods->xUnlock(Real(f), level); }
int CheckReserved(sqlite3_file* f, int* out) { return Real(f)->pMethods->xCheckReservedLock(Real(f), out); }
int FileControl(sqlite3_file* f, int op, void* arg) { return Real(f)->pMethods->xFileControl(Real(f), op, arg); }
int SectorSize(sqlite3_file* f) { return Real(f)->pMethods->xSectorSize(Real(f)); }
int Characteristics(sqlite3_file* f) { return Real(f)->pMethods->xDeviceCharacteristics(Real(f)); }
int ShmMap(sqlite3_file* f, int page, int size, int extend, void volatile** at) {
  return Real(f)->pMethods->xShmMap(Real(f), page, size, extend, at);
}
int ShmLock(sqlite3_file* f, int at, int n, int flags) { return Real(f)->pMethods->xShmLock(Real(f), at, n, flags); }
void ShmBarrier(sqlite3_file* f) { Real(f)->pMethods->xShmBarrier(Real(f)); }
int ShmUnmap(sqlite3_file* f, int remove) { return Real(f)->pMethods->xShmUnmap(Real(f), remove); }
int Fetch(sqlite3_file* f, sqlite3_int64 at, int n, void** to) { return Real(f)->pMethods->xFetch(Real(f), at, n, to); }
int Unfetch(sqlite3_file* f, sqlite3_int64 at, void* p) { return Real(f)->pMethods->xUnfetch(Real(f), at, p); }

const sqlite3_io_methods kMethods = {
    3,        Close,         Read,        Write,      Truncate,        Sync,   FileSize, Lock,
    Unlock,   CheckReserved, FileControl, SectorSize, Characteristics, ShmMap, ShmLock,  ShmBarrier,
    ShmUnmap, Fetch,         Unfetch};

sqlite3_vfs* system_vfs = nullptr;
sqlite3_vfs power_vfs;

int Open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  PowerFile* own = Own(file);
  own->base.pMethods = nullptr;
  own->content = nullptr;
  const auto open = [&] { return system_vfs->xOpen(system_vfs, path, Real(file), flags, flags_out); };
  constexpr int kLogs = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
  const bool modelled = Disk::Get().Has(path) && (flags & (SQLITE_OPEN_MAIN_DB | kLogs)) != 0;
  const bool created = modelled && Disk::Get().IsNew(path);
  const int result = created ? Disk::Get().Operation(open) : open();
  if (result != SQLITE_OK) return result;
  own->base.pMethods = &kMethods;
  if (modelled) own->content = new std::shared_ptr<Content>(Disk::Get().Opened(path, created));
  own->sync_directory = created && (flags & kLogs) != 0;
  return SQLITE_OK;
}

int Delete(sqlite3_vfs*, const char* path, int sync_directory) {
  const auto remove = [&] { return system_vfs->xDelete(system_vfs, path, sync_directory); };
  if (!Disk::Get().Has(path)) return remove();
  return Disk::Get().Operation([&] {
    const int result = remove();
    if (result == SQLITE_OK) Disk::Get().Removed(path, sync_directory != 0);
    return result;
  });
}

__attribute__((constructor)) void Register() {
  system_vfs = sqlite3_vfs_find(nullptr);
  if (system_vfs == nullptr || Environment("POWER_PREFIX").empty()) return;
  power_vfs = *system_vfs;
  power_vfs.pNext = nullptr;
  power_vfs.zName = "power_loss";
  power_vfs.szOsFile = static_cast<int>(sizeof(PowerFile)) + system_vfs->szOsFile;
  power_vfs.xOpen = Open;
  power_vfs.xDelete = Delete;
  sqlite3_vfs_register(&power_vfs, 1);
  std::atexit([] { Disk::Get().Report(); });
}

}  // namespace

// Whoever asks which run of the machine this is learns that it is a new one.
extern "C" int open(const char* path, int flags, ...) {
  static const auto real = reinterpret_cast<int (*)(const char*, int, ...)>(dlsym(RTLD_NEXT, "open"));
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = va_arg(arguments, mode_t);  // whatever stands there when there is none: then nobody reads it
  va_end(arguments);
  if (Environment("POWER_PREFIX").empty() || std::string_view(path) != "/proc/sys/kernel/random/boot_id")
    return real(path, flags, mode);
  const int id = memfd_create("boot_id", MFD_CLOEXEC);
  const std::string text = "power-cut-" + std::to_string(getpid()) + "-" + std::to_string(time(nullptr)) + "\n";
  if (id < 0 || write(id, text.data(), text.size()) < 0 || lseek(id, 0, SEEK_SET) < 0) return -1;
  return id;
}

extern "C" int fsync(int descriptor) {
  static const auto real = reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, "fsync"));
  const int result = real(descriptor);
  if (result == 0 && !Environment("POWER_PREFIX").empty()) Disk::Get().AppendedSynced(descriptor);
  return result;
}
