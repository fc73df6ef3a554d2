#include "wirewatch/alerts/snippet.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "wirewatch/text/sections.h"

namespace wirewatch::alerts {
namespace {

constexpr std::string_view kEllipsis = "…";
// Sentences are looked for so many bytes before and after the matches; longer ones are cut.
constexpr size_t kReach = 4096;

// A stretch of one text, bytes.
struct Range {
  size_t begin;
  size_t end;
};

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }
bool IsBlank(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

bool IsAllBlank(std::string_view text) { return std::all_of(text.begin(), text.end(), IsBlank); }

size_t CharsIn(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

// `chars` characters before or after `at`, as far as there are.
size_t Back(std::string_view text, size_t at, size_t chars) {
  while (at > 0 && chars > 0) {
    --at;
    if (!IsContinuation(text[at])) --chars;
  }
  return at;
}
size_t Forward(std::string_view text, size_t at, size_t chars) {
  while (at < text.size() && chars > 0) {
    ++at;
    while (at < text.size() && IsContinuation(text[at])) ++at;
    --chars;
  }
  return at;
}

// The matches in one text, ascending, on character boundaries; those that do not lie in it are left out.
std::vector<Range> MatchesIn(std::string_view text, const v1::Span& where, const Spans& matches) {
  std::vector<Range> ranges;
  for (const v1::Span& match : matches) {
    if (match.part() != where.part() || match.part_index() != where.part_index()) continue;
    if (match.begin() >= match.end() || match.end() > text.size()) continue;
    Range range{match.begin(), match.end()};
    while (range.begin > 0 && IsContinuation(text[range.begin])) --range.begin;
    while (range.end < text.size() && IsContinuation(text[range.end])) ++range.end;
    ranges.push_back(range);
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const Range& a, const Range& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
  return ranges;
}

// The first match and those after it that fit into `chars` with it.
Range Cluster(std::string_view text, const std::vector<Range>& matches, size_t chars) {
  Range cluster = matches.front();
  if (CharsIn(text.substr(cluster.begin, cluster.end - cluster.begin)) > chars) {
    return {cluster.begin, Forward(text, cluster.begin, chars)};
  }
  for (const Range& match : matches) {
    const size_t end = std::max(cluster.end, match.end);
    // Some room is left for the words around.
    if (CharsIn(text.substr(cluster.begin, end - cluster.begin)) > chars * 4 / 5) break;
    cluster.end = end;
  }
  return cluster;
}

// Moves the ends of `window` inwards to word boundaries, never into `core`. Where no white space stands between
// (scripts without it), the end stays.
void SnapToWords(std::string_view text, const Range& core, Range& window) {
  if (window.begin > 0 && !IsBlank(text[window.begin - 1])) {
    size_t at = window.begin;
    while (at < core.begin && !IsBlank(text[at])) ++at;
    if (at < core.begin) window.begin = at;
  }
  while (window.begin < core.begin && IsBlank(text[window.begin])) ++window.begin;
  if (window.end < text.size() && !IsBlank(text[window.end])) {
    size_t at = window.end;
    while (at > core.end && !IsBlank(text[at - 1])) --at;
    if (at > core.end) window.end = at;
  }
  while (window.end > core.end && IsBlank(text[window.end - 1])) --window.end;
}

// `chars` characters with `core` about in the middle.
Range Around(std::string_view text, const Range& core, size_t chars) {
  const size_t used = CharsIn(text.substr(core.begin, core.end - core.begin));
  const size_t room = chars > used ? chars - used : 0;
  Range window = core;
  window.begin = Back(text, core.begin, room / 2);
  size_t left = CharsIn(text.substr(window.begin, core.begin - window.begin));
  window.end = Forward(text, core.end, room - left);
  const size_t right = CharsIn(text.substr(core.end, window.end - core.end));
  if (left + right < room) window.begin = Back(text, core.begin, room - right);
  SnapToWords(text, core, window);
  return window;
}

// The sentences of which all lies within reach of `core`, ascending, as places in `text`.
std::vector<Range> SentencesNear(std::string_view text, const Range& core) {
  Range reach{core.begin - std::min(core.begin, kReach), core.end + std::min(text.size() - core.end, kReach)};
  while (reach.begin > 0 && IsContinuation(text[reach.begin])) --reach.begin;
  while (reach.end < text.size() && IsContinuation(text[reach.end])) ++reach.end;
  text::TextSections sections;
  text::FindSections(text.substr(reach.begin, reach.end - reach.begin), &sections);
  std::vector<Range> sentences;
  for (const text::TextRange& found : sections.sentences) {
    const Range sentence{reach.begin + found.begin, reach.begin + found.end};
    // What begins or ends where the reach does may have been cut there.
    if (reach.begin > 0 && found.begin == 0) continue;
    if (reach.end < text.size() && sentence.end == reach.end) continue;
    sentences.push_back(sentence);
  }
  return sentences;
}

size_t CharsOf(std::string_view text, size_t begin, size_t end) { return CharsIn(text.substr(begin, end - begin)); }

// Within one long sentence: from its beginning on where `core` is near it, else around `core`.
Range WithinSentence(std::string_view text, const Range& sentence, const Range& core, size_t chars) {
  const std::string_view words = text.substr(0, sentence.end);
  if (CharsOf(text, sentence.begin, core.end) <= chars) {
    Range window{sentence.begin, Forward(words, sentence.begin, chars)};
    SnapToWords(words, {sentence.begin, core.end}, window);
    return window;
  }
  const Range shifted{core.begin - sentence.begin, core.end - sentence.begin};
  const Range window = Around(words.substr(sentence.begin), shifted, chars);
  return {window.begin + sentence.begin, window.end + sentence.begin};
}

// The sentences that `core` touches, with those after and before them that fit into kSnippetChars as well; cut where
// they alone have more than `most` characters.
Range WholeSentences(std::string_view text, const Range& core, size_t most) {
  const size_t chars = std::min(most, kSnippetChars);
  const std::vector<Range> sentences = SentencesNear(text, core);
  auto first = std::partition_point(sentences.begin(), sentences.end(),
                                    [&core](const Range& sentence) { return sentence.end <= core.begin; });
  if (first == sentences.end() || first->begin > core.begin) return Around(text, core, chars);
  auto last = first;
  while (last + 1 != sentences.end() && (last + 1)->begin < core.end) ++last;
  if (last->end < core.end) return Around(text, core, chars);
  size_t used = CharsOf(text, first->begin, last->end);
  if (used > most) return WithinSentence(text, {first->begin, last->end}, core, chars);
  for (; last + 1 != sentences.end(); ++last) {
    const size_t more = CharsOf(text, last->end, (last + 1)->end);
    if (used + more > chars) break;
    used += more;
  }
  for (; first != sentences.begin(); --first) {
    const size_t more = CharsOf(text, (first - 1)->begin, first->begin);
    if (used + more > chars) break;
    used += more;
  }
  return {first->begin, last->end};
}

// The first character that is not blank; the beginning when there is none.
Range FirstWord(std::string_view text) {
  const auto at = std::find_if_not(text.begin(), text.end(), IsBlank);
  if (at == text.end()) return {0, 0};
  const auto begin = static_cast<size_t>(at - text.begin());
  return {begin, Forward(text, begin, 1)};
}

v1::Span SpanOf(v1::Part part, uint32_t part_index, const Range& range) {
  v1::Span span;
  span.set_part(part);
  span.set_part_index(part_index);
  span.set_begin(static_cast<uint32_t>(range.begin));
  span.set_end(static_cast<uint32_t>(range.end));
  return span;
}

bool IsUsable(const v1::Item& item, const v1::Span& span) { return !SpanText(item, span).empty(); }

// Appends `text` with blanks collapsed; place_of[i] is where byte i of it went.
std::vector<size_t> AppendOnOneLine(std::string_view text, std::string& out) {
  std::vector<size_t> place_of;
  place_of.reserve(text.size() + 1);
  for (const char c : text) {
    if (!IsBlank(c)) {
      place_of.push_back(out.size());
      out.push_back(c);
    } else {
      if (out.empty() || out.back() != ' ') out.push_back(' ');
      place_of.push_back(out.size() - 1);
    }
  }
  place_of.push_back(out.size());
  return place_of;
}

}  // namespace

std::optional<std::string_view> PartText(const v1::Item& item, v1::Part part, uint32_t part_index) {
  switch (part) {
    case v1::PART_HEADLINE:
      return item.headline();
    case v1::PART_SUBHEADLINE:
      return item.subheadline();
    case v1::PART_LEAD:
      return item.lead();
    case v1::PART_BODY:
      return item.body();
    case v1::PART_CAPTION:
      if (part_index >= static_cast<uint32_t>(item.media_size())) return std::nullopt;
      return item.media(static_cast<int>(part_index)).caption();
    case v1::PART_TEXT:
      if (part_index >= static_cast<uint32_t>(item.texts_size())) return std::nullopt;
      return item.texts(static_cast<int>(part_index)).text();
    default:
      return std::nullopt;
  }
}

std::string_view SpanText(const v1::Item& item, const v1::Span& span) {
  const std::optional<std::string_view> text = PartText(item, span.part(), span.part_index());
  if (!text || span.begin() >= span.end() || span.end() > text->size()) return {};
  // A span that cuts a character would put invalid UTF-8 into a message.
  if (IsContinuation((*text)[span.begin()])) return {};
  if (span.end() < text->size() && IsContinuation((*text)[span.end()])) return {};
  return text->substr(span.begin(), span.end() - span.begin());
}

v1::Span ChooseSnippet(const v1::Item& item, const Spans& matches, size_t most) {
  const v1::Span* chosen = nullptr;
  for (const v1::Span& match : matches) {
    if (!IsUsable(item, match)) continue;
    if (chosen == nullptr) chosen = &match;
    if (match.part() != v1::PART_HEADLINE) {
      chosen = &match;
      break;
    }
  }
  if (chosen == nullptr) {
    if (item.body().empty()) return {};
    return SpanOf(v1::PART_BODY, 0, WholeSentences(item.body(), FirstWord(item.body()), most));
  }
  const std::string_view text = *PartText(item, chosen->part(), chosen->part_index());
  std::vector<Range> ranges = MatchesIn(text, *chosen, matches);
  return SpanOf(chosen->part(), chosen->part_index(),
                WholeSentences(text, Cluster(text, ranges, std::min(most, kSnippetChars)), most));
}

Snippet CutSnippet(const v1::Item& item, const v1::Span& stretch, const Spans& matches) {
  Snippet snippet;
  const std::string_view cut = SpanText(item, stretch);
  if (cut.empty()) return snippet;
  const std::string_view text = *PartText(item, stretch.part(), stretch.part_index());
  if (!IsAllBlank(text.substr(0, stretch.begin()))) snippet.text = kEllipsis;
  const std::vector<size_t> place_of = AppendOnOneLine(cut, snippet.text);
  if (!IsAllBlank(text.substr(stretch.end()))) snippet.text += kEllipsis;
  for (const Range& match : MatchesIn(text, stretch, matches)) {
    const size_t begin = std::max<size_t>(match.begin, stretch.begin());
    const size_t end = std::min<size_t>(match.end, stretch.end());
    if (begin >= end) continue;
    const Range range{place_of[begin - stretch.begin()], place_of[end - stretch.begin()]};
    if (!snippet.highlights.empty() && range.begin <= snippet.highlights.back().end()) {
      snippet.highlights.back().set_end(std::max(snippet.highlights.back().end(), static_cast<uint32_t>(range.end)));
    } else {
      snippet.highlights.push_back(SpanOf(stretch.part(), stretch.part_index(), range));
    }
  }
  return snippet;
}

}  // namespace wirewatch::alerts
