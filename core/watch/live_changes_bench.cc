// Changes to the watches while Items flow at full speed: what the longest pause is, and whether each match is right.
// One thread makes Items into texts and matches them, each with the newest snapshot, first undisturbed, then while
// another one changes the watches group by group: a third of the changes each add, replace and remove one. Afterwards
// one Item in kCheckedOneIn is evaluated again, against every watch that there was when it was matched, by the
// evaluator that knows nothing of keys, and all texts are matched by an Engine that is made anew from the watches that
// are left.
//
// The arguments are watches, changes, changes in a group (of an epoch), and milliseconds between groups. Reported:
// Items a second, percentiles and the worst time of an Item in microseconds, by the wall and by the thread's own
// processor time, of both phases, the most segments, and the Items whose matches were wrong.
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wirewatch/watch/condition.h"
#include "wirewatch/watch/live_engine.h"

namespace wirewatch::watch {
namespace {

constexpr size_t kTexts = 1999;  // a prime, so that all are checked in turn
constexpr size_t kWordsInAText = 325;
constexpr size_t kVocabulary = 200'000;
constexpr size_t kUndisturbed = 20'000;  // Items before the changes begin
constexpr size_t kMostItems = 4'000'000;
constexpr size_t kCheckedOneIn = 1000;
constexpr char kEpoch[] = "epoch";  // a watch whose revision is the number of groups that were applied

// Texts of words by Zipf's law, and watches as people write them: phrases 40 %, Boolean 30 %, near 15 %, lists 10 %,
// prefixes 5 %, of words of the middle and of the rare end, so that some dozens match a text at 100,000.
class Maker {
 public:
  explicit Maker(uint64_t seed) : engine_(seed) {
    double sum = 0;
    for (size_t rank = 0; rank < kVocabulary; ++rank) {
      sum += 1.0 / static_cast<double>(rank + 3);
      shares_.push_back(sum);
    }
  }

  size_t Below(size_t limit) { return engine_() % limit; }

  std::string Text() {
    std::string text;
    for (size_t i = 0; i < kWordsInAText; ++i) {
      absl::StrAppend(&text, Word(Drawn()), i % 17 == 16 ? ". " : " ");
    }
    return text;
  }

  std::string Query() {
    const size_t kind = Below(100);
    if (kind < 40) return absl::StrCat("\"", Rare(), " ", Word(Drawn()), "\"");
    if (kind < 70)
      return absl::StrCat(Rare(), " AND (", Rare(), " OR ", Rare(), " OR ", Word(Drawn()), ") NOT ", Rare());
    if (kind < 85) return absl::StrCat(Rare(), " NEAR/", 3 + Below(8), " ", Word(Drawn()));
    if (kind < 95) {
      std::vector<std::string> words;
      for (size_t i = 5 + Below(16); i > 0; --i) words.push_back(Rarest());
      return absl::StrJoin(words, " OR ");
    }
    return Rarest() + "*";
  }

 private:
  size_t Drawn() {
    const double at = std::uniform_real_distribution<double>(0, shares_.back())(engine_);
    return static_cast<size_t>(std::lower_bound(shares_.begin(), shares_.end(), at) - shares_.begin());
  }
  static std::string Word(size_t number) {
    constexpr const char* kSyllables[] = {"ka", "ri",   "to", "men", "sal", "ve",  "du", "nor",
                                          "bi", "pest", "lo", "gra", "fi",  "chu", "ta", "wen"};
    std::string word;
    for (number += 16; number > 0; number /= 16) word += kSyllables[number % 16];
    return word;
  }
  std::string Rare() { return Word(2000 + Below(kVocabulary - 2000)); }
  std::string Rarest() { return Word(20'000 + Below(kVocabulary - 20'000)); }

