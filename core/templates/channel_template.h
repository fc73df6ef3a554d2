// A template as an option of a channel: read from the pipeline's file or from one of its own, checked when the channel
// is made, and rendered for events.
#ifndef WIREWATCH_TEMPLATES_CHANNEL_TEMPLATE_H_
#define WIREWATCH_TEMPLATES_CHANNEL_TEMPLATE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "wirewatch/sdk/field_values.h"
#include "wirewatch/sdk/setup.h"
#include "wirewatch/templates/template.h"
#include "wirewatch/v1/alert.pb.h"

namespace wirewatch::templates {

// Constant once made; any thread.
class ChannelTemplate {
 public:
  // What an event comes to: nothing but space means that the event is not for this channel. FailedPrecondition when a
  // bound was reached.
  absl::StatusOr<std::string> Render(const v1::AlertEvent& event, const std::vector<std::string>& extras = {}) const;

 private:
  friend class TemplateLoader;
  ChannelTemplate(std::unique_ptr<const Template> made, std::string channel)
      : template_(std::move(made)), channel_(std::move(channel)) {}

  const std::unique_ptr<const Template> template_;
  const std::string channel_;
};

bool IsBlank(std::string_view rendered);

// Reads a channel's templates while it is created; what is wrong goes to the Setup's diagnostics, with its place.
class TemplateLoader {
 public:
  // `zone` is the value of the channel's option `zone`.
  TemplateLoader(Setup& setup, const std::string& zone);

  // What is written in the option `option`, or in the file that `option`_file names; `standard` where neither is given.
  // nullptr after a problem, or when there is nothing at all.
  std::unique_ptr<const ChannelTemplate> Load(const std::string& option, const std::string& written, const Path& file,
                                              std::string_view standard, Target target,
                                              std::vector<std::string> extras = {});
  const absl::TimeZone& zone() const { return zone_; }

 private:
  // Of `text`, which stands at `place`.
  std::unique_ptr<const ChannelTemplate> Make(std::string_view text, Target target, std::vector<std::string> extras,
                                              const std::function<SourceLocation(size_t offset)>& place);

  Setup& setup_;
  absl::TimeZone zone_;
};

}  // namespace wirewatch::templates

#endif  // WIREWATCH_TEMPLATES_CHANNEL_TEMPLATE_H_
