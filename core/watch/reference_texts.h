// Random Items for the reference test, each with what the page would know of it.
#ifndef WIREWATCH_WATCH_REFERENCE_TEXTS_H_
#define WIREWATCH_WATCH_REFERENCE_TEXTS_H_

#include <random>
#include <span>

#include "absl/strings/str_cat.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/watch/reference.h"

namespace wirewatch::watch::reference {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  // Takes what it is given, a byte for each choice, and goes on by itself when that is at an end.
  explicit Random(std::span<const uint8_t> choices) : choices_(choices) {}
  int Below(int limit) {
    if (choices_.empty()) return static_cast<int>(engine_() % static_cast<uint64_t>(limit));
    const int choice = choices_.front() % limit;
    choices_ = choices_.subspan(1);
    return choice;
  }
  bool Chance(int percent) { return Below(100) < percent; }
  std::string Word() {
    constexpr const char* kWords[] = {"kfor", "serbs", "clash", "clashes", "police", "zvečan"};
    return kWords[Below(6)];
  }

 private:
  std::span<const uint8_t> choices_;
  std::mt19937_64 engine_;
};

class StoryMaker {
 public:
  StoryMaker(Random& random, bool english_is_known, v1::Item& item) : random_(random), item_(item) {
    item_.Clear();
    MakeTexts();
    constexpr const char* kTags[] = {"de", "und", "en-GB"};
    const int truth = english_is_known ? 2 * random_.Below(2) : random_.Below(3);
    item_.mutable_language()->set_tag(kTags[truth]);
    story_.english = static_cast<Truth>(truth);
    if (random_.Chance(70)) {
      story_.day = 1 + random_.Below(9);
      constexpr int64_t kFirstOfJune2026 = 1'780'272'000, kDay = 86'400;
      item_.mutable_published()->mutable_value()->set_seconds(kFirstOfJune2026 + (*story_.day - 1) * kDay + kDay / 2);
    }
    if (IsKnown("entities")) MakeEntities();
    if (IsKnown("quotes")) MakeQuotes();
    if (IsKnown("topics")) MakeTopics();
    if (IsKnown("places")) MakePlaces();
    if (IsKnown("tones")) MakeTones();
  }

  Story Take() { return std::move(story_); }

 private:
  struct Bytes {
    uint32_t begin, end;
  };

  // Three of four Items have been looked through for it.
  bool IsKnown(const char* annotation) {
    if (!random_.Chance(75)) return false;
    item_.mutable_provenance()->add_produced(annotation);
    return true;
  }

  // ---- Text ----

  void MakeTexts() {
    if (random_.Chance(50)) MakePart(kHeadlinePart, 1, *item_.mutable_headline());
    MakePart(kBodyPart, 1 + random_.Below(3), *item_.mutable_body());
    if (random_.Chance(30)) MakePart(kCaptionPart, 1, *item_.add_media()->mutable_caption());
  }

  void MakePart(Part part, int paragraphs, std::string& text) {
    for (int paragraph = 0, sentence = 0; paragraph < paragraphs; ++paragraph) {
      if (paragraph > 0) text += "\n\n";
      const int sentences = part == kBodyPart ? 1 + random_.Below(3) : 1;
      for (int i = 0; i < sentences; ++i, ++sentence) {
        if (i > 0) text += " ";
        MakeSentence(part, sentence, paragraph, text);
        if (part == kBodyPart) text += ".";
      }
    }
  }

