// console: Alerts as lines for people, on standard output.
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/templates/alert_model.h"
#include "wirewatch/templates/channel_template.h"
#include "wirewatch/text/printable.h"

namespace wirewatch::alerts {
namespace {

using text::Printable;

enum class Colour { kAuto, kAlways, kNever };

constexpr char kReset[] = "\033[0m";
constexpr char kBold[] = "\033[1m";
constexpr char kDim[] = "\033[2m";
constexpr char kHit[] = "\033[1;33m";

const char* SeverityName(v1::Severity severity) {
  switch (severity) {
    case v1::SEVERITY_INFO:
      return "INFO";
    case v1::SEVERITY_LOW:
      return "LOW";
    case v1::SEVERITY_HIGH:
      return "HIGH";
    case v1::SEVERITY_CRITICAL:
      return "CRITICAL";
    default:
      return "MEDIUM";
  }
}

const char* SeverityColour(v1::Severity severity) {
  switch (severity) {
    case v1::SEVERITY_CRITICAL:
      return "\033[1;37;41m";
    case v1::SEVERITY_HIGH:
      return "\033[1;31m";
    case v1::SEVERITY_LOW:
    case v1::SEVERITY_INFO:
      return "\033[36m";
    default:
      return "\033[33m";
  }
}

// What happened, where it is not that an Alert was raised.
std::string WhatHappened(const v1::AlertEvent& event) {
  switch (event.correction()) {
    case v1::CORRECTION_KIND_CORRECTED:
      return "CORRECTION";
    case v1::CORRECTION_KIND_RETRACTED:
      return "RETRACTION";
    case v1::CORRECTION_KIND_NO_LONGER_MATCHES:
      return "no longer matches";
    default:
      break;
  }
  switch (event.type()) {
    case v1::ALERT_EVENT_TYPE_RAISED:
      return "";
    case v1::ALERT_EVENT_TYPE_CLOSED:
      return "closed";
    case v1::ALERT_EVENT_TYPE_RESOLVED:
      return "resolved";
    case v1::ALERT_EVENT_TYPE_REPEATED:
      return "still holds";
    case v1::ALERT_EVENT_TYPE_UPDATED:
      return "update";
    default:
      return "event";
  }
}

std::string PublishedText(const v1::PublishedTime& published, const absl::TimeZone& zone) {
  if (!published.has_value()) return "";
  const absl::Time time = absl::FromUnixSeconds(published.value().seconds());
  // A day without a time is no instant that a zone could move.
  if (published.precision() == v1::TIME_PRECISION_DAY) return absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone());
  return absl::FormatTime("%Y-%m-%d %H:%M %Z", time, zone);
}

const char* CorrectionText(v1::CorrectionKind correction) {
  switch (correction) {
    case v1::CORRECTION_KIND_CORRECTED:
      return " [corrected]";
    case v1::CORRECTION_KIND_RETRACTED:
      return " [retracted]";
    case v1::CORRECTION_KIND_NO_LONGER_MATCHES:
      return " [no longer matches]";
    default:
      return "";
  }
}

// 1204 as "1,204".
std::string Grouped(uint64_t count) {
  std::string digits = absl::StrCat(count);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

}  // namespace

class Console final : public AlertChannel {
 public:
  struct Options {
    Colour colour = Colour::kAuto;
    uint32_t items = 3;
    std::string written;
    Path template_file;
    std::string zone;
  };

  static absl::StatusOr<std::unique_ptr<Console>> Create(const Options& options, Setup& setup) {
    templates::TemplateLoader loader(setup, options.zone);
    auto text = loader.Load("template", options.written, options.template_file, "", templates::Target::kLine);
    return std::unique_ptr<Console>(new Console(options, std::move(text), setup.log()));
  }

  absl::Status Deliver(const v1::AlertEvent& event) override {
    if (unread_) return absl::OkStatus();
    const absl::StatusOr<std::string> text = Preview(event);
    return text.ok() ? Write(*text) : text.status();
  }
  absl::StatusOr<std::string> Preview(const v1::AlertEvent& event) override {
    if (text_ != nullptr) return text_->Render(event, recipient());
    return event.type() == v1::ALERT_EVENT_TYPE_CLOSED ? std::string() : Print(event);
  }

