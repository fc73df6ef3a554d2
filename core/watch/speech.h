// Speech: what the quotes of an Item come to for queries, each with its continuations, each with its own words only.
// Pure functions; any thread.
#ifndef WIREWATCH_WATCH_SPEECH_H_
#define WIREWATCH_WATCH_SPEECH_H_

#include <vector>

#include "wirewatch/v1/annotation.pb.h"
#include "wirewatch/watch/view.h"
#include "wirewatch/watch/window.h"

namespace wirewatch::watch {

struct Speech {
  // The quote and those that go on from it, in order. Borrowed from the Item.
  std::vector<const v1::Quote*> quotes = {};
  // What is said, without what others say who are quoted in it. United.
  Scope content = {};
  // Of it what stands between quotation marks.
  Scope marked = {};
};

// In the order of the Item's quotes. A quote inside another one's words belongs to itself alone.
std::vector<Speech> SpeechesOf(const View& view);

// The words that nobody is quoted with, each window a stretch of its own.
Scope UnquotedOf(const View& view);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_SPEECH_H_
