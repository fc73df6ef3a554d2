/*
 * The watch engine for programs in C, and in whatever calls C: many standing queries (watches), and which of them a
 * text satisfies. The language of the queries: docs/watch-language.md; a guide with whole programs:
 * docs/embedding-the-watch-engine.md.
 *
 * Ownership. What a function named *_create, *_explain or *_translate gives out is the caller's, who gives it back to
 * the function of the same noun named *_destroy; these take NULL. Texts that are passed in are copied unless it says
 * otherwise. Texts that come out end with a NUL, belong to the object they were asked of, and are valid as long as it
 * says.
 *
 * Threads. An engine may be used by any number of threads at once, changes included. Every other object is used by one
 * thread at a time; a program has one matcher for each thread that matches.
 *
 * Errors. Functions that can fail return a status. If `error` is not NULL, *error is set to NULL, or to an object that
 * says what went wrong, to be destroyed by the caller. A function that fails changes nothing, and leaves other out
 * parameters as they are. No C++ exception and no signal comes out. Objects must be live ones of the right kind; a NULL
 * where an object or text is needed is WIREWATCH_WATCH_INVALID_ARGUMENT, and from functions that return no status 0,
 * NULL or an empty text.
 *
 * Memory. Where a text cannot be copied, cut into words or matched for lack of memory it is OUT_OF_MEMORY, and can be
 * tried again. The tables of watches and fields are not made for that: when memory runs out while watches are changed
 * or explained, or fields other than texts are compared, the process may be aborted.
 *
 * Texts are UTF-8, given by address and number of bytes; WIREWATCH_WATCH_NUL as the number means up to the first NUL.
 * Offsets are bytes, from 0, half open. Ids and names end with a NUL.
 *
 * Growth. Structs begin with struct_size: set it to the size of the struct as compiled, best by the *_INIT macro. What
 * is added to one later stands at its end and is 0 by default, so a program runs with a newer library as it is.
 */
#ifndef WIREWATCH_WATCH_C_WIREWATCH_WATCH_H_
#define WIREWATCH_WATCH_C_WIREWATCH_WATCH_H_

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define WIREWATCH_WATCH_API __attribute__((visibility("default")))
#else
#define WIREWATCH_WATCH_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The interface that this header describes: the first number is that of the library file (SONAME), and changes when
 * something that was there is gone or means something else; the second counts additions. */
#define WIREWATCH_WATCH_ABI_MAJOR 1
#define WIREWATCH_WATCH_ABI_MINOR 0

/* The length of a text that ends with a NUL. */
#define WIREWATCH_WATCH_NUL ((size_t)-1)

typedef enum wirewatch_watch_status {
  WIREWATCH_WATCH_OK = 0,
  WIREWATCH_WATCH_INVALID_ARGUMENT = 1, /* a NULL, an unknown name, a struct_size that cannot be */
  WIREWATCH_WATCH_INVALID_QUERY = 2,    /* a query or list that cannot be read; the error has its place */
  WIREWATCH_WATCH_INVALID_UTF8 = 3,     /* the error's offset is that of the first wrong byte */
  WIREWATCH_WATCH_INVALID_ITEM = 4,     /* no Item, as JSON or as protobuf */
  WIREWATCH_WATCH_NOT_FOUND = 5,        /* no watch or list of that name */
  WIREWATCH_WATCH_TOO_LARGE = 6,        /* beyond wirewatch_watch_limit() */
  WIREWATCH_WATCH_UNSUPPORTED = 7,      /* the engine was created without what this needs */
  WIREWATCH_WATCH_OUT_OF_MEMORY = 8,    /* see wirewatch_watch_engine_apply() and wirewatch_watch_match() */
  WIREWATCH_WATCH_INTERNAL = 9          /* a mistake in the library; please report it */
} wirewatch_watch_status;

typedef struct wirewatch_watch_error wirewatch_watch_error;             /* what went wrong */
typedef struct wirewatch_watch_engine wirewatch_watch_engine;           /* the watches */
typedef struct wirewatch_watch_changes wirewatch_watch_changes;         /* what is to be changed in an engine at once */
typedef struct wirewatch_watch_item wirewatch_watch_item;               /* a document: its texts and facts */
typedef struct wirewatch_watch_matcher wirewatch_watch_matcher;         /* one thread's memory for matching */
typedef struct wirewatch_watch_explanation wirewatch_watch_explanation; /* why a watch hits or misses */
typedef struct wirewatch_watch_translation wirewatch_watch_translation; /* what became of a query */