  void MakeSentence(Part part, int sentence, int paragraph, std::string& text) {
    const int words = 1 + random_.Below(6);
    int marks_from = random_.Chance(25) ? random_.Below(words) : -1;
    for (int w = 0; w < words; ++w) {
      // A headline that the body repeats would not be searched there.
      std::string word = part == kHeadlinePart && w == 0 ? "today" : random_.Word();
      if (w == 0 || random_.Chance(15)) word[0] = static_cast<char>(std::toupper(word[0]));
      if (w > 0) text += " ";
      if (w == marks_from) {
        text += "“";
        marked_.emplace_back(Size(), Size());
      }
      const auto begin = static_cast<uint32_t>(text.size());
      text += word;
      story_.text.push_back({word, part, sentence, paragraph});
      bytes_.push_back({begin, static_cast<uint32_t>(text.size())});
      if (marks_from >= 0 && w >= marks_from && (w + 1 == words || random_.Chance(40))) {
        text += "”";
        marked_.back().second = Size();
        marks_from = -1;
      }
    }
  }

  int Size() const { return static_cast<int>(story_.text.size()); }
  static v1::Part PartOf(int part) {
    return part == kHeadlinePart ? v1::PART_HEADLINE : part == kBodyPart ? v1::PART_BODY : v1::PART_CAPTION;
  }

  // A run of words in one part, at most so many: from first to behind the last.
  std::pair<int, int> Run(int most) {
    const int begin = random_.Below(Size());
    int end = begin + 1;
    while (end < Size() && end < begin + most && story_.text[end].part == story_.text[begin].part && random_.Chance(75))
      ++end;
    return {begin, end};
  }
  void Set(v1::Span& span, std::pair<int, int> run) const {
    span.set_part(PartOf(story_.text[run.first].part));
    span.set_begin(bytes_[run.first].begin);
    span.set_end(bytes_[run.second - 1].end);
  }
  // One word or two with nothing but a blank between them.
  std::string Mention(v1::Span& span) {
    std::pair<int, int> run = Run(2);
    if (bytes_[run.second - 1].begin > bytes_[run.first].end + 1) run.second = run.first + 1;
    Set(span, run);
    std::string text = story_.text[run.first].text;
    return run.second - run.first == 2 ? text + " " + story_.text[run.first + 1].text : text;
  }
  static std::string Uri(int number) { return absl::StrCat("http://x.org/e/Q", number); }
  static void AddIds(Value& value, int number) {
    value.ids.insert(Uri(number));
    value.ids.insert(absl::StrCat("Q", number));
  }

  // ---- Annotations ----

  void MakeEntities() {
    std::map<std::string, Value> all, persons;
    for (int i = 0, count = random_.Below(5); i < count; ++i) {
      v1::Entity& entity = *item_.add_entities();
      const std::string mention = Mention(*entity.mutable_span());
      const int number = random_.Below(3);
      if (number > 0) entity.set_uri(Uri(number));
      if (random_.Chance(50)) entity.set_name(absl::StrCat(random_.Word(), " ", random_.Word()));
      entity.set_type(random_.Chance(50) ? "person" : "organisation");
      std::string key = number > 0 ? entity.uri() : entity.name();
      if (key.empty()) key = absl::StrCat("one of its own ", i);
      const auto add = [&](Value& value) {
        value.texts.insert(mention);
        if (!entity.name().empty()) value.texts.insert(entity.name());
        if (number > 0) AddIds(value, number);
      };
      add(all[key]);
      if (entity.type() == "person") add(persons[key]);
    }
    by_uri_ = all;
    story_.entities.emplace();
    story_.persons.emplace();
    for (const auto& [key, value] : all) story_.entities->push_back(value);
    for (const auto& [key, value] : persons) story_.persons->push_back(value);
  }

