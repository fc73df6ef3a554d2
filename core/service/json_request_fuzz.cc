// Any bytes as an HTTP request of the JSON gateway, verb, target and body on the first two lines and what follows: a
// message that serialises, or an error with words. A list's filter is compiled as well, query included.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wirewatch/service/alert_filter.h"
#include "wirewatch/service/json_message.h"
#include "wirewatch/v1/alert_service.pb.h"

namespace {

std::string_view TakeLine(std::string_view& rest) {
  const size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

void Check(const absl::Status& status) {
  if (!status.ok() && status.message().empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wirewatch;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view verb = TakeLine(rest), target = TakeLine(rest);
  const size_t mark = target.find('?');
  std::vector<std::string> allowed;
  const auto matched = service::MatchJsonRoute(verb, target.substr(0, mark), allowed);
  if (!matched) return 0;
  const auto request = service::ReadJsonRequest(
      *matched, mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1), rest);
  Check(request.status());
  if (!request.ok()) return 0;
  // Invalid UTF-8 would serialise here and be refused by whoever reads it.
  const std::string bytes = (*request)->SerializeAsString();
  const std::unique_ptr<google::protobuf::Message> again((*request)->New());
  if (!again->ParseFromString(bytes)) std::abort();
  if (service::WriteJson(**request).empty()) std::abort();
  if (const auto* list = dynamic_cast<const v1::ListAlertsRequest*>(request->get())) {
    Check(service::AlertFilter::Compile(list->filter(), service::AlertFilter::Use::kAlerts).status());
  }
  return 0;
}
