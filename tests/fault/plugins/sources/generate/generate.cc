// generate: made-up Items, as many and as fast as asked for. Every one follows from the seed and its number alone, and
// the cursor is the number, so that whatever happens to a run, its end can be compared with that of another.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "text.h"
#include "wirewatch/sdk/source.h"

namespace wirewatch::sources {

class Generate final : public Source {
 public:
  struct Options {
    uint64_t count = 1000;
    uint64_t seed = 1;
    ByteSize bytes = {600};
    double rate = 0;
    absl::Duration apart = absl::Seconds(20);
    uint64_t versions_every = 0;
    uint64_t duplicates_every = 0;
    uint64_t rejects_every = 0;
    uint64_t large_every = 0;
    ByteSize large_bytes = KiB(256);
    std::vector<std::string> markers;
    std::vector<uint64_t> marker_at;
  };

  Generate(Options options, bool once) : options_(std::move(options)), once_(once) {}
  static absl::StatusOr<std::unique_ptr<Generate>> Create(Options options, Setup& setup) {
    return std::make_unique<Generate>(std::move(options), setup.once());
  }

  v1::SourcePromise promise() const override { return v1::SOURCE_PROMISE_REPLAYABLE; }

  absl::Status Open(std::string_view cursor) override {
    if (!cursor.empty() && !absl::SimpleAtoi(std::string(cursor), &next_))
      return absl::DataLossError("the cursor is no number");
    first_ = next_;
    opened_ = absl::Now();
    return absl::OkStatus();
  }

  absl::StatusOr<Progress> Read(BatchBuilder& batch, absl::Duration) override {
    const uint64_t end = std::min(options_.count, Due());
    while (next_ < end && !batch.full()) Make(next_++, batch);
    if (next_ >= options_.count) return once_ ? Progress::End() : Progress::Idle(absl::Seconds(1));
    return next_ < end ? Progress::More() : Progress::Idle(absl::Milliseconds(5));
  }

  std::string Cursor() const override { return absl::StrCat(next_); }

 private:
  static bool Every(uint64_t every, uint64_t number) { return every > 0 && number % every == every - 1; }

  // The number up to which `rate` has let Items come by now.
  uint64_t Due() const {
    if (options_.rate <= 0) return options_.count;
    return first_ + static_cast<uint64_t>(options_.rate * absl::ToDoubleSeconds(absl::Now() - opened_));
  }

  void Make(uint64_t number, BatchBuilder& batch) const {
    const std::string origin = absl::StrCat("generated:", number);
    if (Every(options_.rejects_every, number)) {
      batch.Reject(absl::StrCat("record ", number), origin, absl::InvalidArgumentError("made to be rejected"));
      return;
    }
    // A duplicate is an earlier Item once more; a version is an earlier Item with another text.
    const bool version = Every(options_.versions_every, number) && number >= 40;
    const bool duplicate = Every(options_.duplicates_every, number) && number >= 40;
    const uint64_t of = version || duplicate ? number - 37 : number;
    const bool large = Every(options_.large_every, number);
    const Story story =
        WriteStory(options_.seed, of, version ? number : 0, large ? options_.large_bytes.bytes : options_.bytes.bytes);
    v1::Item& item = batch.NewItem();
    v1::AlternateId& id = *item.add_alt_ids();
    id.set_role("publisher");
    id.set_value(absl::StrCat("story-", of));
    item.set_url(absl::StrCat("https://", story.outlet, "/", of));
    item.set_headline(story.headline);
    item.set_body(story.body);
    const auto marked = std::find(options_.marker_at.begin(), options_.marker_at.end(), number);
    if (marked != options_.marker_at.end() && !options_.markers.empty()) {
      const auto place = static_cast<size_t>(marked - options_.marker_at.begin());
      item.mutable_body()->append("\n\n" + options_.markers[place % options_.markers.size()]);
    }
    item.mutable_outlet()->set_domain(story.outlet);
    item.mutable_published()->mutable_value()->set_seconds(kFirstPublished + static_cast<int64_t>(number) *
                                                                                 absl::ToInt64Seconds(options_.apart));
    item.mutable_published()->set_precision(v1::TIME_PRECISION_SECOND);
    item.mutable_provenance()->set_origin(origin);
    batch.Add();
  }

  static constexpr int64_t kFirstPublished =
      1'782'259'200;  // 2026-06-24T00:00:00Z, after all of the quickstart's inbox

  const Options options_;
  const bool once_;
  uint64_t next_ = 0;
  uint64_t first_ = 0;
  absl::Time opened_;
};

using O = Generate::Options;
WIREWATCH_PLUGIN(Generate,
                 {.name = "generate",
                  .summary = "Made-up news that follows from a seed.",
                  .options = {Field("count", &O::count, "How many."), Field("seed", &O::seed, "What they follow from."),
                              Field("bytes", &O::bytes, "Length of a body, about."),
                              Field("rate", &O::rate, "Items a second; 0: as fast as they are taken."),
                              Field("apart", &O::apart, "Between the times at which two Items were published."),
                              Field("versions_every", &O::versions_every, "Every n-th is a new version; 0: none."),
                              Field("duplicates_every", &O::duplicates_every, "Every n-th is known already; 0: none."),
                              Field("rejects_every", &O::rejects_every, "Every n-th cannot be read; 0: none."),
                              Field("large_every", &O::large_every, "Every n-th is large; 0: none."),
                              Field("large_bytes", &O::large_bytes, "Length of a large body."),
                              Field("markers", &O::markers, "Words that are put at the end of some bodies."),
                              Field("marker_at", &O::marker_at, "Numbers of the Items that get one each, from 0.")},
                  .promise = v1::SOURCE_PROMISE_REPLAYABLE});

}  // namespace wirewatch::sources
