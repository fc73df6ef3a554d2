// Terms of Lucene's syntax: tokens, fuzzy words, sloppy phrases, dates.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/text/fold.h"
#include "wirewatch/text/utf8.h"
#include "wirewatch/text/word_scanner.h"
#include "wirewatch/watch/dialect_lucene.h"

namespace wirewatch::watch {
namespace {

bool AllDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

size_t CodePoints(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::vector<std::string> LuceneTokens(std::string_view text) {
  const auto is_letter = [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); };
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_letter)) return {std::string(text)};
  std::string plain(text);
  std::replace_if(
      plain.begin(), plain.end(), [](char c) { return c == '*' || c == '?'; }, ' ');
  std::vector<std::string> tokens;
  text::WordScanner scanner(plain, text::ScanMode::kQuery);
  for (text::RawToken token; scanner.Next(&token);) {
    const uint32_t begin = token.kind == text::RawKind::kHandle ? token.begin + 1 : token.begin;
    if (begin < token.end) tokens.push_back(plain.substr(begin, token.end - begin));
  }
  return tokens;
}

std::optional<uint32_t> LuceneEdits(std::string_view number, std::string_view word) {
  constexpr uint32_t kMost = 2;
  if (number.empty()) return kMost;
  double value = 0;
  if (!absl::SimpleAtod(std::string(number), &value) || value < 0) return std::nullopt;
  if (value < 1) {
    // The similarity of old: a part of the word's length.
    const double edits = value == 0 ? 0 : (1 - value) * static_cast<double>(CodePoints(word));
    return std::min(static_cast<uint32_t>(edits), kMost);
  }
  if (value > kMost || value != static_cast<uint32_t>(value)) return std::nullopt;
  return static_cast<uint32_t>(value);
}

std::string LuceneDate(std::string_view text) {
  if (AllDigits(text)) {
    if (text.size() == 4) return std::string(text);
    if (text.size() == 6) return absl::StrCat(std::string(text.substr(0, 4)), "-", std::string(text.substr(4)));
    if (text.size() == 8) {
      return absl::StrCat(std::string(text.substr(0, 4)), "-", std::string(text.substr(4, 2)), "-",
                          std::string(text.substr(6)));
    }
    return "";
  }
  const bool is_iso = text.size() >= 7 && AllDigits(text.substr(0, 4)) && text[4] == '-' &&
                      text.find_first_not_of("0123456789-:.TZ") == text.npos;
  return is_iso ? std::string(text) : "";
}

DialectNode LuceneTwoWords(DialectBuilder& builder, const std::vector<std::string>& words, uint32_t n, Stretch at) {
  const auto window = [&](size_t first, uint32_t between) {
    DialectNode node =
        builder.Window(Operation::kOnear, between, builder.Term(words[first], at), builder.Term(words[1 - first], at));
    node->begin = at.begin;
    node->end = at.end;
    return node;
  };
  std::vector<DialectNode> orders;
  orders.push_back(window(0, n));
  // A word beside itself stands in both orders at once.
  const bool same = text::Fold(words[0]) == text::Fold(words[1]);
  if (n >= 2 && !same) orders.push_back(window(1, n - 2));
  return builder.Join(Operation::kOr, std::move(orders));
}

}  // namespace wirewatch::watch
