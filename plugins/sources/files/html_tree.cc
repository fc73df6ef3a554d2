#include "html_tree.h"

#include <algorithm>
#include <array>
#include <climits>

#include "encoding.h"
#include "text_format.h"

namespace wirewatch::sources {
namespace {

constexpr int kMaxDepth = 200;

constexpr std::array<std::string_view, 31> kBlocks{
    "address",    "article", "aside",  "blockquote", "body", "dd",  "details", "div",   "dl", "dt", "fieldset",
    "figcaption", "figure",  "footer", "form",       "h1",   "h2",  "h3",      "h4",    "h5", "h6", "header",
    "hr",         "li",      "main",   "ol",         "p",    "pre", "section", "table", "ul"};

bool IsBlock(std::string_view name) {
  return std::find(kBlocks.begin(), kBlocks.end(), name) != kBlocks.end() || name == "tr";
}

bool IsNoText(std::string_view name) {
  return name == "script" || name == "style" || name == "template" || name == "noscript" || name == "head" ||
         name == "svg" || name == "select" || name == "textarea" || name == "button" || name == "iframe";
}

bool Visit(const xmlNode* node, const std::function<bool(const xmlNode&)>& visit, int depth) {
  for (const xmlNode* child = node->children; child != nullptr; child = child->next) {
    if (child->type == XML_ELEMENT_NODE && depth < kMaxDepth && visit(*child)) Visit(child, visit, depth + 1);
  }
  return true;
}

class TextCollector {
 public:
  explicit TextCollector(const std::function<bool(const xmlNode&)>& skip) : skip_(skip) {}

  void Collect(const xmlNode& node, int depth) {
    for (const xmlNode* child = node.children; child != nullptr; child = child->next) {
      if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
        if (child->content != nullptr) run_ += reinterpret_cast<const char*>(child->content);
      } else if (child->type == XML_ELEMENT_NODE && depth < kMaxDepth) {
        CollectElement(*child, depth);
      }
    }
  }

  std::string Take() {
    EndBlock();
    return std::move(text_);
  }

 private:
  void CollectElement(const xmlNode& element, int depth) {
    const std::string_view name = NameOf(element);
    if (IsNoText(name) || skip_(element)) return;
    if (name == "br") {
      run_ += ' ';
      return;
    }
    const bool block = IsBlock(name);
    if (block) EndBlock();
    if (name == "td" || name == "th") run_ += ' ';
    Collect(element, depth + 1);
    if (block) EndBlock();
  }

  void EndBlock() {
    const std::string line = OneLine(CleanText(run_));
    run_.clear();
    if (line.empty()) return;
    if (!text_.empty()) text_ += "\n\n";
    text_ += line;
  }

  const std::function<bool(const xmlNode&)>& skip_;
  std::string text_;
  std::string run_;
};

}  // namespace

HtmlTree::HtmlTree(std::string_view html) : document_(nullptr, &xmlFreeDoc) {
  if (html.empty() || html.size() > INT_MAX) return;
  document_.reset(htmlReadMemory(html.data(), static_cast<int>(html.size()), nullptr, "UTF-8",
                                 HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET));
}

const xmlNode* HtmlTree::root() const { return document_ == nullptr ? nullptr : xmlDocGetRootElement(document_.get()); }

std::string_view NameOf(const xmlNode& node) {
  if (node.type != XML_ELEMENT_NODE || node.name == nullptr) return {};
  return reinterpret_cast<const char*>(node.name);
}

std::string AttributeOf(const xmlNode& node, const char* name) {
  xmlChar* const value = xmlGetProp(&node, reinterpret_cast<const xmlChar*>(name));
  if (value == nullptr) return "";
  std::string text = OneLine(CleanText(reinterpret_cast<const char*>(value)));
  xmlFree(value);
  return text;
}

void VisitElements(const xmlNode* top, const std::function<bool(const xmlNode&)>& visit) {
  if (top != nullptr) Visit(top, visit, 0);
}

std::string ParagraphsOf(const xmlNode& top, const std::function<bool(const xmlNode&)>& skip) {
  TextCollector collector(skip);
  collector.Collect(top, 0);
  return collector.Take();
}

std::string TextLineOf(const xmlNode& top) {
  return OneLine(ParagraphsOf(top, [](const xmlNode&) { return false; }));
}

}  // namespace wirewatch::sources
