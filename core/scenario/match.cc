#include "wirewatch/scenario/match.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "wirewatch/scenario/match_lists.h"
#include "wirewatch/sdk/field_values.h"

namespace wirewatch::scenario {
namespace {

constexpr size_t kLineBytes = 160;

const Value& Nothing() {
  static const auto& nothing = *new Value;
  return nothing;
}

bool IsEmpty(const Value* value) {
  return value == nullptr || (value->is_list() && value->items.empty()) || (value->is_table() && value->fields.empty());
}

// -1, 0 or 1; both are numbers, times or durations.
int Order(const std::string& expected, const Value* value, const Shape& shape, absl::Time start) {
  const auto sign = [](auto found, auto wanted) { return found < wanted ? -1 : found > wanted ? 1 : 0; };
  if (shape.kind == Shape::Kind::kTime) {
    return sign(value == nullptr ? absl::InfinitePast() : value->time, *ParseTime(expected, start));
  }
  if (shape.kind == Shape::Kind::kDuration) {
    return sign(value == nullptr ? absl::ZeroDuration() : value->duration, *ParseOffset(expected));
  }
  double wanted = 0;
  (void)absl::SimpleAtod(expected, &wanted);
  const double found = value == nullptr ? 0 : value->number;
  // Floats of 32 bits stand as what they were written as.
  return std::fabs(found - wanted) <= 1e-6 * std::max(std::fabs(found), std::fabs(wanted)) ? 0 : sign(found, wanted);
}

bool EqualsText(const std::string& expected, const std::string& found) {
  // A block scalar ends with a line break that the text need not have.
  return expected == found || (expected == found + "\n");
}

bool Equals(const Node& pattern, const Value* value, const Shape& shape, absl::Time start) {
  const std::string& expected = pattern.text();
  switch (shape.kind) {
    case Shape::Kind::kText:
      return EqualsText(expected, value == nullptr ? "" : value->text);
    case Shape::Kind::kBool:
      return (expected == "true") == (value != nullptr && value->truth);
    case Shape::Kind::kWord:
      return expected == (value == nullptr ? "none" : value->text);
    default:
      return Order(expected, value, shape, start) == 0;
  }
}

std::string Shown(const Value* value) { return value == nullptr ? "nothing" : OnOneLine(*value, kLineBytes); }

class Matcher {
 public:
  explicit Matcher(absl::Time start) : start_(start) {}

  Comparison Run(const Node& pattern, const Value* value, const Shape::Field& field) const {
    Comparison out;
    Any(pattern, value, *field.shape, field.list, field.whole, {field.name, field.name + ": ", 0}, out);
    return out;
  }

 private:
  // Where a comparison stands, in the path and in the lines of the difference.
  struct Place {
    std::string path;
    std::string label;
    int depth;
    Place Below(const std::string& name) const {
      return {path.empty() ? name : absl::StrCat(path, ".", name), name + ": ", depth + 1};
    }
    Place Element(size_t index) const { return {absl::StrCat(path, "[", index, "]"), "- ", depth + 1}; }
  };

  void Same(const Place& place, const std::string& text, Comparison& out) const {
    out.lines.push_back({' ', place.depth, place.label + text});
  }
  void Differ(const Node& pattern, const Place& place, const std::string& expected, const std::string& found,
              Comparison& out) const {
    out.mismatches.push_back({pattern.at(), place.path, expected, found});
    out.lines.push_back({'-', place.depth, place.label + expected});
    out.lines.push_back({'+', place.depth, place.label + found});
  }

  void Any(const Node& pattern, const Value* value, const Shape& shape, bool list, bool whole, const Place& place,
           Comparison& out) const {
    if (pattern.is_null()) {
      IsEmpty(value) ? Same(place, "nothing", out) : Differ(pattern, place, "nothing", Shown(value), out);
    } else if (list) {
      List(pattern, value, shape, whole, place, out);
    } else if (shape.kind == Shape::Kind::kTable) {
      Table(pattern, value, shape, place, out);
    } else if (shape.kind == Shape::Kind::kLabels) {
      Labels(pattern, value, place, out);
    } else {
      Scalar(pattern, value, shape, place, out);
    }
  }

