#include "wirewatch/service/json_message.h"

#include <boost/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/json_util.h"

namespace wirewatch::service {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
namespace util = google::protobuf::util;

constexpr size_t kMostParameters = 1000;

absl::Status Wrong(std::string_view path, const std::string& value, std::string_view wanted) {
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(path), " is \"", value, "\"; it takes ", std::string(wanted)));
}

std::unique_ptr<Message> NewMessage(const Descriptor& type) {
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

absl::Status ParseInto(std::string_view json, Message& message) {
  const auto parsed = util::JsonStringToMessage(std::string(json), &message);
  if (parsed.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the JSON is not that of ", message.GetDescriptor()->full_name(), ": ",
                                                 std::string(parsed.message())));
}

// A value that is a message: a time, a duration, or a name with a value.
absl::Status SetMessage(Message& message, std::string_view path, const std::string& value) {
  const Descriptor& type = *message.GetDescriptor();
  if (type.full_name() == "google.protobuf.Timestamp" || type.full_name() == "google.protobuf.Duration") {
    const bool time = type.name() == "Timestamp";
    if (util::JsonStringToMessage(boost::json::serialize(boost::json::value(value)), &message).ok()) {
      return absl::OkStatus();
    }
    return Wrong(path, value, time ? "a time such as 2031-05-04T06:00:00Z" : "a duration in seconds such as 30s");
  }
  const FieldDescriptor* const name = type.FindFieldByName("name");
  const FieldDescriptor* const text = type.FindFieldByName("value");
  const bool pair = name != nullptr && text != nullptr && name->cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
                    text->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  if (!pair) return absl::InvalidArgumentError(absl::StrCat(std::string(path), " cannot be set by the query string"));
  const std::pair<std::string, std::string> parts = absl::StrSplit(value, absl::MaxSplits('=', 1));
  if (parts.first.empty() || parts.first.size() == value.size()) return Wrong(path, value, "name=value");
  message.GetReflection()->SetString(&message, name, parts.first);
  message.GetReflection()->SetString(&message, text, parts.second);
  return absl::OkStatus();
}

// Numbers, words and texts; `Set` is Reflection's SetX or AddX for the type.
absl::Status SetScalar(Message& message, const FieldDescriptor& field, std::string_view path,
                       const std::string& value) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const bool add = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) break;
      add ? reflection.AddString(&message, &field, value) : reflection.SetString(&message, &field, value);
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_BOOL:
      if (value != "true" && value != "false") return Wrong(path, value, "true or false");
      add ? reflection.AddBool(&message, &field, value == "true")
          : reflection.SetBool(&message, &field, value == "true");
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_UINT32: {
      uint32_t number = 0;
      if (!absl::SimpleAtoi(value, &number)) return Wrong(path, value, "a whole number");
      add ? reflection.AddUInt32(&message, &field, number) : reflection.SetUInt32(&message, &field, number);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      uint64_t number = 0;
      if (!absl::SimpleAtoi(value, &number)) return Wrong(path, value, "a whole number");
      add ? reflection.AddUInt64(&message, &field, number) : reflection.SetUInt64(&message, &field, number);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const google::protobuf::EnumValueDescriptor* const word = field.enum_type()->FindValueByName(value);
      if (word == nullptr) {
        return Wrong(path, value,
                     absl::StrCat("a value of ", field.enum_type()->name(), " such as ",
                                  field.enum_type()->value(field.enum_type()->value_count() - 1)->name()));
      }
      add ? reflection.AddEnum(&message, &field, word) : reflection.SetEnum(&message, &field, word);
      return absl::OkStatus();
    }
    default:
      break;
  }
  return absl::InvalidArgumentError(absl::StrCat(std::string(path), " cannot be set by the query string"));
}

