#include "wirewatch/store/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/store/search_file.h"
#include "wirewatch/store/store_fixture.h"
#include "wirewatch/store/term_block.h"

namespace wirewatch::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(TermBlock, KeepsWhichItemsContainATerm) {
  TermBlock block;
  for (int round = 0; round < 2; ++round) {  // memory is used again
    block.Clear();
    text::TextIndex index;
    for (uint16_t offset = 0; offset < kBlockItems; ++offset) {
      v1::Item item;
      item.set_body(
          absl::StrCat("everywhere rare", offset, offset % 2 == 0 ? " even" : "", offset == 4095 ? " last" : ""));
      index.Build(item);
      block.Add(offset, index);
    }
    std::map<std::string, BlockItems> found;
    for (const TermBlock::Chunk& chunk : block.Chunks()) {
      EXPECT_TRUE(found.empty() || found.rbegin()->first < chunk.first_term);
      const size_t before = found.size();
      ASSERT_TRUE(VisitChunk(chunk.entries, [&](std::string_view term, const BlockItems& items) {
                    found.emplace(term, items);
                    return true;
                  }).ok());
      EXPECT_GT(found.size(), before);
      EXPECT_EQ(found.count(chunk.first_term), 1u);
    }
    EXPECT_EQ(found.size(), kBlockItems + 3);
    EXPECT_TRUE(found["everywhere"].all());
    EXPECT_TRUE(found["even"].count() == kBlockItems / 2 && found["even"].test(0) && !found["even"].test(1));
    EXPECT_TRUE(found["last"].count() == 1 && found["last"].test(4095));
    EXPECT_TRUE(found["rare77"].count() == 1 && found["rare77"].test(77));
  }
}

TEST(TermBlock, DamagedChunksAreDataLoss) {
  TermBlock block;
  block.Clear();
  text::TextIndex index;
  v1::Item item;
  item.set_body("some words of a text");
  index.Build(item);
  block.Add(9, index);
  const std::string whole = block.Chunks()[0].entries;
  const auto all = [](std::string_view, const BlockItems&) { return true; };
  ASSERT_TRUE(VisitChunk(whole, all).ok());
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_EQ(VisitChunk(damaged, all).code(), absl::StatusCode::kDataLoss) << i;
    EXPECT_EQ(VisitChunk(whole.substr(0, i), all).code(), absl::StatusCode::kDataLoss) << i;
  }
}

