// Matchers of the C interface.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/watch/c/handles.h"
#include "wirewatch/watch/c/names.h"
#include "wirewatch/watch/c/sized.h"

namespace wirewatch::watch::c {
namespace {

size_t BytesOf(const v1::Item& item) {
  size_t bytes = item.headline().size() + item.subheadline().size() + item.lead().size() + item.body().size();
  for (const auto& media : item.media()) bytes += media.caption().size();
  return bytes;
}

void Clear(Matched& matched) {
  matched.item = nullptr;
  matched.counts = {};
  matched.ids.clear();
  matched.id_begins.clear();
  matched.tags.clear();
  matched.spans.clear();
}

// Hits outlive their watches.
void KeepHits(Matched& matched) {
  for (const Hit& hit : matched.found) {
    matched.id_begins.push_back(matched.ids.size());
    matched.ids.append(hit.watch->id).push_back('\0');
    matched.tags.push_back(hit.watch->revision);
  }
  matched.found.clear();
}

Failure Match(wirewatch_watch_matcher& matcher, const v1::Item& item) {
  if (matcher.matched == nullptr) matcher.matched = std::make_unique<Matched>();
  Matched& matched = *matcher.matched;
  Clear(matched);
  if (const size_t bytes = BytesOf(item); bytes > kMaxItemBytes) {
    return {.status = WIREWATCH_WATCH_TOO_LARGE,
            .message = absl::StrCat("the Item has ", bytes, " bytes of text, more than ", kMaxItemBytes)};
  }
  // What was only half done when memory ran out is of no use.
  std::unique_ptr<Matched> at_risk = std::move(matcher.matched);
  matcher.watches->words == Words::kPlain ? matched.index.BuildPlain(item.body()) : matched.index.Build(item);
  Failure failure = matcher.watches->armed.Read([&](const Engine& engine, uint64_t changes) -> Failure {
    matched.counts = engine.Match(View(item, matched.index), matched.scratch, matched.found);
    matched.changes = changes;
    KeepHits(matched);
    return {};
  });
  if (failure.ok()) matched.item = &item;
  matcher.matched = std::move(at_risk);
  return failure;
}

// What is needed to look at a watch and the Item that was matched last.
Failure ReadQuestion(const wirewatch_watch_matcher* matcher, const char* id, std::string& read) {
  if (matcher == nullptr) return NullFailure("matcher");
  if (Failure failure = ReadName(id, "id", read); !failure.ok()) return failure;
  if (!matcher->watches->explains) {
    return {.status = WIREWATCH_WATCH_UNSUPPORTED, .message = "the engine was created without `explains`"};
  }
  if (matcher->matched == nullptr || matcher->matched->item == nullptr) {
    return {.status = WIREWATCH_WATCH_INVALID_ARGUMENT, .message = "no Item has been matched"};
  }
  return {};
}

bool IsHit(const Matched& matched, std::string_view id) {
  const auto at = std::lower_bound(
      matched.id_begins.begin(), matched.id_begins.end(), id,
      [&](size_t begin, std::string_view wanted) { return std::string_view(matched.ids.c_str() + begin) < wanted; });
  return at != matched.id_begins.end() && matched.ids.c_str() + *at == id;
}

Failure NoWatch(const std::string& id) {
  return {.status = WIREWATCH_WATCH_NOT_FOUND, .message = "there is no watch of this id", .subject = id};
}

Failure FindSpans(const Engine& engine, uint64_t changes, const std::string& id, Matched& matched, size_t& all) {
  const View view(*matched.item, matched.index);
  bool hit = IsHit(matched, id);
  if (changes != matched.changes || !hit) {
    v1::Explanation explanation;
    if (!engine.Explain(id, view, matched.scratch, explanation)) return NoWatch(id);
    hit = explanation.clause().truth() == v1::TRUTH_TRUE;
  }
  if (!hit) return {};
  const Watch watch{.id = id, .revision = 0, .query = {}, .timezone = {}};
  v1::WatchHit described;
  // Numbers of patterns may stand for others than they did during the match.
  matched.scratch.Begin();
  engine.Describe({&watch}, view, matched.scratch, described, false);
  matched.spans.assign(described.spans().begin(), described.spans().end());
  all = described.matches();
  return {};
}

const char* NameOf(v1::Part part) {
  switch (part) {
    case v1::PART_HEADLINE:
      return "headline";
    case v1::PART_SUBHEADLINE:
      return "subheadline";
    case v1::PART_LEAD:
      return "lead";
    case v1::PART_CAPTION:
      return "caption";
    default:
      return "body";
  }
}

wirewatch_watch_truth TruthOf(const v1::Explanation& explanation) {
  if (explanation.clause().truth() == v1::TRUTH_TRUE) return WIREWATCH_WATCH_HIT;
  return explanation.clause().truth() == v1::TRUTH_UNKNOWN ? WIREWATCH_WATCH_UNKNOWN : WIREWATCH_WATCH_MISS;
}

}  // namespace
}  // namespace wirewatch::watch::c

using namespace wirewatch::watch::c;  // NOLINT(google-build-using-namespace): the functions are C's
using wirewatch::watch::Engine;

wirewatch_watch_status wirewatch_watch_matcher_create(wirewatch_watch_engine* engine, wirewatch_watch_matcher** matcher,
                                                      wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (engine == nullptr) return NullFailure("engine");
    if (matcher == nullptr) return NullFailure("matcher");
    auto made = std::make_unique<wirewatch_watch_matcher>();
    made->watches = engine->watches;
    made->matched = std::make_unique<Matched>();
    *matcher = made.release();
    return {};
  });
}

void wirewatch_watch_matcher_destroy(wirewatch_watch_matcher* matcher) { delete matcher; }