  absl::Status DeliverDigest(const v1::Digest& digest) override {
    return unread_ ? absl::OkStatus() : Write(Print(digest));
  }
  absl::StatusOr<std::string> PreviewDigest(const v1::Digest& digest) override { return Print(digest); }

 private:
  Console(const Options& options, std::unique_ptr<const templates::ChannelTemplate> text, Log log)
      : items_(options.items), colour_(UsesColour(options.colour)), text_(std::move(text)), log_(std::move(log)) {}

  static bool UsesColour(Colour colour) {
    const char* const off = std::getenv("NO_COLOR");
    const char* const terminal = std::getenv("TERM");
    if (colour != Colour::kAuto) return colour == Colour::kAlways;
    return isatty(STDOUT_FILENO) != 0 && (off == nullptr || *off == '\0') &&
           (terminal == nullptr || std::strcmp(terminal, "dumb") != 0);
  }

  std::string In(const char* colour, const std::string& out) const {
    return colour_ && !out.empty() ? absl::StrCat(colour, out, kReset) : out;
  }

  std::string Print(const v1::AlertEvent& event) const {
    const v1::Alert& alert = event.alert();
    const std::string happened = WhatHappened(event);
    std::string out =
        absl::StrCat(In(SeverityColour(alert.severity()), SeverityName(alert.severity())), " ",
                     happened.empty() ? "" : In(kBold, happened) + " ", In(kBold, Printable(alert.title())),
                     alert.test() ? " [test]" : "", alert.late() ? " [late]" : "", "\n");
    if (!event.reason().empty()) absl::StrAppend(&out, "  ", Printable(event.reason()), "\n");
    uint32_t shown = 0;
    int more = 0;
    for (const v1::Evidence& evidence : alert.evidence()) {
      if (!templates::IsNews(event, evidence)) continue;
      shown < items_ ? absl::StrAppend(&out, PrintEvidence(evidence)) : static_cast<void>(++more);
      ++shown;
    }
    if (more > 0) absl::StrAppend(&out, In(kDim, absl::StrCat("  and ", more, " more")), "\n");
    return out + "\n";
  }

  std::string Print(const v1::Digest& digest) const {
    const std::string time =
        absl::FormatTime("%Y-%m-%d %H:%M %Z", absl::FromUnixSeconds(digest.time().seconds()), recipient().time_zone);
    const uint64_t all = digest.alert_count() + digest.omitted();
    std::string out = absl::StrCat(In(kBold, absl::StrCat("DIGEST ", Printable(digest.recipient()), " ", time)), ": ",
                                   all == 0 ? "nothing" : absl::StrCat(Grouped(all), all == 1 ? " alert" : " alerts"),
                                   "; ", Grouped(digest.checked()), " checked\n");
    for (const v1::DigestSection& section : digest.sections()) {
      if (!section.watch_id().empty()) absl::StrAppend(&out, "  ", Printable(section.watch_id()), "\n");
      for (const v1::DigestLine& line : section.lines()) absl::StrAppend(&out, PrintLine(line));
    }
    if (digest.omitted() > 0) {
      absl::StrAppend(&out, In(kDim, absl::StrCat("  and ", Grouped(digest.omitted()), " that cannot be shown")), "\n");
    }
    return out + "\n";
  }

  std::string PrintLine(const v1::DigestLine& line) const {
    std::vector<std::string> parts = {Printable(line.title())};
    const std::string published = PublishedText(line.published(), recipient().time_zone);
    for (const std::string& part : {line.headline(), line.snippet(), line.outlet(), published, line.url()}) {
      if (!part.empty()) parts.push_back(Printable(part));
    }
    return absl::StrCat("    ", In(SeverityColour(line.severity()), SeverityName(line.severity())), " ",
                        absl::StrJoin(parts, " · "), CorrectionText(line.correction()), line.test() ? " [test]" : "",
                        line.late() ? " [late]" : "",
                        line.withheld().empty() ? "" : absl::StrCat(" [", Printable(line.withheld()), "]"), "\n");
  }

