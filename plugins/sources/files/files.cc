// The source `files`: folders of texts, pages and JSON lines, once or as they come.
#include <re2/re2.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "encoding.h"
#include "file_list.h"
#include "open_file.h"
#include "options.h"
#include "text_format.h"
#include "wirewatch/sdk/source.h"

namespace wirewatch::sources {

class Files final : public Source {
 public:
  using Options = FilesOptions;

  static absl::StatusOr<std::unique_ptr<Files>> Create(Options options, Setup& setup) {
    const auto compile = [](const std::vector<Path>& paths, std::vector<Glob>& globs) {
      for (const Path& path : paths) {
        absl::StatusOr<Glob> glob = Glob::Compile(path.resolved.string());
        if (!glob.ok()) {
          return absl::InvalidArgumentError(
              absl::StrCat("\"", path.text, "\": ", std::string(glob.status().message())));
        }
        globs.push_back(*std::move(glob));
      }
      return absl::OkStatus();
    };
    std::unique_ptr<Files> files(new Files(std::move(options), setup));
    std::vector<Glob> globs, excluded;
    if (const absl::Status status = compile(files->options_.path, globs); !status.ok()) return status;
    if (const absl::Status status = compile(files->options_.exclude, excluded); !status.ok()) return status;
    if (!absl::LoadTimeZone(files->options_.defaults.time_zone, &files->zone_)) {
      return absl::InvalidArgumentError(
          absl::StrCat("no time zone is known by the name \"", files->options_.defaults.time_zone, "\""));
    }
    files->list_.emplace(std::move(globs), std::move(excluded), files->follow_, files->options_.settle,
                         files->options_.rescan, files->seen_);
    return files;
  }

  v1::SourcePromise promise() const override { return v1::SOURCE_PROMISE_REPLAYABLE; }
  int wait_fd() const override { return list_->fd(); }

  absl::Status Open(std::string_view cursor) override { return seen_.Decode(cursor); }

  absl::StatusOr<Progress> Read(BatchBuilder& batch, absl::Duration budget) override {
    const absl::Time began = clock_.Now();
    for (const absl::Status& error : list_->Refresh(began)) Trouble(error, batch);
    while (!batch.full()) {
      if (file_ == nullptr && !OpenNext(batch)) {
        if (!follow_) return Progress::End();
        return Progress::Idle(list_->Wait(clock_.Now()));
      }
      if (file_ != nullptr && !file_->Read(batch)) {
        seen_.Set(file_->key(), file_->position());
        file_ = nullptr;
        ++files_read_;
        batch.Count("files");
      }
      if (clock_.Now() - began > budget) break;
    }
    if (file_ != nullptr) seen_.Set(file_->key(), file_->position());
    return Progress::More();
  }

  std::string Cursor() const override { return seen_.Encode(); }

  std::string Summary() const override {
    std::string summary =
        absl::StrCat(files_read_, files_read_ == 1 ? " file read, " : " files read, ", list_->found(), " there");
    if (troubles_ > 0) absl::StrAppend(&summary, ", ", troubles_, " not readable");
    return summary;
  }

 private:
  Files(Options options, Setup& setup)
      : options_(std::move(options)),
        follow_(options_.follow.value_or(true) && !setup.once()),
        clock_(setup.clock()),
        log_(setup.log()),
        folder_(std::filesystem::path(setup.options().at().file_name()).parent_path()) {}

  // False when there is no file to be read now.
  bool OpenNext(BatchBuilder& batch) {
    const auto grows = [this](const std::string& path) {
      return FormatOf(path, options_.format) == FileFormat::kJsonLines;
    };
    std::string path;
    while (list_->Take(clock_.Now(), grows, path)) {
      struct stat status {};
      const FilePosition* const known = stat(path.c_str(), &status) == 0 ? seen_.Find(KeyOf(status)) : nullptr;
      auto opened = OpenFile::Open(path, ShownAs(path), known, options_, zone_, !follow_);
      if (opened.ok()) {
        file_ = *std::move(opened);
        return true;
      }
      if (absl::IsNotFound(opened.status())) continue;  // it was there, and is gone
      batch.Reject("", ShownAs(path), opened.status());
      ++troubles_;
      // Not again until it changes.
      seen_.Set(KeyOf(status), {.stamp = StampOf(status)});
      if (batch.full()) return true;
    }
    return false;
  }

  void Trouble(const absl::Status& error, BatchBuilder& batch) {
    ++troubles_;
    batch.Count("folders_not_readable");
    log_.Warning(std::string(error.message()));
  }

  // Relative to the pipeline's file, so that what is shown is the same on every machine.
  std::string ShownAs(const std::string& path) const {
    std::error_code error;
    const std::filesystem::path base = std::filesystem::absolute(folder_.empty() ? "." : folder_, error);
    const std::string relative = std::filesystem::path(path).lexically_relative(base.lexically_normal()).string();
    return relative.empty() || relative.starts_with("..") ? path : relative;
  }

