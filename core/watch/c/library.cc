// What the C interface says of the library itself.
#include "wirewatch/watch/c/handles.h"
#include "wirewatch/watch/c/library_version.h"
#include "wirewatch/watch/evaluator.h"
#include "wirewatch/watch/explain.h"
#include "wirewatch/watch/parser.h"

const char* wirewatch_watch_version(void) { return wirewatch::watch::c::kVersion; }

uint32_t wirewatch_watch_abi_minor(void) { return WIREWATCH_WATCH_ABI_MINOR; }

const char* wirewatch_watch_status_name(wirewatch_watch_status status) {
  switch (status) {
    case WIREWATCH_WATCH_OK:
      return "OK";
    case WIREWATCH_WATCH_INVALID_ARGUMENT:
      return "INVALID_ARGUMENT";
    case WIREWATCH_WATCH_INVALID_QUERY:
      return "INVALID_QUERY";
    case WIREWATCH_WATCH_INVALID_UTF8:
      return "INVALID_UTF8";
    case WIREWATCH_WATCH_INVALID_ITEM:
      return "INVALID_ITEM";
    case WIREWATCH_WATCH_NOT_FOUND:
      return "NOT_FOUND";
    case WIREWATCH_WATCH_TOO_LARGE:
      return "TOO_LARGE";
    case WIREWATCH_WATCH_UNSUPPORTED:
      return "UNSUPPORTED";
    case WIREWATCH_WATCH_OUT_OF_MEMORY:
      return "OUT_OF_MEMORY";
    case WIREWATCH_WATCH_INTERNAL:
      return "INTERNAL";
  }
  return "";
}

uint64_t wirewatch_watch_limit(wirewatch_watch_limit_kind kind) {
  using namespace wirewatch::watch;
  switch (kind) {
    case WIREWATCH_WATCH_LIMIT_QUERY_BYTES:
      return kMaxQueryBytes;
    case WIREWATCH_WATCH_LIMIT_QUERY_DEPTH:
      return kMaxDepth;
    case WIREWATCH_WATCH_LIMIT_QUERY_PARTS:
      return kMaxParts;
    case WIREWATCH_WATCH_LIMIT_ID_BYTES:
      return c::kMaxIdBytes;
    case WIREWATCH_WATCH_LIMIT_ITEM_BYTES:
      return c::kMaxItemBytes;
    case WIREWATCH_WATCH_LIMIT_STEPS:
      return Evaluator::kMaxSteps;
    case WIREWATCH_WATCH_LIMIT_SPANS:
      return kMaxSpans;
    case WIREWATCH_WATCH_LIMIT_CLAUSES:
      return kMaxClauses;
  }
  return 0;
}
