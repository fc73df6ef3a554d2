// `wirewatch watch match`: many watches against many texts.
#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/watch_commands.h"
#include "wirewatch/cli/watch_lines.h"
#include "wirewatch/text/term_hash.h"
#include "wirewatch/text/text_index.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/watch/dialect.h"
#include "wirewatch/watch/engine.h"

namespace wirewatch::cli {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr size_t kSample = 4096;      // Items in which words are counted before the watches are indexed
constexpr size_t kItemsAtATime = 64;  // that a thread takes
constexpr size_t kWrongQueriesShown = 20;

double Seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

double ProcessCpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

uint64_t ResidentBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    uint64_t kilobytes = 0;
    if (line.starts_with("VmRSS:") && std::sscanf(line.c_str(), "VmRSS: %lu", &kilobytes) == 1) return kilobytes << 10;
  }
  return 0;
}

// What one thread needs to see an Item as the engine does.
class Reader {
 public:
  explicit Reader(watch::Words words) : words_(words) {}
  watch::View Read(const std::string& text) {
    if (words_ == watch::Words::kPlain) {
      index_.BuildPlain(text);
    } else {
      item_.set_body(text);
      index_.Build(item_);
    }
    return {item_, index_};
  }

 private:
  const watch::Words words_;
  v1::Item item_;
  text::TextIndex index_;
};

// In how many Items of a sample each form is.
absl::flat_hash_map<uint64_t, uint32_t> CountForms(const std::vector<Line>& items, size_t sample, watch::Words words) {
  absl::flat_hash_map<uint64_t, uint32_t> counts;
  Reader reader(words);
  for (size_t i = 0; i < sample; ++i) {
    const text::TextIndex& text = reader.Read(items[i * items.size() / sample].text).text();
    for (text::TermId term = 0; term < text.term_count(); ++term) ++counts[text.TermHash(term)];
  }
  return counts;
}

class Matching {
 public:
  Matching(std::vector<Line> items, const WatchMatchArguments& arguments)
      : items_(std::move(items)),
        arguments_(arguments),
        dialect_(watch::FindDialect(arguments.dialect).value_or(watch::Dialect::kWirewatch)),
        words_(dialect_ == watch::Dialect::kLucene ? watch::Words::kPlain : watch::Words::kFolded) {}

  int Run() {
    if (!Load()) return kConfiguration;
    latencies_.assign(items_.size(), Clock::duration::max());
    matches_.resize(items_.size());
    const auto began = Clock::now();
    const double cpu_began = ProcessCpuSeconds();
    for (round_ = 0; round_ < arguments_.rounds; ++round_) MatchAll();
    wall_ = Seconds(Clock::now() - began);
    cpu_ = ProcessCpuSeconds() - cpu_began;
    Write();
    if (arguments_.stats) WriteStats();
    return kOk;
  }

 private:
  // From the index if there is one of these watches, else from the watches.
  bool Load() {
    const auto began = Clock::now();
    std::optional<std::string> bytes = std::string();
    if (!arguments_.watches.empty()) bytes = ReadBytes(arguments_.watches);
    if (!bytes) return false;
    // What an index of them is known by.
    const std::string of = absl::StrCat(arguments_.dialect, " ", text::HashTerm(*bytes));
    read_s_ = Seconds(Clock::now() - began);
    if (!arguments_.index.empty()) {
      const absl::Status loaded = LoadIndex(of);
      if (loaded.ok()) return arguments_.save_index.empty() || Save(arguments_.save_index, of);
      const std::string what(loaded.message());
      std::fprintf(stderr, "%s%s\n", what.c_str(),
                   arguments_.watches.empty() ? "" : absl::StrCat("; made from ", arguments_.watches.string()).c_str());
      if (arguments_.watches.empty()) return false;
    }
    std::optional<std::vector<Line>> watches = ReadLines(arguments_.watches, *bytes, "query");
    if (!watches) return false;
    bytes.reset();
    read_s_ = Seconds(Clock::now() - began);
    if (!Build(*std::move(watches))) return false;
    for (const auto& file : {arguments_.index, arguments_.save_index}) {
      if (!file.empty() && !Save(file, of)) return false;
    }
    return true;
  }

  absl::Status LoadIndex(const std::string& of) {
    const auto began = Clock::now();
    const double cpu_began = ProcessCpuSeconds();
    const bool of_any = arguments_.watches.empty();
    auto engine = watch::Engine::Load(arguments_.index, {.words = words_, .share_of_form = {}, .explains = false},
                                      of_any ? std::nullopt : std::optional<std::string_view>(of));
    if (!engine.ok()) return engine.status();
    engine_ = *std::move(engine);
    load_s_ = Seconds(Clock::now() - began);
    load_cpu_s_ = ProcessCpuSeconds() - cpu_began;
    from_index_ = true;
    return absl::OkStatus();
  }

