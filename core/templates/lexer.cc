#include "wirewatch/templates/lexer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::templates {
namespace {

constexpr size_t kNone = std::string_view::npos;
constexpr char kSpaces[] = " \t";

struct Tag {
  size_t begin = 0, end = 0;  // with its braces
  char kind = '{';            // {, % or #
  bool trims_before = false, trims_after = false;
  std::string_view inside;
  size_t inside_offset = 0;
};

class Cutter {
 public:
  Cutter(std::string_view text, std::vector<TemplateProblem>& problems) : text_(text), problems_(problems) {}

  std::vector<Piece> Cut() {
    size_t at = 0;
    bool trims = false;
    for (Tag tag; Find(at, tag);) {
      size_t text_end = tag.begin, next = tag.end;
      if (tag.kind != '{') StandsAlone(text_end, next);
      Add(at, std::max(at, text_end), trims, tag.trims_before);
      trims = tag.trims_after;
      if (tag.kind != '#') AddTag(tag);
      if (!problems_.empty()) return std::move(pieces_);
      at = next;
    }
    if (problems_.empty()) Add(at, text_.size(), trims, false);
    return std::move(pieces_);
  }

 private:
  void Problem(size_t offset, std::string message, std::string hint) {
    problems_.push_back({offset, std::move(message), std::move(hint)});
  }

  // The next tag at or behind `at`.
  bool Find(size_t at, Tag& tag) {
    for (size_t open = text_.find('{', at); open != kNone && open + 1 < text_.size();
         open = text_.find('{', open + 1)) {
      const char kind = text_[open + 1];
      if (kind != '{' && kind != '%' && kind != '#') continue;
      const char closing[] = {kind == '{' ? '}' : kind, '}'};
      const size_t close = FindClosing(open + 2, kind, std::string_view(closing, 2));
      if (close == kNone) {
        Problem(open, absl::StrCat("{", std::string(1, kind), " is not closed"),
                absl::StrCat("it ends with ", std::string(closing, 2)));
        return false;
      }
      tag = {.begin = open, .end = close + 2, .kind = kind, .inside = text_.substr(open + 2, close - open - 2)};
      tag.inside_offset = open + 2;
      if (tag.inside.starts_with('-')) tag.trims_before = true, tag.inside.remove_prefix(1), ++tag.inside_offset;
      if (tag.inside.ends_with('-')) tag.trims_after = true, tag.inside.remove_suffix(1);
      return true;
    }
    return false;
  }

  // Quotes may have the closing braces in them.
  size_t FindClosing(size_t at, char kind, std::string_view closing) const {
    char quote = 0;
    for (; at + 1 < text_.size(); ++at) {
      if (quote == 0 && text_.substr(at, 2) == closing) return at;
      if (kind == '#') continue;
      if (quote != 0 && text_[at] == '\\') {
        ++at;
      } else if (text_[at] == quote) {
        quote = 0;
      } else if (quote == 0 && (text_[at] == '"' || text_[at] == '\'')) {
        quote = text_[at];
      }
    }
    return kNone;
  }

  // Where only space surrounds it on its line, the whole line goes.
  void StandsAlone(size_t& text_end, size_t& next) const {
    size_t begin = text_end;
    while (begin > 0 && (text_[begin - 1] == ' ' || text_[begin - 1] == '\t')) --begin;
    size_t end = text_.find_first_not_of(kSpaces, next);
    if (end == kNone) end = text_.size();
    if (begin > 0 && text_[begin - 1] != '\n') return;
    if (end < text_.size() && text_[end] == '\r') ++end;
    if (end < text_.size() && text_[end] != '\n') return;
    text_end = begin;
    next = std::min(end + 1, text_.size());
  }

  void Add(size_t begin, size_t end, bool trims_begin, bool trims_end) {
    std::string_view piece = text_.substr(begin, end - begin);
    const auto space = [](char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); };
    while (trims_begin && !piece.empty() && space(piece.front())) piece.remove_prefix(1), ++begin;
    while (trims_end && !piece.empty() && space(piece.back())) piece.remove_suffix(1);
    if (!piece.empty()) pieces_.push_back({.kind = Piece::Kind::kText, .text = std::string(piece), .offset = begin});
  }

  void AddTag(const Tag& tag) {
    Piece piece{.kind = tag.kind == '{' ? Piece::Kind::kValue : Piece::Kind::kTag, .offset = tag.begin};
    for (size_t at = 0; problems_.empty();) {
      while (at < tag.inside.size() && absl::ascii_isspace(static_cast<unsigned char>(tag.inside[at]))) ++at;
      piece.words.push_back(Read(tag, at));
      if (piece.words.back().kind == Word::Kind::kEnd) break;
    }
    pieces_.push_back(std::move(piece));
  }

  Word Read(const Tag& tag, size_t& at) {
    const std::string_view inside = tag.inside;
    Word word{.offset = tag.inside_offset + at};
    if (at >= inside.size()) return word;
    const auto take = [&](const auto& belongs) {
      const size_t begin = at;
      while (at < inside.size() && belongs(static_cast<unsigned char>(inside[at]))) ++at;
      word.text = inside.substr(begin, at - begin);
    };
    const char first = inside[at];
    if (absl::ascii_isalpha(static_cast<unsigned char>(first)) || first == '_') {
      word.kind = Word::Kind::kName;
      take([](unsigned char c) { return absl::ascii_isalnum(c) || c == '_'; });
    } else if (absl::ascii_isdigit(static_cast<unsigned char>(first))) {
      word.kind = Word::Kind::kNumber;
      take([](unsigned char c) { return absl::ascii_isdigit(c); });
    } else if (first == '"' || first == '\'') {
      ReadText(inside, at, word);
    } else {
      word.kind = Word::Kind::kSign;
      const bool two = at + 1 < inside.size() && inside[at + 1] == '=' && std::string_view("=!<>").find(first) != kNone;
      word.text = inside.substr(at, two ? 2 : 1);
      at += word.text.size();
      if (!two && std::string_view("|.,()<>").find(first) == kNone) {
        Problem(word.offset, absl::StrCat("\"", word.text, "\" means nothing here"),
                "templates know names, texts in quotes, whole numbers, | . , ( ) == != < <= > >=");
      }
    }
    return word;
  }

  void ReadText(std::string_view inside, size_t& at, Word& word) {
    const char quote = inside[at++];
    word.kind = Word::Kind::kText;
    for (; at < inside.size() && inside[at] != quote; ++at) {
      char c = inside[at];
      if (c == '\\' && at + 1 < inside.size()) {
        c = inside[++at];
        c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
      }
      word.text += c;
    }
    if (at >= inside.size())
      Problem(word.offset, "the text is not closed", "it ends with the quote that it begins with");
    ++at;
  }

  const std::string_view text_;
  std::vector<TemplateProblem>& problems_;
  std::vector<Piece> pieces_;
};

}  // namespace

std::vector<Piece> CutTemplate(std::string_view text, std::vector<TemplateProblem>& problems) {
  return Cutter(text, problems).Cut();
}

}  // namespace wirewatch::templates
