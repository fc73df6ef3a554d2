#include "wirewatch/service/json_gateway.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "google/protobuf/descriptor.h"
#include "wirewatch/service/credentials.h"
#include "wirewatch/service/grpc_status.h"
#include "wirewatch/service/json_message.h"
#include "wirewatch/v1/alert_service.pb.h"

namespace wirewatch::service {
namespace {

using google::protobuf::Message;

constexpr char kJson[] = "application/json; charset=utf-8";

HttpPage ErrorPage(const grpc::Status& status) {
  return {.status = HttpStatusOf(status.error_code()), .content_type = kJson, .body = JsonError(status) + "\n"};
}
HttpPage ErrorPage(const absl::Status& status) { return ErrorPage(ToGrpc(status)); }

absl::Status Ending() { return absl::UnavailableError("the host is ending"); }

// "wirewatch.v1.AlertService.Get" as gRPC calls it: "/wirewatch.v1.AlertService/Get".
std::string GrpcName(std::string_view method) {
  const size_t dot = method.rfind('.');
  return absl::StrCat("/", std::string(method.substr(0, dot)), "/", std::string(method.substr(dot + 1)));
}

grpc::ByteBuffer Serialised(const Message& message) {
  const std::string bytes = message.SerializeAsString();
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

bool Parse(const grpc::ByteBuffer& buffer, Message& message) {
  grpc::Slice slice;
  // One slice costs no copy of what is there already in one.
  if (!buffer.TrySingleSlice(&slice).ok() && !buffer.DumpToSingleSlice(&slice).ok()) return false;
  return message.ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
}

void PassOn(const JsonRequest& request, grpc::ClientContext& context) {
  if (!request.authorization.empty()) context.AddMetadata("authorization", request.authorization);
  if (!request.actor.empty()) context.AddMetadata(kActorMetadata, request.actor);
  if (!request.peer.empty()) context.AddMetadata(kPeerMetadata, request.peer);
}

// The message that a request is; otherwise the page that says what is wrong.
struct Read {
  const JsonRoute* route = nullptr;
  std::unique_ptr<Message> message;
  HttpPage wrong;
};
Read ReadRequest(const JsonRequest& request) {
  const std::string_view target = request.target;
  const size_t mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  const std::string_view query = mark == std::string_view::npos ? "" : target.substr(mark + 1);
  std::vector<std::string> allowed;
  const std::optional<MatchedRoute> matched = MatchJsonRoute(request.verb, path, allowed);
  Read read;
  if (!matched && !allowed.empty()) {
    read.wrong = ErrorPage(absl::UnimplementedError(absl::StrCat("this path takes ", absl::StrJoin(allowed, ", "))));
    read.wrong.status = 405;
    read.wrong.allow = absl::StrJoin(allowed, ", ");
    return read;
  }
  if (!matched) {
    read.wrong = ErrorPage(absl::NotFoundError("there is no such path; /v1/openapi.json lists those that there are"));
    return read;
  }
  // A page of another origin could send a form; it cannot send JSON without being allowed to.
  if (request.verb != "GET" && request.verb != "DELETE" &&
      !absl::StartsWithIgnoreCase(request.content_type, "application/json")) {
    read.wrong = ErrorPage(absl::InvalidArgumentError("the request must have Content-Type: application/json"));
    read.wrong.status = 415;
    return read;
  }
  auto message = ReadJsonRequest(*matched, query, request.body);
  if (!message.ok()) {
    read.wrong = ErrorPage(message.status());
    return read;
  }
  read.route = matched->route;
  read.message = *std::move(message);
  return read;
}

// Sets where a stream begins to what Last-Event-ID says, "journal:sequence"; of a named subscription the host knows
// better.
absl::Status ResumeAfter(const std::string& last_event_id, v1::SubscribeRequest& request) {
  if (last_event_id.empty() || request.has_subscription_name()) return absl::OkStatus();
  const size_t colon = last_event_id.find(':');
  uint64_t sequence = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(last_event_id.substr(colon + 1), &sequence)) {
    return absl::InvalidArgumentError("Last-Event-ID is not one of this stream's ids");
  }
  request.set_journal_id(last_event_id.substr(0, colon));
  request.set_after_sequence(sequence);
  return absl::OkStatus();
}

// JSON of one line needs no more than one data: line.
std::string Event(std::string_view type, const std::string& id, const std::string& json) {
  return absl::StrCat(id.empty() ? "" : absl::StrCat("id: ", id, "\n"), "event: ", std::string(type), "\ndata: ", json,
                      "\n\n");
}

std::string EventOf(const v1::SubscribeResponse& response) {
  switch (response.message_case()) {
    case v1::SubscribeResponse::kEvent:
      return Event("alert", absl::StrCat(response.event().journal_id(), ":", response.event().sequence()),
                   WriteJson(response));
    case v1::SubscribeResponse::kGap:
      return Event("gap", "", WriteJson(response.gap()));
    case v1::SubscribeResponse::kHeartbeat: {
      const v1::Heartbeat& heartbeat = response.heartbeat();
      return Event("heartbeat", absl::StrCat(heartbeat.journal_id(), ":", heartbeat.sequence()), WriteJson(heartbeat));
    }
    default:
      return ":\n\n";
  }
}

// An answer that was there before the call.
class Refusal final : public EventStream {
 public:
  explicit Refusal(HttpPage page) : page_(std::move(page)) {}
  void Next(std::function<void(Piece)> done) override { done({.bytes = {}, .ended = true, .page = page_}); }
  void Cancel() override {}

