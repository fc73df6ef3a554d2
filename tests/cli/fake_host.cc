// A host that says what it is told to say, for tests of the commands that talk to one.
//
//   fake_host STORE
//
// Serves HTTP and remote control as `wirewatch run` does, prints the HTTP address, and obeys lines on standard input:
// "unready REASON", "ready", "taps N" (waits until so many are open), "item HEADLINE" (to one of them), "end" (of the
// taps), "fail MESSAGE" (reloads; \n is a line end), "quarantine N". It ends with its input.
#include <cstdio>
#include <iostream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "wirewatch/service/control_server.h"
#include "wirewatch/service/control_socket.h"
#include "wirewatch/service/host_fixture.h"
#include "wirewatch/service/http_endpoint.h"

namespace {

using wirewatch::service::FakeHost;

void Obey(FakeHost& host, const std::string& word, const std::string& text) {
  if (word == "unready" || word == "ready") {
    host.Set([&](FakeHost& changed) {
      changed.status_.ready = word == "ready";
      changed.status_.not_ready_reason = text;
    });
  } else if (word == "item") {
    wirewatch::pipeline::TappedItem tapped;
    tapped.item.set_id("item-1");
    tapped.item.set_headline(text);
    tapped.skipped = 2;
    host.tap_->Put(tapped);
  } else if (word == "taps") {
    int count = 0;
    (void)absl::SimpleAtoi(text, &count);
    while (host.taps_ != count) absl::SleepFor(absl::Milliseconds(5));
  } else if (word == "end") {
    host.tap_->End();
  } else if (word == "fail") {
    host.Set([&](FakeHost& changed) {
      changed.reloaded_ = absl::InvalidArgumentError(absl::StrReplaceAll(text, {{"\\n", "\n"}}));
    });
  } else if (word == "quarantine") {
    uint64_t count = 0;
    (void)absl::SimpleAtoi(text, &count);
    wirewatch::v1::Item item;
    item.set_headline("Bridge closed");
    for (uint64_t position = 1; position <= count; ++position) {
      const bool record = position % 5 == 0;
      wirewatch::service::PutIntoQuarantine(host.store(), position, record ? "files" : "watch",
                                            record ? "rejected" : "error", record ? wirewatch::v1::Item() : item);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  FakeHost host(argv[1]);
  const auto http = wirewatch::service::HttpEndpoint::Start(host, "127.0.0.1:0");
  const auto control =
      wirewatch::service::ControlServer::Start(host, wirewatch::service::ControlSocketPath(host.store_file()));
  if (!http.ok() || !control.ok()) {
    std::cerr << http.status() << "\n" << control.status() << "\n";
    return 1;
  }
  std::cout << (*http)->address() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    const size_t space = line.find(' ');
    Obey(host, line.substr(0, space), space == std::string::npos ? "" : line.substr(space + 1));
    std::cout << "done" << std::endl;
  }
}
