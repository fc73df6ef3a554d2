#include "wirewatch/watch/speech.h"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace wirewatch::watch {
namespace {

// Opening marks with what may close them, as writing systems pair them.
struct Marks {
  std::string_view open;
  std::string_view close[2];
};
constexpr Marks kMarks[] = {{"\"", {"\"", "\""}}, {"“", {"”", "”"}}, {"„", {"“", "”"}},    {"«", {"»", "»"}},
                            {"»", {"«", "«"}},    {"‘", {"’", "’"}}, {"「", {"」", "」"}}, {"『", {"』", "』"}}};

size_t FindFirst(std::string_view text, const std::string_view (&wanted)[2], size_t from) {
  return std::min(text.find(wanted[0], from), text.find(wanted[1], from));
}

// Appends what stands between quotation marks in `span`.
void AddMarked(const text::TextIndex& text, const v1::Span& span, Scope& marked) {
  const text::PartIndex* const part = text.Find(span.part(), span.part_index());
  if (part == nullptr) return;
  const std::string_view said = part->text.substr(0, span.end());
  for (size_t at = span.begin(); at < said.size();) {
    const auto* const marks = std::find_if(std::begin(kMarks), std::end(kMarks),
                                           [&](const Marks& m) { return said.substr(at).starts_with(m.open); });
    if (marks == std::end(kMarks)) {
      ++at;
      continue;
    }
    at += marks->open.size();
    const size_t close = FindFirst(said, marks->close, at);
    if (close == said.npos) return;
    v1::Span inside = span;
    inside.set_begin(static_cast<uint32_t>(at));
    inside.set_end(static_cast<uint32_t>(close));
    marked.push_back(WindowOf(text, inside));
    at = close + marks->close[0].size();
  }
}

void AddQuote(const View& view, const v1::Quote& quote, Speech& speech) {
  speech.quotes.push_back(&quote);
  for (const v1::Span& span : quote.content()) {
    speech.content.push_back(WindowOf(view.text(), span));
    if (quote.kind() == v1::QUOTE_KIND_DIRECT) {
      speech.marked.push_back(speech.content.back());
    } else {
      AddMarked(view.text(), span, speech.marked);
    }
  }
}

// One window of one speech.
struct Said {
  Window window;
  size_t speech;
};
bool Holds(const Window& outer, const Window& inner) {
  return outer.part == inner.part && outer.begin <= inner.begin && outer.end >= inner.end;
}
bool Same(const Window& a, const Window& b) { return a.part == b.part && a.begin == b.begin && a.end == b.end; }

// Takes from each speech what others say inside it.
void PartNested(std::vector<Speech>& speeches) {
  std::vector<Said> all;
  for (size_t i = 0; i < speeches.size(); ++i) {
    for (const Window& window : speeches[i].content) all.push_back({window, i});
  }
  std::sort(all.begin(), all.end(), [](const Said& a, const Said& b) {
    return std::tie(a.window.part, a.window.begin, b.window.end) <
           std::tie(b.window.part, b.window.begin, a.window.end);
  });
  List<Scope> cuts(speeches.size());
  std::vector<const Said*> open;  // windows that may hold the next one
  for (const Said& said : all) {
    std::erase_if(
        open, [&](const Said* o) { return o->window.part != said.window.part || o->window.end <= said.window.begin; });
    for (const Said* outer : open) {
      if (outer->speech == said.speech || !Holds(outer->window, said.window)) continue;
      if (!Same(outer->window, said.window)) cuts[outer->speech].push_back(said.window);
    }
    open.push_back(&said);
  }
  for (size_t i = 0; i < speeches.size(); ++i) {
    if (cuts[i].empty()) continue;
    Unite(cuts[i]);
    speeches[i].content = Without(speeches[i].content, cuts[i]);
    speeches[i].marked = Without(speeches[i].marked, cuts[i]);
  }
}

}  // namespace

std::vector<Speech> SpeechesOf(const View& view) {
  std::vector<Speech> speeches;
  for (const v1::Quote& quote : view.item().quotes()) {
    if (!quote.continues() || speeches.empty()) speeches.emplace_back();
    AddQuote(view, quote, speeches.back());
  }
  for (Speech& speech : speeches) {
    Unite(speech.content);
    Unite(speech.marked);
  }
  PartNested(speeches);
  return speeches;
}

Scope UnquotedOf(const View& view) {
  Scope all;
  Scope said;
  const std::span<const text::PartIndex> parts = view.text().parts();
  for (uint32_t i = 0; i < parts.size(); ++i) all.push_back({i, 0, parts[i].positions});
  for (const v1::Quote& quote : view.item().quotes()) {
    for (const v1::Span& span : quote.content()) said.push_back(WindowOf(view.text(), span));
  }
  Unite(said);
  Scope unquoted = Without(all, said);
  uint32_t stretch = 0;
  for (Window& window : unquoted) window.stretch = ++stretch;
  return unquoted;
}

}  // namespace wirewatch::watch
