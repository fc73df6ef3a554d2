#include "wirewatch/store/search.h"

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wirewatch/store/epoch_writer.h"
#include "wirewatch/store/schema.h"
#include "wirewatch/store/search_file.h"
#include "wirewatch/store/search_query.h"
#include "wirewatch/store/sqlite_reads.h"

namespace wirewatch::store {
namespace {

// The newest Items of one pipeline that satisfy a query.
class PipelineSearch {
 public:
  PipelineSearch(Connection& store, SearchFile* file, SearchQuery& query, size_t limit, SearchResult& result)
      : store_(store), file_(file), query_(query), limit_(limit), result_(result) {}

  // One more than the limit shows that there are more.
  absl::Status Run(const PipelineRow& pipeline) {
    SearchFile::Range indexed;
    if (file_ != nullptr) {
      const absl::StatusOr<SearchFile::Range> range = file_->Indexed(pipeline.number);
      // An index that is ahead is one of another state of the store.
      if (range.ok() && range->next * kBlockItems <= pipeline.last_position + 1) indexed = *range;
    }
    const uint64_t end = pipeline.last_position + 1;
    absl::Status done = Scan(pipeline.number, std::max(indexed.next * kBlockItems, pipeline.kept_from), end);
    for (uint64_t block = indexed.next; done.ok() && !IsFull() && block > indexed.first; --block) {
      done = SearchBlock(pipeline.number, block - 1);
    }
    // An index whose first block is past what is kept has lost something.
    const uint64_t first = indexed.first * kBlockItems;
    if (done.ok() && pipeline.kept_from < first) done = Scan(pipeline.number, pipeline.kept_from, first);
    return done;
  }

  std::vector<v1::Item> Take() { return std::move(found_); }

 private:
  bool IsFull() const { return found_.size() > limit_; }

  // Items at positions [begin, end), newest first.
  absl::Status Scan(uint64_t pipeline, uint64_t begin, uint64_t end) {
    absl::StatusOr<Statement> query =
        store_.Prepare("SELECT item FROM items WHERE row >= ? AND row < ? AND length(item) > 0 ORDER BY row DESC");
    if (!query.ok()) return query.status();
    query->Uint(pipeline * kPositions + begin).Uint(pipeline * kPositions + end);
    while (!IsFull()) {
      const absl::StatusOr<bool> row = query->Step();
      if (!row.ok()) return row.status();
      if (!*row) break;
      Look(query->ColumnBytes(0));
    }
    return absl::OkStatus();
  }

  absl::Status SearchBlock(uint64_t pipeline, uint64_t block) {
    const uint64_t begin = block * kBlockItems;
    const absl::StatusOr<std::optional<BlockItems>> candidates = query_.Candidates(*file_, pipeline, block);
    result_.damaged = result_.damaged || absl::IsDataLoss(candidates.status());
    if (!candidates.ok() || !*candidates) return Scan(pipeline, begin, begin + kBlockItems);
    for (size_t offset = kBlockItems; offset > 0 && !IsFull(); --offset) {
      if (!(*candidates)->test(offset - 1)) continue;
      const uint64_t position = begin + offset - 1;
      if (absl::Status scanned = Scan(pipeline, position, position + 1); !scanned.ok()) return scanned;
    }
    return absl::OkStatus();
  }

  void Look(std::string_view bytes) {
    ++result_.read;
    v1::Item item;
    if (item.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) && query_.Matches(item)) {
      found_.push_back(std::move(item));
    }
  }

  Connection& store_;
  SearchFile* const file_;
  SearchQuery& query_;
  const size_t limit_;
  SearchResult& result_;
  std::vector<v1::Item> found_;
};

// The pipelines that are asked for; NotFound names those that there are.
absl::StatusOr<std::vector<PipelineRow>> Choose(Connection& store, const std::string& name) {
  absl::StatusOr<std::vector<PipelineRow>> pipelines = ReadPipelines(store);
  if (!pipelines.ok() || name.empty()) return pipelines;
  for (PipelineRow& pipeline : *pipelines) {
    if (pipeline.name == name) return std::vector<PipelineRow>{std::move(pipeline)};
  }
  const auto append = [](std::string* out, const PipelineRow& row) { out->append(row.name); };
  return absl::NotFoundError(absl::StrCat("the store has no pipeline \"", name, "\"; it has ",
                                          pipelines->empty() ? "none" : absl::StrJoin(*pipelines, ", ", append)));
}

bool IsNewer(const FoundItem& a, const FoundItem& b) {
  const auto key = [](const v1::Item& item) {
    return std::tuple(item.arrival().seconds(), item.arrival().nanos(), item.position());
  };
  return key(a.item) > key(b.item);
}

}  // namespace

absl::StatusOr<SearchResult> SearchStore(const std::filesystem::path& store, std::string_view query,
                                         const SearchOptions& options) {
  absl::StatusOr<std::unique_ptr<SearchQuery>> compiled = SearchQuery::Compile(query);
  if (!compiled.ok()) return compiled.status();
  absl::StatusOr<std::unique_ptr<Connection>> connection = OpenStoreToRead(store);
  if (!connection.ok()) return connection.status();
  const absl::StatusOr<std::string> journal = ReadJournalId(**connection);
  if (!journal.ok()) return journal.status();
  // First the index, then the archive: so the index is never ahead.
  const absl::StatusOr<std::unique_ptr<SearchFile>> file = SearchFile::OpenToRead(SearchFileOf(store), *journal);
  if (absl::Status begun = (*connection)->Execute("BEGIN"); !begun.ok()) return begun;
  const absl::StatusOr<std::vector<PipelineRow>> pipelines = Choose(**connection, options.pipeline);
  if (!pipelines.ok()) return pipelines.status();
  SearchResult result;
  result.indexed = file.ok();
  for (const PipelineRow& pipeline : *pipelines) {
    PipelineSearch search(**connection, file.ok() ? file->get() : nullptr, **compiled, options.limit, result);
    if (absl::Status done = search.Run(pipeline); !done.ok()) return done;
    for (v1::Item& item : search.Take()) result.found.push_back({pipeline.name, std::move(item)});
  }
  std::stable_sort(result.found.begin(), result.found.end(), IsNewer);
  result.more = result.found.size() > options.limit;
  if (result.more) result.found.resize(options.limit);
  return result;
}

}  // namespace wirewatch::store
