#include <algorithm>
#include <filesystem>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "wirewatch/config/pipeline_file.h"
#include "wirewatch/config/recipients.h"

namespace wirewatch::config {
namespace {

constexpr char kZoneinfo[] = "/usr/share/zoneinfo";

const std::vector<FieldOf<MatchEntry>>& MatchFields() {
  static const auto& fields = *new std::vector<FieldOf<MatchEntry>>{
      Field("watches", &MatchEntry::watches, "Ids of watches: Alerts of any of them."),
      Field("labels", &MatchEntry::labels, "Labels of `group_by` and the values that the Alert must have in them.")
          .Example("{desk: foreign}"),
      Choice("least_severity", &MatchEntry::least_severity,
             {{"info", v1::SEVERITY_INFO},
              {"low", v1::SEVERITY_LOW},
              {"medium", v1::SEVERITY_MEDIUM},
              {"high", v1::SEVERITY_HIGH},
              {"critical", v1::SEVERITY_CRITICAL}},
             "The least severity.")};
  return fields;
}

const std::vector<FieldOf<Cap>>& CapFields() {
  static const auto& fields = *new std::vector<FieldOf<Cap>>{
      Field("messages", &Cap::messages, "Most messages at once; what goes beyond waits for the digest.").Range(1, 1000),
      Field("per", &Cap::per, "In any stretch of this length.").Range(absl::Minutes(1), absl::Hours(24 * 7))};
  return fields;
}

std::vector<std::pair<std::string, v1::Display>> Displays() {
  return {{"full", v1::DISPLAY_FULL},
          {"snippet", v1::DISPLAY_SNIPPET},
          {"headline", v1::DISPLAY_HEADLINE},
          {"link", v1::DISPLAY_LINK}};
}

const std::vector<FieldOf<ReaderRights>>& RightsFields() {
  static const auto& fields = *new std::vector<FieldOf<ReaderRights>>{
      Choice("forward", &ReaderRights::forward,
             {{"internal", v1::FORWARD_INTERNAL}, {"external", v1::FORWARD_EXTERNAL}},
             "Inside the organisation or outside it: of Items that may not be passed on so far only the link is shown. "
             "What is not known of an Item counts as internal."),
      Choice("display", &ReaderRights::display, Displays(), "The most that is shown of any Item."),
      Choice("unknown", &ReaderRights::unknown, Displays(), "The most that is shown of an Item of unknown rights."),
      Field("embargoed", &ReaderRights::embargoed,
            "They are told of Items before their embargo ends, and again when it does.")};
  return fields;
}

// Where the i-th text of a list is written.
SourceLocation PlaceOf(const Node& node, std::string_view key, size_t i) {
  const Node::Entry* const entry = node.Find(key);
  if (entry == nullptr) return node.at();
  return entry->value.is_list() && i < entry->value.items().size() ? entry->value.items()[i].at() : entry->value.at();
}

bool IsLanguage(const std::string& tag) {
  const std::vector<std::string> parts = absl::StrSplit(tag, '-');
  return parts[0].size() >= 2 && std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
           return !part.empty() && part.size() <= 8 && std::all_of(part.begin(), part.end(), [](char c) {
             return absl::ascii_isalnum(static_cast<unsigned char>(c));
           });
         });
}

class Reader {
 public:
  Reader(const std::vector<std::string>& channels, const std::vector<std::string>& group_by, Diagnostics& diagnostics)
      : channels_(channels), group_by_(group_by), diagnostics_(diagnostics) {}

  Recipient Read(const Node& node) {
    RecipientEntry entry;
    ParseFields(node, RecipientFields(), "a recipient", entry, diagnostics_);
    Recipient recipient;
    recipient.at = node.at();
    if (!node.is_table()) return recipient;
    recipient.id = entry.id;
    recipient.channels = entry.channels;
    recipient.language = entry.language;
    recipient.match.watches = entry.match.watches;
    recipient.match.least_severity = entry.match.least_severity;
    if (node.Find("cap") != nullptr) recipient.cap = entry.cap;
    recipient.delivery = entry.delivery;
    recipient.rights = entry.rights;
    CheckId(node, recipient);
    CheckChannels(node, recipient);
    ReadZone(node, entry.timezone, recipient);
    ReadTimes(node, entry, recipient);
    ReadLabels(entry.match.labels, recipient.match);
    if (!entry.language.empty() && !IsLanguage(entry.language)) {
      diagnostics_.Error(PlaceOf(node, "language", 0), absl::StrCat("\"", entry.language, "\" is no language tag"),
                         "write one of BCP 47, such as de or pt-BR");
    }
    CheckDigest(node, recipient);
    return recipient;
  }

