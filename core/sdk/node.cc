#include "wirewatch/sdk/node.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "absl/strings/str_cat.h"

namespace wirewatch {
namespace {

// Optimal string alignment: swapped neighbours count as one slip.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::string SourceLocation::ToString() const {
  if (line == 0) return std::string(file_name());
  return absl::StrCat(std::string(file_name()), ":", line, ":", column);
}

void Diagnostics::Error(const SourceLocation& at, std::string message, std::string hint) {
  entries_.push_back({Severity::kError, at, std::move(message), std::move(hint)});
  ++errors_;
}

void Diagnostics::Warning(const SourceLocation& at, std::string message, std::string hint) {
  entries_.push_back({Severity::kWarning, at, std::move(message), std::move(hint)});
}

std::string Diagnostics::ToString() const {
  std::vector<const Entry*> sorted;
  for (const Entry& entry : entries_) sorted.push_back(&entry);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Entry* a, const Entry* b) {
    return std::tuple(a->at.file_name(), a->at.line, a->at.column) <
           std::tuple(b->at.file_name(), b->at.line, b->at.column);
  });
  std::string text;
  for (const Entry* entry : sorted) {
    const std::string place = entry->at.ToString();
    absl::StrAppend(&text, text.empty() ? "" : "\n", place, place.empty() ? "" : ": ",
                    entry->severity == Severity::kError ? "error: " : "warning: ", entry->message);
    if (!entry->hint.empty()) absl::StrAppend(&text, " (", entry->hint, ")");
  }
  return text;
}

absl::Status Diagnostics::ToStatus() const { return ok() ? absl::OkStatus() : absl::InvalidArgumentError(ToString()); }

Node Node::Null(SourceLocation at) {
  Node node;
  node.at_ = std::move(at);
  return node;
}

Node Node::Scalar(std::string text, SourceLocation at, bool quoted) {
  Node node = Null(std::move(at));
  node.kind_ = Kind::kScalar;
  node.text_ = std::move(text);
  node.quoted_ = quoted;
  return node;
}

Node Node::List(std::vector<Node> items, SourceLocation at) {
  Node node = Null(std::move(at));
  node.kind_ = Kind::kList;
  node.items_ = std::move(items);
  return node;
}

Node Node::Table(std::vector<Entry> entries, SourceLocation at) {
  Node node = Null(std::move(at));
  node.kind_ = Kind::kTable;
  node.entries_ = std::move(entries);
  return node;
}

SourceLocation Node::PlaceOf(size_t offset) const {
  SourceLocation place = at_;
  const std::string_view before = std::string_view(text_).substr(0, offset);
  const auto code_points = [](std::string_view bytes) {
    return static_cast<int>(std::count_if(bytes.begin(), bytes.end(),
                                          [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  };
  if (block_line_ > 0) {
    const size_t last_newline = before.rfind('\n');
    place.line = block_line_ + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
    place.column =
        block_indent_ + 1 + code_points(last_newline == before.npos ? before : before.substr(last_newline + 1));
  } else if (!quoted_ && text_.find('\n') == text_.npos) {
    place.column += code_points(before);
  }
  return place;
}

const Node::Entry* Node::Find(std::string_view key) const {
  for (const Entry& entry : entries_) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

std::string_view Node::Describe() const {
  switch (kind_) {
    case Kind::kNull:
      return "nothing";
    case Kind::kScalar:
      return "text";
    case Kind::kList:
      return "a list";
    case Kind::kTable:
      return "a table";
  }
  return "nothing";
}

std::string ClosestName(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  size_t best_distance = std::max<size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    size_t distance = EditDistance(word, candidate);
    // A shortened or lengthened word is a likely slip as well: `file` for `files`, `min` for `min_ratio`.
    const bool prefix = candidate.starts_with(word) || word.starts_with(candidate);
    if (prefix && std::min(word.size(), candidate.size()) >= 3) distance = std::min<size_t>(distance, 1);
    if (distance < best_distance) best = candidate, best_distance = distance;
  }
  return best;
}

}  // namespace wirewatch
