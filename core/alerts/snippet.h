// Snippets: which stretch of an Item's text shows why it was found, and how that is written on one line with the
// matches marked. The choice is made once, as offsets; the text is cut when it is shown. Stateless; any thread.
#ifndef WIREWATCH_ALERTS_SNIPPET_H_
#define WIREWATCH_ALERTS_SNIPPET_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/repeated_ptr_field.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/v1/span.pb.h"

namespace wirewatch::alerts {

using Spans = google::protobuf::RepeatedPtrField<v1::Span>;

// Unicode characters that sentences are put together to, and those that one sentence may have.
inline constexpr size_t kSnippetChars = 200, kLongestSnippet = 300;

// The text that a span points into; nullopt when the Item has no such part.
std::optional<std::string_view> PartText(const v1::Item& item, v1::Part part, uint32_t part_index);

// The bytes of a span; empty when it does not lie in the Item's text.
std::string_view SpanText(const v1::Item& item, const v1::Span& span);

// The sentences around the first match that is not in the headline (which is shown anyway), else around the first
// match, and around neighbouring matches where they fit. Further sentences are added up to kSnippetChars characters;
// those of the match are cut at word boundaries, to kSnippetChars, when they have more than `most`. Never more than
// `most`. Without usable match: the beginning of the body. Empty (PART_UNSPECIFIED) when there is no text.
v1::Span ChooseSnippet(const v1::Item& item, const Spans& matches, size_t most = kLongestSnippet);

struct Snippet {
  std::string text;
  // Byte offsets into `text`, half open, ascending, not overlapping.
  std::vector<v1::Span> highlights;
};

// The stretch on one line: runs of white space and control characters become one space, "…" stands where it was cut.
Snippet CutSnippet(const v1::Item& item, const v1::Span& stretch, const Spans& matches);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_SNIPPET_H_