/* ---- The library. Any thread. ---- */

/* The product's version, "0.1.0". Static. */
WIREWATCH_WATCH_API const char* wirewatch_watch_version(void);
/* WIREWATCH_WATCH_ABI_MINOR of the library that runs; its MAJOR is that of the header, or it would not be loaded. */
WIREWATCH_WATCH_API uint32_t wirewatch_watch_abi_minor(void);
/* The name of a status, "INVALID_QUERY". Static; "" for what is none. */
WIREWATCH_WATCH_API const char* wirewatch_watch_status_name(wirewatch_watch_status status);

typedef enum wirewatch_watch_limit_kind {
  WIREWATCH_WATCH_LIMIT_QUERY_BYTES = 1, /* of a query or list */
  WIREWATCH_WATCH_LIMIT_QUERY_DEPTH = 2, /* parentheses and functions in each other */
  WIREWATCH_WATCH_LIMIT_QUERY_PARTS = 3, /* words and operators of a query, lists included */
  WIREWATCH_WATCH_LIMIT_ID_BYTES = 4,    /* of a watch's id */
  WIREWATCH_WATCH_LIMIT_ITEM_BYTES =
      5,                            /* of a text, or of an Item as JSON or protobuf, and of an Item's texts together */
  WIREWATCH_WATCH_LIMIT_STEPS = 6,  /* of work on one watch for one Item; beyond it the watch is unknown, and counted */
  WIREWATCH_WATCH_LIMIT_SPANS = 7,  /* that are told of one watch */
  WIREWATCH_WATCH_LIMIT_CLAUSES = 8 /* that are told of one watch */
} wirewatch_watch_limit_kind;
/* 0 for what is none. */
WIREWATCH_WATCH_API uint64_t wirewatch_watch_limit(wirewatch_watch_limit_kind kind);

/* ---- Errors ---- */

WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_error_status(const wirewatch_watch_error* error);
/* One sentence. Valid as long as the error, as are the other texts. */
WIREWATCH_WATCH_API const char* wirewatch_watch_error_message(const wirewatch_watch_error* error);
/* What to write instead; "" when nothing is sure to be meant. */
WIREWATCH_WATCH_API const char* wirewatch_watch_error_hint(const wirewatch_watch_error* error);
/* Where: a byte of the query, list or text. WIREWATCH_WATCH_NUL when it has no place. */
WIREWATCH_WATCH_API size_t wirewatch_watch_error_offset(const wirewatch_watch_error* error);
/* The same for people: line, and column in code points, from 1. 0 when it has no place. */
WIREWATCH_WATCH_API uint32_t wirewatch_watch_error_line(const wirewatch_watch_error* error);
WIREWATCH_WATCH_API uint32_t wirewatch_watch_error_column(const wirewatch_watch_error* error);
/* The watch's id or the list's name; "" when it is about none. */
WIREWATCH_WATCH_API const char* wirewatch_watch_error_subject(const wirewatch_watch_error* error);
WIREWATCH_WATCH_API void wirewatch_watch_error_destroy(wirewatch_watch_error* error);

/* ---- The engine ---- */

typedef enum wirewatch_watch_words {
  WIREWATCH_WATCH_WORDS_FOLDED = 0, /* as docs/watch-language.md says: case and accents do not matter, … */
  WIREWATCH_WATCH_WORDS_PLAIN = 1   /* as Lucene's StandardTokenizer and LowerCaseFilter; the body alone is searched */
} wirewatch_watch_words;

typedef struct wirewatch_watch_engine_options {
  size_t struct_size;
  /* A wirewatch_watch_words. */
  int32_t words;
  /* 0: the engine keeps less of its watches. Matching is the same; spans and explanations are UNSUPPORTED. */
  int32_t explains;
  /* How common words are, as `wirewatch watch frequencies` writes it: watches are then indexed by what is rarest in
   * such texts. NULL: by the words' lengths. Changes no match. */
  const char* frequencies;
  size_t frequencies_size;
} wirewatch_watch_engine_options;
#define WIREWATCH_WATCH_ENGINE_OPTIONS_INIT \
  { sizeof(wirewatch_watch_engine_options), WIREWATCH_WATCH_WORDS_FOLDED, 1, NULL, 0 }

/* `options` may be NULL. *engine is to be destroyed. */
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_engine_create(const wirewatch_watch_engine_options* options,
                                                                         wirewatch_watch_engine** engine,
                                                                         wirewatch_watch_error** error);
