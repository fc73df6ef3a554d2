// DialectReader: the recursive descent over the dialects with AND, OR, NOT and NEAR; one function a level of binding,
// as in parser_rep.h. Private to dialect_reader*.cc. One thread.
#ifndef WIREWATCH_WATCH_DIALECT_READER_H_
#define WIREWATCH_WATCH_DIALECT_READER_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wirewatch/watch/dialect_builder.h"
#include "wirewatch/watch/dialect_lexer.h"
#include "wirewatch/watch/dialect_rules.h"

namespace wirewatch::watch {

class DialectReader {
 public:
  DialectReader(std::string_view query, const DialectRules& rules, const TranslateOptions& options)
      : rules_(rules), builder_(query, options.notes) {}

  Translation Run(std::vector<DialectLexeme> lexemes);

 private:
  using Kind = DialectLexeme::Kind;
  // `bare`: no parentheses around it.
  struct Operand {
    DialectNode node;
    bool bare = true;
  };

  const DialectLexeme& Peek() const { return lexemes_[at_]; }
  const DialectLexeme& Take() { return lexemes_[Peek().kind == Kind::kEnd ? at_ : at_++]; }
  bool Accept(Kind kind) {
    if (Peek().kind != kind) return false;
    ++at_;
    return true;
  }
  bool StartsOperand() const;
  static Stretch At(const DialectLexeme& lexeme) { return {lexeme.begin, lexeme.end}; }
  Operand Stop() { return {builder_.Placeholder(At(Peek()))}; }

  Operand ParseOr();
  Operand ParseAnd();
  void AddBeside(std::vector<DialectNode>& parts, DialectNode next);
  Operand ParseNot();
  Operand ParseNear();
  Operand ParseAtom();
  Operand ParseGroup();
  Operand ParseField();
  uint32_t SkipValue();

  // Leaves; inside a field its rule says what becomes of a value.
  DialectNode Leaf(const DialectLexeme& lexeme);
  DialectNode Value(const FieldRule& rule, const DialectLexeme& lexeme);
  DialectNode Braces(const DialectLexeme& lexeme);
  DialectNode Plus(const DialectLexeme& sign);
  DialectNode Loose(DialectNode phrase, const DialectLexeme& tilde);
  DialectNode LooseGroup(const DialectNode& group, const DialectLexeme& tilde);

  DialectNode Window(const DialectLexeme& name, DialectNode left, DialectNode right);
  // One window, when the operands have places or are brought to it: fields outside, AND taken apart.
  DialectNode Place(Operation operation, uint32_t n, DialectNode left, DialectNode right, std::string& why);
  DialectNode PlaceInField(Operation operation, uint32_t n, const DialectNode& left, const DialectNode& right,
                           std::string& why);
  DialectNode Distribute(Operation operation, uint32_t n, const DialectNode& left, const DialectNode& right,
                         std::string& why);

  const DialectRules& rules_;
  DialectBuilder builder_;
  std::vector<DialectLexeme> lexemes_;
  size_t at_ = 0;
  uint32_t depth_ = 0;
  const FieldRule* field_ = nullptr;  // whose value is being read
};

// Whether a field that is no text takes it: words, phrases, and AND, OR, NOT of them.
bool IsValue(const Expression& expression);

// A copy, for what stands twice in a translation.
DialectNode CopyOf(const Expression& expression);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_DIALECT_READER_H_
