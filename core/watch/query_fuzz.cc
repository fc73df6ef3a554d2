// Any bytes as a query: it is read or refused with a place inside it; what is read prints a normal form that reads back
// as itself, and is decided on a fixed Item, with an explanation, within the limits.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <source_location>
#include <string>
#include <utility>
#include <variant>

#include "wirewatch/text/text_index.h"
#include "wirewatch/text/utf8.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/watch/engine.h"

namespace {

void Require(bool condition, std::source_location at = std::source_location::current()) {
  if (condition) return;
  std::cerr << "line " << at.line() << " does not hold\n";
  std::abort();
}

const std::string* ListOf(const std::string& name) {
  static const std::map<std::string, std::string> lists = {
      {"kfor", "KFOR OR \"Kosovo Force\""}, {"loop", "LIST(loop)"}, {"nothing", "a remark, a comma and \"--\""}};
  const auto found = lists.find(name);
  return found == lists.end() ? nullptr : &found->second;
}

// Who is quoted, named and judged; one quote inside another, and spans that point nowhere.
void AddAnnotations(wirewatch::v1::Item& item) {
  using namespace wirewatch;
  const auto set = [](v1::Span& span, uint32_t begin, uint32_t end) {
    span.set_part(v1::PART_BODY);
    span.set_begin(begin);
    span.set_end(end);
  };
  for (const auto& [begin, end] : {std::pair(18U, 60U), std::pair(30U, 40U), std::pair(80U, 9000U)}) {
    v1::Quote& quote = *item.add_quotes();
    set(*quote.mutable_speaker(), end, end + 9);
    set(*quote.add_content(), begin, end);
    quote.set_kind(static_cast<v1::QuoteKind>(item.quotes_size() % 4));
    quote.set_speaker_entity("http://x.org/Q1");
  }
  item.mutable_quotes(2)->set_continues(true);
  set(*item.add_entities()->mutable_span(), 18, 22);
  item.mutable_entities(0)->set_uri("http://x.org/Q1");
  item.add_places()->set_country("XK");
  item.add_tones()->set_score(-1);
  item.add_events()->mutable_actor()->set_name("KFOR");
}

const wirewatch::v1::Item& Story() {
  static const auto& story = *[] {
    auto* item = new wirewatch::v1::Item;
    item->set_headline("KFOR troops clash with protesters");
    item->set_body(
        "ZVEČAN, May 29. KFOR soldiers clashed with a crowd. The Kosovo Force said that 30 were hurt.\n\n"
        "NATO's envoy blamed the mayors; #Kosovo @nato AT&T €5m anti-riot 1,244 東京.");
    item->mutable_language()->set_tag("en");
    AddAnnotations(*item);
    return item;
  }();
  return story;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wirewatch;
  const std::string query = text::RepairUtf8(std::string_view(reinterpret_cast<const char*>(data), size));
  const auto parsed = watch::Parse(query, ListOf);
  if (const auto* error = std::get_if<watch::QueryError>(&parsed)) {
    Require(error->offset <= query.size() && !error->message.empty());
    return 0;
  }
  const std::string normal = watch::Print(*std::get<std::shared_ptr<const watch::Expression>>(parsed));
  const auto again = watch::Parse(normal, ListOf);
  if (const auto* error = std::get_if<watch::QueryError>(&again)) {
    // Only the limits may refuse a normal form: it can be longer than what was written.
    Require(error->message.find("longer than") != error->message.npos ||
            error->message.find("more than") != error->message.npos);
    return 0;
  }
  Require(watch::Print(*std::get<std::shared_ptr<const watch::Expression>>(again)) == normal);
  static text::TextIndex& index = *new text::TextIndex;
  index.Build(Story());
  watch::Engine engine;
  if (const auto error = engine.Add({.id = "w", .query = query, .timezone = absl::UTCTimeZone()}, ListOf)) {
    Require(error->offset <= query.size() && !error->message.empty());
    return 0;
  }
  Require(!engine.Add({.id = "x", .query = normal, .timezone = absl::UTCTimeZone()}, ListOf));
  watch::Scratch scratch;
  std::vector<watch::Hit> hits;
  const watch::View view(Story(), index);
  engine.Match(view, scratch, hits);
  v1::Explanation explanation;
  Require(engine.Explain("w", view, scratch, explanation));
  Require((explanation.clause().truth() == v1::TRUTH_TRUE) == !hits.empty());
  Require(explanation.clause().query_end() <= query.size());
  Require(hits.empty() || hits.size() == 2);  // the normal form means the same
  if (!hits.empty()) {
    v1::WatchHit described;
    engine.Describe(hits[0], view, scratch, described, false);
    for (const v1::Span& span : described.spans()) Require(span.begin() < span.end());
  }
  return 0;
}
