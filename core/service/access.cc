#include "wirewatch/service/access.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/log.h"
#include "wirewatch/service/credentials.h"

namespace wirewatch::service {
namespace {

constexpr char kWhatToShow[] =
    "this host does not know you: show a token (metadata `authorization: Bearer wwt_…`) that has neither expired nor "
    "been revoked";
constexpr std::string_view kBearer = "bearer ";
// Of refusals written down, wherever they come from.
constexpr double kRefusalsWrittenPerSecond = 10, kRefusalsWrittenAtOnce = 200;

const Scopes& Everything() {
  static const auto& everything = *new Scopes{Scope::kAdmin};
  return everything;
}

// Whose limits are used up.
std::string KeyOf(const Caller& caller) {
  if (!caller.token_id.empty()) return absl::StrCat("token ", caller.token_id);
  if (caller.anonymous) return absl::StrCat("at ", NetworkOf(caller.peer));
  return absl::StrCat("certificate ", caller.name);
}

std::string ActorName(const std::string& actor) {
  return !actor.empty() && CheckTokenName("", actor).ok() ? actor : "local";
}

absl::Status TooMuch(const std::string& message, absl::Duration wait) {
  absl::Status status = absl::ResourceExhaustedError(message);
  SetRetryInfo(status, wait);
  return status;
}

}  // namespace

Admission::Admission(Admission&& other) noexcept
    : access_(std::exchange(other.access_, nullptr)),
      rule_(other.rule_),
      caller_(std::move(other.caller_)),
      target_(std::move(other.target_)),
      key_(std::move(other.key_)),
      done_(other.done_) {}

Admission::~Admission() {
  if (access_ == nullptr) return;
  if (!done_) (void)Done(grpc::Status::CANCELLED);
  if (!key_.empty()) access_->EndStream(key_);
}

grpc::Status Admission::Done(grpc::Status status) {
  if (!done_ && rule_->action()) {
    access_->WriteAction(*this, absl::StatusCodeToString(static_cast<absl::StatusCode>(status.error_code())),
                         status.error_message());
  }
  done_ = true;
  return status;
}

Access::Access(const AccessOptions& options)
    : options_(options),
      tokens_(options.tokens),
      requests_(options.limits.requests_per_s, options.limits.request_burst),
      refusal_rate_(options.limits.refusals_per_s, options.limits.refusal_burst),
      all_refusals_(kRefusalsWrittenPerSecond, kRefusalsWrittenAtOnce) {}

absl::StatusOr<std::unique_ptr<Access>> Access::Open(const AccessOptions& options) {
  std::unique_ptr<Access> access(new Access(options));
  if (!options.tokens.empty()) {
    if (absl::Status loaded = access->tokens_.Load(); !loaded.ok()) return loaded;
  }
  if (!options.audit.empty()) {
    auto audit = AuditLog::Open(options.audit, {});
    if (!audit.ok()) return audit.status();
    access->audit_ = *std::move(audit);
  }
  if (!options.refusals.empty()) {
    auto refusals = AuditLog::Open(options.refusals, {.durable = false});
    if (!refusals.ok()) return refusals.status();
    access->refusals_ = *std::move(refusals);
  }
  return access;
}

absl::StatusOr<Admission> Access::Admit(const grpc::ServerContextBase& context, std::string_view method,
                                        std::string target) {
  return Admit(CredentialsOf(context), method, std::move(target));
}

absl::StatusOr<Admission> Access::Admit(const Credentials& credentials, std::string_view method, std::string target) {
  const MethodRule* const rule = RuleOf(method);
  if (rule == nullptr) {
    return absl::InternalError(absl::StrCat("nothing says who may call ", std::string(method)));
  }
  Identified identified = Identify(credentials);
  Caller& caller = identified.caller;
  caller.visibility.ahead_of_embargo = Allows(caller.scopes, Scope::kEmbargoed);
  if (caller.local) return Begun(Admission(*this, *rule, std::move(caller), std::move(target)));
  if (!identified.refusal.empty()) {
    const absl::Duration wait = Refused(caller, *rule, target, "UNAUTHENTICATED", identified.refusal);
    if (wait == absl::ZeroDuration()) return absl::UnauthenticatedError(kWhatToShow);
    return TooMuch("too many calls from your address without valid credentials", wait);
  }
  const std::string key = KeyOf(caller);
  // Programs of one machine that nobody is asked on cannot be told apart, and may do everything anyway.
  const absl::Duration wait = caller.anonymous ? absl::ZeroDuration() : requests_.Take(key, absl::Now(), rule->cost);
  if (wait > absl::ZeroDuration()) {
    (void)Refused(caller, *rule, target, "RESOURCE_EXHAUSTED", "too many requests");
    return TooMuch(absl::StrCat("more than ", options_.limits.requests_per_s, " requests a second"), wait);
  }
  if (absl::Status allowed = CheckRule(caller, *rule); !allowed.ok()) {
    (void)Refused(caller, *rule, target, "PERMISSION_DENIED", std::string(allowed.message()));
    return allowed;
  }
  if (absl::Status counted = CountStream(key, *rule); !counted.ok()) {
    (void)Refused(caller, *rule, target, "RESOURCE_EXHAUSTED", std::string(counted.message()));
    return counted;
  }
  Admission admission(*this, *rule, std::move(caller), std::move(target));
  if (rule->stream) admission.key_ = key;
  return Begun(std::move(admission));
}

Access::Identified Access::Identify(const Credentials& credentials) {
  Identified identified;
  Caller& caller = identified.caller;
  caller.peer = credentials.peer;
  if (credentials.local) {
    caller.local = true;
    caller.name = ActorName(credentials.actor);
    caller.scopes = Everything();
    return identified;
  }
  if (credentials.authorization.size() > 1) {
    identified.refusal = "more than one token";
  } else if (!credentials.authorization.empty()) {
    const std::string& header = credentials.authorization.front();
    const bool bearer = absl::StartsWithIgnoreCase(header, absl::string_view(kBearer.data(), kBearer.size()));
    const Tokens::Found found =
        bearer ? tokens_.Check(std::string_view(header).substr(kBearer.size()), absl::Now()) : Tokens::Found{};
    // A wrong secret does not tell whose it was not.
    if (found.token != nullptr && found.verdict != TokenVerdict::kWrongSecret) {
      caller.name = found.token->name;
      caller.scopes = found.token->scopes;
      caller.visibility = found.token->visibility;
    }
    if (found.token != nullptr) caller.token_id = found.token->id;
    if (found.verdict != TokenVerdict::kGood) identified.refusal = NameOf(found.verdict);
  } else if (!credentials.certificate.empty() && !options_.certificate_scopes.empty()) {
    caller.name = credentials.certificate;
    caller.scopes = options_.certificate_scopes;
  } else if (options_.open && !tokens_.required()) {
    caller.name = "anonymous";
    caller.anonymous = true;
    caller.scopes = Everything();
  } else {
    identified.refusal = NameOf(TokenVerdict::kNoToken);
  }
  return identified;
}

absl::Status Access::CheckRule(const Caller& caller, const MethodRule& rule) const {
  const std::string method(rule.method);
  if (!Allows(caller.scopes, rule.scope)) {
    return absl::PermissionDeniedError(
        absl::StrCat(method, " needs the scope \"", std::string(NameOf(rule.scope)), "\", which you have not"));
  }
  if (!rule.partial && !caller.visibility.everything()) {
    return absl::PermissionDeniedError(absl::StrCat(method, " concerns all watches, and you may see only some"));
  }
  return absl::OkStatus();
}

absl::Status Access::CountStream(const std::string& key, const MethodRule& rule) {
  if (!rule.stream) return absl::OkStatus();
  const std::lock_guard lock(mutex_);
  if (streams_ >= options_.limits.streams) {
    return TooMuch(absl::StrCat("the host has ", streams_, " streams, and takes no more"), absl::Seconds(30));
  }
  int& of_caller = streams_of_[key];
  if (of_caller >= options_.limits.streams_of_one) {
    return TooMuch(absl::StrCat("you have ", of_caller, " streams, and may have no more"), absl::Seconds(30));
  }
  ++of_caller;
  ++streams_;
  return absl::OkStatus();
}

void Access::EndStream(const std::string& key) {
  const std::lock_guard lock(mutex_);
  --streams_;
  const auto found = streams_of_.find(key);
  if (--found->second == 0) streams_of_.erase(found);
}

absl::Duration Access::Refused(const Caller& caller, const MethodRule& rule, const std::string& target,
                               const std::string& outcome, const std::string& detail) {
  ++refused_;
  const absl::Time now = absl::Now();
  const absl::Duration wait = refusal_rate_.Take(NetworkOf(caller.peer), now);
  if (wait > absl::ZeroDuration() || all_refusals_.Take("", now) > absl::ZeroDuration()) {
    ++left_out_;
    return wait;
  }
  Log("access").Warning("A call was refused.", {{"peer", caller.peer},
                                                {"caller", caller.name},
                                                {"method", std::string(rule.method)},
                                                {"outcome", outcome},
                                                {"detail", detail}});
  if (refusals_ != nullptr) {
    refusals_->Write({caller.name, caller.token_id, caller.peer, std::string(rule.method), target, outcome, detail,
                      left_out_.exchange(0)});
  }
  return wait;
}

Admission Access::Begun(Admission admission) {
  // A stream may go on for days.
  if (admission.rule_->stream && admission.rule_->action()) WriteAction(admission, "BEGUN", "");
  return admission;
}

void Access::WriteAction(const Admission& admission, std::string outcome, std::string detail) {
  if (audit_ == nullptr) return;
  const Caller& caller = admission.caller_;
  audit_->Write({caller.name, caller.token_id, caller.peer, std::string(admission.rule_->method), admission.target_,
                 std::move(outcome), std::move(detail), 0});
}

bool Access::StillValid(const Caller& caller) {
  if (caller.anonymous) return !tokens_.required();
  return caller.token_id.empty() || tokens_.StillGood(caller.token_id, absl::Now());
}

absl::Status Access::Expired() { return absl::UnauthenticatedError(kWhatToShow); }

uint64_t Access::audit_failures() const {
  return (audit_ == nullptr ? 0 : audit_->failures()) + (refusals_ == nullptr ? 0 : refusals_->failures());
}

}  // namespace wirewatch::service
