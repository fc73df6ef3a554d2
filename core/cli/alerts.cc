// What one call of `wirewatch alerts` asks for; what goes on until Ctrl-C is in alerts_follow.cc.
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/cli/alerts_commands.h"
#include "wirewatch/cli/alerts_drawing.h"
#include "wirewatch/cli/alerts_filter.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/host_client.h"
#include "wirewatch/cli/terminal.h"
#include "wirewatch/cli/watches_file.h"
#include "wirewatch/scenario/shape.h"
#include "wirewatch/text/printable.h"

namespace wirewatch::cli {
namespace {

using Stub = v1::AlertService::Stub;

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr uint32_t kPage = 1000;

int Usage(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return kUsage;
}

// An action on each of the Alerts: tells what became of it, and stops at the first that fails.
template <class Request, class Method, class Fill>
int Act(const AlertsArguments& arguments, Method method, const char* done, const Fill& fill) {
  absl::StatusOr<HostClient> client = HostClient::Find({arguments.store, arguments.pipeline, arguments.server});
  if (!client.ok()) return Complain(client.status());
  for (const std::string& id : arguments.ids) {
    Request request;
    request.set_alert_id(id);
    fill(request);
    const auto answer = client->Call(method, request, kPatience);
    if (!answer.ok()) return Complain(answer.status());
    if (arguments.json) {
      PrintJson(*answer);
    } else {
      std::printf("%s: %s  %s\n", answer->sequence() == 0 ? "it was so already" : done,
                  answer->alert().id().substr(0, 12).c_str(), text::Printable(answer->alert().title()).c_str());
    }
  }
  return kOk;
}

template <class Silences>
void PrintSilences(const Silences& silences, bool json) {
  for (const v1::SilenceRule& silence : silences) {
    if (json) {
      PrintJson(silence);
    } else {
      std::printf("%s", DrawSilence(silence).c_str());
    }
  }
}

}  // namespace

int ListAlerts(const AlertsArguments& arguments) {
  v1::ListAlertsRequest request;
  if (!FillFilter(arguments, *request.mutable_filter())) return kUsage;
  for (const std::string& name : arguments.statuses) {
    v1::AlertStatus status = v1::ALERT_STATUS_UNSPECIFIED;
    v1::AlertStatus_Parse(absl::StrCat("ALERT_STATUS_", absl::AsciiStrToUpper(name)), &status);
    request.mutable_filter()->add_statuses(status);
  }
  absl::StatusOr<HostClient> client = HostClient::Find({arguments.store, arguments.pipeline, arguments.server});
  if (!client.ok()) return Complain(client.status());
  if (!client->pipeline().empty()) request.mutable_filter()->add_pipelines(client->pipeline());
  uint64_t listed = 0;
  do {
    const uint64_t left = arguments.limit == 0 ? kPage : arguments.limit - listed;
    request.set_page_size(static_cast<uint32_t>(std::min<uint64_t>(left, kPage)));
    const auto page = client->Call(&Stub::List, request);
    if (!page.ok()) return Complain(page.status());
    for (const v1::Alert& alert : page->alerts()) {
      ++listed;
      if (arguments.json) {
        PrintJson(alert);
      } else {
        std::printf("%s\n", DrawAlertLine(alert, Columns()).c_str());
      }
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty() && (arguments.limit == 0 || listed < arguments.limit));
  if (!arguments.json) {
    std::fprintf(stderr, "%s shown%s\n", absl::StrCat(listed, listed == 1 ? " Alert" : " Alerts").c_str(),
                 request.page_token().empty() ? "" : "; there are more (--limit)");
  }
  return kOk;
}

int ShowAlerts(const AlertsArguments& arguments) {
  absl::StatusOr<HostClient> client = HostClient::Find({arguments.store, arguments.pipeline, arguments.server});
  if (!client.ok()) return Complain(client.status());
  for (const std::string& id : arguments.ids) {
    v1::GetAlertRequest request;
    request.set_alert_id(id);
    const auto got = client->Call(&Stub::Get, request);
    if (!got.ok()) return Complain(got.status());
    if (arguments.json) {
      PrintJson(*got);
    } else {
      std::printf("%s", DrawAlert(*got, Columns()).c_str());
    }
  }
  return kOk;
}

int AcknowledgeAlerts(const AlertsArguments& arguments) {
  return Act<v1::AcknowledgeRequest>(arguments, &Stub::Acknowledge, "acknowledged",
                                     [&](auto& request) { request.set_note(arguments.note); });
}

int DismissAlerts(const AlertsArguments& arguments) {
  return Act<v1::DismissRequest>(arguments, &Stub::Dismiss, "dismissed", [&](auto& request) {
    v1::DismissReason reason = v1::DISMISS_REASON_UNSPECIFIED;
    v1::DismissReason_Parse(absl::StrCat("DISMISS_REASON_", absl::AsciiStrToUpper(arguments.reason)), &reason);
    request.set_reason(reason);
    request.set_note(arguments.note);
  });
}

int AssignAlerts(const AlertsArguments& arguments) {
  if (arguments.assignee.empty() != arguments.nobody) return Usage("write either --to or --nobody");
  return Act<v1::AssignRequest>(arguments, &Stub::Assign, "assigned",
                                [&](auto& request) { request.set_assignee(arguments.assignee); });
}

int NoteOnAlerts(const AlertsArguments& arguments) {
  return Act<v1::NoteRequest>(arguments, &Stub::Note, "noted",
                              [&](auto& request) { request.set_text(arguments.note); });
}

int ResolveAlerts(const AlertsArguments& arguments) {
  return Act<v1::ResolveRequest>(arguments, &Stub::Resolve, "resolved",
                                 [&](auto& request) { request.set_reason(arguments.reason); });
}

int TestAlerts(const AlertsArguments& arguments) {
  v1::TestAlertRequest request;
  request.set_title(arguments.title);
  if (!arguments.severity.empty()) request.set_severity(*SeverityOf(arguments.severity));
  const auto labels = LabelsOf(arguments.labels);
  if (!labels) return kUsage;
  for (const v1::Label& label : *labels) *request.add_labels() = label;
  absl::StatusOr<HostClient> client = HostClient::Find({arguments.store, arguments.pipeline, arguments.server});
  if (!client.ok()) return Complain(client.status());
  request.set_pipeline(client->pipeline());
  const auto answer = client->Call(&Stub::Test, request, kPatience);
  if (!answer.ok()) return Complain(answer.status());
  if (arguments.json) {
    PrintJson(*answer);
  } else {
    std::printf("raised: %s\n", answer->alert().id().c_str());
  }
  return kOk;
}

int SilenceAlerts(const AlertsArguments& arguments) {
  if (arguments.lasting.empty() == arguments.until.empty()) return Usage("write either --for or --until");
  const absl::Time now = absl::Now();
  const std::string written = arguments.lasting.empty() ? arguments.until : absl::StrCat("+", arguments.lasting);
  const std::optional<absl::Time> end = scenario::ParseTime(written, now);
  if (!end || *end <= now) {
    return Usage(
        arguments.lasting.empty()
            ? absl::StrCat("--until ", arguments.until, ": write a time to come, e.g. 2031-05-04T06:00:00+02:00")
            : absl::StrCat("--for ", arguments.lasting, ": write a duration, e.g. 90m, 8h or 2d"));
  }
  v1::SilenceRequest request;
  v1::SilenceRule& silence = *request.mutable_silence();
  if (!FillFilter(arguments, *silence.mutable_matcher())) return kUsage;
  silence.set_reason(arguments.reason);
  alerts::SetTime(silence.mutable_ends(), *end);
  absl::StatusOr<HostClient> client = HostClient::Find({arguments.store, arguments.pipeline, arguments.server});
  if (!client.ok()) return Complain(client.status());
  if (!client->pipeline().empty()) silence.mutable_matcher()->add_pipelines(client->pipeline());
  const auto made = client->Call(&Stub::Silence, request, kPatience);
  if (!made.ok()) return Complain(made.status());
  PrintSilences(made->silences(), arguments.json);
  return kOk;
}

int ListSilences(const AlertsArguments& arguments) {
  absl::StatusOr<HostClient> client = HostClient::Find({arguments.store, arguments.pipeline, arguments.server});
  if (!client.ok()) return Complain(client.status());
  v1::ListSilencesRequest request;
  request.set_include_ended(arguments.ended);
  const auto listed = client->Call(&Stub::ListSilences, request);
  if (!listed.ok()) return Complain(listed.status());
  PrintSilences(listed->silences(), arguments.json);
  if (!arguments.json && listed->silences().empty()) std::fprintf(stderr, "no silences\n");
  return kOk;
}

int EndSilences(const AlertsArguments& arguments) {
  absl::StatusOr<HostClient> client = HostClient::Find({arguments.store, arguments.pipeline, arguments.server});
  if (!client.ok()) return Complain(client.status());
  for (const std::string& id : arguments.ids) {
    v1::EndSilenceRequest request;
    request.set_id(id);
    const auto ended = client->Call(&Stub::EndSilence, request, kPatience);
    if (!ended.ok()) return Complain(ended.status());
    PrintSilences(ended->silences(), arguments.json);
  }
  return kOk;
}

int AlertStatistics(const AlertsArguments& arguments) {
  v1::AlertStatsRequest request;
  if (!arguments.since.empty() && !FillSince(arguments, *request.mutable_since())) return kUsage;
  absl::StatusOr<HostClient> client = HostClient::Find({arguments.store, arguments.pipeline, arguments.server});
  if (!client.ok()) return Complain(client.status());
  const auto statistics = client->Call(&Stub::Stats, request, kPatience);
  if (!statistics.ok()) return Complain(statistics.status());
  if (arguments.json) {
    PrintJson(*statistics);
  } else {
    std::printf("%s", DrawStatistics(*statistics).c_str());
  }
  return kOk;
}

int HandOver(const AlertsArguments& arguments) {
  v1::HandoverRequest request;
  if (!FillSince(arguments, *request.mutable_since())) return kUsage;
  absl::StatusOr<HostClient> client = HostClient::Find({arguments.store, arguments.pipeline, arguments.server});
  if (!client.ok()) return Complain(client.status());
  const auto handover = client->Call(&Stub::Handover, request, kPatience);
  if (!handover.ok()) return Complain(handover.status());
  if (arguments.json) {
    PrintJson(*handover);
  } else {
    std::printf("%s", DrawHandover(*handover, Columns()).c_str());
  }
  return kOk;
}

int Why(const AlertsArguments& arguments) {
  absl::StatusOr<HostClient> client = HostClient::Find({arguments.store, arguments.pipeline, arguments.server});
  if (!client.ok()) return Complain(client.status());
  v1::ExplainRequest request;
  arguments.item.find("://") != std::string::npos ? request.set_url(arguments.item)
                                                  : request.set_item_id(arguments.item);
  request.set_watch_id(arguments.watch);
  request.set_recipient(arguments.recipient);
  const auto explained = client->Call(&Stub::Explain, request, 2 * kPatience);
  if (!explained.ok()) return Complain(explained.status());
  if (arguments.json) {
    PrintJson(*explained);
  } else {
    std::printf("%s", DrawWhy(*explained).c_str());
  }
  return kOk;
}

}  // namespace wirewatch::cli
