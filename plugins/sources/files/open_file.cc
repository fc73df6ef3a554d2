#include "open_file.h"

#include <algorithm>
#include <boost/json.hpp>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "ascii.h"
#include "encoding.h"
#include "html_format.h"
#include "json_format.h"
#include "text_format.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::sources {
namespace {

constexpr size_t kRawBytes = 1 << 20;

std::string_view WithoutPacking(std::string_view name) {
  for (const std::string_view ending : {".gz", ".zst"}) {
    if (name.ends_with(ending)) name.remove_suffix(ending.size());
  }
  return name;
}

bool SaysItsFormat(std::string_view name) {
  for (const std::string_view ending : {".txt", ".text", ".md"}) {
    if (name.ends_with(ending)) return true;
  }
  return FormatOf(name, FileFormat::kAuto) != FileFormat::kText;
}

// Bytes that are no text in any encoding decode to much that is nothing.
bool LooksBinary(const DecodedText& decoded) {
  const auto zeros = static_cast<size_t>(std::count(decoded.text.begin(), decoded.text.end(), '\0'));
  return zeros > 0 || decoded.replaced * 20 > decoded.text.size();
}

}  // namespace

FileFormat FormatOf(std::string_view name, FileFormat wanted) {
  if (wanted != FileFormat::kAuto) return wanted;
  const std::string lower = Lower(WithoutPacking(name));
  for (const char* ending : {".html", ".htm", ".xhtml"}) {
    if (lower.ends_with(ending)) return FileFormat::kHtml;
  }
  for (const char* ending : {".jsonl", ".ndjson"}) {
    if (lower.ends_with(ending)) return FileFormat::kJsonLines;
  }
  return lower.ends_with(".json") ? FileFormat::kJson : FileFormat::kText;
}

absl::StatusOr<std::unique_ptr<OpenFile>> OpenFile::Open(const std::string& path, const std::string& shown,
                                                         const FilePosition* from, const FilesOptions& options,
                                                         absl::TimeZone zone, bool until_end) {
  absl::StatusOr<std::unique_ptr<EntryReader>> entries = EntryReader::Open(path, options.limits);
  if (!entries.ok()) return entries.status();
  std::unique_ptr<OpenFile> file(new OpenFile(text::RepairUtf8(shown), options, zone, until_end));
  file->entries_ = *std::move(entries);
  file->key_ = KeyOf(file->entries_->status());
  file->stamp_ = StampOf(file->entries_->status());
  file->format_ = FormatOf(file->shown_, options.format);
  if (from == nullptr) return file;
  const auto size = static_cast<uint64_t>(file->entries_->status().st_size);
  const bool in_the_middle = from->stamp == 0;
  const bool may_have_grown = !file->entries_->packed() && file->format_ == FileFormat::kJsonLines;
  const bool is_longer = file->entries_->packed() || from->offset <= size;
  if ((in_the_middle || may_have_grown) && is_longer && file->entries_->TailOf(from->offset) == from->tail) {
    if (const absl::Status gone = file->GoTo(*from); !gone.ok()) return gone;
  }
  return file;
}

absl::Status OpenFile::GoTo(const FilePosition& from) {
  for (uint64_t entry = 0; entry < from.entry; ++entry) {
    const absl::StatusOr<bool> next = entries_->Next();
    if (!next.ok()) return next.status();
  }
  position_ = from;
  position_.stamp = 0;
  counts_lines_ = from.offset == 0 || from.line > 0;
  return absl::OkStatus();
}

FilePosition OpenFile::position() const {
  FilePosition position = position_;
  position.tail = entries_->TailOf(position.offset);
  return position;
}

bool OpenFile::Read(BatchBuilder& batch) {
  if (!stories_.empty()) {
    AddStories("", batch);
    return true;
  }
  if (!records_) return BeginEntry(batch);
  RecordReader::Record record;
  const absl::StatusOr<bool> next = records_->Next(record);
  if (!next.ok()) return Fail(next.status(), batch);
  if (*next && !IsUnfinished(record)) {
    ++line_;
    TakeRecord(record, batch);
    return true;
  }
  records_.reset();
  if (!entries_->packed()) {
    position_.stamp = stamp_;
    return false;
  }
  ++position_.entry;
  position_.offset = 0;
  position_.line = 0;
  return true;
}

// The file is at its end when there is no further entry.
bool OpenFile::BeginEntry(BatchBuilder& batch) {
  const absl::StatusOr<bool> next = entries_->Next();
  if (!next.ok()) return Fail(next.status(), batch);
  if (!*next) {
    position_.stamp = stamp_;
    return false;
  }
  if (!entries_->name().empty()) {
    if (options_.format == FileFormat::kAuto && !SaysItsFormat(Lower(entries_->name()))) {
      batch.Count("entries_passed_over");
      ++position_.entry;
      return true;
    }
    format_ = FormatOf(entries_->name(), options_.format);
  }
  if (const absl::Status skipped = entries_->Skip(position_.offset); !skipped.ok()) return Fail(skipped, batch);
  line_ = position_.line;
  records_.emplace(*entries_, options_.limits.record.bytes, format_ == FileFormat::kJsonLines);
  return true;
}