  std::mt19937_64 engine_;
  std::vector<double> shares_;
};

struct Sizes {
  size_t watches, changes, in_group;
  std::chrono::milliseconds between;
};

// What happened to one watch: from `from` groups on until `until` were applied it had this query.
struct Version {
  std::string query;
  uint64_t revision = 0;
  uint64_t from = 0, until = UINT64_MAX;
};

// All that is done, made beforehand.
class Plot {
 public:
  explicit Plot(const Sizes& sizes) {
    Maker maker(1);
    for (size_t i = 0; i < kTexts; ++i) items.emplace_back().set_body(maker.Text());
    std::vector<size_t> there;  // watches
    std::vector<size_t> version_of;
    const auto set = [&](size_t id, uint64_t at, std::vector<WatchChange>& group) {
      if (id >= version_of.size()) version_of.resize(id + 1);
      version_of[id] = versions.size();
      versions.push_back({maker.Query(), versions.size(), at, UINT64_MAX});
      group.push_back({IdOf(id), Watch{.id = "",
                                       .revision = versions.back().revision,
                                       .query = versions.back().query,
                                       .timezone = absl::UTCTimeZone()}});
    };
    for (size_t id = 0; id < sizes.watches; ++id) {
      there.push_back(id);
      set(id, 0, first);
    }
    first.push_back(Epoch(0));
    for (size_t change = 0; change < sizes.changes; ++change) {
      if (change % sizes.in_group == 0) groups.emplace_back();
      const uint64_t at = groups.size();
      if (change % 3 == 0) {
        there.push_back(version_of.size());
        set(there.back(), at, groups.back());
        continue;
      }
      const size_t place = maker.Below(there.size());
      versions[version_of[there[place]]].until = at;
      if (change % 3 == 1) {
        set(there[place], at, groups.back());
      } else {
        groups.back().push_back({IdOf(there[place]), std::nullopt});
        there[place] = there.back();
        there.pop_back();
      }
    }
    for (size_t at = 0; at < groups.size(); ++at) groups[at].push_back(Epoch(at + 1));
  }

  std::deque<v1::Item> items;
  std::vector<WatchChange> first;
  std::vector<std::vector<WatchChange>> groups;
  std::vector<Version> versions;  // by revision

