// What speaks for a dateline beyond its own marks. Pure functions, any thread.
#ifndef WIREWATCH_ANALYSES_DATELINE_EVIDENCE_H_
#define WIREWATCH_ANALYSES_DATELINE_EVIDENCE_H_

#include <string_view>

#include "scanner.h"

namespace wirewatch::analyses {

// What says that a name is a place's, the strongest last.
enum class Support { kNone, kInText, kRegion, kKnownCity, kLocated };

// `region`: a state or country is written behind the place. `rest`: the text behind the dateline.
Support SupportOf(std::string_view place, bool region, const Story& story, std::string_view rest);

// The paragraph may stand before the dateline and says nothing that a watch must see: the Item's headline once more, a
// byline, a date, a note in parentheses.
bool MayStandBefore(std::string_view paragraph, const Story& story);

// The text behind a dateline without agency begins as a sentence does.
bool BeginsSentence(std::string_view line);

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_DATELINE_EVIDENCE_H_