// A file that cannot be read on is rejected, with what was read of it kept, and not tried again until it changes.
bool OpenFile::Fail(const absl::Status& why, BatchBuilder& batch) {
  batch.Reject("", Origin(), why);
  position_.stamp = stamp_;
  records_.reset();
  return false;
}

// The last line of a file that is still being written.
bool OpenFile::IsUnfinished(const RecordReader::Record& record) const {
  if (format_ != FileFormat::kJsonLines || record.whole_line || until_end_ || record.too_long || entries_->packed()) {
    return false;
  }
  return !ParseJson(record.bytes).ok();
}

void OpenFile::Pass(uint64_t bytes) {
  position_.offset += bytes;
  position_.line = line_;
  position_.element = 0;
}

void OpenFile::TakeRecord(const RecordReader::Record& record, BatchBuilder& batch) {
  if (record.too_long) {
    batch.Reject(record.bytes, Origin(),
                 absl::ResourceExhaustedError(
                     absl::StrCat("it has more than the limit of ", options_.limits.record.bytes, " bytes")));
    return Pass(record.taken);
  }
  if (format_ == FileFormat::kJson || format_ == FileFormat::kJsonLines) return TakeJson(record, batch);
  const DecodedText decoded =
      DecodeText(record.bytes, format_ == FileFormat::kHtml ? DeclaredEncoding(record.bytes) : "",
                 options_.encoding == "detect" ? "" : options_.encoding);
  v1::Item& item = batch.NewItem();
  absl::Status filled = absl::InvalidArgumentError("it is no text");
  if (!LooksBinary(decoded)) {
    filled = format_ == FileFormat::kHtml ? FillFromHtml(decoded.text, zone_, item)
                                          : FillFromText(decoded.text, options_.fields, zone_, item);
  }
  AddItem(filled, item, record.bytes, batch);
  Pass(record.taken);
}

void OpenFile::TakeJson(const RecordReader::Record& record, BatchBuilder& batch) {
  const DecodedText decoded = DecodeText(record.bytes, "", options_.encoding == "detect" ? "" : options_.encoding);
  if (Strip(decoded.text).empty()) return Pass(record.taken);
  absl::StatusOr<boost::json::value> document = ParseJson(decoded.text);
  if (!document.ok()) {
    batch.Reject(record.bytes, Origin(), document.status());
    return Pass(record.taken);
  }
  document_ = *std::move(document);
  document_bytes_ = record.taken;
  stories_ = StoriesIn(document_);
  if (stories_.empty()) return Pass(record.taken);
  AddStories(record.bytes, batch);
}

// `raw`: the record, which is the raw form of a story that has it to itself.
void OpenFile::AddStories(std::string_view raw, BatchBuilder& batch) {
  const bool alone = stories_.size() == 1 && &document_ == stories_[0];
  while (position_.element < stories_.size() && !batch.full()) {
    const boost::json::value& story = *stories_[position_.element++];
    v1::Item& item = batch.NewItem();
    const absl::Status filled = FillFromJson(story, zone_, item);
    alone ? AddItem(filled, item, raw, batch) : AddItem(filled, item, boost::json::serialize(story), batch);
  }
  if (position_.element < stories_.size()) return;
  stories_.clear();
  document_ = nullptr;
  Pass(document_bytes_);
}

void OpenFile::AddItem(const absl::Status& filled, v1::Item& item, std::string_view raw, BatchBuilder& batch) {
  if (!filled.ok()) return batch.Reject(raw, Origin(), filled);
  FillDefaults(item);
  item.mutable_provenance()->set_origin(Origin());
  batch.Add(raw.substr(0, kRawBytes));
}

void OpenFile::FillDefaults(v1::Item& item) const {
  const FileDefaults& defaults = options_.defaults;
  const auto fill = [](const std::string& value, std::string* text) {
    if (text->empty()) *text = value;
  };
  if (!defaults.outlet.empty()) fill(defaults.outlet, item.mutable_outlet()->mutable_name());
  if (!defaults.domain.empty()) fill(defaults.domain, item.mutable_outlet()->mutable_domain());
  if (!defaults.country.empty()) fill(defaults.country, item.mutable_outlet()->mutable_country());
  if (!defaults.outlet_type.empty()) fill(defaults.outlet_type, item.mutable_outlet()->mutable_type());
  if (!defaults.license.empty()) fill(defaults.license, item.mutable_rights()->mutable_license_id());
  if (!defaults.rights_holder.empty()) fill(defaults.rights_holder, item.mutable_rights()->mutable_holder());
  if (!defaults.language.empty() && item.language().tag().empty()) {
    SetField("language", defaults.language, zone_, "", item);
  }
}

// "inbox/a.jsonl:12", "inbox/a.zip/b.txt"; the story's place in a document with several behind it.
std::string OpenFile::Origin() const {
  std::string origin = shown_;
  if (!entries_->name().empty()) absl::StrAppend(&origin, "/", entries_->name());
  if (format_ == FileFormat::kJsonLines && records_) {
    counts_lines_ ? absl::StrAppend(&origin, ":", line_) : absl::StrAppend(&origin, "@", position_.offset);
  }
  if (stories_.size() > 1) absl::StrAppend(&origin, "#", position_.element);
  return origin;
}

}  // namespace wirewatch::sources
