// The analysis `dateline`: who wrote from where and when, as wire stories say it before their text.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "scanner.h"
#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {
namespace {

// 1990: an arrival before that is no date, but the beginning of a stream without any.
bool IsKnown(absl::Time time) { return time > absl::FromCivil(absl::CivilYear(1990), absl::UTCTimeZone()); }

}  // namespace

class DatelineAnalysis final : public Analysis {
 public:
  struct Options {
    std::vector<std::string> agencies;
  };

  explicit DatelineAnalysis(const Options& options) : agencies_(options.agencies) {}

  absl::Status Analyze(const Document& document, Findings& findings) const override {
    const v1::Item& item = document.item();
    Story story = {item.headline(), item.subheadline(), item.located(), {}};
    for (const v1::InfoSource& source : item.info_sources()) story.sources.emplace_back(source.name());
    v1::Part part = v1::PART_BODY;
    std::optional<FoundDateline> found = FindDateline(item.body(), story, agencies_);
    if (!found) {
      part = v1::PART_LEAD;
      found = FindDateline(item.lead(), story, agencies_);
    }
    if (!found) return absl::OkStatus();
    const std::string& text = part == v1::PART_BODY ? item.body() : item.lead();
    v1::Item& annotations = findings.Annotate();
    v1::Dateline& dateline = *annotations.mutable_dateline();
    const auto set = [part](Range range, v1::Span& span) {
      span.set_part(part);
      span.set_begin(range.begin);
      span.set_end(range.end);
    };
    set(found->all, *dateline.mutable_span());
    dateline.set_confidence(found->confidence);
    dateline.set_body_begin(found->body_begin);
    if (!found->place.empty()) {
      set(found->place, *dateline.mutable_place_span());
      dateline.set_place(text.substr(found->first_place.begin, found->first_place.end - found->first_place.begin));
      if (item.located().empty()) annotations.set_located(dateline.place());
    }
    if (!found->date.empty()) {
      set(found->date, *dateline.mutable_date_span());
      SetDate(found->written, document, dateline);
    }
    for (const FoundAgency& agency : found->agencies) {
      v1::DatelineAgency& added = *dateline.add_agencies();
      set(agency.range, *added.mutable_span());
      added.set_name(agency.name);
    }
    return absl::OkStatus();
  }

 private:
  // Datelines have no time zone; an Item's day in UTC is near enough to choose the year.
  static void SetDate(const WrittenDate& written, const Document& document, v1::Dateline& dateline) {
    const v1::PublishedTime& published = document.item().published();
    absl::Time near = document.arrival();
    if (published.has_value() && published.flag() == v1::TIME_FLAG_UNSPECIFIED) {
      near = absl::FromUnixSeconds(published.value().seconds());
    }
    if (written.year == 0 && !IsKnown(near)) return;
    const std::optional<absl::CivilDay> day = DayNear(written, absl::ToCivilDay(near, absl::UTCTimeZone()));
    if (!day) return;
    dateline.set_date(absl::FormatCivilTime(*day));
    dateline.set_year_inferred(written.year == 0);
  }

  const Agencies agencies_;
};

WIREWATCH_PLUGIN(
    DatelineAnalysis,
    {.name = "dateline",
     .summary = "Finds the dateline of wire stories: place, date, agency, and where the text begins.",
     .details =
         "Reads `BELGRADE, June 23. /TASS/.`, `LONDON (Reuters) -`, `PARIS, 3 mai (AFP) -`, `(dpa) -` and their "
         "kin, with months in English, German, French, Spanish, Italian, Portuguese and Russian. The year is the "
         "one that brings the date nearest to the Item's own. What stands in the dateline is not searched by "
         "bare words of watches.",
     .options = {Field("agencies", &DatelineAnalysis::Options::agencies,
                       "Further agencies, by the names that they sign with.")},
     .provides = {"dateline", "located"}});

}  // namespace wirewatch::analyses
