// syslog: every event of the journal as one message (RFC 5424) to a syslog server.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "message.h"
#include "peer.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/templates/channel_template.h"

namespace wirewatch::alerts {
namespace {

constexpr uint32_t kDocumentationEnterprise = 32473;  // RFC 5612: for whoever has no number

std::string Hostname() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// A line for whoever reads the log.
constexpr char kText[] =
    "{% if event.type != 'raised' %}{{ event.type }}: {% endif %}{{ alert.title }}"
    "{% if silence %}{{ silence.author }}: {{ silence.reason }}{% endif %}"
    "{% if event.reason %} ({{ event.reason }}){% endif %}"
    "{% for item in news | first(1) %}{% if item.headline %} | {{ item.headline }}{% endif %}"
    "{% if item.url %} | {{ item.url }}{% endif %}{% endfor %}";

}  // namespace

class Syslog final : public AlertChannel {
 public:
  struct Options {
    std::string server = "unix:/dev/log";
    int facility = 3;
    std::string app_name = "wirewatch";
    std::string hostname;
    uint32_t enterprise = kDocumentationEnterprise;
    bool byte_order_mark = true;
    ByteSize limit = KiB(2);
    absl::Duration timeout = absl::Seconds(10);
    Path ca_file, cert_file, key_file;
    std::string written;
    Path template_file;
    std::string zone;
  };

  static absl::StatusOr<std::unique_ptr<Syslog>> Create(const Options& options, Setup& setup) {
    OptionErrors errors(setup.options(), setup.diagnostics());
    const absl::StatusOr<PeerAddress> address = PeerAddress::Parse(options.server);
    if (!address.ok()) {
      errors.Error("server", std::string(address.status().message()),
                   "write udp://HOST:PORT, tcp://HOST:PORT, tls://HOST:PORT or unix:/PATH");
      return address.status();
    }
    const auto file = [](const Path& path) { return path.text.empty() ? "" : path.resolved.string(); };
    absl::StatusOr<std::unique_ptr<Peer>> peer = Peer::Create({.address = *address,
                                                               .timeout = options.timeout,
                                                               .ca_file = file(options.ca_file),
                                                               .cert_file = file(options.cert_file),
                                                               .key_file = file(options.key_file)});
    if (!peer.ok()) {
      errors.Error(options.cert_file.text.empty() ? "ca_file" : "cert_file", std::string(peer.status().message()));
      return peer.status();
    }
    templates::TemplateLoader loader(setup, options.zone);
    auto text = loader.Load("template", options.written, options.template_file, kText, templates::Target::kText);
    MessageStyle style{.facility = options.facility,
                       .hostname = options.hostname.empty() ? Hostname() : options.hostname,
                       .app_name = options.app_name,
                       .enterprise = options.enterprise,
                       .byte_order_mark = options.byte_order_mark,
                       .limit = options.limit.bytes};
    return std::unique_ptr<Syslog>(new Syslog(*std::move(peer), std::move(style), std::move(text),
                                              absl::StrCat(setup.pipeline(), "/", setup.step())));
  }

  absl::Status Deliver(const v1::AlertEvent& event) override {
    const absl::StatusOr<std::string> message = Message(event);
    if (!message.ok() || message->empty()) return message.status();
    absl::Status sent = peer_->Send(*message);
    if (sent.ok()) ++sequence_id_;
    return sent;
  }
  absl::Status Flush() override { return peer_->Settle(); }
  absl::StatusOr<std::string> Preview(const v1::AlertEvent& event) override { return Message(event); }

 private:
  Syslog(std::unique_ptr<Peer> peer, MessageStyle style, std::unique_ptr<const templates::ChannelTemplate> text,
         std::string channel)
      : peer_(std::move(peer)), style_(std::move(style)), text_(std::move(text)), channel_(std::move(channel)) {}

  // Empty: the event is not for this channel.
  absl::StatusOr<std::string> Message(const v1::AlertEvent& event) const {
    const absl::StatusOr<std::string> text = text_->Render(event, recipient());
    if (!text.ok()) return text.status();
    if (templates::IsBlank(*text)) return "";
    const MessageFacts facts{
        .key = IdempotencyKey(event, channel_), .process = absl::StrCat(getpid()), .sequence_id = sequence_id_};
    return SyslogMessage(event, *text, facts, style_);
  }

  const std::unique_ptr<Peer> peer_;
  const MessageStyle style_;
  const std::unique_ptr<const templates::ChannelTemplate> text_;
  const std::string channel_;
  uint64_t sequence_id_ = 1;
};

WIREWATCH_PLUGIN(
    Syslog,
    {.name = "syslog",
     .summary = "Sends every event of an Alert to a syslog server (RFC 5424).",
     .details =
         "Over UDP (RFC 5426), TCP with octet counting (RFC 6587), TLS (RFC 5425) or a local datagram socket. Alert, "
         "event, severity, watches, sequence number and idempotency key stand in the structured data wirewatch@; "
         "critical becomes critical, high error, medium warning, low notice, info informational. Syslog does not "
         "answer: over TCP and TLS an event counts as taken when the other machine has received it, and comes again "
         "when the connection broke before; over UDP and the local socket an event may be lost unseen.",
     .options = {
         Field("server", &Syslog::Options::server,
               "udp://HOST:PORT, tcp://HOST:PORT, tls://HOST:PORT, or unix:/PATH of a datagram socket. Ports "
               "514, 514 and 6514 unless given.")
             .Example("tls://logs.example.org"),
         Choice("facility", &Syslog::Options::facility,
                {{"user", 1},
                 {"daemon", 3},
                 {"local0", 16},
                 {"local1", 17},
                 {"local2", 18},
                 {"local3", 19},
                 {"local4", 20},
                 {"local5", 21},
                 {"local6", 22},
                 {"local7", 23}},
                "The facility."),
         Field("app_name", &Syslog::Options::app_name, "APP-NAME."),
         Field("hostname", &Syslog::Options::hostname, "HOSTNAME; this machine's unless given."),
         Field("enterprise", &Syslog::Options::enterprise,
               "The private enterprise number in the structured data's name; unless given the one that RFC "
               "5612 has for documentation.")
             .Range(1, 4294967295),
         Field("byte_order_mark", &Syslog::Options::byte_order_mark,
               "Begin the text with a byte order mark, as RFC 5424 asks of UTF-8; some servers show it."),
         Field("limit", &Syslog::Options::limit,
               "Largest message; texts are cut. 2 KiB is what every server should take (RFC 5424, 6.1).")
             .Range(KiB(1), KiB(63)),
         Field("timeout", &Syslog::Options::timeout, "How long connecting or sending may take.")
             .Range(absl::Milliseconds(100), absl::Minutes(2)),
         Field("ca_file", &Syslog::Options::ca_file, "tls: authorities to trust instead of the system's, PEM."),
         Field("cert_file", &Syslog::Options::cert_file, "tls: this side's certificate, PEM; empty: none."),
         Field("key_file", &Syslog::Options::key_file, "tls: its key, PEM; unless given, it is in `cert_file`."),
         Field("template", &Syslog::Options::written,
               "The message's text, as docs/templates.md has it; unless given title, reason, headline and "
               "link. An event that gives nothing is not sent.")
             .Example("\"{{ alert.title }}\""),
         Field("template_file", &Syslog::Options::template_file, "A file with the template."),
         Field("zone", &Syslog::Options::zone,
               "Time zone of times in the text; unless given, the recipient's, else UTC.")
             .Example("Europe/Vienna")}});

}  // namespace wirewatch::alerts
