// ByteWriter and ByteReader: numbers, texts and arrays one behind the other, for files of this library. A reader is
// given bytes that anybody may have written: it never reads beyond them, asks for no memory that they do not fill, and
// after the first thing that is wrong gives only zeros. Numbers lie as this machine has them. One thread.
#ifndef WIREWATCH_WATCH_BYTE_STREAM_H_
#define WIREWATCH_WATCH_BYTE_STREAM_H_

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace wirewatch::watch {

class ByteWriter {
 public:
  // In as few bytes as it needs, seven bits in each.
  void Number(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }
  void Text(std::string_view text) {
    Number(text.size());
    bytes_.append(text);
  }
  template <class T>
  void Fixed(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  template <class T>
  void Array(std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    Number(values.size());
    if (!values.empty()) bytes_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  }

  std::string& bytes() { return bytes_; }

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return ok_ && rest_.empty(); }
  // What was read is wrong.
  void Fail() {
    ok_ = false;
    rest_ = {};
  }
  bool Require(bool right) {
    if (!right) Fail();
    return right;
  }

  uint64_t Number(uint64_t most) {
    uint64_t value = 0;
    for (uint32_t shift = 0; shift < 64; shift += 7) {
      if (!Require(!rest_.empty())) return 0;
      const auto byte = static_cast<unsigned char>(rest_[0]);
      rest_.remove_prefix(1);
      value |= uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return Require(value <= most) ? value : 0;
    }
    Fail();
    return 0;
  }
  uint32_t Number32(uint32_t most = UINT32_MAX) { return static_cast<uint32_t>(Number(most)); }
  // Refers to the bytes that are read.
  std::string_view Text() { return Take(Number(rest_.size())); }
  template <class T>
  T Fixed() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    const std::string_view bytes = Take(sizeof(value));
    if (ok_) std::memcpy(&value, bytes.data(), sizeof(value));
    return value;
  }
  template <class T>
  std::vector<T> Array() {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::string_view bytes = Take(Number(rest_.size() / sizeof(T)) * sizeof(T));
    std::vector<T> values(bytes.size() / sizeof(T));
    if (!bytes.empty()) std::memcpy(static_cast<void*>(values.data()), bytes.data(), bytes.size());
    return values;
  }
  // One that has to have `count` values.
  template <class T>
  std::vector<T> Array(size_t count) {
    std::vector<T> values = Array<T>();
    if (!Require(values.size() == count)) values.clear();
    return values;
  }

 private:
  std::string_view Take(size_t size) {
    if (!Require(ok_ && size <= rest_.size())) return {};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_BYTE_STREAM_H_