  bool Save(const std::filesystem::path& file, const std::string& of) const {
    const absl::Status saved = engine_->Save(file, of);
    if (!saved.ok()) std::fprintf(stderr, "%s\n", std::string(saved.message()).c_str());
    return saved.ok();
  }

  bool Build(std::vector<Line> watches) {
    std::stable_sort(watches.begin(), watches.end(), [](const Line& a, const Line& b) { return a.id < b.id; });
    const size_t sample = std::min(kSample, items_.size());
    const auto began_sample = Clock::now();
    const auto counts = std::make_shared<absl::flat_hash_map<uint64_t, uint32_t>>(CountForms(items_, sample, words_));
    sample_s_ = Seconds(Clock::now() - began_sample);
    const auto began = Clock::now();
    const double cpu_began = ProcessCpuSeconds();
    engine_ = std::make_unique<watch::Engine>(watch::Engine::Options{
        .words = words_,
        .share_of_form =
            [counts, sample](std::string_view form) {
              const auto found = counts->find(text::TextIndex::HashOf(form));
              return ((found == counts->end() ? 0 : found->second) + 0.1) / (static_cast<double>(sample) + 1);
            },
        .explains = false});
    size_t wrong = 0;
    std::vector<bool> again(watches.size());
    for (size_t i = 1; i < watches.size(); ++i) again[i] = !(watches[i - 1].id < watches[i].id);
    for (size_t i = 0; i < watches.size(); ++i) {
      Line& line = watches[i];
      if (again[i]) Report(line, absl::StrCat("there is already a watch with the id ", line.id.written), "", wrong);
      Add(line, wrong);
    }
    load_s_ = Seconds(Clock::now() - began);
    load_cpu_s_ = ProcessCpuSeconds() - cpu_began;
    if (wrong > kWrongQueriesShown) std::fprintf(stderr, "and %zu more\n", wrong - kWrongQueriesShown);
    return wrong == 0;
  }

  // Its id is what the line has, as it is written back; slots are in the order of the lines.
  void Add(Line& line, size_t& wrong) {
    watch::Watch watch{.id = std::move(line.id.written), .query = {}, .timezone = absl::UTCTimeZone()};
    std::optional<watch::QueryError> error;
    std::shared_ptr<const watch::Expression> expression;
    if (dialect_ == watch::Dialect::kWirewatch) {
      auto parsed = watch::Parse(line.text);
      if (auto* wrong_query = std::get_if<watch::QueryError>(&parsed)) {
        error = std::move(*wrong_query);
      } else {
        expression = std::get<std::shared_ptr<const watch::Expression>>(std::move(parsed));
      }
    } else {
      watch::Translation translation = watch::Translate(line.text, dialect_, {.keep_moves = true, .notes = false});
      error = std::move(translation.error);
      expression = std::move(translation.expression);
    }
    if (!error) error = engine_->Add(std::move(watch), std::move(expression));
    if (error) Report(line, absl::StrCat("at byte ", error->offset, ": ", error->message), error->hint, wrong);
    line.text = {};
  }

  void Report(const Line& line, const std::string& what, const std::string& hint, size_t& wrong) const {
    if (++wrong > kWrongQueriesShown) return;
    std::fprintf(stderr, "%s:%zu: error: %s%s%s%s\n", arguments_.watches.c_str(), line.line, what.c_str(),
                 hint.empty() ? "" : " (", hint.c_str(), hint.empty() ? "" : ")");
  }

  void MatchAll() {
    next_ = 0;
    std::vector<std::thread> threads;
    workers_.resize(static_cast<size_t>(arguments_.threads));
    for (size_t i = 1; i < workers_.size(); ++i) threads.emplace_back([this, i] { Work(workers_[i]); });
    Work(workers_[0]);
    for (std::thread& thread : threads) thread.join();
  }

  // What a thread keeps from round to round.
  struct Worker {
    std::unique_ptr<Reader> reader;
    watch::Scratch scratch;
  };

