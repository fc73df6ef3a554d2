#include "wirewatch/alerts/matched_sentences.h"

#include <algorithm>
#include <string>

#include "wirewatch/text/term_hash.h"

namespace wirewatch::alerts {
namespace {

uint64_t HashOfSentence(std::string_view sentence) {
  std::string collapsed;
  for (const char c : sentence) {
    const bool blank = static_cast<unsigned char>(c) <= ' ';
    if (!blank) {
      collapsed += c;
    } else if (!collapsed.empty() && collapsed.back() != ' ') {
      collapsed += ' ';
    }
  }
  return text::HashTerm(collapsed);
}

}  // namespace

std::vector<uint64_t> MatchedSentences::Of(const Spans& spans) {
  std::vector<uint64_t> hashes;
  for (const v1::Span& span : spans) {
    if (hashes.size() >= kMost) break;
    const std::optional<std::string_view> text = PartText(item_, span.part(), span.part_index());
    if (!text || span.begin() >= span.end() || span.end() > text->size()) continue;
    const std::vector<text::TextRange>& sentences = SectionsOf(span.part(), span.part_index()).sentences;
    auto sentence = std::partition_point(sentences.begin(), sentences.end(),
                                         [&span](const text::TextRange& range) { return range.end <= span.begin(); });
    for (; sentence != sentences.end() && sentence->begin < span.end(); ++sentence) {
      hashes.push_back(HashOfSentence(text->substr(sentence->begin, sentence->end - sentence->begin)));
    }
  }
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  if (hashes.size() > kMost) hashes.resize(kMost);
  return hashes;
}

const text::TextSections& MatchedSentences::SectionsOf(v1::Part part, uint32_t part_index) {
  const auto [entry, is_new] = sections_.try_emplace({static_cast<int>(part), part_index});
  if (is_new) text::FindSections(PartText(item_, part, part_index).value_or(""), &entry->second);
  return entry->second;
}

}  // namespace wirewatch::alerts
