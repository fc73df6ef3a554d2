// Why a watch was verified for an Item, or not, in words. Pure function; any thread.
#ifndef WIREWATCH_CLI_CANDIDACY_H_
#define WIREWATCH_CLI_CANDIDACY_H_

#include <string>

#include "wirewatch/watch/engine.h"

namespace wirewatch::cli {

std::string ToText(const watch::Candidacy& candidacy);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_CANDIDACY_H_
