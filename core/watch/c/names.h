// Names that callers of the C interface give. Pure functions; any thread.
#ifndef WIREWATCH_WATCH_C_NAMES_H_
#define WIREWATCH_WATCH_C_NAMES_H_

#include <string>
#include <string_view>

#include "wirewatch/watch/c/failure.h"
#include "wirewatch/watch/dialect.h"

namespace wirewatch::watch::c {

// The id of a watch, or the name of a list.
Failure ReadName(const char* given, std::string_view argument, std::string& name);
// NULL is the watch language.
Failure ReadDialect(const char* given, Dialect& dialect);

}  // namespace wirewatch::watch::c

#endif  // WIREWATCH_WATCH_C_NAMES_H_
