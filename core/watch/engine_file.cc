#include "wirewatch/watch/engine_file.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "wirewatch/text/sample_of_rules.h"
#include "wirewatch/text/term_hash.h"
#include "wirewatch/text/utf8.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/watch/byte_stream.h"
#include "wirewatch/watch/engine_rep.h"
#include "wirewatch/watch/expression_file.h"

namespace wirewatch::watch {
namespace {

constexpr uint64_t kMagic = 0x0A1A786465495757;  // "WWIedx\x1a\n" where the lowest byte comes first
constexpr uint32_t kFormat = 1;                  // of the layout, and of what programs and shapes of trees mean

// A query that shows most rules, as the text does: what was made by other rules must not be used.
constexpr char kQuery[] =
    "(anti-war OR wom?n OR provok* OR U.S.) AND \"a b c\"~3 AND \"KFOR troops\" NEAR/5 colour~1 NOT (CASE(NATO) "
    "EXACT(l’Élysée) STEM(en:provoked) ATLEAST/2(x) MIN/2(a, b, c) LEAD(y) FIRST/9(z)) AND (a SENT b) AND (c NOTIN "
    "\"c d\") AND headline:e AND published>=2026-06-12 AND SCORE(a^2, b^0.5) >= 2 AND SAID(speaker:a quote:b)";

void HashWords(const Plan& plan, const PatternTable& patterns, ByteWriter& bytes) {
  for (const Spellings& spellings : plan.words) {
    for (const Sequence& sequence : spellings) {
      for (const PatternId id : sequence) WritePattern(patterns[id], bytes);
    }
  }
  for (const Plan& operand : plan.operands()) HashWords(operand, patterns, bytes);
}

uint64_t HashOfRules() {
  static const uint64_t hash = [] {
    ByteWriter bytes;
    v1::Item item;
    item.set_body(text::kSampleOfRules);
    text::TextIndex index;
    for (const bool plain : {false, true}) {
      plain ? index.BuildPlain(text::kSampleOfRules) : index.Build(item);
      for (text::TermId term = 0; term < index.term_count(); ++term) bytes.Text(index.Term(term));
    }
    for (const std::string& field : FieldNames()) bytes.Text(field);
    auto parsed = Parse(kQuery);
    if (const auto* tree = std::get_if<std::shared_ptr<const Expression>>(&parsed)) {
      PatternTable patterns;
      for (const Words words : {Words::kFolded, Words::kPlain}) {
        const auto planned = MakePlan(**tree, absl::UTCTimeZone(), patterns, words);
        if (const auto* plan = std::get_if<Plan>(&planned)) HashWords(*plan, patterns, bytes);
      }
      WriteExpression(**tree, bytes);
    }
    return text::HashTerm(bytes.bytes());
  }();
  return hash;
}

struct Head {
  uint64_t magic = kMagic;
  uint32_t format = kFormat;
  uint32_t options = 0;
  uint64_t rules = HashOfRules();
  uint64_t of = 0;
  uint64_t size = 0;  // of all
};
static_assert(sizeof(Head) == 40);

uint32_t NumberOf(const Engine::Options& options) {
  return static_cast<uint32_t>(options.words) << 1 | (options.explains ? 1U : 0U);
}

// Of a slot.
enum Flag : uint8_t { kLive = 1, kExact = 2, kCommon = 4, kCompiled = 8, kOfLanguage = 16, kAllFlags = 31 };

// Time zones are read from files of that name.
bool MayBeZone(std::string_view name) {
  return name.size() < 64 && !name.starts_with('/') && !name.starts_with("file:") && name.find("..") == name.npos &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                  std::string_view("_+-/:").find(c) != std::string_view::npos;
         });
}

}  // namespace

class EngineFile::Writer {
 public:
  explicit Writer(const Engine& engine) : engine_(engine) {}

  std::string Run(std::string_view of) {
    Head head;
    head.options = NumberOf(engine_.options_);
    head.of = text::HashTerm(of);
    bytes_.Fixed(head);
    engine_.keys_.Save(bytes_);
    live_.resize(engine_.entries_.size());
    for (const auto& [id, slot] : engine_.slots_) live_[slot] = 1;
    WritePatterns();
    WriteZones();
    WriteWatches();
    WritePrograms();
    WritePostings();
    bytes_.Array(std::span<const uint32_t>(engine_.unanchored_));
    bytes_.Array(std::span<const uint32_t>(engine_.free_));
    for (size_t slot = 0; slot < live_.size(); ++slot) {
      const auto& compiled = engine_.entries_[slot].compiled;
      if (compiled == nullptr) continue;
      WriteExpression(*compiled->expression, bytes_);
      WriteWords(compiled->plan, numbers_, bytes_);
    }
    const uint64_t size = bytes_.bytes().size() + sizeof(uint64_t);
    std::memcpy(bytes_.bytes().data() + offsetof(Head, size), &size, sizeof(size));
    bytes_.Fixed(text::HashTerm(bytes_.bytes()));
    return std::move(bytes_.bytes());
  }

