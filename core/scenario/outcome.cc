#include "wirewatch/scenario/outcome.h"

#include <algorithm>
#include <utility>

#include "wirewatch/alerts/times.h"

namespace wirewatch::scenario {
namespace {

Shape::Field TextField(std::string name, std::string summary) {
  return {std::move(name), &TextShape(), false, false, std::move(summary)};
}
Shape::Field NumberField(std::string name, std::string summary) {
  return {std::move(name), &NumberShape(), false, false, std::move(summary)};
}
Shape::Field BoolField(std::string name, std::string summary) {
  return {std::move(name), &BoolShape(), false, false, std::move(summary)};
}
Shape::Field DurationField(std::string name, std::string summary) {
  return {std::move(name), &DurationShape(), false, false, std::move(summary)};
}
Shape::Field InputField() { return NumberField("input", "The entry of `input` that it came from, counting from 1."); }

const Shape& SignalShape() {
  static const auto& shape = *[] {
    auto* made = new Shape(ShapeOf(*v1::Signal::descriptor()));
    made->fields.push_back(InputField());
    made->fields.push_back(DurationField("after", "How long after the start."));
    return made;
  }();
  return shape;
}

const Shape& ItemShape() {
  static const auto& shape = *[] {
    auto* made = new Shape(ShapeOf(*v1::Item::descriptor()));
    made->fields.push_back(InputField());
    made->fields.push_back({"signals", &SignalShape(), true, false, "Signals about this Item."});
    return made;
  }();
  return shape;
}

// What an Alert and an event of it have in common.
std::vector<Shape::Field> AlertFields() {
  return {{"severity", &WordShape(*v1::Severity_descriptor()), false, false, "How much it matters."},
          NumberField("items", "Items in it."),
          NumberField("signals", "Signals in it."),
          NumberField("origins", "Independent origins of its Items.")};
}

const Shape& EventShape() {
  static const auto& shape = *[] {
    auto* made = new Shape;
    made->name = "an event";
    made->main = "event";
    made->fields = AlertFields();
    made->fields.insert(made->fields.begin(),
                        {{"event", &WordShape(*v1::AlertEventType_descriptor()), false, false, "What happened."},
                         DurationField("after", "How long after the start.")});
    made->fields.push_back({"correction", &WordShape(*v1::CorrectionKind_descriptor()), false, false,
                            "What kind of correction an update tells of."});
    made->fields.push_back(TextField("corrected", "Headline of the Item that was corrected or retracted."));
    made->fields.push_back(TextField("reason", "Why, in words."));
    return made;
  }();
  return shape;
}

const Shape& AlertShape() {
  static const auto& shape = *[] {
    auto* made = new Shape;
    made->name = "an Alert";
    made->main = "watch";
    made->fields = {{"watch", &TextShape(), true, false, "Ids of its watches."},
                    TextField("title", "Its title."),
                    {"kind", &WordShape(*v1::AlertKind_descriptor()), false, false, "Hit or condition."},
                    {"group", &LabelsShape(), false, false, "What its Signals have in common, by `group_by`."},
                    DurationField("after", "How long after the start it was raised."),
                    {"status", &WordShape(*v1::AlertStatus_descriptor()), false, false, "How it stands at the end."}};
    for (Shape::Field& field : AlertFields()) made->fields.push_back(std::move(field));
    made->fields.push_back(BoolField("late", "All that is in it is late."));
    made->fields.push_back(BoolField("corrected", "Something in it was corrected."));
    made->fields.push_back({"origin_names", &TextShape(), true, false, "Names of its origins."});
    made->fields.push_back({"evidence", &ShapeOf(*v1::Evidence::descriptor()), true, false, "Signals shown in full."});
    made->fields.push_back({"events", &EventShape(), true, false, "Its events, the raising first."});
    return made;
  }();
  return shape;
}

const Shape& StoppedShape(const char* name) {
  auto* made = new Shape;
  made->name = name;
  made->main = "step";
  made->fields = {
      InputField(),
      TextField("step", "Id of the step."),
      TextField("reason", "Of a drop its reason; of a quarantined Item `error`, `exception`, `rejected`, …"),
      TextField("error", "What went wrong."),
      TextField("origin", "Where the record stood."),
      {"item", &ItemShape(), false, false, "The Item."}};
  return *made;
}

// An annotation's Item, for the texts of spans.
const v1::Item* FindItem(const Outcome& outcome, const std::string& id, uint32_t version) {
  const v1::Item* found = nullptr;
  for (const Outcome::Passed& passed : outcome.items) {
    if (passed.item.id() == id && (version == 0 || passed.item.version() == version)) found = &passed.item;
  }
  return found;
}

Value SignalValue(const Outcome::Raised& raised, absl::Time start) {
  Value value = FromMessage(raised.signal, raised.item ? &*raised.item : nullptr);
  value.Add("after", Value::Duration(raised.at - start));
  if (raised.input > 0) value.Add("input", Value::Number(static_cast<double>(raised.input)));
  return value;
}

Value ItemValue(const v1::Item& item) { return FromMessage(item, &item); }

Value StoppedValue(const Outcome::Stopped& stopped) {
  Value value;
  if (stopped.input > 0) value.Add("input", Value::Number(static_cast<double>(stopped.input)));
  const std::pair<const char*, const std::string*> texts[] = {
      {"step", &stopped.step}, {"reason", &stopped.reason}, {"error", &stopped.error}, {"origin", &stopped.origin}};
  for (const auto& [name, text] : texts) {
    if (!text->empty()) value.Add(name, Value::Text(*text));
  }
  if (stopped.item) value.Add("item", ItemValue(*stopped.item));
  return value;
}

void AddCounts(const v1::Alert& alert, Value& value) {
  value.Add("severity", Value::Word(WordOf(*v1::Severity_descriptor()->FindValueByNumber(alert.severity()))));
  value.Add("items", Value::Number(static_cast<double>(alert.item_count())));
  value.Add("signals", Value::Number(static_cast<double>(alert.signal_count())));
  value.Add("origins", Value::Number(static_cast<double>(alert.origin_count())));
}

Value EventValue(const Outcome& outcome, const v1::AlertEvent& event, absl::Time start) {
  Value value;
  value.Add("event", Value::Word(WordOf(*v1::AlertEventType_descriptor()->FindValueByNumber(event.type()))));
  value.Add("after", Value::Duration(alerts::GetTime(event.at()) - start));
  AddCounts(event.alert(), value);
  if (event.correction() != v1::CORRECTION_KIND_UNSPECIFIED) {
    value.Add("correction",
              Value::Word(WordOf(*v1::CorrectionKind_descriptor()->FindValueByNumber(event.correction()))));
  }
  if (const v1::Item* item = FindItem(outcome, event.corrected_item_id(), 0);
      item != nullptr && !event.corrected_item_id().empty()) {
    value.Add("corrected", Value::Text(item->headline()));
  }
  if (!event.reason().empty()) value.Add("reason", Value::Text(event.reason()));
  return value;
}

Value TextList(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  Value list = Value::List();
  for (const std::string& text : texts) list.items.push_back(Value::Text(text));
  return list;
}

Value AlertValue(const Outcome& outcome, const std::vector<const v1::AlertEvent*>& events, absl::Time start) {
  const v1::Alert& alert = events.back()->alert();
  Value value;
  value.Add("watch", TextList(alert.watch_ids()));
  if (!alert.title().empty()) value.Add("title", Value::Text(alert.title()));
  value.Add("kind", Value::Word(WordOf(*v1::AlertKind_descriptor()->FindValueByNumber(alert.kind()))));
  Value& group = value.Add("group", Value());
  for (const v1::Label& label : alert.group()) group.Add(label.name(), Value::Text(label.value()));
  value.Add("after", Value::Duration(alerts::GetTime(events.front()->at()) - start));
  value.Add("status", Value::Word(WordOf(*v1::AlertStatus_descriptor()->FindValueByNumber(alert.status()))));
  AddCounts(alert, value);
  if (alert.late()) value.Add("late", Value::Bool(true));
  if (alert.corrected()) value.Add("corrected", Value::Bool(true));
  value.Add("origin_names", TextList(alert.origins()));
  Value& evidence = value.Add("evidence", Value::List());
  for (const v1::Evidence& shown : alert.evidence()) {
    evidence.items.push_back(FromMessage(shown, FindItem(outcome, shown.item_id(), shown.item_version())));
  }
  Value& list = value.Add("events", Value::List());
  for (const v1::AlertEvent* event : events) list.items.push_back(EventValue(outcome, *event, start));
  return value;
}

// By Alert, in the order in which they were raised.
Value AlertValues(const Outcome& outcome, absl::Time start) {
  std::vector<std::vector<const v1::AlertEvent*>> alerts;
  for (const v1::AlertEvent& event : outcome.events) {
    const auto known = std::find_if(alerts.begin(), alerts.end(),
                                    [&](const auto& of) { return of.front()->alert_id() == event.alert_id(); });
    (known == alerts.end() ? alerts.emplace_back() : *known).push_back(&event);
  }
  Value list = Value::List();
  for (const auto& events : alerts) list.items.push_back(AlertValue(outcome, events, start));
  return list;
}

Value StoppedValues(const std::vector<Outcome::Stopped>& stopped) {
  Value list = Value::List();
  for (const Outcome::Stopped& one : stopped) list.items.push_back(StoppedValue(one));
  return list;
}

}  // namespace

Value ToValue(const Outcome& outcome, absl::Time start) {
  Value table;
  Value items = Value::List(), signals = Value::List(), known = Value::List();
  for (const Outcome::Raised& raised : outcome.signals) signals.items.push_back(SignalValue(raised, start));
  for (const Outcome::Passed& passed : outcome.items) {
    Value& item = items.items.emplace_back(ItemValue(passed.item));
    item.Add("input", Value::Number(static_cast<double>(passed.input)));
    Value own = Value::List();
    for (size_t i = 0; i < outcome.signals.size(); ++i) {
      const v1::Signal& signal = outcome.signals[i].signal;
      if (outcome.signals[i].item && signal.position() == passed.item.position()) own.items.push_back(signals.items[i]);
    }
    if (!own.items.empty()) item.Add("signals", std::move(own));
  }
  for (const InputNumber input : outcome.known) known.items.push_back(Value::Number(static_cast<double>(input)));
  Value alerts = AlertValues(outcome, start);
  const bool quiet = alerts.items.empty();
  table.Add("items", std::move(items));
  table.Add("signals", std::move(signals));
  table.Add("alerts", std::move(alerts));
  table.Add("dropped", StoppedValues(outcome.dropped));
  table.Add("quarantined", StoppedValues(outcome.quarantined));
  table.Add("failed", StoppedValues(outcome.failed));
  table.Add("known", std::move(known));
  if (!outcome.stops.empty()) table.Add("stops", Value::Text(outcome.stops));
  table.Add("no_alerts", Value::Bool(quiet));
  return table;
}

const Shape& OutcomeShape() {
  static const auto& shape = *[] {
    auto* made = new Shape;
    made->name = "expect";
    made->fields = {
        {"items", &ItemShape(), true, false, "Items that passed all analyses, in order; others may come between them."},
        {"signals", &SignalShape(), true, false, "Signals, in order; others may come between them."},
        {"alerts", &AlertShape(), true, true, "All Alerts, in the order in which they were raised."},
        BoolField("no_alerts", "No Alert is raised."),
        {"dropped", &StoppedShape("a dropped Item"), true, true, "All Items that a step dropped."},
        {"quarantined", &StoppedShape("a quarantined Item"), true, true,
         "All Items and records that were set aside; none unless given."},
        {"failed", &StoppedShape("a failure"), true, true,
         "All failures of steps with `on_error: pass`; none unless given."},
        {"known", &NumberShape(), true, true, "All entries of `input` with an Item that was known already."},
        TextField("stops", "The pipeline ends early, with this error.")};
    return made;
  }();
  return shape;
}

}  // namespace wirewatch::scenario
