#include "wirewatch/scenario/tested_pipeline.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/pipeline/assemble.h"
#include "wirewatch/pipeline/pipeline.h"
#include "wirewatch/scenario/case_source.h"
#include "wirewatch/scenario/observer.h"
#include "wirewatch/sdk/clock.h"
#include "wirewatch/store/sqlite_store.h"

namespace wirewatch::scenario {
namespace {

constexpr size_t kAll = 1'000'000;
// Where the case's input comes from, as the pipeline sees it.
constexpr char kSource[] = "input";

// Puts what was observed and what the store holds together.
class Collection {
 public:
  Collection(const Case& of, const std::vector<PlannedRecord>& plan, const pipeline::Definition& definition)
      : case_(of), pipeline_(definition.name), last_(of.end()) {
    for (const PlannedRecord& planned : plan) inputs_.push_back(planned.input);
    for (const pipeline::AnalysisStep& step : definition.analyses) {
      const bool passes = step.is_stateful() ? step.stateful.on_error == config::OnError::kPass
                                             : step.stateless.on_error == config::OnError::kPass;
      if (passes) passing_.insert(step.is_stateful() ? step.stateful.id : step.stateless.id);
    }
  }

  // As RunOptions::on_item.
  void OnItem(const v1::Item& item, std::span<const v1::Signal* const> signals) {
    seen_.insert(item.position());
    outcome_.items.push_back({InputOf(item.position()), item});
    for (const v1::Signal* signal : signals) {
      outcome_.signals.push_back({InputOf(item.position()), alerts::GetTime(signal->arrival()), *signal, item});
    }
  }

  absl::Status Finish(const Observer& observer, const std::vector<pipeline::StepProgress>& steps, store::Store& store) {
    for (const auto& [place, fact] : observer.dropped()) {
      seen_.insert(place.first);
      outcome_.dropped.push_back(StoppedAt(place.first, fact.step, fact.text, "", fact.item));
    }
    TakeFailures(observer, steps);
    TakeTimerSignals(observer);
    absl::Status read = ReadQuarantine(store);
    if (read.ok()) read = ReadEvents(store);
    return read;
  }

  void Stopped(const absl::Status& status) { outcome_.stops = std::string(status.message()); }

  Outcome Take() {
    // What was neither analysed nor set aside went no further because it was known.
    for (size_t i = 0; i < inputs_.size() && outcome_.stops.empty(); ++i) {
      if (inputs_[i] > 0 && !seen_.contains(i + 1)) outcome_.known.push_back(inputs_[i]);
    }
    return std::move(outcome_);
  }

 private:
  InputNumber InputOf(uint64_t position) const {
    return position == 0 || position > inputs_.size() ? 0 : inputs_[position - 1];
  }
  Outcome::Stopped StoppedAt(uint64_t position, std::string step, std::string reason, std::string error,
                             std::optional<v1::Item> item) const {
    return {InputOf(position), std::move(step), std::move(reason), std::move(error), "", std::move(item)};
  }

  void TakeFailures(const Observer& observer, const std::vector<pipeline::StepProgress>& steps) {
    std::map<std::string, uint64_t> observed;
    for (const auto& [place, fact] : observer.failed()) {
      ++observed[fact.step];
      if (!passing_.contains(fact.step)) continue;
      outcome_.failed.push_back(StoppedAt(place.first, fact.step, "", fact.text, fact.item));
    }
    // Timers, and findings that the host could not take.
    for (const pipeline::StepProgress& step : steps) {
      if (step.failed > std::max(observed[step.id], step.quarantined)) {
        outcome_.failed.push_back({0, step.id, "", step.trouble, "", std::nullopt});
      }
    }
  }

  // Among Items' Signals by time: timers run before the Item that passes them.
  void TakeTimerSignals(const Observer& observer) {
    for (const Observer::TimerSignal& timer : observer.timer_signals()) {
      Outcome::Raised raised{0, timer.at, timer.signal, std::nullopt};
      raised.signal.set_step(timer.step);
      raised.signal.set_pipeline(pipeline_);
      alerts::SetTime(raised.signal.mutable_arrival(), timer.at);
      auto& signals = outcome_.signals;
      const auto later = std::find_if(signals.begin(), signals.end(), [&](const Outcome::Raised& other) {
        return other.at > raised.at || (other.at == raised.at && other.item);
      });
      signals.insert(later, std::move(raised));
    }
  }

