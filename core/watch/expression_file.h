// Expressions, plans and patterns as bytes, for index files. What is read has been checked: it is a tree that Parse()
// or Translate() could have made, as far as those who evaluate it rely on that. One thread.
#ifndef WIREWATCH_WATCH_EXPRESSION_FILE_H_
#define WIREWATCH_WATCH_EXPRESSION_FILE_H_

#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "wirewatch/watch/byte_stream.h"
#include "wirewatch/watch/expression.h"
#include "wirewatch/watch/plan.h"

namespace wirewatch::watch {

void WriteExpression(const Expression& expression, ByteWriter& bytes);
// nullptr, and the reader has failed, when it is none.
std::shared_ptr<const Expression> ReadExpression(ByteReader& bytes);

void WritePattern(const TermPattern& pattern, ByteWriter& bytes);
TermPattern ReadPattern(ByteReader& bytes);

// The patterns that plans refer to, by numbers of the file.
using PatternNumbers = absl::flat_hash_map<PatternId, uint32_t>;
// Adds the patterns of a plan to `numbers`; those that are new are appended to `ids` too.
void NumberPatterns(const Plan& plan, PatternNumbers& numbers, std::vector<PatternId>& ids);

// What MakePlan() makes of words; the rest of a plan it makes again from the expression.
void WriteWords(const Plan& plan, const PatternNumbers& numbers, ByteWriter& bytes);
// The words of the next part of a plan. Each id is retained.
std::vector<Spellings> ReadWords(const std::vector<PatternId>& ids, PatternTable& patterns, ByteReader& bytes);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_EXPRESSION_FILE_H_
