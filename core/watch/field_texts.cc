#include "wirewatch/watch/field_texts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/item_fields.h"

namespace wirewatch::watch {
namespace {

// Beyond these a text says nothing about its tone; as usual for scores from -1 to 1.
constexpr float kNeutral = 0.05F;

void AddTo(std::vector<std::string>& list, std::string_view text) {
  if (text.empty() || std::find(list.begin(), list.end(), text) != list.end()) return;
  list.emplace_back(text);
}

// What a URI names: Q9458 of http://www.wikidata.org/entity/Q9458.
std::string_view LastOf(std::string_view uri) {
  const size_t end = uri.find_last_of("/:#");
  return end == uri.npos ? uri : uri.substr(end + 1);
}

void AddUri(FieldValue& value, std::string_view uri) {
  AddTo(value.ids, uri);
  AddTo(value.ids, LastOf(uri));
}

std::string_view ToneName(float score) {
  if (score <= -kNeutral) return "negative";
  return score >= kNeutral ? "positive" : "neutral";
}

bool IsOrganisation(std::string_view type) { return type == "organisation" || type == "organization" || type == "org"; }

}  // namespace

// Reads the Item's annotations into values.
class FieldTexts::Collector {
 public:
  Collector(const View& view, FieldTexts& to) : item_(view.item()), text_(view.text()), to_(to) {}

  void Run() {
    CollectFacts();
    CollectEntities("entity", [](const v1::Entity&) { return true; });
    CollectEntities("person", [](const v1::Entity& e) { return e.type() == "person"; });
    CollectEntities("org", [](const v1::Entity& e) { return IsOrganisation(e.type()); });
    CollectPlaces();
    CollectSpeakers();
    CollectEvents();
    for (const v1::Tone& tone : item_.tones()) CollectTone(tone);
    for (const v1::LoadedTerm& term : item_.loaded()) {
      FieldValue& value = Add("loaded");
      AddTo(value.texts, term.term());
      AddSpan(value, term.span());
      AddTo(value.texts, term.cue_type());
    }
  }

 private:
  FieldValue& Add(std::string_view field) { return to_.values_[field].emplace_back(); }

  // As the Item has it there.
  void AddSpan(FieldValue& value, const v1::Span& span) {
    const text::PartIndex* const part = text_.Find(span.part(), span.part_index());
    if (part == nullptr || span.begin() >= span.end() || span.end() > part->text.size()) return;
    value.spans.push_back(&span);
    AddTo(value.texts, part->text.substr(span.begin(), span.end() - span.begin()));
  }

  // The value of that key: the same thing named again.
  FieldValue& OneOf(std::string_view field, const std::string& key, absl::flat_hash_map<std::string, size_t>& by_key) {
    std::vector<FieldValue>& values = to_.values_[field];
    const auto [known, is_new] = by_key.try_emplace(key, values.size());
    if (is_new) values.emplace_back();
    return values[known->second];
  }

  void CollectFacts() {
    for (const std::string_view field : {"author", "agency", "located", "genre"}) {
      for (const std::string_view text : ValuesOf(item_, field)) AddTo(Add(field).texts, text);
    }
    if (!item_.outlet().name().empty() || !item_.outlet().domain().empty()) {
      FieldValue& outlet = Add("outlet");
      AddTo(outlet.texts, item_.outlet().name());
      AddTo(outlet.texts, item_.outlet().domain());
    }
    for (const v1::Topic& topic : item_.topics()) {
      FieldValue& value = Add("topic");
      AddTo(value.texts, topic.name());
      AddTo(value.texts, topic.code());
      AddUri(value, topic.code());
    }
  }

  static std::string KeyOf(const v1::Entity& entity, int index) {
    if (!entity.uri().empty()) return entity.uri();
    if (entity.cluster() != 0) return absl::StrCat("cluster ", entity.cluster());
    return entity.name().empty() ? absl::StrCat("mention ", index) : absl::StrCat("name ", entity.name());
  }

  template <class IsWanted>
  void CollectEntities(std::string_view field, IsWanted is_wanted) {
    absl::flat_hash_map<std::string, size_t> by_key;
    for (int i = 0; i < item_.entities_size(); ++i) {
      const v1::Entity& entity = item_.entities(i);
      if (!is_wanted(entity)) continue;
      FieldValue& value = OneOf(field, KeyOf(entity, i), by_key);
      AddTo(value.texts, entity.name());
      AddSpan(value, entity.span());
      AddUri(value, entity.uri());
    }
  }

