// feed: the latest Alerts as files that feed readers read.
#include <algorithm>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "documents.h"
#include "files.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/util/delimited_message_util.h"
#include "wirewatch/http/fetcher.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/templates/channel_template.h"

namespace wirewatch::alerts {
namespace {

namespace pb = google::protobuf;

constexpr size_t kStateBytes = 256 << 20;

constexpr char kHtml[] = R"(<p><b>{{ alert.severity | upper }}</b>, {{ event.what }}, {{ event.at }}
{%- if alert.test %}, test{% endif %}{% if alert.late %}, late{% endif %}
{%- if event.reason %}: {{ event.reason }}{% endif %}</p>
<ul>
{% for item in evidence %}
<li>{% if item.url %}<a href="{{ item.url }}">{% endif %}{{ item.headline | default("Without headline") }}
{%- if item.url %}</a>{% endif %}, {{ item.outlet | default("unknown outlet") }}
{%- if item.published %}, {{ item.published }}{% endif %}
{%- if item.snippet %}<br />
{% for part in item.stretches %}{% if part.hit %}<mark>{{ part.text }}</mark>{% else %}{{ part.text }}{% endif %}{% endfor %}
{% endif %}
{%- if item.withheld %}<br />
<i>{{ item.withheld }}</i>{% endif %}</li>
{% endfor %}
</ul>
{% if alert.omitted %}
<p>{{ alert.omitted | plural("Signal is", "Signals are") }} not shown.</p>
{% endif %}
)";

}  // namespace

class Feed final : public AlertChannel {
 public:
  struct Options {
    Path atom, json;
    std::string title;
    std::string home_url, atom_url, json_url;
    uint32_t entries = 100;
    std::string written;
    Path template_file;
    std::string zone;
  };

  static absl::StatusOr<std::unique_ptr<Feed>> Create(const Options& options, Setup& setup) {
    OptionErrors errors(setup.options(), setup.diagnostics());
    if (options.atom.text.empty() && options.json.text.empty())
      setup.diagnostics().Error(setup.options().at(), "\"feed\" needs the option \"atom\" or \"json\"");
    for (const auto& [option, url] :
         {std::pair{"home_url", &options.home_url}, {"atom_url", &options.atom_url}, {"json_url", &options.json_url}}) {
      if (const absl::Status right = http::CheckUrl(*url); !url->empty() && !right.ok())
        errors.Error(option, std::string(right.message()), "write https://host/path");
    }
    templates::TemplateLoader loader(setup, options.zone);
    auto html = loader.Load("template", options.written, options.template_file, kHtml, templates::Target::kHtml);
    return std::unique_ptr<Feed>(new Feed(options, std::move(html), setup));
  }

  // What the feed holds stands beside it, so that it is there again after a restart.
  absl::Status Open(uint64_t) override {
    const absl::StatusOr<std::string> state = ReadWhole(state_file_, kStateBytes);
    if (state.ok()) {
      ReadState(*state);
    } else if (!absl::IsNotFound(state.status())) {
      return absl::UnavailableError(state.status().message());
    }
    changed_ = true;
    return Flush();
  }

  absl::Status Deliver(const v1::AlertEvent& event) override {
    if (event.alert_id().empty()) return absl::OkStatus();
    if (const auto known = by_alert_.find(event.alert_id()); known != by_alert_.end()) {
      const v1::AlertEvent& latest = known->second->event;
      if (latest.journal_id() == event.journal_id() && latest.sequence() >= event.sequence()) return absl::OkStatus();
    }
    return Take(event);
  }

  absl::Status Flush() override {
    if (!changed_) return absl::OkStatus();
    std::vector<const FeedEntry*> entries;
    for (const FeedEntry& entry : entries_) entries.push_back(&entry);
    absl::Status written = WriteWhole(state_file_, State());
    if (written.ok() && !options_.atom.text.empty())
      written = WriteWhole(options_.atom.resolved, AtomDocument(facts_, entries));
    if (written.ok() && !options_.json.text.empty())
      written = WriteWhole(options_.json.resolved, JsonDocument(facts_, entries));
    changed_ = !written.ok();
    return written;
  }

  absl::StatusOr<std::string> Preview(const v1::AlertEvent& event) override {
    absl::StatusOr<std::string> html = html_->Render(event, recipient());
    if (!html.ok() || event.alert_id().empty() || templates::IsBlank(*html))
      return html.ok() ? absl::StatusOr<std::string>("") : html.status();
    const FeedEntry entry{event, *std::move(html)};
    return options_.atom.text.empty() ? JsonDocument(facts_, {&entry}) : AtomDocument(facts_, {&entry});
  }

