#include "wirewatch/text/text_index.h"

#include <algorithm>
#include <string>
#include <vector>

#include "wirewatch/text/plain_tokens.h"
#include "wirewatch/text/sections.h"
#include "wirewatch/text/term_table.h"
#include "wirewatch/text/text_tokens.h"
#include "wirewatch/text/utf8.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::text {
namespace {

// Where a part's tokens and sections stand in the arrays that all parts share.
struct PartBounds {
  size_t first_token = 0;
  size_t first_sentence = 0;
  size_t first_paragraph = 0;
};

}  // namespace

struct TextIndex::Rep {
  std::vector<PartIndex> parts;
  std::vector<PartBounds> bounds;
  std::vector<Token> tokens;
  std::vector<Section> sentences;
  std::vector<Section> paragraphs;
  TermTable terms;
  std::vector<uint32_t> first_occurrence;  // by term, and one more
  std::vector<TokenRef> occurrences;
  bool occurrences_listed = false;  // at the first question: many Items are asked about no term
  TextTokens tokenizer;
  PlainTokens plain_tokenizer;
  TextSections sections;

  void Clear(size_t bytes);
  void AddPart(v1::Part part, uint32_t part_index, std::string_view text);
  void AddSections(const std::vector<TextRange>& ranges, uint32_t Token::*number, size_t first_token,
                   std::vector<Section>* out);
  void Finish();
  void HideBefore(PartIndex* part, uint32_t text_begin);
  void HideDateline(const v1::Dateline& dateline);
  void HideRepeatedHeadline();
  void ListOccurrences();
};

TextIndex::TextIndex() : rep_(std::make_unique<Rep>()) {}
TextIndex::~TextIndex() = default;
TextIndex::TextIndex(TextIndex&&) noexcept = default;
TextIndex& TextIndex::operator=(TextIndex&&) noexcept = default;

void TextIndex::Build(const v1::Item& item) {
  rep_->Clear(item.headline().size() + item.lead().size() + item.body().size());
  rep_->AddPart(v1::PART_HEADLINE, 0, item.headline());
  rep_->AddPart(v1::PART_SUBHEADLINE, 0, item.subheadline());
  rep_->AddPart(v1::PART_LEAD, 0, item.lead());
  rep_->AddPart(v1::PART_BODY, 0, item.body());
  for (int i = 0; i < item.media_size(); ++i) {
    rep_->AddPart(v1::PART_CAPTION, static_cast<uint32_t>(i), item.media(i).caption());
  }
  rep_->Finish();
  if (item.has_dateline()) rep_->HideDateline(item.dateline());
  rep_->HideRepeatedHeadline();
}

void TextIndex::BuildPlain(std::string_view text) {
  rep_->Clear(text.size());
  if (!text.empty()) {
    PartIndex& index = rep_->parts.emplace_back();
    index.part = v1::PART_BODY;
    index.text = text;
    index.positions = rep_->plain_tokenizer.Append(text, &rep_->terms, &rep_->tokens);
    index.tokens = rep_->tokens;
  }
}

void TextIndex::Rep::Clear(size_t bytes) {
  parts.clear();
  bounds.clear();
  tokens.clear();
  sentences.clear();
  paragraphs.clear();
  occurrences_listed = false;
  // About one distinct word in twelve bytes of news text.
  terms.Clear(bytes / 12);
}

void TextIndex::Rep::AddPart(v1::Part part, uint32_t part_index, std::string_view text) {
  if (text.empty()) return;
  const PartBounds begins = {tokens.size(), sentences.size(), paragraphs.size()};
  const uint32_t positions = tokenizer.Append(text, &terms, &tokens);
  FindSections(text, &sections);
  AddSections(sections.sentences, &Token::sentence, begins.first_token, &sentences);
  AddSections(sections.paragraphs, &Token::paragraph, begins.first_token, &paragraphs);
  bounds.push_back(begins);
  PartIndex& index = parts.emplace_back();
  index.part = part;
  index.part_index = part_index;
  index.text = text;
  index.positions = positions;
}

// Gives each token its section: the one in which the plain form of its position begins.
void TextIndex::Rep::AddSections(const std::vector<TextRange>& ranges, uint32_t Token::*number, size_t first_token,
                                 std::vector<Section>* out) {
  size_t token = first_token;
  for (size_t i = 0; i < ranges.size(); ++i) {
    Section& section = out->emplace_back();
    section.begin = ranges[i].begin;
    section.end = ranges[i].end;
    section.first_token = static_cast<uint32_t>(token - first_token);
    const bool last = i + 1 == ranges.size();
    while (token < tokens.size() && (last || tokens[token].variant || tokens[token].begin < ranges[i + 1].begin)) {
      tokens[token].*number = static_cast<uint32_t>(i);
      ++token;
    }
    section.last_token = static_cast<uint32_t>(token - first_token);
  }
}

// The arrays have reached their places: now spans may point into them.
void TextIndex::Rep::Finish() {
  for (size_t i = 0; i < parts.size(); ++i) {
    const PartBounds from = bounds[i];
    const bool last = i + 1 == parts.size();
    const PartBounds to = last ? PartBounds{tokens.size(), sentences.size(), paragraphs.size()} : bounds[i + 1];
    parts[i].tokens = std::span<const Token>(tokens).subspan(from.first_token, to.first_token - from.first_token);
    parts[i].sentences =
        std::span<const Section>(sentences).subspan(from.first_sentence, to.first_sentence - from.first_sentence);
    parts[i].paragraphs =
        std::span<const Section>(paragraphs).subspan(from.first_paragraph, to.first_paragraph - from.first_paragraph);
  }
}

