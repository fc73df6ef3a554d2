#include "wirewatch/watch/shared_lists.h"

#include <cstdint>

#include "absl/strings/str_cat.h"

namespace wirewatch::watch {
namespace {

// Of a node of a tree that std::make_shared() has made.
constexpr size_t kNodeBytes = sizeof(Expression) + 2 * sizeof(void*);

// The lists in a tree, by the trees that they stand for: their names alone do not tell these.
void AppendLists(const Expression& expression, std::string& form) {
  for (const auto& operand : expression.operands) {
    if (expression.operation != Operation::kList) {
      AppendLists(*operand, form);
      continue;
    }
    absl::StrAppend(&form, "\n", absl::Hex(reinterpret_cast<uintptr_t>(operand.get())));
  }
}

size_t BytesOf(const std::string& text) { return text.capacity() > 15 ? text.capacity() + 1 : 0; }

}  // namespace

std::shared_ptr<const Expression> SharedLists::Share(std::shared_ptr<const Expression> expression) {
  std::shared_ptr<Expression> changed;
  for (size_t i = 0; i < expression->operands.size(); ++i) {
    const std::shared_ptr<const Expression>& operand = expression->operands[i];
    std::shared_ptr<const Expression> shared = Share(operand);
    if (expression->operation == Operation::kList) {
      std::string form = Print(*shared);
      AppendLists(*shared, form);
      std::weak_ptr<const Expression>& there = trees_[form];
      if (std::shared_ptr<const Expression> first = there.lock()) {
        shared = std::move(first);
      } else {
        there = shared;
      }
    }
    if (shared == operand) continue;
    if (changed == nullptr) changed = std::make_shared<Expression>(*expression);
    changed->operands[i] = std::move(shared);
  }
  return changed != nullptr ? std::move(changed) : std::move(expression);
}

std::shared_ptr<const Plan> SharedLists::Find(const Key& key) const {
  const auto found = plans_.find(Of(key));
  return found == plans_.end() ? nullptr : found->second.lock();
}

std::shared_ptr<const Plan> SharedLists::Keep(const Key& key, std::shared_ptr<const Plan> plan) {
  std::weak_ptr<const Plan>& there = plans_[Of(key)];
  if (std::shared_ptr<const Plan> first = there.lock()) return first;
  there = plan;
  if (plans_.size() + trees_.size() > 2 * tidied_ + 64) {
    const auto gone = [](const auto& entry) { return entry.second.expired(); };
    absl::erase_if(plans_, gone);
    absl::erase_if(trees_, gone);
    tidied_ = plans_.size() + trees_.size();
  }
  return plan;
}

size_t SharedLists::Bytes() const {
  size_t bytes = trees_.capacity() * (sizeof(*trees_.begin()) + 1) + plans_.capacity() * (sizeof(*plans_.begin()) + 1);
  for (const auto& [form, tree] : trees_) {
    const std::shared_ptr<const Expression> there = tree.lock();
    bytes += form.capacity() + (there == nullptr ? 0 : watch::BytesOf(*there));
  }
  for (const auto& [key, plan] : plans_) {
    const std::shared_ptr<const Plan> there = plan.lock();
    if (there != nullptr) bytes += watch::BytesOf(*there);
  }
  return bytes;
}

size_t BytesOf(const Expression& expression) {
  size_t bytes = kNodeBytes + expression.operands.capacity() * sizeof(expression.operands[0]) +
                 expression.weights.capacity() * sizeof(double);
  for (const std::string* text : {&expression.text, &expression.name, &expression.low, &expression.high})
    bytes += BytesOf(*text);
  if (expression.operation == Operation::kList) return bytes;
  for (const auto& operand : expression.operands) bytes += BytesOf(*operand);
  return bytes;
}

size_t BytesOf(const Plan& plan) {
  size_t bytes = sizeof(Plan) + plan.words.capacity() * sizeof(Spellings);
  for (const Spellings& spellings : plan.words) {
    bytes += spellings.capacity() * sizeof(Sequence);
    for (const Sequence& sequence : spellings)
      bytes += sequence.capacity() > 4 ? sequence.capacity() * sizeof(PatternId) : 0;
  }
  bytes += (plan.parts.capacity() - plan.parts.size()) * sizeof(Plan);
  for (const Plan& part : plan.parts) bytes += BytesOf(part);
  return bytes;
}

}  // namespace wirewatch::watch
