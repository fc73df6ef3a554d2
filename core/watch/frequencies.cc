#include "wirewatch/watch/frequencies.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/watch/term_pattern.h"

namespace wirewatch::watch {
namespace {

constexpr std::string_view kTitle = "wirewatch-frequencies 1";
constexpr size_t kMaxCapacity = 10'000'000;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// Reads `name<tab>number`.
bool ReadPair(std::string_view line, std::string_view& name, uint64_t& number) {
  const size_t tab = line.find('\t');
  if (tab == 0 || tab == line.npos || !absl::SimpleAtoi(View(line.substr(tab + 1)), &number)) return false;
  name = line.substr(0, tab);
  return true;
}

}  // namespace

Frequencies::Frequencies(size_t capacity) : capacity_(std::max<size_t>(capacity, 2)) {}

void Frequencies::Add(const text::TextIndex& item) {
  ++items_;
  for (text::TermId term = 0; term < item.term_count(); ++term) {
    // White space cannot be written back, and no word has any.
    const std::string_view word = item.Term(term);
    if (word.find_first_of("\t\n\r") == word.npos && !word.empty()) ++counts_[View(word)];
    if (counts_.size() > capacity_) Shrink();
  }
}

void Frequencies::Merge(const Frequencies& other) {
  items_ += other.items_;
  error_ += other.error_;
  for (const auto& [word, count] : other.counts_) counts_[word] += count;
  while (counts_.size() > capacity_) Shrink();
}

void Frequencies::Shrink() {
  std::vector<uint64_t> counts;
  counts.reserve(counts_.size());
  for (const auto& [word, count] : counts_) counts.push_back(count);
  const auto median = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
  std::nth_element(counts.begin(), median, counts.end());
  const uint64_t taken = *median;
  error_ += taken;
  for (auto entry = counts_.begin(); entry != counts_.end();) {
    const auto here = entry++;
    here->second > taken ? static_cast<void>(here->second -= taken) : counts_.erase(here);
  }
}

Bounds<uint64_t> Frequencies::ItemsWith(std::string_view word) const {
  const auto found = counts_.find(View(word));
  const uint64_t count = found == counts_.end() ? 0 : found->second;
  return {count, std::min(count + error_, items_)};
}

uint64_t Frequencies::MostWithShape(std::string_view glob) const {
  uint64_t most = error_;
  for (const auto& [word, count] : counts_) {
    if (MatchesGlob(glob, word)) most += count + error_;
  }
  return std::min(most, items_);
}

std::vector<std::pair<std::string, uint64_t>> Frequencies::Commonest(size_t count) const {
  std::vector<std::pair<std::string, uint64_t>> words(counts_.begin(), counts_.end());
  const auto commoner = [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  };
  const size_t shown = std::min(count, words.size());
  std::partial_sort(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(shown), words.end(), commoner);
  words.resize(shown);
  return words;
}

std::string Frequencies::Serialize() const {
  std::vector<std::pair<std::string, uint64_t>> words(counts_.begin(), counts_.end());
  std::sort(words.begin(), words.end());
  std::string text =
      absl::StrCat(View(kTitle), "\ncapacity\t", capacity_, "\nitems\t", items_, "\nerror\t", error_, "\n");
  for (const auto& [word, count] : words) absl::StrAppend(&text, word, "\t", count, "\n");
  return text;
}

absl::StatusOr<Frequencies> Frequencies::Parse(std::string_view text) {
  size_t line_number = 0;
  const auto next = [&text, &line_number] {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    ++line_number;
    return line;
  };
  const auto wrong = [&line_number](std::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat("line ", line_number, ": ", View(what)));
  };
  if (next() != kTitle) return wrong("this is no table of frequencies");
  Frequencies read;
  for (const std::string_view key : {"capacity", "items", "error"}) {
    std::string_view name;
    uint64_t number = 0;
    if (!ReadPair(next(), name, number) || name != key) return wrong("the head is not whole");
    if (key == "capacity") {
      if (number < 2 || number > kMaxCapacity) return wrong("a capacity is 2 to 10000000");
      read.capacity_ = number;
    }
    if (key == "items") read.items_ = number;
    if (key == "error") read.error_ = number;
  }
  while (!text.empty()) {
    std::string_view word;
    uint64_t count = 0;
    if (!ReadPair(next(), word, count)) return wrong("expected a word, a tab and a number");
    if (count == 0 || count > read.items_) return wrong("a word stands in more Items than there are, or in none");
    if (!read.counts_.emplace(View(word), count).second) return wrong("the word was there before");
    if (read.counts_.size() > read.capacity_) return wrong("there are more words than the capacity allows");
  }
  return read;
}

Bounds<double> ShareOf(uint64_t hits, uint64_t items) {
  constexpr double kZ = 1.959964;  // 95 %
  const auto n = static_cast<double>(items);
  const double share = static_cast<double>(hits) / n;
  const double middle = (share + kZ * kZ / (2 * n)) / (1 + kZ * kZ / n);
  const double half = kZ / (1 + kZ * kZ / n) * std::sqrt(share * (1 - share) / n + kZ * kZ / (4 * n * n));
  // At the ends the formula meets 0 and 1 but for rounding.
  return {hits == 0 ? 0 : std::max(0.0, middle - half), hits == items ? 1 : std::min(1.0, middle + half)};
}

}  // namespace wirewatch::watch
