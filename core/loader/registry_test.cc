#include "wirewatch/loader/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace wirewatch::loader {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::filesystem::path kBuild = WIREWATCH_BINARY_DIR;

class RegistryTest : public ::testing::Test {
 protected:
  RegistryTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "wirewatch-registry-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~RegistryTest() override { std::filesystem::remove_all(folder_); }

  // A folder of plugins that holds copies of the named test libraries.
  std::filesystem::path FolderOf(const std::vector<std::string>& names) {
    const std::filesystem::path folder = folder_ / ("plugins" + std::to_string(folders_++));
    std::filesystem::create_directories(folder / "analyses");
    for (const std::string& name : names) {
      std::filesystem::copy_file(kBuild / "testdata/plugins/analyses" / (name + ".so"),
                                 folder / "analyses" / (name + ".so"));
    }
    return folder;
  }
  RegistryOptions Options(std::vector<std::filesystem::path> folders) const {
    return {std::move(folders), kBuild / "lib/wirewatch/describe-plugin", folder_ / "cache", absl::Seconds(5)};
  }
  // What the registry says of one library.
  std::string RefusalOf(const std::string& name, absl::Duration timeout = absl::Seconds(5)) {
    RegistryOptions options = Options({FolderOf({name, "well_behaved"})});
    options.timeout = timeout;
    const Registry registry = Registry::Scan(options);
    EXPECT_NE(registry.Find("analyses", "well_behaved"), nullptr);
    EXPECT_TRUE(registry.Find("analyses", "well_behaved")->description) << "a neighbour was refused as well";
    const Library* library = registry.Find("analyses", name);
    if (library == nullptr || library->description) return "it was accepted";
    return library->refusal;
  }

  std::filesystem::path folder_;
  int folders_ = 0;
};

TEST_F(RegistryTest, DescribesWhatALibraryHolds) {
  const Registry registry = Registry::Scan(Options({FolderOf({"well_behaved"})}));
  const Library* library = registry.Find("analyses", "well_behaved");
  ASSERT_NE(library, nullptr);
  ASSERT_TRUE(library->description) << library->refusal;
  EXPECT_EQ(library->description->kind(), v1::PLUGIN_KIND_STATELESS_ANALYSIS);
  ASSERT_EQ(library->description->options_size(), 1);
  EXPECT_EQ(library->description->options(0).default_value(), "3");
  EXPECT_EQ(library->description->options(0).maximum(), 9);
}

TEST_F(RegistryTest, LoadsAPrivateCopyOnce) {
  const std::filesystem::path folder = FolderOf({"well_behaved"});
  const Registry registry = Registry::Scan(Options({folder}));
  const Library* library = registry.Find("analyses", "well_behaved");
  const Library* set[] = {library, library};
  const auto factories = registry.Load(set);
  ASSERT_TRUE(factories.ok()) << factories.status();
  EXPECT_EQ((*factories)[0], (*factories)[1]);
  // Overwriting the library in place must not reach the code that runs.
  std::ofstream(folder / "analyses/well_behaved.so", std::ios::trunc) << "rebuilt";
  EXPECT_EQ((*factories)[0]->description().name(), "well_behaved");
}

TEST_F(RegistryTest, ARebuiltLibraryIsDescribedAgain) {
  const std::filesystem::path folder = FolderOf({"well_behaved"});
  ASSERT_TRUE(Registry::Scan(Options({folder})).Find("analyses", "well_behaved")->description);
  std::ofstream(folder / "analyses/well_behaved.so", std::ios::trunc) << "not a library any more";
  const Registry again = Registry::Scan(Options({folder}));
  EXPECT_FALSE(again.Find("analyses", "well_behaved")->description) << "the cached description was taken";
}

TEST_F(RegistryTest, CachedDescriptionsNeedNoChild) {
  const std::filesystem::path folder = FolderOf({"well_behaved"});
  Registry::Scan(Options({folder}));
  RegistryOptions options = Options({folder});
  options.describer = "/nonexistent";
  EXPECT_TRUE(Registry::Scan(options).Find("analyses", "well_behaved")->description);
}

