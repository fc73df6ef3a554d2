// A template as an option of a channel: read from the pipeline's file or from one of its own, checked when the channel
// is made, and rendered for events or for digests.
#ifndef WIREWATCH_TEMPLATES_CHANNEL_TEMPLATE_H_
#define WIREWATCH_TEMPLATES_CHANNEL_TEMPLATE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/sdk/field_values.h"
#include "wirewatch/sdk/setup.h"
#include "wirewatch/templates/template.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/digest.pb.h"

namespace wirewatch::templates {

// For events. Constant once made; any thread.
class ChannelTemplate {
 public:
  // What an event comes to: nothing but space means that the event is not for this channel. Times are in the channel's
  // zone, where it has an option for one that is written, else in that of `whose`. FailedPrecondition when a bound was
  // reached.
  absl::StatusOr<std::string> Render(const v1::AlertEvent& event, const Recipient& whose = {},
                                     const std::vector<std::string>& extras = {}) const;

 private:
  friend class TemplateLoader;
  ChannelTemplate(std::unique_ptr<const Template> made, std::string channel, std::optional<absl::TimeZone> zone)
      : template_(std::move(made)), channel_(std::move(channel)), zone_(zone) {}

  const std::unique_ptr<const Template> template_;
  const std::string channel_;
  const std::optional<absl::TimeZone> zone_;
};

// For digests. Constant once made; any thread.
class DigestTemplate {
 public:
  // A digest has many lines: what one comes to may be larger than what an event does.
  static constexpr size_t kLimitBytes = 4 << 20;

  // As ChannelTemplate; without a zone of the channel's times are in that of the digest.
  absl::StatusOr<std::string> Render(const v1::Digest& digest) const;

 private:
  friend class TemplateLoader;
  DigestTemplate(std::unique_ptr<const Template> made, std::string channel, std::optional<absl::TimeZone> zone)
      : template_(std::move(made)), channel_(std::move(channel)), zone_(zone) {}

  const std::unique_ptr<const Template> template_;
  const std::string channel_;
  const std::optional<absl::TimeZone> zone_;
};

bool IsBlank(std::string_view rendered);

// Reads a channel's templates while it is created; what is wrong goes to the Setup's diagnostics, with its place.
class TemplateLoader {
 public:
  // `zone` is the value of the channel's option `zone`; empty: not written.
  TemplateLoader(Setup& setup, const std::string& zone);

  // What is written in the option `option`, or in the file that `option`_file names; `standard` where neither is given.
  // nullptr after a problem, or when there is nothing at all.
  std::unique_ptr<const ChannelTemplate> Load(const std::string& option, const std::string& written, const Path& file,
                                              std::string_view standard, Target target,
                                              std::vector<std::string> extras = {});
  std::unique_ptr<const DigestTemplate> LoadDigest(const std::string& option, const std::string& written,
                                                   const Path& file, std::string_view standard, Target target);
  // nullopt: not written.
  const std::optional<absl::TimeZone>& zone() const { return zone_; }

 private:
  using PlaceOf = std::function<SourceLocation(size_t offset)>;
  // A template as it is written, and where.
  struct Written {
    std::string text;
    PlaceOf place;
  };
  std::optional<Written> Read(const std::string& option, const std::string& written, const Path& file,
                              std::string_view standard);
  // Makes a T, and tries it on `sample`.
  template <class T, class Sample>
  std::unique_ptr<const T> Make(const std::optional<Written>& written, const TemplateOptions& options,
                                const Sample& sample);

  Setup& setup_;
  std::optional<absl::TimeZone> zone_;
};

}  // namespace wirewatch::templates

#endif  // WIREWATCH_TEMPLATES_CHANNEL_TEMPLATE_H_
