#include "wirewatch/watch/expression_file.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "wirewatch/text/utf8.h"
#include "wirewatch/watch/item_fields.h"

namespace wirewatch::watch {
namespace {

// Levels of a tree for each level of nesting in a query, lists included, with room to spare.
constexpr uint32_t kDeepest = 8 * kMaxDepth;
constexpr uint32_t kMostParts = 4 * kMaxParts;
constexpr uint8_t kLastOperation = static_cast<uint8_t>(Operation::kList);

// Which members of an Expression follow; most have few.
enum Member : uint32_t {
  kText = 1,
  kName = 2,
  kNumber = 4,
  kEdits = 8,
  kSloppy = 16,
  kMoves = 32,
  kThreshold = 64,
  kLow = 128,
  kHigh = 256,
  kLowOpen = 512,
  kHighOpen = 1024,
  kWeights = 2048,
  kAllMembers = 4095
};

uint32_t MembersOf(const Expression& e) {
  return (e.text.empty() ? 0U : kText) | (e.name.empty() ? 0U : kName) | (e.number == 0 ? 0U : kNumber) |
         (e.edits == 0 ? 0U : kEdits) | (e.sloppy ? kSloppy : 0U) | (e.moves ? kMoves : 0U) |
         (e.threshold == 0 ? 0U : kThreshold) | (e.low.empty() ? 0U : kLow) | (e.high.empty() ? 0U : kHigh) |
         (e.low_open ? kLowOpen : 0U) | (e.high_open ? kHighOpen : 0U) | (e.weights.empty() ? 0U : kWeights);
}

std::string ValidText(ByteReader& bytes) {
  const std::string_view text = bytes.Text();
  return bytes.Require(text.size() <= kMaxQueryBytes && text::IsValidUtf8(text)) ? std::string(text) : "";
}

std::shared_ptr<Expression> ReadTree(ByteReader& bytes, uint32_t depth, uint32_t& parts) {
  if (!bytes.Require(depth <= kDeepest && ++parts <= kMostParts)) return nullptr;
  auto e = std::make_shared<Expression>();
  e->operation = static_cast<Operation>(bytes.Number(kLastOperation));
  const uint32_t members = bytes.Number32(kAllMembers);
  e->begin = bytes.Number32();
  e->end = bytes.Number32();
  const auto has = [members](uint32_t member) { return (members & member) != 0; };
  if (has(kText)) e->text = ValidText(bytes);
  if (has(kName)) e->name = ValidText(bytes);
  if (has(kNumber)) e->number = bytes.Number32();
  if (has(kEdits)) e->edits = bytes.Number32(2);
  e->sloppy = has(kSloppy);
  e->moves = has(kMoves);
  if (has(kThreshold)) e->threshold = bytes.Fixed<double>();
  if (has(kLow)) e->low = ValidText(bytes);
  if (has(kHigh)) e->high = ValidText(bytes);
  e->low_open = has(kLowOpen);
  e->high_open = has(kHighOpen);
  if (has(kWeights)) e->weights = bytes.Array<double>();
  const uint32_t operands = bytes.Number32(kMostParts);
  for (uint32_t i = 0; i < operands && bytes.ok(); ++i) {
    e->operands.push_back(ReadTree(bytes, depth + 1, parts));
  }
  return bytes.ok() ? std::move(e) : nullptr;
}

// Whether a tree has the form that the parser gives it: operands in their number, places where windows need them, and
// inside fields and SAID only what is decided there.
class Form {
 public:
  bool IsRight(const Expression& e) {
    if (!HasItsOperands(e)) return false;
    const auto finite = [](double value) { return std::isfinite(value); };
    if (!finite(e.threshold) || !std::all_of(e.weights.begin(), e.weights.end(), finite)) return false;
    switch (e.operation) {
      case Operation::kPhrase:
        return std::all_of(e.operands.begin(), e.operands.end(),
                           [](const auto& word) { return word->operation == Operation::kWord; }) &&
               EachIsRight(e);
      case Operation::kStem:
        return e.operands[0]->operation == Operation::kWord && EachIsRight(e);
      case Operation::kNear:
      case Operation::kOnear:
      case Operation::kNotIn:
      case Operation::kNotNear:
      case Operation::kAtLeast:
        return FindWithoutOccurrences(e.operation == Operation::kAtLeast ? *e.operands[0] : e) == nullptr &&
               EachIsRight(e);
      case Operation::kScore:
        return e.weights.size() == e.operands.size() && EachIsRight(e);
      case Operation::kField:
        return FieldIsRight(e);
      case Operation::kRange: {
        const FieldInfo* const field = FindField(e.name);
        return field != nullptr && HasOrder(*field);
      }
      case Operation::kSaid:
        return IsOfOneQuote(*e.operands[0]) && EachIsRight(e);
      default:
        return EachIsRight(e);
    }
  }

