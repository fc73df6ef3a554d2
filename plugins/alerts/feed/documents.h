// The documents of a feed: Atom (RFC 4287) and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/). Pure functions,
// any thread. The same entries give the same bytes.
#ifndef WIREWATCH_PLUGINS_ALERTS_FEED_DOCUMENTS_H_
#define WIREWATCH_PLUGINS_ALERTS_FEED_DOCUMENTS_H_

#include <string>
#include <vector>

#include "wirewatch/v1/alert.pb.h"

namespace wirewatch::alerts {

// One Alert as it stands after its latest event.
struct FeedEntry {
  v1::AlertEvent event;
  std::string html;  // what a template made of it
};

struct FeedFacts {
  std::string name;  // that makes its id
  std::string title;
  std::string home_url;            // empty: none
  std::string atom_url, json_url;  // where the documents are served; empty: not known
};

// `urn:uuid:` and a UUID of version 8 (RFC 9562), a hash of `name`.
std::string FeedId(const std::string& name);

// `entries`: the newest first.
std::string AtomDocument(const FeedFacts& facts, const std::vector<const FeedEntry*>& entries);
std::string JsonDocument(const FeedFacts& facts, const std::vector<const FeedEntry*>& entries);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_PLUGINS_ALERTS_FEED_DOCUMENTS_H_
