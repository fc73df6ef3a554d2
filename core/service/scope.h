// What a caller may do, and see. Plain values.
#ifndef WIREWATCH_SERVICE_SCOPE_H_
#define WIREWATCH_SERVICE_SCOPE_H_

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wirewatch/v1/span.pb.h"

namespace wirewatch::service {

// kEmbargoed: to know of what is under embargo, besides what else the scopes allow.
enum class Scope { kRead, kOperate, kIngest, kAdmin, kEmbargoed };

inline constexpr std::array<std::pair<Scope, std::string_view>, 5> kScopeNames = {{{Scope::kRead, "read"},
                                                                                   {Scope::kOperate, "operate"},
                                                                                   {Scope::kIngest, "ingest"},
                                                                                   {Scope::kAdmin, "admin"},
                                                                                   {Scope::kEmbargoed, "embargoed"}}};

inline std::string_view NameOf(Scope scope) { return kScopeNames[static_cast<size_t>(scope)].second; }
inline std::optional<Scope> ScopeOf(std::string_view name) {
  for (const auto& [scope, word] : kScopeNames) {
    if (word == name) return scope;
  }
  return std::nullopt;
}

using Scopes = std::vector<Scope>;

// Admin allows everything, and operate reading.
inline bool Allows(const Scopes& scopes, Scope wanted) {
  return std::any_of(scopes.begin(), scopes.end(), [wanted](Scope scope) {
    return scope == wanted || scope == Scope::kAdmin || (scope == Scope::kOperate && wanted == Scope::kRead);
  });
}

// Which watches a caller may know of. What is raised by another one does not exist for the caller.
struct Visibility {
  // Alerts about Items under embargo exist too; of the scope kEmbargoed.
  bool ahead_of_embargo = false;
  // By name and value. Values of one name are alternatives; each name must be satisfied.
  std::vector<std::pair<std::string, std::string>> labels;
  // Watches that are visible whatever their labels are.
  std::vector<std::string> watches;

  bool everything() const { return labels.empty() && watches.empty(); }
  bool Sees(std::string_view watch_id, const google::protobuf::RepeatedPtrField<v1::Label>& of_watch) const {
    if (everything() || std::find(watches.begin(), watches.end(), watch_id) != watches.end()) return true;
    const auto has = [&of_watch](const auto& wanted) {
      return std::any_of(of_watch.begin(), of_watch.end(), [&wanted](const v1::Label& label) {
        return label.name() == wanted.first && label.value() == wanted.second;
      });
    };
    return !labels.empty() && std::all_of(labels.begin(), labels.end(), [&](const auto& one) {
      return std::any_of(labels.begin(), labels.end(),
                         [&](const auto& other) { return other.first == one.first && has(other); });
    });
  }
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_SCOPE_H_
