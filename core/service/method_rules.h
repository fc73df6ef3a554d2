// What each method of the host's services asks of its caller: the one place where that stands. Pure.
#ifndef WIREWATCH_SERVICE_METHOD_RULES_H_
#define WIREWATCH_SERVICE_METHOD_RULES_H_

#include <span>
#include <string_view>

#include "wirewatch/service/scope.h"

namespace wirewatch::service {

struct MethodRule {
  std::string_view method;  // "HostService/Reload", of the package wirewatch.v1
  Scope scope;
  bool stream = false;  // it goes on: how many there are is bounded
  // Callers who see only some watches may call it: it leaves out what they may not know of. Others show or change
  // something of all watches, and are refused to them.
  bool partial = false;
  double cost = 1;  // requests that a call counts as, against the limit of a caller

  // Somebody did something, which the audit log tells.
  bool action() const { return scope == Scope::kOperate || scope == Scope::kAdmin; }
};

std::span<const MethodRule> MethodRules();
// nullptr when there is no such method.
const MethodRule* RuleOf(std::string_view method);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_METHOD_RULES_H_
