// What the commands that try watches on Items say of an Item. Pure.
#ifndef WIREWATCH_CLI_WATCH_REPORT_H_
#define WIREWATCH_CLI_WATCH_REPORT_H_

#include <boost/json.hpp>
#include <string>

#include "wirewatch/alerts/snippet.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/v1/watch.pb.h"

namespace wirewatch::cli {

// `id  headline`, or the beginning of the text where there is none; on one line.
std::string NameOf(const v1::Item& item);

// The stretch of the text with most of the matches, these in brackets or, with colours, in bold.
std::string Excerpt(const v1::Item& item, const alerts::Spans& matches, bool colours);

// {"id", "headline", "origin"}.
boost::json::object ToJson(const v1::Item& item);
// [{"part", "begin", "end", "text"}].
boost::json::array ToJson(const v1::Item& item, const alerts::Spans& matches);
// `body`, `headline`.
std::string NameOf(v1::Part part);

// How much of a watch holds that does not hold as a whole, from 0 to 1.
double Nearness(const v1::Clause& clause);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_WATCH_REPORT_H_
