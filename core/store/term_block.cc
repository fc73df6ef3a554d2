#include "wirewatch/store/term_block.h"

#include <algorithm>
#include <boost/crc.hpp>
#include <numeric>
#include <optional>

namespace wirewatch::store {
namespace {

constexpr size_t kChunkBytes = 7800;  // fills a page of 8 KiB
constexpr size_t kBitmapBytes = kBlockItems / 8;
constexpr size_t kChecksumBytes = 4;

uint32_t ChecksumOf(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

void AppendVarint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

std::optional<uint64_t> TakeVarint(std::string_view& bytes) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> TakeBytes(std::string_view& bytes) {
  const std::optional<uint64_t> size = TakeVarint(bytes);
  if (!size || *size > bytes.size()) return std::nullopt;
  const std::string_view taken = bytes.substr(0, *size);
  bytes.remove_prefix(*size);
  return taken;
}

// Less than kBitmapBytes bytes are differences; exactly so many are a bitmap.
std::string Pack(const std::vector<uint16_t>& offsets) {
  std::string packed;
  uint32_t next = 0;
  for (const uint16_t offset : offsets) {
    AppendVarint(offset - next, packed);
    next = offset + 1U;
  }
  if (packed.size() < kBitmapBytes) return packed;
  packed.assign(kBitmapBytes, '\0');
  for (const uint16_t offset : offsets) packed[offset / 8] = static_cast<char>(packed[offset / 8] | 1 << offset % 8);
  return packed;
}

bool Unpack(std::string_view packed, BlockItems& items) {
  items.reset();
  if (packed.size() == kBitmapBytes) {
    for (size_t i = 0; i < kBlockItems; ++i) items[i] = (static_cast<unsigned char>(packed[i / 8]) >> i % 8 & 1) != 0;
    return true;
  }
  uint64_t next = 0;
  while (!packed.empty()) {
    const std::optional<uint64_t> difference = TakeVarint(packed);
    if (!difference || *difference >= kBlockItems || next + *difference >= kBlockItems) return false;
    items.set(next + *difference);
    next += *difference + 1;
  }
  return true;
}

size_t SharedBytes(std::string_view a, std::string_view b) {
  const size_t most = std::min(a.size(), b.size());
  return static_cast<size_t>(std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(most), b.begin()).first -
                             a.begin());
}

void Close(TermBlock::Chunk& chunk) {
  const uint32_t checksum = ChecksumOf(chunk.entries);
  for (size_t i = 0; i < kChecksumBytes; ++i) chunk.entries.push_back(static_cast<char>(checksum >> (8 * i)));
}

bool TakeChecksum(std::string_view& entries) {
  if (entries.size() < kChecksumBytes) return false;
  uint32_t stored = 0;
  for (size_t i = 0; i < kChecksumBytes; ++i) {
    stored |= static_cast<uint32_t>(static_cast<unsigned char>(entries[entries.size() - kChecksumBytes + i]))
              << (8 * i);
  }
  entries.remove_suffix(kChecksumBytes);
  return stored == ChecksumOf(entries);
}

}  // namespace

void TermBlock::Clear() {
  terms_.Clear(kBlockItems * 10);
  for (std::vector<uint16_t>& offsets : offsets_) offsets.clear();
}

void TermBlock::Add(uint16_t offset, const text::TextIndex& index) {
  for (text::TermId term = 0; term < index.term_count(); ++term) {
    const uint32_t id = terms_.Intern(index.Term(term));
    if (id >= offsets_.size()) offsets_.resize(id + 1);
    offsets_[id].push_back(offset);
  }
}

std::vector<TermBlock::Chunk> TermBlock::Chunks() const {
  std::vector<uint32_t> order(terms_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [this](uint32_t a, uint32_t b) { return terms_[a] < terms_[b]; });
  std::vector<Chunk> chunks;
  std::string_view before;
  for (const uint32_t id : order) {
    const std::string_view term = terms_[id];
    const std::string packed = Pack(offsets_[id]);
    if (chunks.empty() || chunks.back().entries.size() + term.size() + packed.size() > kChunkBytes) {
      if (!chunks.empty()) Close(chunks.back());
      chunks.push_back({.first_term = std::string(term), .entries = {}});
      before = {};
    }
    std::string& entries = chunks.back().entries;
    const size_t shared = SharedBytes(before, term);
    AppendVarint(shared, entries);
    AppendVarint(term.size() - shared, entries);
    entries.append(term.substr(shared));
    AppendVarint(packed.size(), entries);
    entries.append(packed);
    before = term;
  }
  if (!chunks.empty()) Close(chunks.back());
  return chunks;
}

absl::Status VisitChunk(std::string_view entries,
                        const std::function<bool(std::string_view term, const BlockItems& items)>& visit) {
  absl::Status damaged = absl::DataLossError("the search index is damaged");
  if (!TakeChecksum(entries)) return damaged;
  std::string term;
  BlockItems items;
  while (!entries.empty()) {
    const std::optional<uint64_t> shared = TakeVarint(entries);
    const std::optional<std::string_view> rest = TakeBytes(entries);
    if (!shared || *shared > term.size() || !rest) return damaged;
    term.resize(*shared);
    term.append(*rest);
    const std::optional<std::string_view> packed = TakeBytes(entries);
    if (!packed || !Unpack(*packed, items)) return damaged;
    if (!visit(term, items)) break;
  }
  return absl::OkStatus();
}

}  // namespace wirewatch::store
