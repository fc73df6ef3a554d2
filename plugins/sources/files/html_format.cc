#include "html_format.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ascii.h"
#include "dates.h"
#include "html_tree.h"
#include "json_format.h"
#include "text_format.h"

namespace wirewatch::sources {
namespace {

// Less text than this in its paragraphs, and a part of a page is not taken for the story.
constexpr size_t kLeastStoryBytes = 140;
constexpr int kMaxLinks = 200;

// What a page says of itself. The first that says something wins.
struct PageFacts {
  std::map<std::string, std::string, std::less<>> meta;  // by name or property, lower case
  std::string title, heading, canonical, language, time;
  v1::Item linked_data;  // of schema.org
};

bool IsHidden(const xmlNode& element) {
  static constexpr std::array<std::string_view, 6> kTags{"nav", "footer", "aside", "form", "menu", "dialog"};
  if (std::find(kTags.begin(), kTags.end(), NameOf(element)) != kTags.end()) return true;
  if (xmlHasProp(&element, reinterpret_cast<const xmlChar*>("hidden")) != nullptr) return true;
  if (AttributeOf(element, "aria-hidden") == "true" || AttributeOf(element, "role") == "navigation") return true;
  const std::string marks = Lower(AttributeOf(element, "class") + " " + AttributeOf(element, "id"));
  static constexpr std::array<std::string_view, 13> kMarks{
      "comment",    "share",  "sharing", "related",   "newsletter", "advert",   "cookie",
      "breadcrumb", "social", "promo",   "subscribe", "sidebar",    "kommentar"};
  return std::any_of(kMarks.begin(), kMarks.end(),
                     [&](std::string_view mark) { return marks.find(mark) != std::string::npos; });
}

bool IsParagraph(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kTags{"p", "h2", "h3", "h4", "li", "blockquote", "pre", "dd", "dt"};
  return std::find(kTags.begin(), kTags.end(), name) != kTags.end();
}

// The paragraphs of a part of the page, parted by empty lines.
std::string StoryOf(const xmlNode& part) {
  std::string story;
  VisitElements(&part, [&story](const xmlNode& element) {
    if (IsHidden(element)) return false;
    if (!IsParagraph(NameOf(element))) return true;
    // A quotation holds paragraphs of its own, a list item may.
    const std::string text = ParagraphsOf(element, IsHidden);
    if (!text.empty()) story.append(story.empty() ? "" : "\n\n").append(text);
    return false;
  });
  return story;
}

void ReadLinkedData(const xmlNode& script, v1::Item& item) {
  std::string text;
  for (const xmlNode* child = script.children; child != nullptr; child = child->next) {
    if (child->content != nullptr) text += reinterpret_cast<const char*>(child->content);
  }
  FillFromLinkedData(text, item);
}

PageFacts ReadFacts(const xmlNode* root) {
  PageFacts facts;
  if (root != nullptr) facts.language = AttributeOf(*root, "lang");
  VisitElements(root, [&facts](const xmlNode& element) {
    const std::string_view name = NameOf(element);
    if (name == "meta") {
      std::string key = AttributeOf(element, "property");
      if (key.empty()) key = AttributeOf(element, "name");
      if (!key.empty()) facts.meta.emplace(Lower(key), AttributeOf(element, "content"));
    } else if (name == "title" && facts.title.empty()) {
      facts.title = TextLineOf(element);
    } else if (name == "h1" && facts.heading.empty()) {
      facts.heading = TextLineOf(element);
    } else if (name == "link" && Lower(AttributeOf(element, "rel")) == "canonical" && facts.canonical.empty()) {
      facts.canonical = AttributeOf(element, "href");
    } else if (name == "time" && facts.time.empty()) {
      facts.time = AttributeOf(element, "datetime");
    } else if (name == "script" && Lower(AttributeOf(element, "type")) == "application/ld+json") {
      ReadLinkedData(element, facts.linked_data);
    }
    return true;
  });
  return facts;
}

std::string Meta(const PageFacts& facts, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto found = facts.meta.find(name);
    if (found != facts.meta.end() && !found->second.empty()) return found->second;
  }
  return "";
}

bool IsWebAddress(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }

const std::string& FirstOf(const std::string& a, const std::string& b) { return a.empty() ? b : a; }

void FillFacts(const PageFacts& facts, absl::TimeZone zone, v1::Item& item) {
  item.MergeFrom(facts.linked_data);
  if (item.headline().empty()) {
    const std::string shared = Meta(facts, {"og:title", "twitter:title"});
    item.set_headline(FirstOf(facts.heading, FirstOf(shared, facts.title)));
  }
  if (item.by().empty()) item.set_by(Meta(facts, {"author", "article:author", "dc.creator", "byl"}));
  if (IsWebAddress(item.by())) item.clear_by();
  if (item.outlet().name().empty()) {
    const std::string site = Meta(facts, {"og:site_name", "application-name"});
    if (!site.empty()) item.mutable_outlet()->set_name(site);
  }
  const std::string language = FirstOf(facts.language, Meta(facts, {"language", "og:locale", "content-language"}));
  if (!item.has_language() && !language.empty()) SetField("language", language, zone, "html", item);
  if (IsWebAddress(facts.canonical)) item.set_canonical_url(facts.canonical);
  if (const std::string url = Meta(facts, {"og:url"}); IsWebAddress(url) && item.url().empty()) item.set_url(url);
  if (!item.has_published()) {
    for (const std::string& written :
         {Meta(facts, {"article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "pubdate",
                       "dcterms.created", "parsely-pub-date"}),
          facts.time}) {
      if (!written.empty() && SetField("published", written, zone, "meta", item)) break;
    }
  }
  const std::string modified = Meta(facts, {"article:modified_time", "datemodified", "last-modified"});
  if (!item.has_version_created() && !modified.empty()) SetField("version_created", modified, zone, "meta", item);
}

void AddLinks(const xmlNode& part, v1::Item& item) {
  VisitElements(&part, [&item](const xmlNode& element) {
    if (IsHidden(element) || item.links_size() >= kMaxLinks) return false;
    if (NameOf(element) != "a") return true;
    const std::string url = AttributeOf(element, "href");
    if (!IsWebAddress(url)) return true;
    v1::Link& link = *item.add_links();
    link.set_url(url);
    link.set_rel(AttributeOf(element, "rel"));
    return true;
  });
}

struct Story {
  const xmlNode* part = nullptr;
  std::string text;
  float confidence = 0;
};

Story FindStory(const xmlNode* root) {
  Story best;
  const auto consider = [&best](const xmlNode& part, float confidence) {
    std::string text = StoryOf(part);
    if (text.size() > best.text.size()) best = {&part, std::move(text), confidence};
  };
  for (const std::string_view tag : {"article", "main"}) {
    VisitElements(root, [&](const xmlNode& element) {
      const bool marked = tag == "article" && AttributeOf(element, "itemprop") == "articleBody";
      if (NameOf(element) == tag || marked) consider(element, 0.9F);
      return true;
    });
    if (best.text.size() >= kLeastStoryBytes) return best;
  }
  if (root != nullptr) consider(*root, 0.6F);
  if (best.text.size() < kLeastStoryBytes && root != nullptr) {
    std::string all = ParagraphsOf(*root, IsHidden);
    if (all.size() > best.text.size()) best = {root, std::move(all), 0.3F};
  }
  return best;
}

}  // namespace

absl::Status FillFromHtml(std::string_view html, absl::TimeZone zone, v1::Item& item) {
  const HtmlTree tree(html);
  const xmlNode* const root = tree.root();
  FillFacts(ReadFacts(root), zone, item);
  Story story = FindStory(root);
  if (story.text.empty() && item.headline().empty()) return absl::InvalidArgumentError("there is no text in the page");
  if (story.part != nullptr) AddLinks(*story.part, item);
  item.set_body(std::move(story.text));
  item.mutable_extraction()->set_method("html");
  item.mutable_extraction()->set_confidence(story.confidence);
  item.set_completeness(item.body().empty() ? v1::COMPLETENESS_HEADLINE : v1::COMPLETENESS_FULL);
  return absl::OkStatus();
}

std::string TextOfHtml(std::string_view fragment) {
  const HtmlTree tree(fragment);
  const xmlNode* const root = tree.root();
  return root == nullptr ? "" : ParagraphsOf(*root, [](const xmlNode&) { return false; });
}

}  // namespace wirewatch::sources
