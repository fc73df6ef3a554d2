// HtmlTree: a page as libxml2 reads it, and walks over it that no hostile page can make deep or long. One thread.
#ifndef WIREWATCH_SOURCES_FILES_HTML_TREE_H_
#define WIREWATCH_SOURCES_FILES_HTML_TREE_H_

#include <libxml/HTMLparser.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace wirewatch::sources {

class HtmlTree {
 public:
  // Never fails: what cannot be read is an empty tree. No network, no external entities.
  explicit HtmlTree(std::string_view html);
  const xmlNode* root() const;  // may be nullptr

 private:
  std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document_;
};

std::string_view NameOf(const xmlNode& node);  // of an element; "" for others
std::string AttributeOf(const xmlNode& node, const char* name);

// Calls `visit` for every element below `top` in document order; where it returns false, not for those inside.
void VisitElements(const xmlNode* top, const std::function<bool(const xmlNode&)>& visit);

// All text below `top` on one line, without scripts and styles.
std::string TextLineOf(const xmlNode& top);

// Its blocks as paragraphs parted by an empty line; leaves out what `skip` says.
std::string ParagraphsOf(const xmlNode& top, const std::function<bool(const xmlNode&)>& skip);

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_HTML_TREE_H_
