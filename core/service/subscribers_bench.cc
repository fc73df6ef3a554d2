// How many deliveries a host makes to its subscribers, and what a subscriber costs.
//
//   subscribers_bench [SUBSCRIBERS [EVENTS]]
//
// The host is a process of its own, with the store and the server of `wirewatch run`; this one reads, on one thread and
// as cheaply as it can, and sees to it that everybody gets everything in order. Both share the machine. Prints a table:
// each line is a host of its own, whose subscribers have a connection each, or share some.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "wirewatch/alerts/times.h"
#include "wirewatch/service/control_server.h"
#include "wirewatch/service/control_socket.h"
#include "wirewatch/service/host_fixture.h"
#include "wirewatch/service/http2_reader_fixture.h"

namespace wirewatch::service {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kCommit = 50;  // events
constexpr uint64_t kWarmUp = 100;

double Seconds(SteadyClock::duration time) { return std::chrono::duration<double>(time).count(); }

// CPU time of the process.
double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + time.tv_usec * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  double size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// ---- The host ----

v1::Item BenchItem() {
  v1::Item item;
  item.set_id("0123456789abcdef0123456789abcdef");
  item.set_version(1);
  item.set_headline("River bursts its banks after three days of rain");
  item.set_url("https://example.org/2026/06/river-bursts-its-banks");
  item.set_domain("example.org");
  for (int i = 0; i < 20; ++i)
    *item.mutable_body() += "The flood reached the market square in the night, police said. ";
  return item;
}

std::string BenchEvent(uint64_t number, const std::string& id) {
  v1::AlertEvent event;
  event.set_alert_id(id);
  event.set_type(v1::ALERT_EVENT_TYPE_RAISED);
  event.set_position(number);
  v1::Alert& alert = *event.mutable_alert();
  alert.set_id(id);
  alert.set_fingerprint(id);
  alert.set_pipeline("desk");
  alert.set_status(v1::ALERT_STATUS_OPEN);
  alert.set_severity(v1::SEVERITY_MEDIUM);
  alert.set_title("floods: 1 Item from 1 origin");
  alert.add_watch_ids("floods");
  v1::Evidence& evidence = *alert.add_evidence();
  evidence.set_signal_id(id);
  evidence.set_item_id(BenchItem().id());
  evidence.set_item_version(1);
  v1::Span& span = *evidence.add_spans();
  span.set_part(v1::PART_BODY);
  span.set_begin(4);
  span.set_end(9);
  *evidence.mutable_snippet_span() = span;
  evidence.mutable_snippet_span()->set_begin(0);
  evidence.mutable_snippet_span()->set_end(190);
  return event.SerializeAsString();
}

void Raise(FakeHost& host, uint64_t& sequence, uint64_t count) {
  for (uint64_t left = count; left > 0;) {
    store::EpochWrites epoch;
    epoch.pipeline = "desk";
    epoch.last_arrival = absl::Now();
    if (sequence == 0) {
      const v1::Item item = BenchItem();
      epoch.items.push_back({.position = 1, .id = item.id(), .version = 1, .item = item.SerializeAsString()});
    }
    for (int i = 0; i < kCommit && left > 0; ++i, --left) {
      const std::string id = absl::StrCat(absl::Hex(++sequence, absl::kZeroPad16), "00112233aabbccdd");
      epoch.journal.push_back(
          {.sequence = sequence, .alert_id = id, .at = absl::Now(), .event = BenchEvent(sequence, id)});
    }
    epoch.last_position = sequence;
    if (!host.store().Commit(std::span(&epoch, 1)).ok()) std::abort();
    host.journal_news().Tell();
  }
}

// What the host is told, and answers with its usage.
struct Usage {
  double cpu = 0, resident = 0;
};

// Serves until `commands` ends: each is a number of events to raise.
void Serve(const std::filesystem::path& folder, int commands, int answers) {
  FakeHost host(folder / "desk.db");
  auto server = ControlServer::Start(host, ControlSocketPath(folder / "desk.db"));
  if (!server.ok()) std::abort();
  uint64_t sequence = 0, count = 0;
  const auto answer = [answers] {
    const Usage usage{CpuSeconds(), ResidentBytes()};
    if (write(answers, &usage, sizeof(usage)) != sizeof(usage)) std::abort();
  };
  answer();
  while (read(commands, &count, sizeof(count)) == sizeof(count)) {
    Raise(host, sequence, count);
    answer();
  }
}

class HostProcess {
 public:
  HostProcess() {
    std::string folder = std::filesystem::temp_directory_path() / "wirewatch-XXXXXX";
    folder_ = mkdtemp(folder.data());
    int commands[2], answers[2];
    if (pipe(commands) != 0 || pipe(answers) != 0) std::abort();
    process_ = fork();
    if (process_ == 0) {
      close(commands[1]);
      Serve(folder_, commands[0], answers[1]);
      _exit(0);
    }
    close(commands[0]);
    commands_ = commands[1];
    answers_ = answers[0];
    Answer();
  }
  ~HostProcess() {
    close(commands_);
    waitpid(process_, nullptr, 0);
    std::filesystem::remove_all(folder_);
  }
  std::filesystem::path socket() const { return ControlSocketPath(folder_ / "desk.db"); }
  // Answer() is to follow.
  void Raise(uint64_t count) {
    if (write(commands_, &count, sizeof(count)) != sizeof(count)) std::abort();
  }
  Usage Answer() {
    Usage usage;
    if (read(answers_, &usage, sizeof(usage)) != sizeof(usage)) std::abort();
    return usage;
  }
  Usage Measure() {
    Raise(0);
    return Answer();
  }

