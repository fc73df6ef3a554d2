// ClauseDrawing: why a watch is satisfied or not, for people. Pure.
#ifndef WIREWATCH_CLI_CLAUSE_DRAWING_H_
#define WIREWATCH_CLI_CLAUSE_DRAWING_H_

#include <string>

#include "wirewatch/v1/item.pb.h"
#include "wirewatch/v1/watch.pb.h"

namespace wirewatch::cli {

// The tree, a clause a line: `+` holds, `-` does not, `?` is unknown. With an Item, also where each word was found: the
// text, the part, and its bytes in it.
std::string DrawClauses(const v1::Clause& clause, const v1::Item* item = nullptr);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_CLAUSE_DRAWING_H_