  void MakeQuotes() {
    std::vector<Said> quotes;
    for (int i = 0, count = random_.Below(5); i < count; ++i) {
      v1::Quote& quote = *item_.add_quotes();
      const bool continues = random_.Chance(20);
      quote.set_continues(continues);
      if (!continues || quotes.empty()) quotes.emplace_back();
      Said& said = quotes.back();
      quote.set_kind(static_cast<v1::QuoteKind>(random_.Below(4)));
      for (int spans = 1 + random_.Below(2); spans > 0; --spans) {
        const std::pair<int, int> run = Run(8);
        Set(*quote.add_content(), run);
        for (int at = run.first; at < run.second; ++at) said.content.insert(at);
        AddMarked(run, quote.kind() == v1::QUOTE_KIND_DIRECT, said);
      }
      if (random_.Chance(70)) said.speaker.texts.insert(Mention(*quote.mutable_speaker()));
      if (const int number = random_.Below(3); number > 0) {
        quote.set_speaker_entity(Uri(number));
        AddIds(said.speaker, number);
        const auto entity = by_uri_.find(Uri(number));
        if (entity != by_uri_.end())
          said.speaker.texts.insert(entity->second.texts.begin(), entity->second.texts.end());
      }
    }
    GiveToInnermost(quotes);
    story_.quotes = std::move(quotes);
  }

  // Of a direct quote all, of others what has both its marks inside.
  void AddMarked(std::pair<int, int> run, bool direct, Said& said) {
    for (int at = run.first; at < run.second && direct; ++at) said.marked.insert(at);
    for (const auto& [begin, end] : marked_) {
      const bool inside = run.first < begin && end < run.second;
      for (int at = begin; at < end && inside && !direct; ++at) said.marked.insert(at);
    }
  }

  // Words next to each other are one window; a window within another quote's belongs to its own quote alone.
  std::vector<Words> WindowsOf(const Words& words) const {
    std::vector<Words> windows;
    for (const int at : words) {
      const bool follows = at > 0 && words.contains(at - 1) && story_.text[at - 1].part == story_.text[at].part;
      if (!follows) windows.emplace_back();
      windows.back().insert(at);
    }
    return windows;
  }
  void GiveToInnermost(std::vector<Said>& quotes) const {
    std::vector<std::vector<Words>> windows;
    for (const Said& said : quotes) windows.push_back(WindowsOf(said.content));
    for (size_t outer = 0; outer < quotes.size(); ++outer) {
      for (size_t inner = 0; inner < quotes.size(); ++inner) {
        for (const Words& o : windows[outer]) {
          for (const Words& i : windows[inner]) {
            if (outer == inner || i == o || !std::includes(o.begin(), o.end(), i.begin(), i.end())) continue;
            for (const int at : i) {
              quotes[outer].content.erase(at);
              quotes[outer].marked.erase(at);
            }
          }
        }
      }
    }
  }

  void MakeTopics() {
    story_.topics.emplace();
    for (int i = 0, count = random_.Below(3); i < count; ++i) {
      const std::string name = random_.Chance(50) ? random_.Word() : absl::StrCat(random_.Word(), " ", random_.Word());
      item_.add_topics()->set_name(name);
      story_.topics->push_back({{name}, {}});
    }
  }

  void MakePlaces() {
    story_.areas.emplace();
    for (int i = 0, count = random_.Below(3); i < count; ++i) {
      v1::Place& place = *item_.add_places();
      Mention(*place.mutable_span());
      place.set_country(random_.Chance(50) ? "XK" : "RS");
      if (random_.Chance(50)) place.add_admin_codes("XK.1");
      Value& area = story_.areas->emplace_back();
      area.ids.insert(place.country());
      area.ids.insert(place.admin_codes().begin(), place.admin_codes().end());
    }
  }

  void MakeTones() {
    story_.tones.emplace();
    for (int i = 0, count = random_.Below(3); i < count; ++i) {
      const double score = 0.6 * (random_.Below(3) - 1);
      item_.add_tones()->set_score(static_cast<float>(score));
      story_.tones->push_back(score);
    }
  }

  Random& random_;
  v1::Item& item_;
  Story story_;
  std::vector<Bytes> bytes_;                 // by word
  std::vector<std::pair<int, int>> marked_;  // runs of words between marks
  std::map<std::string, Value> by_uri_;
};

}  // namespace wirewatch::watch::reference

#endif  // WIREWATCH_WATCH_REFERENCE_TEXTS_H_
