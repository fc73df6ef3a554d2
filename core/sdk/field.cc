#include "wirewatch/sdk/field.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace wirewatch {
namespace {

std::string PrintBound(const v1::FieldDescription& field, double bound) {
  if (field.type() == "duration") return PrintValue(absl::Seconds(bound));
  if (field.type() == "size") return PrintValue(ByteSize{static_cast<uint64_t>(bound)});
  return absl::StrCat(bound);
}

bool Empty(const Node& node) {
  return node.is_null() || (node.is_scalar() && node.text().empty()) || (node.is_list() && node.items().empty());
}

}  // namespace

void CheckBounds(const v1::FieldDescription& field, const std::vector<double>& values, const Node& node,
                 Diagnostics& diagnostics) {
  for (size_t i = 0; i < values.size(); ++i) {
    const bool low = field.has_minimum() && values[i] < field.minimum();
    const bool high = field.has_maximum() && values[i] > field.maximum();
    if (!low && !high) continue;
    const Node& written = node.is_list() && i < node.items().size() ? node.items()[i] : node;
    std::string expected =
        field.has_minimum() && field.has_maximum()
            ? absl::StrCat("from ", PrintBound(field, field.minimum()), " to ", PrintBound(field, field.maximum()))
        : field.has_minimum() ? absl::StrCat("of at least ", PrintBound(field, field.minimum()))
                              : absl::StrCat("of at most ", PrintBound(field, field.maximum()));
    diagnostics.Error(written.at(),
                      absl::StrCat("\"", field.name(), "\" must be a value ", expected, ", found ",
                                   written.is_scalar() && !written.secret() ? written.text() : "another"));
  }
}

std::vector<const Node*> MatchKeys(const Node& node, const std::vector<const v1::FieldDescription*>& fields,
                                   std::string_view what, Diagnostics& diagnostics) {
  std::vector<const Node*> values(fields.size(), nullptr);
  std::vector<std::string> names;
  for (const v1::FieldDescription* field : fields) names.push_back(field->name());
  if (!node.is_table() && !node.is_null()) {
    diagnostics.Error(
        node.at(), absl::StrCat(std::string(what), " takes a table of options, found ", std::string(node.Describe())),
        names.empty() ? "it has no options" : absl::StrCat("its options are ", absl::StrJoin(names, ", ")));
    return values;
  }
  for (const Node::Entry& entry : node.entries()) {
    const auto found = std::find(names.begin(), names.end(), entry.key);
    if (found == names.end()) {
      const std::string closest = ClosestName(entry.key, names);
      diagnostics.Error(entry.key_at, absl::StrCat(std::string(what), " has no option \"", entry.key, "\""),
                        !closest.empty() ? absl::StrCat("did you mean \"", closest, "\"?")
                        : names.empty()  ? "it has no options"
                                         : absl::StrCat("its options are ", absl::StrJoin(names, ", ")));
      continue;
    }
    values[static_cast<size_t>(found - names.begin())] = &entry.value;
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i]->required() && (values[i] == nullptr || Empty(*values[i]))) {
      diagnostics.Error(
          values[i] != nullptr ? values[i]->at() : node.at(),
          absl::StrCat(std::string(what), " needs the option \"", names[i], "\": ", fields[i]->summary()));
      values[i] = nullptr;
    } else if (values[i] != nullptr && values[i]->is_null()) {
      diagnostics.Error(values[i]->at(), absl::StrCat("\"", names[i], "\" has no value"),
                        "write one, or take the line away for the default");
      values[i] = nullptr;
    }
  }
  return values;
}

}  // namespace wirewatch
