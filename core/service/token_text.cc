#include "wirewatch/service/token_text.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "wirewatch/config/yaml.h"
#include "wirewatch/sdk/field.h"

namespace wirewatch::service {
namespace {

constexpr char kHead[] =
    "# Made by `wirewatch token`: who may use the host over the network. Secrets are not in here, only their "
    "SHA-256.\n";

struct Written {
  std::string id, name, secret_sha256, created, expires, revoked;
  std::vector<std::string> scopes, visible, visible_watches;
};
struct WrittenFile {
  std::vector<Written> tokens;
};

std::vector<FieldOf<WrittenFile>> Fields() {
  std::vector<FieldOf<Written>> token = {
      Field("id", &Written::id, "8 hexadecimal digits.").Required(),
      Field("name", &Written::name, "Who has it.").Required(),
      Field("secret_sha256", &Written::secret_sha256, "SHA-256 of the secret, in hexadecimal.").Required(),
      Field("created", &Written::created, "When it was made.").Required(),
      Field("expires", &Written::expires, "When it ends."),
      Field("revoked", &Written::revoked, "When it was revoked."),
      Field("scopes", &Written::scopes, "What it allows.").Required(),
      Field("visible", &Written::visible, "Labels of the watches that it sees."),
      Field("visible_watches", &Written::visible_watches, "Watches that it sees, by id.")};
  return {TableList("tokens", &WrittenFile::tokens, std::move(token), "The tokens.")};
}

// One token's, with the place of its errors.
class Reader {
 public:
  Reader(const Node& node, Diagnostics& diagnostics) : node_(node), diagnostics_(diagnostics) {}

  Token Read(const Written& written) {
    Token token;
    token.id = written.id;
    token.name = written.name;
    if (written.id.size() != 8 || !IsLowerHex(written.id)) Error("id", "the id is not 8 hexadecimal digits");
    Check("name", CheckTokenName("the name", written.name));
    if (written.secret_sha256.size() == 2 * token.secret_sha256.size() && IsLowerHex(written.secret_sha256)) {
      const std::string bytes = absl::HexStringToBytes(written.secret_sha256);
      std::copy(bytes.begin(), bytes.end(), token.secret_sha256.begin());
    } else {
      Error("secret_sha256", "this is no SHA-256 in 64 hexadecimal digits");
    }
    ReadTime("created", written.created, token.created);
    if (!written.expires.empty()) ReadTime("expires", written.expires, token.expires);
    if (!written.revoked.empty()) ReadTime("revoked", written.revoked, token.revoked.emplace());
    for (const std::string& name : written.scopes) {
      const std::optional<Scope> scope = ScopeOf(name);
      scope ? token.scopes.push_back(*scope)
            : Error("scopes", absl::StrCat("there is no scope \"", name,
                                           "\"; there are read, operate, ingest, admin, embargoed"));
    }
    ReadVisibility(written, token.visibility);
    return token;
  }

  void Error(const std::string& key, std::string message) {
    const Node::Entry* const entry = node_.Find(key);
    diagnostics_.Error(entry == nullptr ? node_.at() : entry->value.at(), std::move(message));
  }

 private:
  void Check(const std::string& key, const absl::Status& status) {
    if (!status.ok()) Error(key, std::string(status.message()));
  }
  void ReadTime(const std::string& key, const std::string& text, absl::Time& time) {
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
      Error(key, absl::StrCat("\"", text, "\" is no time like 2026-06-14T09:12:03Z"));
    }
  }
  void ReadVisibility(const Written& written, Visibility& visibility) {
    if (written.visible.size() + written.visible_watches.size() > kMostVisibilityEntries) {
      Error("visible", absl::StrCat("more than ", kMostVisibilityEntries, " labels and watches"));
    }
    for (const std::string& label : written.visible) {
      visibility.labels.push_back(absl::StrSplit(label, absl::MaxSplits('=', 1)));
      Check("visible", CheckTokenName("the label", label));
      if (label.find('=') == std::string::npos || label.front() == '=') {
        Error("visible", absl::StrCat("\"", label, "\" is no label: write NAME=VALUE"));
      }
    }
    for (const std::string& watch : written.visible_watches) {
      Check("visible_watches", CheckTokenName("the watch", watch));
    }
    visibility.watches = written.visible_watches;
  }

