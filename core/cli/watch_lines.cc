#include "wirewatch/cli/watch_lines.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::cli {
namespace {

namespace json = boost::json;

std::nullopt_t Fail(const std::filesystem::path& path, size_t line, const std::string& what) {
  std::fprintf(stderr, "%s:%zu: error: %s\n", path.c_str(), line, what.c_str());
  return std::nullopt;
}

}  // namespace

bool operator<(const Id& a, const Id& b) {
  if (a.is_number != b.is_number) return a.is_number;
  return a.is_number ? a.number < b.number : a.written < b.written;
}

std::optional<std::string> ReadBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Fail(path, 0, "the file cannot be read");
  std::string bytes;
  std::error_code unknown;
  if (const auto size = std::filesystem::file_size(path, unknown); !unknown) bytes.reserve(size);
  std::string piece(size_t{1} << 20, '\0');
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
    bytes.append(piece, 0, static_cast<size_t>(file.gcount()));
  }
  return bytes;
}

std::optional<std::vector<Line>> ReadLines(const std::filesystem::path& path, std::string_view bytes,
                                           const char* field) {
  std::vector<Line> lines;
  for (size_t number = 1; !bytes.empty(); ++number) {
    const size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view written = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (written.empty()) continue;
    boost::system::error_code error;
    const json::value value = json::parse(json::string_view(written.data(), written.size()), error);
    const json::object* const object = value.if_object();
    const json::value* const id = object == nullptr ? nullptr : object->if_contains("id");
    const json::value* const text = object == nullptr ? nullptr : object->if_contains(field);
    if (error || id == nullptr || text == nullptr || !text->is_string() || !(id->is_string() || id->is_int64())) {
      return Fail(path, number, absl::StrCat("expected {\"id\": a number or text, \"", field, "\": \"…\"}"));
    }
    Line& line = lines.emplace_back();
    line.id.written = json::serialize(*id);
    line.id.is_number = id->is_int64();
    line.id.number = line.id.is_number ? id->get_int64() : 0;
    line.text = text::RepairUtf8(std::string_view(text->get_string().data(), text->get_string().size()));
    line.line = number;
  }
  return lines;
}

}  // namespace wirewatch::cli
