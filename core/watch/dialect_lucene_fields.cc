// Characters, fields and ranges of Lucene's syntax.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "wirewatch/watch/dialect_lucene_reader.h"

namespace wirewatch::watch {
namespace {

constexpr std::string_view kTermEnds = " \t\n\r!():^[]\"{}~*?\\/";

// Fields that indexes of news commonly have, and ours.
constexpr std::pair<std::string_view, std::string_view> kNames[] = {
    {"title", "headline"}, {"text", ""},       {"content", "body"},   {"description", "lead"}, {"lang", "language"},
    {"source", "outlet"},  {"site", "domain"}, {"date", "published"}, {"tags", "topic"}};

// The next one or the one before of a year, a month or a day; "" for a time of day, which has none.
template <typename Civil>
std::string Step(const std::string& text, int step) {
  Civil civil;
  return absl::ParseCivilTime(text, &civil) ? absl::FormatCivilTime(civil + step) : "";
}
std::string DateBeside(const std::string& date, int step) {
  switch (date.size()) {
    case 4:
      return Step<absl::CivilYear>(date, step);
    case 7:
      return Step<absl::CivilMonth>(date, step);
    case 10:
      return Step<absl::CivilDay>(date, step);
    default:
      return "";
  }
}

}  // namespace

bool LuceneReader::EnterField(const std::string& name) {
  const auto* const known =
      std::find_if(std::begin(kNames), std::end(kNames), [&](const auto& field) { return field.first == name; });
  if (known != std::end(kNames)) {
    field_ = std::string(known->second);
    field_why_ =
        absl::StrCat("the index's ", name, ": is taken as ", field_.empty() ? "the text" : absl::StrCat(field_, ":"));
    return true;
  }
  const FieldInfo* info = FindField(name);
  if (info == nullptr || info->kind == FieldKind::kAnnotation) return false;
  field_ = name;
  field_why_.clear();
  return true;
}

bool LuceneReader::InText() const { return field_.empty() || FindField(field_)->kind == FieldKind::kText; }

DialectNode LuceneReader::Wrap(DialectNode node, Stretch at) {
  if (field_.empty()) return node;
  const uint32_t end = at.end;
  node = builder_.Field(field_, std::move(node), at.begin);
  node->end = end;
  return node;
}

// One value of a field that is no text.
DialectNode LuceneReader::FieldValueOf(const std::string& text, Stretch at) {
  const FieldKind kind = FindField(field_)->kind;
  DialectNode node;
  if (kind == FieldKind::kItem) {
    node = Wrap(builder_.Term(text, at), at);
  } else {
    node = RangeOf(text, text, false, false, at);
  }
  builder_.Judge(*node, field_why_);
  return node;
}

LuceneReader::Part LuceneReader::ParseRange(uint32_t begin) {
  const size_t open = at_;
  const bool low_open = query_[at_++] == '{';
  const std::optional<std::string> low = TakeBound(" \t\r\n");
  const bool to = low && SkipSpace() && AcceptWord("TO");
  const std::optional<std::string> high = to ? TakeBound(" \t\r\n]}") : std::nullopt;
  if (!high || !SkipSpace() || (query_[at_] != ']' && query_[at_] != '}'))
    return Fail(open, "a range is written [a TO b] or {a TO b}", "* leaves an end open"), Part{};
  const bool high_open = query_[at_++] == '}';
  SkipBoost();
  const Stretch at = {begin, static_cast<uint32_t>(at_)};
  if (InText()) return {builder_.Refuse(at, "words have no ranges here", "write the words with OR, or a wildcard")};
  if (FindField(field_)->kind == FieldKind::kItem)
    return {builder_.Refuse(at, absl::StrCat(field_, ": has no order"), "write the values with OR")};
  DialectNode node = RangeOf(*low, *high, low_open, high_open, at);
  builder_.Judge(*node, field_why_);
  return {std::move(node)};
}

DialectNode LuceneReader::RangeOf(const std::string& low, const std::string& high, bool low_open, bool high_open,
                                  Stretch at) {
  const std::optional<std::string> from = Bound(low, low_open, 1);
  const std::optional<std::string> to = Bound(high, high_open, -1);
  const bool dates = FindField(field_)->kind == FieldKind::kDate;
  if (!from || !to) {
    return builder_.Refuse(at, dates ? "it is no day, month or year" : "it is no whole number",
                           dates ? "write [2026-06-01 TO 2026-06-30]" : "write [100 TO 500]");
  }
  if (from->empty() && to->empty()) return builder_.Refuse(at, "it takes every value", "leave it out");
  DialectNode node = builder_.Make(Operation::kRange, at);
  node->name = field_;
  node->low = *from;
  node->high = *to;
  return node;
}

// An end of a range in our spelling, the next one inside when it is itself outside; "" for an open end.
std::optional<std::string> LuceneReader::Bound(const std::string& text, bool open, int step) const {
  if (text == "*") return "";
  if (FindField(field_)->kind == FieldKind::kDate) {
    std::string date = LuceneDate(text);
    if (open) date = DateBeside(date, step);
    if (date.empty()) return std::nullopt;
    return date;
  }
  uint32_t number = 0;
  if (!absl::SimpleAtoi(text, &number) || (open && step < 0 && number == 0)) return std::nullopt;
  return std::to_string(open ? static_cast<int64_t>(number) + step : number);
}

bool LuceneReader::IsTermChar(size_t at, bool first) const {
  if (at >= query_.size()) return false;
  const std::string_view here = query_.substr(at);
  if (here[0] == '*' || here[0] == '?' || here[0] == '\\') return true;
  if (kTermEnds.find(here[0]) != kTermEnds.npos || here.starts_with("\u3000")) return false;
  return !first || (here[0] != '+' && here[0] != '-');
}

// A word by itself, such as AND.
bool LuceneReader::AcceptWord(std::string_view word) {
  if (!query_.substr(at_).starts_with(word) || IsTermChar(at_ + word.size(), false)) return false;
  at_ += word.size();
  return true;
}

size_t LuceneReader::EndOfFieldName() const {
  size_t at = at_;
  while (IsTermChar(at, at == at_) && query_[at] != '\\' && query_[at] != '*' && query_[at] != '?') ++at;
  return at > at_ && at < query_.size() && query_[at] == ':' ? at : 0;
}

LuceneReader::RawTerm LuceneReader::TakeTerm() {
  RawTerm term;
  term.begin = at_;
  while (IsTermChar(at_, at_ == term.begin)) {
    const char c = query_[at_];
    if (c == '\\') {
      if (at_ + 1 >= query_.size()) {
        Fail(at_, "\\ at the end of the query", "write \\\\ for the sign itself");
        break;
      }
      // A sign that is no letter of a word parts words, in Lucene's analysis as here.
      const char escaped = query_[at_ + 1];
      term.text += escaped == '*' || escaped == '?' ? ' ' : escaped;
      at_ += 2;
      continue;
    }
    term.wildcards = term.wildcards || c == '*' || c == '?';
    term.text += c;
    ++at_;
  }
  term.end = at_;
  return term;
}

std::optional<std::string> LuceneReader::TakeQuoted() {
  const size_t open = at_++;
  std::string text;
  while (at_ < query_.size() && query_[at_] != '"') {
    if (query_[at_] == '\\' && at_ + 1 < query_.size()) ++at_;
    text += query_[at_++];
  }
  if (at_ >= query_.size()) return Fail(open, "a phrase without its closing quote", "close it with \""), std::nullopt;
  ++at_;
  return text;
}

std::optional<std::string> LuceneReader::TakeTilde() {
  if (at_ >= query_.size() || query_[at_] != '~') return std::nullopt;
  const size_t begin = ++at_;
  while (at_ < query_.size() && (absl::ascii_isdigit(static_cast<unsigned char>(query_[at_])) || query_[at_] == '.'))
    ++at_;
  return std::string(query_.substr(begin, at_ - begin));
}

std::optional<std::string> LuceneReader::TakeBound(std::string_view last) {
  if (!SkipSpace()) return std::nullopt;
  if (query_[at_] == '"') return TakeQuoted();
  const size_t begin = at_;
  at_ = std::min(query_.find_first_of(last, at_), query_.size());
  if (at_ == begin) return std::nullopt;
  return std::string(query_.substr(begin, at_ - begin));
}

// How much it counts when hits are ranked: nothing that decides whether it is one.
void LuceneReader::SkipBoost() {
  if (at_ >= query_.size() || query_[at_] != '^') return;
  const size_t begin = ++at_;
  while (at_ < query_.size() && (absl::ascii_isdigit(static_cast<unsigned char>(query_[at_])) || query_[at_] == '.'))
    ++at_;
  if (at_ == begin) Fail(begin - 1, "^ without a number", "");
}

// Past the value of a field that is refused.
void LuceneReader::SkipValue() {
  int open = 0;
  do {
    if (!SkipSpace() || (query_[at_] == ')' && open == 0)) return;
    const char c = query_[at_];
    if (c == '"') {
      TakeQuoted();
    } else if (c == '[' || c == '{') {
      at_ = std::min(query_.find_first_of("]}", at_), query_.size() - 1) + 1;
    } else if (c == '/') {
      at_ = std::min(query_.find('/', at_ + 1), query_.size() - 1) + 1;
    } else if (c == '(' || c == ')') {
      open += c == '(' ? 1 : -1;
      ++at_;
    } else if (const RawTerm term = TakeTerm(); term.begin == term.end) {
      ++at_;  // a sign between clauses of a group
    }
  } while (open > 0 && !builder_.failed());
  TakeTilde();
  SkipBoost();
}

}  // namespace wirewatch::watch