 private:
  void CheckId(const Node& node, const Recipient& recipient) {
    const Node::Entry* const id = node.Find("id");
    if (id == nullptr || !id->value.is_scalar()) return;
    if (!IsId(recipient.id)) {
      diagnostics_.Error(id->value.at(), absl::StrCat("\"", recipient.id, "\" is not an id"),
                         "an id has 1 to 64 of a-z, 0-9, _ and -");
      return;
    }
    const auto [first, added] = ids_.emplace(recipient.id, id->value.at());
    if (added) return;
    diagnostics_.Error(id->value.at(), absl::StrCat("a second recipient with the id \"", recipient.id,
                                                    "\"; the first is in line ", first->second.line));
  }

  void CheckChannels(const Node& node, const Recipient& recipient) {
    for (size_t i = 0; i < recipient.channels.size(); ++i) {
      const std::string& channel = recipient.channels[i];
      const SourceLocation at = PlaceOf(node, "channels", i);
      if (std::find(channels_.begin(), channels_.end(), channel) == channels_.end()) {
        const std::string closest = ClosestName(channel, channels_);
        diagnostics_.Error(at, absl::StrCat("there is no channel with the id \"", channel, "\" under alerts.channels"),
                           !closest.empty()    ? absl::StrCat("did you mean \"", closest, "\"?")
                           : channels_.empty() ? "there are none"
                                               : absl::StrCat("there are ", absl::StrJoin(channels_, ", ")));
        continue;
      }
      const auto [first, added] = owners_.emplace(channel, recipient.id);
      if (added) continue;
      diagnostics_.Error(at, absl::StrCat("the channel \"", channel, "\" is that of \"", first->second, "\" already"),
                         "a channel has one recipient: list it a second time under alerts.channels, with another id");
    }
  }

  void ReadZone(const Node& node, const std::string& name, Recipient& recipient) {
    const bool plain =
        !name.empty() && name[0] != '/' && !absl::StrContains(name, "..") &&
        std::all_of(name.begin(), name.end(), [](char c) {
          return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '/' || c == '_' || c == '-' || c == '+';
        });
    if (plain && name != "localtime" && absl::LoadTimeZone(name, &recipient.time_zone)) return;
    std::error_code error;
    const bool installed = std::filesystem::exists(kZoneinfo, error);
    diagnostics_.Error(PlaceOf(node, "timezone", 0), absl::StrCat("there is no time zone \"", name, "\""),
                       installed ? "write an IANA name, such as Europe/Vienna or UTC"
                                 : absl::StrCat("the time zone database is not installed: ", kZoneinfo,
                                                " comes with the package tzdata"));
  }

  void ReadTimes(const Node& node, const RecipientEntry& entry, Recipient& recipient) {
    for (size_t i = 0; i < entry.quiet_hours.size(); ++i) {
      if (const auto interval = ParseWeekInterval(entry.quiet_hours[i])) {
        recipient.quiet_hours.push_back(*interval);
      } else {
        diagnostics_.Error(PlaceOf(node, "quiet_hours", i),
                           absl::StrCat("\"", entry.quiet_hours[i], "\" is no part of a day or of a week"),
                           "write \"22:00-06:00\" or \"sat-sun 00:00-24:00\"");
      }
    }
    for (size_t i = 0; i < entry.digest.size(); ++i) {
      if (const auto time = ParseWeekTime(entry.digest[i])) {
        recipient.digest.push_back(*time);
      } else {
        diagnostics_.Error(PlaceOf(node, "digest", i), absl::StrCat("\"", entry.digest[i], "\" is no time of day"),
                           "write \"07:00\" or \"mon-fri 07:00\"");
      }
    }
  }