void TextIndex::Rep::HideBefore(PartIndex* part, uint32_t text_begin) {
  text_begin = static_cast<uint32_t>(std::min<size_t>(text_begin, part->text.size()));
  part->text_begin = std::max(part->text_begin, text_begin);
  const size_t first = bounds[static_cast<size_t>(part - parts.data())].first_token;
  for (size_t i = 0; i < part->tokens.size() && part->tokens[i].begin < text_begin; ++i) {
    tokens[first + i].searchable = false;
  }
}

void TextIndex::Rep::HideDateline(const v1::Dateline& dateline) {
  // A dateline without a span is one of the body.
  const v1::Part part = dateline.span().part() == v1::PART_UNSPECIFIED ? v1::PART_BODY : dateline.span().part();
  for (PartIndex& index : parts) {
    if (index.part == part && index.part_index == dateline.span().part_index())
      HideBefore(&index, dateline.body_begin());
  }
}

namespace {

// The number of tokens at the front of `body` that say what all of `headline` says, or 0.
size_t TokensOfHeadline(const PartIndex& headline, const PartIndex& body) {
  size_t at = 0;
  for (const Token& word : headline.tokens) {
    if (word.variant) continue;
    while (at < body.tokens.size() && body.tokens[at].variant) ++at;
    if (at == body.tokens.size() || body.tokens[at].term != word.term) return 0;
    ++at;
  }
  while (at < body.tokens.size() && body.tokens[at].variant) ++at;
  return at;
}

}  // namespace

// A headline is repeated when the body begins with its words and a line or paragraph ends behind them.
void TextIndex::Rep::HideRepeatedHeadline() {
  PartIndex* headline = nullptr;
  PartIndex* body = nullptr;
  for (PartIndex& index : parts) {
    if (index.part == v1::PART_HEADLINE) headline = &index;
    if (index.part == v1::PART_BODY) body = &index;
  }
  if (headline == nullptr || body == nullptr || headline->tokens.empty()) return;
  const size_t count = TokensOfHeadline(*headline, *body);
  if (count == 0) return;
  if (count == body->tokens.size()) return HideBefore(body, static_cast<uint32_t>(body->text.size()));
  uint32_t end = 0;
  for (size_t i = 0; i < count; ++i) end = std::max(end, body->tokens[i].end);
  const uint32_t next = body->tokens[count].begin;
  const size_t newline = body->text.substr(end, next - end).find_first_of("\n\r");
  if (newline == std::string_view::npos) return;
  const size_t text_begin = body->text.find_first_not_of(" \t\n\r", end + newline);
  HideBefore(body, std::min(next, static_cast<uint32_t>(text_begin)));
}

void TextIndex::Rep::ListOccurrences() {
  occurrences_listed = true;
  first_occurrence.assign(terms.size() + 2, 0);
  for (const Token& token : tokens) ++first_occurrence[token.term + 2];
  for (size_t i = 2; i < first_occurrence.size(); ++i) first_occurrence[i] += first_occurrence[i - 1];
  occurrences.resize(tokens.size());
  for (uint32_t part = 0; part < parts.size(); ++part) {
    const std::span<const Token> own = parts[part].tokens;
    for (uint32_t i = 0; i < own.size(); ++i) occurrences[first_occurrence[own[i].term + 1]++] = {part, i};
  }
}

std::span<const PartIndex> TextIndex::parts() const { return rep_->parts; }

const PartIndex* TextIndex::Find(v1::Part part, uint32_t part_index) const {
  for (const PartIndex& index : rep_->parts) {
    if (index.part == part && index.part_index == part_index) return &index;
  }
  return nullptr;
}

const TermTable& TextIndex::terms() const { return rep_->terms; }
uint32_t TextIndex::term_count() const { return rep_->terms.size(); }
std::string_view TextIndex::Term(TermId term) const { return rep_->terms[term]; }
uint64_t TextIndex::TermHash(TermId term) const { return rep_->terms.Hash(term); }
TermId TextIndex::Lookup(std::string_view folded) const { return rep_->terms.Find(folded); }

std::span<const TokenRef> TextIndex::Occurrences(TermId term) const {
  if (term >= rep_->terms.size()) return {};
  if (!rep_->occurrences_listed) rep_->ListOccurrences();
  const uint32_t first = rep_->first_occurrence[term];
  return std::span<const TokenRef>(rep_->occurrences).subspan(first, rep_->first_occurrence[term + 1] - first);
}

size_t TextIndex::Bytes() const {
  const Rep& rep = *rep_;
  return sizeof(Rep) + rep.parts.capacity() * sizeof(PartIndex) + rep.bounds.capacity() * sizeof(PartBounds) +
         rep.tokens.capacity() * sizeof(Token) +
         (rep.sentences.capacity() + rep.paragraphs.capacity()) * sizeof(Section) + rep.terms.Bytes() +
         rep.first_occurrence.capacity() * sizeof(uint32_t) + rep.occurrences.capacity() * sizeof(TokenRef) +
         (rep.sections.sentences.capacity() + rep.sections.paragraphs.capacity()) * sizeof(TextRange) +
         rep.tokenizer.Bytes() + rep.plain_tokenizer.Bytes();
}

}  // namespace wirewatch::text
