// The OpenAPI document of the routes of json_routes.h, out of the descriptors of the messages and the comments of the
// protos, which are linked in. Source: OpenAPI 3.1.0; the JSON mapping of proto3.
#include <boost/json.hpp>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "wirewatch/sdk/build_id.h"
#include "wirewatch/service/json_gateway.h"
#include "wirewatch/service/json_routes.h"

// The FileDescriptorSet of the protos with their comments; see CMakeLists.txt.
__asm__(
    ".section .rodata\n"
    ".global wirewatch_protoset_begin\n"
    ".global wirewatch_protoset_end\n"
    "wirewatch_protoset_begin:\n"
    ".incbin \"" WIREWATCH_PROTOSET
    "\"\n"
    "wirewatch_protoset_end:\n"
    ".previous\n");
extern "C" const char wirewatch_protoset_begin[];
extern "C" const char wirewatch_protoset_end[];

namespace wirewatch::service {
namespace {

namespace json = boost::json;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Messages inside messages are opened up so far for the query string.
constexpr int kParameterDepth = 2;

std::string Comment(const google::protobuf::SourceLocation& location) {
  std::string text(absl::StripAsciiWhitespace(location.leading_comments));
  return absl::StrReplaceAll(text, {{"\n ", " "}, {"\n", " "}});
}
template <class Thing>
std::string CommentOf(const Thing& thing) {
  google::protobuf::SourceLocation location;
  return thing.GetSourceLocation(&location) ? Comment(location) : "";
}

class Document {
 public:
  Document() {
    google::protobuf::FileDescriptorSet files;
    files.ParseFromArray(wirewatch_protoset_begin, static_cast<int>(wirewatch_protoset_end - wirewatch_protoset_begin));
    for (const auto& file : files.file()) pool_.BuildFile(file);
  }

  std::string Write() {
    json::object paths;
    for (const JsonRoute& route : JsonRoutes()) AddRoute(route, paths);
    while (!wanted_.empty()) {
      const Descriptor* const type = wanted_.begin()->second;
      wanted_.erase(wanted_.begin());
      schemas_.try_emplace(type->name());
      schemas_[type->name()] = SchemaOf(*type);
    }
    json::object schemas;
    for (auto& [name, schema] : schemas_) schemas[name] = std::move(schema);
    schemas["Error"] = ErrorSchema();
    const json::object document = {{"openapi", "3.1.0"},
                                   {"info",
                                    {{"title", "Wirewatch"},
                                     {"version", kVersion},
                                     {"description", "The methods of Wirewatch's gRPC services as HTTP and JSON."}}},
                                   {"security", {json::object{{"token", json::array()}}}},
                                   {"paths", std::move(paths)},
                                   {"components",
                                    {{"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}},
                                     {"schemas", std::move(schemas)}}}};
    return json::serialize(document);
  }

 private:
  json::value Reference(const Descriptor& type) {
    if (type.full_name() == "google.protobuf.Timestamp") return {{"type", "string"}, {"format", "date-time"}};
    if (type.full_name() == "google.protobuf.Duration") {
      return {{"type", "string"}, {"description", "Seconds, as in \"30s\"."}};
    }
    if (!schemas_.contains(type.name())) wanted_.try_emplace(type.name(), &type);
    return {{"$ref", absl::StrCat("#/components/schemas/", type.name())}};
  }

  json::value Scalar(const FieldDescriptor& field) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        return {{"type", "boolean"}};
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_UINT32:
        return {{"type", "integer"}};
      case FieldDescriptor::CPPTYPE_INT64:
      case FieldDescriptor::CPPTYPE_UINT64:
        return {{"type", "string"}, {"format", "uint64"}};
      case FieldDescriptor::CPPTYPE_FLOAT:
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return {{"type", "number"}};
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Reference(*field.message_type());
      case FieldDescriptor::CPPTYPE_ENUM: {
        json::array words;
        for (int i = 0; i < field.enum_type()->value_count(); ++i) {
          words.emplace_back(field.enum_type()->value(i)->name());
        }
        return {{"type", "string"}, {"enum", std::move(words)}};
      }
      default:
        break;
    }
    return field.type() == FieldDescriptor::TYPE_BYTES ? json::value{{"type", "string"}, {"format", "byte"}}
                                                       : json::value{{"type", "string"}};
  }

  json::value SchemaOf(const FieldDescriptor& field) {
    json::value schema = Scalar(field);
    if (field.is_repeated()) schema = {{"type", "array"}, {"items", std::move(schema)}};
    return schema;
  }

