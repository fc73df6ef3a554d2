// Items, annotations and Signals as they are written in a test file. Fields are those of the messages; one that is a
// message may be written as the value of its main field (`outlet: KTA`), times as `2026-06-13T10:00:00Z`, `2026-06-13`
// or `-2h` from the test's time. Any thread.
#ifndef WIREWATCH_SCENARIO_MESSAGE_READER_H_
#define WIREWATCH_SCENARIO_MESSAGE_READER_H_

#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "wirewatch/sdk/node.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::scenario {

// Fills `message`; everything that is wrong goes to `diagnostics`.
void ReadMessage(const Node& node, absl::Time base, google::protobuf::Message& message, Diagnostics& diagnostics);

// Spans that are written by their text alone are found in the Item: its headline, then its body and the other parts.
// The text of the first that is not there; empty when all are.
std::string PlaceSpans(const v1::Item& item, google::protobuf::Message& message);

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_MESSAGE_READER_H_
