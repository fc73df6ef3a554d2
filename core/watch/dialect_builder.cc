#include "wirewatch/watch/dialect_builder.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/watch/lexer.h"

namespace wirewatch::watch {
namespace {

constexpr std::string_view kReserved[] = {"AND",  "OR",    "NOT",  "NEAR",  "ONEAR",   "SENT", "PARA",
                                          "TO",   "NOTIN", "LIST", "CASE",  "NOTNEAR", "STEM", "ATLEAST",
                                          "SAID", "MIN",   "LEAD", "SCORE", "FIRST",   "EXACT"};

// Whether the watch language reads the text as this one word, wherever it stands.
bool IsPlainWord(std::string_view text) {
  // Names are in capitals alone, and nothing else that is lexed as more than a word is without signs.
  const auto is_letter = [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); };
  const auto is_capital = [](char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); };
  if (!text.empty() && !is_capital(text[0]) && std::all_of(text.begin(), text.end(), is_letter)) return true;
  const std::string_view name = text.substr(0, text.find('/'));
  if (std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved)) return false;
  const auto lexed = Lex(text);
  const auto* lexemes = std::get_if<std::vector<Lexeme>>(&lexed);
  return lexemes != nullptr && lexemes->size() == 2 && lexemes->front().kind == Lexeme::Kind::kWord &&
         lexemes->front().text == text;
}

// What the watch language takes for a quotation mark inside a phrase would end it.
std::string WithoutQuotes(std::string_view text) {
  std::string plain(text);
  for (const std::string_view quote : {"\"", "“", "”", "„", "«", "»"}) {
    for (size_t at = 0; (at = plain.find(quote, at)) != std::string::npos;) plain.replace(at, quote.size(), " ");
  }
  return plain;
}

}  // namespace

DialectNode DialectBuilder::Make(Operation operation, Stretch at) {
  if (++parts_ > kMaxParts)
    Fail(at.begin, absl::StrCat("the query has more than ", kMaxParts, " parts"), "split it into several watches");
  DialectNode node = std::make_shared<Expression>();
  node->operation = operation;
  node->begin = at.begin;
  node->end = at.end;
  return node;
}

DialectNode DialectBuilder::Join(Operation operation, std::vector<DialectNode> parts) {
  if (parts.size() == 1) return std::move(parts[0]);
  DialectNode all = Make(operation, {parts[0]->begin, parts[0]->end});
  for (DialectNode& part : parts) {
    all->begin = std::min(all->begin, part->begin);
    all->end = std::max(all->end, part->end);
    if (part->operation != operation) {
      all->operands.push_back(std::move(part));
    } else {
      std::move(part->operands.begin(), part->operands.end(), std::back_inserter(all->operands));
    }
  }
  return all;
}

DialectNode DialectBuilder::Around(Operation operation, DialectNode operand, uint32_t begin) {
  DialectNode node = Make(operation, {begin, operand->end});
  node->operands.push_back(std::move(operand));
  return node;
}

DialectNode DialectBuilder::Field(std::string_view name, DialectNode operand, uint32_t begin) {
  DialectNode node = Around(Operation::kField, std::move(operand), begin);
  node->name = std::string(name);
  return node;
}

DialectNode DialectBuilder::Window(Operation operation, uint32_t n, DialectNode left, DialectNode right) {
  DialectNode node = Make(operation, {std::min(left->begin, right->begin), std::max(left->end, right->end)});
  node->number = n;
  node->operands.push_back(std::move(left));
  node->operands.push_back(std::move(right));
  return node;
}

DialectNode DialectBuilder::Term(std::string_view text, Stretch at) {
  if (!IsPlainWord(text)) return Phrase(text, at);
  if (text.find_first_not_of("*?") == text.npos)
    return Refuse(at, "it stands for every word", "write at least one letter");
  DialectNode word = Make(Operation::kWord, at);
  word->text = std::string(text);
  return word;
}

DialectNode DialectBuilder::Phrase(std::string_view text, Stretch at) {
  const std::string plain = WithoutQuotes(text);
  DialectNode phrase = Make(Operation::kPhrase, at);
  for (size_t begin = 0; (begin = plain.find_first_not_of(" \t\r\n", begin)) != std::string::npos;) {
    const size_t end = std::min(plain.find_first_of(" \t\r\n", begin), plain.size());
    DialectNode word = Make(Operation::kWord, at);
    word->text = plain.substr(begin, end - begin);
    phrase->operands.push_back(std::move(word));
    begin = end;
  }
  if (phrase->operands.empty()) return Refuse(at, "there is no word in it", "");
  return phrase;
}

