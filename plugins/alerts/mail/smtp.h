// Smtp: hands mails to an SMTP server (RFC 5321) through libcurl. TLS is demanded unless the configuration says
// otherwise, and then only this machine and networks that it names are reached: the server is the operator's choice and
// usually inside, so with TLS, which proves whose it is, any address will do. Used by one thread.
#ifndef WIREWATCH_PLUGINS_ALERTS_MAIL_SMTP_H_
#define WIREWATCH_PLUGINS_ALERTS_MAIL_SMTP_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "wirewatch/http/network.h"

namespace wirewatch::alerts {

struct SmtpOptions {
  std::string url;  // smtp://host:port or smtps://host:port
  std::string user, password;
  bool tls = true;                       // of smtp://: STARTTLS is demanded
  std::vector<http::Network> plaintext;  // without TLS: where to besides this machine
  std::string ca_file;                   // PEM; empty: the system's authorities
  absl::Duration timeout = absl::Seconds(30);
};

// InvalidArgument when the URL is no smtp:// or smtps:// with a host and nothing but a port besides.
absl::Status CheckSmtpUrl(const std::string& url);

class Smtp {
 public:
  struct Refusal {
    std::string address;
    int code = 0;  // of SMTP
    std::string said;
    bool final() const { return code >= 500; }
  };
  struct Outcome {
    // OK: the server has taken the mail for all but `refused`. Unavailable, DeadlineExceeded: it may another time.
    // FailedPrecondition: it never will.
    absl::Status status;
    std::vector<Refusal> refused;
  };

  explicit Smtp(SmtpOptions options);
  ~Smtp();
  Smtp(const Smtp&) = delete;
  Smtp& operator=(const Smtp&) = delete;

  Outcome Send(const std::string& from, const std::vector<std::string>& to, const std::string& message);

 private:
  struct Curl;

  const SmtpOptions options_;
  const std::unique_ptr<Curl> curl_;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_PLUGINS_ALERTS_MAIL_SMTP_H_