absl::Status SetQuery(Message& message, std::string_view query) {
  size_t parameters = 0;
  for (const absl::string_view one : absl::StrSplit(absl::string_view(query.data(), query.size()), '&')) {
    if (one.empty()) continue;
    if (++parameters > kMostParameters) return absl::InvalidArgumentError("the query string has too many parameters");
    const std::pair<std::string, std::string> parts = absl::StrSplit(one, absl::MaxSplits('=', 1));
    const std::optional<std::string> name = PercentDecoded(parts.first, true);
    const std::optional<std::string> value = PercentDecoded(parts.second, true);
    if (!name || !value) {
      return absl::InvalidArgumentError(absl::StrCat("the query string's \"", std::string(one), "\" is not encoded"));
    }
    if (absl::Status set = SetJsonField(message, *name, *value); !set.ok()) return set;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SetJsonField(Message& message, std::string_view path, const std::string& value) {
  Message* inside = &message;
  const std::vector<std::string> names = absl::StrSplit(absl::string_view(path.data(), path.size()), '.');
  for (size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* const field = inside->GetDescriptor()->FindFieldByName(names[i]);
    if (field == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("there is no parameter ", std::string(path)));
    }
    const google::protobuf::Reflection& reflection = *inside->GetReflection();
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (i + 1 == names.size()) {
      if (!is_message) return SetScalar(*inside, *field, path, value);
      return SetMessage(
          field->is_repeated() ? *reflection.AddMessage(inside, field) : *reflection.MutableMessage(inside, field),
          path, value);
    }
    if (!is_message || field->is_repeated()) break;
    inside = reflection.MutableMessage(inside, field);
  }
  return absl::InvalidArgumentError(absl::StrCat("there is no parameter ", std::string(path)));
}

absl::StatusOr<std::unique_ptr<Message>> ReadJsonRequest(const MatchedRoute& matched, std::string_view query,
                                                         std::string_view body) {
  const google::protobuf::MethodDescriptor* const method =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(std::string(matched.route->method));
  if (method == nullptr) return absl::UnimplementedError("the host does not know this method");
  std::unique_ptr<Message> request = NewMessage(*method->input_type());
  if (matched.route->body.empty() && !body.empty()) return absl::InvalidArgumentError("no body is taken here");
  if (!matched.route->body.empty() && !body.empty()) {
    Message* into = request.get();
    if (matched.route->body != "*") {
      const FieldDescriptor* const field = method->input_type()->FindFieldByName(std::string(matched.route->body));
      into = request->GetReflection()->MutableMessage(request.get(), field);
    }
    if (absl::Status parsed = ParseInto(body, *into); !parsed.ok()) return parsed;
  }
  if (absl::Status set = SetQuery(*request, query); !set.ok()) return set;
  for (const auto& [field, value] : matched.variables) {
    if (absl::Status set = SetJsonField(*request, field, value); !set.ok()) return set;
  }
  return request;
}

std::string WriteJson(const Message& message) {
  util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!util::MessageToJsonString(message, &json, options).ok()) json = "null";
  return json;
}

int HttpStatusOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:
      return 200;
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::OUT_OF_RANGE:
      return 400;
    case grpc::StatusCode::UNAUTHENTICATED:
      return 401;
    case grpc::StatusCode::PERMISSION_DENIED:
      return 403;
    case grpc::StatusCode::NOT_FOUND:
      return 404;
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::ABORTED:
      return 409;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return 429;
    case grpc::StatusCode::CANCELLED:
      return 499;
    case grpc::StatusCode::UNIMPLEMENTED:
      return 501;
    case grpc::StatusCode::UNAVAILABLE:
      return 503;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return 504;
    default:
      return 500;
  }
}

std::string JsonError(const grpc::Status& status) {
  static constexpr const char* kNames[] = {
      "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED"};
  const auto code = static_cast<size_t>(status.error_code());
  boost::json::object error;
  error["code"] = HttpStatusOf(status.error_code());
  error["status"] = code < std::size(kNames) ? kNames[code] : "UNKNOWN";
  error["message"] = status.error_message();
  // Binary details are a google.rpc.Status; who has its descriptor can read them.
  const Descriptor* const details =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName("google.rpc.Status");
  if (details != nullptr && !status.error_details().empty()) {
    const std::unique_ptr<Message> parsed = NewMessage(*details);
    boost::system::error_code failed;
    if (parsed->ParseFromString(status.error_details())) {
      const boost::json::value json = boost::json::parse(WriteJson(*parsed), failed);
      if (!failed && json.is_object() && json.as_object().contains("details")) {
        error["details"] = json.as_object().at("details");
      }
    }
  }
  return boost::json::serialize(boost::json::object{{"error", std::move(error)}});
}

}  // namespace wirewatch::service