DialectNode DialectBuilder::Placeholder(Stretch at) {
  DialectNode word = Make(Operation::kWord, at);
  word->text = "refused";
  return word;
}

void DialectBuilder::Note(ClauseKind kind, Stretch at, const Expression& became, std::string why) {
  if (!keeps_notes_) return;
  // What holds a refused part has been reported by that part.
  const auto refused = [](const ClauseNote& note) { return note.kind == ClauseKind::kRefused; };
  if (std::any_of(NotesFrom(at.begin), notes_.end(), refused)) return;
  notes_.push_back({at.begin, at.end, kind, Written(at), Print(became), std::move(why), ""});
}

std::vector<ClauseNote>::iterator DialectBuilder::NotesFrom(uint32_t begin) {
  auto first = notes_.end();
  while (first != notes_.begin() && std::prev(first)->begin >= begin) --first;
  return first;
}

void DialectBuilder::Absorb(Stretch at) {
  const auto exact = [](const ClauseNote& note) { return note.kind == ClauseKind::kExact; };
  notes_.erase(std::remove_if(NotesFrom(at.begin), notes_.end(), exact), notes_.end());
}

void DialectBuilder::Drop(Stretch at, std::string why) {
  const auto before = [](const ClauseNote& note, uint32_t begin) { return note.begin < begin; };
  const auto first = std::lower_bound(notes_.begin(), notes_.end(), at.begin, before);
  const auto last = std::lower_bound(first, notes_.end(), at.end, before);
  const auto refused = [](const ClauseNote& note) { return note.kind == ClauseKind::kRefused; };
  if (first == last || std::any_of(first, last, refused)) return;
  *first = {at.begin, at.end, ClauseKind::kExact, Written(at), "", std::move(why), ""};
  if (last - first > 1) notes_.erase(first + 1, last);
}

void DialectBuilder::Charge(uint64_t parts, uint32_t offset) {
  if (parts_ + parts > kMaxParts) {
    Fail(offset, absl::StrCat("the query would have more than ", kMaxParts, " parts"), "split it into several watches");
  } else {
    parts_ += static_cast<uint32_t>(parts);
  }
}

DialectNode DialectBuilder::Refuse(Stretch at, std::string why, std::string hint) {
  notes_.erase(NotesFrom(at.begin), notes_.end());
  notes_.push_back({at.begin, at.end, ClauseKind::kRefused, Written(at), "", std::move(why), std::move(hint)});
  return Placeholder(at);
}

void DialectBuilder::Fail(uint32_t offset, std::string message, std::string hint) {
  if (!error_) error_ = QueryError{offset, std::move(message), std::move(hint)};
}

Translation DialectBuilder::Finish(DialectNode tree, bool readable) {
  Translation translation;
  std::stable_sort(notes_.begin(), notes_.end(), [](const ClauseNote& a, const ClauseNote& b) {
    return std::pair(a.begin, b.end) < std::pair(b.begin, a.end);
  });
  const auto refused = std::find_if(notes_.begin(), notes_.end(),
                                    [](const ClauseNote& note) { return note.kind == ClauseKind::kRefused; });
  const bool from_clause = !error_ && refused != notes_.end();
  if (from_clause) {
    error_ = QueryError{refused->begin, absl::StrCat(refused->written, " is refused: ", refused->why), refused->hint};
  }
  translation.clauses = std::move(notes_);
  if (!error_) {
    if (keeps_notes_ || readable) translation.normal_form = Print(*tree);
    if (readable) {
      // What is longer or deeper in the normal form than it was as written.
      const auto read = Parse(translation.normal_form);
      if (const auto* error = std::get_if<QueryError>(&read)) error_ = QueryError{0, error->message, error->hint};
    }
  }
  translation.unreadable = error_.has_value() && !from_clause;
  if (error_ || !keeps_notes_) translation.normal_form.clear();
  if (error_) {
    translation.error = std::move(error_);
  } else {
    translation.expression = std::move(tree);
  }
  return translation;
}

}  // namespace wirewatch::watch
