#include "smtp.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::alerts {
namespace {

constexpr size_t kSaid = 200;  // bytes of an answer that are shown

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// Where a session is. What the server refuses before the envelope says nothing about the mail.
enum class Stage { kSession, kEnvelope, kRecipient, kData, kOver };

// One mail and what the server says to it.
struct Session {
  const SmtpOptions& options;
  std::string_view left;  // of the message
  Stage stage = Stage::kSession;
  std::string recipient = {};
  int code = 0;  // of the last answer before QUIT
  std::string said = {};
  std::vector<Smtp::Refusal> refused = {};
  std::string forbidden = {};  // an address that may not be reached
};

bool IsLoopback(const http::Address& address) {
  static const auto& networks =
      *new std::vector<http::Network>{*http::Network::Parse("127.0.0.0/8"), *http::Network::Parse("::1")};
  return networks[0].Contains(address) || networks[1].Contains(address);
}

curl_socket_t OpenSocket(void* context, curlsocktype, curl_sockaddr* target) {
  auto& session = *static_cast<Session*>(context);
  const absl::StatusOr<http::Address> address = http::AddressOf(target->addr);
  if (!address.ok()) return CURL_SOCKET_BAD;
  const auto& networks = session.options.plaintext;
  const bool reached = session.options.tls || IsLoopback(*address) ||
                       std::any_of(networks.begin(), networks.end(),
                                   [&](const http::Network& network) { return network.Contains(*address); });
  if (!reached) {
    session.forbidden = http::AddressText(*address);
    return CURL_SOCKET_BAD;
  }
  return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

size_t GiveMessage(char* bytes, size_t, size_t size, void* context) {
  auto& session = *static_cast<Session*>(context);
  const size_t given = std::min(size, session.left.size());
  session.left.copy(bytes, given);
  session.left.remove_prefix(given);
  return given;
}

void TakeCommand(std::string_view line, Session& session) {
  const std::string command = absl::AsciiStrToUpper(std::string(line.substr(0, 8)));
  if (absl::StartsWith(command, "RCPT TO:")) {
    session.stage = Stage::kRecipient;
    const size_t open = line.find('<'), close = line.find('>');
    if (open < close && close != std::string_view::npos) session.recipient = line.substr(open + 1, close - open - 1);
  } else if (absl::StartsWith(command, "MAIL")) {
    session.stage = Stage::kEnvelope;
  } else if (absl::StartsWith(command, "DATA")) {
    session.stage = Stage::kData;
  } else if (absl::StartsWith(command, "QUIT")) {
    session.stage = Stage::kOver;
  }
}

void TakeAnswer(std::string_view line, Session& session) {
  int code = 0;
  // The last line of an answer has a space behind its code.
  if (session.stage == Stage::kOver || line.size() < 3 || !absl::SimpleAtoi(std::string(line.substr(0, 3)), &code) ||
      (line.size() > 3 && line[3] == '-')) {
    return;
  }
  session.code = code;
  const std::string said = text::RepairUtf8(line.substr(0, kSaid));
  session.said = text::Printable(std::string(absl::StripAsciiWhitespace(said)));
  if (session.stage == Stage::kRecipient && code >= 400)
    session.refused.push_back({session.recipient, code, session.said});
}

// libcurl tells only here which recipient an answer is about. Nothing is kept of what it sends before the envelope:
// the password is in it.
int Listen(CURL*, curl_infotype type, char* bytes, size_t size, void* context) {
  auto& session = *static_cast<Session*>(context);
  const std::string_view line(bytes, size);
  if (type == CURLINFO_HEADER_OUT) TakeCommand(line, session);
  if (type == CURLINFO_HEADER_IN) TakeAnswer(line, session);
  return 0;
}

absl::Status StatusOf(CURLcode result, const Session& session, const char* error) {
  const std::string& url = session.options.url;
  if (result == CURLE_OK) return absl::OkStatus();
  if (!session.forbidden.empty()) {
    return absl::UnavailableError(absl::StrCat(url, " has the address ", session.forbidden,
                                               ", which is not reached without TLS unless `plaintext` has it"));
  }
  const std::string told = absl::StrCat(url, ": ", *error != '\0' ? error : curl_easy_strerror(result));
  if (result == CURLE_OPERATION_TIMEDOUT) return absl::DeadlineExceededError(told);
  const bool of_the_mail = session.stage == Stage::kEnvelope || session.stage == Stage::kRecipient ||
                           session.stage == Stage::kData || session.stage == Stage::kOver;
  // With every recipient refused it is over; one that may be taken another time keeps the mail.
  const bool none_now = session.stage == Stage::kRecipient || session.stage == Stage::kOver;
  const bool hope = none_now && std::any_of(session.refused.begin(), session.refused.end(),
                                            [](const Smtp::Refusal& refusal) { return !refusal.final(); });
  if (!of_the_mail || session.code < 400) return absl::UnavailableError(told);
  const std::string answer = absl::StrCat(url, " answered ", session.said);
  return session.code >= 500 && !hope ? absl::FailedPreconditionError(answer) : absl::UnavailableError(answer);
}

}  // namespace

absl::Status CheckSmtpUrl(const std::string& url) {
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parts(curl_url(), &curl_url_cleanup);
  const auto part = [&parts](CURLUPart which) {
    char* text = nullptr;
    const bool there = curl_url_get(parts.get(), which, &text, 0) == CURLUE_OK;
    std::string copy = there ? text : "";
    curl_free(text);
    return copy;
  };
  const bool parsed = curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK;
  const std::string scheme = part(CURLUPART_SCHEME);
  if (!parsed || (scheme != "smtp" && scheme != "smtps") || part(CURLUPART_HOST).empty())
    return absl::InvalidArgumentError(absl::StrCat("\"", url, "\" is no address of an SMTP server"));
  if (!part(CURLUPART_USER).empty() || !part(CURLUPART_PASSWORD).empty())
    return absl::InvalidArgumentError("user and password do not belong into the server's address");
  if (part(CURLUPART_PATH) != "/" || !part(CURLUPART_QUERY).empty() || !part(CURLUPART_FRAGMENT).empty())
    return absl::InvalidArgumentError("nothing may follow the server's host and port");
  return absl::OkStatus();
}

struct Smtp::Curl {
  CURL* handle = nullptr;
  std::array<char, CURL_ERROR_SIZE> error{};