  json::object SchemaOf(const Descriptor& type) {
    json::object properties;
    for (int i = 0; i < type.field_count(); ++i) {
      json::value schema = SchemaOf(*type.field(i));
      if (std::string text = CommentOf(*type.field(i)); !text.empty()) schema.as_object()["description"] = text;
      properties[type.field(i)->name()] = std::move(schema);
    }
    json::object schema = {{"type", "object"}, {"properties", std::move(properties)}};
    if (std::string text = CommentOf(type); !text.empty()) schema["description"] = text;
    return schema;
  }

  static json::object ErrorSchema() {
    return {{"type", "object"},
            {"properties",
             {{"error",
               {{"type", "object"},
                {"properties",
                 {{"code", {{"type", "integer"}, {"description", "The HTTP status."}}},
                  {"status", {{"type", "string"}, {"description", "The name of the gRPC status."}}},
                  {"message", {{"type", "string"}, {"description", "For people."}}},
                  {"details",
                   {{"type", "array"}, {"items", {{"type", "object"}}}, {"description", "google.rpc details."}}}}}}}}}};
  }

  // What the query string may set, and `taken` does not.
  void AddParameters(const Descriptor& type, const std::string& prefix, int depth, const std::set<std::string>& taken,
                     json::array& parameters) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const std::string name = prefix + field.name();
      if (taken.contains(name) || field.type() == FieldDescriptor::TYPE_BYTES) continue;
      json::value schema;
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        const std::string& of = field.message_type()->full_name();
        if (of == "wirewatch.v1.Label") {
          schema = {{"type", "string"}, {"description", "name=value"}};
        } else if (!of.starts_with("google.protobuf.")) {
          if (!field.is_repeated() && depth < kParameterDepth) {
            AddParameters(*field.message_type(), name + ".", depth + 1, taken, parameters);
          }
          continue;
        } else {
          schema = Scalar(field);
        }
        if (field.is_repeated()) schema = {{"type", "array"}, {"items", std::move(schema)}};
      } else {
        schema = SchemaOf(field);
      }
      parameters.push_back({{"name", name}, {"in", "query"}, {"description", CommentOf(field)}, {"schema", schema}});
    }
  }

  void AddRoute(const JsonRoute& route, json::object& paths) {
    const google::protobuf::MethodDescriptor* const method = pool_.FindMethodByName(std::string(route.method));
    if (method == nullptr) return;
    json::array parameters;
    std::set<std::string> taken;
    std::string path(route.path);
    for (size_t open = path.find('{'); open != std::string::npos; open = path.find('{', open + 1)) {
      const std::string name = path.substr(open + 1, path.find('}', open) - open - 1);
      taken.insert(name);
      parameters.push_back({{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
    }
    if (route.body.empty()) AddParameters(*method->input_type(), "", 0, taken, parameters);
    json::object operation = {{"operationId", absl::StrCat(method->service()->name(), "_", method->name())},
                              {"tags", {method->service()->name()}},
                              {"description", CommentOf(*method)},
                              {"parameters", std::move(parameters)}};
    if (!route.body.empty()) {
      const Descriptor& body = route.body == "*"
                                   ? *method->input_type()
                                   : *method->input_type()->FindFieldByName(std::string(route.body))->message_type();
      operation["requestBody"] = {{"content", {{"application/json", {{"schema", Reference(body)}}}}}};
    }
    const json::value answer =
        route.streams
            ? json::value{{"text/event-stream",
                           {{"schema",
                             {{"type", "string"},
                              {"description",
                               "Server-Sent Events: `alert` (SubscribeResponse), `gap`, `heartbeat`, and `error` "
                               "at the end. Send the last id back as Last-Event-ID to go on after it."}}}}}}
            : json::value{{"application/json", {{"schema", Reference(*method->output_type())}}}};
    if (route.streams) Reference(*method->output_type());
    operation["responses"] = {
        {"200", {{"description", "Done."}, {"content", answer}}},
        {"default",
         {{"description", "Not done, and why."},
          {"content", {{"application/json", {{"schema", {{"$ref", "#/components/schemas/Error"}}}}}}}}}};
    json::value& operations = paths[path];
    if (operations.is_null()) operations = json::object();
    operations.as_object()[absl::AsciiStrToLower(std::string(route.verb))] = std::move(operation);
  }

  google::protobuf::DescriptorPool pool_;
  std::map<std::string, json::object> schemas_;
  std::map<std::string, const Descriptor*> wanted_;
};

}  // namespace

std::string OpenApiDocument() {
  static const std::string document = Document().Write();
  return document;
}

}  // namespace wirewatch::service
