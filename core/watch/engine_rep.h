// What an Engine holds of a watch. Private to engine.cc and engine_file.cc.
#ifndef WIREWATCH_WATCH_ENGINE_REP_H_
#define WIREWATCH_WATCH_ENGINE_REP_H_

#include <memory>
#include <vector>

#include "wirewatch/watch/engine.h"

namespace wirewatch::watch {

// A query that was made ready for evaluation.
struct Engine::Compiled {
  std::shared_ptr<const Expression> expression;
  std::unique_ptr<PatternTable> own;  // of a watch whose plan is made when it is asked for
  Plan plan;
};

struct Engine::Entry {
  Watch watch;
  // Kept for those of which the program does not tell everything; the others are read again to be explained.
  std::shared_ptr<const Compiled> compiled;
  std::vector<Key> anchors;
  bool common = false;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_ENGINE_REP_H_