  bool Set(const SmtpOptions& options) {
    const auto set = [this](CURLoption option, auto value) {
      return curl_easy_setopt(handle, option, value) == CURLE_OK;
    };
    const bool implicit = absl::StartsWith(options.url, "smtps:");
    const bool done =
        set(CURLOPT_URL, options.url.c_str()) && set(CURLOPT_PROTOCOLS_STR, "smtp,smtps") && set(CURLOPT_PROXY, "") &&
        set(CURLOPT_NOPROXY, "*") && set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED)) &&
        set(CURLOPT_NOSIGNAL, 1L) && set(CURLOPT_SSL_VERIFYPEER, 1L) && set(CURLOPT_SSL_VERIFYHOST, 2L) &&
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) &&
        set(CURLOPT_USE_SSL, static_cast<long>(options.tls || implicit ? CURLUSESSL_ALL : CURLUSESSL_NONE)) &&
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(options.timeout))) &&
        (options.ca_file.empty() || set(CURLOPT_CAINFO, options.ca_file.c_str())) &&
        set(CURLOPT_ERRORBUFFER, error.data());
    return done && (options.user.empty() ||
                    (set(CURLOPT_USERNAME, options.user.c_str()) && set(CURLOPT_PASSWORD, options.password.c_str())));
  }

  bool Send(const std::string& from, const curl_slist* to, Session& session) {
    const auto set = [this](CURLoption option, auto value) {
      return curl_easy_setopt(handle, option, value) == CURLE_OK;
    };
    return set(CURLOPT_MAIL_FROM, from.c_str()) && set(CURLOPT_MAIL_RCPT, to) &&
           set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L) && set(CURLOPT_UPLOAD, 1L) &&
           set(CURLOPT_READFUNCTION, &GiveMessage) && set(CURLOPT_READDATA, &session) &&
           set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(session.left.size())) &&
           set(CURLOPT_OPENSOCKETFUNCTION, &OpenSocket) && set(CURLOPT_OPENSOCKETDATA, &session) &&
           set(CURLOPT_VERBOSE, 1L) && set(CURLOPT_DEBUGFUNCTION, &Listen) && set(CURLOPT_DEBUGDATA, &session);
  }
};

Smtp::Smtp(SmtpOptions options) : options_(std::move(options)), curl_(std::make_unique<Curl>()) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  curl_->handle = curl_easy_init();
}

Smtp::~Smtp() { curl_easy_cleanup(curl_->handle); }

Smtp::Outcome Smtp::Send(const std::string& from, const std::vector<std::string>& to, const std::string& message) {
  if (curl_->handle == nullptr) return {absl::UnavailableError("libcurl cannot be started"), {}};
  std::unique_ptr<curl_slist, FreeList> recipients;
  for (const std::string& address : to) {
    curl_slist* const longer = curl_slist_append(recipients.get(), address.c_str());
    if (longer == nullptr) return {absl::UnavailableError("out of memory"), {}};
    static_cast<void>(recipients.release());
    recipients.reset(longer);
  }
  Session session{.options = options_, .left = message};
  curl_easy_reset(curl_->handle);
  curl_->error[0] = '\0';
  if (!curl_->Set(options_) || !curl_->Send(from, recipients.get(), session))
    return {absl::InternalError("libcurl does not take an option; it must be 7.85 or later"), {}};
  const CURLcode result = curl_easy_perform(curl_->handle);
  absl::Status status = StatusOf(result, session, curl_->error.data());
  return {std::move(status), std::move(session.refused)};
}

}  // namespace wirewatch::alerts
