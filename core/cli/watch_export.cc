#include "wirewatch/cli/watch_export.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/config/yaml.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view kNames[] = {"name", "title", "queryname", "searchname", "topic", "label", "id"};
constexpr std::string_view kQueries[] = {"query", "booleanquery", "queryboolean", "boolean", "search", "keywords"};

// `Boolean Query`, `boolean_query` and `booleanQuery` are one.
std::string Plain(std::string_view column) {
  std::string plain;
  for (const char c : column) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) plain += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return plain;
}

// Which of the columns is asked for by name, else the first that is known. nullopt: none.
std::optional<size_t> FindColumn(const std::vector<std::string>& columns, const std::string& asked, bool query) {
  const auto find = [&](std::string_view wanted) -> std::optional<size_t> {
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const std::string& column) { return Plain(column) == Plain(wanted); });
    if (found == columns.end()) return std::nullopt;
    return static_cast<size_t>(found - columns.begin());
  };
  if (!asked.empty()) return find(asked);
  if (query) {
    for (const std::string_view name : kQueries) {
      if (const auto found = find(name)) return found;
    }
  } else {
    for (const std::string_view name : kNames) {
      if (const auto found = find(name)) return found;
    }
  }
  return std::nullopt;
}

absl::Status NoColumn(const std::vector<std::string>& columns, const std::string& asked) {
  std::string there;
  for (const std::string& column : columns) absl::StrAppend(&there, there.empty() ? "" : ", ", column);
  return absl::InvalidArgumentError(absl::StrCat(
      asked.empty() ? std::string("no column is known to hold the query") : absl::StrCat("there is no column ", asked),
      "; there are: ", there, "; name it with --query-column"));
}

// Names with texts, of one entry.
using Entry = std::vector<std::pair<std::string, std::string>>;

absl::StatusOr<ExportedQuery> QueryOf(const Entry& entry, const ExportColumns& columns, size_t number) {
  std::vector<std::string> names;
  for (const auto& [name, text] : entry) names.push_back(name);
  const std::optional<size_t> query = FindColumn(names, columns.query, true);
  if (!query) {
    const absl::Status status = NoColumn(names, columns.query);
    return absl::InvalidArgumentError(absl::StrCat("entry ", number, ": ", std::string(status.message())));
  }
  const std::optional<size_t> name = FindColumn(names, columns.name, false);
  return ExportedQuery{name ? entry[*name].second : "", entry[*query].second, number};
}

// RFC 4180: fields in quotes may hold the separator, line breaks and doubled quotes.
class CsvReader {
 public:
  CsvReader(std::string_view text, char separator) : text_(text), separator_(separator) {}

  size_t line() const { return line_; }
  bool AtEnd() const { return at_ >= text_.size(); }

  absl::StatusOr<std::vector<std::string>> TakeRow() {
    std::vector<std::string> row(1);
    while (!AtEnd()) {
      const char c = text_[at_];
      if (c == '"' && row.back().empty()) {
        if (!TakeQuoted(row.back()))
          return absl::InvalidArgumentError(absl::StrCat("line ", line_, ": a field without its closing quote"));
        continue;
      }
      ++at_;
      if (c == separator_) {
        row.emplace_back();
      } else if (c == '\n') {
        ++line_;
        break;
      } else if (c != '\r' || AtEnd() || text_[at_] != '\n') {
        row.back() += c;
      }
    }
    return row;
  }

 private:
  bool TakeQuoted(std::string& field) {
    for (++at_; !AtEnd(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        field += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        field += text_[at_++];
      } else {
        return ++at_, true;
      }
    }
    return false;
  }

  std::string_view text_;
  char separator_;
  size_t at_ = 0;
  size_t line_ = 1;
};

// The one of `,`, `;` and tab that the header has most of.
char SeparatorOf(std::string_view text) {
  const std::string_view header = text.substr(0, text.find('\n'));
  char best = ',';
  for (const char candidate : {';', '\t'}) {
    if (std::count(header.begin(), header.end(), candidate) > std::count(header.begin(), header.end(), best))
      best = candidate;
  }
  return best;
}

Entry EntryOf(const json::object& object) {
  Entry entry;
  for (const auto& [key, value] : object) {
    const bool plain = value.is_string() || value.is_int64() || value.is_uint64();
    if (!plain) continue;
    entry.emplace_back(key, value.is_string() ? std::string(value.as_string()) : json::serialize(value));
  }
  return entry;
}

// The list in an object around it: {"queries": [ … ]}.
const json::array* ListIn(const json::value& value) {
  if (value.is_array()) return &value.as_array();
  if (!value.is_object()) return nullptr;
  const json::array* list = nullptr;
  for (const auto& [key, inner] : value.as_object()) {
    if (!inner.is_array() || inner.as_array().empty() || !inner.as_array()[0].is_object()) continue;
    if (list != nullptr) return nullptr;
    list = &inner.as_array();
  }
  return list;
}

std::string_view TextAsUtf8(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

}  // namespace