 private:
  static bool HasItsOperands(const Expression& e) {
    const size_t count = e.operands.size();
    switch (e.operation) {
      case Operation::kWord:
      case Operation::kRange:
        return count == 0;
      case Operation::kPhrase:
      case Operation::kAnd:
      case Operation::kOr:
      case Operation::kMin:
      case Operation::kScore:
        return count > 0;
      case Operation::kNear:
      case Operation::kOnear:
      case Operation::kSent:
      case Operation::kPara:
      case Operation::kNotIn:
      case Operation::kNotNear:
        return count == 2;
      default:
        return count == 1;
    }
  }

  bool EachIsRight(const Expression& e) {
    return std::all_of(e.operands.begin(), e.operands.end(), [this](const auto& operand) { return IsRight(*operand); });
  }

  bool FieldIsRight(const Expression& e) {
    const FieldInfo* const field = FindField(e.name);
    if (field == nullptr || field->kind == FieldKind::kDate || field->kind == FieldKind::kNumber) return false;
    if (field->kind != FieldKind::kText && field->kind != FieldKind::kQuote)
      return (IsCodeField(field->name) ? IsCode(*e.operands[0]) : IsValue(*e.operands[0])) && EachIsRight(e);
    if (inside_text_++ > 0) return false;
    const bool right = EachIsRight(e);
    --inside_text_;
    return right;
  }

  static bool IsValue(const Expression& e) {
    return FitsValue(e.operation) &&
           std::all_of(e.operands.begin(), e.operands.end(), [](const auto& part) { return IsValue(*part); });
  }

  static bool IsCode(const Expression& e) {
    switch (e.operation) {
      case Operation::kWord:
      case Operation::kPhrase:
        return true;
      case Operation::kAnd:
      case Operation::kOr:
      case Operation::kNot:
      case Operation::kList:
        return std::all_of(e.operands.begin(), e.operands.end(), [](const auto& part) { return IsCode(*part); });
      default:
        return false;
    }
  }

  static bool IsOfOneQuote(const Expression& e) {
    switch (e.operation) {
      case Operation::kField:
        return e.name == "speaker" || e.name == "quote" || e.name == "quote.direct";
      case Operation::kAnd:
      case Operation::kOr:
      case Operation::kNot:
      case Operation::kMin:
      case Operation::kList:
        return std::all_of(e.operands.begin(), e.operands.end(), [](const auto& part) { return IsOfOneQuote(*part); });
      default:
        return false;
    }
  }

