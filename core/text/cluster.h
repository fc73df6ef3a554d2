// Clusters: words written together, such as state-of-the-art, AT&T or €5m, with the form of each part. What is indexed
// and what is asked for are both made from clusters, so that they agree. A scanner is used by one thread.
#ifndef WIREWATCH_TEXT_CLUSTER_H_
#define WIREWATCH_TEXT_CLUSTER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/text/word_forms.h"
#include "wirewatch/text/word_scanner.h"

namespace wirewatch::text {

// How a part is written to the one before it.
enum class Link : uint8_t { kNone, kHyphen, kSymbols };

struct ClusterPart {
  uint32_t begin = 0;  // bytes in the text
  uint32_t end = 0;
  uint32_t form_begin = 0;  // bytes in Cluster::forms
  uint32_t form_end = 0;
  uint32_t symbols_begin = 0;  // with the symbols around it ("€5", "C++"); equals `begin` and `end` without any
  uint32_t symbols_end = 0;
  uint32_t tag_end = 0;  // the #tag that begins one byte before `begin`; 0: none
  RawKind kind = RawKind::kWord;
  WordShape shape = WordShape::kPlain;
  Link link = Link::kNone;
  bool plain = false;  // ASCII letters, digits and underscores only: no sub-forms
};

struct Cluster {
  static constexpr size_t kMaxParts = 16;  // further parts make another cluster

  std::string_view Form(size_t part) const {
    return std::string_view(forms).substr(parts[part].form_begin, parts[part].form_end - parts[part].form_begin);
  }
  // Whether parts [first, last] may be read as one word: hyphens between them, and no digits on both sides of one.
  bool Joins(size_t first, size_t last) const;
  // The last part of the symbol term that begins with part `first` (AT&T); `first` itself if nothing follows by
  // symbols.
  size_t EndOfSymbolTerm(size_t first) const;
  bool HasSymbols(size_t first, size_t last) const;

  std::vector<ClusterPart> parts;  // at least one
  std::string forms;               // folded forms, one behind the other
};

class ClusterScanner {
 public:
  ClusterScanner(std::string_view text, size_t begin, size_t end, ScanMode mode)
      : text_(text.substr(0, end)), words_(text, begin, end, mode), begin_(begin) {
    more_ = words_.Next(&next_);
  }

  // False at the end of the text. The memory of `cluster` is used again.
  bool Next(Cluster* cluster);

  // Where the next cluster's first word begins; the end of the text when there is none.
  size_t position() const { return more_ ? next_.begin : text_.size(); }
  // Goes on from `offset`, a place where no word goes on.
  void Seek(size_t offset) {
    words_.Seek(offset);
    more_ = words_.Next(&next_);
  }

  // How many words stand before `end`, counted from the word after the cluster last given.
  size_t CountWordsBefore(uint32_t end) const;

 private:
  void AddPart(Link link, Cluster* cluster);
  void AddDottedEnd(ClusterPart* part);
  Link LinkToNext(const ClusterPart& part) const;
  void FindSymbols(ClusterPart* part) const;

  std::string_view text_;
  WordScanner words_;
  RawToken next_;
  size_t begin_;
  bool more_ = false;
};

// The literal form of text with symbols: folded parts [first, last] with the symbols between and around them.
void AppendSymbolForm(std::string_view text, const Cluster& cluster, size_t first, size_t last, std::string* out);

// Length of the symbol at the front of `text` that can be part of a term (currency signs + & % ‰ § ° #), or 0.
size_t SymbolLength(std::string_view text);
bool IsCurrencyAt(std::string_view text);

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_CLUSTER_H_
