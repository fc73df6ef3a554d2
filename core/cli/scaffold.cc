// `wirewatch new`: a plugin to begin with, that builds in the tree and outside of it.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "wirewatch/cli/commands.h"

namespace wirewatch::cli {
namespace {

// $CLASS, $NAME and $KIND are filled in.
constexpr char kAnalysis[] = R"(#include "wirewatch/sdk/analysis.h"
#include "wirewatch/text/text_index.h"

namespace wirewatch::analyses {

// Labels Items that are longer than most.
class $CLASS final : public Analysis {
 public:
  struct Options {
    uint32_t words = 1000;
  };

  explicit $CLASS(Options options) : options_(options) {}

  // Called by many threads at once. A failure concerns this Item only.
  absl::Status Analyze(const Document& document, Findings& findings) const override {
    uint32_t words = 0;
    for (const text::PartIndex& part : document.Text().parts()) words += part.positions;
    if (words < options_.words) return absl::OkStatus();
    v1::Label& label = *findings.Annotate().add_labels();
    label.set_name("$NAME");
    label.set_value("long");
    return absl::OkStatus();
  }

 private:
  const Options options_;
};

WIREWATCH_PLUGIN($CLASS, {.name = "$NAME",
                          .summary = "Labels Items that are longer than most.",
                          .options = {Field("words", &$CLASS::Options::words, "Words from which on an Item is long.")
                                          .Range(1, 1e6)},
                          .provides = {"$NAME"}});

}  // namespace wirewatch::analyses
)";

constexpr char kAnalysisTest[] = R"(#include <gtest/gtest.h>

#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch::analyses {
namespace {

TEST($CLASSTest, LabelsLongItems) {
  const auto analysis = testing::CreatePlugin<Analysis>("words: 3");
  v1::Item item;
  item.set_body("One two.");
  EXPECT_EQ(testing::Analyze(*analysis, item).item.labels_size(), 0);
  item.set_body("One two three.");
  ASSERT_EQ(testing::Analyze(*analysis, item).item.labels_size(), 1);
}

TEST($CLASSTest, RefusesWhatCannotBe) { EXPECT_NE(testing::OptionErrors("words: 0"), ""); }

}  // namespace
}  // namespace wirewatch::analyses
)";

constexpr char kSource[] = R"(#include <charconv>

#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/source.h"

namespace wirewatch::sources {

// Gives the numbers from one to `items` as Items.
class $CLASS final : public Source {
 public:
  struct Options {
    uint32_t items = 3;
  };

  explicit $CLASS(Options options) : options_(options) {}

  v1::SourcePromise promise() const override { return v1::SOURCE_PROMISE_REPLAYABLE; }

  // The cursor is whatever Cursor() gave at the last commit; "" at the first start.
  absl::Status Open(std::string_view cursor) override {
    const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), given_);
    const bool whole = end == cursor.data() + cursor.size();
    if (!cursor.empty() && (error != std::errc() || !whole)) return absl::DataLossError("the cursor is no number");
    return absl::OkStatus();
  }

  absl::StatusOr<Progress> Read(BatchBuilder& batch, absl::Duration) override {
    while (given_ < options_.items && !batch.full()) {
      v1::Item& item = batch.NewItem();
      item.set_headline(absl::StrCat("Number ", ++given_));
      batch.Add();
    }
    if (given_ < options_.items) return Progress::More();
    return once_ ? Progress::End() : Progress::Idle(absl::Seconds(1));
  }

  std::string Cursor() const override { return absl::StrCat(given_); }

  static absl::StatusOr<std::unique_ptr<$CLASS>> Create(Options options, Setup& setup) {
    auto source = std::make_unique<$CLASS>(options);
    source->once_ = setup.once();
    return source;
  }

 private:
  const Options options_;
  bool once_ = false;
  uint32_t given_ = 0;
};

WIREWATCH_PLUGIN($CLASS, {.name = "$NAME",
                          .summary = "Gives the numbers from one on as Items.",
                          .options = {Field("items", &$CLASS::Options::items, "How many.").Range(1, 1e6)},
                          .promise = v1::SOURCE_PROMISE_REPLAYABLE});

}  // namespace wirewatch::sources
)";

constexpr char kSourceTest[] = R"(#include <gtest/gtest.h>

#include "wirewatch/sdk/source.h"
#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch::sources {
namespace {

TEST($CLASSTest, ResumesAfterItsCursor) {
  const auto source = testing::CreatePlugin<Source>("items: 5");
  ASSERT_TRUE(source->Open("3").ok());
  EXPECT_EQ(source->Cursor(), "3");
  EXPECT_FALSE(testing::CreatePlugin<Source>("")->Open("no number").ok());
}

TEST($CLASSTest, RefusesWhatCannotBe) { EXPECT_NE(testing::OptionErrors("items: 0"), ""); }

}  // namespace
}  // namespace wirewatch::sources
)";

constexpr char kAlert[] = R"(#include <cstdio>

#include "wirewatch/sdk/alert_channel.h"

namespace wirewatch::alerts {

// Writes one line for each event on standard error.
class $CLASS final : public AlertChannel {
 public:
  struct Options {
    std::string prefix = "alert";
  };

  explicit $CLASS(Options options) : options_(std::move(options)) {}

