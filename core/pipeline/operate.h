// Operate: which running pipeline an operator's call means. Pure functions over what runs; any thread.
#ifndef WIREWATCH_PIPELINE_OPERATE_H_
#define WIREWATCH_PIPELINE_OPERATE_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/pipeline/find_watches.h"
#include "wirewatch/v1/operator_call.pb.h"

namespace wirewatch::pipeline {

// Pipeline::Operate() on the pipeline of that name (empty: the only one); on the one that takes its place if it is
// being taken over. NotFound and InvalidArgument name those that there are.
absl::StatusOr<v1::OperatorAnswer> Operate(const std::string& pipeline, const v1::OperatorCall& call,
                                           absl::Duration patience, const std::function<NamedPipelines()>& running);

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_OPERATE_H_
