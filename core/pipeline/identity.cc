#include "wirewatch/pipeline/identity.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/identity.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::pipeline {
namespace {

const std::string* PublishersId(const v1::Item& item) {
  for (const char* role : {"publisher", "guid", "uri", "id"}) {
    for (const v1::AlternateId& id : item.alt_ids()) {
      if (id.role() == role && !id.value().empty()) return &id.value();
    }
  }
  return item.alt_ids().empty() || item.alt_ids(0).value().empty() ? nullptr : &item.alt_ids(0).value();
}

// Text with runs of white space as one space, for comparing what people would call the same.
std::string Normalised(const std::string& text) {
  std::string folded;
  folded.reserve(text.size());
  for (const char c : text) {
    if (!absl::ascii_isspace(static_cast<unsigned char>(c))) {
      folded += absl::ascii_tolower(static_cast<unsigned char>(c));
    } else if (!folded.empty() && folded.back() != ' ') {
      folded += ' ';
    }
  }
  return folded;
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::StrCat(time.seconds(), ".", time.nanos());
}

std::string DomainOf(const std::string& url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string::npos) return "";
  const size_t begin = scheme + 3;
  std::string host = url.substr(begin, url.find_first_of("/?#", begin) - begin);
  host = host.substr(host.rfind('@') + 1);
  host = absl::AsciiStrToLower(host.substr(0, host.find(':')));
  return host.starts_with("www.") ? host.substr(4) : host;
}

}  // namespace

std::string IdOf(const v1::Item& item) {
  const std::string& outlet = item.outlet().domain().empty() ? item.outlet().name() : item.outlet().domain();
  if (const std::string* id = PublishersId(item)) return alerts::StableId({"publisher", outlet, *id});
  for (const std::string* url : {&item.canonical_url(), &item.final_url(), &item.url()}) {
    if (!url->empty()) return alerts::StableId({"url", *url});
  }
  const std::string headline = Normalised(item.headline()), lead = Normalised(item.lead()),
                    body = Normalised(item.body());
  return alerts::StableId({"text", outlet, headline, lead, body});
}

std::string ContentHashOf(const v1::Item& item) {
  std::vector<std::string> parts{item.headline(),
                                 item.subheadline(),
                                 item.lead(),
                                 item.body(),
                                 item.by(),
                                 item.ed_note(),
                                 item.correction_of(),
                                 absl::StrCat(static_cast<int>(item.pub_status())),
                                 TimeText(item.embargoed_until()),
                                 TimeText(item.version_created())};
  for (const v1::Media& media : item.media()) parts.push_back(media.caption());
  return alerts::StableId({parts.begin(), parts.end()});
}

void Complete(v1::Item& item, absl::Time now) {
  if (item.domain().empty()) {
    for (const std::string* url : {&item.canonical_url(), &item.final_url(), &item.url()}) {
      if (item.domain().empty()) item.set_domain(DomainOf(*url));
    }
  }
  if (item.has_published() && item.published().has_value()) {
    const absl::Time published = alerts::GetTime(item.published().value());
    static const absl::Time earliest = absl::FromCivil(absl::CivilYear(1990), absl::UTCTimeZone());
    // A day of grace: a date without a zone may lie ahead.
    if (published > now + absl::Hours(24)) item.mutable_published()->set_flag(v1::TIME_FLAG_IN_FUTURE);
    if (published < earliest) item.mutable_published()->set_flag(v1::TIME_FLAG_BEFORE_1990);
  }
}

absl::Time StatedTimeOf(const v1::Item& item) {
  if (item.has_first_seen()) return alerts::GetTime(item.first_seen());
  if (item.has_published() && item.published().has_value() && item.published().flag() == v1::TIME_FLAG_UNSPECIFIED) {
    return alerts::GetTime(item.published().value());
  }
  return absl::InfinitePast();
}

}  // namespace wirewatch::pipeline
