#include "wirewatch/store/search_file.h"

#include <boost/crc.hpp>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/store/sqlite_values.h"
#include "wirewatch/text/sample_of_rules.h"
#include "wirewatch/text/text_index.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::store {
namespace {

constexpr int64_t kApplicationId = 0x57575358;  // "WWSX"
constexpr int kFormat = 1;
constexpr uint64_t kLongLogBytes = uint64_t{16} << 20;

constexpr char kSchema[] = R"sql(
  CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE indexed (pipeline INTEGER PRIMARY KEY, first INTEGER NOT NULL, next INTEGER NOT NULL);
  CREATE TABLE chunks (
    id INTEGER PRIMARY KEY, pipeline INTEGER NOT NULL, block INTEGER NOT NULL, first_term BLOB NOT NULL,
    entries BLOB NOT NULL);
  CREATE INDEX chunks_by_term ON chunks (pipeline, block, first_term);
)sql";

std::string FormatName() {
  v1::Item item;
  item.set_headline("A headline");
  item.set_body(text::kSampleOfRules);
  text::TextIndex index;
  index.Build(item);
  boost::crc_32_type crc;
  for (text::TermId term = 0; term < index.term_count(); ++term) {
    const std::string_view form = index.Term(term);
    crc.process_bytes(form.data(), form.size());
    crc.process_byte(0);
  }
  return absl::StrCat(kFormat, ".", crc.checksum());
}

// The letters with which everything begins that the pattern stands for.
std::string_view LiteralPrefix(const watch::TermPattern& pattern) {
  if (pattern.kind == watch::TermPattern::Kind::kFuzzy) return {};
  return std::string_view(pattern.form).substr(0, pattern.form.find_first_of("*?"));
}

}  // namespace

std::filesystem::path SearchFileOf(const std::filesystem::path& store) { return store.string() + ".search"; }

void SearchFile::Remove(const std::filesystem::path& file) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix, ignored);
}

absl::StatusOr<std::unique_ptr<SearchFile>> SearchFile::OpenToWrite(const std::filesystem::path& file,
                                                                    std::string_view journal_id) {
  for (const bool anew : {false, true}) {
    if (anew) Remove(file);
    absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(file, Connection::Access::kReadWrite);
    absl::Status ready = connection.status();
    if (ready.ok()) {
      ready = (*connection)
                  ->Execute(
                      "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
                      "PRAGMA journal_size_limit = 33554432");
    }
    std::unique_ptr<SearchFile> search;
    if (ready.ok()) {
      search.reset(new SearchFile(*std::move(connection)));
      ready = search->MatchesStore(journal_id);
      if (anew && absl::IsNotFound(ready)) ready = search->Create(journal_id);
    }
    if (ready.ok()) return search;
    if (anew || (!absl::IsNotFound(ready) && !absl::IsDataLoss(ready))) return ready;
  }
  return absl::InternalError("unreachable");
}

absl::StatusOr<std::unique_ptr<SearchFile>> SearchFile::OpenToRead(const std::filesystem::path& file,
                                                                   std::string_view journal_id) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return absl::NotFoundError("there is no search index");
  absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(file, Connection::Access::kReadOnly);
  if (!connection.ok()) return connection.status();
  std::unique_ptr<SearchFile> search(new SearchFile(*std::move(connection)));
  if (absl::Status usable = search->MatchesStore(journal_id); !usable.ok()) return usable;
  // One state of it for as long as it is open.
  if (absl::Status begun = search->connection_->Execute("BEGIN"); !begun.ok()) return begun;
  return search;
}

absl::Status SearchFile::MatchesStore(std::string_view journal_id) {
  const absl::StatusOr<int64_t> application = connection_->Number("PRAGMA application_id");
  if (!application.ok()) return application.status();
  absl::Status other = absl::NotFoundError("the search index is not one of this store and program");
  if (*application != kApplicationId) return other;
  absl::StatusOr<Statement> query =
      connection_->Prepare("SELECT count(*) FROM meta WHERE (key, value) IN (('format', ?), ('journal_id', ?))");
  if (!query.ok()) return query.status();
  const std::string format = FormatName();
  const absl::StatusOr<bool> row = query->Text(format).Text(journal_id).Step();
  if (!row.ok()) return row.status();
  return query->ColumnInt(0) == 2 ? absl::OkStatus() : other;
}

absl::Status SearchFile::Create(std::string_view journal_id) {
  absl::StatusOr<Transaction> transaction = Transaction::Begin(*connection_);
  if (!transaction.ok()) return transaction.status();
  absl::Status done = connection_->Execute(kSchema);
  if (done.ok()) done = connection_->Execute(absl::StrCat("PRAGMA application_id = ", kApplicationId));
  if (!done.ok()) return done;
  absl::StatusOr<Statement> put = connection_->Prepare("INSERT INTO meta VALUES ('format', ?), ('journal_id', ?)");
  if (!put.ok()) return put.status();
  const std::string format = FormatName();
  done = put->Text(format).Text(journal_id).Run();
  return done.ok() ? transaction->Commit() : done;
}

absl::StatusOr<SearchFile::Range> SearchFile::Indexed(uint64_t pipeline) {
  absl::StatusOr<Statement> query = connection_->Prepare("SELECT first, next FROM indexed WHERE pipeline = ?");
  if (!query.ok()) return query.status();
  const absl::StatusOr<bool> row = query->Uint(pipeline).Step();
  if (!row.ok()) return row.status();
  return *row ? Range{query->ColumnUint(0), query->ColumnUint(1)} : Range{};
}