  void Scalar(const Node& pattern, const Value* value, const Shape& shape, const Place& place, Comparison& out) const {
    if (pattern.is_scalar()) {
      Equals(pattern, value, shape, start_) ? Same(place, Shown(value), out)
                                            : Differ(pattern, place, Written(pattern), Shown(value), out);
      return;
    }
    for (const Node::Entry& entry : pattern.entries()) {
      if (Holds(entry, value, shape)) {
        Same(place, Shown(value), out);
      } else {
        std::string word = entry.key;
        std::replace(word.begin(), word.end(), '_', ' ');
        Differ(entry.value, place, absl::StrCat(word, " ", Written(entry.value)), Shown(value), out);
      }
    }
  }

  bool Holds(const Node::Entry& test, const Value* value, const Shape& shape) const {
    const std::string text = value == nullptr ? "" : value->text;
    if (test.key == "contains") return text.find(test.value.text()) != std::string::npos;
    if (test.key == "matches") return RE2::PartialMatch(text, test.value.text());
    if (test.key == "at_least") return Order(test.value.text(), value, shape, start_) >= 0;
    if (test.key == "at_most") return Order(test.value.text(), value, shape, start_) <= 0;
    return !Equals(test.value, value, shape, start_);
  }

  void Labels(const Node& pattern, const Value* value, const Place& place, Comparison& out) const {
    const Value& labels = value == nullptr ? Nothing() : *value;
    for (const Node::Entry& entry : pattern.entries()) {
      Any(entry.value, labels.Find(entry.key), TextShape(), false, false, place.Below(entry.key), out);
    }
  }

  void Table(const Node& pattern, const Value* value, const Shape& shape, const Place& place, Comparison& out) const {
    const Value& table = value == nullptr ? Nothing() : *value;
    if (pattern.is_scalar()) {
      const Shape::Field& main = *shape.Find(shape.main);
      const Value* stands_for = table.Find(shape.main);
      if (value == nullptr) return Differ(pattern, place, Written(pattern), "nothing", out);
      // On one line, although there may be several.
      if (main.list && stands_for != nullptr && stands_for->items.size() == 1) stands_for = &stands_for->items[0];
      if (main.list && stands_for != nullptr && stands_for->is_list()) {
        return List(pattern, stands_for, *main.shape, main.whole, place, out);
      }
      return Any(pattern, stands_for, *main.shape, false, false, place, out);
    }
    const Node::Entry* exact = pattern.entries().size() == 1 ? pattern.Find("exact") : nullptr;
    const Node& named = exact != nullptr ? exact->value : pattern;
    if (value == nullptr)
      return Differ(pattern, place, named.entries().empty() ? "something" : Written(named), "nothing", out);
    Keys(named, table, shape, place, out);
    if (exact == nullptr) return;
    for (const auto& [name, field] : table.fields) {
      if (named.Find(name) != nullptr || name == "producer") continue;
      const Place below = place.Below(name);
      out.mismatches.push_back({exact->key_at, below.path, "nothing", Shown(&field)});
      out.lines.push_back({'+', below.depth, below.label + Shown(&field)});
    }
  }

  // An element of a list begins with its dash.
  void Keys(const Node& named, const Value& table, const Shape& shape, const Place& place, Comparison& out) const {
    const bool element = place.label == "- ";
    const size_t first = out.lines.size();
    if (!element) out.lines.push_back({' ', place.depth, place.label.substr(0, place.label.size() - 1)});
    for (const Node::Entry& entry : named.entries()) {
      const Shape::Field& field = *shape.Find(entry.key);
      Any(entry.value, table.Find(entry.key), *field.shape, field.list, field.whole, place.Below(entry.key), out);
    }
    if (!element || out.lines.size() == first) return;
    out.lines[first].depth = place.depth;
    out.lines[first].text = "- " + out.lines[first].text;
  }