  const Options options_;
  const bool follow_;
  Clock& clock_;
  const Log log_;
  const std::filesystem::path folder_;
  absl::TimeZone zone_;
  SeenFiles seen_;
  std::optional<FileList> list_;
  std::unique_ptr<OpenFile> file_;
  uint64_t files_read_ = 0;
  uint64_t troubles_ = 0;
};

namespace {

std::vector<FieldOf<TextField>> PatternFields() {
  return {Field("pattern", &TextField::pattern,
                "Regular expression (RE2). Each named group sets the field of its name, e.g. (?P<published>…).")
              .Required(),
          Field("strip", &TextField::strip, "Take what the whole pattern matched out of the text.")};
}

std::vector<FieldOf<FileDefaults>> DefaultsFields() {
  return {
      Field("outlet", &FileDefaults::outlet, "Name of the outlet."),
      Field("domain", &FileDefaults::domain, "Domain of the outlet."),
      Field("country", &FileDefaults::country, "Country of the outlet, ISO 3166-1 alpha-2."),
      Field("outlet_type", &FileDefaults::outlet_type, "Kind of outlet, e.g. newspaper."),
      Field("language", &FileDefaults::language, "BCP 47 tag, where a file names none."),
      Field("time_zone", &FileDefaults::time_zone, "Zone of times that are written without one, e.g. Europe/Vienna."),
      Field("license", &FileDefaults::license, "Licence of the texts."),
      Field("rights_holder", &FileDefaults::rights_holder, "Who holds the rights in the texts.")};
}

std::vector<FieldOf<FileLimits>> LimitsFields() {
  return {
      Field("file", &FileLimits::file, "Largest file that is read.").Range(KiB(1), MiB(1 << 20)),
      Field("record", &FileLimits::record, "Largest text, page, line or JSON document.").Range(KiB(1), MiB(256)),
      Field("unpacked", &FileLimits::unpacked, "Most that one packed file may unpack to.").Range(KiB(1), MiB(1 << 20)),
      Field("ratio", &FileLimits::ratio, "Largest ratio of unpacked to packed size, above 16 MiB.").Range(2, 100000),
      Field("entries", &FileLimits::entries, "Most entries of one archive.").Range(1, 10000000)};
}

void CheckOptions(const FilesOptions& options, OptionErrors& errors) {
  if (options.encoding != "detect") {
    if (const absl::Status known = CheckEncodingName(options.encoding); !known.ok()) {
      errors.Error("encoding", std::string(known.message()), "write detect, or a name such as windows-1251");
    }
  }
  const std::vector<std::string>& names = TextFieldNames();
  for (const TextField& field : options.fields) {
    if (field.pattern.empty()) continue;
    if (field.pattern.regex().NamedCapturingGroups().empty()) {
      errors.Error("fields", absl::StrCat("the pattern \"", field.pattern.text(), "\" names no field"),
                   "name one by a group: (?P<published>\\d{4}-\\d{2}-\\d{2})");
    }
    for (const auto& [name, number] : field.pattern.regex().NamedCapturingGroups()) {
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      const std::string closest = ClosestName(name, names);
      errors.Error("fields", absl::StrCat("there is no field \"", name, "\" to be set from a text"),
                   closest.empty() ? absl::StrCat("one of ", absl::StrJoin(names, ", "))
                                   : absl::StrCat("did you mean \"", closest, "\"?"));
    }
  }
}

}  // namespace
}  // namespace wirewatch::sources

using wirewatch::Field;
using wirewatch::sources::FileFormat;
using wirewatch::sources::Files;
using wirewatch::sources::FilesOptions;

WIREWATCH_PLUGIN(
    Files,
    {.name = "files",
     .summary = "Reads texts, web pages and JSON lines from folders, once or as they come.",
     .details =
         "Told by their names: .html and .htm are pages, .jsonl and .ndjson have one story a line (ninjs 1 to 3, or "
         "plain fields), .json one story or a list, everything else is text. What is packed as .gz, .zst or .zip "
         "is read through. Without `run --once` it waits for new and growing files. A file is known by device and "
         "inode: renamed, it is not read again.",
     .options = {Field("path", &FilesOptions::path,
                       "Files: a glob or several. `*` and `?` stay within a name, `**` is any depth of folders, "
                       "`{a,b}` is either.")
                     .Required()
                     .Example("inbox/**/*.{txt,html,jsonl}"),
                 Field("exclude", &FilesOptions::exclude, "Files that are left out: a glob or several."),
                 wirewatch::Choice("format", &FilesOptions::format,
                                   {{"auto", FileFormat::kAuto},
                                    {"text", FileFormat::kText},
                                    {"html", FileFormat::kHtml},
                                    {"jsonl", FileFormat::kJsonLines},
                                    {"json", FileFormat::kJson}},
                                   "How files are read; auto goes by their names."),
                 Field("follow", &FilesOptions::follow,
                       "Wait for further files. Left out: yes, except with `run --once`."),
                 Field("settle", &FilesOptions::settle,
                       "How long a file must be left alone before it is read; JSON lines are "
                       "read as they come.")
                     .Range(absl::ZeroDuration(), absl::Hours(1)),
                 Field("rescan", &FilesOptions::rescan,
                       "How often to look into all folders, should a notice have been missed.")
                     .Range(absl::Seconds(1), absl::Hours(24)),
                 Field("encoding", &FilesOptions::encoding, "The encoding of texts and pages: detect, or its name."),
                 wirewatch::TableList(
                     "fields", &FilesOptions::fields, wirewatch::sources::PatternFields(),
                     "Fields taken out of plain texts by patterns. By default an ISO date at the beginning is "
                     "`published`."),
                 wirewatch::Table("defaults", &FilesOptions::defaults, wirewatch::sources::DefaultsFields(),
                                  "Facts that hold where a file does not say otherwise."),
                 wirewatch::Table("limits", &FilesOptions::limits, wirewatch::sources::LimitsFields(),
                                  "What a hostile file cannot exceed.")},
     .check = wirewatch::sources::CheckOptions,
     .promise = wirewatch::v1::SOURCE_PROMISE_REPLAYABLE});