 private:
  void WritePatterns() {
    std::vector<PatternId> ids;
    for (const auto& entry : engine_.entries_) {
      if (entry.compiled != nullptr) NumberPatterns(entry.compiled->plan, numbers_, ids);
    }
    bytes_.Number(ids.size());
    for (const PatternId id : ids) WritePattern(engine_.patterns_[id], bytes_);
  }

  void WriteZones() {
    std::vector<std::string> names;
    for (size_t slot = 0; slot < live_.size(); ++slot) {
      if (live_[slot] == 0) continue;
      std::string name = engine_.entries_[slot].watch.timezone.name();
      if (zones_.try_emplace(name, names.size()).second) names.push_back(std::move(name));
    }
    bytes_.Number(names.size());
    for (const std::string& name : names) bytes_.Text(name);
  }

  void WriteWatches() {
    const auto& entries = engine_.entries_;
    std::vector<uint8_t> flags(entries.size());
    std::vector<uint64_t> revisions(entries.size());
    for (size_t slot = 0; slot < entries.size(); ++slot) {
      if (live_[slot] == 0) continue;
      flags[slot] = static_cast<uint8_t>(kLive | (engine_.verified_[slot].exact ? kExact : 0) |
                                         (engine_.verified_[slot].of_language ? kOfLanguage : 0) |
                                         (entries[slot].common ? kCommon : 0) |
                                         (entries[slot].compiled != nullptr ? kCompiled : 0));
      revisions[slot] = entries[slot].watch.revision;
    }
    bytes_.Array(std::span<const uint8_t>(flags));
    bytes_.Array(std::span<const uint64_t>(revisions));
    for (size_t slot = 0; slot < entries.size(); ++slot) {
      if (live_[slot] == 0) continue;
      const Watch& watch = entries[slot].watch;
      bytes_.Text(watch.id);
      bytes_.Text(watch.query);
      bytes_.Number(static_cast<uint64_t>(watch.severity));
      bytes_.Number(zones_.at(watch.timezone.name()));
    }
  }

  // One behind the other, by slot, without those of watches that are gone.
  void WritePrograms() {
    std::vector<uint32_t> code;
    code.reserve(engine_.programs_.size());
    for (size_t slot = 0; slot < live_.size(); ++slot) {
      if (live_[slot] == 0) continue;
      const auto program = engine_.programs_.CodeAt(engine_.verified_[slot].program, engine_.keys_);
      code.insert(code.end(), program.begin(), program.end());
    }
    bytes_.Array(std::span<const uint32_t>(code));
  }

  void WritePostings() {
    std::vector<uint32_t> counts;
    std::vector<Posting> postings;
    counts.reserve(engine_.keys_.size());
    for (const PostingList& list : engine_.postings_) {
      counts.push_back(static_cast<uint32_t>(list.size()));
      postings.insert(postings.end(), list.begin(), list.end());
    }
    counts.resize(engine_.keys_.size());
    bytes_.Array(std::span<const uint32_t>(counts));
    bytes_.Array(std::span<const Posting>(postings));
  }

  const Engine& engine_;
  ByteWriter bytes_;
  std::vector<uint8_t> live_;  // by slot
  PatternNumbers numbers_;
  absl::flat_hash_map<std::string, size_t> zones_;
};

class EngineFile::Reader {
 public:
  Reader(std::string_view bytes, Engine& engine) : bytes_(bytes), engine_(engine) {}

  bool Run() {
    engine_.keys_.Load(bytes_);
    if (bytes_.ok()) ReadPatterns();
    if (bytes_.ok()) ReadZones();
    if (bytes_.ok()) ReadWatches();
    if (bytes_.ok()) ReadPrograms();
    if (bytes_.ok()) ReadPostings();
    if (bytes_.ok()) ReadSlots();
    if (bytes_.ok()) ReadPlans();
    return bytes_.AtEnd();
  }

 private:
  bool IsLive(size_t slot) const { return slot < flags_.size() && (flags_[slot] & kLive) != 0; }

  void ReadPatterns() {
    const uint64_t count = bytes_.Number(UINT32_MAX);
    for (uint64_t i = 0; i < count && bytes_.ok(); ++i) ids_.push_back(engine_.patterns_.Intern(ReadPattern(bytes_)));
  }

