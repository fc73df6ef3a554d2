#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/templates/alert_model.h"
#include "wirewatch/templates/digest_model.h"
#include "wirewatch/templates/filters.h"
#include "wirewatch/templates/tree.h"

namespace wirewatch::templates {
namespace {

void AppendTable(const Record& record, std::string& page) {
  absl::StrAppend(&page, "| name | type | what it is |\n|---|---|---|\n");
  for (const Member& member : record.members)
    absl::StrAppend(&page, "| `", member.name, "` | ", member.shape.Name(), " | ", member.summary, " |\n");
}

// The first record has its heading already.
std::string TablesOf(const std::vector<const Record*>& records) {
  std::string page;
  for (const Record* const record : records) {
    if (!page.empty()) absl::StrAppend(&page, "\n### ", record->name, "\n\n");
    AppendTable(*record, page);
  }
  return page;
}

}  // namespace

std::string ModelTables() {
  std::string page = TablesOf(AlertRecords());
  absl::StrAppend(&page, "\n### loop\n\n");
  AppendTable(kLoop, page);
  return page;
}

std::string DigestTables() { return TablesOf(DigestRecords()); }

std::string FilterTable() {
  std::string page = "| filter | takes | what it gives |\n|---|---|---|\n";
  for (const Filter& filter : Filters()) {
    std::string takes;
    for (const Shape::Kind kind : filter.takes) {
      const std::string name = kind == Shape::Kind::kList ? "list" : Shape{kind}.Name();
      absl::StrAppend(&takes, takes.empty() ? "" : ", ", name);
    }
    absl::StrAppend(&page, "| `", filter.name, filter.arguments, "` | ", takes, " | ", filter.summary, " |\n");
  }
  return page;
}

}  // namespace wirewatch::templates
