#include "wirewatch/templates/channel_template.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/sdk/plugin.h"
#include "wirewatch/templates/alert_model.h"
#include "wirewatch/templates/digest_model.h"

namespace wirewatch::templates {
namespace {

// Lines from 1, columns in code points from 1.
SourceLocation PlaceIn(std::string_view text, size_t offset, const std::string& file) {
  const std::string_view before = text.substr(0, offset);
  const size_t line_begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  return {
      std::make_shared<const std::string>(file), static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
      static_cast<int>(std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line_begin), before.end(), starts)) +
          1};
}

absl::StatusOr<std::string> Rendered(const Template& made, const Object& root, const absl::TimeZone& zone,
                                     const std::vector<std::string>& extras = {}) {
  absl::StatusOr<std::string> rendered = made.Render(root, extras, &zone);
  // Trying again would not help.
  if (!rendered.ok()) return absl::FailedPreconditionError(rendered.status().message());
  return rendered;
}

}  // namespace

bool IsBlank(std::string_view rendered) { return rendered.find_first_not_of(" \t\r\n") == std::string_view::npos; }

absl::StatusOr<std::string> ChannelTemplate::Render(const v1::AlertEvent& event, const Recipient& whose,
                                                    const std::vector<std::string>& extras) const {
  const AlertView view{&event, IdempotencyKey(event, channel_), channel_};
  return Rendered(*template_, Object::Borrowed(AlertRoot(), view), zone_.value_or(whose.time_zone), extras);
}

absl::StatusOr<std::string> DigestTemplate::Render(const v1::Digest& digest) const {
  const DigestView view{&digest, channel_};
  absl::TimeZone zone = absl::UTCTimeZone();
  if (!absl::LoadTimeZone(digest.time_zone(), &zone)) zone = absl::UTCTimeZone();
  return Rendered(*template_, Object::Borrowed(DigestRoot(), view), zone_.value_or(zone));
}

TemplateLoader::TemplateLoader(Setup& setup, const std::string& zone) : setup_(setup) {
  if (zone.empty()) return;
  zone_ = absl::UTCTimeZone();
  if (absl::LoadTimeZone(zone, &*zone_)) return;
  OptionErrors(setup.options(), setup.diagnostics())
      .Error("zone", absl::StrCat("there is no time zone \"", zone, "\""), "for example Europe/Vienna");
}

std::unique_ptr<const ChannelTemplate> TemplateLoader::Load(const std::string& option, const std::string& written,
                                                            const Path& file, std::string_view standard, Target target,
                                                            std::vector<std::string> extras) {
  return Make<ChannelTemplate>(Read(option, written, file, standard),
                               {.target = target, .root = &AlertRoot(), .extras = std::move(extras)}, SampleEvent());
}

std::unique_ptr<const DigestTemplate> TemplateLoader::LoadDigest(const std::string& option, const std::string& written,
                                                                 const Path& file, std::string_view standard,
                                                                 Target target) {
  return Make<DigestTemplate>(Read(option, written, file, standard),
                              {.target = target, .root = &DigestRoot(), .limit_bytes = DigestTemplate::kLimitBytes},
                              SampleDigest());
}

std::optional<TemplateLoader::Written> TemplateLoader::Read(const std::string& option, const std::string& written,
                                                            const Path& file, std::string_view standard) {
  const std::string file_option = option + "_file";
  OptionErrors errors(setup_.options(), setup_.diagnostics());
  if (errors.Written(option) && errors.Written(file_option)) {
    errors.Error(file_option, absl::StrCat("there are both ", option, " and ", file_option), "write one of them");
    return std::nullopt;
  }
  if (!file.text.empty()) {
    const auto text = setup_.Resource<std::string>(
        file.resolved, [](std::string_view bytes) -> absl::StatusOr<std::string> { return std::string(bytes); });
    if (!text.ok()) {
      errors.Error(file_option, std::string(text.status().message()));
      return std::nullopt;
    }
    return Written{
        **text, [text = *text, name = file.resolved.string()](size_t offset) { return PlaceIn(*text, offset, name); }};
  }
  if (written.empty() && standard.empty()) return std::nullopt;
  const Node::Entry* const entry = setup_.options().is_table() ? setup_.options().Find(option) : nullptr;
  return Written{written.empty() ? std::string(standard) : written,
                 [entry](size_t offset) { return entry == nullptr ? SourceLocation() : entry->value.PlaceOf(offset); }};
}

template <class T, class Sample>
std::unique_ptr<const T> TemplateLoader::Make(const std::optional<Written>& written, const TemplateOptions& options,
                                              const Sample& sample) {
  if (!written) return nullptr;
  std::vector<TemplateProblem> problems;
  std::unique_ptr<const Template> made = Template::Parse(written->text, options, problems);
  for (TemplateProblem& problem : problems)
    setup_.diagnostics().Error(written->place(problem.offset), std::move(problem.message), std::move(problem.hint));
  if (made == nullptr) return nullptr;
  std::unique_ptr<const T> channel(new T(std::move(made), absl::StrCat(setup_.pipeline(), "/", setup_.step()), zone_));
  if (const absl::Status rendered = channel->Render(sample).status(); !rendered.ok())
    setup_.diagnostics().Error(written->place(0), std::string(rendered.message()));
  return channel;
}

}  // namespace wirewatch::templates