  void ReadZones() {
    const uint64_t count = bytes_.Number(UINT32_MAX);
    for (uint64_t i = 0; i < count && bytes_.ok(); ++i) {
      const std::string_view name = bytes_.Text();
      absl::TimeZone& zone = zones_.emplace_back();
      bytes_.Require(bytes_.ok() && MayBeZone(name) && absl::LoadTimeZone(std::string(name), &zone));
    }
  }

  void ReadWatches() {
    flags_ = bytes_.Array<uint8_t>();
    const std::vector<uint64_t> revisions = bytes_.Array<uint64_t>(flags_.size());
    if (!bytes_.ok() || !bytes_.Require(flags_.size() < UINT32_C(1) << 31)) return;
    engine_.entries_.resize(flags_.size());
    engine_.verified_.resize(flags_.size());
    engine_.slots_.reserve(flags_.size());
    const std::string* last = nullptr;
    for (uint32_t slot = 0; slot < flags_.size() && bytes_.ok(); ++slot) {
      if (!IsLive(slot)) {
        bytes_.Require(flags_[slot] == 0);
        continue;
      }
      // What a program does not tell, a plan has to.
      bytes_.Require(flags_[slot] <= kAllFlags && (flags_[slot] & (kExact | kCompiled)) != 0 &&
                     (flags_[slot] & (kOfLanguage | kCompiled)) != kOfLanguage);
      Engine::Entry& entry = engine_.entries_[slot];
      entry.watch.revision = revisions[slot];
      ReadWatch(entry.watch);
      entry.common = (flags_[slot] & kCommon) != 0;
      engine_.common_ += entry.common ? 1 : 0;
      engine_.verified_[slot].exact = (flags_[slot] & kExact) != 0;
      engine_.verified_[slot].of_language = (flags_[slot] & kOfLanguage) != 0;
      bytes_.Require(engine_.slots_.try_emplace(entry.watch.id, slot).second);
      engine_.in_order_ = engine_.in_order_ && (last == nullptr || *last < entry.watch.id);
      last = &entry.watch.id;
    }
  }

  void ReadWatch(Watch& watch) {
    const std::string_view id = bytes_.Text();
    const std::string_view query = bytes_.Text();
    const auto severity = static_cast<int>(bytes_.Number(INT32_MAX));
    const uint64_t zone = bytes_.Number(UINT32_MAX);
    if (!bytes_.Require(zone < zones_.size() && v1::Severity_IsValid(severity) && text::IsValidUtf8(query))) return;
    watch.id = std::string(id);
    watch.query = std::string(query);
    watch.severity = static_cast<v1::Severity>(severity);
    watch.timezone = zones_[zone];
  }

  void ReadPrograms() {
    engine_.programs_.Assign(bytes_.Array<uint32_t>());
    uint32_t at = 0;
    if (!bytes_.Require(engine_.programs_.size() <= UINT32_MAX)) return;
    for (size_t slot = 0; slot < flags_.size(); ++slot) {
      if (!IsLive(slot)) continue;
      engine_.verified_[slot].program = at;
      const std::optional<uint32_t> end = engine_.programs_.EndOf(at, engine_.keys_);
      if (!bytes_.Require(end.has_value())) return;
      at = *end;
    }
    bytes_.Require(at == engine_.programs_.size());
  }

  void ReadPostings() {
    const size_t keys = engine_.keys_.size();
    const auto counts = bytes_.Array<uint32_t>(keys);
    const auto postings = bytes_.Array<Posting>();
    uint64_t sum = 0;
    for (const uint32_t count : counts) sum += count;
    if (!bytes_.Require(bytes_.ok() && sum == postings.size() && sum <= UINT32_MAX)) return;
    std::vector<uint8_t> exact(flags_.size());  // by slot: not known, no, yes; all entries of a watch agree
    for (const Posting& posting : postings) {
      const bool right = IsLive(posting.slot) && (posting.also == kNoKey || posting.also < keys) &&
                         (posting.exact == 0 || (flags_[posting.slot] & kExact) != 0);
      if (!bytes_.Require(right && exact[posting.slot] != 2 - posting.exact)) return;
      exact[posting.slot] = static_cast<uint8_t>(1 + posting.exact);
    }
    engine_.postings_.resize(keys);
    engine_.anchoring_.resize(keys / 64 + 1);
    const Posting* next = postings.data();
    for (Key key = 0; key < keys; ++key) {
      engine_.postings_[key].Reserve(counts[key]);
      if (counts[key] > 0) engine_.anchoring_[key / 64] |= uint64_t{1} << (key % 64);
      for (uint32_t i = 0; i < counts[key]; ++i) engine_.postings_[key].Add(*next++);
    }
    ReadAnchors(counts, postings);
  }

