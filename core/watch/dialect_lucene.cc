#include "wirewatch/watch/dialect_lucene.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/text/fold.h"
#include "wirewatch/watch/dialect_lucene_reader.h"

namespace wirewatch::watch {

Translation LuceneReader::Run() {
  Part all = ParseLevel();
  SkipSpace();
  if (at_ < query_.size()) Fail(at_, absl::StrCat("\"", std::string(1, query_[at_]), "\" was not expected here"), "");
  if (!builder_.failed() && all.node == nullptr) {
    const Stretch at = {0, static_cast<uint32_t>(query_.size())};
    all.node = all.everything ? builder_.Refuse(at, "it finds every Item", "write what to look for")
                              : builder_.Refuse(at, "there is no word in it", "");
  }
  return builder_.Finish(std::move(all.node), !options_.keep_moves);
}

// One level of parentheses: clauses side by side, each required, excluded, or neither.
LuceneReader::Part LuceneReader::ParseLevel() {
  const auto begin = static_cast<uint32_t>(at_);
  std::vector<Clause> clauses;
  bool first = true;
  if (++depth_ > kMaxDepth) Fail(at_, absl::StrCat("the query is nested more than ", kMaxDepth, " deep"), "");
  while (!builder_.failed() && SkipSpace() && query_[at_] != ')') {
    const Joint joint = TakeJoint();
    if (first && joint != Joint::kNone) Fail(at_, "AND and OR need something before them", "");
    first = false;
    // AND makes what stands before it required too: `a OR b AND c` is a +b +c, of which a only ranks.
    if (joint == Joint::kAnd && !clauses.empty() && clauses.back().occur == Occur::kShould)
      clauses.back().occur = Occur::kMust;
    Occur occur = TakeModifier();
    if (joint == Joint::kAnd && occur == Occur::kShould) occur = Occur::kMust;
    if (builder_.failed()) break;
    Part part = ParseClause();
    // What has no word in it is left out.
    if (part.node != nullptr || part.everything) clauses.push_back({occur, std::move(part)});
  }
  --depth_;
  if (builder_.failed()) return {};
  return Combine(std::move(clauses), {begin, static_cast<uint32_t>(at_)});
}

LuceneReader::Part LuceneReader::Combine(std::vector<Clause> clauses, Stretch at) {
  const auto count = [&](Occur occur) {
    return std::count_if(clauses.begin(), clauses.end(), [occur](const Clause& c) { return c.occur == occur; });
  };
  const bool required = count(Occur::kMust) > 0;
  if (!required && count(Occur::kShould) == 0) {
    if (clauses.empty()) return {};
    return {
        builder_.Refuse(at, "what only excludes finds nothing in Lucene", "write *:* before it for everything else")};
  }
  bool everything = false;
  std::vector<DialectNode> found, excluded;
  for (Clause& clause : clauses) {
    if (clause.occur == Occur::kMustNot) {
      if (clause.part.everything) return {builder_.Refuse(at, "it excludes every Item", "")};
      const uint32_t begin = clause.part.node->begin;
      excluded.push_back(builder_.Around(Operation::kNot, std::move(clause.part.node), begin));
    } else if (required && clause.occur == Occur::kShould) {
      if (clause.part.node != nullptr)
        builder_.Drop(StretchOf(*clause.part.node), "beside what is required it only ranks");
    } else if (clause.part.everything) {
      everything = true;
    } else {
      found.push_back(std::move(clause.part.node));
    }
  }
  // Everything and a is a; everything or a is everything.
  if (everything && !required) found.clear();
  if (found.empty() && excluded.empty()) return {nullptr, true};
  std::vector<DialectNode> parts;
  if (!found.empty()) parts.push_back(builder_.Join(required ? Operation::kAnd : Operation::kOr, std::move(found)));
  std::move(excluded.begin(), excluded.end(), std::back_inserter(parts));
  return {builder_.Join(Operation::kAnd, std::move(parts))};
}

bool LuceneReader::SkipSpace() {
  while (at_ < query_.size()) {
    const std::string_view rest = query_.substr(at_);
    if (rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\n' || rest[0] == '\r') {
      ++at_;
    } else if (rest.starts_with("\u3000")) {
      at_ += 3;
    } else {
      return true;
    }
  }
  return false;
}

LuceneReader::Joint LuceneReader::TakeJoint() {
  if (AcceptWord("AND") || AcceptWord("&&")) return SkipSpace(), Joint::kAnd;
  if (AcceptWord("OR") || AcceptWord("||")) return SkipSpace(), Joint::kOr;
  return Joint::kNone;
}

LuceneReader::Occur LuceneReader::TakeModifier() {
  const bool sign = at_ < query_.size() && (query_[at_] == '+' || query_[at_] == '-' || query_[at_] == '!');
  Occur occur = Occur::kShould;
  if (sign) {
    occur = query_[at_++] == '+' ? Occur::kMust : Occur::kMustNot;
  } else if (AcceptWord("NOT")) {
    occur = Occur::kMustNot;
  }
  if (!SkipSpace()) Fail(at_, "the query ends where a word or a parenthesis was expected", "");
  return occur;
}

LuceneReader::Part LuceneReader::ParseClause() {
  const auto begin = static_cast<uint32_t>(at_);
  const std::string outer = field_, outer_why = field_why_;
  if (query_.substr(at_).starts_with("*:*")) {
    at_ += 3;
    SkipBoost();
    return {nullptr, true};
  }
  if (const size_t colon = EndOfFieldName(); colon > 0) {
    const std::string name(query_.substr(at_, colon - at_));
    at_ = colon + 1;
    if (!SkipSpace()) Fail(at_, absl::StrCat("a value is missing behind ", name, ":"), "");
    if (builder_.failed()) return {};
    if (!EnterField(name)) {
      SkipValue();
      return {builder_.Refuse({begin, static_cast<uint32_t>(at_)},
                              absl::StrCat("nothing here is known by the name ", name, ":"),
                              "fields are headline, body, author, language, published, …")};
    }
  }
  Part part = ParseValue(begin);
  field_ = outer;
  field_why_ = outer_why;
  return part;
}

LuceneReader::Part LuceneReader::ParseValue(uint32_t begin) {
  const char c = query_[at_];
  if (c == '(') {
    const size_t open = at_++;
    Part inside = ParseLevel();
    if (builder_.failed()) return {};
    if (at_ >= query_.size() || query_[at_] != ')') return Fail(open, "a parenthesis without its end", ""), Part{};
    ++at_;
    if (inside.node != nullptr) {
      inside.node->begin = begin;
      inside.node->end = static_cast<uint32_t>(at_);
    }
    SkipBoost();
    return inside;
  }
  if (c == '"') return ParseQuoted(begin);
  if (c == '[' || c == '{') return ParseRange(begin);
  if (c == '/') {
    const size_t close = query_.find('/', at_ + 1);
    if (close == query_.npos) return Fail(at_, "a regular expression without its end", "put / in quotes"), Part{};
    at_ = close + 1;
    SkipBoost();
    return {builder_.Refuse({begin, static_cast<uint32_t>(at_)}, "there are no regular expressions here",
                            "write wildcards: wo?d, word*")};
  }
  return ParseTerm(begin);
}

LuceneReader::Part LuceneReader::ParseTerm(uint32_t begin) {
  const RawTerm raw = TakeTerm();
  if (raw.begin == raw.end) {
    Fail(at_, absl::StrCat("\"", std::string(1, query_[at_]), "\" was not expected here"),
         "put \\ before a sign to search for it");
    return {};
  }
  std::optional<std::string> tilde = TakeTilde();
  SkipBoost();
  if (!tilde) tilde = TakeTilde();
  const Stretch at = {begin, static_cast<uint32_t>(at_)};
  if (!InText()) return {FieldValueOf(raw.text, at)};
  if (raw.wildcards) return WildcardTerm(raw.text, at);
  if (tilde) return FuzzyTerm(raw.text, *tilde, at);
  const std::vector<std::string> tokens = LuceneTokens(raw.text);
  if (tokens.empty()) return {};
  std::vector<DialectNode> words;
  for (const std::string& token : tokens) words.push_back(builder_.Term(token, at));
  DialectNode node = Wrap(builder_.Join(Operation::kOr, std::move(words)), at);
  Judge(*node, raw.text, tokens.size() > 1 ? "Lucene takes a word of several tokens as any of them" : "");
  return {std::move(node)};
}

LuceneReader::Part LuceneReader::WildcardTerm(const std::string& text, Stretch at) {
  if (text.find_first_not_of("*?") == std::string::npos) {
    if (text == "*" && field_.empty()) return {nullptr, true};
    return {builder_.Refuse(at, "it stands for every word", "write at least one letter")};
  }
  DialectNode node = Wrap(builder_.Term(text, at), at);
  std::string letters = text;
  std::replace_if(
      letters.begin(), letters.end(), [](char c) { return c == '*' || c == '?'; }, 'x');
  const bool one_token = LuceneTokens(letters).size() == 1;
  if (one_token) {
    Judge(*node, letters, "");
  } else {
    builder_.Approximate(*node, "Lucene looks for one token with the sign in it, which its texts do not have");
  }
  return {std::move(node)};
}

LuceneReader::Part LuceneReader::FuzzyTerm(const std::string& text, const std::string& number, Stretch at) {
  const std::optional<uint32_t> edits = LuceneEdits(number, text);
  if (!edits) return {builder_.Refuse(at, "an edit distance is 1 or 2", absl::StrCat("write ", text, "~1"))};
  DialectNode word = builder_.Term(text, at);
  if (word->operation != Operation::kWord)
    return {builder_.Refuse(at, "only one plain word has an edit distance", "write word~1")};
  word->edits = *edits;
  DialectNode node = Wrap(std::move(word), at);
  if (*edits == 0) {
    Judge(*node, text, "");
  } else {
    builder_.Approximate(*node, "Lucene stops at the 50 nearest words of its index, and folds no accents");
  }
  return {std::move(node)};
}

LuceneReader::Part LuceneReader::ParseQuoted(uint32_t begin) {
  const std::optional<std::string> text = TakeQuoted();
  if (!text) return {};
  const std::optional<std::string> tilde = TakeTilde();
  SkipBoost();
  const Stretch at = {begin, static_cast<uint32_t>(at_)};
  if (!InText()) return {FieldValueOf(*text, at)};
  double slop = 0;
  if (tilde && !tilde->empty() && !absl::SimpleAtod(*tilde, &slop)) slop = 0;
  const std::vector<std::string> tokens = LuceneTokens(*text);
  if (tokens.empty()) return {};
  return Phrase(tokens, slop >= 1, static_cast<uint32_t>(std::min(slop, 1e6)), *text, at);
}

LuceneReader::Part LuceneReader::Phrase(const std::vector<std::string>& tokens, bool sloppy, uint32_t slop,
                                        const std::string& text, Stretch at) {
  constexpr uint32_t kMostBetween = 100'000, kMostSlack = 1000;
  if (tokens.size() == 1) {
    DialectNode word = Wrap(builder_.Term(tokens[0], at), at);
    Judge(*word, text, "");
    return {std::move(word)};
  }
  std::string joined;
  for (const std::string& token : tokens) absl::StrAppend(&joined, joined.empty() ? "" : " ", token);
  const bool two = tokens.size() == 2;
  if (sloppy && !options_.keep_moves && slop > (two ? kMostBetween : kMostSlack))
    return {builder_.Refuse(at, absl::StrCat("n goes up to ", two ? kMostBetween : kMostSlack), "use AND")};
  if (sloppy && !options_.keep_moves && two) {
    DialectNode node = Wrap(LuceneTwoWords(builder_, tokens, slop, at), at);
    Judge(*node, text, "");
    return {std::move(node)};
  }
  DialectNode phrase = builder_.Phrase(joined, at);
  if (sloppy && phrase->operation == Operation::kPhrase) {
    phrase->sloppy = true;
    phrase->moves = options_.keep_moves;
    phrase->number = slop;
  }
  DialectNode node = Wrap(std::move(phrase), at);
  if (sloppy && !options_.keep_moves) {
    builder_.Approximate(*node,
                         "it finds all that Lucene finds, and words in another order too, which Lucene counts as more "
                         "than the window is wider");
  } else {
    Judge(*node, text, "");
  }
  return {std::move(node)};
}

// Judges a clause in the text: accents count in Lucene, and not here.
void LuceneReader::Judge(const Expression& node, std::string_view text, std::string_view exact_because) {
  if (!options_.notes) return;
  std::string why = field_why_;
  if (text::Fold(text) != text::LowerCase(text)) why = "accents and ligatures are folded here, and not in Lucene";
  if (why.empty()) {
    builder_.ExactBecause(node, std::string(exact_because));
  } else {
    builder_.Approximate(node, std::move(why));
  }
}

Translation TranslateLucene(std::string_view query, const TranslateOptions& options) {
  return LuceneReader(query, options).Run();
}

}  // namespace wirewatch::watch