  std::string PrintEvidence(const v1::Evidence& evidence) const {
    std::vector<std::string> facts;
    const std::string outlet = evidence.outlet().empty() ? evidence.origin() : evidence.outlet();
    const std::string published = PublishedText(evidence.published(), recipient().time_zone);
    for (const std::string& fact : {outlet, published, evidence.url()}) {
      if (!fact.empty()) facts.push_back(Printable(fact));
    }
    std::string out;
    if (!evidence.headline().empty()) absl::StrAppend(&out, "  ", In(kBold, Printable(evidence.headline())), "\n");
    if (!facts.empty()) absl::StrAppend(&out, "  ", In(kDim, absl::StrJoin(facts, " · ")), "\n");
    if (!evidence.snippet().empty()) absl::StrAppend(&out, "    ", Highlighted(evidence), "\n");
    if (!evidence.withheld().empty()) absl::StrAppend(&out, "    [", Printable(evidence.withheld()), "]\n");
    if (!evidence.explanation().summary().empty()) {
      absl::StrAppend(&out, In(kDim, "    why: " + Printable(evidence.explanation().summary())), "\n");
    }
    return out;
  }

  // Without colour the hits stand in brackets.
  std::string Highlighted(const v1::Evidence& evidence) const {
    const std::string_view snippet = evidence.snippet();
    std::string out;
    size_t at = 0;
    for (const v1::Span& hit : evidence.highlights()) {
      if (hit.begin() < at || hit.end() > snippet.size() || hit.begin() >= hit.end()) continue;
      const std::string inside = Printable(snippet.substr(hit.begin(), hit.end() - hit.begin()));
      absl::StrAppend(&out, Printable(snippet.substr(at, hit.begin() - at)),
                      colour_ ? absl::StrCat(kHit, inside, kReset) : absl::StrCat("[", inside, "]"));
      at = hit.end();
    }
    return out + Printable(snippet.substr(at));
  }

  absl::Status Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = write(STDOUT_FILENO, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0 && errno == EPIPE) {
        // As with `wirewatch run … | head`: what is printed for people is not kept for nobody.
        unread_ = true;
        log_.Warning("Nobody reads standard output any longer: further Alerts are not printed.");
        return absl::OkStatus();
      }
      if (written < 0 && errno == EAGAIN) return absl::UnavailableError("standard output takes nothing");
      if (written <= 0) return absl::ErrnoToStatus(errno, "standard output cannot be written");
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return absl::OkStatus();
  }

  const uint32_t items_;
  const bool colour_;
  const std::unique_ptr<const templates::ChannelTemplate> text_;  // nullptr: as Print() has it
  const Log log_;
  bool unread_ = false;
};

WIREWATCH_PLUGIN(
    Console, {.name = "console",
              .summary = "Prints Alerts for people: headline, snippet with the hits marked, and why.",
              .details = "Colours on a terminal only, and not where NO_COLOR is set or TERM is dumb; without colour "
                         "hits stand in brackets. Control characters in texts are never passed on.",
              .options = {Choice("colour", &Console::Options::colour,
                                 {{"auto", Colour::kAuto}, {"always", Colour::kAlways}, {"never", Colour::kNever}},
                                 "Whether to use colours."),
                          Field("items", &Console::Options::items, "Most Items shown of one Alert.").Range(0, 100),
                          Field("template", &Console::Options::written,
                                "What is printed instead, as docs/templates.md has it; line ends come from the "
                                "template alone.")
                              .Example("\"{{ alert.title }}\\n\""),
                          Field("template_file", &Console::Options::template_file, "A file with the template."),
                          Field("zone", &Console::Options::zone,
                                "Time zone of times in the template; unless given, the recipient's, else UTC.")
                              .Example("Europe/Vienna")}});

}  // namespace wirewatch::alerts
