#include <algorithm>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/config/yaml.h"

namespace wirewatch::config {
namespace {

constexpr size_t kMaxSecretBytes = 64 << 10;

bool ValidName(std::string_view name) {
  return !name.empty() && !absl::ascii_isdigit(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return c == '_' || absl::ascii_isalnum(static_cast<unsigned char>(c)); });
}

// Fills the variables of one scalar.
class Filler {
 public:
  Filler(Node& node, const Environment& environment, Diagnostics& diagnostics)
      : node_(node), environment_(environment), diagnostics_(diagnostics) {}

  void Fill() {
    const std::string text = node_.text();
    size_t at = 0;
    for (size_t open; (open = text.find("${", at)) != text.npos;) {
      if (open > at && text[open - 1] == '$') {  // `$${`
        filled_.append(text, at, open - at);
        filled_ += '{';
        at = open + 2;
        continue;
      }
      filled_.append(text, at, open - at);
      const size_t close = text.find('}', open);
      if (close == text.npos) {
        return Fail(open, "\"${\" without \"}\"", "write $${ for the characters themselves");
      }
      if (!FillOne(text.substr(open + 2, close - open - 2), open)) return;
      at = close + 1;
    }
    if (at == 0) return;
    filled_.append(text, at);
    Node filled = Node::Scalar(std::move(filled_), node_.at(), node_.quoted());
    filled.set_secret(secret_ || node_.secret());
    node_ = std::move(filled);
  }

 private:
  bool FillOne(const std::string& expression, size_t at) {
    if (expression.starts_with("file:")) return FillFile(expression.substr(5), at);
    const size_t fallback = expression.find(":-");
    const std::string name = expression.substr(0, fallback);
    if (!ValidName(name)) {
      return Fail(at, absl::StrCat("\"${", expression, "}\" is not a variable"),
                  "write ${NAME}, ${NAME:-default} or ${file:path}, and $${ for the characters themselves"),
             false;
    }
    const std::optional<std::string> value = environment_(name);
    if (value && !(value->empty() && fallback != expression.npos)) {
      filled_ += *value;
    } else if (fallback != expression.npos) {
      filled_ += expression.substr(fallback + 2);
    } else {
      return Fail(at, absl::StrCat("the environment variable ", name, " is not set"),
                  absl::StrCat("set it, or write a default: ${", name, ":-default}")),
             false;
    }
    return true;
  }

  bool FillFile(const std::string& written, size_t at) {
    const std::filesystem::path path =
        std::filesystem::path(std::string(node_.at().file_name())).parent_path() / written;
    std::ifstream stream(path, std::ios::binary);
    std::string content(kMaxSecretBytes + 1, '\0');
    stream.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<size_t>(stream.gcount()));
    if (!stream.eof() && content.size() <= kMaxSecretBytes) {
      return Fail(at, absl::StrCat("the file \"", written, "\" cannot be read"), ""), false;
    }
    if (content.size() > kMaxSecretBytes) {
      return Fail(at, absl::StrCat("the file \"", written, "\" is larger than 64 KiB"), ""), false;
    }
    if (content.ends_with('\n')) content.pop_back();
    if (content.ends_with('\r')) content.pop_back();
    filled_ += content;
    secret_ = true;
    return true;
  }

  void Fail(size_t at, std::string message, std::string hint) {
    diagnostics_.Error(node_.PlaceOf(at), std::move(message), std::move(hint));
  }

  Node& node_;
  const Environment& environment_;
  Diagnostics& diagnostics_;
  std::string filled_;
  bool secret_ = false;
};

}  // namespace

void FillVariables(Node& node, const Environment& environment, Diagnostics& diagnostics) {
  if (node.is_scalar()) Filler(node, environment, diagnostics).Fill();
  for (Node& item : node.mutable_items()) FillVariables(item, environment, diagnostics);
  for (Node::Entry& entry : node.mutable_entries()) FillVariables(entry.value, environment, diagnostics);
}

}  // namespace wirewatch::config
