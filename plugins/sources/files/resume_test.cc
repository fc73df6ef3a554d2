#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include "files_fixture.h"

namespace wirewatch::sources {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Reads one batch after another of `size`, with a new source from the cursor before each.
std::deque<v1::Item> ReadWithRestarts(const std::function<std::unique_ptr<Source>(const std::string&)>& open,
                                      size_t size) {
  std::deque<v1::Item> items;
  std::string cursor;
  for (int turns = 0; turns < 1000; ++turns) {
    const std::unique_ptr<Source> source = open(cursor);
    KeptBatch batch(size);
    const auto progress = source->Read(batch, absl::Seconds(10));
    EXPECT_TRUE(progress.ok());
    items.insert(items.end(), batch.items.begin(), batch.items.end());
    cursor = source->Cursor();
    if (!progress.ok() || progress->kind == Source::Progress::Kind::kEnd) break;
  }
  return items;
}

std::vector<std::string> Serialized(const std::deque<v1::Item>& items) {
  std::vector<std::string> bytes;
  for (const v1::Item& item : items) bytes.push_back(item.SerializeAsString());
  return bytes;
}

TEST_F(FilesTest, RestartsAnywhereReadNothingTwice) {
  std::string lines, list;
  std::vector<std::string> expected;
  for (int i = 0; i < 20; ++i) {
    lines += absl::StrCat("{\"title\": \"line ", i, "\"}\n");
    absl::StrAppend(&list, i == 0 ? "[" : ",", "{\"title\": \"element ", i, "\"}");
  }
  Write("a.jsonl", lines);
  Write("b.json", list + "]");
  WritePacked("c.jsonl.gz", {{"", lines}});
  WritePacked("d.zip", {{"1.jsonl", lines}, {"2.txt", "A text"}});
  Write("e.txt", "Another text");
  for (const char* kind : {"line ", "element ", "line ", "line "}) {
    for (int i = 0; i < 20; ++i) expected.push_back(absl::StrCat(kind, i));
  }
  expected.insert(expected.end(), {"A text", "Another text"});
  const KeptBatch undisturbed = ReadOnce("path: '*'");
  EXPECT_EQ(Texts(undisturbed), expected);
  EXPECT_EQ(undisturbed.items[19].provenance().origin(), "a.jsonl:20");
  for (const size_t size : {1u, 3u, 7u, 64u}) {
    const auto open = [this](const std::string& cursor) { return Open("path: '*'", true, cursor); };
    // To the byte: the line that an Item was on was once unknown after a restart.
    EXPECT_EQ(Serialized(ReadWithRestarts(open, size)), Serialized(undisturbed.items)) << size;
  }
}

TEST_F(FilesTest, AnotherRunReadsOnlyWhatIsNew) {
  Write("a.txt", "One");
  auto first = Open("path: '*'");
  EXPECT_THAT(Texts(ReadAll(*first)), ElementsAre("One"));
  const std::string cursor = first->Cursor();
  EXPECT_THAT(Texts(ReadAll(*Open("path: '*'", true, cursor))), IsEmpty());
  Write("b.txt", "Two");
  EXPECT_THAT(Texts(ReadAll(*Open("path: '*'", true, cursor))), ElementsAre("Two"));
  std::filesystem::rename(folder_ / "a.txt", folder_ / "renamed.txt");
  EXPECT_THAT(Texts(ReadAll(*Open("path: '*'", true, cursor))), ElementsAre("Two"));
  Write("renamed.txt", "One, changed");
  EXPECT_THAT(Texts(ReadAll(*Open("path: '*'", true, cursor))), ElementsAre("Two", "One, changed"));
}

TEST_F(FilesTest, GrownFilesAreReadOnAndReplacedOnesAnew) {
  Write("a.jsonl", "{\"title\": \"1\"}\n");
  auto first = Open("path: '*'");
  EXPECT_THAT(Texts(ReadAll(*first)), ElementsAre("1"));
  Write("a.jsonl", "{\"title\": \"2\"}\n", std::ios::app);
  EXPECT_THAT(Texts(ReadAll(*Open("path: '*'", true, first->Cursor()))), ElementsAre("2"));
  Write("a.jsonl", "{\"title\": \"3\"}\n{\"title\": \"4\"}\n{\"title\": \"5\"}\n");
  EXPECT_THAT(Texts(ReadAll(*Open("path: '*'", true, first->Cursor()))), ElementsAre("3", "4", "5"));
}

TEST_F(FilesTest, ACursorOfAnotherKindIsRefused) {
  const auto source = testing::CreatePlugin<Source>("path: '*'", true, folder_.string());
  EXPECT_FALSE(source->Open("what is this").ok());
}

// What comes within five seconds.
class FollowTest : public FilesTest {
 protected:
  std::vector<std::string> WaitFor(Source& source, size_t count) {
    std::vector<std::string> texts;
    const absl::Time end = absl::Now() + absl::Seconds(5);
    while (texts.size() < count && absl::Now() < end) {
      KeptBatch batch;
      const auto progress = source.Read(batch, absl::Seconds(1));
      EXPECT_TRUE(progress.ok());
      for (const std::string& text : Texts(batch)) texts.push_back(text);
      if (progress->kind != Source::Progress::Kind::kIdle || !batch.items.empty()) continue;
      pollfd wait{source.wait_fd(), POLLIN, 0};
      poll(&wait, 1, static_cast<int>(absl::ToInt64Milliseconds(std::min(progress->retry_after, absl::Seconds(1)))));
    }
    return texts;
  }
};

TEST_F(FollowTest, TakesWhatComes) {
  const auto source = Open("{path: '**/*.{txt,jsonl}', settle: 0s}", false);
  EXPECT_THAT(Texts(ReadAll(*source)), IsEmpty());
  Write("a.txt", "One");
  EXPECT_THAT(WaitFor(*source, 1), ElementsAre("One"));
  Write("new/folder/b.txt", "Two");
  EXPECT_THAT(WaitFor(*source, 1), ElementsAre("Two"));
  Write("part.tmp", "Three");
  std::filesystem::rename(folder_ / "part.tmp", folder_ / "c.txt");
  EXPECT_THAT(WaitFor(*source, 1), ElementsAre("Three"));
  std::filesystem::rename(folder_ / "c.txt", folder_ / "new/c.txt");
  Write("d.jsonl", "{\"title\": \"Four\"}\n{\"title\": ");
  EXPECT_THAT(WaitFor(*source, 1), ElementsAre("Four"));
  Write("d.jsonl", "\"Five\"}\n", std::ios::app);
  EXPECT_THAT(WaitFor(*source, 1), ElementsAre("Five"));
  Write("d.jsonl", "{\"title\": \"Six\"}", std::ios::app);  // whole, though its line is not
  EXPECT_THAT(WaitFor(*source, 1), ElementsAre("Six"));
  KeptBatch rest = ReadAll(*source);
  EXPECT_THAT(Texts(rest), IsEmpty());
  EXPECT_THAT(rest.rejected, IsEmpty());
}

TEST_F(FollowTest, WaitsUntilATextIsLeftAlone) {
  const auto source = Open("{path: '*.txt', settle: 700ms}", false);
  EXPECT_THAT(Texts(ReadAll(*source)), IsEmpty());
  Write("a.txt", "Half");
  EXPECT_THAT(Texts(ReadAll(*source)), IsEmpty());
  Write("a.txt", " and half", std::ios::app);
  EXPECT_THAT(WaitFor(*source, 1), ElementsAre("Half and half"));
}

}  // namespace
}  // namespace wirewatch::sources