 private:
  static std::string IdOf(size_t id) { return absl::StrCat("w", id); }
  static WatchChange Epoch(uint64_t at) {
    return {kEpoch, Watch{.id = "", .revision = at, .query = "nowhere AND nobody", .timezone = absl::UTCTimeZone()}};
  }
};

struct Times {
  std::vector<uint32_t> wall, cpu;  // nanoseconds, by Item
  double seconds = 0;
};

// One match that is looked at again.
struct Checked {
  size_t text;
  uint64_t epoch;
  std::vector<uint64_t> revisions;  // ascending
};

uint64_t ThreadNanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

std::vector<uint64_t> RevisionsOf(const std::vector<Hit>& hits) {
  std::vector<uint64_t> revisions;
  for (const Hit& hit : hits) revisions.push_back(hit.watch->revision);
  std::sort(revisions.begin(), revisions.end());
  return revisions;
}

class Stream {
 public:
  Stream(const Plot& plot, const LiveEngine& engine) : plot_(plot), engine_(engine) { hits_.reserve(10'000); }

  // Items as fast as they go, until `stop` says so or there were `most`.
  Times Run(size_t most, const std::atomic<bool>& stop) {
    using Clock = std::chrono::steady_clock;
    Times times;
    times.wall.resize(most);
    times.cpu.resize(most);
    size_t count = 0;
    const Clock::time_point first = Clock::now();
    while (count < most && !stop.load(std::memory_order_relaxed)) {
      const size_t text = count % kTexts;
      const Clock::time_point begin = Clock::now();
      const uint64_t cpu_begin = ThreadNanoseconds();
      const std::shared_ptr<const WatchSnapshot> snapshot = engine_.Snapshot();
      index_.Build(plot_.items[text]);
      snapshot->Match(View(plot_.items[text], index_), scratch_, hits_);
      most_segments_ = std::max(most_segments_, snapshot->segments());
      matches_ += hits_.size();
      times.cpu[count] = static_cast<uint32_t>(ThreadNanoseconds() - cpu_begin);
      times.wall[count] = static_cast<uint32_t>(std::chrono::nanoseconds(Clock::now() - begin).count());
      if (count % kCheckedOneIn == 0) checked_.push_back({text, snapshot->Find(kEpoch)->revision, RevisionsOf(hits_)});
      ++count;
    }
    times.seconds = std::chrono::duration<double>(Clock::now() - first).count();
    times.wall.resize(count);
    times.cpu.resize(count);
    return times;
  }

  const std::vector<Checked>& checked() const { return checked_; }
  size_t most_segments() const { return most_segments_; }
  size_t matches() const { return matches_; }

 private:
  const Plot& plot_;
  const LiveEngine& engine_;
  SnapshotScratch scratch_;
  text::TextIndex index_;
  std::vector<Hit> hits_;
  std::vector<Checked> checked_;
  size_t most_segments_ = 0, matches_ = 0;
};

// How many of the checked matches an evaluation of every watch that there was does not confirm.
size_t CountWrong(const Plot& plot, const std::vector<Checked>& checked) {
  std::map<size_t, text::TextIndex> indexes;
  for (const Checked& match : checked) indexes[match.text].Build(plot.items[match.text]);
  std::vector<bool> wrong(checked.size());
  for (const Version& version : plot.versions) {
    const std::shared_ptr<const Condition> condition = *Condition::Compile(version.query);
    for (size_t i = 0; i < checked.size(); ++i) {
      const Checked& match = checked[i];
      const bool was_there = version.from <= match.epoch && match.epoch < version.until;
      const View view(plot.items[match.text], indexes[match.text]);
      const bool expected = was_there && condition->Evaluate(view) == v1::TRUTH_TRUE;
      const bool found = std::binary_search(match.revisions.begin(), match.revisions.end(), version.revision);
      if (found != expected) wrong[i] = true;
    }
  }
  return static_cast<size_t>(std::count(wrong.begin(), wrong.end(), true));
}

// Texts that an Engine made anew from what is left matches otherwise.
size_t CountDifferent(const Plot& plot, const LiveEngine& live) {
  Engine anew;
  const std::shared_ptr<const WatchSnapshot> snapshot = live.Snapshot();
  size_t left = 0;
  for (const Version& version : plot.versions) {
    if (version.until != UINT64_MAX) continue;
    anew.Add({.id = absl::StrCat(version.revision),
              .revision = version.revision,
              .query = version.query,
              .timezone = absl::UTCTimeZone()});
    ++left;
  }
  size_t different = snapshot->size() == left + 1 ? 0 : 1;
  Scratch scratch;
  SnapshotScratch live_scratch;
  text::TextIndex index;
  std::vector<Hit> hits;
  for (const v1::Item& item : plot.items) {
    index.Build(item);
    const View view(item, index);
    anew.Match(view, scratch, hits);
    const std::vector<uint64_t> expected = RevisionsOf(hits);
    snapshot->Match(view, live_scratch, hits);
    different += RevisionsOf(hits) == expected ? 0 : 1;
  }
  return different;
}

void Report(benchmark::State& state, const std::string& phase, Times times) {
  state.counters[phase + "items_per_second"] = static_cast<double>(times.wall.size()) / times.seconds;
  for (auto& [clock, of_items] : {std::pair("wall_", &times.wall), std::pair("cpu_", &times.cpu)}) {
    std::sort(of_items->begin(), of_items->end());
    const auto at = [&, all = of_items](double share) {
      return (*all)[static_cast<size_t>(share * static_cast<double>(all->size() - 1))] / 1000.0;
    };
    state.counters[phase + clock + "p50_us"] = at(0.5);
    state.counters[phase + clock + "p99_us"] = at(0.99);
    state.counters[phase + clock + "p999_us"] = at(0.999);
    state.counters[phase + clock + "worst_us"] = at(1);
  }
}

void Changes(benchmark::State& state) {
  const Sizes sizes = {static_cast<size_t>(state.range(0)), static_cast<size_t>(state.range(1)),
                       static_cast<size_t>(state.range(2)), std::chrono::milliseconds(state.range(3))};
  for (auto _ : state) {
    Plot plot(sizes);
    LiveEngine engine;
    engine.Apply(std::move(plot.first));
    Stream stream(plot, engine);
    std::atomic<bool> stop = false;
    // A thread of its own, as a pipeline's workers are: it has an allocator's arena in which no watches lie.
    const auto run = [&](size_t most) {
      Times times;
      std::thread([&] { times = stream.Run(most, stop); }).join();
      return times;
    };
    Report(state, "undisturbed_", run(kUndisturbed));
    double slowest = 0;
    std::thread changing([&] {
      for (std::vector<WatchChange>& group : plot.groups) {
        const auto begin = std::chrono::steady_clock::now();
        engine.Apply(std::move(group));
        const auto end = std::chrono::steady_clock::now();
        slowest = std::max(slowest, std::chrono::duration<double, std::milli>(end - begin).count());
        std::this_thread::sleep_until(begin + sizes.between);
      }
      std::this_thread::sleep_for(std::chrono::seconds(2));  // the merges that are still due
      stop = true;
    });
    const Times times = run(kMostItems);
    changing.join();
    state.counters["changed_items"] = static_cast<double>(times.wall.size());
    state.counters["changed_seconds"] = times.seconds;
    Report(state, "changed_", times);
    state.counters["slowest_group_ms"] = slowest;
    state.counters["most_segments"] = static_cast<double>(stream.most_segments());
    state.counters["matches"] = static_cast<double>(stream.matches());
    state.counters["checked"] = static_cast<double>(stream.checked().size());
    state.counters["wrong"] = static_cast<double>(CountWrong(plot, stream.checked()));
    state.counters["different_at_the_end"] = static_cast<double>(CountDifferent(plot, engine));
  }
}
BENCHMARK(Changes)
    ->ArgNames({"watches", "changes", "group", "between_ms"})
    ->Args({100'000, 100'000, 500, 50})
    ->Iterations(1)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

}  // namespace
}  // namespace wirewatch::watch