/* Matchers of the engine may live on. */
WIREWATCH_WATCH_API void wirewatch_watch_engine_destroy(wirewatch_watch_engine* engine);

typedef struct wirewatch_watch_definition {
  size_t struct_size;
  const char* id; /* UTF-8, not empty */
  const char* query;
  size_t query_size;
  /* In whose spelling the query is written: "meltwater", "brandwatch", "talkwalker", "lucene" (docs/watch-dialects.md);
   * NULL or "wirewatch": the watch language. A query with a refused clause is an INVALID_QUERY. */
  const char* dialect;
  /* Of the dates in the query, by its IANA name; NULL: UTC. */
  const char* timezone;
  /* The caller's; given back with each hit. */
  uint64_t tag;
} wirewatch_watch_definition;
#define WIREWATCH_WATCH_DEFINITION_INIT \
  { sizeof(wirewatch_watch_definition), NULL, NULL, WIREWATCH_WATCH_NUL, NULL, NULL, 0 }

/* A watch with the id of one that is there takes its place. Costs what apply() costs for one change. */
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_engine_set(wirewatch_watch_engine* engine,
                                                                      const wirewatch_watch_definition* definition,
                                                                      wirewatch_watch_error** error);
/* NOT_FOUND when there is none. */
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_engine_remove(wirewatch_watch_engine* engine, const char* id,
                                                                         wirewatch_watch_error** error);
/* What LIST(name) stands for, in the watch language. Watches that use it are read again; if one of them cannot be, the
 * list stays as it was. */
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_engine_set_list(wirewatch_watch_engine* engine,
                                                                           const char* name, const char* query,
                                                                           size_t query_size,
                                                                           wirewatch_watch_error** error);

/* Changes that are made together. NULL when out of memory. */
WIREWATCH_WATCH_API wirewatch_watch_changes* wirewatch_watch_changes_create(void);
WIREWATCH_WATCH_API void wirewatch_watch_changes_destroy(wirewatch_watch_changes* changes);
/* These check nothing but what can be seen without an engine. Of several changes to one id or name the last counts. */
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_changes_set(wirewatch_watch_changes* changes,
                                                                       const wirewatch_watch_definition* definition,
                                                                       wirewatch_watch_error** error);
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_changes_remove(wirewatch_watch_changes* changes,
                                                                          const char* id,
                                                                          wirewatch_watch_error** error);
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_changes_set_list(wirewatch_watch_changes* changes,
                                                                            const char* name, const char* query,
                                                                            size_t query_size,
                                                                            wirewatch_watch_error** error);
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_changes_remove_list(wirewatch_watch_changes* changes,
                                                                               const char* name,
                                                                               wirewatch_watch_error** error);
/* All of them or, when one is wrong, none; `changes` is left as it is. What is matched sees all of them or none. After
 * an OUT_OF_MEMORY half way through an engine refuses everything, as OUT_OF_MEMORY, but to be destroyed. */
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_engine_apply(wirewatch_watch_engine* engine,
                                                                        const wirewatch_watch_changes* changes,
                                                                        wirewatch_watch_error** error);

typedef struct wirewatch_watch_engine_info {
  size_t struct_size;
  uint64_t watches;
  uint64_t lists;
  /* Watches verified for every Item, for they have nothing that an Item must contain (NOT a). */
  uint64_t unanchored;
  /* Watches for which every third Item or more is a candidate, as far as is known. */
  uint64_t common;
  /* Held for the watches, but for their ids and queries. */
  uint64_t bytes;
} wirewatch_watch_engine_info;
#define WIREWATCH_WATCH_ENGINE_INFO_INIT \
  { sizeof(wirewatch_watch_engine_info), 0, 0, 0, 0, 0 }
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_engine_get_info(const wirewatch_watch_engine* engine,
                                                                           wirewatch_watch_engine_info* info,
                                                                           wirewatch_watch_error** error);

/* ---- Documents ---- */

/* An empty Item. NULL when out of memory. */
WIREWATCH_WATCH_API wirewatch_watch_item* wirewatch_watch_item_create(void);
WIREWATCH_WATCH_API void wirewatch_watch_item_destroy(wirewatch_watch_item* item);
/* Empties it, and keeps its memory for the next document. */
WIREWATCH_WATCH_API void wirewatch_watch_item_clear(wirewatch_watch_item* item);
/* Whether ill-formed UTF-8 is replaced by U+FFFD in put() and parse_json(), and not refused; not by default. Spans then
 * count the bytes of what get() gives. */