  void CollectPlaces() {
    absl::flat_hash_map<std::string, size_t> by_key;
    for (int i = 0; i < item_.places_size(); ++i) {
      const v1::Place& place = item_.places(i);
      std::string key = place.uri();
      if (key.empty()) key = place.name().empty() ? absl::StrCat("mention ", i) : absl::StrCat("name ", place.name());
      FieldValue& value = OneOf("place", key, by_key);
      AddTo(value.texts, place.name());
      AddSpan(value, place.span());
      AddUri(value, place.uri());
      FieldValue& area = Add("place-within");
      AddSpan(area, place.span());
      area.texts.clear();
      AddTo(area.ids, place.country());
      for (const std::string& code : place.admin_codes()) AddTo(area.ids, code);
      AddTo(area.ids, place.name());
    }
  }

  void CollectSpeakers() {
    for (const Speech& speech : to_.speeches_) {
      FieldValue& value = to_.speakers_.emplace_back();
      for (const v1::Quote* quote : speech.quotes) {
        AddSpan(value, quote->speaker());
        AddTo(value.ids, quote->speaker_entity());
        if (quote->speaker_entity().find("://") == std::string::npos) AddTo(value.texts, quote->speaker_entity());
        AddUri(value, quote->speaker_entity());
        AddEntity(value, quote->speaker_entity());
      }
    }
  }

  // All that the Item calls an entity, by its URI or name.
  void AddEntity(FieldValue& value, const std::string& wanted) {
    if (wanted.empty()) return;
    for (const FieldValue& entity : to_.values_["entity"]) {
      const auto is_it = [&](const std::vector<std::string>& names) { return !names.empty() && names[0] == wanted; };
      if (!is_it(entity.ids) && !is_it(entity.texts)) continue;
      for (const std::string& text : entity.texts) AddTo(value.texts, text);
      for (const std::string& id : entity.ids) AddTo(value.ids, id);
    }
  }

  void AddParticipant(std::string_view field, const v1::Participant& participant) {
    FieldValue value;
    AddTo(value.texts, participant.name());
    AddSpan(value, participant.span());
    AddUri(value, participant.uri());
    if (!value.texts.empty() || !value.ids.empty()) to_.values_[field].push_back(std::move(value));
  }

  void CollectEvents() {
    for (const v1::Event& event : item_.events()) {
      FieldValue& value = Add("event");
      AddSpan(value, event.span());
      AddTo(value.texts, event.code());
      if (!event.scheme().empty()) AddTo(value.ids, absl::StrCat(event.scheme(), ":", event.code()));
      AddParticipant("actor", event.actor());
      AddParticipant("target", event.target());
    }
  }

  void CollectTone(const v1::Tone& tone) {
    FieldValue& value = Add("tone");
    AddTo(value.texts, ToneName(tone.score()));
    AddTo(value.texts, tone.target().name());
    AddSpan(value, tone.target().span());
    AddUri(value, tone.target().uri());
    value.number = tone.score();
    const text::PartIndex* const part = text_.Find(tone.span().part(), tone.span().part_index());
    if (part != nullptr && tone.span().begin() < tone.span().end()) value.spans.push_back(&tone.span());
  }

  const v1::Item& item_;
  const text::TextIndex& text_;
  FieldTexts& to_;
};

FieldTexts::FieldTexts() = default;
FieldTexts::~FieldTexts() = default;

FieldTexts& FieldTexts::Of(const View& view, Scratch& scratch) {
  if (scratch.field_texts == nullptr) scratch.field_texts = std::make_shared<FieldTexts>();
  FieldTexts& texts = *scratch.field_texts;
  if (texts.item_ != scratch.item()) {
    texts.item_ = scratch.item();
    texts.Build(view);
  }
  return texts;
}

std::span<const FieldValue> FieldTexts::Values(std::string_view field) const {
  const auto found = values_.find(field);
  if (found == values_.end()) return {};
  return found->second;
}

void FieldTexts::Build(const View& view) {
  values_.clear();
  speakers_.clear();
  texts_.Clear();
  captions_.clear();
  speeches_ = SpeechesOf(view);
  unquoted_ = UnquotedOf(view);
  Collector(view, *this).Run();
  values_["speaker"] = speakers_;
  const auto each = [this](const auto& visit) {
    for (auto& [field, values] : values_) std::for_each(values.begin(), values.end(), visit);
    std::for_each(speakers_.begin(), speakers_.end(), visit);
  };
  // The texts may not move any more once they are indexed.
  each([this](FieldValue& value) {
    for (const std::string& text : value.texts) {
      const auto [known, is_new] = captions_.try_emplace(text, static_cast<uint32_t>(texts_.media_size()));
      if (is_new) texts_.add_media()->set_caption(text);
      value.scope.push_back({known->second, 0, 0});
    }
  });
  index_.Build(texts_);
  each([this](FieldValue& value) {
    for (Window& window : value.scope) window.end = index_.parts()[window.part].positions;
    Unite(value.scope);
  });
  view_ = std::make_unique<View>(texts_, index_);
  scratch_.Begin();
}

}  // namespace wirewatch::watch
