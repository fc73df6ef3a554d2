// webhook: every event of the journal, and every digest, is posted to a URL, as JSON or as a template says, signed as
// Standard Webhooks (https://www.standardwebhooks.com) has it.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "body.h"
#include "wirewatch/http/fetcher.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/text/printable.h"

namespace wirewatch::alerts {
namespace {

constexpr uint64_t kAnswerRead = 4096;  // bytes
constexpr size_t kAnswerShown = 200;    // bytes
constexpr const char* kOwnHeaders[] = {"Content-Type", "Content-Length",    "Idempotency-Key",
                                       "webhook-id",   "webhook-timestamp", "webhook-signature"};
constexpr char kPagerDutyUrl[] = "https://events.pagerduty.com/v2/enqueue";
constexpr char kBase64Key[] = "whsec_";  // what a key in base64 begins with

// Whether it may be another time, the request being as it is.
bool MayPass(int status) { return status == 408 || status == 425 || status == 429 || status >= 500; }

std::string Signature(const std::string& key, const std::string& signed_text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), mac.data(), &size);
  return absl::StrCat("v1,", absl::Base64Escape(std::string(reinterpret_cast<const char*>(mac.data()), size)));
}

}  // namespace

class Webhook final : public AlertChannel {
 public:
  struct HeaderOption {
    std::string name;
    Secret value;
  };
  struct Options {
    Secret url;
    Secret secret;
    std::vector<HeaderOption> headers;
    absl::Duration timeout = absl::Seconds(10);
    std::vector<std::string> allow;
    Path ca_file;
    Preset preset = Preset::kNone;
    Secret routing_key;
    std::string written, digest_written;
    Path template_file, digest_file;
    std::string content_type = "application/json";
    std::string zone;
  };

  static absl::StatusOr<std::unique_ptr<Webhook>> Create(const Options& options, Setup& setup) {
    const auto wrong = [&setup](const char* option, const absl::Status& status, const char* hint) {
      const Node::Entry* const entry = setup.options().Find(option);
      setup.diagnostics().Error(entry != nullptr ? entry->value.at() : setup.options().at(),
                                std::string(status.message()), hint);
    };
    http::FetcherOptions fetcher;
    fetcher.timeout = options.timeout;
    fetcher.connect_timeout = std::min(options.timeout, fetcher.connect_timeout);
    fetcher.max_body_bytes = kAnswerRead;
    fetcher.cut_body = true;
    fetcher.ca_file = options.ca_file.text.empty() ? "" : options.ca_file.resolved.string();
    for (const std::string& written : options.allow) {
      const absl::StatusOr<http::Network> network = http::Network::Parse(written);
      network.ok() ? fetcher.allow.push_back(*network)
                   : wrong("allow", network.status(), "write a block of addresses, such as 10.20.0.0/16");
    }
    const std::string url = UrlOf(options);
    if (url.empty()) {
      setup.diagnostics().Error(setup.options().at(), "\"webhook\" needs the option \"url\"");
    } else if (const absl::Status right = http::CheckUrl(url); !right.ok()) {
      wrong("url", right, "write https://host/path");
    }
    auto body = Body::Create({.preset = options.preset,
                              .written = options.written,
                              .template_file = options.template_file,
                              .digest_written = options.digest_written,
                              .digest_file = options.digest_file,
                              .content_type = options.content_type,
                              .zone = options.zone,
                              .routing_key = options.routing_key},
                             setup);
    std::vector<http::Header> headers = {{"Content-Type", options.content_type}};
    for (const HeaderOption& header : options.headers) {
      headers.push_back({header.name, header.value.Reveal(), true});
      const auto is_it = [&header](const char* own) { return absl::EqualsIgnoreCase(header.name, own); };
      if (std::any_of(std::begin(kOwnHeaders), std::end(kOwnHeaders), is_it)) {
        wrong("headers", absl::InvalidArgumentError(absl::StrCat("the header ", header.name, " is the channel's own")),
              "leave it out");
      }
      if (const absl::Status right = http::CheckHeader(headers.back()); !right.ok())
        wrong("headers", right, "a header has a name, such as Authorization, and a value of one line");
    }
    std::string key = options.secret.Reveal();
    if (absl::StartsWith(key, kBase64Key)) {
      std::string decoded;
      const std::string written = key.substr(sizeof(kBase64Key) - 1);
      if (!absl::Base64Unescape(written, &decoded) || decoded.empty()) {
        wrong("secret", absl::InvalidArgumentError("what follows whsec_ is no base64"),
              "a key that does not begin with whsec_ is used as it is written");
      }
      key = std::move(decoded);
    }
    return std::unique_ptr<Webhook>(new Webhook(url, std::move(body), std::move(key), std::move(headers),
                                                std::move(fetcher), absl::StrCat(setup.pipeline(), "/", setup.step()),
                                                setup.clock()));
  }

  absl::Status Deliver(const v1::AlertEvent& event) override {
    absl::StatusOr<std::string> body = body_->For(event, recipient());
    if (!body.ok() || templates::IsBlank(*body)) return body.status();
    return Post(IdempotencyKey(event, channel_), *std::move(body));
  }

  absl::Status DeliverDigest(const v1::Digest& digest) override {
    absl::StatusOr<std::string> body = body_->For(digest);
    if (!body.ok() || templates::IsBlank(*body)) return body.status();
    return Post(digest.id(), *std::move(body));
  }

  absl::StatusOr<std::string> Preview(const v1::AlertEvent& event) override {
    return body_->Preview(event, recipient());
  }
  absl::StatusOr<std::string> PreviewDigest(const v1::Digest& digest) override { return body_->For(digest); }

 private:
  static std::string UrlOf(const Options& options) {
    return options.url.empty() && options.preset == Preset::kPagerDuty ? kPagerDutyUrl : options.url.Reveal();
  }

