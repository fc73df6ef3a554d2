// What every analysis must be, whoever wrote it: described, deaf to how Items are cut into batches and to how many
// threads call it, and honest about places in the text. A plugin that cannot run without options has them in its
// conformance.yaml.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "tests/support/built_plugins.h"
#include "wirewatch/alerts/snippet.h"
#include "wirewatch/config/yaml.h"
#include "wirewatch/loader/registry.h"
#include "wirewatch/pipeline/assemble.h"
#include "wirewatch/pipeline/host_setup.h"
#include "wirewatch/pipeline/pipeline.h"
#include "wirewatch/sdk/analysis.h"
#include "wirewatch/store/sqlite_store.h"
#include "wirewatch/testing/memory_state.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch {
namespace {

namespace pb = google::protobuf;

std::vector<std::string> NamesIn(const std::string& folder) { return Plugins().Names(folder); }

// The Items of the quickstart, as its own pipeline leaves them, and Items that nobody would publish.
const std::vector<v1::Item>& Items() {
  static const auto& items = *[] {
    auto* all = new std::vector<v1::Item>;
    ManualClock clock(absl::FromCivil(absl::CivilDay(2026, 7, 1), absl::UTCTimeZone()));
    Diagnostics diagnostics;
    const pipeline::SetupContext context{clock, true, config::ProcessEnvironment()};
    auto file =
        config::LoadPipeline(WIREWATCH_SOURCE_DIR "/config/quickstart/pipeline.yaml", context.environment, diagnostics);
    file->channels.clear();
    file->analyses.clear();
    auto definition = pipeline::Assemble(*file, Plugins(), context, diagnostics);
    const auto store = store::OpenSqlite({}).value();
    pipeline::RunOptions options;
    options.once = true;
    options.clock = &clock;
    options.store = store.get();
    options.on_item = [all](const v1::Item& item, std::span<const v1::Signal* const>) { all->push_back(item); };
    auto running = pipeline::Pipeline::Start(*std::move(definition), options);
    EXPECT_TRUE((*running)->Wait().ok());
    const auto add = [all](const std::string& headline, const std::string& body) {
      v1::Item& item = all->emplace_back();
      item.set_headline(headline);
      item.set_body(body);
    };
    add("", "");
    add("Only a headline", "");
    add("", std::string(1 << 20, 'a'));
    add(std::string(5000, '('), std::string(5000, '/'));
    add("\n\n\n", " \t\n ");
    add("שלום عالم", "ภาษาไทย 漢字かな 한국어 😀👩‍🚒 e\u0301\u0301\u0301");
    add("A\u0000B", "\u202E\u2066PARIS (AFP) - text\u2069");
    std::string noise;
    for (uint32_t i = 0, state = 1; i < 20'000; ++i) {
      state = state * 1664525 + 1013904223;
      noise += static_cast<char>(state >> 24);
    }
    add("noise", text::RepairUtf8(noise));
    return all;
  }();
  return items;
}

std::string OptionsOf(const std::string& folder, const std::string& name) {
  std::ifstream file(WIREWATCH_SOURCE_DIR "/plugins/" + folder + "/" + name + "/conformance.yaml");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::unique_ptr<Plugin> Create(const std::string& folder, const std::string& name) {
  const loader::Library* const library = Plugins().Find(folder, name);
  const loader::Library* const set[] = {library};
  const auto factories = Plugins().Load(set);
  if (!factories.ok()) {
    ADD_FAILURE() << factories.status();
    return nullptr;
  }
  Diagnostics diagnostics;
  const auto node = config::ParseYaml(OptionsOf(folder, name), "conformance.yaml", diagnostics);
  const pipeline::SetupContext context{SystemClock(), true, config::ProcessEnvironment()};
  pipeline::HostSetup setup(context, "conformance", name, *node, diagnostics);
  auto plugin = (*factories)[0]->Create(*node, setup);
  EXPECT_TRUE(diagnostics.ok()) << diagnostics.ToString();
  return plugin;
}

// Of each Item what the analysis made of it.
std::vector<std::string> Outcomes(const Analysis& analysis, size_t batch) {
  std::vector<std::string> outcomes;
  ScratchSlot scratch;
  for (size_t begin = 0; begin < Items().size(); begin += batch) {
    const size_t count = std::min(batch, Items().size() - begin);
    pb::Arena arena;
    std::vector<Document> documents(count);
    std::vector<const Document*> pointers;
    std::vector<Findings> findings(count);
    std::vector<absl::Status> statuses(count);
    for (size_t i = 0; i < count; ++i) {
      documents[i].Reset(&Items()[begin + i], "", begin + i + 1, absl::FromUnixSeconds(1782000000));
      pointers.push_back(&documents[i]);
      findings[i].Reset(&arena, &scratch);
    }
    analysis.AnalyzeBatch(pointers, std::span(findings.data(), count), std::span(statuses.data(), count));
    for (size_t i = 0; i < count; ++i) {
      std::string outcome = statuses[i].ToString();
      if (findings[i].annotations() != nullptr) outcome += findings[i].annotations()->SerializeAsString();
      for (const v1::Signal* signal : findings[i].signals()) outcome += signal->SerializeAsString();
      if (findings[i].drop_reason()) outcome += *findings[i].drop_reason();
      outcomes.push_back(std::move(outcome));
    }
  }
  return outcomes;
}

void CheckSpans(const pb::Message& message, const v1::Item& item, const std::string& what) {
  if (const auto* span = dynamic_cast<const v1::Span*>(&message)) {
    if (span->part() == v1::PART_UNSPECIFIED) return;
    const auto text = alerts::PartText(item, span->part(), span->part_index());
    ASSERT_TRUE(text.has_value()) << what << ": a span in a part that is not there";
    ASSERT_LE(span->begin(), span->end()) << what;
    ASSERT_LE(span->end(), text->size()) << what;
    EXPECT_EQ(text::FloorBoundary(*text, span->begin()), span->begin()) << what << ": inside a character";
    EXPECT_EQ(text::FloorBoundary(*text, span->end()), span->end()) << what << ": inside a character";
    return;
  }
  std::vector<const pb::FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const pb::Reflection& reflection = *message.GetReflection();
    if (!field->is_repeated()) {
      CheckSpans(reflection.GetMessage(message, field), item, what + "." + field->name());
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      CheckSpans(reflection.GetRepeatedMessage(message, field, i), item, what + "." + field->name());
    }
  }
}

TEST(ConformanceTest, EveryPluginIsDescribed) {
  int plugins = 0;
  for (const loader::Library& library : Plugins().libraries()) {
    ASSERT_TRUE(library.description.has_value()) << library.name << ": " << library.refusal;
    ++plugins;
    EXPECT_TRUE(library.description->summary().ends_with('.')) << library.name;
    for (const v1::FieldDescription& option : library.description->options()) {
      EXPECT_EQ(option.name().find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string::npos)
          << library.name << "." << option.name();
      EXPECT_TRUE(option.summary().ends_with('.')) << library.name << "." << option.name();
    }
  }
  EXPECT_GE(plugins, 6);
}

TEST(ConformanceTest, BatchesDoNotChangeWhatAnAnalysisFinds) {
  for (const std::string& name : NamesIn("analyses")) {
    const auto plugin = Create("analyses", name);
    const auto* const analysis = dynamic_cast<const Analysis*>(plugin.get());
    if (analysis == nullptr) continue;
    const std::vector<std::string> one = Outcomes(*analysis, 1);
    EXPECT_TRUE(Outcomes(*analysis, 7) == one) << name;
    EXPECT_TRUE(Outcomes(*analysis, 64) == one) << name;
  }
}

TEST(ConformanceTest, ThreadsDoNotChangeWhatAnAnalysisFinds) {
  for (const std::string& name : NamesIn("analyses")) {
    const auto plugin = Create("analyses", name);
    const auto* const analysis = dynamic_cast<const Analysis*>(plugin.get());
    if (analysis == nullptr) continue;
    const std::vector<std::string> expected = Outcomes(*analysis, 16);
    std::vector<std::vector<std::string>> found(4);
    std::vector<std::thread> threads;
    for (auto& outcomes : found) threads.emplace_back([&] { outcomes = Outcomes(*analysis, 16); });
    for (std::thread& thread : threads) thread.join();
    for (const auto& outcomes : found) EXPECT_TRUE(outcomes == expected) << name;
  }
}

// Puts a watch that hits everything at a position, as the host would.
void PutEverything(WatchHolder& holder, const WatchHolder::Moment& moment, State& state) {
  v1::ApplyWatchesRequest request;
  request.mutable_author()->set_author("conformance");
  request.add_edits()->mutable_put()->set_id("put-later");
  request.mutable_edits(0)->mutable_put()->set_query("*a*");
  v1::ApplyWatchesResponse response;
  response.add_results();
  holder.Check(request, response);
  const WatchEdits edits{&request, 0, 1, &response};
  EXPECT_TRUE(holder.Apply(std::span(&edits, 1), moment, state).ok());
  EXPECT_FALSE(response.results(0).has_failure()) << response.results(0).failure().message();
  EXPECT_EQ(response.results(0).position(), moment.position);
}

// The Items of Outcomes() have the positions from 1 on.
TEST(ConformanceTest, AChangeOfWatchesHoldsFromItsPositionOn) {
  int holders = 0;
  for (const std::string& name : NamesIn("analyses")) {
    const auto plugin = Create("analyses", name);
    const auto* const analysis = dynamic_cast<const Analysis*>(plugin.get());
    auto* const holder = dynamic_cast<WatchHolder*>(plugin.get());
    if (holder == nullptr) continue;
    ++holders;
    ASSERT_NE(analysis, nullptr) << name << ": only a stateless analysis holds watches";
    testing::MemoryState state;
    ASSERT_TRUE(holder->Restore({0, {0, absl::UnixEpoch()}, {"language", "dateline"}}, state).ok()) << name;
    const std::vector<std::string> before = Outcomes(*analysis, 16);
    std::vector<std::vector<std::string>> found(4);
    std::vector<std::thread> threads;
    for (auto& outcomes : found) threads.emplace_back([&] { outcomes = Outcomes(*analysis, 16); });
    const uint64_t last = Items().size();
    PutEverything(*holder, {last + 1, absl::UnixEpoch()}, state);
    for (std::thread& thread : threads) thread.join();
    for (const auto& outcomes : found) EXPECT_TRUE(outcomes == before) << name << ": Items before a change see it";
    holder->Passed(last + 1);
    const std::vector<std::string> after = Outcomes(*analysis, 16);
    EXPECT_FALSE(after == before) << name << ": the change is not seen";
    // What is remembered comes to the same.
    const auto again = Create("analyses", name);
    auto* const restored = dynamic_cast<WatchHolder*>(again.get());
    ASSERT_TRUE(restored->Restore({1, {last + 1, absl::UnixEpoch()}, {"language", "dateline"}}, state).ok()) << name;
    EXPECT_TRUE(Outcomes(*dynamic_cast<const Analysis*>(again.get()), 7) == after) << name;
  }
  EXPECT_GE(holders, 1);
}

TEST(ConformanceTest, SpansLieInTheText) {
  for (const std::string& name : NamesIn("analyses")) {
    const auto plugin = Create("analyses", name);
    const auto* const analysis = dynamic_cast<const Analysis*>(plugin.get());
    if (analysis == nullptr) continue;
    ScratchSlot scratch;
    for (const v1::Item& item : Items()) {
      pb::Arena arena;
      Document document;
      document.Reset(&item, "", 1, absl::FromUnixSeconds(1782000000));
      Findings findings(&arena, &scratch);
      const absl::Status status = analysis->Analyze(document, findings);
      if (!status.ok()) continue;
      if (findings.annotations() != nullptr) CheckSpans(*findings.annotations(), item, name);
      for (const v1::Signal* signal : findings.signals()) CheckSpans(*signal, item, name);
    }
  }
}

}  // namespace
}  // namespace wirewatch
