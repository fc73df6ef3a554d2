#include "json_format.h"

#include <boost/json.hpp>
#include <initializer_list>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ascii.h"
#include "encoding.h"
#include "html_format.h"
#include "text_format.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::sources {
namespace {

namespace json = boost::json;

constexpr size_t kMaxDepth = 32;
constexpr size_t kMaxListed = 64;  // elements taken of one list

std::string Clean(std::string_view text) { return CleanText(text::RepairUtf8(text)); }

// A text or number as text; "" for anything else.
std::string ScalarText(const json::value& value) {
  if (const json::string* text = value.if_string()) return Clean({text->data(), text->size()});
  if (value.is_int64() || value.is_uint64() || value.is_double()) return json::serialize(value);
  return "";
}

const json::value* Member(const json::object& object, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
    if (value != nullptr && !value->is_null()) return value;
  }
  return nullptr;
}

// Text of the first of `names` that has some; of an object its "name" or "value", of a list its first element.
std::string TextOf(const json::value& value) {
  if (const json::object* object = value.if_object()) {
    const json::value* const named = Member(*object, {"name", "value", "title", "@value"});
    return named == nullptr ? "" : ScalarText(*named);
  }
  if (const json::array* list = value.if_array())
    return list->empty() || list->at(0).is_array() ? "" : TextOf(list->at(0));
  return ScalarText(value);
}
std::string Text(const json::object& object, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const json::value* value = Member(object, {name})) {
      if (std::string text = TextOf(*value); !Strip(text).empty()) return text;
    }
  }
  return "";
}

// Each element of a list, or the value itself.
template <class Visit>
void ForEach(const json::value* value, const Visit& visit) {
  if (value == nullptr) return;
  const json::array* const list = value->if_array();
  if (list == nullptr) return visit(*value);
  for (size_t i = 0; i < std::min(list->size(), kMaxListed); ++i) visit(list->at(i));
}

// The element of ninjs headlines or bodies whose role is "main", else the first.
const json::object* Main(const json::value* list) {
  const json::object* first = nullptr;
  const json::object* main = nullptr;
  ForEach(list, [&](const json::value& element) {
    const json::object* const object = element.if_object();
    if (object == nullptr) return;
    if (first == nullptr) first = object;
    if (main == nullptr && Text(*object, {"role"}) == "main") main = object;
  });
  return main == nullptr ? first : main;
}

bool LooksLikeHtml(std::string_view text) {
  return text.find("</") != std::string_view::npos || text.find("<p>") != std::string_view::npos ||
         text.find("<br") != std::string_view::npos;
}

std::string HeadlineOf(const json::object& story) {
  std::string headline;
  if (const json::object* main = Main(Member(story, {"headlines"}))) headline = Text(*main, {"value"});
  if (headline.empty()) headline = Text(story, {"headline", "title"});
  return LooksLikeHtml(headline) ? OneLine(TextOfHtml(headline)) : OneLine(headline);
}

std::string BodyOf(const json::object& story) {
  if (const json::object* main = Main(Member(story, {"bodies"}))) {
    const std::string type = Text(*main, {"contentType", "contenttype"});
    const std::string value = Text(*main, {"value"});
    if (type == "text/html" || type == "application/xhtml+xml" || (type.empty() && LooksLikeHtml(value))) {
      return TextOfHtml(value);
    }
    if (!value.empty()) return NormaliseParagraphs(value);
  }
  if (const std::string text = Text(story, {"body_text", "bodyText", "text", "body", "content", "articleBody"});
      !text.empty()) {
    return NormaliseParagraphs(text);
  }
  return TextOfHtml(Text(story, {"body_xhtml", "body_html", "bodyXhtml", "html", "content_html"}));
}