class SearchTest : public StoreTest {
 protected:
  void SetUp() override { Start(); }
  void Start() {
    store_.reset();
    absl::StatusOr<std::unique_ptr<Store>> opened = OpenSqlite({.path = file(), .search_index = true});
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }
  // Archives Items at the next positions, one for each body.
  void Archive(const std::vector<std::string>& bodies, const std::string& pipeline = "p") {
    EpochWrites epoch = Epoch(0);
    epoch.pipeline = pipeline;
    uint64_t& position = positions_[pipeline];
    for (const std::string& body : bodies) {
      v1::Item item;
      item.set_position(++position);
      item.mutable_arrival()->set_seconds(static_cast<int64_t>(++arrival_));
      item.set_headline(absl::StrCat("Item ", position));
      item.set_body(body);
      epoch.items.push_back({.position = position,
                             .id = absl::StrCat(pipeline, position),
                             .version = 1,
                             .content_hash = "h",
                             .item = item.SerializeAsString()});
    }
    epoch.last_position = position;
    ASSERT_TRUE(Commit(std::move(epoch)).ok());
  }
  void ArchiveFiller(size_t count, const std::string& pipeline = "p") {
    Archive(std::vector<std::string>(count, "filler text about nothing"), pipeline);
  }
  SearchResult Search(std::string_view query, const SearchOptions& options = {}) {
    absl::StatusOr<SearchResult> result = SearchStore(file(), query, options);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *std::move(result) : SearchResult();
  }
  std::vector<std::string> Headlines(std::string_view query, const SearchOptions& options = {}) {
    std::vector<std::string> headlines;
    for (const FoundItem& found : Search(query, options).found) headlines.push_back(found.item.headline());
    return headlines;
  }
  uint64_t IndexedBlocks() const {
    const auto file_read = SearchFile::OpenToRead(SearchFileOf(file()), store_->JournalId());
    if (!file_read.ok()) return 0;
    const auto range = (*file_read)->Indexed(1);
    return range.ok() ? range->next - range->first : 0;
  }
  void WaitForBlocks(uint64_t count) {
    for (int i = 0; i < 2000 && IndexedBlocks() != count; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ASSERT_EQ(IndexedBlocks(), count);
  }

  std::map<std::string, uint64_t> positions_;
  uint64_t arrival_ = 0;
};

TEST_F(SearchTest, FindsInBlocksAndInWhatIsNotIndexedYet) {
  Archive({"Protests in Mitrovica over licence plates"});
  ArchiveFiller(5000);
  Archive({"Calm in MITROVICA today"});
  ArchiveFiller(10);
  WaitForBlocks(1);
  const SearchResult result = Search("mitrovica");
  ASSERT_THAT(result.found, SizeIs(2));
  EXPECT_EQ(result.found[0].item.headline(), "Item 5002");
  EXPECT_EQ(result.found[1].item.headline(), "Item 1");
  EXPECT_TRUE(result.indexed);
  EXPECT_FALSE(result.more);
  // The block's one candidate, and what stands behind the block.
  EXPECT_EQ(result.read, 1 + 5012 - 4095);
}

TEST_F(SearchTest, SpeaksTheWatchLanguage) {
  Archive({"NATO sent patrols to Kosovo", "Kosovo is calm, NATO says nothing of patrols", "A patrol of scouts",
           "Łódź and anti-war marches", "elections in Lodz", "Kosovo alone"});
  ArchiveFiller(4200);
  WaitForBlocks(1);
  EXPECT_THAT(Headlines("kosovo AND nato"), ElementsAre("Item 2", "Item 1"));
  EXPECT_THAT(Headlines("kosovo AND NOT nato"), ElementsAre("Item 6"));
  EXPECT_THAT(Headlines("\"sent patrols\""), ElementsAre("Item 1"));
  EXPECT_THAT(Headlines("patrol*"), ElementsAre("Item 3", "Item 2", "Item 1"));
  EXPECT_THAT(Headlines("*osovo AND says"), ElementsAre("Item 2"));
  EXPECT_THAT(Headlines("kosvo~1"), ElementsAre("Item 6", "Item 2", "Item 1"));
  EXPECT_THAT(Headlines("lodz"), ElementsAre("Item 5", "Item 4"));
  EXPECT_THAT(Headlines("antiwar"), ElementsAre("Item 4"));
  EXPECT_THAT(Headlines("NATO NEAR/2 patrols"), ElementsAre("Item 1"));
  EXPECT_THAT(Headlines("ATLEAST/2(kosovo)"), IsEmpty());
  EXPECT_THAT(Headlines("headline:6 AND kosovo"), ElementsAre("Item 6"));
  EXPECT_THAT(Headlines("unheard"), IsEmpty());
}

TEST_F(SearchTest, LimitsAndOrdersOverPipelines) {
  Archive({"storm"}, "p");
  Archive({"storm"}, "q");
  Archive({"storm"}, "p");
  EXPECT_THAT(Headlines("storm"), ElementsAre("Item 2", "Item 1", "Item 1"));
  const SearchResult two = Search("storm", {.limit = 2});
  EXPECT_THAT(two.found, SizeIs(2));
  EXPECT_TRUE(two.more);
  EXPECT_EQ(two.found[1].pipeline, "q");
  EXPECT_THAT(Headlines("storm", {.pipeline = "p"}), SizeIs(2));
  EXPECT_EQ(SearchStore(file(), "storm", {.pipeline = "r"}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(SearchStore(file(), "storm AND", {}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(SearchStore(directory_ / "none", "storm", {}).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SearchTest, WorksWithoutAHostAndWithoutAnIndex) {
  Archive({"storm"});
  ArchiveFiller(4200);
  WaitForBlocks(1);
  store_.reset();
  EXPECT_TRUE(Search("storm").indexed);
  EXPECT_THAT(Headlines("storm"), ElementsAre("Item 1"));
  std::filesystem::remove(SearchFileOf(file()));
  EXPECT_FALSE(Search("storm").indexed);
  EXPECT_THAT(Headlines("storm"), ElementsAre("Item 1"));
}

TEST_F(SearchTest, LostIndexIsMadeAnew) {
  Archive({"storm"});
  ArchiveFiller(4200);
  WaitForBlocks(1);
  store_.reset();
  std::filesystem::remove(SearchFileOf(file()));
  Start();
  WaitForBlocks(1);
  EXPECT_TRUE(Search("storm").indexed);
}

TEST_F(SearchTest, DamagedIndexCostsNoAnswerAndIsMadeAnew) {
  Archive({"storm"});
  std::vector<std::string> bodies;
  for (int i = 0; i < 4200; ++i) bodies.push_back(absl::StrCat("word", i, " other", i));
  Archive(bodies);
  WaitForBlocks(1);
  store_.reset();
  for (const size_t from : {0, 8192}) {
    std::fstream bytes(SearchFileOf(file()), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(static_cast<std::streamoff>(from));
    bytes << std::string(std::filesystem::file_size(SearchFileOf(file())) - from, '\x5a');
    bytes.close();
    EXPECT_THAT(Headlines("storm"), ElementsAre("Item 1")) << "although it is damaged from " << from;
    Start();
    WaitForBlocks(1);
    store_.reset();
    EXPECT_THAT(Headlines("storm"), ElementsAre("Item 1"));
    EXPECT_FALSE(Search("storm").damaged);
  }
}

TEST_F(SearchTest, DamagedBlockIsReadInsteadAndTold) {
  Archive({"storm"});
  ArchiveFiller(4200);
  WaitForBlocks(1);
  store_.reset();
  {
    absl::StatusOr<std::unique_ptr<Connection>> index =
        Connection::Open(SearchFileOf(file()), Connection::Access::kExisting);
    ASSERT_TRUE(index.ok());
    ASSERT_TRUE((*index)->Execute("UPDATE chunks SET entries = substr(entries, 2)").ok());
  }
  const SearchResult result = Search("storm");
  ASSERT_THAT(result.found, SizeIs(1));
  EXPECT_TRUE(result.damaged);
}

TEST_F(SearchTest, IndexOfAnotherStoreIsNotUsed) {
  ArchiveFiller(4200);
  WaitForBlocks(1);
  store_.reset();
  std::filesystem::rename(SearchFileOf(file()), directory_ / "kept");
  std::filesystem::remove(file());
  positions_.clear();
  Start();
  Archive({"storm"});
  store_.reset();
  std::filesystem::remove(SearchFileOf(file()));
  std::filesystem::rename(directory_ / "kept", SearchFileOf(file()));
  EXPECT_FALSE(Search("storm").indexed);
  EXPECT_THAT(Headlines("storm"), ElementsAre("Item 1"));
}

}  // namespace
}  // namespace wirewatch::store
