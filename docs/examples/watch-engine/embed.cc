// Watches over lines of text: embed QUERY… < TEXT prints, for each line, the queries that it satisfies and why.
#include <iostream>
#include <string>
#include <vector>

#include "wirewatch/watch/watch.h"

namespace watch = wirewatch::watch;

int main(int count, char** arguments) {
  watch::Engine engine;
  for (int i = 1; i < count; ++i) {
    watch::Watch one;
    one.id = one.query = arguments[i];  // an id can be any text
    if (const auto error = engine.Add(one)) {
      std::cerr << watch::ToStatus(*error, one.query).message() << "\n";
      return 1;
    }
  }
  // What follows is one thread's; others would have their own, on the same engine.
  wirewatch::v1::Item item;
  wirewatch::text::TextIndex index;
  watch::Scratch scratch;
  std::vector<watch::Hit> hits;
  for (std::string line; std::getline(std::cin, line);) {
    item.set_body(line);
    index.Build(item);
    const watch::View view(item, index);
    engine.Match(view, scratch, hits);
    std::cout << line << "\n";
    for (const watch::Hit& hit : hits) {
      wirewatch::v1::WatchHit described;
      engine.Describe(hit, view, scratch, described, true);
      std::cout << "  " << hit.watch->id << ": " << described.explanation().summary() << "\n";
      for (const auto& span : described.spans()) {
        std::cout << "    " << span.begin() << "-" << span.end() << " "
                  << line.substr(span.begin(), span.end() - span.begin()) << "\n";
      }
    }
  }
}
