// Wire agencies by the names that they sign with. Immutable once made; any thread.
#ifndef WIREWATCH_ANALYSES_DATELINE_AGENCIES_H_
#define WIREWATCH_ANALYSES_DATELINE_AGENCIES_H_

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace wirewatch::analyses {

class Agencies {
 public:
  // The known ones, and `further` names.
  explicit Agencies(const std::vector<std::string>& further);

  // The customary name; "" for one that is not known. Case does not matter.
  std::string_view Find(std::string_view written) const;
  // Written as the agency writes itself, in capitals and small letters.
  bool IsSpelled(std::string_view written) const { return spellings_.contains(std::string(written)); }
  // The longest known name at the front of `text`, in bytes, ending where a word ends; 0: none.
  size_t LengthAt(std::string_view text) const;

 private:
  void Add(const std::string& written, const std::string& name);

  std::unordered_map<std::string, std::string> names_;  // folded -> customary
  std::unordered_set<std::string> spellings_;
  std::unordered_set<std::string> first_words_;  // of the names, folded: most words of a text are none
  size_t longest_ = 0;                           // bytes, folded
};

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_DATELINE_AGENCIES_H_