wirewatch_watch_status wirewatch_watch_match(wirewatch_watch_matcher* matcher, const wirewatch_watch_item* item,
                                             wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (matcher == nullptr) return NullFailure("matcher");
    wirewatch_watch_matcher_clear(matcher);
    if (item == nullptr) return NullFailure("item");
    return Match(*matcher, item->item);
  });
}

wirewatch_watch_status wirewatch_watch_match_text(wirewatch_watch_matcher* matcher, const char* text, size_t size,
                                                  wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (matcher == nullptr) return NullFailure("matcher");
    wirewatch_watch_matcher_clear(matcher);
    const Text read = ReadText(text, size, "text", kMaxItemBytes);
    if (!read.failure.ok()) return read.failure;
    matcher->text.mutable_body()->assign(read.view);
    return Match(*matcher, matcher->text);
  });
}

void wirewatch_watch_matcher_clear(wirewatch_watch_matcher* matcher) {
  if (matcher != nullptr && matcher->matched != nullptr) Clear(*matcher->matched);
}

size_t wirewatch_watch_matcher_hit_count(const wirewatch_watch_matcher* matcher) {
  return matcher == nullptr || matcher->matched == nullptr ? 0 : matcher->matched->id_begins.size();
}

const char* wirewatch_watch_matcher_hit_id(const wirewatch_watch_matcher* matcher, size_t hit) {
  if (hit >= wirewatch_watch_matcher_hit_count(matcher)) return nullptr;
  return matcher->matched->ids.c_str() + matcher->matched->id_begins[hit];
}

uint64_t wirewatch_watch_matcher_hit_tag(const wirewatch_watch_matcher* matcher, size_t hit) {
  return hit >= wirewatch_watch_matcher_hit_count(matcher) ? 0 : matcher->matched->tags[hit];
}

wirewatch_watch_status wirewatch_watch_matcher_get_counts(const wirewatch_watch_matcher* matcher,
                                                          wirewatch_watch_counts* counts,
                                                          wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (matcher == nullptr) return NullFailure("matcher");
    wirewatch_watch_counts told = WIREWATCH_WATCH_COUNTS_INIT;
    if (matcher->matched != nullptr) {
      told.candidates = matcher->matched->counts.candidates;
      told.unknown = matcher->matched->counts.unknown;
      told.over_budget = matcher->matched->counts.over_budget;
    }
    return WriteSized(told, "counts", counts);
  });
}

wirewatch_watch_status wirewatch_watch_matcher_find_spans(wirewatch_watch_matcher* matcher, const char* id,
                                                          size_t* count, size_t* all, wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    std::string read;
    if (Failure failure = ReadQuestion(matcher, id, read); !failure.ok()) return failure;
    if (count == nullptr) return NullFailure("count");
    Matched& matched = *matcher->matched;
    matched.spans.clear();
    size_t found = 0;
    Failure failure = matcher->watches->armed.Read(
        [&](const Engine& engine, uint64_t changes) { return FindSpans(engine, changes, read, matched, found); });
    if (!failure.ok()) return failure;
    *count = matched.spans.size();
    if (all != nullptr) *all = found;
    return {};
  });
}

wirewatch_watch_status wirewatch_watch_matcher_get_span(const wirewatch_watch_matcher* matcher, size_t number,
                                                        wirewatch_watch_span* span, wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (matcher == nullptr) return NullFailure("matcher");
    if (matcher->matched == nullptr || number >= matcher->matched->spans.size()) {
      return {.status = WIREWATCH_WATCH_INVALID_ARGUMENT, .message = absl::StrCat("there is no span ", number)};
    }
    const wirewatch::v1::Span& found = matcher->matched->spans[number];
    return WriteSized({0, NameOf(found.part()), found.part_index(), found.begin(), found.end()}, "span", span);
  });
}

wirewatch_watch_status wirewatch_watch_matcher_explain(wirewatch_watch_matcher* matcher, const char* id,
                                                       wirewatch_watch_explanation** explanation,
                                                       wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    std::string read;
    if (Failure failure = ReadQuestion(matcher, id, read); !failure.ok()) return failure;
    if (explanation == nullptr) return NullFailure("explanation");
    Matched& matched = *matcher->matched;
    wirewatch::v1::Explanation message;
    Failure failure = matcher->watches->armed.Read([&](const Engine& engine, uint64_t) -> Failure {
      const wirewatch::watch::View view(*matched.item, matched.index);
      return engine.Explain(read, view, matched.scratch, message) ? Failure{} : NoWatch(read);
    });
    if (!failure.ok()) return failure;
    auto made = std::make_unique<wirewatch_watch_explanation>();
    made->truth = TruthOf(message);
    made->summary = message.summary();
    if (!google::protobuf::util::MessageToJsonString(message, &made->json).ok()) {
      return {.status = WIREWATCH_WATCH_INTERNAL, .message = "the explanation cannot be written as JSON"};
    }
    *explanation = made.release();
    return {};
  });
}

void wirewatch_watch_explanation_destroy(wirewatch_watch_explanation* explanation) { delete explanation; }

wirewatch_watch_truth wirewatch_watch_explanation_truth(const wirewatch_watch_explanation* explanation) {
  return explanation == nullptr ? WIREWATCH_WATCH_MISS : explanation->truth;
}

const char* wirewatch_watch_explanation_summary(const wirewatch_watch_explanation* explanation) {
  return explanation == nullptr ? "" : explanation->summary.c_str();
}

const char* wirewatch_watch_explanation_json(const wirewatch_watch_explanation* explanation, size_t* size) {
  if (size != nullptr) *size = explanation == nullptr ? 0 : explanation->json.size();
  return explanation == nullptr ? "" : explanation->json.c_str();
}
