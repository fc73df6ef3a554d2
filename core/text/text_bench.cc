// What indexing an Item costs: an English article of 2 kB, and the same in scripts beyond ASCII.
#include <benchmark/benchmark.h>

#include <string>

#include "wirewatch/text/text_index.h"
#include "wirewatch/text/word_scanner.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::text {
namespace {

constexpr char kEnglish[] =
    "The North Atlantic alliance's force in Kosovo said on Friday that it had sent further patrols to the four "
    "northern municipalities, where protests against the new mayors have gone on for a third week. A spokesman, Col. "
    "Andrea Ricci, told reporters that \"nobody wants another May 29\", when 93 of its soldiers were hurt.\n\n"
    "The U.S. ambassador called on both sides to step back from what he described as a well-known spiral of "
    "escalation, "
    "and on Pristina in particular to withdraw its special police units. The government's answer came within the hour: "
    "the units would stay, the prime minister wrote, until 1,244 licence plates had been re-registered.\n\n";

constexpr char kRussian[] =
    "Представитель сил НАТО в Косове сообщил в пятницу, что в северные муниципалитеты направлены дополнительные "
    "патрули. По его словам, обстановка остаётся напряжённой, но стабильной. Посол США призвал обе стороны к "
    "сдержанности и отводу специальных подразделений полиции.\n\n";

constexpr char kChinese[] =
    "北约驻科索沃部队周五表示，已向北部四个市镇增派巡逻队。发言人说，当地局势依然紧张但保持稳定。美国大使呼吁双方保持克"
    "制。\n\n";

void IndexText(benchmark::State& state, std::string_view unit) {
  v1::Item item;
  item.set_headline("Force in Kosovo sends further patrols north");
  while (item.body().size() < 2000) item.mutable_body()->append(unit);
  item.mutable_body()->resize(item.body().size() - 2);
  TextIndex index;
  for (auto _ : state) {
    index.Build(item);
    benchmark::DoNotOptimize(index.term_count());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(item.body().size()));
  state.counters["bytes"] = static_cast<double>(item.body().size());
  state.counters["tokens"] = index.parts().back().positions;
}

// The same with an index that has no memory yet.
void IndexTextAnew(benchmark::State& state, std::string_view unit) {
  v1::Item item;
  item.set_headline("Force in Kosovo sends further patrols north");
  while (item.body().size() < 2000) item.mutable_body()->append(unit);
  for (auto _ : state) {
    TextIndex index;
    index.Build(item);
    benchmark::DoNotOptimize(index.term_count());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(item.body().size()));
}

std::string TextOf(std::string_view unit) {
  std::string text;
  while (text.size() < 2000) text.append(unit);
  return text;
}

// The word rules of UAX #29 alone.
void ScanWords(benchmark::State& state, std::string_view unit) {
  const std::string text = TextOf(unit);
  int64_t words = 0;
  for (auto _ : state) {
    WordScanner scanner(text, ScanMode::kPlain);
    for (RawToken token; scanner.Next(&token);) ++words;
    benchmark::DoNotOptimize(words);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
}

void IndexPlain(benchmark::State& state, std::string_view unit) {
  const std::string text = TextOf(unit);
  TextIndex index;
  for (auto _ : state) {
    index.BuildPlain(text);
    benchmark::DoNotOptimize(index.term_count());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
}

BENCHMARK_CAPTURE(ScanWords, english, kEnglish);
BENCHMARK_CAPTURE(ScanWords, russian, kRussian);
BENCHMARK_CAPTURE(ScanWords, chinese, kChinese);
BENCHMARK_CAPTURE(IndexPlain, english, kEnglish);
BENCHMARK_CAPTURE(IndexPlain, russian, kRussian);
BENCHMARK_CAPTURE(IndexPlain, chinese, kChinese);
BENCHMARK_CAPTURE(IndexText, english, kEnglish);
BENCHMARK_CAPTURE(IndexText, russian, kRussian);
BENCHMARK_CAPTURE(IndexText, chinese, kChinese);
BENCHMARK_CAPTURE(IndexTextAnew, english, kEnglish);

}  // namespace
}  // namespace wirewatch::text
