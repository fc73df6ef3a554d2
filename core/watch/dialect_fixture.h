// What the tests of dialects ask, in short.
#ifndef WIREWATCH_WATCH_DIALECT_FIXTURE_H_
#define WIREWATCH_WATCH_DIALECT_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/dialect.h"

namespace wirewatch::watch {

// What a query becomes; of one that is refused the first reason, with its place.
inline std::string Became(Dialect dialect, std::string_view query) {
  const Translation translation = Translate(query, dialect);
  if (translation.error) return absl::StrCat(translation.error->offset, ": ", translation.error->message);
  // Whatever comes out is in the watch language, and the same tree there.
  const auto again = Parse(translation.normal_form);
  if (const auto* error = std::get_if<QueryError>(&again))
    return absl::StrCat("not readable: ", translation.normal_form, ": ", error->message);
  if (!SameTree(*std::get<std::shared_ptr<const Expression>>(again), *translation.expression))
    return absl::StrCat("another tree: ", translation.normal_form);
  return translation.normal_form;
}

// The worst of its clauses.
inline std::string_view Verdict(const Translation& translation) {
  if (translation.error) return NameOf(ClauseKind::kRefused);
  return NameOf(translation.Count(ClauseKind::kApproximate) > 0 ? ClauseKind::kApproximate : ClauseKind::kExact);
}

struct DialectCase {
  const char* query;
  const char* became;
  const char* verdict;
};

inline void CheckDialect(Dialect dialect, const std::vector<DialectCase>& cases) {
  for (const DialectCase& c : cases) {
    EXPECT_EQ(Became(dialect, c.query), c.became) << c.query;
    EXPECT_EQ(Verdict(Translate(c.query, dialect)), c.verdict) << c.query;
  }
}

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_DIALECT_FIXTURE_H_
