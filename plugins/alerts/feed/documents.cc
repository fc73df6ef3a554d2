#include "documents.h"

#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/templates/filters.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::alerts {
namespace {

using templates::HtmlEscaped;
using templates::JsonEscaped;

std::string Time(const google::protobuf::Timestamp& at) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", absl::FromUnixSeconds(at.seconds()) + absl::Nanoseconds(at.nanos()),
                          absl::UTCTimeZone());
}

// Escaped for XML 1.0, without the characters that it cannot have.
std::string Xml(std::string_view text) {
  std::string clean;
  for (const char c : text::RepairUtf8(text)) {
    if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n') clean += c;
  }
  for (const char* const never : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (size_t at = 0; (at = clean.find(never, at)) != std::string::npos;) clean.replace(at, 3, "\xEF\xBF\xBD");
  }
  return HtmlEscaped(clean);
}

std::string Title(const FeedEntry& entry) {
  const v1::AlertEvent& event = entry.event;
  const bool raised = event.type() == v1::ALERT_EVENT_TYPE_RAISED;
  std::string happened = raised ? "" : EventTypeWord(event.type());
  if (event.correction() == v1::CORRECTION_KIND_CORRECTED) happened = "corrected";
  if (event.correction() == v1::CORRECTION_KIND_RETRACTED) happened = "retracted";
  return text::Printable(
      absl::StrCat(event.alert().title(), happened.empty() ? "" : absl::StrCat(" (", happened, ")")));
}

// The first address of the Alert's evidence that a link may lead to.
std::string Link(const FeedEntry& entry) {
  for (const v1::Evidence& evidence : entry.event.alert().evidence()) {
    if (absl::StartsWithIgnoreCase(evidence.url(), "http://") || absl::StartsWithIgnoreCase(evidence.url(), "https://"))
      return evidence.url();
  }
  return "";
}

const google::protobuf::Timestamp& Published(const FeedEntry& entry) {
  return entry.event.alert().has_raised() ? entry.event.alert().raised() : entry.event.at();
}

std::string Updated(const std::vector<const FeedEntry*>& entries) {
  std::string updated = "1970-01-01T00:00:00Z";
  absl::Time latest = absl::UnixEpoch();
  for (const FeedEntry* const entry : entries) {
    const auto& at = entry->event.at();
    const absl::Time time = absl::FromUnixSeconds(at.seconds()) + absl::Nanoseconds(at.nanos());
    if (time <= latest) continue;
    latest = time;
    updated = Time(at);
  }
  return updated;
}

std::string AtomEntry(const FeedEntry& entry) {
  std::string out =
      absl::StrCat("  <entry>\n    <id>", FeedId(entry.event.alert_id()), "</id>\n    <title type=\"text\">",
                   Xml(Title(entry)), "</title>\n    <updated>", Time(entry.event.at()), "</updated>\n    <published>",
                   Time(Published(entry)), "</published>\n");
  if (const std::string link = Link(entry); !link.empty())
    absl::StrAppend(&out, "    <link rel=\"alternate\" href=\"", Xml(link), "\"/>\n");
  const auto category = [&out](const char* kind, const std::string& term) {
    absl::StrAppend(&out, "    <category scheme=\"urn:wirewatch:", kind, "\" term=\"", Xml(term), "\"/>\n");
  };
  category("severity", SeverityWord(entry.event.alert().severity()));
  for (const std::string& watch : entry.event.alert().watch_ids()) category("watch", watch);
  return absl::StrCat(out, "    <content type=\"html\">", Xml(entry.html), "</content>\n  </entry>\n");
}

std::string Quoted(std::string_view text) { return absl::StrCat("\"", JsonEscaped(text), "\""); }

std::string JsonItem(const FeedEntry& entry) {
  const v1::Alert& alert = entry.event.alert();
  std::string tags = Quoted(SeverityWord(alert.severity()));
  for (const std::string& watch : alert.watch_ids()) absl::StrAppend(&tags, ", ", Quoted(watch));
  const std::string link = Link(entry);
  return absl::StrCat("    {\n      \"id\": ", Quoted(FeedId(entry.event.alert_id())), ",\n",
                      link.empty() ? "" : absl::StrCat("      \"url\": ", Quoted(link), ",\n"),
                      "      \"title\": ", Quoted(Title(entry)), ",\n      \"content_html\": ", Quoted(entry.html),
                      ",\n      \"date_published\": ", Quoted(Time(Published(entry))),
                      ",\n      \"date_modified\": ", Quoted(Time(entry.event.at())), ",\n      \"tags\": [", tags,
                      "],\n      \"_wirewatch\": {\"alert\": ", Quoted(entry.event.alert_id()),
                      ", \"event\": ", Quoted(EventTypeWord(entry.event.type())),
                      ", \"sequence\": ", entry.event.sequence(), "}\n    }");
}

}  // namespace

std::string FeedId(const std::string& name) {
  v1::AlertEvent named;
  named.set_journal_id(name);
  std::string hex = IdempotencyKey(named, "feed");
  hex[12] = '8';
  hex[16] = "89ab"[hex[16] % 4];
  return absl::StrCat("urn:uuid:", hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-",
                      hex.substr(16, 4), "-", hex.substr(20));
}

std::string AtomDocument(const FeedFacts& facts, const std::vector<const FeedEntry*>& entries) {
  std::string out = absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n", "  <id>",
      FeedId(facts.name), "</id>\n  <title type=\"text\">", Xml(facts.title), "</title>\n  <updated>", Updated(entries),
      "</updated>\n  <author><name>Wirewatch</name></author>\n", "  <generator>Wirewatch</generator>\n");
  if (!facts.atom_url.empty())
    absl::StrAppend(&out, "  <link rel=\"self\" type=\"application/atom+xml\" href=\"", Xml(facts.atom_url), "\"/>\n");
  if (!facts.home_url.empty())
    absl::StrAppend(&out, "  <link rel=\"alternate\" href=\"", Xml(facts.home_url), "\"/>\n");
  for (const FeedEntry* const entry : entries) out += AtomEntry(*entry);
  return out + "</feed>\n";
}

std::string JsonDocument(const FeedFacts& facts, const std::vector<const FeedEntry*>& entries) {
  std::string out = absl::StrCat(
      "{\n  \"version\": \"https://jsonfeed.org/version/1.1\",\n  \"title\": ", Quoted(facts.title), ",\n");
  if (!facts.home_url.empty()) absl::StrAppend(&out, "  \"home_page_url\": ", Quoted(facts.home_url), ",\n");
  if (!facts.json_url.empty()) absl::StrAppend(&out, "  \"feed_url\": ", Quoted(facts.json_url), ",\n");
  absl::StrAppend(&out, "  \"authors\": [{\"name\": \"Wirewatch\"}],\n  \"items\": [");
  for (const FeedEntry* const entry : entries)
    absl::StrAppend(&out, entry == entries.front() ? "\n" : ",\n", JsonItem(*entry));
  return out + (entries.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

}  // namespace wirewatch::alerts