  void ReadLabels(const Node& labels, Match& match) {
    if (labels.is_null()) return;
    if (!labels.is_table()) {
      diagnostics_.Error(labels.at(),
                         absl::StrCat("expected labels with their values, found ", std::string(labels.Describe())),
                         "write { desk: foreign }");
      return;
    }
    for (const Node::Entry& label : labels.entries()) {
      if (!label.value.is_scalar()) {
        diagnostics_.Error(label.value.at(), absl::StrCat("expected the value of the label \"", label.key, "\", found ",
                                                          std::string(label.value.Describe())));
      } else if (std::find(group_by_.begin(), group_by_.end(), label.key) == group_by_.end()) {
        diagnostics_.Error(label.key_at, absl::StrCat("no Alert has the label \"", label.key, "\""),
                           absl::StrCat("Alerts have the labels of alerts.group_by, which are ",
                                        absl::StrJoin(group_by_, ", "), ": add it there"));
      } else {
        match.labels.emplace_back(label.key, label.value.text());
      }
    }
  }

  // Nothing may be held that would never go out.
  void CheckDigest(const Node& node, const Recipient& recipient) {
    if (node.Find("digest") != nullptr && !(recipient.digest.empty() && node.Find("digest")->value.is_list() &&
                                            node.Find("digest")->value.items().empty())) {
      return;
    }
    const auto check = [&](const char* key, const char* what) {
      const Node::Entry* const entry = node.Find(key);
      if (entry == nullptr) return;
      diagnostics_.Error(entry->key_at, absl::StrCat(what, ", and without a digest it would never go out"),
                         "say when it does, such as digest: [\"07:00\"]");
    };
    check("quiet_hours", "what happens in quiet hours is held for the digest");
    check("cap", "what goes beyond the cap is held for the digest");
    if (recipient.delivery == AlertDelivery::kGrouped) {
      check("delivery", "what is less grave than an Alert that is open is held for the digest");
    }
  }

  const std::vector<std::string>& channels_;
  const std::vector<std::string>& group_by_;
  Diagnostics& diagnostics_;
  std::map<std::string, SourceLocation> ids_;
  std::map<std::string, std::string> owners_;  // channel, recipient
};

}  // namespace

const std::vector<FieldOf<RecipientEntry>>& RecipientFields() {
  static const auto& fields = *new std::vector<FieldOf<RecipientEntry>>{
      Field("id", &RecipientEntry::id, "Name of the recipient; how far it has got is kept by it.").Required(),
      Field("channels", &RecipientEntry::channels,
            "Ids of the channels that reach it, and nobody else. A channel that no recipient has gets everything.")
          .Required()
          .Example("[desk-mail]"),
      Field("timezone", &RecipientEntry::timezone, "IANA name of the zone of all times here.").Example("Europe/Vienna"),
      Field("language", &RecipientEntry::language, "For channels that render, BCP 47.").Example("de"),
      Table("match", &RecipientEntry::match, MatchFields(), "The route: which Alerts; all of them unless given."),
      Field("quiet_hours", &RecipientEntry::quiet_hours,
            "When news waits for the digest; critical news and corrections do not wait.")
          .Example("[\"22:00-06:00\", \"sat-sun 00:00-24:00\"]"),
      Field("digest", &RecipientEntry::digest, "Times of day at which what was held goes out, as one digest.")
          .Example("[\"07:00\", \"mon-fri 18:00\"]"),
      Table("cap", &RecipientEntry::cap, CapFields(), "Most messages at once; critical ones are not capped."),
      Choice(
          "delivery", &RecipientEntry::delivery,
          {{"grouped", AlertDelivery::kGrouped}, {"every", AlertDelivery::kEvery}},
          "With grouped, and where there is a digest, an Alert waits for it while a graver one of the same watch and "
          "story is open."),
      Table("rights", &RecipientEntry::rights, RightsFields(), "What the recipient may see of Items.")};
  return fields;
}

std::vector<Recipient> ParseRecipients(const Node& node, const std::vector<std::string>& channels,
                                       const std::vector<std::string>& group_by, Diagnostics& diagnostics) {
  std::vector<Recipient> recipients;
  if (!ExpectList(node, diagnostics)) return recipients;
  Reader reader(channels, group_by, diagnostics);
  for (const Node& item : node.items()) recipients.push_back(reader.Read(item));
  return recipients;
}

}  // namespace wirewatch::config
