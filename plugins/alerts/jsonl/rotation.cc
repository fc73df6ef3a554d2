#include "rotation.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace wirewatch::alerts {
namespace {

namespace fs = std::filesystem;

constexpr char kGzip[] = ".gz";
constexpr size_t kDate = 10;  // bytes of 2026-11-26

bool IsDate(const std::string& text) {
  if (text.size() != kDate) return false;
  for (size_t i = 0; i < kDate; ++i) {
    if (i == 4 || i == 7 ? text[i] != '-' : !absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) return false;
  }
  return true;
}

bool IsNumber(const std::string& text, uint32_t& number) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos && text[0] != '0' &&
         absl::SimpleAtoi(text, &number);
}

absl::Status Move(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(from.string(), " cannot be renamed: ", error.message()));
}

absl::Status Remove(const fs::path& path) {
  std::error_code error;
  fs::remove(path, error);
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(path.string(), " cannot be removed: ", error.message()));
}

}  // namespace

absl::Status SyncFolder(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  const int error = errno;
  if (fd >= 0) close(fd);
  return synced ? absl::OkStatus()
                : absl::ErrnoToStatus(error, absl::StrCat(folder.string(), " cannot be written to the disk"));
}

// ---- Names ----

bool Rotation::Place(std::string name, std::pair<std::string, uint32_t>& place) const {
  const auto strip = [&name](const std::string& begin, const std::string& end) {
    if (name.size() < begin.size() + end.size() || !absl::StartsWith(name, begin) || !absl::EndsWith(name, end))
      return false;
    name = name.substr(begin.size(), name.size() - begin.size() - end.size());
    return true;
  };
  place = {"", 1};
  if (options_.names == RotationOptions::Names::kNumbered)
    return strip(options_.path.filename().string() + ".", "") && IsNumber(name, place.second);
  if (!strip(options_.path.stem().string() + "-", options_.path.extension().string())) return false;
  place.first = name.substr(0, kDate);
  if (!IsDate(place.first)) return false;
  return name.size() == kDate || (name[kDate] == '.' && IsNumber(name.substr(kDate + 1), place.second));
}

fs::path Rotation::Name(const std::pair<std::string, uint32_t>& place) const {
  const fs::path& path = options_.path;
  if (options_.names == RotationOptions::Names::kNumbered) return absl::StrCat(path.string(), ".", place.second);
  const std::string number = place.second > 1 ? absl::StrCat(".", place.second) : "";
  return path.parent_path() / absl::StrCat(path.stem().string(), "-", place.first, number, path.extension().string());
}

absl::StatusOr<std::vector<Rotation::Aside>> Rotation::List() const {
  std::vector<Aside> list;
  std::error_code error;
  const fs::path folder = options_.path.has_parent_path() ? options_.path.parent_path() : ".";
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::string name = at->path().filename().string();
    Aside aside{.path = at->path(), .place = {}, .compressed = absl::EndsWith(name, kGzip)};
    if (aside.compressed) name.resize(name.size() - (sizeof(kGzip) - 1));
    if (Place(name, aside.place)) list.push_back(std::move(aside));
  }
  if (error) return absl::UnavailableError(absl::StrCat(folder.string(), " cannot be read: ", error.message()));
  const bool numbered = options_.names == RotationOptions::Names::kNumbered;
  std::sort(list.begin(), list.end(), [numbered](const Aside& a, const Aside& b) {
    return a.place == b.place ? a.compressed > b.compressed : (a.place < b.place) == numbered;
  });
  return list;
}

fs::path Rotation::Newest() const {
  const absl::StatusOr<std::vector<Aside>> list = List();
  return list.ok() && !list->empty() && !list->front().compressed ? list->front().path : fs::path();
}

// ---- Moving ----

bool Rotation::Due(uint64_t size, uint64_t added, absl::Time written, absl::Time now) const {
  if (size == 0) return false;
  if (options_.size_bytes > 0 && size + added > options_.size_bytes) return true;
  return options_.daily && absl::ToCivilDay(written, options_.zone) != absl::ToCivilDay(now, options_.zone);
}

absl::Status Rotation::MakeRoom() const {
  const absl::StatusOr<std::vector<Aside>> list = List();
  if (!list.ok()) return list.status();
  for (auto at = list->rbegin(); at != list->rend(); ++at) {
    fs::path up = Name({"", at->place.second + 1});
    if (at->compressed) up += kGzip;
    if (absl::Status moved = Move(at->path, up); !moved.ok()) return moved;
  }
  return absl::OkStatus();
}

absl::Status Rotation::MoveAside(absl::Time written) const {
  std::pair<std::string, uint32_t> place = {"", 1};
  if (options_.names == RotationOptions::Names::kNumbered) {
    if (absl::Status made = MakeRoom(); !made.ok()) return made;
  } else {
    const absl::StatusOr<std::vector<Aside>> list = List();
    if (!list.ok()) return list.status();
    place.first = absl::FormatTime("%Y-%m-%d", written, options_.zone);
    for (const Aside& aside : *list) {
      if (aside.place.first == place.first) place.second = std::max(place.second, aside.place.second + 1);
    }
  }
  if (absl::Status moved = Move(options_.path, Name(place)); !moved.ok()) return moved;
  return SyncFolder(options_.path);
}

absl::Status Rotation::Tidy() const {
  const absl::StatusOr<std::vector<Aside>> list = List();
  if (!list.ok()) return list.status();
  absl::Status tidied;
  uint32_t kept = 0;
  for (auto at = list->begin(); at != list->end(); ++at) {
    // Compressed already, and not yet removed when a crash came.
    const bool twice = at != list->begin() && std::prev(at)->place == at->place;
    if (twice || (options_.keep > 0 && kept >= options_.keep)) {
      tidied.Update(Remove(at->path));
      continue;
    }
    ++kept;
    // The newest stays as it is: after a crash its last line is looked for.
    if (options_.gzip && kept > 1 && !at->compressed) tidied.Update(Compress(at->path));
  }
  return tidied;
}

}  // namespace wirewatch::alerts
