#include <boost/json.hpp>
#include <cstdio>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/host_client.h"
#include "wirewatch/cli/store_path.h"
#include "wirewatch/sdk/field_values.h"
#include "wirewatch/service/token_file.h"

namespace wirewatch::cli {
namespace {

using service::Scope;
using service::Token;

// Says so when a pipeline's file has no name.
std::optional<std::filesystem::path> FileOf(const TokenArguments& arguments) {
  if (!arguments.tokens.empty()) return arguments.tokens;
  if (arguments.store.empty()) return service::TokenFilePath(StoreFolder() / "any.db");
  const std::optional<std::filesystem::path> store = StoreFile(arguments.store);
  if (!store) return std::nullopt;
  return service::TokenFilePath(*store);
}

absl::StatusOr<absl::Duration> Lifetime(const std::string& text) {
  Diagnostics diagnostics;
  absl::Duration lifetime;
  ParseValue(Node::Scalar(text, {}), lifetime, diagnostics);
  if (!diagnostics.ok() || lifetime <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat("--expires ", text, ": write a duration like 12h or 90d"));
  }
  return lifetime;
}

absl::Status FillVisibility(const TokenArguments& arguments, service::Visibility& visibility) {
  for (const std::string& label : arguments.visible) {
    if (absl::Status checked = service::CheckTokenName("the label", label); !checked.ok()) return checked;
    const size_t equals = label.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(absl::StrCat("--visible ", label, ": write NAME=VALUE"));
    }
    visibility.labels.emplace_back(label.substr(0, equals), label.substr(equals + 1));
  }
  for (const std::string& watch : arguments.visible_watches) {
    if (absl::Status checked = service::CheckTokenName("the watch", watch); !checked.ok()) return checked;
  }
  visibility.watches = arguments.visible_watches;
  if (visibility.labels.size() + visibility.watches.size() > service::kMostVisibilityEntries) {
    return absl::InvalidArgumentError(
        absl::StrCat("more than ", service::kMostVisibilityEntries, " labels and watches"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Token> TokenOf(const TokenArguments& arguments) {
  Token token;
  token.name = arguments.name;
  token.created = absl::Now();
  if (absl::Status checked = service::CheckTokenName("the name", token.name); !checked.ok()) return checked;
  for (const std::string& name : arguments.scopes) token.scopes.push_back(*service::ScopeOf(name));
  if (!arguments.expires.empty()) {
    const absl::StatusOr<absl::Duration> lifetime = Lifetime(arguments.expires);
    if (!lifetime.ok()) return lifetime.status();
    token.expires = token.created + *lifetime;
  }
  if (absl::Status filled = FillVisibility(arguments, token.visibility); !filled.ok()) return filled;
  if (!token.visibility.everything() && service::Allows(token.scopes, Scope::kAdmin)) {
    return absl::InvalidArgumentError("a token with the scope admin sees everything: leave --visible out");
  }
  return token;
}

std::string Day(absl::Time time) { return absl::FormatTime("%Y-%m-%d %H:%M", time, absl::UTCTimeZone()); }

std::string ScopesText(const Token& token) {
  return absl::StrJoin(token.scopes, ", ",
                       [](std::string* out, Scope scope) { absl::StrAppend(out, std::string(NameOf(scope))); });
}

std::vector<std::string> Visible(const Token& token) {
  std::vector<std::string> visible;
  for (const auto& [name, value] : token.visibility.labels) visible.push_back(absl::StrCat(name, "=", value));
  for (const std::string& watch : token.visibility.watches) visible.push_back(absl::StrCat("watch ", watch));
  return visible;
}

std::string StateOf(const Token& token, absl::Time now) {
  if (token.revoked) return absl::StrCat("revoked ", Day(*token.revoked));
  if (token.expires == absl::InfiniteFuture()) return "never expires";
  return absl::StrCat(token.expires <= now ? "expired " : "expires ", Day(token.expires));
}

void PrintToken(const Token& token, bool json) {
  if (!json) {
    const std::string visible = absl::StrJoin(Visible(token), ", ");
    std::printf("%s  %-20s %-22s %s%s\n", token.id.c_str(), token.name.c_str(), ScopesText(token).c_str(),
                StateOf(token, absl::Now()).c_str(), visible.empty() ? "" : ("; sees only " + visible).c_str());
    return;
  }
  const auto time = [](absl::Time at) { return absl::FormatTime(absl::RFC3339_sec, at, absl::UTCTimeZone()); };
  boost::json::object line = {{"id", token.id}, {"name", token.name}, {"created", time(token.created)}};
  if (token.expires != absl::InfiniteFuture()) line["expires"] = time(token.expires);
  if (token.revoked) line["revoked"] = time(*token.revoked);
  boost::json::array& scopes = line["scopes"].emplace_array();
  for (const Scope scope : token.scopes) scopes.emplace_back(std::string(NameOf(scope)));
  boost::json::array& labels = line["visible"].emplace_array();
  for (const auto& [name, value] : token.visibility.labels) labels.emplace_back(absl::StrCat(name, "=", value));
  boost::json::array& watches = line["visible_watches"].emplace_array();
  for (const std::string& watch : token.visibility.watches) watches.emplace_back(watch);
  std::printf("%s\n", boost::json::serialize(line).c_str());
}

}  // namespace

int CreateToken(const TokenArguments& arguments) {
  const std::optional<std::filesystem::path> file = FileOf(arguments);
  if (!file) return kConfiguration;
  absl::StatusOr<Token> token = TokenOf(arguments);
  if (!token.ok()) {
    std::fprintf(stderr, "%s\n", std::string(token.status().message()).c_str());
    return kUsage;
  }
  std::error_code error;
  if (arguments.tokens.empty()) std::filesystem::create_directories(file->parent_path(), error);
  std::string presented;
  const absl::Status edited = service::EditTokenFile(*file, [&](std::vector<Token>& tokens) {
    absl::StatusOr<std::string> issued = service::IssueSecret(tokens, *token);
    if (!issued.ok()) return issued.status();
    presented = *std::move(issued);
    tokens.push_back(*token);
    return absl::OkStatus();
  });
  if (!edited.ok()) return Complain(edited);
  std::fprintf(stderr, "token %s for \"%s\" in %s: %s; %s. It is shown this once:\n", token->id.c_str(),
               token->name.c_str(), file->c_str(), ScopesText(*token).c_str(), StateOf(*token, token->created).c_str());
  std::printf("%s\n", presented.c_str());
  return kOk;
}

int ListTokens(const TokenArguments& arguments) {
  const std::optional<std::filesystem::path> file = FileOf(arguments);
  if (!file) return kConfiguration;
  const absl::StatusOr<std::vector<Token>> tokens = service::ReadTokenFile(*file);
  if (!tokens.ok() && !absl::IsNotFound(tokens.status())) return Complain(tokens.status());
  const size_t count = tokens.ok() ? tokens->size() : 0;
  for (size_t i = 0; i < count; ++i) PrintToken((*tokens)[i], arguments.json);
  if (!arguments.json) std::fprintf(stderr, "%zu tokens in %s\n", count, file->c_str());
  return kOk;
}

int RevokeToken(const TokenArguments& arguments) {
  const std::optional<std::filesystem::path> file = FileOf(arguments);
  if (!file) return kConfiguration;
  std::string name;
  const absl::Status edited = service::EditTokenFile(*file, [&](std::vector<Token>& tokens) {
    for (Token& token : tokens) {
      if (token.id != arguments.id) continue;
      if (!token.revoked) token.revoked = absl::Now();
      name = token.name;
      return absl::OkStatus();
    }
    return absl::NotFoundError(absl::StrCat("there is no token ", arguments.id, " in ", file->string(),
                                            "; `wirewatch token list` shows them"));
  });
  if (!edited.ok()) return Complain(edited);
  std::printf("token %s of \"%s\" is revoked\n", arguments.id.c_str(), name.c_str());
  return kOk;
}

}  // namespace wirewatch::cli
