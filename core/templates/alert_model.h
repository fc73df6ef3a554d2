// What a template sees of an event of the journal: the one data model of all channels. Any thread.
#ifndef WIREWATCH_TEMPLATES_ALERT_MODEL_H_
#define WIREWATCH_TEMPLATES_ALERT_MODEL_H_

#include <string>
#include <vector>

#include "wirewatch/templates/value.h"
#include "wirewatch/v1/alert.pb.h"

namespace wirewatch::templates {

struct AlertView {
  const v1::AlertEvent* event = nullptr;
  std::string key;      // IdempotencyKey()
  std::string channel;  // "pipeline/step"
};

// The root record of an AlertView.
const Record& AlertRoot();
// The root and all that is reached from it, for the documentation.
const std::vector<const Record*>& AlertRecords();

// Evidence is news of its event: all of an Alert that is raised, what joined with an update, what a correction is
// about.
bool IsNews(const v1::AlertEvent& event, const v1::Evidence& evidence);

// An event as a test and a preview want it: several Items, highlights, all optional parts set. Always the same.
v1::AlertEvent SampleEvent();

// The tables of docs/templates.md, Markdown.
std::string ModelTables();
std::string FilterTable();

}  // namespace wirewatch::templates

#endif  // WIREWATCH_TEMPLATES_ALERT_MODEL_H_