absl::Status SearchFile::Append(uint64_t pipeline, uint64_t block, const std::vector<TermBlock::Chunk>& chunks) {
  absl::StatusOr<Transaction> transaction = Transaction::Begin(*connection_);
  if (!transaction.ok()) return transaction.status();
  absl::StatusOr<Statement> insert =
      connection_->Prepare("INSERT INTO chunks (pipeline, block, first_term, entries) VALUES (?, ?, ?, ?)");
  if (!insert.ok()) return insert.status();
  for (const TermBlock::Chunk& chunk : chunks) {
    absl::Status done = insert->Uint(pipeline).Uint(block).Blob(chunk.first_term).Blob(chunk.entries).Run();
    if (!done.ok()) return done;
  }
  absl::StatusOr<Statement> advance = connection_->Prepare(
      "INSERT INTO indexed (pipeline, first, next) VALUES (?1, ?2, ?2 + 1) "
      "ON CONFLICT (pipeline) DO UPDATE SET next = excluded.next");
  if (!advance.ok()) return advance.status();
  if (absl::Status done = advance->Uint(pipeline).Uint(block).Run(); !done.ok()) return done;
  return transaction->Commit();
}

bool SearchFile::IsDamaged() {
  absl::StatusOr<Statement> query = connection_->Prepare("PRAGMA quick_check(1)");
  if (!query.ok()) return absl::IsDataLoss(query.status());
  const absl::StatusOr<bool> row = query->Step();
  return row.ok() ? *row && query->ColumnBytes(0) != "ok" : absl::IsDataLoss(row.status());
}

absl::Status SearchFile::Discard() {
  absl::StatusOr<Transaction> transaction = Transaction::Begin(*connection_);
  if (!transaction.ok()) return transaction.status();
  absl::Status done = connection_->Execute("DELETE FROM chunks; DELETE FROM indexed");
  return done.ok() ? transaction->Commit() : done;
}

absl::Status SearchFile::RemoveBefore(uint64_t pipeline, uint64_t first) {
  absl::StatusOr<Transaction> transaction = Transaction::Begin(*connection_);
  if (!transaction.ok()) return transaction.status();
  absl::StatusOr<Statement> remove = connection_->Prepare("DELETE FROM chunks WHERE pipeline = ? AND block < ?");
  if (!remove.ok()) return remove.status();
  if (absl::Status done = remove->Uint(pipeline).Uint(first).Run(); !done.ok()) return done;
  absl::StatusOr<Statement> advance = connection_->Prepare(
      "INSERT INTO indexed (pipeline, first, next) VALUES (?1, ?2, ?2) "
      "ON CONFLICT (pipeline) DO UPDATE SET first = max(first, ?2), next = max(next, ?2)");
  if (!advance.ok()) return advance.status();
  if (absl::Status done = advance->Uint(pipeline).Uint(first).Run(); !done.ok()) return done;
  return transaction->Commit();
}

absl::Status SearchFile::Checkpoint() {
  const absl::StatusOr<uint64_t> page = connection_->PageBytes();
  if (!page.ok() || connection_->log_pages() * *page < kLongLogBytes) return page.status();
  return connection_->Checkpoint(Connection::CheckpointMode::kPassive).status();
}

absl::StatusOr<std::string> SearchFile::FirstTermOfChunkWith(uint64_t pipeline, uint64_t block, std::string_view term) {
  absl::StatusOr<Statement> query = connection_->Prepare(
      "SELECT first_term FROM chunks WHERE pipeline = ? AND block = ? AND first_term <= ? "
      "ORDER BY first_term DESC LIMIT 1");
  if (!query.ok()) return query.status();
  const absl::StatusOr<bool> row = query->Uint(pipeline).Uint(block).Blob(term).Step();
  if (!row.ok()) return row.status();
  return *row ? query->ColumnString(0) : std::string();
}

absl::StatusOr<BlockItems> SearchFile::Find(uint64_t pipeline, uint64_t block, const watch::TermPattern& pattern) {
  const bool exact = pattern.kind == watch::TermPattern::Kind::kForm;
  const std::string_view prefix = exact ? std::string_view(pattern.form) : LiteralPrefix(pattern);
  const absl::StatusOr<std::string> first = FirstTermOfChunkWith(pipeline, block, prefix);
  if (!first.ok()) return first.status();
  absl::StatusOr<Statement> query = connection_->Prepare(
      "SELECT first_term, entries FROM chunks WHERE pipeline = ? AND block = ? AND first_term >= ? "
      "ORDER BY first_term");
  if (!query.ok()) return query.status();
  query->Uint(pipeline).Uint(block).Blob(*first);
  const std::optional<std::string> end = exact ? std::nullopt : PrefixEnd(prefix);
  const auto is_past = [&](std::string_view term) { return exact ? term > prefix : end && term >= *end; };
  BlockItems found;
  while (true) {
    const absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row || is_past(query->ColumnBytes(0))) return found;
    absl::Status visited = VisitChunk(query->ColumnBytes(1), [&](std::string_view term, const BlockItems& items) {
      if (exact ? term == prefix : pattern.MatchesTerm(term)) found |= items;
      return !is_past(term);
    });
    if (!visited.ok()) return visited;
  }
}

}  // namespace wirewatch::store
