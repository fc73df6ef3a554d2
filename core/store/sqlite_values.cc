#include "wirewatch/store/sqlite_values.h"

#include <algorithm>
#include <limits>

#include "absl/strings/escaping.h"

namespace wirewatch::store {
namespace {

bool IsPackable(std::string_view id) {
  return (id.size() == 32 || id.size() == 64) &&
         std::all_of(id.begin(), id.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

int64_t Micros(absl::Time time) {
  if (time == absl::InfinitePast()) return std::numeric_limits<int64_t>::min();
  if (time == absl::InfiniteFuture()) return std::numeric_limits<int64_t>::max();
  return absl::ToUnixMicros(time);
}

absl::Time FromMicros(int64_t micros) {
  if (micros == std::numeric_limits<int64_t>::min()) return absl::InfinitePast();
  if (micros == std::numeric_limits<int64_t>::max()) return absl::InfiniteFuture();
  return absl::FromUnixMicros(micros);
}

CompactId::CompactId(std::string_view id) : packed_(IsPackable(id)) {
  bytes_ = id;
  if (packed_) bytes_ = absl::HexStringToBytes(bytes_);
}

void CompactId::Bind(Statement& statement) const {
  if (packed_) {
    statement.Blob(bytes_);
  } else {
    statement.Text(bytes_);
  }
}

std::string CompactId::Read(const Statement& statement, int column) {
  const std::string bytes = statement.ColumnString(column);
  return statement.ColumnIsBlob(column) ? absl::BytesToHexString(bytes) : bytes;
}

int64_t CompactId::Key() const {
  if (packed_) return KeyOfPacked(bytes_);
  // FNV-1a.
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes_) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return static_cast<int64_t>(hash);
}

int64_t KeyOfPacked(std::string_view bytes) {
  uint64_t key = 0;
  for (const char c : bytes.substr(0, sizeof(key))) key = key << 8 | static_cast<unsigned char>(c);
  return static_cast<int64_t>(key);
}

std::optional<std::string> PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (end.empty()) return std::nullopt;
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace wirewatch::store
