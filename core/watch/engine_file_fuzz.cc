// Any bytes as an index of watches, with a head and a checksum that are right: they are refused, or give an Engine that
// matches, explains and changes without harm, and that is written and read as itself.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "wirewatch/text/term_hash.h"
#include "wirewatch/text/text_index.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/watch/engine.h"
#include "wirewatch/watch/engine_file.h"

namespace {

using namespace wirewatch;

void Require(bool condition) {
  if (!condition) std::abort();
}

constexpr size_t kHead = 40, kSizeAt = 32, kSum = 8;

// The bytes behind the head, and a file of them.
const std::string& Head() {
  static const std::string& head = *new std::string(watch::EngineFile::Write(watch::Engine(), "").substr(0, kHead));
  return head;
}
std::string FileOf(std::string_view payload) {
  std::string file = Head();
  file.append(payload);
  const uint64_t size = file.size() + kSum;
  std::memcpy(file.data() + kSizeAt, &size, sizeof(size));
  const uint64_t sum = text::HashTerm(file);
  file.append(reinterpret_cast<const char*>(&sum), sizeof(sum));
  return file;
}

void Use(watch::Engine& engine) {
  v1::Item item;
  item.set_headline("a b c");
  item.set_body("KFOR troops clashed in the north. a b, said b.\n\nc d");
  item.mutable_language()->set_tag("en");
  text::TextIndex index;
  index.Build(item);
  const watch::View view(item, index);
  watch::Scratch scratch;
  std::vector<watch::Hit> hits;
  engine.Match(view, scratch, hits);
  engine.Needs();
  std::vector<std::string> ids;
  for (const watch::Hit& hit : hits) {
    v1::WatchHit described;
    engine.Describe(hit, view, scratch, described, true);
    engine.NormalForm(hit.watch->id);
    engine.WhyCandidate(hit.watch->id, view, scratch);
    ids.push_back(hit.watch->id);
  }
  for (const std::string& id : ids) Require(engine.Remove(id));
  Require(!engine.Add({.id = "new", .query = "KFOR NEAR/5 clash*", .timezone = {}}).has_value());
  engine.Match(view, scratch, hits);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string file = FileOf(std::string_view(reinterpret_cast<const char*>(data), size));
  auto engine = watch::EngineFile::Read(file, {}, std::nullopt);
  if (!engine.ok()) return 0;
  const std::string written = watch::EngineFile::Write(**engine, "");
  const auto again = watch::EngineFile::Read(written, {}, "");
  Require(again.ok() && watch::EngineFile::Write(**again, "") == written);
  Use(**engine);
  return 0;
}
