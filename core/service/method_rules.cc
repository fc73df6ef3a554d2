#include "wirewatch/service/method_rules.h"

#include <algorithm>

namespace wirewatch::service {
namespace {

constexpr bool kStream = true, kUnary = false, kPartial = true;
// A subscriber may advance after every event of a flood.
constexpr double kAdvanceCost = 0.01;

constexpr MethodRule kRules[] = {
    {"AlertService/Subscribe", Scope::kRead, kStream, kPartial},
    {"AlertService/Advance", Scope::kRead, kUnary, kPartial, kAdvanceCost},
    {"AlertService/List", Scope::kRead, kUnary, kPartial},
    {"AlertService/Get", Scope::kRead, kUnary, kPartial},
    {"AlertService/ListSilences", Scope::kRead, kUnary, kPartial},
    {"AlertService/Stats", Scope::kRead, kUnary, kPartial},
    {"AlertService/Handover", Scope::kRead, kUnary, kPartial},
    {"AlertService/Explain", Scope::kRead, kUnary, kPartial},
    {"AlertService/Acknowledge", Scope::kOperate, kUnary, kPartial},
    {"AlertService/Dismiss", Scope::kOperate, kUnary, kPartial},
    {"AlertService/Assign", Scope::kOperate, kUnary, kPartial},
    {"AlertService/Note", Scope::kOperate, kUnary, kPartial},
    {"AlertService/Resolve", Scope::kOperate, kUnary, kPartial},
    // These may hide, or raise, Alerts of any watch.
    {"AlertService/Silence", Scope::kOperate},
    {"AlertService/EndSilence", Scope::kOperate},
    {"AlertService/Test", Scope::kOperate},

    // A file, not a method of gRPC; it shows Alerts of all watches.
    {"Feeds/Get", Scope::kRead},

    {"HostService/GetHost", Scope::kRead, kUnary, kPartial},
    {"HostService/ListPipelines", Scope::kRead, kUnary, kPartial},
    {"HostService/Reload", Scope::kAdmin},
    // These show Items whole, whatever their rights.
    {"HostService/Tap", Scope::kAdmin, kStream},
    {"HostService/ListQuarantine", Scope::kAdmin},
    {"HostService/GetQuarantined", Scope::kAdmin},
    {"HostService/RetryQuarantined", Scope::kAdmin},
    {"HostService/DropQuarantined", Scope::kAdmin},

    {"IngestService/Ingest", Scope::kIngest, kStream, kPartial},
    {"IngestService/IngestBatch", Scope::kIngest, kUnary, kPartial},

    // gRPC's own.
    {"ServerReflection/ServerReflectionInfo", Scope::kRead, kUnary, kPartial},

    {"WatchService/List", Scope::kRead, kUnary, kPartial},
    {"WatchService/Get", Scope::kRead, kUnary, kPartial},
    {"WatchService/Revisions", Scope::kRead, kUnary, kPartial},
    {"WatchService/Top", Scope::kRead, kUnary, kPartial},
    {"WatchService/Add", Scope::kOperate},
    {"WatchService/Change", Scope::kOperate},
    {"WatchService/Remove", Scope::kOperate},
    {"WatchService/Apply", Scope::kOperate},
    // It takes the host's time, and searches all of the archive.
    {"WatchService/Test", Scope::kOperate},
};

}  // namespace

std::span<const MethodRule> MethodRules() { return kRules; }

const MethodRule* RuleOf(std::string_view method) {
  const auto* const found = std::find_if(std::begin(kRules), std::end(kRules),
                                         [method](const MethodRule& rule) { return rule.method == method; });
  return found == std::end(kRules) ? nullptr : found;
}

}  // namespace wirewatch::service
