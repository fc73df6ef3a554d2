// Lucene's query syntax, as its classic QueryParser with StandardAnalyzer reads it. Pure functions; any thread.
#ifndef WIREWATCH_WATCH_DIALECT_LUCENE_H_
#define WIREWATCH_WATCH_DIALECT_LUCENE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/watch/dialect.h"
#include "wirewatch/watch/dialect_builder.h"

namespace wirewatch::watch {

Translation TranslateLucene(std::string_view query, const TranslateOptions& options);

// The pieces of it that depend on no place in the query.

// The tokens of StandardAnalyzer, with their case; wildcards are no letters here.
std::vector<std::string> LuceneTokens(std::string_view text);

// Edits of `word~number`; `number` is "" for a bare tilde. nullopt: Lucene refuses it.
std::optional<uint32_t> LuceneEdits(std::string_view number, std::string_view word);

// 20260601 or 2026-06-01T12:00:00Z as the watch language writes dates; "" when it is none.
std::string LuceneDate(std::string_view text);

// `"a b"~n`: max(p_i - i) - min(p_i - i) <= n. In order there may be n words between; the other way round, which is two
// moves more, n - 2.
DialectNode LuceneTwoWords(DialectBuilder& builder, const std::vector<std::string>& words, uint32_t n, Stretch at);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_DIALECT_LUCENE_H_
