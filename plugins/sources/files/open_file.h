// OpenFile: one file on its way to Items: entries, records, stories, and where reading stands. One thread.
#ifndef WIREWATCH_SOURCES_FILES_OPEN_FILE_H_
#define WIREWATCH_SOURCES_FILES_OPEN_FILE_H_

#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "entry_reader.h"
#include "options.h"
#include "record_reader.h"
#include "seen_files.h"
#include "wirewatch/sdk/source.h"

namespace wirewatch::sources {

// By the name's ending, `.gz` and `.zst` left out; kText for one that says nothing.
FileFormat FormatOf(std::string_view name, FileFormat wanted);

class OpenFile {
 public:
  // `options` must outlive it. Goes on from `from` where the file only grew, else from its beginning. `shown`: the path
  // as people know it. `until_end`: a last line without end is taken in any case.
  static absl::StatusOr<std::unique_ptr<OpenFile>> Open(const std::string& path, const std::string& shown,
                                                        const FilePosition* from, const FilesOptions& options,
                                                        absl::TimeZone zone, bool until_end);

  // Adds the Items of one record, or as many as there is room for. False when the file is at its end.
  bool Read(BatchBuilder& batch);

  FileKey key() const { return key_; }
  // Where reading stands; `stamp` is set once the file is at its end.
  FilePosition position() const;

 private:
  OpenFile(std::string shown, const FilesOptions& options, absl::TimeZone zone, bool until_end)
      : shown_(std::move(shown)), options_(options), zone_(zone), until_end_(until_end) {}
  absl::Status GoTo(const FilePosition& from);
  bool BeginEntry(BatchBuilder& batch);
  void TakeRecord(const RecordReader::Record& record, BatchBuilder& batch);
  void TakeJson(const RecordReader::Record& record, BatchBuilder& batch);
  void AddStories(std::string_view raw, BatchBuilder& batch);
  void AddItem(const absl::Status& filled, v1::Item& item, std::string_view raw, BatchBuilder& batch);
  void Pass(uint64_t bytes);
  bool Fail(const absl::Status& why, BatchBuilder& batch);
  void FillDefaults(v1::Item& item) const;
  bool IsUnfinished(const RecordReader::Record& record) const;
  std::string Origin() const;

  const std::string shown_;
  const FilesOptions& options_;
  const absl::TimeZone zone_;
  const bool until_end_;
  FileKey key_ = 0;
  uint64_t stamp_ = 0;
  FilePosition position_;
  FileFormat format_ = FileFormat::kText;
  std::unique_ptr<EntryReader> entries_;
  std::optional<RecordReader> records_;
  uint64_t line_ = 0;  // lines read of the entry
  bool counts_lines_ = true;
  boost::json::value document_;  // its stories from position_.element on are still to be added
  std::vector<const boost::json::value*> stories_;
  uint64_t document_bytes_ = 0;
};

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_OPEN_FILE_H_