 private:
  using Entries = std::list<FeedEntry>;  // the one that changed last first

  Feed(const Options& options, std::unique_ptr<const templates::ChannelTemplate> html, Setup& setup)
      : options_(options),
        state_file_((options.atom.text.empty() ? options.json : options.atom).resolved.string() + ".state"),
        facts_{.name = absl::StrCat(setup.pipeline(), "/", setup.step()),
               .title = options.title.empty() ? absl::StrCat("Wirewatch: ", setup.pipeline()) : options.title,
               .home_url = options.home_url,
               .atom_url = options.atom_url,
               .json_url = options.json_url},
        html_(std::move(html)),
        log_(setup.log()) {}

  absl::Status Take(const v1::AlertEvent& event) {
    absl::StatusOr<std::string> html = html_->Render(event, recipient());
    if (!html.ok()) return html.status();
    if (templates::IsBlank(*html)) return absl::OkStatus();
    if (const auto known = by_alert_.find(event.alert_id()); known != by_alert_.end()) entries_.erase(known->second);
    entries_.push_front({event, *std::move(html)});
    by_alert_[event.alert_id()] = entries_.begin();
    if (entries_.size() > options_.entries) {
      by_alert_.erase(entries_.back().event.alert_id());
      entries_.pop_back();
    }
    changed_ = true;
    return absl::OkStatus();
  }

  // Events, the oldest first, each behind its length.
  std::string State() const {
    std::string state;
    pb::io::StringOutputStream stream(&state);
    pb::io::CodedOutputStream out(&stream);
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry)
      pb::util::SerializeDelimitedToCodedStream(entry->event, &out);
    out.Trim();
    return state;
  }
  void ReadState(const std::string& state) {
    pb::io::ArrayInputStream in(state.data(), static_cast<int>(state.size()));
    for (bool clean = false; !clean;) {
      v1::AlertEvent event;
      if (!pb::util::ParseDelimitedFromZeroCopyStream(&event, &in, &clean)) {
        if (!clean) log_.Error("What the feed held cannot be read to its end.", {{"file", state_file_.string()}});
        return;
      }
      if (const absl::Status taken = Take(event); !taken.ok())
        log_.Error("An entry of the feed is left out.", {{"error", std::string(taken.message())}});
    }
  }

  const Options options_;
  const std::filesystem::path state_file_;
  const FeedFacts facts_;
  const std::unique_ptr<const templates::ChannelTemplate> html_;
  const Log log_;
  Entries entries_;
  std::unordered_map<std::string, Entries::iterator> by_alert_;
  bool changed_ = false;
};

WIREWATCH_PLUGIN(
    Feed,
    {.name = "feed",
     .summary = "Keeps the latest Alerts in files that feed readers read: Atom and JSON Feed.",
     .details =
         "One entry an Alert, which changes with it; its id stays the same. The files are replaced as a whole, so "
         "that a reader never sees half a one, and left alone where nothing has changed. A web server gives them "
         "out. What the feed holds stands beside it in a file that ends in .state.",
     .options = {
         Field("atom", &Feed::Options::atom, "The Atom document (RFC 4287).").Example("public/alerts.atom"),
         Field("json", &Feed::Options::json, "The JSON Feed (version 1.1).").Example("public/alerts.json"),
         Field("title", &Feed::Options::title, "The feed's title; unless given, Wirewatch and the pipeline's name."),
         Field("home_url", &Feed::Options::home_url, "A page that the feed belongs to."),
         Field("atom_url", &Feed::Options::atom_url, "Where the Atom document is served."),
         Field("json_url", &Feed::Options::json_url, "Where the JSON Feed is served."),
         Field("entries", &Feed::Options::entries, "How many Alerts, those that changed last.").Range(1, 1000),
         Field("template", &Feed::Options::written,
               "The HTML of an entry, as docs/templates.md has it. An event that gives nothing changes nothing."),
         Field("template_file", &Feed::Options::template_file, "A file with the template."),
         Field("zone", &Feed::Options::zone,
               "Time zone of times in the entries; unless given, the recipient's, else UTC.")
             .Example("Europe/Vienna")}});

}  // namespace wirewatch::alerts
