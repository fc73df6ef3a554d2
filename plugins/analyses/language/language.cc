// language: which language an Item is written in, and how sure that is; with several, which part is in which. CLD2 does
// the reading: naive Bayes over character quadgrams (Sites, 2013).
// clang-format off
#include <cstdio>  // cld2 forgets it, so it comes first
#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>
// clang-format on

#include <algorithm>
#include <string>
#include <vector>

#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {
namespace {

// CLD2 takes int lengths; news texts are far shorter.
constexpr size_t kMaxBytes = 1 << 20;
// Below this much text, reliability is scaled down in proportion: CLD2 is sure of itself too early.
constexpr double kFullEvidenceBytes = 120;

struct Chunk {
  uint32_t begin, end;
  CLD2::Language language;
};

struct Verdict {
  std::string tag = "und";
  double confidence = 0;
};

std::string TagOf(CLD2::Language language) {
  if (language == CLD2::UNKNOWN_LANGUAGE || language == CLD2::TG_UNKNOWN_LANGUAGE) return "und";
  return CLD2::LanguageCode(language);
}

// Headline, subheadline, lead and body one after another; `parts` says which bytes are whose.
struct PartRange {
  v1::Part part;
  uint32_t begin, end;
};

std::string JoinedText(const v1::Item& item, std::vector<PartRange>& parts) {
  std::string text;
  const std::pair<v1::Part, const std::string*> all[] = {{v1::PART_HEADLINE, &item.headline()},
                                                         {v1::PART_SUBHEADLINE, &item.subheadline()},
                                                         {v1::PART_LEAD, &item.lead()},
                                                         {v1::PART_BODY, &item.body()}};
  for (const auto& [part, content] : all) {
    if (content->empty() || text.size() + content->size() > kMaxBytes) continue;
    const auto begin = static_cast<uint32_t>(text.size());
    text += *content;
    parts.push_back({part, begin, static_cast<uint32_t>(text.size())});
    text += '\n';
  }
  return text;
}

}  // namespace

class Language final : public Analysis {
 public:
  struct Options {
    double min_confidence = 0.5;
    double min_share = 0.1;
  };
  explicit Language(Options options) : options_(options) {}

  absl::Status Analyze(const Document& document, Findings& findings) const override {
    const v1::Item& item = document.item();
    std::vector<PartRange> parts;
    const std::string text = JoinedText(item, parts);
    if (text.empty()) return absl::OkStatus();
    CLD2::Language languages[3];
    int percents[3], bytes = 0;
    double scores[3];
    bool reliable = false;
    CLD2::ResultChunkVector chunks;
    const CLD2::CLDHints hints{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
    CLD2::ExtDetectLanguageSummary(text.data(), static_cast<int>(text.size()), true, &hints, 0, languages, percents,
                                   scores, &chunks, &bytes, &reliable);
    Verdict verdict{TagOf(languages[0]), percents[0] / 100.0 * std::min(1.0, bytes / kFullEvidenceBytes)};
    if (!reliable) verdict.confidence *= 0.5;
    Conclude(item, verdict, findings);
    AddSpans(text, parts, languages, percents, chunks, verdict.confidence, findings);
    return absl::OkStatus();
  }

 private:
  // A declared language stands unless the text clearly speaks against it.
  void Conclude(const v1::Item& item, const Verdict& verdict, Findings& findings) const {
    v1::Language& language = *findings.Annotate().mutable_language();
    const std::string& declared = item.language().tag();
    const bool agrees =
        !declared.empty() && declared.substr(0, declared.find('-')) == verdict.tag.substr(0, verdict.tag.find('-'));
    const bool sure = verdict.tag != "und" && verdict.confidence >= options_.min_confidence;
    if (!declared.empty() && (agrees || !sure)) {
      language.set_tag(declared);
      language.set_declared(true);
      language.set_confidence(static_cast<float>(agrees ? std::max(verdict.confidence, 0.9) : 0.5));
      if (!agrees) findings.Count("declared_only");
      return;
    }
    if (!declared.empty()) findings.Count("declaration_overruled");
    language.set_tag(sure ? verdict.tag : "und");
    language.set_declared(false);
    language.set_confidence(static_cast<float>(verdict.confidence));
    if (!sure) findings.Count("undetermined");
  }

  // One annotation for each language of at least min_share, over the whole text; and, where there are several, one for
  // each stretch.
  void AddSpans(const std::string& text, const std::vector<PartRange>& parts, const CLD2::Language* languages,
                const int* percents, const CLD2::ResultChunkVector& chunks, double confidence,
                Findings& findings) const {
    int several = 0;
    for (int i = 0; i < 3; ++i) {
      if (TagOf(languages[i]) == "und" || percents[i] < options_.min_share * 100) continue;
      v1::LanguageSpan& whole = *findings.Annotate().add_languages();
      whole.set_tag(TagOf(languages[i]));
      whole.set_share(static_cast<float>(percents[i]) / 100);
      whole.set_confidence(static_cast<float>(confidence));
      ++several;
    }
    if (several < 2) return;
    for (const CLD2::ResultChunk& chunk : chunks) {
      const std::string tag = TagOf(static_cast<CLD2::Language>(chunk.lang1));
      if (tag == "und") continue;
      const auto begin = static_cast<uint32_t>(std::max(chunk.offset, 0));
      const uint32_t end = std::min(begin + static_cast<uint32_t>(chunk.bytes), static_cast<uint32_t>(text.size()));
      for (const PartRange& part : parts) {
        const uint32_t from = OnBoundary(text, std::max(begin, part.begin)),
                       to = OnBoundary(text, std::min(end, part.end));
        if (from >= to) continue;
        v1::LanguageSpan& stretch = *findings.Annotate().add_languages();
        stretch.set_tag(tag);
        stretch.set_confidence(static_cast<float>(confidence));
        stretch.mutable_span()->set_part(part.part);
        stretch.mutable_span()->set_begin(from - part.begin);
        stretch.mutable_span()->set_end(to - part.begin);
      }
    }
  }

  // CLD2's stretches may begin inside a character.
  static uint32_t OnBoundary(const std::string& text, uint32_t offset) {
    while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80) ++offset;
    return offset;
  }

  const Options options_;
};

WIREWATCH_PLUGIN(
    Language,
    {.name = "language",
     .summary = "Finds the language of each Item, with confidence, and the stretches in other languages.",
     .details =
         "Short texts are judged cautiously: below the confidence asked for the tag is the declared language, else "
         "`und`. Tags are BCP 47.",
     .options = {Field("min_confidence", &Language::Options::min_confidence,
                       "Least confidence at which a tag is given.")
                     .Range(0, 1),
                 Field("min_share", &Language::Options::min_share,
                       "Least share of the text at which a further language is listed.")
                     .Range(0.01, 1)},
     .provides = {"language", "languages"}});

}  // namespace wirewatch::analyses
