// Any bytes, repaired as sources repair them, must give an index whose offsets, positions and sections fit together; so
// must any bytes as a query, and plain tokens.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "wirewatch/text/fold.h"
#include "wirewatch/text/query_tokens.h"
#include "wirewatch/text/text_index.h"
#include "wirewatch/text/utf8.h"
#include "wirewatch/text/word_scanner.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::text {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

bool OnBoundary(std::string_view text, uint32_t offset) { return FloorBoundary(text, offset) == offset; }

void CheckPart(const TextIndex& index, const PartIndex& part) {
  uint32_t position = 0;
  bool plain_seen = false;
  for (const Token& token : part.tokens) {
    Require(token.begin < token.end && token.end <= part.text.size());
    Require(OnBoundary(part.text, token.begin) && OnBoundary(part.text, token.end));
    Require(token.position == position || token.position == position + 1);
    if (token.position != position) plain_seen = false;
    position = token.position;
    Require(token.variant == plain_seen);
    plain_seen = true;
    Require(token.positions >= 1 && token.position + token.positions <= part.positions);
    Require(token.sentence < part.sentences.size() && token.paragraph < part.paragraphs.size());
    Require(IsValidUtf8(index.Term(token.term)));
    Require(index.Lookup(index.Term(token.term)) == token.term);
  }
  uint32_t end = 0;
  uint32_t token = 0;
  for (const Section& sentence : part.sentences) {
    Require(sentence.begin >= end && sentence.begin < sentence.end && sentence.end <= part.text.size());
    Require(sentence.first_token == token && sentence.last_token >= token);
    end = sentence.end;
    token = sentence.last_token;
  }
  Require(token == part.tokens.size());
}

// Plain tokens are those of the scanner, none longer than Lucene lets them be, and none overlap.
void CheckPlain(std::string_view text, TextIndex* index) {
  index->BuildPlain(text);
  WordScanner scanner(text, ScanMode::kPlain);
  RawToken raw;
  uint32_t end = 0;
  if (!index->parts().empty()) {
    for (const Token& token : index->parts()[0].tokens) {
      Require(scanner.Next(&raw) && token.begin == raw.begin && token.end == raw.end);
      Require(token.begin >= end && token.begin < token.end && token.end <= text.size());
      Require(token.end - token.begin <= 255 * 3);
      Require(OnBoundary(text, token.begin) && OnBoundary(text, token.end));
      Require(IsValidUtf8(index->Term(token.term)));
      Require(index->TermHash(token.term) == TextIndex::HashOf(index->Term(token.term)));
      end = token.end;
    }
  }
  Require(!scanner.Next(&raw));
}

}  // namespace
}  // namespace wirewatch::text

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wirewatch::text;
  const std::string text = RepairUtf8(std::string_view(reinterpret_cast<const char*>(data), size));
  Require(IsValidUtf8(text));
  Require(IsValidUtf8(Fold(text)) && IsValidUtf8(FoldKeepingCase(text)));
  wirewatch::v1::Item item;
  item.set_headline(text.substr(0, FloorBoundary(text, text.size() / 4)));
  item.set_body(text);
  item.mutable_dateline()->set_body_begin(static_cast<uint32_t>(FloorBoundary(text, text.size() / 8)));
  static TextIndex& index = *new TextIndex();
  index.Build(item);
  for (const PartIndex& part : index.parts()) CheckPart(index, part);
  CheckPlain(text, &index);
  for (const QueryWord& word : TokenizeQuery(text)) {
    Require(!word.rows.empty() && word.begin < word.end && word.end <= text.size());
    for (const auto& row : word.rows) Require(!row.empty());
  }
  return 0;
}
