// TermBlock: which Items of one block of the archive contain a term. A block is kBlockItems consecutive positions of
// one pipeline; it is indexed once, when it is full, and never changed, so that nothing needs to be merged. One thread.
//
// Terms are kept in chunks, in byte order: for each term how many bytes it shares with the one before, the rest of it,
// and the offsets of its Items in the block: differences as varints, or a bitmap where that is smaller.
#ifndef WIREWATCH_STORE_TERM_BLOCK_H_
#define WIREWATCH_STORE_TERM_BLOCK_H_

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "wirewatch/text/term_table.h"
#include "wirewatch/text/text_index.h"

namespace wirewatch::store {

inline constexpr uint64_t kBlockItems = 4096;
using BlockItems = std::bitset<kBlockItems>;

class TermBlock {
 public:
  struct Chunk {
    std::string first_term;
    std::string entries;
  };

  void Clear();
  // Items come in the order of their offsets, each once.
  void Add(uint16_t offset, const text::TextIndex& index);
  // In the order of their terms.
  std::vector<Chunk> Chunks() const;

 private:
  text::TermTable terms_;
  std::vector<std::vector<uint16_t>> offsets_;  // by term
};

// Calls `visit` for each term of a chunk, in order, until it returns false. DataLoss when it is damaged.
absl::Status VisitChunk(std::string_view entries,
                        const std::function<bool(std::string_view term, const BlockItems& items)>& visit);

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_TERM_BLOCK_H_