absl::StatusOr<std::vector<ExportedQuery>> ParseCsvExport(std::string_view text, const ExportColumns& columns) {
  text = TextAsUtf8(text);
  CsvReader reader(text, SeparatorOf(text));
  absl::StatusOr<std::vector<std::string>> header = reader.TakeRow();
  if (!header.ok()) return header.status();
  const std::optional<size_t> query = FindColumn(*header, columns.query, true);
  if (!query) return NoColumn(*header, columns.query);
  const std::optional<size_t> name = FindColumn(*header, columns.name, false);
  std::vector<ExportedQuery> queries;
  while (!reader.AtEnd()) {
    const size_t line = reader.line();
    absl::StatusOr<std::vector<std::string>> row = reader.TakeRow();
    if (!row.ok()) return row.status();
    if (row->size() == 1 && absl::StripAsciiWhitespace((*row)[0]).empty()) continue;
    if (row->size() <= *query) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", line, ": it has ", row->size(), " fields, and the query is field ", *query + 1));
    }
    queries.push_back({name && *name < row->size() ? (*row)[*name] : "", (*row)[*query], line});
  }
  return queries;
}

absl::StatusOr<std::vector<ExportedQuery>> ParseJsonExport(std::string_view text, const ExportColumns& columns) {
  text = TextAsUtf8(text);
  std::vector<ExportedQuery> queries;
  boost::system::error_code error;
  const json::value whole = json::parse({text.data(), text.size()}, error);
  std::vector<json::value> lines;
  const json::array* list = error ? nullptr : ListIn(whole);
  if (!error && whole.is_object() && list == nullptr) {
    lines.push_back(whole);
  } else if (list == nullptr) {
    // An object a line.
    for (size_t begin = 0, number = 1; begin < text.size(); ++number) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      const std::string line(absl::StripAsciiWhitespace(std::string(text.substr(begin, end - begin))));
      begin = end + 1;
      if (line.empty()) continue;
      lines.push_back(json::parse(line, error));
      if (error) return absl::InvalidArgumentError(absl::StrCat("line ", number, ": ", error.message()));
    }
  }
  const auto count = list != nullptr ? list->size() : lines.size();
  for (size_t i = 0; i < count; ++i) {
    const json::value& value = list != nullptr ? (*list)[i] : lines[i];
    if (!value.is_object()) return absl::InvalidArgumentError(absl::StrCat("entry ", i + 1, " is no object"));
    absl::StatusOr<ExportedQuery> query = QueryOf(EntryOf(value.as_object()), columns, i + 1);
    if (!query.ok()) return query.status();
    queries.push_back(*std::move(query));
  }
  return queries;
}

absl::StatusOr<std::vector<ExportedQuery>> ParseYamlExport(std::string_view text, const std::string& file,
                                                           const ExportColumns& columns) {
  Diagnostics diagnostics;
  const std::optional<Node> whole = config::ParseYaml(text, file, diagnostics);
  if (!whole) return absl::InvalidArgumentError(diagnostics.ToString());
  const Node* list = &*whole;
  if (whole->is_table()) {
    const auto found = std::find_if(whole->entries().begin(), whole->entries().end(), [](const Node::Entry& entry) {
      return entry.value.is_list() && !entry.value.items().empty() && entry.value.items()[0].is_table();
    });
    if (found != whole->entries().end()) list = &found->value;
  }
  std::vector<ExportedQuery> queries;
  if (list->is_table()) {
    // Names with their queries.
    for (const Node::Entry& entry : list->entries()) {
      if (!entry.value.is_scalar())
        return absl::InvalidArgumentError(absl::StrCat(entry.value.at().ToString(), ": expected a query"));
      queries.push_back({entry.key, entry.value.text(), queries.size() + 1});
    }
    return queries;
  }
  if (list->is_null()) return queries;
  if (!list->is_list()) return absl::InvalidArgumentError(absl::StrCat(file, ": expected a list of queries"));
  for (const Node& item : list->items()) {
    Entry entry;
    for (const Node::Entry& field : item.entries()) {
      if (field.value.is_scalar()) entry.emplace_back(field.key, field.value.text());
    }
    absl::StatusOr<ExportedQuery> query = QueryOf(entry, columns, queries.size() + 1);
    if (!query.ok()) return query.status();
    queries.push_back(*std::move(query));
  }
  return queries;
}

absl::StatusOr<std::vector<ExportedQuery>> ReadExport(const std::filesystem::path& file, const ExportColumns& columns) {
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(file, error);
  if (error) return absl::NotFoundError(absl::StrCat(file.string(), ": ", error.message()));
  if (size > kMaxExportBytes)
    return absl::InvalidArgumentError(absl::StrCat(file.string(), " is larger than 64 MiB; split it"));
  std::ifstream stream(file, std::ios::binary);
  std::string text(static_cast<size_t>(size), '\0');
  if (!stream.read(text.data(), static_cast<std::streamsize>(size)))
    return absl::NotFoundError(absl::StrCat(file.string(), " could not be read"));
  text = text::RepairUtf8(text);
  const std::string kind = absl::AsciiStrToLower(file.extension().string());
  const size_t first = text.find_first_not_of(" \t\r\n");
  const bool looks_like_json = first != std::string::npos && (text[first] == '[' || text[first] == '{');
  absl::StatusOr<std::vector<ExportedQuery>> queries;
  if (kind == ".yaml" || kind == ".yml") return ParseYamlExport(text, file.string(), columns);
  if (kind == ".json" || kind == ".jsonl" || kind == ".ndjson" ||
      (kind != ".csv" && kind != ".tsv" && looks_like_json)) {
    queries = ParseJsonExport(text, columns);
  } else {
    queries = ParseCsvExport(text, columns);
  }
  if (!queries.ok())
    return absl::InvalidArgumentError(absl::StrCat(file.string(), ": ", std::string(queries.status().message())));
  return queries;
}

}  // namespace wirewatch::cli