  // The keys of each watch, in order, each once: first side by side in one array, as the lists go from watch to watch.
  void ReadAnchors(const std::vector<uint32_t>& counts, const std::vector<Posting>& postings) {
    std::vector<uint32_t> end(flags_.size() + 1);  // by slot; at first where its keys begin
    for (const Posting& posting : postings) ++end[posting.slot + 1];
    for (size_t slot = 0; slot < flags_.size(); ++slot) end[slot + 1] += end[slot];
    std::vector<Key> anchors(postings.size());
    const Posting* next = postings.data();
    for (Key key = 0; key < counts.size(); ++key) {
      for (uint32_t i = 0; i < counts[key]; ++i) anchors[end[next++->slot]++] = key;
    }
    auto first = anchors.begin();
    for (size_t slot = 0; slot < flags_.size(); ++slot) {
      const auto behind = anchors.begin() + end[slot];
      engine_.entries_[slot].anchors.assign(first, std::unique(first, behind));
      first = behind;
    }
  }

  void ReadSlots() {
    engine_.unanchored_ = bytes_.Array<uint32_t>();
    engine_.free_ = bytes_.Array<uint32_t>();
    std::vector<uint8_t> seen(flags_.size());
    const auto is_new = [&](uint32_t slot) { return std::exchange(seen[slot], 1) == 0; };
    for (const uint32_t slot : engine_.unanchored_) {
      if (!bytes_.Require(IsLive(slot) && engine_.entries_[slot].anchors.empty() && is_new(slot))) return;
    }
    for (const uint32_t slot : engine_.free_) {
      if (!bytes_.Require(slot < flags_.size() && !IsLive(slot) && is_new(slot))) return;
    }
    bytes_.Require(engine_.free_.size() + engine_.slots_.size() == flags_.size());
  }

  void ReadPlans() {
    const PlannedWords next = [this] { return ReadWords(ids_, engine_.patterns_, bytes_); };
    for (size_t slot = 0; slot < flags_.size(); ++slot) {
      if ((flags_[slot] & kCompiled) == 0) continue;
      auto compiled = std::make_shared<Engine::Compiled>();
      std::shared_ptr<const Expression> expression = ReadExpression(bytes_);
      if (expression == nullptr) return;
      compiled->expression = engine_.lists_.Share(std::move(expression));
      Engine::Entry& entry = engine_.entries_[slot];
      auto planned = RemakePlan(*compiled->expression, entry.watch.timezone, engine_.patterns_, next, engine_.lists_);
      if (!bytes_.Require(bytes_.ok() && std::holds_alternative<Plan>(planned))) return;
      compiled->plan = std::get<Plan>(std::move(planned));
      entry.compiled = std::move(compiled);
    }
    for (const PatternId id : ids_) engine_.patterns_.Release(id);
  }

  ByteReader bytes_;
  Engine& engine_;
  std::vector<PatternId> ids_;  // by number in the file
  std::vector<absl::TimeZone> zones_;
  std::vector<uint8_t> flags_;  // by slot
};

std::string EngineFile::Write(const Engine& engine, std::string_view of) { return Writer(engine).Run(of); }

absl::StatusOr<std::unique_ptr<Engine>> EngineFile::Read(std::string_view bytes, Engine::Options options,
                                                         std::optional<std::string_view> of) {
  ByteReader reader(bytes);
  const auto head = reader.Fixed<Head>();
  if (!reader.ok() || head.magic != kMagic) return absl::InvalidArgumentError("this is no index of watches");
  const Head expected;
  if (head.format != expected.format || head.rules != expected.rules)
    return absl::FailedPreconditionError("the index was made by another version of Wirewatch");
  if (head.options != NumberOf(options))
    return absl::FailedPreconditionError("the index was made with other options, such as another dialect");
  if (of && head.of != text::HashTerm(*of)) return absl::FailedPreconditionError("the index is of other watches");
  const absl::Status damaged = absl::DataLossError("the index of watches is damaged");
  if (head.size != bytes.size() || bytes.size() < sizeof(Head) + sizeof(uint64_t)) return damaged;
  const std::string_view checked = bytes.substr(0, bytes.size() - sizeof(uint64_t));
  if (ByteReader(bytes.substr(checked.size())).Fixed<uint64_t>() != text::HashTerm(checked)) return damaged;
  auto engine = std::make_unique<Engine>(std::move(options));
  if (!Reader(checked.substr(sizeof(Head)), *engine).Run()) return damaged;
  return engine;
}

}  // namespace wirewatch::watch
