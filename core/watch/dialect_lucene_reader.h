// LuceneReader: the descent over Lucene's classic syntax. Private to dialect_lucene*.cc. One thread.
#ifndef WIREWATCH_WATCH_DIALECT_LUCENE_READER_H_
#define WIREWATCH_WATCH_DIALECT_LUCENE_READER_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wirewatch/watch/dialect_builder.h"
#include "wirewatch/watch/dialect_lucene.h"

namespace wirewatch::watch {

class LuceneReader {
 public:
  LuceneReader(std::string_view query, const TranslateOptions& options)
      : query_(query), options_(options), builder_(query, options.notes) {}

  Translation Run();

 private:
  // What a clause finds. Neither: it has no word in it, and Lucene leaves it out.
  struct Part {
    DialectNode node = {};
    bool everything = false;  // *:*
  };
  enum class Occur : uint8_t { kShould, kMust, kMustNot };
  enum class Joint : uint8_t { kNone, kAnd, kOr };
  struct Clause {
    Occur occur;
    Part part;
  };
  struct RawTerm {
    std::string text;  // without escapes
    bool wildcards = false;
    size_t begin = 0, end = 0;
  };

  Part ParseLevel();
  Part Combine(std::vector<Clause> clauses, Stretch at);
  Joint TakeJoint();
  Occur TakeModifier();
  Part ParseClause();
  Part ParseValue(uint32_t begin);
  Part ParseTerm(uint32_t begin);
  Part WildcardTerm(const std::string& text, Stretch at);
  Part FuzzyTerm(const std::string& text, const std::string& number, Stretch at);
  Part ParseQuoted(uint32_t begin);
  Part Phrase(const std::vector<std::string>& tokens, bool sloppy, uint32_t slop, const std::string& text, Stretch at);
  Part ParseRange(uint32_t begin);
  DialectNode RangeOf(const std::string& low, const std::string& high, bool low_open, bool high_open, Stretch at);
  std::optional<std::string> Bound(const std::string& text, bool open, int step) const;

  // The field of what is being read; false when nothing here is known by that name.
  bool EnterField(const std::string& name);
  bool InText() const;
  DialectNode FieldValueOf(const std::string& text, Stretch at);
  DialectNode Wrap(DialectNode node, Stretch at);
  void Judge(const Expression& node, std::string_view text, std::string_view exact_because);

  bool SkipSpace();  // false at the end
  void SkipBoost();
  void SkipValue();
  bool AcceptWord(std::string_view word);
  bool IsTermChar(size_t at, bool first) const;
  size_t EndOfFieldName() const;  // where its colon is; 0: there is none
  RawTerm TakeTerm();
  std::optional<std::string> TakeQuoted();
  std::optional<std::string> TakeTilde();
  std::optional<std::string> TakeBound(std::string_view last);
  void Fail(size_t at, std::string message, std::string hint) {
    builder_.Fail(static_cast<uint32_t>(at), std::move(message), std::move(hint));
  }

  std::string_view query_;
  TranslateOptions options_;
  DialectBuilder builder_;
  size_t at_ = 0;
  uint32_t depth_ = 0;
  std::string field_ = {};      // ours; "" in the text
  std::string field_why_ = {};  // why it is approximate
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_DIALECT_LUCENE_READER_H_
