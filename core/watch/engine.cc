#include "wirewatch/watch/engine.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/engine_rep.h"
#include "wirewatch/watch/evaluator.h"
#include "wirewatch/watch/explain.h"
#include "wirewatch/watch/item_fields.h"

namespace wirewatch::watch {
namespace {

constexpr double kCommon = 1.0 / 3;

bool HasList(const Expression& expression) {
  return expression.operation == Operation::kList ||
         std::any_of(expression.operands.begin(), expression.operands.end(), [](const auto& o) { return HasList(*o); });
}

bool IsIn(std::span<const uint64_t> only, uint32_t slot) {
  return only.empty() || (only[slot / 64] >> (slot % 64) & 1) != 0;
}

// Nanoseconds between one Lap() and the next.
class Stopwatch {
 public:
  explicit Stopwatch(bool runs) : last_(runs ? Clock::now() : Clock::time_point()) {}
  uint32_t Lap() {
    const Clock::time_point now = Clock::now();
    const int64_t lap = std::chrono::nanoseconds(now - last_).count();
    last_ = now;
    return static_cast<uint32_t>(std::min<int64_t>(lap, UINT32_MAX));
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_;
};

}  // namespace

Engine::Engine() : Engine(Options{}) {}
Engine::Engine(Options options) : options_(std::move(options)), shares_(options_.share_of_form) {}
Engine::~Engine() = default;

std::optional<QueryError> Engine::Add(Watch watch, const Lists& lists) {
  auto parsed = Parse(watch.query, lists);
  if (auto* error = std::get_if<QueryError>(&parsed)) return std::move(*error);
  return Add(std::move(watch), std::get<std::shared_ptr<const Expression>>(std::move(parsed)));
}

std::optional<QueryError> Engine::Add(Watch watch, std::shared_ptr<const Expression> expression) {
  const bool has_list = HasList(*expression);
  if (has_list) expression = lists_.Share(std::move(expression));
  auto planned = MakePlan(*expression, watch.timezone, patterns_, options_.words, &lists_);
  if (auto* error = std::get_if<QueryError>(&planned)) return std::move(*error);
  Plan plan = std::get<Plan>(std::move(planned));
  Remove(watch.id);
  const std::optional<Cover> cover = CoverOf(plan, patterns_, shares_, keys_);
  const Programs::Compiled program = programs_.Add(plan, patterns_, keys_);
  if (free_.empty()) {
    free_.push_back(static_cast<Slot>(entries_.size()));
    in_order_ = in_order_ && (entries_.empty() || entries_.back().watch.id < watch.id);
    entries_.emplace_back();
    verified_.emplace_back();
  } else {
    in_order_ = false;
  }
  const Slot slot = free_.back();
  free_.pop_back();
  Entry& entry = entries_[slot];
  entry.watch = std::move(watch);
  // What is said of a list, and Lucene's words, cannot be read again from the query alone.
  const bool read_again = options_.words == Words::kFolded && !has_list;
  if (program.exact && !program.of_language && (read_again || !options_.explains)) {
    ReleasePatterns(plan, patterns_);
  } else {
    auto compiled = std::make_shared<Compiled>();
    compiled->expression = std::move(expression);
    compiled->plan = std::move(plan);
    entry.compiled = std::move(compiled);
  }
  slots_[entry.watch.id] = slot;
  verified_[slot] = {program.at, program.exact, program.of_language};
  Index(slot, cover, program.exact && !program.of_language);
  return std::nullopt;
}

bool Engine::Remove(std::string_view id) {
  const auto found = slots_.find(id);
  if (found == slots_.end()) return false;
  const Slot slot = found->second;
  Unindex(slot);
  slots_.erase(found);
  Entry& entry = entries_[slot];
  if (entry.compiled != nullptr) ReleasePatterns(entry.compiled->plan, patterns_);
  entry = {};
  free_.push_back(slot);
  return true;
}

void Engine::Index(Slot slot, const std::optional<Cover>& cover, bool exact) {
  postings_.resize(keys_.size());
  anchoring_.resize(keys_.size() / 64 + 1);
  Entry& entry = entries_[slot];
  if (!cover) return unanchored_.push_back(slot);
  entry.common = cover->share >= kCommon;
  common_ += entry.common ? 1 : 0;
  for (const Anchor& anchor : cover->anchors) {
    anchoring_[anchor.key / 64] |= uint64_t{1} << (anchor.key % 64);
    postings_[anchor.key].Add({slot, cover->exact && exact ? 1U : 0U, anchor.also});
    if (entry.anchors.empty() || entry.anchors.back() != anchor.key) entry.anchors.push_back(anchor.key);
  }
  entry.anchors.shrink_to_fit();
}

void Engine::Unindex(Slot slot) {
  Entry& entry = entries_[slot];
  if (entry.anchors.empty()) std::erase(unanchored_, slot);
  for (const Key key : entry.anchors) postings_[key].RemoveSlot(slot);
  common_ -= entry.common ? 1 : 0;
}

void Engine::FillKeys(const View& view, Scratch& scratch) const { scratch.keys.Fill(keys_, view, scratch); }

// Fills in hits, of watches that are satisfied for certain, and candidates, all others that may be. Most keys that an
// Item has stand above no watch: those that do are told apart first, and their lists asked for ahead.
void Engine::SelectCandidates(Scratch& scratch, std::span<const uint64_t> only) const {
  scratch.BeginWatches(entries_.size());
  for (const Slot slot : unanchored_) {
    if (IsIn(only, slot)) scratch.candidates.push_back(slot);
  }
  const ItemKeys& item = scratch.keys;
  const std::span<const Key> keys = item.keys();
  if (scratch.anchors.size() < keys.size()) scratch.anchors.resize(keys.size());
  size_t count = 0;
  for (const Key key : keys) {
    scratch.anchors[count] = key;
    count += anchoring_[key / 64] >> (key % 64) & 1;
  }
  constexpr size_t kAhead = 8;
  for (size_t i = 0; i < count; ++i) {
    if (i + 2 * kAhead < count) __builtin_prefetch(&postings_[scratch.anchors[i + 2 * kAhead]]);
    if (i + kAhead < count) __builtin_prefetch(postings_[scratch.anchors[i + kAhead]].begin());
    for (const Posting& posting : postings_[scratch.anchors[i]]) {
      if (posting.also != kNoKey && !item.Has(posting.also)) continue;
      if (!IsIn(only, posting.slot)) continue;
      if (!scratch.Mark(posting.slot, posting.exact != 0)) continue;
      (posting.exact != 0 ? scratch.hits : scratch.candidates).push_back(posting.slot);
    }
  }
}

MatchCounts Engine::MatchSlots(const View& view, Scratch& scratch, const MatchScope& scope) const {
  MatchCounts counts;
  scratch.Begin();
  FillKeys(view, scratch);
  SelectCandidates(scratch, scope.only);
  const std::vector<Slot>& candidates = scratch.candidates;
  counts.candidates = static_cast<uint32_t>(scratch.hits.size() + candidates.size());
  if (scope.times != nullptr) {
    for (const Slot slot : scratch.hits) scope.times->push_back({slot, 0, true});
  }
  Stopwatch stopwatch(scope.times != nullptr);
  constexpr size_t kAhead = 8;  // candidates whose memory is asked for before it is read
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (i + 2 * kAhead < candidates.size()) __builtin_prefetch(&verified_[candidates[i + 2 * kAhead]]);
    if (i + kAhead < candidates.size()) programs_.Prefetch(verified_[candidates[i + kAhead]].program);
    const bool hit = Verify(candidates[i], view, scratch, counts) == v1::TRUTH_TRUE;
    if (hit) scratch.hits.push_back(candidates[i]);
    if (scope.times != nullptr) scope.times->push_back({candidates[i], stopwatch.Lap(), hit});
  }
  scratch.SortHits();
  return counts;
}

MatchCounts Engine::Match(const View& view, Scratch& scratch, std::vector<Hit>& hits) const {
  const MatchCounts counts = MatchSlots(view, scratch);
  hits.clear();
  hits.reserve(scratch.hits.size());
  for (const Slot slot : scratch.hits) hits.push_back({&entries_[slot].watch});
  const auto before = [](const Hit& a, const Hit& b) { return a.watch->id < b.watch->id; };
  if (!in_order_) std::sort(hits.begin(), hits.end(), before);
  return counts;
}

v1::Truth Engine::Verify(Slot slot, const View& view, Scratch& scratch, MatchCounts& counts) const {
  const Verified& verified = verified_[slot];
  const bool possible = programs_.Run(verified.program, scratch.keys);
  const bool exact = verified.exact && (!verified.of_language || LanguageIsKnown(view.item()));
  if (!possible || exact) return possible ? v1::TRUTH_TRUE : v1::TRUTH_FALSE;
  scratch.leaves.clear();
  Evaluator evaluator(view, patterns_, scratch);
  const v1::Truth truth = evaluator.Evaluate(entries_[slot].compiled->plan);
  if (truth == v1::TRUTH_UNKNOWN) ++(evaluator.over_budget() ? counts.over_budget : counts.unknown);
  return truth;
}

// A plan of its own, which is as good as any: it finds the same. nullptr when the query cannot be read, as one from a
// file may be.
std::shared_ptr<const Engine::Compiled> Engine::CompiledOf(const Entry& entry) const {
  if (entry.compiled != nullptr) return entry.compiled;
  auto compiled = std::make_shared<Compiled>();
  compiled->own = std::make_unique<PatternTable>();
  auto parsed = Parse(entry.watch.query);
  if (std::holds_alternative<QueryError>(parsed)) return nullptr;
  compiled->expression = std::get<std::shared_ptr<const Expression>>(std::move(parsed));
  auto planned = MakePlan(*compiled->expression, entry.watch.timezone, *compiled->own, options_.words);
  if (std::holds_alternative<QueryError>(planned)) return nullptr;
  compiled->plan = std::get<Plan>(std::move(planned));
  return compiled;
}

bool Engine::Explain(std::string_view id, const View& view, Scratch& scratch, v1::Explanation& explanation) const {
  const Entry* entry = Find(id);
  if (entry == nullptr) return false;
  const std::shared_ptr<const Compiled> compiled = CompiledOf(*entry);
  if (compiled == nullptr) return false;
  Scratch& own = compiled->own != nullptr ? scratch.apart() : scratch;
  own.Begin();
  Evaluator evaluator(view, compiled->own != nullptr ? *compiled->own : patterns_, own);
  watch::Explain(compiled->plan, evaluator, explanation);
  return true;
}

void Engine::Describe(const Hit& hit, const View& view, Scratch& scratch, v1::WatchHit& described, bool explain) const {
  const Entry& entry = *Find(hit.watch->id);
  described.set_watch_id(hit.watch->id);
  described.set_revision(hit.watch->revision);
  described.set_severity(hit.watch->severity);
  described.set_confidence(1);
  const v1::Completeness completeness = view.item().completeness();
  described.set_partial_text(completeness == v1::COMPLETENESS_SNIPPET || completeness == v1::COMPLETENESS_HEADLINE);
  const std::shared_ptr<const Compiled> compiled = CompiledOf(entry);
  if (compiled == nullptr) return;
  Scratch& own = compiled->own != nullptr ? scratch.apart() : scratch;
  compiled->own != nullptr ? own.Begin() : own.leaves.clear();
  Evaluator evaluator(view, compiled->own != nullptr ? *compiled->own : patterns_, own);
  List<Place> words;
  evaluator.Evidence(compiled->plan, evaluator.whole(), words);
  described.set_matches(AddSpans(view, std::move(words), *described.mutable_spans()));
  if (explain) watch::Explain(compiled->plan, evaluator, *described.mutable_explanation());
}

std::optional<Candidacy> Engine::WhyCandidate(std::string_view id, const View& view, Scratch& scratch) const {
  const auto found = slots_.find(id);
  if (found == slots_.end()) return std::nullopt;
  Candidacy why;
  const Entry& entry = entries_[found->second];
  why.always = entry.anchors.empty();
  why.candidate = why.always;
  FillKeys(view, scratch);
  for (const Key key : entry.anchors) {
    for (const Posting& posting : postings_[key]) {
      if (posting.slot != found->second) continue;
      std::string name = keys_.Name(key);
      if (posting.also != kNoKey) absl::StrAppend(&name, " with ", keys_.Name(posting.also));
      const bool there = scratch.keys.Has(key) && (posting.also == kNoKey || scratch.keys.Has(posting.also));
      why.candidate |= there;
      (there ? why.there : why.wanted).push_back(std::move(name));
    }
  }
  return why;
}

const Engine::Entry* Engine::Find(std::string_view id) const {
  const auto found = slots_.find(id);
  return found == slots_.end() ? nullptr : &entries_[found->second];
}

std::optional<uint32_t> Engine::SlotOf(std::string_view id) const {
  const auto found = slots_.find(id);
  return found == slots_.end() ? std::nullopt : std::optional(found->second);
}

bool Engine::IsUsed(uint32_t slot) const { return SlotOf(entries_[slot].watch.id) == slot; }

const Watch& Engine::WatchAt(uint32_t slot) const { return entries_[slot].watch; }

std::shared_ptr<const Expression> Engine::ExpressionAt(uint32_t slot) const {
  const Entry& entry = entries_[slot];
  if (entry.compiled != nullptr) return entry.compiled->expression;
  return std::get<std::shared_ptr<const Expression>>(Parse(entry.watch.query));
}

AnchorCost Engine::CompareAnchors(size_t first, size_t step, const ShareOfForm& share_of_form) const {
  const KeyShares shares(share_of_form);
  Keys keys;  // of the choice that is only tried
  AnchorCost cost;
  for (size_t slot = first; slot < entries_.size(); slot += step) {
    const Entry& entry = entries_[slot];
    if (entry.anchors.empty()) continue;
    for (const Key key : entry.anchors) {
      for (const Posting& posting : postings_[key]) {
        if (posting.slot != slot) continue;
        cost.chosen += shares.Of(keys_, key) * (posting.also == kNoKey ? 1 : shares.Of(keys_, posting.also));
      }
    }
    const std::shared_ptr<const Compiled> compiled = CompiledOf(entry);
    if (compiled == nullptr) continue;
    const PatternTable& patterns = compiled->own != nullptr ? *compiled->own : patterns_;
    cost.cheapest += CoverOf(compiled->plan, patterns, shares, keys)->share;
    ++cost.watches;
  }
  return cost;
}

std::string Engine::NormalForm(std::string_view id) const {
  const Entry* entry = Find(id);
  const std::shared_ptr<const Compiled> compiled = entry == nullptr ? nullptr : CompiledOf(*entry);
  return compiled == nullptr ? "" : Print(*compiled->expression);
}

std::vector<std::string> Engine::Needs(std::span<const uint64_t> only) const {
  std::set<std::string> needs;
  for (const auto& [id, slot] : slots_) {
    // What a program tells exactly reads nothing but the text.
    if (entries_[slot].compiled == nullptr || !IsIn(only, slot)) continue;
    for (std::string& need : NeedsOf(entries_[slot].compiled->plan)) needs.insert(std::move(need));
  }
  return {needs.begin(), needs.end()};
}

size_t Engine::Bytes() const {
  size_t bytes = keys_.Bytes() + programs_.Bytes() + patterns_.Bytes() + lists_.Bytes() +
                 verified_.capacity() * sizeof(Verified) + entries_.size() * (sizeof(Entry) - sizeof(Watch)) +
                 postings_.capacity() * sizeof(postings_[0]) + anchoring_.capacity() * sizeof(uint64_t);
  for (const PostingList& list : postings_) bytes += list.Bytes();
  for (const Entry& entry : entries_) {
    bytes += entry.anchors.capacity() * sizeof(Key);
    if (entry.compiled == nullptr) continue;
    bytes += sizeof(Compiled) + BytesOf(*entry.compiled->expression) + BytesOf(entry.compiled->plan);
  }
  return bytes;
}

}  // namespace wirewatch::watch