  // `id` is the same for all attempts.
  absl::Status Post(const std::string& id, std::string body) {
    http::Request request{.method = "POST", .url = url_, .headers = headers_, .body = std::move(body)};
    const std::string time = absl::StrCat(absl::ToUnixSeconds(clock_.Now()));
    request.headers.push_back({"Idempotency-Key", id});
    request.headers.push_back({"webhook-id", id});
    request.headers.push_back({"webhook-timestamp", time});
    if (!key_.empty()) {
      request.headers.push_back({"webhook-signature", Signature(key_, absl::StrCat(id, ".", time, ".", request.body))});
    }
    const absl::StatusOr<http::Response> response = fetcher_.Fetch(request);
    // Whatever keeps an answer from coming may be mended: none of it is the event's fault.
    if (!response.ok()) {
      return absl::IsDeadlineExceeded(response.status()) ? response.status()
                                                         : absl::UnavailableError(response.status().message());
    }
    if (response->status >= 200 && response->status < 300) return absl::OkStatus();
    const std::string said = text::Printable(response->body.substr(0, kAnswerShown));
    const std::string message =
        absl::StrCat(http::Origin(url_), " answered ", response->status, said.empty() ? "" : ": ", said);
    if (!MayPass(response->status)) return absl::FailedPreconditionError(message);
    return RetryAfter(absl::UnavailableError(message), http::RetryAfter(*response, clock_.Now()));
  }

  Webhook(std::string url, std::unique_ptr<const Body> body, std::string key, std::vector<http::Header> headers,
          http::FetcherOptions fetcher, std::string channel, Clock& clock)
      : url_(std::move(url)),
        body_(std::move(body)),
        key_(std::move(key)),
        headers_(std::move(headers)),
        channel_(std::move(channel)),
        clock_(clock),
        fetcher_(std::move(fetcher)) {}

  const std::string url_;
  const std::unique_ptr<const Body> body_;
  const std::string key_;
  const std::vector<http::Header> headers_;
  const std::string channel_;
  Clock& clock_;
  http::Fetcher fetcher_;
};

WIREWATCH_PLUGIN(
    Webhook,
    {.name = "webhook",
     .summary = "Posts every event of an Alert to a URL: as protobuf JSON, in the form that Slack, Teams or PagerDuty "
                "expect, or as a template says.",
     .details =
         "A digest is posted as {\"digest\": …} (wirewatch.v1.Digest), in Slack's or Teams' form, or as "
         "digest_template "
         "says, its id as the key; where there is only a template for events, or another preset, the last event of "
         "each Alert in it instead. An event is taken when the "
         "answer is 2xx. 408, 425, 429 and 5xx, time-outs and broken connections are tried "
         "again, not before what Retry-After asks for, an hour at most; any other answer, redirects too, makes the "
         "event "
         "a dead letter. Idempotency-Key (and webhook-id) is the same for all attempts at an event, also after a "
         "restart. With a secret each request is signed as Standard Webhooks has it: webhook-signature is v1, a comma, "
         "and the base64 of the HMAC-SHA-256 of webhook-id, webhook-timestamp (seconds since 1970) and the body, with "
         "dots between them. Addresses that are not of the public Internet are refused unless `allow` has them.",
     .options = {
         Field("url", &Webhook::Options::url, "Where to; http or https. Needed, unless the preset is pagerduty.")
             .Example("\"${file:/run/secrets/hook_url}\""),
         Field("secret", &Webhook::Options::secret,
               "Key of the signature: its bytes as written, or in base64 behind `whsec_`. Empty: none.")
             .Example("\"${HOOK_SECRET}\""),
         TableList("headers", &Webhook::Options::headers,
                   {Field("name", &Webhook::HeaderOption::name, "Its name.").Required(),
                    Field("value", &Webhook::HeaderOption::value, "Its value, never printed.").Required()},
                   "Headers to send besides, such as Authorization."),
         Field("timeout", &Webhook::Options::timeout, "How long an answer may take.")
             .Range(absl::Milliseconds(100), absl::Minutes(2)),
         Field("allow", &Webhook::Options::allow,
               "Networks that may be reached besides the public Internet, as blocks of addresses.")
             .Example("[127.0.0.1/32, 10.20.0.0/16]"),
         Field("ca_file", &Webhook::Options::ca_file, "Authorities to trust instead of the system's, PEM."),
         Choice("preset", &Webhook::Options::preset,
                {{"none", Preset::kNone},
                 {"slack", Preset::kSlack},
                 {"teams", Preset::kTeams},
                 {"pagerduty", Preset::kPagerDuty},
                 {"alertmanager", Preset::kAlertmanager}},
                "A body that the receiver knows: Slack's incoming webhook, the Workflows webhook of Teams, "
                "PagerDuty's Events API v2, or what Alertmanager posts to its webhooks."),
         Field("routing_key", &Webhook::Options::routing_key,
               "For the preset pagerduty: the integration's routing key."),
         Field("template", &Webhook::Options::written,
               "A body of one's own, as docs/templates.md has it. An event that gives nothing is not posted."),
         Field("template_file", &Webhook::Options::template_file, "A file with the template."),
         Field("digest_template", &Webhook::Options::digest_written,
               "A body of one's own for digests; docs/templates.md has what a digest holds."),
         Field("digest_template_file", &Webhook::Options::digest_file, "A file with the digest's template."),
         Field("content_type", &Webhook::Options::content_type,
               "What the template is; values are escaped for JSON or HTML where it says so."),
         Field("zone", &Webhook::Options::zone,
               "Time zone of times in the body; unless given, the recipient's, else UTC.")
             .Example("Europe/Vienna")}});

}  // namespace wirewatch::alerts
