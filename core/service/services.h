// Services: what a host offers over gRPC, once for all its servers, and what these have in common.
//
// Made and destroyed by one thread; its services are called by any.
#ifndef WIREWATCH_SERVICE_SERVICES_H_
#define WIREWATCH_SERVICE_SERVICES_H_

#include <chrono>

#include "grpcpp/server_builder.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/service/access.h"
#include "wirewatch/service/alert_service.h"
#include "wirewatch/service/host_service.h"
#include "wirewatch/service/ingest_service.h"
#include "wirewatch/service/watch_service.h"

namespace wirewatch::service {

class Services {
 public:
  // Both outlive it, and it outlives the servers.
  Services(pipeline::Host& host, Access& access);

  // A server with all services, server reflection and the standard health service; neither of these two asks who calls.
  void SetUp(grpc::ServerBuilder& builder);
  // Takes server reflection away again.
  static void TakeAwayReflection(grpc::ServerBuilder& builder);
  // Ends streams, soon; before a server is shut down.
  void EndStreams() {
    host_.EndTaps();
    alerts_.EndStreams();
    ingest_.EndStreams();
  }

 private:
  HostService host_;
  WatchService watches_;
  AlertService alerts_;
  IngestService ingest_;
};

// How long calls have to end when a server is shut down.
inline constexpr auto kShutdownGrace = std::chrono::seconds(1);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_SERVICES_H_
