// ItemDrawing: everything that is known of an Item, for people: its facts, its texts with the annotations drawn under
// them, and why it raised what it raised. Pure.
#ifndef WIREWATCH_CLI_ITEM_DRAWING_H_
#define WIREWATCH_CLI_ITEM_DRAWING_H_

#include <span>
#include <string>

#include "wirewatch/v1/item.pb.h"
#include "wirewatch/v1/signal.pb.h"

namespace wirewatch::cli {

// Annotations of all kinds are found by their descriptors: those of future releases are drawn as well.
std::string DrawItem(const v1::Item& item, std::span<const v1::Signal> signals, int columns);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_ITEM_DRAWING_H_
