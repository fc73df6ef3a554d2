// Access: who may call which method of the host's services, how often, and what the audit log tells of it. Every method
// begins with Serve() or Admit(); what it asks stands in method_rules.h.
//
// On the control socket everything is allowed, for its file decides who may connect. On the network a client shows a
// token, in the metadata `authorization: Bearer wwt_…`, or a certificate that the host's client CA has signed.
//
// Any thread. It outlives the servers whose services use it.
#ifndef WIREWATCH_SERVICE_ACCESS_H_
#define WIREWATCH_SERVICE_ACCESS_H_

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/status.h"
#include "wirewatch/service/audit_log.h"
#include "wirewatch/service/caller.h"
#include "wirewatch/service/grpc_status.h"
#include "wirewatch/service/method_rules.h"
#include "wirewatch/service/rate_limit.h"
#include "wirewatch/service/tokens.h"

namespace wirewatch::service {

// Each is of a caller on the network, or of an address (of IPv6: its /64) that cannot say who it is.
struct AccessLimits {
  double requests_per_s = 100, request_burst = 200;
  double refusals_per_s = 1, refusal_burst = 20;
  int streams_of_one = 64, streams = 4096;
};

struct AccessOptions {
  std::filesystem::path tokens;    // the file of tokens; need not be there
  std::filesystem::path audit;     // what operators did
  std::filesystem::path refusals;  // apart, so that strangers cannot fill the file of what operators did; either may
                                   // be empty: nothing is written
  Scopes certificate_scopes;       // of a client that shows a certificate and no token; none: it needs a token
  bool open = false;               // as long as there is no file of tokens, whoever reaches the host may do everything
  AccessLimits limits;
};

class Access;

// A call that was admitted. For a stream it lives as long as the stream.
class Admission {
 public:
  Admission(Admission&& other) noexcept;
  Admission& operator=(Admission&&) = delete;
  // A call that nobody has said the end of was cancelled.
  ~Admission();

  const Caller& caller() const { return caller_; }
  // How it ended; of an action the audit log then tells. Gives back `status`.
  grpc::Status Done(grpc::Status status);

 private:
  friend class Access;
  Admission(Access& access, const MethodRule& rule, Caller caller, std::string target)
      : access_(&access), rule_(&rule), caller_(std::move(caller)), target_(std::move(target)) {}

  Access* access_;  // nullptr: moved from
  const MethodRule* rule_;
  Caller caller_;
  std::string target_;
  std::string key_;  // of the stream that counts; empty: none does
  bool done_ = false;
};

class Access {
 public:
  // Errors are those of ReadTokenFile() and AuditLog::Open().
  static absl::StatusOr<std::unique_ptr<Access>> Open(const AccessOptions& options);
  // For the control socket alone: nobody on the network is admitted, nothing is written.
  Access() : Access(AccessOptions{}) {}

  // `method`: as in method_rules.h. `target`: what it is done to, for the audit log. UNAUTHENTICATED, in the same words
  // for whatever is wrong with the credentials; PERMISSION_DENIED with the scope that is missing; RESOURCE_EXHAUSTED
  // with google.rpc.RetryInfo.
  absl::StatusOr<Admission> Admit(const Credentials& credentials, std::string_view method, std::string target = "");
  absl::StatusOr<Admission> Admit(const grpc::ServerContextBase& context, std::string_view method,
                                  std::string target = "");

  // A method that answers once: calls `run(const Caller&)`, which gives a grpc::Status, if its caller is admitted.
  template <class Run>
  grpc::Status Serve(const grpc::ServerContextBase& context, std::string_view method, std::string target, Run run) {
    absl::StatusOr<Admission> admission = Admit(context, method, std::move(target));
    if (!admission.ok()) return ToGrpc(admission.status());
    return admission->Done(run(admission->caller()));
  }

  // For streams, every second or so: false when the caller's token was revoked or has expired meanwhile. End the stream
  // with Expired() then.
  bool StillValid(const Caller& caller);
  static absl::Status Expired();

  // Somebody on the network is asked for a token.
  bool has_tokens() { return tokens_.required(); }
  uint64_t refused() const { return refused_; }
  uint64_t audit_failures() const;

 private:
  friend class Admission;
  explicit Access(const AccessOptions& options);

  // Who it is; else why not, for the log.
  struct Identified {
    Caller caller;
    std::string refusal;  // empty: identified
  };
  Identified Identify(const Credentials& credentials);
  absl::Status CheckRule(const Caller& caller, const MethodRule& rule) const;
  absl::Status CountStream(const std::string& key, const MethodRule& rule);
  void EndStream(const std::string& key);
  // Writes a refusal down, unless there were too many from there: then how long to wait.
  absl::Duration Refused(const Caller& caller, const MethodRule& rule, const std::string& target,
                         const std::string& outcome, const std::string& detail);
  Admission Begun(Admission admission);
  void WriteAction(const Admission& admission, std::string outcome, std::string detail);

  const AccessOptions options_;
  Tokens tokens_;
  std::unique_ptr<AuditLog> audit_, refusals_;
  RateLimit requests_, refusal_rate_, all_refusals_;
  std::mutex mutex_;
  std::unordered_map<std::string, int> streams_of_;  // that are open
  int streams_ = 0;
  std::atomic<uint64_t> refused_{0}, left_out_{0};
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_ACCESS_H_