void SetPublication(const json::object& story, v1::Item& item) {
  const std::string status = Lower(Text(story, {"pubStatus", "pubstatus", "pub_status", "status"}));
  if (status == "usable") item.set_pub_status(v1::PUB_STATUS_USABLE);
  if (status == "withheld") item.set_pub_status(v1::PUB_STATUS_WITHHELD);
  if (status == "canceled" || status == "cancelled") item.set_pub_status(v1::PUB_STATUS_CANCELED);
  std::string note = Text(story, {"edNote", "ednote", "ed_note"});
  if (note.empty()) note = Text(story, {"correction"});
  item.set_ed_note(std::move(note));
  item.set_correction_of(Text(story, {"correctionOf", "correction_of", "correctionof"}));
  ForEach(Member(story, {"genres", "genre"}), [&item](const json::value& genre) {
    if (std::string name = TextOf(genre); !name.empty()) item.add_genres(std::move(name));
  });
  item.mutable_rights()->set_holder(Text(story, {"copyrightHolder", "copyrightholder"}));
  item.mutable_rights()->set_notice(Text(story, {"copyrightNotice", "copyrightnotice"}));
  item.mutable_rights()->set_usage_terms(Text(story, {"usageTerms", "usageterms"}));
  item.mutable_rights()->set_license_id(Text(story, {"license", "license_id"}));
  if (item.rights().ByteSizeLong() == 0) item.clear_rights();
}

void AddAlternateId(v1::Item& item, std::string role, std::string value) {
  if (value.empty()) return;
  v1::AlternateId& id = *item.add_alt_ids();
  id.set_role(std::move(role));
  id.set_value(std::move(value));
}

void SetIds(const json::object& story, v1::Item& item) {
  AddAlternateId(item, "uri", Text(story, {"uri"}));
  AddAlternateId(item, "guid", Text(story, {"guid"}));
  AddAlternateId(item, "id", Text(story, {"id"}));
  const json::value* const others = Member(story, {"altIds", "altids"});
  const json::object* const by_role = others == nullptr ? nullptr : others->if_object();
  if (by_role != nullptr) {
    size_t taken = 0;
    for (const auto& [role, value] : *by_role) {
      if (++taken > kMaxListed) break;
      AddAlternateId(item, Clean({role.data(), role.size()}), ScalarText(value));
    }
    return;
  }
  ForEach(others, [&item](const json::value& other) {
    if (const json::object* id = other.if_object()) AddAlternateId(item, Text(*id, {"role"}), Text(*id, {"value"}));
  });
}

void SetSources(const json::object& story, v1::Item& item) {
  ForEach(Member(story, {"infoSources", "infosources"}), [&item](const json::value& source) {
    const json::object* const object = source.if_object();
    if (object == nullptr || Text(*object, {"name"}).empty()) return;
    v1::InfoSource& added = *item.add_info_sources();
    added.set_name(Text(*object, {"name"}));
    added.set_role(Text(*object, {"role"}));
  });
  const std::string outlet = Text(story, {"outlet", "publisher", "source", "provider"});
  if (!outlet.empty()) item.mutable_outlet()->set_name(outlet);
  for (const char* name : {"domain", "country"}) {
    if (const std::string text = Text(story, {name}); !text.empty())
      SetField(name, text, absl::UTCTimeZone(), "", item);
  }
}

void SetTimes(const json::object& story, absl::TimeZone zone, v1::Item& item) {
  const auto set = [&](std::string_view field, std::initializer_list<std::string_view> names) {
    const std::string written = Text(story, names);
    return !written.empty() && SetField(field, written, zone, "json", item);
  };
  set("created", {"firstCreated", "firstcreated", "created"});
  set("version_created", {"versionCreated", "versioncreated", "modified", "dateModified"});
  set("embargoed_until", {"embargoed", "embargoed_until"});
  set("published", {"published", "date", "datePublished", "published_at", "publishedAt", "pubDate", "versionCreated",
                    "versioncreated", "firstCreated", "firstcreated"});
}

// The NewsArticle in a JSON-LD document, which may be a list or a graph.
const json::object* FindArticle(const json::value& document, int depth = 0) {
  if (depth > 4) return nullptr;
  if (const json::array* list = document.if_array()) {
    for (size_t i = 0; i < std::min(list->size(), kMaxListed); ++i) {
      if (const json::object* found = FindArticle(list->at(i), depth + 1)) return found;
    }
    return nullptr;
  }
  const json::object* const object = document.if_object();
  if (object == nullptr) return nullptr;
  if (Text(*object, {"@type"}).ends_with("Article") || Text(*object, {"@type"}) == "BlogPosting") return object;
  const json::value* const graph = Member(*object, {"@graph"});
  return graph == nullptr ? nullptr : FindArticle(*graph, depth + 1);
}

}  // namespace