  void List(const Node& pattern, const Value* value, const Shape& shape, bool whole, const Place& place,
            Comparison& out) const {
    const std::vector<Value>& found = value == nullptr ? Nothing().items : value->items;
    if (pattern.is_table()) {
      const bool pairs =
          pattern.Find("exact") != nullptr || pattern.Find("some") != nullptr || pattern.Find("any_order") != nullptr;
      if (!pairs) out.lines.push_back({' ', place.depth, place.label.substr(0, place.label.size() - 1)});
      for (const Node::Entry& test : pattern.entries()) ListTest(test, found, shape, whole, place, out);
      return;
    }
    if (pattern.is_scalar()) return Elements({&pattern}, pattern, found, shape, whole, false, place, out);
    std::vector<const Node*> wanted;
    for (const Node& item : pattern.items()) wanted.push_back(&item);
    Elements(wanted, pattern, found, shape, whole || wanted.empty(), false, place, out);
  }

  void ListTest(const Node::Entry& test, const std::vector<Value>& found, const Shape& shape, bool whole,
                const Place& place, Comparison& out) const {
    if (test.key == "count") {
      const Value count = Value::Number(static_cast<double>(found.size()));
      return Scalar(test.value, &count, NumberShape(), place.Below("count"), out);
    }
    if (test.key == "all" || test.key == "none") {
      for (size_t i = 0; i < found.size(); ++i) {
        Comparison one;
        Any(test.value, &found[i], shape, false, false, place.Element(i), one);
        if (test.key == "all") {
          std::move(one.mismatches.begin(), one.mismatches.end(), std::back_inserter(out.mismatches));
          std::move(one.lines.begin(), one.lines.end(), std::back_inserter(out.lines));
        } else if (one.ok()) {
          Differ(test.value, place.Element(i), absl::StrCat("none like ", Written(test.value)), Shown(&found[i]), out);
        }
      }
      return;
    }
    std::vector<const Node*> wanted;
    for (const Node& item : test.value.items()) wanted.push_back(&item);
    const bool all = test.key == "exact" || (test.key == "any_order" && whole);
    Elements(wanted, test.value, found, shape, all, test.key == "any_order", place, out);
  }

  void Elements(const std::vector<const Node*>& wanted, const Node& list, const std::vector<Value>& found,
                const Shape& shape, bool whole, bool any_order, const Place& place, Comparison& out) const {
    std::vector<std::vector<Comparison>> compared(wanted.size(), std::vector<Comparison>(found.size()));
    const auto compare = [&](size_t i, size_t j) -> const Comparison& {
      Comparison& one = compared[i][j];
      if (one.lines.empty()) Any(*wanted[i], &found[j], shape, false, false, place.Element(j), one);
      return one;
    };
    const Pairing pairing = Pair(wanted.size(), found.size(), whole, any_order,
                                 [&](size_t i, size_t j) { return compare(i, j).mismatches.size(); });
    if (wanted.empty() && found.empty()) return Same(place, "[]", out);
    const bool missing = std::any_of(pairing.steps.begin(), pairing.steps.end(),
                                     [](const Pairing::Step& step) { return step.found == Pairing::kNone; });
    out.lines.push_back({' ', place.depth, place.label.substr(0, place.label.size() - 1)});
    for (const Pairing::Step& step : pairing.steps) {
      if (step.found == Pairing::kNone) {
        const Place at = place.Element(step.wanted);
        out.mismatches.push_back(
            {wanted[step.wanted]->at(), at.path, Written(*wanted[step.wanted]), "nothing like it"});
        out.lines.push_back({'-', at.depth, at.label + Written(*wanted[step.wanted])});
      } else if (step.wanted == Pairing::kNone) {
        const Place at = place.Element(step.found);
        // What else is there may say why something is not.
        if (!whole && missing) out.lines.push_back({'+', at.depth, at.label + Shown(&found[step.found])});
        if (!whole) continue;
        out.mismatches.push_back({list.at(), at.path, "nothing more", Shown(&found[step.found])});
        out.lines.push_back({'+', at.depth, at.label + Shown(&found[step.found])});
      } else {
        const Comparison& one = compare(step.wanted, step.found);
        out.mismatches.insert(out.mismatches.end(), one.mismatches.begin(), one.mismatches.end());
        out.lines.insert(out.lines.end(), one.lines.begin(), one.lines.end());
      }
    }
  }

  const absl::Time start_;
};

}  // namespace

Comparison Match(const Node& pattern, const Value* value, const Shape::Field& field, absl::Time start) {
  return Matcher(start).Run(pattern, value, field);
}

}  // namespace wirewatch::scenario
