#include <cstdio>
#include <string>
#include <vector>

#include "google/protobuf/util/json_util.h"
#include "wirewatch/alerts/span_texts.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/item_drawing.h"
#include "wirewatch/cli/item_reader.h"
#include "wirewatch/cli/terminal.h"

namespace wirewatch::cli {
namespace {

void Print(const v1::Item& found, std::span<const v1::Signal* const> signals, bool json) {
  std::string out;
  if (json) {
    v1::Item item = found;
    alerts::FillSpanTexts(item);
    const auto printed = google::protobuf::util::MessageToJsonString(item, &out);
    if (!printed.ok()) out = "null";
  } else {
    std::vector<v1::Signal> copies;
    copies.reserve(signals.size());
    for (const v1::Signal* signal : signals) copies.push_back(*signal);
    out = DrawItem(found, copies, Columns());
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fputc('\n', stdout);
}

}  // namespace

int Inspect(const InspectArguments& arguments) {
  return ReadItems(
      arguments.files, arguments.pipeline,
      [&](const v1::Item& item, std::span<const v1::Signal* const> signals) { Print(item, signals, arguments.json); });
}

}  // namespace wirewatch::cli
