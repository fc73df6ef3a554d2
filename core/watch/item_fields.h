// The values of an Item's fields, as queries see them. Pure functions; any thread.
#ifndef WIREWATCH_WATCH_ITEM_FIELDS_H_
#define WIREWATCH_WATCH_ITEM_FIELDS_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/watch/expression.h"
#include "wirewatch/watch/pooled.h"
#include "wirewatch/watch/view.h"

namespace wirewatch::watch {

// Codes (language, country, domain, url, link, type, region, place-within) are compared whole, folded; other values are
// searched as texts.
bool IsCodeField(std::string_view field);

// The values of one field, without empty ones. Views into the Item.
List<std::string_view> ValuesOf(const v1::Item& item, std::string_view field);

// Whether the Item says which language it is in.
bool LanguageIsKnown(const v1::Item& item);

// Whether annotations of a name ("quotes") are known: the Item has some, or a step has looked for them and says so by
// Provenance.produced. What is not known is unknown to every clause that reads it.
bool IsKnown(const v1::Item& item, std::string_view annotation);

// What a word or phrase is compared with codes as, folded; may have wildcards.
std::string CodeOf(const Expression& wanted);

// Whether one of a value's codes satisfies words, phrases, AND, OR, NOT and LISTs of these. `language:en` takes en-GB;
// a domain takes its subdomains; an address takes what stands in it; all take wildcards.
bool MatchesCode(const Expression& wanted, std::string_view field, std::span<const std::string> codes);

// Whether a word or phrase is one of a value's URIs or codes as a whole.
bool IsOneOf(const Expression& wanted, std::span<const std::string> ids);

// How many words it has: as it says, else those that are indexed, captions left out.
uint32_t WordsOf(const View& view);

// When the Item was published, as far as that can be trusted. A whole day is that day in `timezone`.
std::optional<absl::Time> PublishedTime(const v1::Item& item, absl::TimeZone timezone);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_ITEM_FIELDS_H_
