#include "wirewatch/watch/dialect_rules.h"

#include <unicode/uloc.h>

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"

namespace wirewatch::watch {
namespace {

constexpr std::string_view kOutletCountry = "country: is where the outlet is, as its source says";
constexpr std::string_view kAnywhereInAddress = "url: and link: find the text anywhere in an address";
constexpr std::string_view kLead = "lead: is the first paragraph, wherever the tool ends its own";
constexpr std::string_view kUndocumented = "the tool's public pages do not say how this field is compared";
constexpr std::string_view kNotKnown = "nothing is known of it for an Item";
constexpr std::string_view kFilterHint = "leave it out, or set it where alerts are routed";

constexpr FieldRule kMeltwaterFields[] = {
    {"title", FieldValue::kSame, "headline"},
    {"headline", FieldValue::kSame, "headline", kUndocumented},
    {"ingress", FieldValue::kSame, "lead", kLead},
    {"author", FieldValue::kSame, "author", kUndocumented},
    {"byline", FieldValue::kSame, "author", kUndocumented},
    {"source", FieldValue::kSame, "outlet", kUndocumented},
    {"sourcename", FieldValue::kSame, "outlet", kUndocumented},
    {"url", FieldValue::kSame, "url", kAnywhereInAddress},
    {"domain", FieldValue::kSite, "domain", kUndocumented},
    {"language", FieldValue::kLanguage, "language"},
    {"country", FieldValue::kCountry, "country", kOutletCountry},
    {"sourcecountry", FieldValue::kCountry, "country", kOutletCountry},
    {"hashtag", FieldValue::kTag, "", kUndocumented},
    {"mention", FieldValue::kHandle, "", kUndocumented},
};

constexpr FieldRule kBrandwatchFields[] = {
    {"title", FieldValue::kSame, "headline"},
    {"author", FieldValue::kSame, "author"},
    {"publication", FieldValue::kSame, "outlet"},
    {"site", FieldValue::kSite, "domain"},
    {"topleveldomain", FieldValue::kSame, "domain"},
    {"url", FieldValue::kSame, "url", kAnywhereInAddress},
    {"links", FieldValue::kSame, "link", kAnywhereInAddress},
    {"language", FieldValue::kLanguage, "language"},
    {"country", FieldValue::kCountry, "country", kOutletCountry},
    {"hashtags", FieldValue::kTag, ""},
    {"at_mentions", FieldValue::kHandle, ""},
    {"raw", FieldValue::kLetter, "", "raw: compares characters, EXACT() whole words"},
    {"continent", FieldValue::kRefused, "", kNotKnown, "write the countries: country:(de OR fr)"},
    {"region", FieldValue::kRefused, "", "its codes are the tool's own", "region: takes the label `region` of an Item"},
    {"city", FieldValue::kRefused, "", kNotKnown, "search for the city's name"},
    {"latitude", FieldValue::kRefused, "", kNotKnown, kFilterHint},
    {"longitude", FieldValue::kRefused, "", kNotKnown, kFilterHint},
    {"authorgender", FieldValue::kRefused, "", kNotKnown, kFilterHint},
    {"authorverified", FieldValue::kRefused, "", kNotKnown, kFilterHint},
    {"authorfollowers", FieldValue::kRefused, "", kNotKnown, kFilterHint},
    {"engagementtype", FieldValue::kRefused, "", kNotKnown, kFilterHint},
    {"rating", FieldValue::kRefused, "", kNotKnown, kFilterHint},
    {"minuteofday", FieldValue::kRefused, "", kNotKnown, kFilterHint},
};

constexpr FieldRule kTalkwalkerFields[] = {
    {"title", FieldValue::kSame, "headline"},
    {"content", FieldValue::kSame, "body"},
    {"author", FieldValue::kSame, "author", kUndocumented},
    {"site", FieldValue::kSite, "domain"},
    {"domainurl", FieldValue::kSite, "domain"},
    {"url", FieldValue::kSame, "url", kAnywhereInAddress},
    {"lang", FieldValue::kLanguage, "language"},
    {"sourcecountry", FieldValue::kCountry, "country", kOutletCountry},
    {"hashtag", FieldValue::kTag, "", kUndocumented},
    {"mention", FieldValue::kHandle, "", kUndocumented},
    {"sourcetype", FieldValue::kRefused, "", "its types are the tool's own",
     "type: takes the type of an Item's outlet"},
    {"published", FieldValue::kRefused, "", "its times are the tool's own", "write published>=2026-06-01"},
    {"sentiment", FieldValue::kRefused, "", kNotKnown, kFilterHint},
    {"reach", FieldValue::kRefused, "", kNotKnown, kFilterHint},
    {"engagement", FieldValue::kRefused, "", kNotKnown, kFilterHint},
};

}  // namespace

const DialectRules& RulesOf(Dialect dialect) {
  static const DialectRules meltwater = {
      .spelling = {.any_case = true},
      .bare_near = 4,
      .beside_why = "words side by side are taken as AND, which the tool's public pages do not say",
      .fields = kMeltwaterFields};
  static const DialectRules brandwatch = {
      .spelling = {.angle_comments = true, .braces = true, .minus = true},
      .mixed_why = "AND is taken before OR, which the tool's public pages do not say",
      .beside_why = "words side by side are taken as AND, which the tool's public pages do not say",
      .accent_why = "the tool finds a word with accents only as written; here accents are folded",
      .fields = kBrandwatchFields};
  static const DialectRules talkwalker = {
      .spelling = {.minus = true, .plus = true, .sentence = true},
      .near_why = "n is taken as the words between; the tool's public pages do not say what it counts",
      .mixed_why = "AND is taken before OR, which the tool's public pages do not say",
      .plus_why = "+ and ++ compare characters, EXACT() and CASE() whole words",
      .fields = kTalkwalkerFields};
  switch (dialect) {
    case Dialect::kBrandwatch:
      return brandwatch;
    case Dialect::kTalkwalker:
      return talkwalker;
    default:
      return meltwater;
  }
}

const FieldRule* FindFieldRule(const DialectRules& rules, std::string_view name) {
  const std::string lower = absl::AsciiStrToLower(std::string(name));
  const auto found =
      std::find_if(rules.fields.begin(), rules.fields.end(), [&](const FieldRule& rule) { return rule.name == lower; });
  return found == rules.fields.end() ? nullptr : &*found;
}

std::string CountryCode(std::string_view code) {
  const std::string upper = absl::AsciiStrToUpper(std::string(code));
  if (upper == "UK") return "gb";  // reserved for it, and what people write
  for (const char* const* country = uloc_getISOCountries(); *country != nullptr; ++country) {
    const std::string locale = std::string("_") + *country;
    if (upper == *country || upper == uloc_getISO3Country(locale.c_str())) return absl::AsciiStrToLower(*country);
  }
  return "";
}

}  // namespace wirewatch::watch