  void Work(Worker& worker) {
    if (worker.reader == nullptr) worker.reader = std::make_unique<Reader>(words_);
    Reader& reader = *worker.reader;
    watch::Scratch& scratch = worker.scratch;
    Clock::duration matching{};
    uint64_t candidates = 0;
    for (size_t first = 0; (first = next_.fetch_add(kItemsAtATime)) < items_.size();) {
      for (size_t i = first; i < std::min(first + kItemsAtATime, items_.size()); ++i) {
        const auto began = Clock::now();
        const watch::View view = reader.Read(items_[i].text);
        const auto read = Clock::now();
        candidates += engine_->MatchSlots(view, scratch).candidates;
        const auto done = Clock::now();
        matching += done - read;
        latencies_[i] = std::min(latencies_[i], done - began);
        if (round_ == 0) matches_[i] = scratch.hits;
      }
    }
    matching_ns_ += std::chrono::duration_cast<std::chrono::nanoseconds>(matching).count();
    if (round_ == 0) candidates_ += candidates;
  }

  void Write() const {
    std::string line;
    for (size_t i = 0; i < items_.size(); ++i) {
      line.assign("{\"item\":").append(items_[i].id.written).append(",\"matches\":[");
      for (size_t m = 0; m < matches_[i].size(); ++m) {
        if (m > 0) line += ',';
        line += engine_->WatchAt(matches_[i][m]).id;
      }
      line += "]}\n";
      std::fwrite(line.data(), 1, line.size(), stdout);
    }
  }

  void WriteStats() {
    const double items = static_cast<double>(items_.size());
    const double matched = items * arguments_.rounds;
    // Of what the threads did, the share that was matching.
    const double matching_share =
        std::min(1.0, static_cast<double>(matching_ns_.load()) * 1e-9 / (wall_ * arguments_.threads));
    uint64_t pairs = 0;
    for (const auto& matches : matches_) pairs += matches.size();
    const auto slowest = std::max_element(latencies_.begin(), latencies_.end());
    const json::value max_item =
        items_.empty() ? json::value(nullptr)
                       : json::parse(items_[static_cast<size_t>(slowest - latencies_.begin())].id.written);
    std::vector<Clock::duration> sorted = latencies_;
    std::sort(sorted.begin(), sorted.end());
    const auto quantile = [&](double q) {
      if (sorted.empty()) return 0.0;
      return Seconds(sorted[std::min(sorted.size() - 1, static_cast<size_t>(q * items))]) * 1e6;
    };
    const double count = static_cast<double>(std::max<size_t>(1, engine_->size()));
    const json::object stats = {
        {"watches", engine_->size()},
        {"from_index", from_index_},
        {"read_s", read_s_},
        {"sample_s", sample_s_},
        {"load_s", load_s_},
        {"load_cpu_s", load_cpu_s_},
        {"items", items_.size()},
        {"rounds", arguments_.rounds},
        {"raw_items_per_s", matched / wall_},
        {"raw_items_per_cpu_s", matched / cpu_},
        {"match_items_per_s", matched / (wall_ * matching_share)},
        {"match_items_per_cpu_s", matched / (cpu_ * matching_share)},
        {"p50_us", quantile(0.5)},
        {"p99_us", quantile(0.99)},
        {"max_us", quantile(1)},
        {"max_item", max_item},
        {"bytes_per_watch", static_cast<double>(engine_->Bytes()) / count},
        {"index_bytes", engine_->Bytes()},
        {"resident_bytes", ResidentBytes()},
        {"matches_per_item", static_cast<double>(pairs) / std::max(1.0, items)},
        {"candidates_per_item", static_cast<double>(candidates_.load()) / std::max(1.0, items)},
        {"always_verified", engine_->unanchored()},
        {"common", engine_->common()},
    };
    std::fprintf(stderr, "%s\n", json::serialize(stats).c_str());
  }

  const std::vector<Line> items_;
  const WatchMatchArguments& arguments_;
  const watch::Dialect dialect_;
  const watch::Words words_;
  std::unique_ptr<watch::Engine> engine_;
  int round_ = 0;
  std::vector<Worker> workers_;
  std::atomic<size_t> next_ = 0;
  std::atomic<int64_t> matching_ns_ = 0;
  std::atomic<uint64_t> candidates_ = 0;
  std::vector<Clock::duration> latencies_;  // the least of all rounds
  std::vector<std::vector<uint32_t>> matches_;
  bool from_index_ = false;
  double read_s_ = 0, sample_s_ = 0, load_s_ = 0, load_cpu_s_ = 0, wall_ = 0, cpu_ = 0;
};

}  // namespace

int MatchWatches(const WatchMatchArguments& arguments) {
  if (arguments.watches.empty() && arguments.index.empty()) {
    std::fprintf(stderr, "--watches or --index is required\n");
    return kUsage;
  }
  const std::optional<std::string> bytes = ReadBytes(arguments.items);
  std::optional<std::vector<Line>> items;
  if (bytes) items = ReadLines(arguments.items, *bytes, "text");
  if (!items) return kFailed;
  return Matching(*std::move(items), arguments).Run();
}

}  // namespace wirewatch::cli