absl::StatusOr<json::value> ParseJson(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  options.allow_invalid_utf8 = true;  // repaired where texts are taken out
  json::stream_parser parser({}, options);
  json::error_code error;
  const size_t read = parser.write_some(text.data(), text.size(), error);
  if (!error) parser.finish(error);
  if (!error && !Strip(text.substr(read)).empty()) error = json::make_error_code(json::error::extra_data);
  if (error) return absl::InvalidArgumentError(absl::StrCat("no JSON: ", error.message(), " at byte ", read + 1));
  return parser.release();
}

std::vector<const json::value*> StoriesIn(const json::value& document) {
  const json::value* list = &document;
  if (const json::object* object = document.if_object()) {
    const json::value* const items = Member(*object, {"items", "articles"});
    if (items == nullptr || !items->is_array()) return {&document};
    list = items;
  }
  std::vector<const json::value*> stories;
  if (const json::array* array = list->if_array()) {
    for (const json::value& story : *array) stories.push_back(&story);
    return stories;
  }
  return {list};
}

absl::Status FillFromJson(const json::value& story, absl::TimeZone zone, v1::Item& item) {
  const json::object* const object = story.if_object();
  if (object == nullptr) return absl::InvalidArgumentError("a story must be a JSON object");
  SetIds(*object, item);
  item.set_headline(HeadlineOf(*object));
  item.set_subheadline(OneLine(Text(*object, {"subheadline", "subtitle"})));
  item.set_lead(NormaliseParagraphs(Text(*object, {"lead"})));
  item.set_body(BodyOf(*object));
  if (item.body().empty()) item.set_body(NormaliseParagraphs(Text(*object, {"description_text", "summary"})));
  if (item.headline().empty() && item.body().empty()) {
    return absl::InvalidArgumentError("the story has neither headline nor text");
  }
  item.set_by(OneLine(Text(*object, {"by", "byline", "author", "bylines"})));
  item.set_located(OneLine(Text(*object, {"located"})));
  item.set_slugline(OneLine(Text(*object, {"slugline"})));
  item.set_url(Text(*object, {"url", "link"}));
  item.set_canonical_url(Text(*object, {"canonical_url", "canonicalUrl"}));
  if (const std::string tag = Text(*object, {"language", "lang"}); !tag.empty()) {
    SetField("language", tag, zone, "json", item);
  }
  if (const std::string urgency = Text(*object, {"urgency"}); !urgency.empty()) {
    SetField("urgency", urgency, zone, "json", item);
  }
  SetPublication(*object, item);
  SetSources(*object, item);
  SetTimes(*object, zone, item);
  item.mutable_extraction()->set_method("json");
  item.mutable_extraction()->set_confidence(1);
  item.set_completeness(item.body().empty() ? v1::COMPLETENESS_HEADLINE : v1::COMPLETENESS_FULL);
  return absl::OkStatus();
}

void FillFromLinkedData(std::string_view text, v1::Item& item) {
  const absl::StatusOr<json::value> document = ParseJson(text);
  if (!document.ok()) return;
  const json::object* const article = FindArticle(*document);
  if (article == nullptr) return;
  if (item.headline().empty()) item.set_headline(OneLine(Text(*article, {"headline", "name"})));
  if (item.by().empty()) item.set_by(OneLine(Text(*article, {"author", "creator"})));
  if (const std::string name = Text(*article, {"publisher"}); !name.empty()) item.mutable_outlet()->set_name(name);
  const absl::TimeZone zone = absl::UTCTimeZone();
  if (const std::string time = Text(*article, {"datePublished"}); !time.empty() && !item.has_published()) {
    SetField("published", time, zone, "json-ld", item);
  }
  if (const std::string time = Text(*article, {"dateModified"}); !time.empty() && !item.has_version_created()) {
    SetField("version_created", time, zone, "json-ld", item);
  }
  if (const std::string tag = Text(*article, {"inLanguage"}); !tag.empty() && !item.has_language()) {
    SetField("language", tag, zone, "json-ld", item);
  }
}

}  // namespace wirewatch::sources