TEST_F(RegistryTest, RefusesALibraryThatIsNoPlugin) {
  EXPECT_THAT(RefusalOf("not_a_plugin"), HasSubstr("it is not a Wirewatch plugin: it has no symbol wirewatch_plugin"));
}
TEST_F(RegistryTest, RefusesAWrongDescriptor) {
  EXPECT_THAT(RefusalOf("wrong_magic"), HasSubstr("it is not a Wirewatch plugin"));
}
TEST_F(RegistryTest, RefusesAnotherSdkVersion) {
  EXPECT_THAT(RefusalOf("old_sdk"),
              AllOf(HasSubstr("version 2 of the SDK, this host has version 1"), HasSubstr("rebuild")));
}
TEST_F(RegistryTest, RefusesAnotherCompilerOrProtobuf) {
  EXPECT_THAT(RefusalOf("other_build"), AllOf(HasSubstr("g++ 4 instead of"), HasSubstr("rebuild")));
}
TEST_F(RegistryTest, SurvivesALibraryThatCrashes) {
  EXPECT_THAT(RefusalOf("crashes"), HasSubstr("it crashed (Segmentation fault)"));
}
TEST_F(RegistryTest, SurvivesALibraryThatHangs) {
  EXPECT_THAT(RefusalOf("hangs", absl::Milliseconds(500)), HasSubstr("it did not answer within 500ms"));
}
TEST_F(RegistryTest, SurvivesALibraryThatExits) {
  EXPECT_THAT(RefusalOf("exits"), HasSubstr("it ended the process (exit 0)"));
}
TEST_F(RegistryTest, SurvivesALibraryThatThrows) {
  EXPECT_THAT(RefusalOf("throws"), HasSubstr("it threw an exception while being described: no model file"));
}

TEST_F(RegistryTest, RefusesTheSecondOfTwoPluginsOfOneName) {
  const std::filesystem::path first = FolderOf({"well_behaved"}), second = FolderOf({"well_behaved"});
  const Registry registry = Registry::Scan(Options({first, second}));
  EXPECT_EQ(registry.Find("analyses", "well_behaved")->file, first / "analyses/well_behaved.so");
  ASSERT_EQ(registry.libraries().size(), 2u);
  EXPECT_THAT(registry.libraries()[1].refusal,
              AllOf(HasSubstr("another plugin of this name"), HasSubstr(first.string())));
}

TEST_F(RegistryTest, RefusesAFileThatIsNamedOtherwiseThanItsPlugin) {
  const std::filesystem::path folder = FolderOf({"well_behaved"});
  std::filesystem::rename(folder / "analyses/well_behaved.so", folder / "analyses/renamed.so");
  EXPECT_THAT(Registry::Scan(Options({folder})).Find("analyses", "renamed")->refusal,
              HasSubstr("the plugin is called \"well_behaved\" but its file \"renamed.so\""));
}

TEST_F(RegistryTest, RefusesAPluginInTheFolderOfAnotherKind) {
  const std::filesystem::path folder = FolderOf({"well_behaved"});
  std::filesystem::rename(folder / "analyses", folder / "sources");
  EXPECT_THAT(Registry::Scan(Options({folder})).Find("sources", "well_behaved")->refusal,
              HasSubstr("it stands in sources/ but belongs in analyses/"));
}

TEST_F(RegistryTest, RehearsesTheWholeSetTogether) {
  const Registry registry = Registry::Scan(Options({FolderOf({"lonely_a", "lonely_b"})}));
  const Library* a = registry.Find("analyses", "lonely_a");
  const Library* b = registry.Find("analyses", "lonely_b");
  ASSERT_TRUE(a->description && b->description) << "each is well by itself";
  const Library* both[] = {a, b};
  const auto loaded = registry.Load(both);
  ASSERT_FALSE(loaded.ok());
  EXPECT_THAT(std::string(loaded.status().message()),
              AllOf(HasSubstr("lonely_b.so: together with lonely_a, "), HasSubstr("crashed (Aborted)")));
}

}  // namespace
}  // namespace wirewatch::loader
