// Cuts a template into its text, its tags and the words in them. For the parser alone.
#ifndef WIREWATCH_TEMPLATES_LEXER_H_
#define WIREWATCH_TEMPLATES_LEXER_H_

#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/templates/template.h"

namespace wirewatch::templates {

struct Word {
  enum class Kind { kName, kNumber, kText, kSign, kEnd };
  Kind kind = Kind::kEnd;
  std::string text = {};  // of kText without quotes, escapes resolved
  size_t offset = 0;
};

struct Piece {
  enum class Kind { kText, kValue, kTag };
  Kind kind = Kind::kText;
  std::string text = {};         // of kText
  std::vector<Word> words = {};  // of the others; the last is kEnd
  size_t offset = 0;
};

// Comments are left out, as is what surrounds tags that stand alone on their lines. Stops at the first problem.
std::vector<Piece> CutTemplate(std::string_view text, std::vector<TemplateProblem>& problems);

}  // namespace wirewatch::templates

#endif  // WIREWATCH_TEMPLATES_LEXER_H_
