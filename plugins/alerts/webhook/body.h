// What a webhook posts: the event or the digest as protobuf JSON, or what a template makes of it, one's own or that of
// a preset.
#ifndef WIREWATCH_PLUGINS_ALERTS_WEBHOOK_BODY_H_
#define WIREWATCH_PLUGINS_ALERTS_WEBHOOK_BODY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "wirewatch/sdk/field_values.h"
#include "wirewatch/sdk/setup.h"
#include "wirewatch/templates/channel_template.h"
#include "wirewatch/v1/alert.pb.h"

namespace wirewatch::alerts {

enum class Preset { kNone, kSlack, kTeams, kPagerDuty, kAlertmanager };

// The template of a preset: JSON; blank for events that its receiver is not told of. The name `routing_key` is the
// channel's.
const char* PresetTemplate(Preset preset);
// The same for digests; empty where the receiver has no form for them.
const char* PresetDigestTemplate(Preset preset);

struct BodyOptions {
  Preset preset = Preset::kNone;
  std::string written;  // a template
  Path template_file;
  std::string digest_written;
  Path digest_file;
  std::string content_type = "application/json";
  std::string zone;  // empty: the recipient's
  Secret routing_key;
};

class Body {
 public:
  // What is wrong goes to the Setup's diagnostics.
  static std::unique_ptr<const Body> Create(const BodyOptions& options, Setup& setup);

  // Blank: the event is not posted.
  absl::StatusOr<std::string> For(const v1::AlertEvent& event, const Recipient& recipient) const {
    return Make(event, recipient, routing_key_.Reveal());
  }
  // With secrets as ***.
  absl::StatusOr<std::string> Preview(const v1::AlertEvent& event, const Recipient& recipient) const {
    return Make(event, recipient, "***");
  }
  // Blank: the digest is not posted. Unimplemented: what is posted has a form for events alone.
  absl::StatusOr<std::string> For(const v1::Digest& digest) const;

 private:
  Body() = default;
  absl::StatusOr<std::string> Make(const v1::AlertEvent& event, const Recipient& recipient,
                                   const std::string& routing_key) const;

  std::unique_ptr<const templates::ChannelTemplate> template_;  // nullptr: protobuf JSON
  std::unique_ptr<const templates::DigestTemplate> digest_;     // nullptr: protobuf JSON, or no form for digests
  Secret routing_key_;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_PLUGINS_ALERTS_WEBHOOK_BODY_H_
