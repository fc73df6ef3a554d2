// In the steady state an Item costs no allocation: its text is indexed and all watches are matched in memory that is
// there already. Every call of malloc() is counted, and operator new calls that.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/base/config.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/watch/engine.h"

// Sanitizers have an allocator of their own.
#if defined(ABSL_HAVE_ADDRESS_SANITIZER) || defined(ABSL_HAVE_THREAD_SANITIZER) || \
    defined(ABSL_HAVE_MEMORY_SANITIZER) || !defined(__GLIBC__)
#define WIREWATCH_COUNTS_ALLOCATIONS 0
#else
#define WIREWATCH_COUNTS_ALLOCATIONS 1
#endif

namespace {

thread_local bool counting = false;
thread_local int allocations = 0;

}  // namespace

#if WIREWATCH_COUNTS_ALLOCATIONS
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* block, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

void* malloc(size_t size) {
  allocations += counting ? 1 : 0;
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  allocations += counting ? 1 : 0;
  return __libc_calloc(count, size);
}
void* realloc(void* block, size_t size) {
  allocations += counting ? 1 : 0;
  return __libc_realloc(block, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  allocations += counting ? 1 : 0;
  return __libc_memalign(alignment, size);
}
}
#endif

namespace wirewatch::watch {
namespace {

// One of each operator, alone and in one another; all of them about the words below.
constexpr const char* kQueries[] = {
    "kfor",
    "\"kosovo force\"",
    "\"nato-led peacekeeping mission\"",
    "kfor AND police",
    "kfor OR unmik OR eulex OR osce",
    "police AND NOT (protest* OR strike*)",
    "NOT kfor",
    "clash*",
    "*keeping",
    "*eace*",
    "p?lice",
    "c*es",
    "polise~1",
    "municipaliti~2",
    "\"force kosovo mission\"~3",
    "\"prot* in front\"",
    "kfor NEAR/10 police",
    "kfor ONEAR/10 (police OR soldiers)",
    "(kfor NEAR/5 soldiers) NEAR/20 zvečan",
    "kfor SENT soldiers",
    "kfor PARA (police AND NOT mayor)",
    "kosovo NOTIN \"kosovo mission\"",
    "kfor NOTNEAR/3 soldiers",
    "CASE(KFOR)",
    "{Police}",
    "EXACT(Zvečan)",
    "CASE(Mon*)",
    "EXACT(NATO-led)",
    "STEM(en:protesting)",
    "STEM(de:polizei) OR kfor",
    "ATLEAST/2(kfor OR police)",
    "MIN/2(kfor, police, mayor)",
    "SCORE(kfor^2, police^1, mayor^-1) >= 2",
    "LEAD(kfor)",
    "FIRST/20(soldiers AND police)",
    "headline:(clash* AND zvecan)",
    "body:(kfor NEAR/8 soldiers)",
    "caption:mayor",
    "lead:police",
    "words>=20",
    "published>=2026-06-01",
    "#zvecan OR @nato OR C++",
    "U.S. AND 1244",
    "косову AND полиц*",
};

std::vector<v1::Item> Items() {
  constexpr const char* kSentences[] = {
      "KFOR soldiers clashed with protesters in front of the municipal building in Zvečan on Monday. ",
      "\"The Kosovo Force will not accept violence,\" the NATO-led peacekeeping mission's commander said. ",
      "Police in the four northern municipalities arrested 1,244 people, according to the U.S. embassy. ",
      "The mayor didn't comment; EULEX, UNMIK and the OSCE called for de-escalation, and AT&T denied it.\n\n",
      "Полиција на Косову саопштила је да су двојица ухапшена. L’armée d’Italie s’est retirée. ",
      "More at https://example.org/news?id=7 and from @nato, who asked for calm: #Zvečan #KFOR 🙏🏽 €5m. ",
      "Straßenkämpfe in Nordmitrovica, sagte die Polizei. Pressekonferenzteilnehmerinnen protestierten. ",
  };
  std::vector<v1::Item> items;
  for (size_t i = 0; i < 40; ++i) {
    v1::Item& item = items.emplace_back();
    item.set_headline(absl::StrCat("Clashes in Zvečan, day ", i));
    for (size_t s = 0; s < 3 + i % 30; ++s) item.mutable_body()->append(kSentences[(i * 5 + s * s + s) % 7]);
    if (i % 3 == 0) item.add_media()->set_caption("The mayor of Zvečan, KFOR's guest");
    item.mutable_language()->set_tag(i % 5 == 0 ? "de" : "en");
    item.mutable_published()->mutable_value()->set_seconds(1'780'272'000);
  }
  return items;
}

// Matches all Items three times and returns how often memory was allocated for the last.
template <class Build>
int AllocationsFor(const Engine& engine, const std::vector<v1::Item>& items, const Build& build, size_t& hits) {
  Scratch scratch;
  text::TextIndex index;
  std::vector<Hit> found;
  for (int round = 0; round < 3; ++round) {
    hits = 0;
    allocations = 0;
    for (const v1::Item& item : items) {
      counting = true;
      build(item, index);
      engine.Match(View(item, index), scratch, found);
      counting = false;
      hits += found.size();
    }
  }
  return allocations;
}

TEST(Allocations, MatchingAnItemTakesNone) {
  if (!WIREWATCH_COUNTS_ALLOCATIONS) GTEST_SKIP() << "memory is not this library's here";
  const std::vector<v1::Item> items = Items();
  const auto build = [](const v1::Item& item, text::TextIndex& index) { index.Build(item); };
  Engine all;
  for (const char* query : kQueries) {
    Engine engine;
    for (Engine* to : {&all, &engine}) {
      const auto error = to->Add({.id = query, .query = query, .timezone = absl::UTCTimeZone()});
      ASSERT_FALSE(error.has_value()) << query << ": " << error->message;
    }
    size_t hits = 0;
    EXPECT_EQ(AllocationsFor(engine, items, build, hits), 0) << query;
    EXPECT_GT(hits, 0U) << query;
  }
  size_t hits = 0;
  EXPECT_EQ(AllocationsFor(all, items, build, hits), 0);
}

TEST(Allocations, PlainWordsTakeNoneEither) {
  if (!WIREWATCH_COUNTS_ALLOCATIONS) GTEST_SKIP() << "memory is not this library's here";
  const std::vector<v1::Item> items = Items();
  const auto build = [](const v1::Item& item, text::TextIndex& index) { index.BuildPlain(item.body()); };
  Engine engine(Engine::Options{.words = Words::kPlain});
  for (const char* query : {"kfor", "\"kosovo force\"", "kfor AND police", "NOT kfor", "clash*", "polise~1",
                            "kfor NEAR/9 soldiers", "\"force kosovo mission\"~3"}) {
    ASSERT_FALSE(engine.Add({.id = query, .query = query, .timezone = absl::UTCTimeZone()}).has_value()) << query;
  }
  size_t hits = 0;
  EXPECT_EQ(AllocationsFor(engine, items, build, hits), 0);
  EXPECT_GT(hits, items.size());
}

}  // namespace
}  // namespace wirewatch::watch
