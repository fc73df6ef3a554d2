#include "wirewatch/cli/item_drawing.h"

#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "wirewatch/cli/clause_drawing.h"
#include "wirewatch/cli/span_drawing.h"
#include "wirewatch/text/printable.h"

namespace wirewatch::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kFirstAnnotation = 100;
constexpr int kLastAnnotation = 199;
constexpr int kMaxDepth = 8;

using VisitSpan = std::function<void(v1::Span& span, const std::string& label)>;

// What tells one annotation of a kind from another.
std::string NameOf(const Message& message) {
  for (const char* name : {"watch_id", "name", "tag", "value", "term", "code", "type"}) {
    const FieldDescriptor* const field = message.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr || field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    if (std::string text = message.GetReflection()->GetString(message, field); !text.empty()) return text;
  }
  return "";
}

void VisitSpans(Message& message, const std::string& label, const VisitSpan& visit, int depth);

void VisitField(Message& message, const FieldDescriptor& field, const std::string& label, const VisitSpan& visit,
                int depth) {
  const Reflection& reflection = *message.GetReflection();
  const bool is_span = field.message_type() == v1::Span::descriptor();
  std::string own = field.name();
  if (own == "span" || own == "spans") {
    own = label;
  } else if (own.ends_with("_span")) {
    own.resize(own.size() - 5);
  }
  const auto one = [&](Message& inner) {
    if (is_span) return visit(static_cast<v1::Span&>(inner), own);
    const std::string name = NameOf(inner);
    VisitSpans(inner, name.empty() ? own : name, visit, depth + 1);
  };
  if (field.is_repeated()) {
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      one(*reflection.MutableRepeatedMessage(&message, &field, i));
    }
  } else if (reflection.HasField(message, &field)) {
    one(*reflection.MutableMessage(&message, &field));
  }
}

void VisitSpans(Message& message, const std::string& label, const VisitSpan& visit, int depth) {
  if (depth > kMaxDepth) return;
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) VisitField(message, field, label, visit, depth);
  }
}

// Of annotations only.
void VisitItemSpans(v1::Item& item, const VisitSpan& visit) {
  for (int i = 0; i < v1::Item::descriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *v1::Item::descriptor()->field(i);
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (field.number() < kFirstAnnotation || field.number() > kLastAnnotation) continue;
    VisitField(item, field, "", visit, 0);
  }
}

std::string TimeText(const google::protobuf::Timestamp& time, bool day_only = false) {
  return absl::FormatTime(day_only ? "%Y-%m-%d" : "%Y-%m-%d %H:%M:%S UTC",
                          absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()), absl::UTCTimeZone());
}

std::string PublishedText(const v1::PublishedTime& published) {
  std::string text = TimeText(published.value(), published.precision() == v1::TIME_PRECISION_DAY);
  if (!published.method().empty()) absl::StrAppend(&text, " (by ", published.method(), ")");
  if (published.flag() != v1::TIME_FLAG_UNSPECIFIED) absl::StrAppend(&text, ", which cannot be");
  return text;
}

std::string DatelineText(const v1::Dateline& dateline) {
  std::string text = dateline.place();
  const auto add = [&text](const std::string& more) {
    if (!more.empty()) absl::StrAppend(&text, text.empty() ? "" : ", ", more);
  };
  add(dateline.date() + (dateline.year_inferred() ? " (year from the Item)" : ""));
  for (const v1::DatelineAgency& agency : dateline.agencies()) add(agency.name());
  return text;
}

std::string LanguageText(const v1::Item& item) {
  std::string text = item.language().tag();
  if (item.language().declared()) {
    absl::StrAppend(&text, " (declared)");
  } else if (item.language().confidence() > 0) {
    absl::StrAppend(&text, absl::StrFormat(" (%.2f)", item.language().confidence()));
  }
  return text;
}

std::string Facts(const v1::Item& item) {
  std::string facts;
  const auto add = [&facts](const char* name, const std::string& value) {
    if (!value.empty()) absl::StrAppend(&facts, absl::StrFormat("%-11s ", name), text::Printable(value), "\n");
  };
  add("id", absl::StrCat(item.id(), ", version ", item.version()));
  add("outlet", item.outlet().name());
  add("address", item.canonical_url().empty() ? item.url() : item.canonical_url());
  if (item.has_published()) add("published", PublishedText(item.published()));
  if (item.has_version_created()) add("version of", TimeText(item.version_created()));
  if (item.has_embargoed_until()) add("embargo", TimeText(item.embargoed_until()));
  if (item.pub_status() == v1::PUB_STATUS_CANCELED) add("status", "canceled by its publisher");
  if (item.pub_status() == v1::PUB_STATUS_WITHHELD) add("status", "withheld by its publisher");
  add("note", item.ed_note());
  add("by", item.by());
  if (item.has_language()) add("language", LanguageText(item));
  if (item.has_dateline()) add("dateline", DatelineText(item.dateline()));
  for (const v1::InfoSource& source : item.info_sources())
    add(source.role().empty() ? "source" : source.role().c_str(), source.name());
  return facts;
}

std::string SeverityWord(v1::Severity severity) {
  std::string word = v1::Severity_Name(severity);
  word.erase(0, std::string_view("SEVERITY_").size());
  for (char& c : word) c = static_cast<char>(c + ('a' - 'A'));
  return word;
}

}  // namespace

std::string DrawItem(const v1::Item& shown, std::span<const v1::Signal> signals, int columns) {
  v1::Item item = shown;
  std::vector<std::pair<v1::Span, std::string>> spans;
  VisitItemSpans(item, [&spans](v1::Span& span, const std::string& label) { spans.emplace_back(span, label); });
  std::string out = absl::StrCat("── ", text::Printable(item.provenance().origin()), " ──\n", Facts(item));
  const auto draw = [&](const char* name, v1::Part part, uint32_t index, const std::string& text) {
    if (text.empty()) return;
    std::vector<Mark> marks;
    for (const auto& [span, label] : spans) {
      if (span.part() == part && span.part_index() == index) marks.push_back({span.begin(), span.end(), label});
    }
    absl::StrAppend(&out, name, "\n", DrawSpans(text, std::move(marks), columns));
  };
  draw("headline", v1::PART_HEADLINE, 0, item.headline());
  draw("subheadline", v1::PART_SUBHEADLINE, 0, item.subheadline());
  draw("lead", v1::PART_LEAD, 0, item.lead());
  draw("body", v1::PART_BODY, 0, item.body());
  for (int i = 0; i < item.media_size(); ++i) {
    draw("caption", v1::PART_CAPTION, static_cast<uint32_t>(i), item.media(i).caption());
  }
  for (const v1::Signal& signal : signals) {
    absl::StrAppend(&out, "signal ", signal.watch_id().empty() ? signal.step() : signal.watch_id(), " (",
                    SeverityWord(signal.severity()), "): ", text::Printable(signal.explanation().summary()), "\n");
    if (signal.explanation().has_clause()) out += DrawClauses(signal.explanation().clause());
  }
  return out;
}

}  // namespace wirewatch::cli