  // Unavailable is tried again; any other error sets the event aside.
  absl::Status Deliver(const v1::AlertEvent& event) override {
    const int written = std::fprintf(stderr, "%s: %s\n", options_.prefix.c_str(), event.alert().title().c_str());
    return written < 0 ? absl::UnavailableError("standard error cannot be written") : absl::OkStatus();
  }

 private:
  const Options options_;
};

WIREWATCH_PLUGIN($CLASS, {.name = "$NAME",
                          .summary = "Writes one line for each Alert on standard error.",
                          .options = {Field("prefix", &$CLASS::Options::prefix, "What each line begins with.")}});

}  // namespace wirewatch::alerts
)";

constexpr char kAlertTest[] = R"(#include <gtest/gtest.h>

#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch::alerts {
namespace {

TEST($CLASSTest, TakesEvents) {
  const auto channel = testing::CreatePlugin<AlertChannel>("prefix: news");
  v1::AlertEvent event;
  event.mutable_alert()->set_title("kfor: 1 Item");
  EXPECT_TRUE(channel->Deliver(event).ok());
}

TEST($CLASSTest, RefusesUnknownOptions) { EXPECT_NE(testing::OptionErrors("prefx: a"), ""); }

}  // namespace
}  // namespace wirewatch::alerts
)";

// In the tree this file is included by the scan of plugins, which needs nothing from it.
constexpr char kCMake[] = R"(if(COMMAND wirewatch_plugin_libraries)
  return()
endif()
cmake_minimum_required(VERSION 3.25)
project($NAME LANGUAGES CXX)
find_package(Wirewatch REQUIRED)
enable_testing()
wirewatch_add_plugin($NAME KIND $KIND SOURCES $NAME.cc TESTS $NAME_test.cc)
)";

constexpr char kReadme[] = R"(# $NAME

A Wirewatch plugin. Outside of Wirewatch's tree, against an installed Wirewatch:

    cmake -B build -DCMAKE_PREFIX_PATH=/where/wirewatch/is && cmake --build build && ctest --test-dir build
    WIREWATCH_PLUGIN_PATH=$PWD/build/plugins wirewatch plugins show $NAME

Inside of it: put this folder into `plugins/$KIND/`; it is found by its place.
)";

// `my_plugin` is the class MyPlugin.
std::string ClassName(const std::string& name) {
  std::string type;
  bool capital = true;
  for (const char c : name) {
    if (c == '_') {
      capital = true;
      continue;
    }
    type += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    capital = false;
  }
  return type;
}

// The end of a file's name tells tests, benchmarks and fuzzers from the plugin.
bool IsPluginName(const std::string& name) {
  return !name.empty() && name.size() <= 64 && name[0] >= 'a' && name[0] <= 'z' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos &&
         !name.ends_with("_test") && !name.ends_with("_bench") && !name.ends_with("_fuzz");
}

// A class of the plugin's name would hide what it uses of the SDK, or a target what CMake makes itself.
bool IsTaken(const std::string& name) {
  for (const char* taken :
       {"alert_channel", "all",    "analysis", "analyze",  "batch_builder", "clean",    "committed",
        "create",        "cursor", "deliver",  "document", "field",         "findings", "help",
        "install",       "open",   "options",  "package",  "plugin",        "progress", "promise",
        "read",          "setup",  "source",   "state",    "test",          "testing",  "wirewatch"}) {
    if (name == taken) return true;
  }
  return false;
}

}  // namespace

int New(const NewArguments& arguments) {
  const std::string& name = arguments.name;
  if (!IsPluginName(name)) {
    std::fprintf(stderr,
                 "\"%s\" is no name for a plugin: a-z, 0-9 and _, beginning with a letter, not ending in _test, "
                 "_bench or _fuzz\n",
                 name.c_str());
    return kUsage;
  }
  if (IsTaken(name)) {
    std::fprintf(stderr, "\"%s\" stands for something else in the SDK or in CMake; choose another name\n",
                 name.c_str());
    return kUsage;
  }
  const bool is_source = arguments.kind == "source", is_analysis = arguments.kind == "analysis";
  const char* const folder = is_source ? "sources" : is_analysis ? "analyses" : "alerts";
  const std::filesystem::path where = arguments.in / name;
  std::error_code error;
  if (std::filesystem::exists(where, error)) {
    std::fprintf(stderr, "%s is there already; nothing was changed\n", where.c_str());
    return kFailed;
  }
  std::filesystem::create_directories(where, error);
  const auto write = [&](const std::string& file, const char* text) {
    std::ofstream out(where / file);
    out << absl::StrReplaceAll(text, {{"$CLASS", ClassName(name)}, {"$NAME", name}, {"$KIND", folder}});
    return out.flush().good();
  };
  const bool written = !error &&
                       write(name + ".cc", is_source     ? kSource
                                           : is_analysis ? kAnalysis
                                                         : kAlert) &&
                       write(name + "_test.cc", is_source     ? kSourceTest
                                                : is_analysis ? kAnalysisTest
                                                              : kAlertTest) &&
                       write("CMakeLists.txt", kCMake) && write("README.md", kReadme);
  if (!written) {
    std::fprintf(stderr, "%s cannot be written\n", where.c_str());
    return kFailed;
  }
  std::printf("%s: a %s to begin with; its README.md says how to build it\n", where.c_str(), arguments.kind.c_str());
  return kOk;
}

}  // namespace wirewatch::cli
