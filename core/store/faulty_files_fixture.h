// FaultyFiles: SQLite's files with trouble on order, for tests. While an object lives, every connection of the process
// that is opened goes through it. One at a time; faults may be set by any thread.
#ifndef WIREWATCH_STORE_FAULTY_FILES_FIXTURE_H_
#define WIREWATCH_STORE_FAULTY_FILES_FIXTURE_H_

#include <sqlite3.h>

#include <atomic>
#include <cstring>

namespace wirewatch::store {

// SQLITE_OK: all is well; otherwise what SQLite is told.
struct FileFaults {
  std::atomic<int> write{SQLITE_OK};
  std::atomic<int> sync{SQLITE_OK};
  std::atomic<int> read{SQLITE_OK};
  std::atomic<bool> garbled{false};  // reads give zeros
};

class FaultyFiles {
 public:
  // Of the store's file (kMain) and of its write-ahead log (kLog).
  enum Kind { kMain, kLog };

  FaultyFiles() {
    real_ = sqlite3_vfs_find(nullptr);
    vfs_ = *real_;
    vfs_.zName = "faulty";
    vfs_.xOpen = Open;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~FaultyFiles() {
    sqlite3_vfs_register(real_, 1);
    sqlite3_vfs_unregister(&vfs_);
    for (FileFaults& faults : faults_) {
      faults.write = faults.sync = faults.read = SQLITE_OK;
      faults.garbled = false;
    }
    read_only_ = false;
  }
  FaultyFiles(const FaultyFiles&) = delete;
  FaultyFiles& operator=(const FaultyFiles&) = delete;

  FileFaults& operator[](Kind kind) { return faults_[kind]; }
  // Files that are opened from now on may not be written.
  void set_read_only(bool read_only) { read_only_ = read_only; }

 private:
  template <Kind kKind>
  static int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    const int fault = faults_[kKind].write;
    return fault != SQLITE_OK ? fault : methods_[kKind]->xWrite(file, bytes, size, offset);
  }
  template <Kind kKind>
  static int Sync(sqlite3_file* file, int flags) {
    const int fault = faults_[kKind].sync;
    return fault != SQLITE_OK ? fault : methods_[kKind]->xSync(file, flags);
  }
  template <Kind kKind>
  static int Read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
    if (const int fault = faults_[kKind].read; fault != SQLITE_OK) return fault;
    const int result = methods_[kKind]->xRead(file, bytes, size, offset);
    // The first page says what the file is, and stays readable.
    if (faults_[kKind].garbled && offset > 0) std::memset(bytes, 0, static_cast<size_t>(size));
    return result;
  }
  template <Kind kKind>
  static void Patch(sqlite3_file* file) {
    static sqlite3_io_methods patched;
    if (methods_[kKind] == nullptr) {
      methods_[kKind] = file->pMethods;
      patched = *file->pMethods;
      patched.xWrite = Write<kKind>;
      patched.xSync = Sync<kKind>;
      patched.xRead = Read<kKind>;
    }
    file->pMethods = &patched;
  }
  static int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    int asked = flags;
    if (read_only_) asked = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    const int result = real_->xOpen(real_, name, file, asked, out_flags);
    if (result != SQLITE_OK || file->pMethods == nullptr) return result;
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) Patch<kMain>(file);
    if ((flags & SQLITE_OPEN_WAL) != 0) Patch<kLog>(file);
    return result;
  }

  static inline sqlite3_vfs* real_ = nullptr;
  static inline const sqlite3_io_methods* methods_[2] = {nullptr, nullptr};
  static inline FileFaults faults_[2];
  static inline std::atomic<bool> read_only_{false};
  sqlite3_vfs vfs_;
};

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_FAULTY_FILES_FIXTURE_H_
