// What the tests of this folder ask, in short.
#ifndef WIREWATCH_WATCH_WATCH_FIXTURE_H_
#define WIREWATCH_WATCH_WATCH_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

#include "wirewatch/text/text_index.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/watch/condition.h"
#include "wirewatch/watch/parser.h"

namespace wirewatch::watch {

inline v1::Item BodyItem(std::string_view body, std::string_view headline = "") {
  v1::Item item;
  item.set_body(std::string(body));
  item.set_headline(std::string(headline));
  return item;
}

inline v1::Truth Evaluate(std::string_view query, const v1::Item& item) {
  const auto condition = Condition::Compile(query);
  EXPECT_TRUE(condition.ok()) << query << ": " << condition.status();
  if (!condition.ok()) return v1::TRUTH_UNSPECIFIED;
  text::TextIndex index;
  index.Build(item);
  return (*condition)->Evaluate(View(item, index));
}

inline bool Hits(std::string_view query, std::string_view body, std::string_view headline = "") {
  return Evaluate(query, BodyItem(body, headline)) == v1::TRUTH_TRUE;
}

// "offset: message | hint" of a query that cannot be read; "" for one that can.
inline std::string ErrorOf(std::string_view query) {
  const auto parsed = Parse(query);
  const auto* error = std::get_if<QueryError>(&parsed);
  return error == nullptr ? "" : std::to_string(error->offset) + ": " + error->message + " | " + error->hint;
}

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_WATCH_FIXTURE_H_