 private:
  const HttpPage page_;
};

}  // namespace

// What is going on, so that it can be ended.
class JsonGateway::Calls {
 public:
  // False after Shutdown(): the call is not to be made.
  bool Add(grpc::ClientContext& context, const std::weak_ptr<EventStream>& stream = {}) {
    const std::lock_guard lock(mutex_);
    if (!shut_) contexts_.try_emplace(&context, &context, stream);
    return !shut_;
  }
  // Once it has been answered, and nothing is left of it.
  void Remove(const grpc::ClientContext* context) {
    const std::lock_guard lock(mutex_);
    contexts_.erase(context);
    changed_.notify_all();
  }
  void Shutdown() {
    std::unique_lock lock(mutex_);
    shut_ = true;
    std::vector<std::shared_ptr<EventStream>> streams;
    for (const auto& [key, call] : contexts_) {
      call.first->TryCancel();
      streams.push_back(call.second.lock());
    }
    lock.unlock();
    for (const auto& stream : streams) {
      if (stream) stream->Cancel();
    }
    lock.lock();
    changed_.wait(lock, [this] { return contexts_.empty(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<const grpc::ClientContext*, std::pair<grpc::ClientContext*, std::weak_ptr<EventStream>>> contexts_;
  bool shut_ = false;
};

// Owns itself until the call is done. The client's part of a stream ends at once with the request.
class JsonGateway::Subscription final : public EventStream,
                                        public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  Subscription(const std::shared_ptr<grpc::Channel>& channel, Calls& calls, const JsonRequest& request,
               const Message& message, std::string_view method)
      : calls_(calls), stub_(channel), request_(Serialised(message)) {
    PassOn(request, context_);
    stub_.PrepareBidiStreamingCall(&context_, GrpcName(method), {}, this);
  }
  // Once, with the object's owner: it stays until OnDone().
  void Start(std::shared_ptr<Subscription> self) {
    self_ = std::move(self);
    // Nothing else keeps the call from being done with while no read is going on.
    AddHold();
    StartWriteLast(&request_, {});
    StartCall();
  }
  void Cancel() override {
    context_.TryCancel();
    std::unique_lock lock(mutex_);
    cancelled_ = true;
    if (reading_ || std::exchange(read_all_, true)) return;
    lock.unlock();
    RemoveHold();
  }

  void Next(std::function<void(Piece)> done) override {
    std::unique_lock lock(mutex_);
    if (ended_) {
      lock.unlock();
      return done(End());
    }
    waiting_ = std::move(done);
    if (read_all_) return;
    reading_ = true;
    lock.unlock();
    StartRead(&response_);
  }

  void OnReadDone(bool ok) override {
    Piece piece;
    if (ok) {
      v1::SubscribeResponse response;
      piece.bytes = Parse(response_, response) ? EventOf(response) : ":\n\n";
      response_.Clear();
    }
    std::function<void(Piece)> done;
    bool last = false;
    {
      const std::lock_guard lock(mutex_);
      reading_ = false;
      read_all_ = last = !ok || cancelled_;
      any_ = any_ || ok;
      if (!last) done = std::exchange(waiting_, nullptr);
    }
    if (last) return RemoveHold();  // OnDone() follows
    if (done) done(std::move(piece));
  }

  void OnDone(const grpc::Status& status) override {
    std::function<void(Piece)> done;
    std::shared_ptr<Subscription> self = std::move(self_);
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      status_ = status;
      done = std::exchange(waiting_, nullptr);
    }
    if (done) done(End());
    Calls& calls = calls_;
    const grpc::ClientContext* const context = &context_;
    // Perhaps the last that holds it.
    self.reset();
    calls.Remove(context);
  }
  grpc::ClientContext& context() { return context_; }

 private:
  // What the end is told with: once as an event with the reason, then as the end.
  Piece End() {
    const std::lock_guard lock(mutex_);
    Piece piece;
    if (any_ && !told_) {
      told_ = true;
      piece.bytes =
          Event("error", "",
                JsonError(status_.ok() ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "the host has ended the stream")
                                       : status_));
      return piece;
    }
    piece.ended = true;
    if (!any_)
      piece.page =
          ErrorPage(status_.ok() ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "the stream was empty") : status_);
    return piece;
  }