 private:
  std::filesystem::path folder_;
  pid_t process_ = 0;
  int commands_ = -1, answers_ = -1;
};

// ---- The subscribers ----

struct Scenario {
  const char* name;
  uint64_t calls_on_a_connection;
  bool one_stopped;
};

struct Result {
  double per_second = 0, bytes_each = 0, host_cpu = 0, own_cpu = 0, bytes_of_event = 0;
};

class Subscribing {
 public:
  Subscribing(const Scenario& scenario, uint64_t subscribers)
      : subscribers_(subscribers), positions_(subscribers + 1), live_(subscribers + 1) {
    const v1::SubscribeRequest request;
    for (uint64_t made = 0; made < subscribers; made += scenario.calls_on_a_connection) {
      reader_.Connect(host_.socket(), std::min(scenario.calls_on_a_connection, subscribers - made), request, false);
    }
    // The last, so that the others have the numbers before.
    if (scenario.one_stopped) reader_.Connect(host_.socket(), 1, request, true);
    while (lives_ < subscribers) reader_.Poll(1000);
  }

  Result Run(uint64_t events) {
    Deliver(kWarmUp);
    Result result;
    const Usage before = host_.Measure();
    result.bytes_each = (before.resident - empty_.resident) / static_cast<double>(subscribers_);
    bytes_ = 0;
    const double own_before = CpuSeconds();
    const double took = Deliver(events);
    const Usage after = host_.Measure();
    const double deliveries = static_cast<double>(subscribers_) * static_cast<double>(events);
    result.per_second = deliveries / took;
    result.host_cpu = (after.cpu - before.cpu) / deliveries * 1e6;
    result.own_cpu = (CpuSeconds() - own_before) / deliveries * 1e6;
    result.bytes_of_event = static_cast<double>(bytes_) / deliveries;
    return result;
  }

 private:
  // Seconds until everybody has them.
  double Deliver(uint64_t events) {
    last_ += events;
    complete_ = 0;
    const auto begun = SteadyClock::now();
    host_.Raise(events);
    while (complete_ < subscribers_) reader_.Poll(1000);
    const double took = Seconds(SteadyClock::now() - begun);
    host_.Answer();
    return took;
  }
  void Take(size_t number, std::string_view message) {
    v1::SubscribeResponse response;
    // Of an event only its number is wanted: a journal id and a sequence number stand first in it.
    if (message.empty() || message[0] != '\x0a') {
      if (!response.ParseFromArray(message.data(), static_cast<int>(message.size())) || response.has_gap())
        std::abort();
      if (response.heartbeat().live() && !live_[number]) ++lives_;
      live_[number] = live_[number] || response.heartbeat().live();
      return;
    }
    const uint64_t sequence = SequenceIn(message);
    if (sequence != ++positions_[number]) {
      std::fprintf(stderr, "subscriber %zu: %lu is not the next event\n", number, sequence);
      std::exit(1);
    }
    bytes_ += message.size();
    complete_ += sequence == last_ ? 1 : 0;
  }
  static uint64_t SequenceIn(std::string_view message) {
    google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(message.data()),
                                              static_cast<int>(message.size()));
    uint32_t length = 0;
    uint64_t sequence = 0;
    in.ReadTag();
    in.ReadVarint32(&length);
    in.ReadTag();
    in.ReadVarint32(&length);
    in.Skip(static_cast<int>(length));
    in.ReadTag();
    in.ReadVarint64(&sequence);
    return sequence;
  }

  const uint64_t subscribers_;
  HostProcess host_;
  const Usage empty_ = host_.Measure();
  Http2Reader reader_{[this](size_t number, std::string_view message) { Take(number, message); }};
  std::vector<uint64_t> positions_;
  std::vector<bool> live_;
  uint64_t lives_ = 0, complete_ = 0, last_ = 0, bytes_ = 0;
};

void Main(uint64_t subscribers, uint64_t events) {
  std::printf("%lu subscribers, %lu events to each, after %lu to warm up\n\n", subscribers, events, kWarmUp);
  std::printf(
      "| subscribers | deliveries/s | host's CPU for one | reader's CPU for one | host's memory for a subscriber |\n");
  std::printf("|---|---|---|---|---|\n");
  double bytes_of_event = 0;
  for (const Scenario& scenario : {Scenario{"a connection each", 1, false},
                                   {"a connection each, one more stopped", 1, true},
                                   {"100 on a connection", 100, false},
                                   {"100 on a connection, one more stopped", 100, true}}) {
    const Result result = Subscribing(scenario, subscribers).Run(events);
    std::printf("| %s | %.0f | %.2f µs | %.2f µs | %.1f kB |\n", scenario.name, result.per_second, result.host_cpu,
                result.own_cpu, result.bytes_each / 1000);
    std::fflush(stdout);
    bytes_of_event = result.bytes_of_event;
  }
  std::printf("\nan event: %.0f bytes; nobody missed or doubled one, or got it out of order\n", bytes_of_event);
}

}  // namespace
}  // namespace wirewatch::service

int main(int count, char** arguments) {
  const auto number = [&](int place, uint64_t otherwise) {
    return count > place ? std::strtoull(arguments[place], nullptr, 10) : otherwise;
  };
  wirewatch::service::Main(number(1, 1000), number(2, 1000));
}
