#include "wirewatch/text/text_tokens.h"

#include <algorithm>
#include <array>

#include "wirewatch/text/fold.h"
#include "wirewatch/text/lone_word.h"

namespace wirewatch::text {
namespace {

// The same as kBesideWord for words that may also be tied to each other by symbols, or be part of a URL or handle.
constexpr std::array<Beside, 256> kBesideCluster = [] {
  std::array<Beside, 256> table = kBesideWord;
  for (const char c : {'+', '&', '%', '#', '$', '-', '@', '/', '['}) {
    table[static_cast<unsigned char>(c)] = Beside::kUnknown;
  }
  return table;
}();

bool Parts(char c) {
  const Beside beside = kBesideCluster[static_cast<unsigned char>(c)];
  return beside == Beside::kEnds || beside == Beside::kMid;
}

// What a letter is indexed as (LoneWord).
char* PutFolded(char32_t c, CodePoint properties, char* out) {
  if (!properties.lone_letter()) return nullptr;
  const UnicodeTable& table = UnicodeTable::Get();
  if (const char32_t fold = table.ShortFold(c); fold != 0) return PutUtf8(fold, out);
  if (!properties.folds()) return PutUtf8(c, out);
  const std::string_view fold = table.Fold(c);
  if (fold.size() > 32) return nullptr;
  return std::copy(fold.begin(), fold.end(), out);
}

constexpr uint32_t kLongestTag = 1000;  // bytes; what is longer is no tag

Token::Kind KindOf(const ClusterPart& part) {
  switch (part.kind) {
    case RawKind::kEmoji:
      return Token::Kind::kEmoji;
    case RawKind::kHandle:
      return Token::Kind::kHandle;
    case RawKind::kUrl:
      return Token::Kind::kUrl;
    case RawKind::kWord:
    case RawKind::kGrapheme:
      break;
  }
  return part.shape == WordShape::kNumber ? Token::Kind::kNumber : Token::Kind::kWord;
}

}  // namespace

uint32_t TextTokens::Append(std::string_view text, TermTable* terms, std::vector<Token>* tokens, bool short_cuts) {
  text_ = text;
  terms_ = terms;
  tokens_ = tokens;
  position_ = 0;
  ClusterScanner scanner(text, 0, text.size(), ScanMode::kText);
  for (;;) {
    if (short_cuts) {
      const size_t from = scanner.position();
      const size_t at = AddLoneWords(from);
      if (at > from) scanner.Seek(at);
    }
    if (!scanner.Next(&cluster_)) return position_;
    for (size_t part = 0; part < cluster_.parts.size(); ++part, ++position_) AddPart(part, scanner);
  }
}

// Adds words and graphemes that have nothing to do with what stands beside them, from `at` to the first place that
// needs a closer look, which is returned.
size_t TextTokens::AddLoneWords(size_t at) {
  const UnicodeTable& table = UnicodeTable::Get();
  bool parted = at == 0 || Parts(text_[at - 1]);
  while (at < text_.size()) {
    const auto byte = static_cast<unsigned char>(text_[at]);
    size_t end = at;
    if (kBesideCluster[byte] == Beside::kWord) {
      end = parted ? AddLoneWord(at) : at;
    } else if (byte < 0x80) {
      end = Parts(text_[at]) ? at + 1 : at;
    } else {
      const Decoded c = DecodeAt(text_, at);
      const CodePoint properties = table[c.code_point];
      if (properties.parts_words()) {
        end = at + c.length;
      } else if (properties.per_grapheme()) {
        end = AddLoneGrapheme(at, at + c.length, properties);
      } else if (parted && properties.lone_letter()) {
        end = AddLoneWord(at);
      }
    }
    if (end == at) break;
    at = end;
    parted = true;
  }
  return at;
}

size_t TextTokens::AddLoneWord(size_t at) {
  const AsciiWord ascii = AsciiWordAt(text_, at);
  if (ascii.length - 1U < 15 && EndsWord(kBesideCluster, text_, at + ascii.length)) {
    AddLone(at, at + ascii.length, AllDigits(ascii) ? Token::Kind::kNumber : Token::Kind::kWord,
            terms_->Intern({ascii.low, ascii.high}, ascii.length));
    return at + ascii.length;
  }
  if (EndsInAscii(ascii, text_, at)) return at;
  LoneWord word;
  if (!ReadLoneWord(text_, at, kBesideCluster, PutFolded, &word)) return at;
  AddLone(at, word.end, word.digits ? Token::Kind::kNumber : Token::Kind::kWord, terms_->Intern(word.Form()));
  return word.end;
}

// The grapheme whose first character is [at, end), unless it begins a tag or folds.
size_t TextTokens::AddLoneGrapheme(size_t at, size_t end, CodePoint first) {
  if (first.folds() || (at > 0 && text_[at - 1] == '#')) return at;
  const UnicodeTable& table = UnicodeTable::Get();
  while (end < text_.size() && static_cast<unsigned char>(text_[end]) >= 0x80) {
    const Decoded c = DecodeAt(text_, end);
    const CodePoint properties = table[c.code_point];
    if (!properties.grapheme_extend()) break;
    if (properties.folds()) return at;
    end += c.length;
  }
  AddLone(at, end, Token::Kind::kWord, terms_->Intern(text_.substr(at, end - at)));
  return end;
}

void TextTokens::AddPart(size_t i, const ClusterScanner& scanner) {
  const ClusterPart& part = cluster_.parts[i];
  const std::string_view form = cluster_.Form(i);
  const size_t tag_words = part.tag_end == 0 ? 0 : WordsInTag(i, scanner);
  // A tag of one word is the plain form and the word a variant; a tag over several words (in scripts without spaces) is
  // itself the variant.
  if (tag_words == 1) AddHashtag(part, false, 1);
  Add(part.begin, part.end, KindOf(part), tag_words == 1, form);
  if (tag_words > 1) AddHashtag(part, true, tag_words);
  if (part.kind != RawKind::kWord) return;
  if (!part.plain) AddSubForms(part, form);
  if (cluster_.parts.size() > 1) {
    if (i + 1 < cluster_.parts.size()) AddJoined(i, i + 1);
    if (i == 0 && cluster_.parts.size() > 2) AddJoined(0, cluster_.parts.size() - 1);
  }
  if (part.symbols_begin < part.begin || part.symbols_end > part.end || cluster_.parts.size() > 1) AddSymbolTerms(i);
}

size_t TextTokens::WordsInTag(size_t i, const ClusterScanner& scanner) const {
  const uint32_t tag_end = cluster_.parts[i].tag_end;
  if (tag_end - cluster_.parts[i].begin > kLongestTag) return 0;
  size_t words = 1;
  while (i + words < cluster_.parts.size() && cluster_.parts[i + words].begin < tag_end) ++words;
  return i + words == cluster_.parts.size() ? words + scanner.CountWordsBefore(tag_end) : words;
}

void TextTokens::AddHashtag(const ClusterPart& part, bool variant, size_t words) {
  scratch_.assign(1, '#');
  AppendFolded(text_.substr(part.begin, part.tag_end - part.begin), &scratch_);
  Add(part.begin - 1, part.tag_end, Token::Kind::kHashtag, variant, scratch_, words);
}

void TextTokens::AddSubForms(const ClusterPart& part, std::string_view form) {
  const SubForms sub_forms(form);
  if (sub_forms.size() == 0) return;
  const std::string_view word = text_.substr(part.begin, part.end - part.begin);
  for (const SubForm& sub : sub_forms) {
    const auto begin = part.begin + static_cast<uint32_t>(OffsetInOriginal(word, sub.begin));
    const auto end =
        sub.end == form.size() ? part.end : part.begin + static_cast<uint32_t>(OffsetInOriginal(word, sub.end));
    Add(begin, end, Token::Kind::kWord, true, form.substr(sub.begin, sub.end - sub.begin));
  }
}

// Parts written together as one word, and the same without an elided word in front or 's at the end.
void TextTokens::AddJoined(size_t first, size_t last) {
  if (!cluster_.Joins(first, last)) return;
  scratch_.clear();
  for (size_t i = first; i <= last; ++i) scratch_.append(cluster_.Form(i));
  const ClusterPart& front = cluster_.parts[first];
  const ClusterPart& back = cluster_.parts[last];
  const std::string_view joined = scratch_;
  Add(front.begin, back.end, Token::Kind::kWord, true, joined, last - first + 1);
  const size_t elision = front.plain ? 0 : ElisionLength(cluster_.Form(first));
  const size_t ending = back.plain ? 0 : cluster_.Form(last).size() - LengthWithoutPossessive(cluster_.Form(last));
  if (elision == 0 && ending == 0) return;
  const std::string_view word = text_.substr(front.begin, front.end - front.begin);
  const std::string_view last_word = text_.substr(back.begin, back.end - back.begin);
  const auto begin = front.begin + static_cast<uint32_t>(OffsetInOriginal(word, elision));
  const auto end = back.begin + static_cast<uint32_t>(OffsetInOriginal(last_word, cluster_.Form(last).size() - ending));
  Add(begin, end, Token::Kind::kWord, true, joined.substr(elision, joined.size() - elision - ending), last - first + 1);
}

void TextTokens::AddSymbolTerms(size_t i) {
  const ClusterPart& part = cluster_.parts[i];
  if (part.link != Link::kSymbols) {
    const size_t last = cluster_.EndOfSymbolTerm(i);
    if (!cluster_.HasSymbols(i, last)) return;
    scratch_.clear();
    AppendSymbolForm(text_, cluster_, i, last, &scratch_);
    const ClusterPart& back = cluster_.parts[last];
    Add(part.symbols_begin, back.symbols_end, Token::Kind::kSymbol, true, scratch_, last - i + 1);
    // AT&T's is AT&T too.
    const size_t length = LengthWithoutPossessive(cluster_.Form(last));
    if (back.symbols_end == back.end && length < cluster_.Form(last).size()) {
      const std::string_view word = text_.substr(back.begin, back.end - back.begin);
      const auto end = back.begin + static_cast<uint32_t>(OffsetInOriginal(word, length));
      scratch_.resize(scratch_.size() - (cluster_.Form(last).size() - length));
      Add(part.symbols_begin, end, Token::Kind::kSymbol, true, scratch_, last - i + 1);
    }
    return;
  }
  // The amount in US$5m is found as $5m as well.
  const uint32_t before = cluster_.parts[i - 1].end;
  if (!IsCurrencyAt(text_.substr(before)) || cluster_.EndOfSymbolTerm(i) != i) return;
  scratch_.clear();
  AppendFolded(text_.substr(before, part.begin - before), &scratch_);
  scratch_.append(cluster_.Form(i));
  AppendFolded(text_.substr(part.end, part.symbols_end - part.end), &scratch_);
  Add(before, part.symbols_end, Token::Kind::kSymbol, true, scratch_);
}

void TextTokens::Add(uint32_t begin, uint32_t end, Token::Kind kind, bool variant, std::string_view form,
                     size_t positions) {
  Token& token = tokens_->emplace_back();
  token.begin = begin;
  token.end = end;
  token.position = position_;
  token.positions = static_cast<uint16_t>(positions);
  token.kind = kind;
  token.variant = variant;
  token.searchable = kind != Token::Kind::kUrl;
  token.term = terms_->Intern(form);
}

void TextTokens::AddLone(size_t begin, size_t end, Token::Kind kind, TermId term) {
  Token& token = tokens_->emplace_back();
  token.begin = static_cast<uint32_t>(begin);
  token.end = static_cast<uint32_t>(end);
  token.position = position_++;
  token.kind = kind;
  token.term = term;
}

}  // namespace wirewatch::text
