// A folder of its own for each test, and a batch that keeps what it is given.
#ifndef WIREWATCH_SOURCES_FILES_FILES_FIXTURE_H_
#define WIREWATCH_SOURCES_FILES_FILES_FIXTURE_H_

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/source.h"
#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch::sources {

class KeptBatch final : public BatchBuilder {
 public:
  explicit KeptBatch(size_t most = 64) : most_(most) {}
  v1::Item& NewItem() override { return last_ = {}; }
  void Add(std::string_view) override { items.push_back(last_); }
  bool full() const override { return items.size() + rejected.size() >= most_; }
  void Reject(std::string_view, std::string_view origin, const absl::Status& reason) override {
    rejected.push_back(absl::StrCat(std::string(origin), ": ", std::string(reason.message())));
  }
  void Count(std::string_view, uint64_t) override {}

  std::deque<v1::Item> items;
  std::vector<std::string> rejected;

 private:
  const size_t most_;
  v1::Item last_;
};

class FilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "wirewatch-files-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, std::string_view text, std::ios::openmode mode = std::ios::trunc) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary | std::ios::out | mode) << text;
  }

  // Entries as name and text; the form by the file's name.
  void WritePacked(const std::string& name, const std::vector<std::pair<std::string, std::string>>& entries) {
    archive* const out = archive_write_new();
    if (name.ends_with(".zip")) {
      archive_write_set_format_zip(out);
    } else {
      archive_write_set_format_raw(out);
      name.ends_with(".zst") ? archive_write_add_filter_zstd(out) : archive_write_add_filter_gzip(out);
    }
    ASSERT_EQ(archive_write_open_filename(out, (folder_ / name).c_str()), ARCHIVE_OK);
    for (const auto& [entry_name, text] : entries) {
      archive_entry* const entry = archive_entry_new();
      archive_entry_set_pathname(entry, entry_name.c_str());
      archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
      archive_entry_set_filetype(entry, AE_IFREG);
      archive_entry_set_perm(entry, 0644);
      ASSERT_EQ(archive_write_header(out, entry), ARCHIVE_OK);
      archive_write_data(out, text.data(), text.size());
      archive_entry_free(entry);
    }
    archive_write_close(out);
    archive_write_free(out);
  }

  std::unique_ptr<Source> Open(const std::string& options, bool once = true, const std::string& cursor = "") {
    auto source = testing::CreatePlugin<Source>(options, once, folder_.string());
    const absl::Status opened = source->Open(cursor);
    EXPECT_TRUE(opened.ok()) << opened;
    return source;
  }

  // Reads until the source has nothing more to give.
  static KeptBatch ReadAll(Source& source) {
    KeptBatch all(1'000'000);
    for (;;) {
      const auto progress = source.Read(all, absl::Seconds(10));
      EXPECT_TRUE(progress.ok()) << progress.status();
      if (!progress.ok() || progress->kind != Source::Progress::Kind::kMore) return all;
    }
  }

  KeptBatch ReadOnce(const std::string& options) { return ReadAll(*Open(options)); }

  // Of each Item the headline, or else the body.
  static std::vector<std::string> Texts(const KeptBatch& batch) {
    std::vector<std::string> texts;
    for (const v1::Item& item : batch.items) texts.push_back(item.headline().empty() ? item.body() : item.headline());
    return texts;
  }

  std::filesystem::path folder_;
};

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_FILES_FIXTURE_H_