  absl::Status ReadQuarantine(store::Store& store) {
    const auto entries = store.ReadQuarantine(pipeline_, 0, kAll);
    if (!entries.ok()) return entries.status();
    for (const store::QuarantineEntry& entry : *entries) {
      seen_.insert(entry.position);
      Outcome::Stopped& stopped = outcome_.quarantined.emplace_back(
          StoppedAt(entry.position, entry.step, entry.reason, std::string(entry.error.message()), std::nullopt));
      stopped.origin = entry.origin;
      v1::Item item;
      if (!entry.item.empty() && item.ParseFromString(entry.item)) stopped.item = std::move(item);
    }
    return absl::OkStatus();
  }

  absl::Status ReadEvents(store::Store& store) {
    const auto entries = store.ReadJournal(0, kAll);
    if (!entries.ok()) return entries.status();
    for (const store::JournalEntry& entry : *entries) {
      v1::AlertEvent event;
      if (!event.ParseFromString(entry.event)) return absl::DataLossError("an event in the journal cannot be read");
      const bool later = case_.ends_in_time() && alerts::GetTime(event.at()) > last_;
      (later ? outcome_.later : outcome_.events).push_back(std::move(event));
    }
    return absl::OkStatus();
  }

  const Case& case_;
  const std::string pipeline_;
  const absl::Time last_;
  std::vector<InputNumber> inputs_;  // by position, from 1
  std::set<std::string> passing_;    // steps with on_error: pass
  std::set<uint64_t> seen_;          // positions that have come to something
  Outcome outcome_;
};

pipeline::StepOf<Source> SourceStep(std::vector<PlannedRecord> plan) {
  pipeline::StepOf<Source> step;
  step.id = step.plugin = kSource;
  step.instance = std::make_unique<CaseSource>(std::move(plan));
  return step;
}

}  // namespace

std::optional<TestedPipeline> TestedPipeline::Load(const TestFile& file, const loader::Registry& registry,
                                                   Diagnostics& diagnostics) {
  const int before = diagnostics.errors();
  std::error_code error;
  if (!std::filesystem::is_regular_file(file.pipeline, error)) {
    diagnostics.Error(file.pipeline_at, absl::StrCat("there is no pipeline \"", file.pipeline.string(), "\""),
                      "the path is relative to this file");
    return std::nullopt;
  }
  std::optional<config::Pipeline> pipeline = config::LoadPipeline(file.pipeline, file.environment, diagnostics);
  if (!pipeline || diagnostics.errors() > before) return std::nullopt;
  TestedPipeline loaded(*std::move(pipeline), file, registry);
  loaded.CheckStubs(file.stubs, diagnostics);
  std::vector<FileInput> inputs;
  absl::Time latest = absl::UnixEpoch();
  for (const Case& of : file.cases) {
    latest = std::max(latest, of.end());
    for (const Input& input : of.inputs) {
      if (input.file) inputs.push_back({input.source, *input.file, input.at});
    }
    std::vector<Stub> own = of.stubs;
    std::erase_if(own, [&](const Stub& stub) {
      return std::any_of(file.stubs.begin(), file.stubs.end(), [&](const Stub& of_file) {
        return of_file.step == stub.step;  // said already
      });
    });
    loaded.CheckStubs(own, diagnostics);
  }
  ManualClock clock(latest);
  const pipeline::SetupContext context{clock, true, file.environment};
  loaded.files_ = ReadFileInputs(inputs, loaded.pipeline_, registry, context, diagnostics);
  loaded.sources_ = std::exchange(loaded.pipeline_.sources, {});
  loaded.pipeline_.channels.clear();
  loaded.pipeline_.recipients.clear();
  if (diagnostics.errors() > before) return std::nullopt;
  return loaded;
}

void TestedPipeline::CheckStubs(const std::vector<Stub>& stubs, Diagnostics& diagnostics) const {
  const auto has = [](const std::vector<config::Step>& steps, const std::string& id) {
    return std::any_of(steps.begin(), steps.end(), [&](const config::Step& step) { return step.id == id; });
  };
  std::vector<std::string> ids;
  for (const config::Step& step : pipeline_.analyses) ids.push_back(step.id);
  for (const Stub& stub : stubs) {
    if (has(pipeline_.analyses, stub.step)) continue;
    const bool elsewhere = has(pipeline_.sources, stub.step) || has(pipeline_.channels, stub.step);
    const std::string closest = ClosestName(stub.step, ids);
    diagnostics.Error(stub.at, absl::StrCat("the pipeline has no analysis with the id \"", stub.step, "\""),
                      elsewhere         ? "sources and channels need no stub: a test never runs them"
                      : closest.empty() ? ""
                                        : absl::StrCat("did you mean \"", closest, "\"?"));
  }
}

std::optional<pipeline::Definition> TestedPipeline::Assemble(const std::vector<Stub>& stubs, Clock& clock,
                                                             Diagnostics& diagnostics) const {
  pipeline::StandIns stand_ins;
  for (const Stub& stub : stubs) stand_ins[stub.step] = {MakeStub(stub), ProvidedBy(stub)};
  const pipeline::SetupContext context{clock, true, environment_};
  return pipeline::Assemble(pipeline_, *registry_, context, diagnostics, std::move(stand_ins));
}

std::optional<Outcome> TestedPipeline::Run(const Case& of, int workers, Diagnostics& diagnostics) const {
  ManualClock clock(of.end());
  std::optional<pipeline::Definition> definition = Assemble(of.stubs, clock, diagnostics);
  if (!definition) return std::nullopt;
  std::vector<PlannedRecord> plan = Plan(of, files_);
  Collection collection(of, plan, *definition);
  Observer observer;
  observer.Watch(*definition);
  definition->sources.push_back(SourceStep(std::move(plan)));
  absl::StatusOr<std::unique_ptr<store::Store>> store = store::OpenSqlite({});
  absl::Status status = store.status();
  if (status.ok()) status = PrepareStore(definition->name, of.start, **store);
  if (status.ok()) {
    pipeline::RunOptions options;
    options.workers = workers;
    options.once = true;
    options.clock = &clock;
    options.store = store->get();
    options.on_item = [&collection](const v1::Item& item, std::span<const v1::Signal* const> signals) {
      collection.OnItem(item, signals);
    };
    auto running = pipeline::Pipeline::Start(*std::move(definition), options);
    status = running.ok() ? (*running)->Wait() : running.status();
    if (running.ok()) {
      const absl::Status read = collection.Finish(observer, (*running)->Snapshot().steps, **store);
      if (status.ok()) status = read;
    }
  }
  if (!status.ok()) collection.Stopped(status);
  return collection.Take();
}

std::optional<std::vector<Example>> TestedPipeline::Examples(Diagnostics& diagnostics) const {
  ManualClock clock(DefaultStart());
  const std::optional<pipeline::Definition> definition = Assemble(stubs_, clock, diagnostics);
  if (!definition) return std::nullopt;
  std::vector<Example> examples;
  for (const pipeline::AnalysisStep& step : definition->analyses) {
    const Plugin& plugin = step.is_stateful() ? static_cast<const Plugin&>(*step.stateful.instance)
                                              : static_cast<const Plugin&>(*step.stateless.instance);
    for (Example& example : plugin.Examples()) examples.push_back(std::move(example));
  }
  return examples;
}

std::optional<Outcome> TestedPipeline::RunExample(const Path& file, const SourceLocation& at, int workers,
                                                  Diagnostics& diagnostics) {
  Case of;
  of.start = DefaultStart();
  of.stubs = stubs_;
  of.inputs.push_back({.at = at, .time = of.start, .item = {}, .file = file, .source = {}});
  const FileInput input{"", file, at};
  if (!files_.contains(input.key())) {
    config::Pipeline readers = pipeline_;
    readers.sources = sources_;
    ManualClock clock(of.start);
    const int before = diagnostics.errors();
    files_.merge(ReadFileInputs({input}, readers, *registry_, {clock, true, environment_}, diagnostics));
    if (diagnostics.errors() > before) return std::nullopt;
  }
  for (const Record& record : files_.at(input.key())) {
    if (record.item.published().has_value()) {
      of.start = std::max(of.start, alerts::GetTime(record.item.published().value()));
    }
  }
  of.inputs.back().time = of.start;
  return Run(of, workers, diagnostics);
}

}  // namespace wirewatch::scenario
