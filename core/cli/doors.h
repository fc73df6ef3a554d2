// What others can reach of a running host: its pages over HTTP, and its services on the control socket and the network.
// One thread.
#ifndef WIREWATCH_CLI_DOORS_H_
#define WIREWATCH_CLI_DOORS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/service/access.h"
#include "wirewatch/service/control_server.h"
#include "wirewatch/service/http_endpoint.h"
#include "wirewatch/service/inner_server.h"
#include "wirewatch/service/network_server.h"
#include "wirewatch/service/services.h"

namespace wirewatch::cli {

// Closed in the opposite order.
struct Doors {
  std::unique_ptr<service::Access> access;
  std::unique_ptr<service::Services> services;
  std::unique_ptr<service::InnerServer> inner;      // nullptr: no services over HTTP
  std::unique_ptr<service::HttpEndpoint> http;      // nullptr: nobody asked for it
  std::unique_ptr<service::ControlServer> control;  // nullptr: the host cannot be steered
  std::unique_ptr<service::NetworkServer> network;  // nullptr: nobody asked for it
};

// `host` outlives them. InvalidArgument when the arguments cannot be followed.
absl::StatusOr<Doors> OpenDoors(pipeline::Host& host, const RunArguments& arguments);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_DOORS_H_
