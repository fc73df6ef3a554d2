// Who calls a service. Plain values.
#ifndef WIREWATCH_SERVICE_CALLER_H_
#define WIREWATCH_SERVICE_CALLER_H_

#include <string>
#include <vector>

#include "wirewatch/service/scope.h"

namespace wirewatch::service {

struct Caller {
  // The token's or the certificate's name; on the control socket who the client says it is, else "local"; "anonymous"
  // where nobody is asked.
  std::string name;
  Scopes scopes;
  Visibility visibility;
  bool local = false;      // on the control socket: may do everything
  bool anonymous = false;  // the host has no tokens, and asks nobody
  std::string token_id;    // empty: it has shown none
  std::string peer;        // address and port, or "socket"
};

// What a client shows of itself, however it came.
struct Credentials {
  bool local = false;
  std::string peer;                        // as in Caller
  std::string actor;                       // who it says it is; believed on the control socket only
  std::vector<std::string> authorization;  // values of the header: "Bearer <token>"
  std::string certificate;                 // name in the client certificate, which was verified; empty: none
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_CALLER_H_
