#include "wirewatch/watch/engine.h"

#include <algorithm>
#include <set>
#include <utility>

#include "wirewatch/watch/evaluator.h"
#include "wirewatch/watch/explain.h"
#include "wirewatch/watch/item_fields.h"

namespace wirewatch::watch {

struct Engine::Entry {
  Watch watch;
  std::unique_ptr<const Expression> expression;
  Plan plan;
  std::optional<Anchors> anchors;
};

Engine::Engine() = default;
Engine::~Engine() = default;

std::optional<QueryError> Engine::Add(Watch watch, const Lists& lists) {
  auto parsed = Parse(watch.query, lists);
  if (auto* error = std::get_if<QueryError>(&parsed)) return std::move(*error);
  auto entry = std::make_unique<Entry>();
  entry->expression = std::get<std::unique_ptr<const Expression>>(std::move(parsed));
  auto planned = MakePlan(*entry->expression, watch.timezone, patterns_);
  if (auto* error = std::get_if<QueryError>(&planned)) return std::move(*error);
  entry->plan = std::get<Plan>(std::move(planned));
  entry->anchors = AnchorsOf(entry->plan, patterns_);
  entry->watch = std::move(watch);
  Remove(entry->watch.id);
  if (free_.empty()) {
    free_.push_back(static_cast<Slot>(entries_.size()));
    entries_.emplace_back();
  }
  const Slot slot = free_.back();
  free_.pop_back();
  slots_[entry->watch.id] = slot;
  entries_[slot] = std::move(entry);
  Index(slot);
  return std::nullopt;
}

bool Engine::Remove(std::string_view id) {
  const auto found = slots_.find(absl::string_view(id.data(), id.size()));
  if (found == slots_.end()) return false;
  const Slot slot = found->second;
  Unindex(slot);
  ReleasePatterns(entries_[slot]->plan, patterns_);
  entries_[slot].reset();
  free_.push_back(slot);
  slots_.erase(found);
  return true;
}

size_t Engine::size() const { return slots_.size(); }
size_t Engine::unanchored() const { return unanchored_.size(); }

void Engine::Index(Slot slot) {
  const Entry& entry = *entries_[slot];
  if (!entry.anchors) return unanchored_.push_back(slot);
  for (const PatternId id : entry.anchors->patterns) {
    const TermPattern& pattern = patterns_[id];
    (pattern.kind == TermPattern::Kind::kForm ? by_term_[pattern.form] : by_pattern_[id]).push_back(slot);
  }
}

void Engine::Unindex(Slot slot) {
  const auto forget = [slot](std::vector<Slot>& slots) {
    slots.erase(std::remove(slots.begin(), slots.end(), slot), slots.end());
    return slots.empty();
  };
  const Entry& entry = *entries_[slot];
  if (!entry.anchors) {
    forget(unanchored_);
    return;
  }
  for (const PatternId id : entry.anchors->patterns) {
    const TermPattern& pattern = patterns_[id];
    if (pattern.kind == TermPattern::Kind::kForm) {
      const auto list = by_term_.find(pattern.form);
      if (list != by_term_.end() && forget(list->second)) by_term_.erase(list);
    } else {
      const auto list = by_pattern_.find(id);
      if (list != by_pattern_.end() && forget(list->second)) by_pattern_.erase(list);
    }
  }
}

void Engine::SelectCandidates(const View& view, Scratch& scratch) const {
  scratch.candidates = unanchored_;
  scratch.marks.resize(std::max(scratch.marks.size(), entries_.size()));
  const auto select = [&](const std::vector<Slot>& slots) {
    for (const Slot slot : slots) {
      if (std::exchange(scratch.marks[slot], scratch.item()) != scratch.item()) scratch.candidates.push_back(slot);
    }
  };
  const text::TextIndex& text = view.text();
  if (!by_term_.empty()) {
    for (text::TermId term = 0; term < text.term_count(); ++term) {
      const std::string_view form = text.Term(term);
      const auto found = by_term_.find(absl::string_view(form.data(), form.size()));
      if (found != by_term_.end()) select(found->second);
    }
  }
  const bool hides_stems = !LanguageIsKnown(view.item());
  for (const auto& [id, slots] : by_pattern_) {
    if (hides_stems && patterns_[id].kind == TermPattern::Kind::kStem) {
      select(slots);  // unknown, and counted so
      continue;
    }
    if (!scratch.Find(text, view.item().language().tag(), id, patterns_[id]).empty()) select(slots);
  }
}

MatchCounts Engine::Match(const View& view, Scratch& scratch, std::vector<Hit>& hits) const {
  hits.clear();
  scratch.Begin();
  SelectCandidates(view, scratch);
  MatchCounts counts;
  counts.candidates = static_cast<uint32_t>(scratch.candidates.size());
  for (const Slot slot : scratch.candidates) {
    scratch.leaves.clear();
    Evaluator evaluator(view, patterns_, scratch);
    const v1::Truth truth = evaluator.Evaluate(entries_[slot]->plan);
    if (truth == v1::TRUTH_TRUE) hits.push_back({&entries_[slot]->watch});
    if (truth == v1::TRUTH_UNKNOWN) ++(evaluator.over_budget() ? counts.over_budget : counts.unknown);
  }
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.watch->id < b.watch->id; });
  return counts;
}

bool Engine::Explain(std::string_view id, const View& view, Scratch& scratch, v1::Explanation& explanation) const {
  const Entry* entry = Find(id);
  if (entry == nullptr) return false;
  scratch.Begin();
  Evaluator evaluator(view, patterns_, scratch);
  watch::Explain(entry->plan, evaluator, explanation);
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
  scratch.leaves.clear();
  Evaluator evaluator(view, patterns_, scratch);
  std::vector<Place> words;
  evaluator.Evidence(entry.plan, evaluator.whole(), words);
  described.set_matches(AddSpans(view, std::move(words), *described.mutable_spans()));
  if (explain) watch::Explain(entry.plan, evaluator, *described.mutable_explanation());
}

const Engine::Entry* Engine::Find(std::string_view id) const {
  const auto found = slots_.find(absl::string_view(id.data(), id.size()));
  return found == slots_.end() ? nullptr : entries_[found->second].get();
}

std::string Engine::NormalForm(std::string_view id) const {
  const Entry* entry = Find(id);
  return entry == nullptr ? "" : Print(*entry->expression);
}

std::vector<std::string> Engine::Needs() const {
  std::set<std::string> needs;
  for (const auto& entry : entries_) {
    if (entry == nullptr) continue;
    for (std::string& need : NeedsOf(entry->plan)) needs.insert(std::move(need));
  }
  return {needs.begin(), needs.end()};
}

}  // namespace wirewatch::watch