  Calls& calls_;
  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  const grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  std::shared_ptr<Subscription> self_;

  std::mutex mutex_;
  std::function<void(Piece)> waiting_;
  bool reading_ = false, read_all_ = false, cancelled_ = false;
  bool any_ = false, ended_ = false, told_ = false;
  grpc::Status status_;
};

// One call; owns itself until it is answered.
class JsonGateway::Unary {
 public:
  Unary(const std::shared_ptr<grpc::Channel>& channel, Calls& calls, const JsonRequest& request, const Read& read,
        std::function<void(HttpPage)> done)
      : calls_(calls), stub_(channel), request_(Serialised(*read.message)), done_(std::move(done)) {
    PassOn(request, context_);
    const auto* const method =
        google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(std::string(read.route->method));
    answer_.reset(google::protobuf::MessageFactory::generated_factory()->GetPrototype(method->output_type())->New());
  }
  static void Start(std::unique_ptr<Unary> call, std::string_view method, absl::Duration patience) {
    if (!call->calls_.Add(call->context_)) return call->done_(ErrorPage(Ending()));
    Unary* const one = call.release();
    one->context_.set_deadline(absl::ToChronoTime(absl::Now() + patience));
    one->stub_.UnaryCall(&one->context_, GrpcName(method), {}, &one->request_, &one->response_,
                         [one](const grpc::Status& status) {
                           std::unique_ptr<Unary> self(one);
                           Calls& calls = self->calls_;
                           const grpc::ClientContext* const context = &self->context_;
                           self->Done(status);
                           self.reset();
                           calls.Remove(context);
                         });
  }

 private:
  void Done(const grpc::Status& status) {
    if (!status.ok()) return done_(ErrorPage(status));
    if (!Parse(response_, *answer_)) return done_(ErrorPage(absl::InternalError("the answer cannot be read")));
    done_({.content_type = kJson, .body = WriteJson(*answer_) + "\n"});
  }

  Calls& calls_;
  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  const grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  std::unique_ptr<Message> answer_;
  const std::function<void(HttpPage)> done_;
};

JsonGateway::JsonGateway(std::shared_ptr<grpc::Channel> channel, absl::Duration patience)
    : channel_(std::move(channel)), calls_(std::make_unique<Calls>()), patience_(patience) {}
JsonGateway::~JsonGateway() { Shutdown(); }

void JsonGateway::Shutdown() { calls_->Shutdown(); }

bool JsonGateway::IsStream(const JsonRequest& request) {
  std::vector<std::string> allowed;
  const std::string_view target = request.target;
  const std::optional<MatchedRoute> matched = MatchJsonRoute(request.verb, target.substr(0, target.find('?')), allowed);
  return matched && matched->route->streams;
}

void JsonGateway::Call(const JsonRequest& request, std::function<void(HttpPage)> done) {
  if (request.verb == "GET" && request.target == "/v1/openapi.json") {
    return done({.content_type = kJson, .body = OpenApiDocument()});
  }
  const Read read = ReadRequest(request);
  if (read.route == nullptr) return done(read.wrong);
  Unary::Start(std::make_unique<Unary>(channel_, *calls_, request, read, std::move(done)), read.route->method,
               patience_);
}

std::shared_ptr<EventStream> JsonGateway::Open(const JsonRequest& request) {
  Read read = ReadRequest(request);
  if (read.route == nullptr) return std::make_shared<Refusal>(read.wrong);
  auto& subscribe = dynamic_cast<v1::SubscribeRequest&>(*read.message);
  if (const absl::Status resumed = ResumeAfter(request.last_event_id, subscribe); !resumed.ok()) {
    return std::make_shared<Refusal>(ErrorPage(resumed));
  }
  auto stream = std::make_shared<Subscription>(channel_, *calls_, request, *read.message, read.route->method);
  if (!calls_->Add(stream->context(), stream)) return std::make_shared<Refusal>(ErrorPage(Ending()));
  stream->Start(stream);
  // Whoever lets go of it ends the call, which holds it for itself until then.
  return {stream.get(), [stream](EventStream*) { stream->Cancel(); }};
}

}  // namespace wirewatch::service
