// The watch engine for programs in C++20 that embed it without the host (docs/embedding-the-watch-engine.md has a whole
// one; docs/watch-language.md is the language). This header brings all that such a program needs:
//
//   watch::Engine engine;                                    // the watches
//   if (auto error = engine.Add({.id = "kfor", .query = "KFOR NEAR/5 clash*"})) …   // error->offset, message, hint
//
//   v1::Item item;                                           // a document, of which the engine sees
//   item.set_body(text);
//   text::TextIndex index;                                   // the words; one for each thread, used again
//   index.Build(item);
//   watch::Scratch scratch;                                  // the same
//   std::vector<watch::Hit> hits;
//   engine.Match(watch::View(item, index), scratch, hits);   // hits[0].watch->id
//
// Owned by whoever makes them: an Item outlives its TextIndex's use, both outlive the View, an Engine its Hits.
// Threads: any number may match with one Engine while none changes it. Errors are values; nothing throws but for lack
// of memory. To be built with the compiler, standard library, protobuf and Abseil that Wirewatch was built with: only
// the C interface (wirewatch/watch/c/wirewatch_watch.h) promises to stay the same from release to release.
#ifndef WIREWATCH_WATCH_WATCH_H_
#define WIREWATCH_WATCH_WATCH_H_

#include "wirewatch/text/text_index.h"    // IWYU pragma: export
#include "wirewatch/v1/item.pb.h"         // IWYU pragma: export
#include "wirewatch/v1/watch.pb.h"        // IWYU pragma: export
#include "wirewatch/watch/condition.h"    // IWYU pragma: export
#include "wirewatch/watch/dialect.h"      // IWYU pragma: export
#include "wirewatch/watch/engine.h"       // IWYU pragma: export
#include "wirewatch/watch/frequencies.h"  // IWYU pragma: export
#include "wirewatch/watch/lint.h"         // IWYU pragma: export
#include "wirewatch/watch/parser.h"       // IWYU pragma: export
#include "wirewatch/watch/scratch.h"      // IWYU pragma: export
#include "wirewatch/watch/view.h"         // IWYU pragma: export

#endif  // WIREWATCH_WATCH_WATCH_H_
