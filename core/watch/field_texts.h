// FieldTexts: the values of one Item's fields and annotations, indexed as texts of their own, so that the words of a
// query are looked for in them as they are in the Item. Built once for an Item however many watches ask. One thread;
// borrows from the Item, which must outlive its use.
#ifndef WIREWATCH_WATCH_FIELD_TEXTS_H_
#define WIREWATCH_WATCH_FIELD_TEXTS_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "wirewatch/watch/scratch.h"
#include "wirewatch/watch/speech.h"
#include "wirewatch/watch/view.h"
#include "wirewatch/watch/window.h"

namespace wirewatch::watch {

// One value of a field: a name, an entity with all that it is called, an event, ….
struct FieldValue {
  std::vector<std::string> texts = {};      // searched; the first says what it is
  std::vector<std::string> ids = {};        // URIs and codes, compared whole
  std::vector<const v1::Span*> spans = {};  // where the Item speaks of it
  float number = 0;                         // a tone's score
  Scope scope = {};                         // its texts in FieldTexts::view()
};

class FieldTexts {
 public:
  FieldTexts();
  ~FieldTexts();

  // The values of the Item that `scratch` was last begun for.
  static FieldTexts& Of(const View& view, Scratch& scratch);

  // The values of a field that is searched as text: facts of the Item (author, topic, …) or annotations.
  std::span<const FieldValue> Values(std::string_view field) const;
  const std::vector<Speech>& speeches() const { return speeches_; }
  // Who says it, by the speech's number: what the quote names, and all that the Item calls the same entity.
  const FieldValue& SpeakerOf(size_t speech) const { return speakers_[speech]; }
  const Scope& unquoted() const { return unquoted_; }

  const View& view() const { return *view_; }
  Scratch& scratch() { return scratch_; }

 private:
  class Collector;
  void Build(const View& view);

  uint64_t item_ = 0;
  absl::flat_hash_map<std::string_view, std::vector<FieldValue>> values_;
  std::vector<Speech> speeches_;
  std::vector<FieldValue> speakers_;
  Scope unquoted_;

  v1::Item texts_;  // each text a caption
  absl::flat_hash_map<std::string, uint32_t> captions_;
  text::TextIndex index_;
  std::unique_ptr<View> view_;
  Scratch scratch_;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_FIELD_TEXTS_H_
