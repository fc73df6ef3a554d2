#include "body.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/sdk/plugin.h"
#include "wirewatch/templates/alert_model.h"
#include "wirewatch/templates/digest_model.h"

namespace wirewatch::alerts {
namespace {

namespace pb = google::protobuf;

constexpr size_t kRoutingKey = 32;  // characters, as PagerDuty has them

templates::Target TargetOf(const std::string& content_type) {
  const std::string type = absl::AsciiStrToLower(content_type);
  if (absl::StrContains(type, "json")) return templates::Target::kJson;
  if (absl::StrContains(type, "html")) return templates::Target::kHtml;
  return templates::Target::kText;
}

void CheckTogether(const BodyOptions& options, OptionErrors& errors) {
  const bool templated = errors.Written("template") || errors.Written("template_file");
  const bool any = templated || errors.Written("digest_template") || errors.Written("digest_template_file");
  if (options.preset != Preset::kNone && templated)
    errors.Error("preset", "a preset is a template: there is another one besides", "leave one of them out");
  if (errors.Written("content_type") && !any)
    errors.Error("content_type", "only a template can be something else than JSON", "leave it out");
  if (options.content_type.find_first_of("\r\n") != std::string::npos || options.content_type.empty())
    errors.Error("content_type", "this is no media type", "for example text/plain; charset=utf-8");
  const std::string& key = options.routing_key.Reveal();
  if (options.preset == Preset::kPagerDuty && key.size() != kRoutingKey) {
    errors.Error("routing_key", "the preset pagerduty needs the integration's routing key of 32 characters",
                 "it stands at the integration Events API v2 of the service");
  }
  if (options.preset != Preset::kPagerDuty && !key.empty())
    errors.Error("routing_key", "only the preset pagerduty has a routing key", "leave it out");
}

// What a mistake in the template's own text would otherwise tell with the first event. `sample`: what it gives.
void CheckJson(const absl::StatusOr<std::string>& sample, const char* option, OptionErrors& errors) {
  if (!sample.ok() || templates::IsBlank(*sample)) return;
  pb::Value value;
  const auto parsed = pb::util::JsonStringToMessage(*sample, &value);
  if (parsed.ok()) return;
  errors.Error(option, absl::StrCat("the template gives no JSON: ", parsed.ToString()),
               "wirewatch template preview shows what it gives; content_type says if it is to be something else");
}

absl::StatusOr<std::string> Json(const pb::Message& message) {
  std::string json;
  const auto printed = pb::util::MessageToJsonString(message, &json);
  if (!printed.ok()) return absl::InternalError(printed.ToString());
  return json;
}

}  // namespace

std::unique_ptr<const Body> Body::Create(const BodyOptions& options, Setup& setup) {
  OptionErrors errors(setup.options(), setup.diagnostics());
  CheckTogether(options, errors);
  std::unique_ptr<Body> body(new Body);
  body->routing_key_ = options.routing_key;
  templates::TemplateLoader loader(setup, options.zone);
  const templates::Target target = TargetOf(options.content_type);
  body->template_ = loader.Load("template", options.written, options.template_file, PresetTemplate(options.preset),
                                target, {"routing_key"});
  if (body->template_ != nullptr && target == templates::Target::kJson)
    CheckJson(body->template_->Render(templates::SampleEvent(), {}, {""}),
              options.template_file.text.empty() ? "template" : "template_file", errors);
  body->digest_ = loader.LoadDigest("digest_template", options.digest_written, options.digest_file,
                                    PresetDigestTemplate(options.preset), target);
  if (body->digest_ != nullptr && target == templates::Target::kJson)
    CheckJson(body->digest_->Render(templates::SampleDigest()),
              options.digest_file.text.empty() ? "digest_template" : "digest_template_file", errors);
  return body;
}

absl::StatusOr<std::string> Body::Make(const v1::AlertEvent& event, const Recipient& recipient,
                                       const std::string& routing_key) const {
  return template_ != nullptr ? template_->Render(event, recipient, {routing_key}) : Json(event);
}

absl::StatusOr<std::string> Body::For(const v1::Digest& digest) const {
  if (digest_ != nullptr) return digest_->Render(digest);
  if (template_ != nullptr) return absl::UnimplementedError("the template is one for events");
  const absl::StatusOr<std::string> json = Json(digest);
  return json.ok() ? absl::StrCat("{\"digest\":", *json, "}") : json;
}

}  // namespace wirewatch::alerts
