#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/text/fold.h"
#include "wirewatch/text/sections.h"
#include "wirewatch/text/unicode_table.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::text {
namespace {

// Folded, sorted by byte. Always followed by what they belong to: titles, references.
constexpr std::string_view kNeverLast[] = {
    "abs",  "adj",  "adm",   "afr",  "amb",  "arch", "art",  "asst", "av",     "avv",  "bp",    "brig", "bros",
    "bzgl", "bzw",  "capt",  "card", "cf",   "chap", "cl",   "cmdr", "cnel",   "col",  "comdr", "cpl",  "cpt",
    "ctte", "dep",  "det",   "dipl", "dn",   "dott", "dr",   "dra",  "ed",     "eds",  "eng",   "ens",  "esq",
    "exc",  "fig",  "figs",  "fr",   "frhr", "gen",  "ggf",  "gov",  "gral",   "hl",   "hon",   "hr",   "hrsg",
    "ing",  "insp", "ism",   "jun",  "lic",  "lt",   "ltg",  "maj",  "messrs", "mgr",  "mlle",  "mm",   "mme",
    "mmes", "mr",   "mrs",   "ms",   "msgr", "mt",   "nr",   "ob",   "on",     "op",   "pfc",   "pol",  "pp",
    "pres", "prof", "proff", "pte",  "pvt",  "rep",  "reps", "rev",  "rt",     "s.e",  "sen",   "sens", "sgt",
    "sig",  "sir",  "sog",   "spec", "sr",   "sra",  "srta", "st",   "sta",    "ste",  "sto",   "supt", "u.a",
    "vgl",  "viz",  "vol",   "vs",   "z.b",  "zb",   "гв",   "ген",  "гл",     "гос",  "д-р",   "др",   "им",
    "кн",   "ул",   "пр",    "проф", "св",   "см",   "стр",  "тов",  "г-н",    "г-жа", "т.е",   "напр",
};

// End sentences only before a word that usually begins one.
constexpr std::string_view kSeldomLast[] = {
    "al",   "apr", "approx", "aug", "ave", "blvd", "ca",   "co",  "corp", "dec", "dept", "dez", "est", "etc", "feb",
    "gr",   "inc", "jan",    "jr",  "jul", "llc",  "ltd",  "mar", "mio",  "mrd", "nov",  "okt", "oct", "rd",  "sep",
    "sept", "sq",  "str",    "ud",  "uds", "usw",  "univ", "г",   "гг",   "млн", "млрд", "руб", "тыс",
};

// Before a number only: No. 5, p. 12, art. 3.
constexpr std::string_view kBeforeNumber[] = {"art",  "bd",  "fig", "kap", "n",   "no", "nos", "nr",
                                              "num",  "nro", "p",   "par", "pp",  "pt", "s",   "sec",
                                              "sect", "ss",  "st",  "tel", "vol", "п",  "ст",  "№"};

// Words that begin sentences far more often than they follow an abbreviation with a capital.
constexpr std::string_view kStarters[] = {
    "a",       "after",  "all",   "also",  "although", "an",   "and",     "as",    "at",    "aber", "auch",
    "because", "before", "but",   "by",    "ce",       "ces",  "cette",   "das",   "der",   "die",  "dies",
    "diese",   "during", "each",  "ein",   "eine",     "el",   "elle",    "en",    "er",    "es",   "ella",
    "for",     "from",   "he",    "her",   "his",      "how",  "however", "i",     "if",    "il",   "ils",
    "in",      "it",     "its",   "la",    "las",      "last", "le",      "les",   "los",   "many", "meanwhile",
    "mr",      "most",   "my",    "no",    "not",      "on",   "one",     "other", "our",   "pero", "se",
    "she",     "sie",    "since", "so",    "some",     "such", "that",    "the",   "their", "then", "there",
    "these",   "they",   "this",  "those", "to",       "two",  "un",      "una",   "under", "une",  "we",
    "what",    "when",   "where", "which", "while",    "who",  "why",     "with",  "you",   "в",    "и",
    "на",      "но",     "он",    "она",   "они",      "по",   "это",
};

// German ordinals stand before these: 23. Juni.
constexpr std::string_view kAfterOrdinal[] = {
    "april",    "august",  "dezember", "februar",   "gipfel",   "jahrestag", "jahrhundert",
    "januar",   "juli",    "juni",     "kongress",  "mai",      "maerz",     "marz",
    "november", "oktober", "runde",    "september", "spieltag",
};

class WordSet {
 public:
  template <size_t N>
  explicit WordSet(const std::string_view (&words)[N]) : words_(words, words + N) {
    std::sort(words_.begin(), words_.end());
  }
  bool Has(std::string_view word) const { return std::binary_search(words_.begin(), words_.end(), word); }

 private:
  std::vector<std::string_view> words_;
};

struct Words {
  WordSet never_last{kNeverLast};
  WordSet seldom_last{kSeldomLast};
  WordSet before_number{kBeforeNumber};
  WordSet starters{kStarters};
  WordSet after_ordinal{kAfterOrdinal};
};

const Words& Lists() {
  static const Words* const words = new Words();
  return *words;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsOneLetter(std::string_view word) { return !word.empty() && DecodeAt(word, 0).length == word.size(); }

}  // namespace

bool EndsSentence(std::string_view word, std::string_view next) {
  if (word.empty() || next.empty() || word.size() > 64) return true;
  thread_local std::string before;
  thread_local std::string after;
  before.clear();
  after.clear();
  AppendFolded(word, &before);
  AppendFolded(next.substr(0, FloorBoundary(next, 64)), &after);
  const bool number_follows = IsDigit(after[0]);
  const Words& lists = Lists();
  if (lists.never_last.Has(before)) return false;
  if (number_follows && lists.before_number.Has(before)) return false;
  if (number_follows && lists.seldom_last.Has(before)) return false;
  if (word.size() <= 2 && std::all_of(word.begin(), word.end(), IsDigit)) return !lists.after_ordinal.Has(after);
  const SentenceBreak first = UnicodeTable::Get()[DecodeAt(word, 0).code_point].sentence_break();
  const bool initial = IsOneLetter(word) && first == SentenceBreak::kUpper;
  const bool acronym = before.find('.') != std::string::npos;
  // "Vitamin C. The …" and "in the U.S. The …" end; "J. Smith" and "U.S. President" go on.
  if (initial || acronym || lists.seldom_last.Has(before)) return !number_follows && lists.starters.Has(after);
  return true;
}

}  // namespace wirewatch::text
