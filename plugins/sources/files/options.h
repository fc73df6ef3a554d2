// Options of the `files` source. Plain values, read-only once parsed.
#ifndef WIREWATCH_SOURCES_FILES_OPTIONS_H_
#define WIREWATCH_SOURCES_FILES_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/sdk/field_values.h"

namespace wirewatch::sources {

enum class FileFormat { kAuto, kText, kHtml, kJsonLines, kJson };

// A pattern with named groups; what a group matches becomes the Item's field of that name.
struct TextField {
  Pattern pattern;
  bool strip = true;  // take the whole match out of the text
};

// Facts that hold for every Item of the source unless the file itself says otherwise.
struct FileDefaults {
  std::string outlet;
  std::string domain;
  std::string country;
  std::string outlet_type;
  std::string language;
  std::string time_zone = "UTC";
  std::string license;
  std::string rights_holder;
};

struct FileLimits {
  ByteSize file = MiB(4096);       // read from one file, packed
  ByteSize record = MiB(16);       // one text, page or line
  ByteSize unpacked = MiB(16384);  // out of one packed file, all entries together
  uint32_t ratio = 200;            // unpacked to packed
  uint32_t entries = 100000;       // in one archive
};

struct FilesOptions {
  std::vector<Path> path;
  std::vector<Path> exclude;
  FileFormat format = FileFormat::kAuto;
  std::optional<bool> follow;
  absl::Duration settle = absl::Seconds(2);
  absl::Duration rescan = absl::Minutes(5);
  std::string encoding = "detect";
  std::vector<TextField> fields = DefaultFields();
  FileDefaults defaults;
  FileLimits limits;

  // An ISO date in front of the text, as many exports have it.
  static std::vector<TextField> DefaultFields();
};

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_OPTIONS_H_