  int inside_text_ = 0;
};

bool HasWords(const Plan& plan) {
  const Operation operation = plan.operation();
  return operation == Operation::kWord || operation == Operation::kPhrase || operation == Operation::kStem;
}

}  // namespace

void WriteExpression(const Expression& e, ByteWriter& bytes) {
  const uint32_t members = MembersOf(e);
  bytes.Number(static_cast<uint64_t>(e.operation));
  bytes.Number(members);
  bytes.Number(e.begin);
  bytes.Number(e.end);
  if ((members & kText) != 0) bytes.Text(e.text);
  if ((members & kName) != 0) bytes.Text(e.name);
  if ((members & kNumber) != 0) bytes.Number(e.number);
  if ((members & kEdits) != 0) bytes.Number(e.edits);
  if ((members & kThreshold) != 0) bytes.Fixed(e.threshold);
  if ((members & kLow) != 0) bytes.Text(e.low);
  if ((members & kHigh) != 0) bytes.Text(e.high);
  if ((members & kWeights) != 0) bytes.Array(std::span<const double>(e.weights));
  bytes.Number(e.operands.size());
  for (const auto& operand : e.operands) WriteExpression(*operand, bytes);
}

std::shared_ptr<const Expression> ReadExpression(ByteReader& bytes) {
  uint32_t parts = 0;
  std::shared_ptr<Expression> tree = ReadTree(bytes, 0, parts);
  if (tree == nullptr || !bytes.Require(Form().IsRight(*tree))) return nullptr;
  return tree;
}

void WritePattern(const TermPattern& pattern, ByteWriter& bytes) {
  bytes.Number(static_cast<uint64_t>(pattern.kind));
  bytes.Number(static_cast<uint64_t>(pattern.spelling));
  bytes.Number(pattern.edits);
  for (const std::string* text : {&pattern.form, &pattern.original, &pattern.joint, &pattern.language})
    bytes.Text(*text);
}

TermPattern ReadPattern(ByteReader& bytes) {
  TermPattern pattern;
  pattern.kind = static_cast<TermPattern::Kind>(bytes.Number(static_cast<uint64_t>(TermPattern::Kind::kStem)));
  pattern.spelling =
      static_cast<TermPattern::Spelling>(bytes.Number(static_cast<uint64_t>(TermPattern::Spelling::kExact)));
  pattern.edits = static_cast<uint8_t>(bytes.Number(2));
  for (std::string* text : {&pattern.form, &pattern.original, &pattern.joint, &pattern.language})
    *text = ValidText(bytes);
  bytes.Require((pattern.kind == TermPattern::Kind::kFuzzy) == (pattern.edits > 0));
  const bool is_stem = pattern.kind == TermPattern::Kind::kStem;
  bytes.Require(is_stem ? pattern.language.size() == 2 && HasStemmer(pattern.language) : pattern.language.empty());
  return bytes.ok() ? std::move(pattern) : TermPattern();
}

void NumberPatterns(const Plan& plan, PatternNumbers& numbers, std::vector<PatternId>& ids) {
  for (const Spellings& spellings : plan.words) {
    for (const Sequence& sequence : spellings) {
      for (const PatternId id : sequence) {
        if (numbers.try_emplace(id, static_cast<uint32_t>(ids.size())).second) ids.push_back(id);
      }
    }
  }
  for (const Plan& operand : plan.operands()) NumberPatterns(operand, numbers, ids);
}

void WriteWords(const Plan& plan, const PatternNumbers& numbers, ByteWriter& bytes) {
  if (HasWords(plan)) {
    bytes.Number(plan.words.size());
    for (const Spellings& spellings : plan.words) {
      bytes.Number(spellings.size());
      for (const Sequence& sequence : spellings) {
        bytes.Number(sequence.size());
        for (const PatternId id : sequence) bytes.Number(numbers.at(id));
      }
    }
  }
  for (const Plan& operand : plan.operands()) WriteWords(operand, numbers, bytes);
}

std::vector<Spellings> ReadWords(const std::vector<PatternId>& ids, PatternTable& patterns, ByteReader& bytes) {
  std::vector<Spellings> words;
  uint64_t length = 0;  // of the phrase: no query has so many bytes
  const uint32_t count = bytes.Number32(kMaxQueryBytes);
  bytes.Require(count > 0);
  for (uint32_t word = 0; word < count && bytes.ok(); ++word) {
    Spellings& spellings = words.emplace_back();
    const uint32_t rows = bytes.Number32(kMaxQueryBytes);
    bytes.Require(rows > 0);
    size_t longest = 0;
    for (uint32_t row = 0; row < rows && bytes.ok(); ++row) {
      const uint32_t terms = bytes.Number32(kMaxQueryBytes);
      bytes.Require(terms > 0);
      Sequence& sequence = spellings.emplace_back();
      for (uint32_t term = 0; term < terms; ++term) {
        const uint32_t number = bytes.Number32();
        if (!bytes.Require(bytes.ok() && number < ids.size())) break;
        sequence.push_back(ids[number]);
        patterns.Retain(ids[number]);
      }
      longest = std::max(longest, sequence.size());
    }
    length += longest;
    bytes.Require(length <= kMaxQueryBytes);
  }
  return words;
}

}  // namespace wirewatch::watch