WIREWATCH_WATCH_API void wirewatch_watch_item_set_repairs(wirewatch_watch_item* item, int repairs);
/* One value of a field, by its name in the watch language.
 *   one value, replaced:      headline subheadline lead body author located language domain url outlet country type
 *                             published ("2026-06-13T08:30:00Z", or "2026-06-13" for a day)
 *   any number, one more:     caption agency link genre topic region
 * What steps find (quotes, entities, …) comes by parse_json() or parse_protobuf(). */
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_item_put(wirewatch_watch_item* item, const char* field,
                                                                    const char* value, size_t size,
                                                                    wirewatch_watch_error** error);
/* A text as the Item has it: headline, subheadline, lead, body, or the caption of that number (0 for the others). NULL
 * when there is none. Valid until the Item is changed. `size`, the number of bytes, may be NULL. */
WIREWATCH_WATCH_API const char* wirewatch_watch_item_get(const wirewatch_watch_item* item, const char* part,
                                                         uint32_t part_index, size_t* size);
/* Replaces all of it by a message wirewatch.v1.Item in the JSON form of protobuf. */
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_item_parse_json(wirewatch_watch_item* item, const char* json,
                                                                           size_t size, wirewatch_watch_error** error);
/* The same from the binary form. `size` is a number of bytes; WIREWATCH_WATCH_NUL is none. */
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_item_parse_protobuf(wirewatch_watch_item* item,
                                                                               const void* bytes, size_t size,
                                                                               wirewatch_watch_error** error);

/* ---- Matching ---- */

/* *matcher is to be destroyed. */
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_matcher_create(wirewatch_watch_engine* engine,
                                                                          wirewatch_watch_matcher** matcher,
                                                                          wirewatch_watch_error** error);
WIREWATCH_WATCH_API void wirewatch_watch_matcher_destroy(wirewatch_watch_matcher* matcher);

/* Finds the watches that an Item satisfies. The matcher borrows the Item until the next match(), clear() or destroy():
 * it must not be changed or destroyed before. After a failure, OUT_OF_MEMORY included, the matcher has no hits and can
 * be used again. */
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_match(wirewatch_watch_matcher* matcher,
                                                                 const wirewatch_watch_item* item,
                                                                 wirewatch_watch_error** error);
/* The same for a text alone, as a body; the text is copied. */
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_match_text(wirewatch_watch_matcher* matcher,
                                                                      const char* text, size_t size,
                                                                      wirewatch_watch_error** error);
/* Forgets the Item and the hits. */
WIREWATCH_WATCH_API void wirewatch_watch_matcher_clear(wirewatch_watch_matcher* matcher);

/* The hits, ascending by id (byte by byte). */
WIREWATCH_WATCH_API size_t wirewatch_watch_matcher_hit_count(const wirewatch_watch_matcher* matcher);
/* Valid until the next match(), clear() or destroy(), whatever becomes of the watch. NULL beyond the last. */
WIREWATCH_WATCH_API const char* wirewatch_watch_matcher_hit_id(const wirewatch_watch_matcher* matcher, size_t hit);
WIREWATCH_WATCH_API uint64_t wirewatch_watch_matcher_hit_tag(const wirewatch_watch_matcher* matcher, size_t hit);

/* What the last match() did. */
typedef struct wirewatch_watch_counts {
  size_t struct_size;
  uint64_t candidates;  /* watches that the Item's words left to be verified */
  uint64_t unknown;     /* watches that rest on an annotation or a language that the Item does not have: no hits */
  uint64_t over_budget; /* watches that took more than LIMIT_STEPS: no hits */
} wirewatch_watch_counts;
#define WIREWATCH_WATCH_COUNTS_INIT \
  { sizeof(wirewatch_watch_counts), 0, 0, 0 }
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_matcher_get_counts(const wirewatch_watch_matcher* matcher,
                                                                              wirewatch_watch_counts* counts,
                                                                              wirewatch_watch_error** error);

/* A stretch of a text. */
typedef struct wirewatch_watch_span {
  size_t struct_size;
  const char* part;    /* "headline", "subheadline", "lead", "body", "caption". Static. */
  uint32_t part_index; /* which caption */
  uint32_t begin, end; /* bytes of that text */
} wirewatch_watch_span;
#define WIREWATCH_WATCH_SPAN_INIT \
  { sizeof(wirewatch_watch_span), NULL, 0, 0, 0 }

