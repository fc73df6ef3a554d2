// jsonl: every event of the journal as one line of JSON at the end of a file, and every digest as {"digest":…}. The
// file is moved aside when it is large or old enough.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "rotation.h"
#include "wirewatch/sdk/alert_channel.h"

namespace wirewatch::alerts {
namespace {

constexpr char kDigest[] = "{\"digest\":";  // what the line of a digest begins with

}  // namespace

class Jsonl final : public AlertChannel {
 public:
  struct RotateOptions {
    ByteSize size;
    bool daily = false;
    std::string zone = "UTC";
    RotationOptions::Names names = RotationOptions::Names::kNumbered;
    uint32_t keep = 0;
    bool gzip = false;
  };
  struct Options {
    Path path;
    RotateOptions rotate;
  };

  static absl::StatusOr<std::unique_ptr<Jsonl>> Create(Options options, Setup& setup) {
    OptionErrors errors(setup.options(), setup.diagnostics());
    RotateOptions& rotate = options.rotate;
    RotationOptions rotation{.path = options.path.resolved,
                             .size_bytes = rotate.size.bytes,
                             .daily = rotate.daily,
                             .names = rotate.names,
                             .keep = rotate.keep,
                             .gzip = rotate.gzip};
    if (!absl::LoadTimeZone(rotate.zone, &rotation.zone))
      errors.Error("rotate", absl::StrCat("there is no time zone \"", rotate.zone, "\""), "for example Europe/Vienna");
    if (errors.Written("rotate") && options.path.text == "-")
      errors.Error("rotate", "standard output cannot be rotated");
    if (errors.Written("rotate") && rotate.size.bytes == 0 && !rotate.daily)
      errors.Error("rotate", "nothing says when to rotate", "write size: 100MiB or daily: true");
    return std::unique_ptr<Jsonl>(new Jsonl(std::move(options), std::move(rotation), setup));
  }
  ~Jsonl() override { Close(); }

