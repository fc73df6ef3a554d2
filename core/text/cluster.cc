#include "wirewatch/text/cluster.h"

#include <array>

#include "wirewatch/text/fold.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::text {
namespace {

constexpr size_t kMaxSymbols = 3;  // of one kind in a row: longer rows are ornament

// Bytes that may begin or end a symbol or hyphen that ties words together.
constexpr std::array<bool, 256> MakeTies() {
  std::array<bool, 256> ties{};
  for (const char c : {'+', '&', '%', '#', '$', '-', '.', '\''}) ties[static_cast<unsigned char>(c)] = true;
  for (size_t c = 0x80; c < 0x100; ++c) ties[c] = true;
  return ties;
}
constexpr std::array<bool, 256> kTies = MakeTies();

bool Ties(char c) { return kTies[static_cast<unsigned char>(c)]; }

bool IsHyphen(std::string_view text) { return text == "-" || text == "\u2010" || text == "\u2011"; }

bool IsCurrency(char32_t c) { return c == '$' || (c >= 0xA2 && c <= 0xA5) || (c >= 0x20A0 && c <= 0x20CF); }

bool IsSymbol(char32_t c) {
  return IsCurrency(c) || c == '+' || c == '&' || c == '%' || c == '#' || c == 0xA7 || c == 0xB0 || c == 0x2030;
}

bool MayLead(char32_t c) { return IsCurrency(c) || c == '+' || c == 0xA7; }
bool MayTrail(char32_t c) { return IsSymbol(c) && c != '&' && c != 0xA7; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

size_t SymbolLength(std::string_view text) {
  if (text.empty()) return 0;
  const Decoded decoded = DecodeAt(text, 0);
  return IsSymbol(decoded.code_point) ? decoded.length : 0;
}

bool IsCurrencyAt(std::string_view text) { return !text.empty() && IsCurrency(DecodeAt(text, 0).code_point); }

bool Cluster::Joins(size_t first, size_t last) const {
  for (size_t i = first; i < last; ++i) {
    const std::string_view left = Form(i);
    const std::string_view right = Form(i + 1);
    if (parts[i + 1].link != Link::kHyphen || left.empty() || right.empty()) return false;
    if (IsDigit(left.back()) && IsDigit(right.front())) return false;
  }
  return true;
}

size_t Cluster::EndOfSymbolTerm(size_t first) const {
  while (first + 1 < parts.size() && parts[first + 1].link == Link::kSymbols) ++first;
  return first;
}

bool Cluster::HasSymbols(size_t first, size_t last) const {
  return last > first || parts[first].symbols_begin < parts[first].begin || parts[first].symbols_end > parts[first].end;
}

void AppendSymbolForm(std::string_view text, const Cluster& cluster, size_t first, size_t last, std::string* out) {
  uint32_t at = cluster.parts[first].symbols_begin;
  for (size_t i = first; i <= last; ++i) {
    AppendFolded(text.substr(at, cluster.parts[i].begin - at), out);
    out->append(cluster.Form(i));
    at = cluster.parts[i].end;
  }
  AppendFolded(text.substr(at, cluster.parts[last].symbols_end - at), out);
}

bool ClusterScanner::Next(Cluster* cluster) {
  cluster->parts.clear();
  cluster->forms.clear();
  if (!more_) return false;
  Link link = Link::kNone;
  do {
    AddPart(link, cluster);
    link = more_ && cluster->parts.size() < Cluster::kMaxParts ? LinkToNext(cluster->parts.back()) : Link::kNone;
  } while (link != Link::kNone);
  return true;
}

void ClusterScanner::AddPart(Link link, Cluster* cluster) {
  ClusterPart& part = cluster->parts.emplace_back();
  part.begin = next_.begin;
  part.end = next_.end;
  part.tag_end = next_.tag_end;
  part.kind = next_.kind;
  part.plain = next_.plain;
  part.link = link;
  part.form_begin = static_cast<uint32_t>(cluster->forms.size());
  const std::string_view word = text_.substr(part.begin, part.end - part.begin);
  more_ = words_.Next(&next_);
  if (part.kind == RawKind::kWord) {
    part.shape = AppendWordForm(word, part.plain, &cluster->forms);
    if (part.shape == WordShape::kAcronym) AddDottedEnd(&part);
  } else {
    AppendFolded(word, &cluster->forms);
  }
  part.form_end = static_cast<uint32_t>(cluster->forms.size());
  part.symbols_begin = part.begin;
  part.symbols_end = part.end;
  if (part.kind == RawKind::kWord) FindSymbols(&part);
}

// The last stop of U.S. belongs to it, and an 's behind that stop is no word.
void ClusterScanner::AddDottedEnd(ClusterPart* part) {
  if (part->end >= text_.size() || text_[part->end] != '.') return;
  ++part->end;
  if (!more_ || next_.kind != RawKind::kWord || next_.end - next_.begin != 1 || (text_[next_.begin] | 0x20) != 's')
    return;
  const std::string_view between = text_.substr(part->end, next_.begin - part->end);
  if (between != "'" && between != "\u2019") return;
  part->end = next_.end;
  more_ = words_.Next(&next_);
}

void ClusterScanner::FindSymbols(ClusterPart* part) const {
  if (part->end < text_.size() && Ties(text_[part->end])) {
    uint32_t at = part->end;
    for (size_t i = 0; i < kMaxSymbols && at < text_.size(); ++i) {
      const Decoded c = DecodeAt(text_, at);
      if (!MayTrail(c.code_point)) break;
      at += c.length;
    }
    part->symbols_end = at;
  }
  if (part->begin > begin_ && part->link != Link::kSymbols && Ties(text_[part->begin - 1])) {
    uint32_t at = part->begin;
    for (size_t i = 0; i < kMaxSymbols && at > begin_; ++i) {
      const Decoded c = DecodeBefore(text_, at);
      if (!MayLead(c.code_point)) break;
      at -= c.length;
    }
    part->symbols_begin = at;
  }
}

Link ClusterScanner::LinkToNext(const ClusterPart& part) const {
  if (part.kind != RawKind::kWord || next_.kind != RawKind::kWord || !Ties(text_[part.end])) return Link::kNone;
  std::string_view gap = text_.substr(part.end, next_.begin - part.end);
  for (size_t i = 0; i < kMaxSymbols; ++i) {
    const size_t length = SymbolLength(gap);
    if (length == 0) break;
    gap.remove_prefix(length);
  }
  if (gap.empty()) return part.end == next_.begin ? Link::kNone : Link::kSymbols;
  return IsHyphen(gap) ? Link::kHyphen : Link::kNone;
}

size_t ClusterScanner::CountWordsBefore(uint32_t end) const {
  if (!more_ || next_.begin >= end) return 0;
  WordScanner ahead = words_;
  size_t count = 1;
  for (RawToken word; ahead.Next(&word) && word.begin < end;) ++count;
  return count;
}

}  // namespace wirewatch::text