  const Node& node_;
  Diagnostics& diagnostics_;
};

// The places of the list's tables.
const std::vector<Node>& ItemsOf(const Node& file) {
  static const auto& none = *new std::vector<Node>();
  const Node::Entry* const tokens = file.Find("tokens");
  return tokens == nullptr ? none : tokens->value.items();
}

// In double quotes; names hold no controls.
std::string Quoted(const std::string& text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

std::string List(const std::vector<std::string>& values) {
  return absl::StrCat(
      "[", absl::StrJoin(values, ", ", [](std::string* out, const auto& value) { out->append(Quoted(value)); }), "]");
}

std::string TimeText(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone()); }

std::string PrintToken(const Token& token) {
  const std::string_view digest(reinterpret_cast<const char*>(token.secret_sha256.data()), token.secret_sha256.size());
  std::vector<std::string> scopes, labels;
  for (const Scope scope : token.scopes) scopes.emplace_back(NameOf(scope));
  for (const auto& [name, value] : token.visibility.labels) labels.push_back(absl::StrCat(name, "=", value));
  std::string text = absl::StrCat("  - id: ", Quoted(token.id), "\n    name: ", Quoted(token.name),
                                  "\n    secret_sha256: ", Quoted(absl::BytesToHexString(std::string(digest))),
                                  "\n    created: ", TimeText(token.created));
  if (token.expires != absl::InfiniteFuture()) absl::StrAppend(&text, "\n    expires: ", TimeText(token.expires));
  if (token.revoked) absl::StrAppend(&text, "\n    revoked: ", TimeText(*token.revoked));
  absl::StrAppend(&text, "\n    scopes: ", List(scopes));
  if (!labels.empty()) absl::StrAppend(&text, "\n    visible: ", List(labels));
  if (!token.visibility.watches.empty()) {
    absl::StrAppend(&text, "\n    visible_watches: ", List(token.visibility.watches));
  }
  return absl::StrCat(text, "\n");
}

}  // namespace

bool IsLowerHex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

absl::StatusOr<std::vector<Token>> ParseTokens(std::string_view text, const std::string& file) {
  Diagnostics diagnostics;
  std::vector<Token> tokens;
  const std::optional<Node> node = config::ParseYaml(text, file, diagnostics);
  if (!node) return diagnostics.ToStatus();
  WrittenFile written;
  ParseFields(*node, Fields(), "a file of tokens", written, diagnostics);
  if (!diagnostics.ok()) return diagnostics.ToStatus();
  const std::vector<Node>& places = ItemsOf(*node);
  std::set<std::string> ids;
  for (size_t i = 0; i < written.tokens.size(); ++i) {
    Reader reader(places[i], diagnostics);
    tokens.push_back(reader.Read(written.tokens[i]));
    if (!ids.insert(tokens.back().id).second) {
      reader.Error("id", absl::StrCat("another token has the id ", tokens.back().id));
    }
  }
  if (tokens.size() > kMostTokens) diagnostics.Error(node->at(), absl::StrCat("more than ", kMostTokens, " tokens"));
  if (!diagnostics.ok()) return diagnostics.ToStatus();
  return tokens;
}

std::string PrintTokens(const std::vector<Token>& tokens) {
  std::string text = absl::StrCat(kHead, tokens.empty() ? "tokens: []\n" : "tokens:\n");
  for (const Token& token : tokens) absl::StrAppend(&text, PrintToken(token));
  return text;
}

}  // namespace wirewatch::service
