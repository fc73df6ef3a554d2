// RecordReader: one entry as records: lines, or the whole. Never holds more than one record and a block. One thread.
#ifndef WIREWATCH_SOURCES_FILES_RECORD_READER_H_
#define WIREWATCH_SOURCES_FILES_RECORD_READER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "entry_reader.h"

namespace wirewatch::sources {

class RecordReader {
 public:
  // Reads what is left of the entry that `entries` stands at, which must outlive it.
  RecordReader(EntryReader& entries, uint64_t limit_bytes, bool lines)
      : entries_(entries), limit_(limit_bytes), lines_(lines) {}

  struct Record {
    std::string bytes;        // without line end
    uint64_t taken = 0;       // bytes of the entry that it stood on, line end included
    bool whole_line = false;  // it had a line end
    bool too_long = false;    // only its beginning is in `bytes`
  };
  // false at the end of the entry. Empty lines are given too.
  absl::StatusOr<bool> Next(Record& record);

 private:
  absl::Status Fill();

  EntryReader& entries_;
  const uint64_t limit_;
  const bool lines_;
  std::string buffer_;
  size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_RECORD_READER_H_