/* Finds what a watch rests on in the Item that was matched last, in text order, at most LIMIT_SPANS. *count is how many
 * there are to be read with get_span(), *all, unless NULL, how many there would be without the limit. Not for misses:
 * these have 0. The watch is taken as it is now. */
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_matcher_find_spans(wirewatch_watch_matcher* matcher,
                                                                              const char* id, size_t* count,
                                                                              size_t* all,
                                                                              wirewatch_watch_error** error);
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_matcher_get_span(const wirewatch_watch_matcher* matcher,
                                                                            size_t number, wirewatch_watch_span* span,
                                                                            wirewatch_watch_error** error);

/* ---- Explaining ---- */

/* Why a watch hits or misses the Item that was matched last; the watch is taken as it is now. *explanation is to be
 * destroyed. */
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_matcher_explain(wirewatch_watch_matcher* matcher,
                                                                           const char* id,
                                                                           wirewatch_watch_explanation** explanation,
                                                                           wirewatch_watch_error** error);
WIREWATCH_WATCH_API void wirewatch_watch_explanation_destroy(wirewatch_watch_explanation* explanation);
typedef enum wirewatch_watch_truth {
  WIREWATCH_WATCH_MISS = 0,
  WIREWATCH_WATCH_HIT = 1,
  WIREWATCH_WATCH_UNKNOWN = 2 /* rests on what the Item does not have, or took too much work; no hit */
} wirewatch_watch_truth;
WIREWATCH_WATCH_API wirewatch_watch_truth
wirewatch_watch_explanation_truth(const wirewatch_watch_explanation* explanation);
/* One sentence: what matched, or the first clause that did not. Valid as long as the explanation. */
WIREWATCH_WATCH_API const char* wirewatch_watch_explanation_summary(const wirewatch_watch_explanation* explanation);
/* The tree of clauses: a message wirewatch.v1.Explanation in the JSON form of protobuf. Valid as long as the
 * explanation. `size`, the number of bytes, may be NULL. */
WIREWATCH_WATCH_API const char* wirewatch_watch_explanation_json(const wirewatch_watch_explanation* explanation,
                                                                 size_t* size);

/* ---- Queries. Any thread. ---- */

/* Reads a query in the spelling of `dialect` (as in a definition). `engine`, of which the lists are taken, may be NULL.
 * A query that can be read but has clauses that are refused gives a translation as well: OK, with no normal form.
 * *translation is to be destroyed. */
WIREWATCH_WATCH_API wirewatch_watch_status wirewatch_watch_translate(const wirewatch_watch_engine* engine,
                                                                     const char* query, size_t query_size,
                                                                     const char* dialect,
                                                                     wirewatch_watch_translation** translation,
                                                                     wirewatch_watch_error** error);
WIREWATCH_WATCH_API void wirewatch_watch_translation_destroy(wirewatch_watch_translation* translation);
/* The query in the watch language, operators spelt out; "" when a clause is refused. Valid as long as the translation.
 */
WIREWATCH_WATCH_API const char* wirewatch_watch_translation_normal_form(const wirewatch_watch_translation* translation);

typedef enum wirewatch_watch_clause_kind {
  WIREWATCH_WATCH_CLAUSE_EXACT = 0,       /* it means the same */
  WIREWATCH_WATCH_CLAUSE_APPROXIMATE = 1, /* it finds more, or less */
  WIREWATCH_WATCH_CLAUSE_REFUSED = 2      /* nothing in the watch language means it */
} wirewatch_watch_clause_kind;
/* What became of one clause. The texts are valid as long as the translation; none is NULL. */
typedef struct wirewatch_watch_clause {
  size_t struct_size;
  size_t begin, end; /* bytes of the query */
  int32_t kind;      /* a wirewatch_watch_clause_kind */
  const char* written;
  const char* became; /* "" when refused, or when it decides nothing and is left out */
  const char* why;
  const char* hint; /* of what is refused: what to write */
} wirewatch_watch_clause;
#define WIREWATCH_WATCH_CLAUSE_INIT \
  { sizeof(wirewatch_watch_clause), 0, 0, 0, NULL, NULL, NULL, NULL }
/* Words, phrases, windows, fields with their values; of the watch language itself the query as a whole, exact. */
WIREWATCH_WATCH_API size_t wirewatch_watch_translation_clause_count(const wirewatch_watch_translation* translation);
WIREWATCH_WATCH_API wirewatch_watch_status
wirewatch_watch_translation_get_clause(const wirewatch_watch_translation* translation, size_t number,
                                       wirewatch_watch_clause* clause, wirewatch_watch_error** error);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* WIREWATCH_WATCH_C_WIREWATCH_WATCH_H_ */
