// How agencies sign: `(Reuters)`, `(AFP/Reuters)`, `(dpa/lno)`, `/TASS/`, `INTERFAX`. Pure functions, any thread.
#ifndef WIREWATCH_ANALYSES_DATELINE_SIGNATURE_H_
#define WIREWATCH_ANALYSES_DATELINE_SIGNATURE_H_

#include <string>
#include <vector>

#include "agencies.h"
#include "cursor.h"

namespace wirewatch::analyses {

struct FoundAgency {
  Range range;
  std::string name;    // customary
  bool known = false;  // by its name; else by its looks
};

struct Signature {
  enum class Marks { kNone, kParentheses, kSlashes } marks = Marks::kNone;
  std::vector<FoundAgency> agencies;
};

// Both move behind the signature, or stay and leave `signature` alone. Names that are not known must look like one:
// an acronym, or a word with a capital.
bool TakeSignature(Cursor& cursor, const Agencies& agencies, Signature& signature);
// A known name in capitals or of several words: others are words as well (Beta, Petra).
bool TakeBareAgency(Cursor& cursor, const Agencies& agencies, Signature& signature);

// Two to six letters, all capitals or all small: KTA, dna.
bool IsAcronym(std::string_view written);
// `acronym` shortens what stands before it, like NVIDIA (NVDA), UNITED NATIONS (UN): its letters follow in `name`, the
// first at the front.
bool Shortens(std::string_view acronym, std::string_view name);

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_DATELINE_SIGNATURE_H_
