#include "wirewatch/service/feed_files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "absl/time/time.h"

namespace wirewatch::service {
namespace {

using ::testing::StartsWith;

class FeedFilesTest : public ::testing::Test {
 protected:
  FeedFilesTest() {
    std::string folder = std::filesystem::temp_directory_path() / "wirewatch-XXXXXX";
    folder_ = mkdtemp(folder.data());
    AccessOptions options;
    options.open = true;
    access_ = *Access::Open(options);
    Write("a.atom", "<feed/>");
    // Wed, 21 Oct 2015 07:28:00.5 GMT
    const timespec times[2] = {{1445412480, 500'000'000}, {1445412480, 500'000'000}};
    EXPECT_EQ(utimensat(AT_FDCWD, (folder_ / "a.atom").c_str(), times, 0), 0);
  }
  ~FeedFilesTest() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, const std::string& content) const { std::ofstream(folder_ / name) << content; }
  HttpPage Get(const std::string& name, const std::string& if_none_match = "",
               const std::string& if_modified_since = "") const {
    return FeedFiles(folder_, *access_)
        .Get({.verb = "GET",
              .target = "/feeds/" + name,
              .if_none_match = if_none_match,
              .if_modified_since = if_modified_since,
              .peer = "127.0.0.1:5000"});
  }

  std::filesystem::path folder_;
  std::unique_ptr<Access> access_;
};

TEST_F(FeedFilesTest, ServesFeedsWithValidators) {
  const HttpPage page = Get("a.atom?x=1");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "<feed/>");
  EXPECT_THAT(page.content_type, StartsWith("application/atom+xml"));
  EXPECT_EQ(page.cache_control, "private, no-cache");
  EXPECT_EQ(page.last_modified, "Wed, 21 Oct 2015 07:28:00 GMT");
  EXPECT_EQ(page.etag.size(), 34U);
  Write("a.json", "{}");
  EXPECT_THAT(Get("a.json").content_type, StartsWith("application/feed+json"));
  EXPECT_NE(Get("a.json").etag, page.etag);
}

TEST_F(FeedFilesTest, TagsAreComparedWeaklyAndCountMoreThanDates) {
  const std::string tag = Get("a.atom").etag, later = "Thu, 22 Oct 2015 07:28:00 GMT";
  for (const std::string& has : {tag, "W/" + tag, "\"x\" , " + tag, std::string("*")}) {
    const HttpPage page = Get("a.atom", has);
    EXPECT_EQ(page.status, 304) << has;
    EXPECT_EQ(page.body, "");
    EXPECT_EQ(page.etag, tag);
  }
  EXPECT_EQ(Get("a.atom", "\"x\"", later).status, 200);
  Write("a.atom", "<feed>new</feed>");
  EXPECT_EQ(Get("a.atom", tag).status, 200);
}

TEST_F(FeedFilesTest, DatesAreReadInTheThreeFormsOfHttp) {
  for (const char* same : {"Wed, 21 Oct 2015 07:28:00 GMT", "Wednesday, 21-Oct-15 07:28:00 GMT",
                           "Wed Oct 21 07:28:00 2015", "Thu, 22 Oct 2015 07:28:00 GMT"}) {
    EXPECT_EQ(Get("a.atom", "", same).status, 304) << same;
  }
  for (const char* other : {"Wed, 21 Oct 2015 07:27:59 GMT", "yesterday", "", "1445412480"}) {
    EXPECT_EQ(Get("a.atom", "", other).status, 200) << other;
  }
}

TEST_F(FeedFilesTest, NothingElseIsServed) {
  for (const char* hidden : {".a.atom", "a.atom.state", "a.txt"}) Write(hidden, "secret");
  std::filesystem::create_symlink(folder_ / "a.txt", folder_ / "link.atom");
  std::filesystem::create_directory(folder_ / "folder.atom");
  ASSERT_EQ(mkfifo((folder_ / "pipe.atom").c_str(), 0600), 0);
  for (const char* name : {"", ".a.atom", "a.atom.state", "a.txt", "link.atom", "folder.atom", "pipe.atom", "none.atom",
                           "../a.atom", "x/../a.atom", "%61.atom", "a.atom/"}) {
    EXPECT_EQ(Get(name).status, 404) << name;
  }
}

TEST_F(FeedFilesTest, WhatIsTooLongIsRefused) {
  std::filesystem::resize_file(folder_ / "a.atom", FeedFiles::kLargestFile);
  EXPECT_EQ(Get("a.atom").status, 200);
  std::filesystem::resize_file(folder_ / "a.atom", FeedFiles::kLargestFile + 1);
  EXPECT_EQ(Get("a.atom").status, 503);
}

}  // namespace
}  // namespace wirewatch::service
