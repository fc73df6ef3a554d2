#include "wirewatch/config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace wirewatch::config {
namespace {

// Stops the parser at the first limit that is passed.
struct LimitPassed {
  YAML::Mark at;
  std::string message;
};

size_t CountValues(const Node& node) {
  size_t count = 1;
  for (const Node& item : node.items()) count += CountValues(item);
  for (const Node::Entry& entry : node.entries()) count += CountValues(entry.value);
  return count;
}

// Builds Nodes from yaml-cpp's events: unlike its tree, they keep repeated keys and the place of empty values.
class Builder final : public YAML::EventHandler {
 public:
  Builder(std::string_view text, const std::string& file, Diagnostics& diagnostics)
      : text_(text), file_(std::make_shared<const std::string>(file)), diagnostics_(diagnostics) {}

  std::optional<Node> TakeRoot() { return std::move(root_); }
  SourceLocation Place(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { Put(Node::Null(Place(mark)), mark, anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw LimitPassed{mark, "an alias may not stand inside the value that it names"};
    values_ += CountValues(found->second);
    Put(found->second, mark, 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool plain = tag == "?";
    if (plain && (value == "~" || value == "null")) return Put(Node::Null(Place(mark)), mark, anchor);
    Node node = Node::Scalar(value, Place(mark), !plain);
    if (!plain) PlaceBlock(mark, node);
    Put(std::move(node), mark, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Enter({Node::List({}, Place(mark)), anchor, {}, mark});
  }
  void OnSequenceEnd() override { Leave(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Enter({Node::Table({}, Place(mark)), anchor, {}, mark});
  }
  void OnMapEnd() override { Leave(); }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor;
    std::optional<Node> key;  // of a table: a key whose value is still to come
    YAML::Mark mark;
  };

  // Where the lines of a block scalar (`|`) lie, so that a place inside the text can be named.
  void PlaceBlock(const YAML::Mark& mark, Node& node) const {
    const auto at = static_cast<size_t>(mark.pos);
    if (at >= text_.size() || text_[at] != '|') return;
    size_t line_begin = text_.find('\n', at);
    while (line_begin != text_.npos && ++line_begin < text_.size()) {
      const size_t content = text_.find_first_not_of(' ', line_begin);
      if (content != text_.npos && text_[content] != '\n') {
        // Empty lines before the first are part of the text.
        node.set_block(mark.line + 2, static_cast<int>(content - line_begin));
        return;
      }
      line_begin = text_.find('\n', line_begin);
    }
  }
  void Enter(Open open) {
    if (open_.size() >= kMaxDepth) throw LimitPassed{open.mark, absl::StrCat("nested more than ", kMaxDepth, " deep")};
    open_.push_back(std::move(open));
  }
  void Leave() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    Put(std::move(closed.node), closed.mark, closed.anchor);
  }
  void Put(Node node, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (++values_ > kMaxValues) throw LimitPassed{mark, absl::StrCat("more than ", kMaxValues, " values in one file")};
    if (anchor != 0) anchors_.insert_or_assign(anchor, node);
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (Open& top = open_.back(); top.node.is_list()) {
      top.node.mutable_items().push_back(std::move(node));
    } else if (!top.key) {
      top.key = std::move(node);
    } else {
      PutEntry(top, std::move(node));
    }
  }
  void PutEntry(Open& top, Node value) {
    const Node key = std::move(*std::exchange(top.key, std::nullopt));
    if (!key.is_scalar()) {
      diagnostics_.Error(key.at(), absl::StrCat("a key must be text, found ", std::string(key.Describe())));
    } else if (const Node::Entry* first = top.node.Find(key.text())) {
      diagnostics_.Error(key.at(),
                         absl::StrCat("\"", key.text(), "\" is written twice; first in line ", first->key_at.line));
    } else {
      top.node.mutable_entries().push_back({key.text(), key.at(), std::move(value)});
    }
  }

  std::string_view text_;
  std::shared_ptr<const std::string> file_;
  Diagnostics& diagnostics_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::optional<Node> root_;
  size_t values_ = 0;
};

bool IsIndentedByTab(std::string_view text, int line) {
  size_t begin = 0;
  for (int passed = 0; passed < line && begin != text.npos; ++passed) begin = text.find('\n', begin + (passed > 0));
  if (begin == text.npos) return false;
  if (line > 0) ++begin;
  const std::string_view rest = text.substr(begin);
  return rest.substr(0, rest.find_first_not_of(" \t")).find('\t') != rest.npos;
}

}  // namespace

std::optional<Node> ParseYaml(std::string_view text, const std::string& file, Diagnostics& diagnostics) {
  Builder builder(text, file, diagnostics);
  const int errors_before = diagnostics.errors();
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    std::optional<Node> root = builder.TakeRoot();
    Builder rest("", file, diagnostics);
    if (root && parser.HandleNextDocument(rest)) {
      if (const std::optional<Node> second = rest.TakeRoot()) {
        diagnostics.Error(second->at(), "a second document begins here",
                          "one file holds one document: take the line `---` away");
      }
    }
    if (diagnostics.errors() > errors_before) return std::nullopt;
    return root ? std::move(root) : Node::Null(builder.Place(YAML::Mark()));
  } catch (const LimitPassed& limit) {
    diagnostics.Error(builder.Place(limit.at), limit.message);
  } catch (const YAML::Exception& error) {
    diagnostics.Error(builder.Place(error.mark), absl::StrCat("not YAML: ", error.msg),
                      IsIndentedByTab(text, error.mark.line) ? "the line is indented by a tab: use spaces" : "");
  }
  return std::nullopt;
}

Environment ProcessEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

std::optional<Node> LoadYaml(const std::filesystem::path& path, const Environment& environment,
                             Diagnostics& diagnostics) {
  const SourceLocation place{std::make_shared<const std::string>(path.string()), 0, 0};
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    diagnostics.Error(place, "there is no such file");
    return std::nullopt;
  }
  if (!std::filesystem::is_regular_file(path, error)) {
    diagnostics.Error(place, "not a regular file");
    return std::nullopt;
  }
  std::ifstream stream(path, std::ios::binary);
  std::string text(kMaxFileBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(stream.gcount()));
  if (text.empty() && !stream.eof()) {
    diagnostics.Error(place, "cannot be read");
    return std::nullopt;
  }
  if (text.size() > kMaxFileBytes) {
    diagnostics.Error(place,
                      absl::StrCat("larger than the ", kMaxFileBytes >> 20, " MiB that a file of this kind may have"));
    return std::nullopt;
  }
  std::optional<Node> node = ParseYaml(text, path.string(), diagnostics);
  if (node) FillVariables(*node, environment, diagnostics);
  return node;
}

}  // namespace wirewatch::config