  // A crash may have left events in the file that count as not delivered, and half a line: the half line is cut off,
  // and events up to the last whole line are not written again, nor is the last digest.
  absl::Status Open(uint64_t delivered) override {
    last_ = delivered;
    last_digest_.clear();
    if (ToStandardOutput()) return absl::OkStatus();
    if (absl::Status opened = OpenFile(); !opened.ok()) return opened;
    struct stat file {};
    if (fstat(fd_, &file) != 0) return Trouble("cannot be read");
    written_ = absl::TimeFromTimespec(file.st_mtim);
    if (absl::Status read = ReadEnd(fd_, true); !read.ok() || !rotates_) return read;
    Tell(rotation_.Tidy());
    if (!journal_of_last_.empty()) return absl::OkStatus();
    // The crash may have come when the file was just moved aside.
    const int newest = open(rotation_.Newest().c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (newest < 0) return absl::OkStatus();
    absl::Status read = ReadEnd(newest, false);
    close(newest);
    return read;
  }

  absl::Status Deliver(const v1::AlertEvent& event) override {
    if (event.sequence() <= last_ && event.journal_id() == journal_of_last_) return absl::OkStatus();
    std::string line;
    const auto printed = google::protobuf::util::MessageToJsonString(event, &line);
    if (!printed.ok()) return absl::InternalError(printed.ToString());
    if (absl::Status written = Write(line + "\n"); !written.ok()) return written;
    last_ = event.sequence();
    journal_of_last_ = event.journal_id();
    return absl::OkStatus();
  }

  absl::Status DeliverDigest(const v1::Digest& digest) override {
    if (digest.id() == last_digest_) return absl::OkStatus();
    const absl::StatusOr<std::string> line = PreviewDigest(digest);
    if (!line.ok()) return line.status();
    if (absl::Status written = Write(*line); !written.ok()) return written;
    last_digest_ = digest.id();
    return absl::OkStatus();
  }
  absl::StatusOr<std::string> PreviewDigest(const v1::Digest& digest) override {
    std::string json;
    const auto printed = google::protobuf::util::MessageToJsonString(digest, &json);
    if (!printed.ok()) return absl::InternalError(printed.ToString());
    return absl::StrCat(kDigest, json, "}\n");
  }

  absl::Status Flush() override { return ToStandardOutput() ? absl::OkStatus() : Sync(); }

 private:
  static constexpr off_t kMaxLine = 64 << 20;

  Jsonl(Options options, RotationOptions rotation, Setup& setup)
      : options_(std::move(options)),
        rotates_(rotation.size_bytes > 0 || rotation.daily),
        rotation_(std::move(rotation)),
        clock_(setup.clock()),
        log_(setup.log()) {}

  bool ToStandardOutput() const { return options_.path.text == "-"; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  absl::Status Trouble(const char* what) const {
    return absl::UnavailableError(absl::StrCat(options_.path.text, " ", what, ": ", std::string(strerror(errno))));
  }

  absl::Status Sync() {
    if (fsync(fd_) == 0) return absl::OkStatus();
    // The system may have thrown away what it could not write: better twice in the file than not at all.
    journal_of_last_.clear();
    last_digest_.clear();
    return Trouble("cannot be written to the disk");
  }

  // What was written to the file before is safe when this has succeeded.
  absl::Status OpenFile() {
    if (absl::Status synced = Sync(); fd_ >= 0 && !synced.ok()) return synced;
    Close();
    fd_ = open(options_.path.resolved.c_str(), O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
               S_IRUSR | S_IWUSR | S_IRGRP);
    if (fd_ < 0) return Trouble("cannot be opened");
    return SyncFolder(options_.path.resolved);
  }

  // Finds the last whole line, cuts off (or passes over) what is behind it, and takes the event's place in the journal
  // from it.
  absl::Status ReadEnd(int fd, bool cut) {
    struct stat file {};
    if (fstat(fd, &file) != 0) return Trouble("cannot be read");
    if (file.st_size == 0) return absl::OkStatus();
    const off_t begin = file.st_size > kMaxLine ? file.st_size - kMaxLine : 0;
    std::string tail(static_cast<size_t>(file.st_size - begin), '\0');
    if (pread(fd, tail.data(), tail.size(), begin) != static_cast<ssize_t>(tail.size()))
      return Trouble("cannot be read");
    const size_t end = tail.rfind('\n');
    const off_t whole = end == std::string::npos ? begin : begin + static_cast<off_t>(end) + 1;
    if (cut && whole != file.st_size && ftruncate(fd, whole) != 0) return Trouble("cannot be cut to whole lines");
    if (end == std::string::npos) return absl::OkStatus();
    ReadLast(std::string_view(tail).substr(0, end + 1));
    return absl::OkStatus();
  }

  // From whole lines: the last event, and the last digest behind it.
  void ReadLast(std::string_view lines) {
    while (!lines.empty()) {
      lines.remove_suffix(1);
      const size_t before = lines.rfind('\n');
      const std::string line(lines.substr(before == std::string_view::npos ? 0 : before + 1));
      lines.remove_suffix(line.size());
      if (absl::StartsWith(line, kDigest) && absl::EndsWith(line, "}")) {
        v1::Digest digest;
        const std::string inner = line.substr(sizeof(kDigest) - 1, line.size() - sizeof(kDigest));
        const auto parsed = google::protobuf::util::JsonStringToMessage(inner, &digest);
        if (parsed.ok() && last_digest_.empty()) last_digest_ = digest.id();
        continue;
      }
      v1::AlertEvent event;
      const auto parsed = google::protobuf::util::JsonStringToMessage(line, &event);
      // A line that something else wrote tells nothing.
      if (!parsed.ok() || event.sequence() == 0) return;
      last_ = event.sequence();
      journal_of_last_ = event.journal_id();
      return;
    }
  }

  // A file that cannot be moved aside grows; that is told, and no reason not to write.
  absl::Status RotateFor(size_t added) {
    struct stat file {};
    if (fstat(fd_, &file) != 0) return Trouble("cannot be read");
    const absl::Time now = clock_.Now();
    const absl::Time before = std::exchange(written_, now);
    if (!rotation_.Due(static_cast<uint64_t>(file.st_size), added, before, now)) return absl::OkStatus();
    if (absl::Status synced = Sync(); !synced.ok()) return synced;
    const absl::Status moved = rotation_.MoveAside(before);
    Tell(moved);
    if (!moved.ok()) return absl::OkStatus();
    if (absl::Status opened = OpenFile(); !opened.ok()) return opened;
    Tell(rotation_.Tidy());
    return absl::OkStatus();
  }

  void Tell(const absl::Status& rotated) {
    if (!rotated.ok() && rotated != told_)
      log_.Warning("Files are not rotated as they should be.", {{"error", std::string(rotated.message())}});
    told_ = rotated;
  }

  absl::Status Write(std::string_view bytes) {
    if (!ToStandardOutput() && Moved()) {
      if (absl::Status opened = OpenFile(); !opened.ok()) return opened;
    }
    if (rotates_) {
      if (absl::Status rotated = RotateFor(bytes.size()); !rotated.ok()) return rotated;
    }
    const int fd = ToStandardOutput() ? STDOUT_FILENO : fd_;
    const off_t before = ToStandardOutput() ? 0 : lseek(fd, 0, SEEK_END);
    while (!bytes.empty()) {
      const ssize_t written = write(fd, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) {
        absl::Status trouble = Trouble("cannot be written");
        // Half a line would be taken for damage by whoever reads along.
        if (!ToStandardOutput() && ftruncate(fd, before) != 0) trouble = Trouble("cannot be cut to whole lines");
        return trouble;
      }
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return absl::OkStatus();
  }

  // True when the file was renamed or removed, as log rotation does; also where it could not be opened anew.
  bool Moved() const {
    struct stat here {
    }, there{};
    return fstat(fd_, &here) != 0 || stat(options_.path.resolved.c_str(), &there) != 0 || here.st_ino != there.st_ino ||
           here.st_dev != there.st_dev;
  }

  const Options options_;
  const bool rotates_;
  const Rotation rotation_;
  Clock& clock_;
  const Log log_;
  absl::Status told_;
  absl::Time written_;  // when the last line was
  int fd_ = -1;
  uint64_t last_ = 0;
  std::string journal_of_last_;
  std::string last_digest_;  // its id
};

WIREWATCH_PLUGIN(
    Jsonl,
    {.name = "jsonl",
     .summary = "Appends every event of an Alert to a file, one line of protobuf JSON each.",
     .details = "After a crash no event stands in the files twice. A file that is renamed is opened anew, so that "
                "logrotate can be used as well as `rotate`.",
     .options = {
         Field("path", &Jsonl::Options::path,
               "The file, made when it is not there (mode 0640); `-` is standard output.")
             .Required(),
         Table("rotate", &Jsonl::Options::rotate,
               {Field("size", &Jsonl::RotateOptions::size, "When a line would make the file larger; 0: any size.")
                    .Range(ByteSize{0}, ByteSize{uint64_t{1} << 40}),
                Field("daily", &Jsonl::RotateOptions::daily, "At the first line of a day."),
                Field("zone", &Jsonl::RotateOptions::zone, "Where a day begins, as in the IANA time zone database.")
                    .Example("Europe/Vienna"),
                Choice("names", &Jsonl::RotateOptions::names,
                       {{"numbered", RotationOptions::Names::kNumbered}, {"dated", RotationOptions::Names::kDated}},
                       "alerts.jsonl.1 (the newest), alerts.jsonl.2; or alerts-2026-11-26.jsonl, "
                       "alerts-2026-11-26.2.jsonl (the newest), by the day of the last line."),
                Field("keep", &Jsonl::RotateOptions::keep, "How many files are kept besides the current; 0: all."),
                Field("gzip", &Jsonl::RotateOptions::gzip, "Compress all of them but the newest.")},
               "When the file is moved aside for a new one.")}});

}  // namespace wirewatch::alerts
