// Word forms: what a word is indexed as, and under which further forms it is found (docs/watch-language.md, "Tokens").
// Pure functions, any thread. Forms are folded (fold.h).
#ifndef WIREWATCH_TEXT_WORD_FORMS_H_
#define WIREWATCH_TEXT_WORD_FORMS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wirewatch::text {

enum class WordShape : uint8_t {
  kPlain,
  kAcronym,  // written with stops that the form leaves out: U.S. is us
  kNumber,   // digits only; marks between thousands are left out: 1,244 is 1244
};

// Appends the form of one UAX #29 word. `ascii_word` promises ASCII letters, digits and underscores only. Underscores
// around the word are left out.
WordShape AppendWordForm(std::string_view word, bool ascii_word, std::string* out);
// The same with case kept.
void AppendCasedWordForm(std::string_view word, std::string* out);

// A stretch of a form, in bytes.
struct SubForm {
  uint32_t begin = 0;
  uint32_t end = 0;
};

// Forms inside `form` under which the word is found as well: without 's, without an elided article or preposition
// (l' d' qu' dell' …), the name behind initials (j.k.rowling), an Arabic word without its proclitics.
class SubForms {
 public:
  explicit SubForms(std::string_view form);
  const SubForm* begin() const { return found_.data(); }
  const SubForm* end() const { return found_.data() + size_; }
  size_t size() const { return size_; }

 private:
  void Add(size_t from, size_t to);
  void AddArabic(std::string_view form);

  std::array<SubForm, 4> found_;
  size_t size_ = 0;
};

// Bytes of the elided word with its apostrophe at the front of `form`, or 0.
size_t ElisionLength(std::string_view form);
// Length of `form` without 's at its end.
size_t LengthWithoutPossessive(std::string_view form);

// The byte of `word` at which the first `folded_bytes` bytes of its folded form have been passed.
size_t OffsetInOriginal(std::string_view word, size_t folded_bytes);

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_WORD_FORMS_H_
