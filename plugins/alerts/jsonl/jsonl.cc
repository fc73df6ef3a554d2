// jsonl: every event of the journal as one line of JSON at the end of a file, and every digest as {"digest":…}.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/sdk/alert_channel.h"

namespace wirewatch::alerts {
namespace {

constexpr char kDigest[] = "{\"digest\":";  // what the line of a digest begins with

}  // namespace

class Jsonl final : public AlertChannel {
 public:
  struct Options {
    Path path;
  };

  explicit Jsonl(Options options) : options_(std::move(options)) {}
  ~Jsonl() override { Close(); }

  // A crash may have left events in the file that count as not delivered, and half a line: the half line is cut off,
  // and events up to the last whole line are not written again, nor is the last digest.
  absl::Status Open(uint64_t delivered) override {
    last_ = delivered;
    last_digest_.clear();
    if (ToStandardOutput()) return absl::OkStatus();
    if (absl::Status opened = OpenFile(); !opened.ok()) return opened;
    return ReadEnd();
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
    std::string line;
    const auto printed = google::protobuf::util::MessageToJsonString(digest, &line);
    if (!printed.ok()) return absl::InternalError(printed.ToString());
    if (absl::Status written = Write(absl::StrCat(kDigest, line, "}\n")); !written.ok()) return written;
    last_digest_ = digest.id();
    return absl::OkStatus();
  }

  absl::Status Flush() override {
    if (ToStandardOutput() || fsync(fd_) == 0) return absl::OkStatus();
    return Trouble("cannot be written to the disk");
  }

 private:
  static constexpr off_t kMaxLine = 64 << 20;

  bool ToStandardOutput() const { return options_.path.text == "-"; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  absl::Status Trouble(const char* what) const {
    return absl::UnavailableError(absl::StrCat(options_.path.text, " ", what, ": ", std::string(strerror(errno))));
  }

  absl::Status OpenFile() {
    Close();
    fd_ = open(options_.path.resolved.c_str(), O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
               S_IRUSR | S_IWUSR | S_IRGRP);
    return fd_ >= 0 ? absl::OkStatus() : Trouble("cannot be opened");
  }

  // Finds the last whole line, cuts off what is behind it, and takes the event's place in the journal from it.
  absl::Status ReadEnd() {
    struct stat file {};
    if (fstat(fd_, &file) != 0) return Trouble("cannot be read");
    if (file.st_size == 0) return absl::OkStatus();
    const off_t begin = file.st_size > kMaxLine ? file.st_size - kMaxLine : 0;
    std::string tail(static_cast<size_t>(file.st_size - begin), '\0');
    if (pread(fd_, tail.data(), tail.size(), begin) != static_cast<ssize_t>(tail.size()))
      return Trouble("cannot be read");
    const size_t end = tail.rfind('\n');
    const off_t whole = end == std::string::npos ? begin : begin + static_cast<off_t>(end) + 1;
    if (whole != file.st_size && ftruncate(fd_, whole) != 0) return Trouble("cannot be cut to whole lines");
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

  absl::Status Write(std::string_view bytes) {
    if (!ToStandardOutput() && Moved()) {
      if (absl::Status opened = OpenFile(); !opened.ok()) return opened;
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

  // True when the file was renamed or removed, as log rotation does.
  bool Moved() const {
    struct stat here {
    }, there{};
    return fstat(fd_, &here) != 0 || stat(options_.path.resolved.c_str(), &there) != 0 || here.st_ino != there.st_ino ||
           here.st_dev != there.st_dev;
  }

  const Options options_;
  int fd_ = -1;
  uint64_t last_ = 0;
  std::string journal_of_last_;
  std::string last_digest_;  // its id
};

WIREWATCH_PLUGIN(Jsonl,
                 {.name = "jsonl",
                  .summary = "Appends every event of an Alert to a file, one line of protobuf JSON each.",
                  .details = "A file that is renamed is opened anew, so that logrotate can be used. After a crash no "
                             "event stands in the file twice.",
                  .options = {Field("path", &Jsonl::Options::path,
                                    "The file, made when it is not there (mode 0640); `-` is standard output.")
                                  .Required()}});

}  // namespace wirewatch::alerts
