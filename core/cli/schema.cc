// `wirewatch schema`: the JSON Schema (draft 2020-12) of pipeline files, made from the plugins that are there, and the
// OpenAPI document of the services over HTTP.
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/plugin_page.h"
#include "wirewatch/service/json_gateway.h"

namespace wirewatch::cli {
namespace {

namespace json = boost::json;

// Any value may be filled in from a variable, wholly or in part.
constexpr char kVariable[] = R"(.*\$\{[^}]+\}.*)";

json::value Texts(std::initializer_list<const char*> texts) {
  json::array array;
  for (const char* text : texts) array.emplace_back(text);
  return array;
}

json::value Number(double value) {
  if (std::floor(value) == value && std::fabs(value) < 1e15) return static_cast<int64_t>(value);
  return value;
}

json::object TextLike(const std::string& pattern) {
  return {{"type", "string"}, {"pattern", absl::StrCat("^(", pattern, "|", kVariable, ")$")}};
}

json::object OrVariable(json::object schema) {
  json::object variable{{"type", "string"}, {"pattern", absl::StrCat("^", kVariable, "$")}};
  return {{"anyOf", json::array{std::move(schema), std::move(variable)}}};
}

json::object ObjectOf(const google::protobuf::RepeatedPtrField<v1::FieldDescription>& fields);

// One value of the field.
json::object ValueOf(const v1::FieldDescription& field) {
  const std::string& type = field.type();
  if (type == "table") return ObjectOf(field.fields());
  if (type == "bool") return OrVariable({{"type", "boolean"}});
  if (type == "integer" || type == "number") {
    json::object number{{"type", type}};
    if (field.has_minimum()) number["minimum"] = Number(field.minimum());
    if (field.has_maximum()) number["maximum"] = Number(field.maximum());
    return OrVariable(std::move(number));
  }
  if (type == "choice") {
    json::array choices;
    for (const std::string& choice : field.choices()) choices.emplace_back(choice);
    return OrVariable({{"enum", std::move(choices)}});
  }
  if (type == "duration") {
    return {{"anyOf", json::array{TextLike(R"(0|([0-9]+(\.[0-9]+)?(us|ms|s|m|h|d|w))+)"), json::object{{"const", 0}}}}};
  }
  if (type == "size") {
    return {{"anyOf", json::array{TextLike(R"([0-9]+(\.[0-9]+)?(B|[kKMGT]B|[KMGT]iB)?)"),
                                  json::object{{"type", "integer"}, {"minimum", 0}}}}};
  }
  if (type == "any") return {};
  // A number or `yes` is a text here, as it is in the file.
  return {{"type", Texts({"string", "number", "boolean"})}};
}

json::value ParsedDefault(const std::string& type, const std::string& text) {
  double number = 0;
  if (type == "bool") return text == "true";
  if ((type == "integer" || type == "number") && absl::SimpleAtod(text, &number)) return Number(number);
  return json::value(text == "\"\"" ? "" : text);
}

// A list is written as `[a, b]`.
json::value DefaultOf(const v1::FieldDescription& field) {
  const std::string& text = field.default_value();
  if (!field.list()) return ParsedDefault(field.type(), text);
  json::array list;
  const std::string inner = text.size() > 2 ? text.substr(1, text.size() - 2) : "";
  for (const std::string& element : std::vector<std::string>(absl::StrSplit(inner, ", ", absl::SkipEmpty()))) {
    list.push_back(ParsedDefault(field.type(), element));
  }
  return list;
}

json::object SchemaOf(const v1::FieldDescription& field) {
  json::object schema = ValueOf(field);
  if (field.list()) {
    json::object list{{"type", "array"}, {"items", schema}};
    if (field.required()) list["minItems"] = 1;
    // A single value may stand for a list of one.
    if (field.type() == "table") {
      schema = std::move(list);
    } else {
      schema = {{"anyOf", json::array{std::move(schema), std::move(list)}}};
    }
  }
  schema["description"] = field.summary();
  if (field.type() == "duration" || field.type() == "size") {
    // No keyword compares these.
    if (const std::string bounds = BoundsOf(field); !bounds.empty()) {
      schema["description"] = absl::StrCat(field.summary(), " (", bounds, ")");
    }
  }
  if (field.secret()) schema["writeOnly"] = true;
  if (field.has_default_value() && !field.default_value().empty()) schema["default"] = DefaultOf(field);
  if (field.examples_size() > 0) {
    json::array examples;
    for (const std::string& example : field.examples()) examples.emplace_back(example);
    schema["examples"] = std::move(examples);
  }
  return schema;
}

void AddField(const v1::FieldDescription& field, json::object& properties, json::array& required) {
  properties[field.name()] = SchemaOf(field);
  if (field.required()) required.emplace_back(field.name());
}

json::object Closed(json::object properties, json::array required) {
  json::object object{{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!required.empty()) object["required"] = std::move(required);
  return object;
}

json::object ObjectOf(const google::protobuf::RepeatedPtrField<v1::FieldDescription>& fields) {
  json::object properties;
  json::array required;
  for (const v1::FieldDescription& field : fields) AddField(field, properties, required);
  return Closed(std::move(properties), std::move(required));
}

template <class O>
json::object ObjectOfTable(const std::vector<FieldOf<O>>& fields) {
  google::protobuf::RepeatedPtrField<v1::FieldDescription> descriptions;
  for (const FieldOf<O>& field : fields) *descriptions.Add() = field.Describe(O{});
  return ObjectOf(descriptions);
}

json::object OptionsOf(const v1::PluginDescription& plugin, std::string_view folder) {
  json::object properties;
  json::array required;
  for (const v1::FieldDescription& field : plugin.options()) AddField(field, properties, required);
  for (const v1::FieldDescription& field : StepFieldsOf(folder)) AddField(field, properties, required);
  json::object options = Closed(std::move(properties), required);
  if (required.empty()) options["type"] = Texts({"object", "null"});
  return options;
}

// A step: a plugin's name, or the name with options.
json::object StepOf(const loader::Registry& registry, std::string_view folder) {
  json::array names;
  json::object properties;
  for (const loader::Library& library : registry.libraries()) {
    if (library.folder != folder || !library.description) continue;
    json::object options = OptionsOf(*library.description, folder);
    json::object name{{"const", library.name}, {"description", library.description->summary()}};
    if (!options.contains("required")) names.push_back(std::move(name));
    options["description"] = library.description->summary();
    properties[library.name] = std::move(options);
  }
  json::object with_options = Closed(std::move(properties), {});
  with_options["minProperties"] = 1;
  with_options["maxProperties"] = 1;
  names.push_back(std::move(with_options));
  return {{"anyOf", std::move(names)}};
}

json::object ListOf(const char* definition, const char* description) {
  return {{"type", "array"},
          {"items", json::object{{"$ref", absl::StrCat("#/$defs/", definition)}}},
          {"description", description}};
}

json::object SchemaOf(const loader::Registry& registry) {
  json::object alerts = ObjectOfTable(config::GroupingFields());
  alerts["properties"].as_object()["channels"] = ListOf("channel", "Ways for Alerts to leave.");
  alerts["properties"].as_object()["recipients"] =
      json::object{{"type", "array"},
                   {"items", ObjectOfTable(config::RecipientFields())},
                   {"description", "Who gets which Alerts through which channels, and when."}};
  alerts["description"] = "How Signals become Alerts, and how these leave.";
  json::object limits = ObjectOfTable(config::LimitsFields());
  limits["description"] = "Bounds of the pipeline.";
  json::object retention = ObjectOfTable(config::RetentionFields());
  retention["description"] = "How long what is stored is kept.";
  json::object name = TextLike("[a-z0-9_-]{1,64}");
  name["description"] = "Name of the pipeline; what it has stored is kept by it.";
  json::object include{
      {"anyOf", json::array{json::object{{"type", "string"}},
                            json::object{{"type", "array"}, {"items", json::object{{"type", "string"}}}}}},
      {"description", "Files that are merged in before this one."}};
  json::object properties{{"name", std::move(name)},
                          {"description", json::object{{"type", "string"}, {"description", "For people."}}},
                          {"include", std::move(include)},
                          {"sources", ListOf("source", "Where Items come from.")},
                          {"analyses", ListOf("analysis", "What every Item passes, in this order.")},
                          {"alerts", std::move(alerts)},
                          {"limits", std::move(limits)},
                          {"retention", std::move(retention)}};
  json::object schema = Closed(std::move(properties), {});
  // With `include`, the name and the sources may stand in another file.
  schema["anyOf"] = json::array{json::object{{"required", Texts({"name", "sources"})}},
                                json::object{{"required", Texts({"include"})}}};
  json::object whole{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "A Wirewatch pipeline"}};
  for (auto& [key, value] : schema) whole[key] = std::move(value);
  whole["$defs"] = json::object{{"source", StepOf(registry, "sources")},
                                {"analysis", StepOf(registry, "analyses")},
                                {"channel", StepOf(registry, "alerts")}};
  return whole;
}

void Print(const json::value& value, size_t indent, std::string& out) {
  const std::string margin(indent + 2, ' ');
  const char* separator = "\n";
  if (const json::object* object = value.if_object(); object != nullptr && !object->empty()) {
    out += '{';
    for (const auto& [key, member] : *object) {
      absl::StrAppend(&out, std::exchange(separator, ",\n"), margin, json::serialize(json::string(key)), ": ");
      Print(member, indent + 2, out);
    }
    absl::StrAppend(&out, "\n", std::string(indent, ' '), "}");
  } else if (const json::array* array = value.if_array(); array != nullptr && !array->empty()) {
    out += '[';
    for (const json::value& element : *array) {
      absl::StrAppend(&out, std::exchange(separator, ",\n"), margin);
      Print(element, indent + 2, out);
    }
    absl::StrAppend(&out, "\n", std::string(indent, ' '), "]");
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

int OpenApi() {
  std::string out;
  Print(json::parse(service::OpenApiDocument()), 0, out);
  std::printf("%s\n", out.c_str());
  return kOk;
}

int Schema() {
  const loader::Registry registry = loader::Registry::Scan(loader::DefaultOptions());
  std::string out;
  Print(SchemaOf(registry), 0, out);
  std::printf("%s\n", out.c_str());
  return kOk;
}

}  // namespace wirewatch::cli
