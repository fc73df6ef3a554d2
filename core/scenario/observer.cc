#include "wirewatch/scenario/observer.h"

#include <algorithm>
#include <exception>

#include "absl/strings/str_cat.h"
#include "wirewatch/scenario/message_reader.h"

namespace wirewatch::scenario {
namespace {

class ObservedAnalysis final : public Analysis {
 public:
  ObservedAnalysis(Observer& observer, std::string step, size_t index, std::unique_ptr<Analysis> inner)
      : observer_(observer), step_(std::move(step)), index_(index), inner_(std::move(inner)) {}

  void AnalyzeBatch(std::span<const Document* const> documents, std::span<Findings> findings,
                    std::span<absl::Status> statuses) const override {
    try {
      inner_->AnalyzeBatch(documents, findings, statuses);
    } catch (const std::exception& thrown) {
      // Among several the host tries each by itself.
      if (documents.size() == 1) Fail(*documents[0], absl::StrCat("the plugin threw: ", thrown.what()));
      throw;
    }
    for (size_t i = 0; i < documents.size(); ++i) {
      if (!statuses[i].ok()) {
        Fail(*documents[i], std::string(statuses[i].message()));
      } else if (findings[i].drop_reason()) {
        observer_.Dropped({documents[i]->position(), index_},
                          {step_, *findings[i].drop_reason(), documents[i]->item()});
      }
    }
  }

 private:
  void Fail(const Document& document, std::string message) const {
    observer_.Failed({document.position(), index_}, {step_, std::move(message), document.item()});
  }

  Observer& observer_;
  const std::string step_;
  const size_t index_;
  const std::unique_ptr<Analysis> inner_;
};

class ObservedStatefulAnalysis final : public StatefulAnalysis {
 public:
  ObservedStatefulAnalysis(Observer& observer, std::string step, size_t index, std::unique_ptr<StatefulAnalysis> inner)
      : observer_(observer), step_(std::move(step)), index_(index), inner_(std::move(inner)) {}

  absl::Status Restore(uint32_t version, State& state) override { return inner_->Restore(version, state); }
  absl::Time NextTimer() const override { return inner_->NextTimer(); }

  absl::Status Analyze(const Document& document, Findings& findings, State& state) override {
    const Observer::Place place{document.position(), index_};
    now_ = std::max(now_, document.arrival());
    try {
      absl::Status status = inner_->Analyze(document, findings, state);
      if (!status.ok()) observer_.Failed(place, {step_, std::string(status.message()), document.item()});
      if (status.ok() && findings.drop_reason()) {
        observer_.Dropped(place, {step_, *findings.drop_reason(), document.item()});
      }
      return status;
    } catch (const std::exception& thrown) {
      observer_.Failed(place, {step_, absl::StrCat("the plugin threw: ", thrown.what()), document.item()});
      throw;
    }
  }

  absl::Status OnTimer(absl::Time due, Findings& findings, State& state) override {
    absl::Status status = inner_->OnTimer(due, findings, state);
    now_ = std::max(now_, due);
    if (!status.ok()) return status;
    for (const v1::Signal* signal : findings.signals()) observer_.Raised({step_, now_, *signal});
    return status;
  }

 private:
  Observer& observer_;
  const std::string step_;
  const size_t index_;
  const std::unique_ptr<StatefulAnalysis> inner_;
  absl::Time now_ = absl::InfinitePast();
};

class StubAnalysis final : public Analysis {
 public:
  explicit StubAnalysis(Stub stub) : stub_(std::move(stub)) {}

  absl::Status Analyze(const Document& document, Findings& findings) const override {
    for (const StubRule& rule : stub_.rules) {
      if (rule.when.empty() || rule.when.Matches(document)) return Carry(rule, document, findings);
    }
    return absl::OkStatus();
  }

 private:
  // Spans are those of the text as it is then.
  static absl::Status Carry(const StubRule& rule, const Document& document, Findings& findings) {
    if (rule.error) return absl::InvalidArgumentError(*rule.error);
    v1::Item item = document.item();
    if (rule.text) {
      findings.ReplaceText().MergeFrom(*rule.text);
      item.MergeFrom(*rule.text);
    }
    std::string missing;
    if (rule.annotations) {
      v1::Item annotations = *rule.annotations;
      missing = PlaceSpans(item, annotations);
      findings.Annotate().MergeFrom(annotations);
    }
    for (const v1::Signal& raised : rule.signals) {
      v1::Signal signal = raised;
      if (missing.empty()) missing = PlaceSpans(item, signal);
      findings.AddSignal() = signal;
    }
    if (!missing.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("the stub's span \"", missing, "\" is not in the Item's text"));
    }
    if (rule.drop) findings.Drop(*rule.drop);
    return absl::OkStatus();
  }

  const Stub stub_;
};

}  // namespace

void Observer::Watch(pipeline::Definition& definition) {
  for (size_t i = 0; i < definition.analyses.size(); ++i) {
    pipeline::AnalysisStep& step = definition.analyses[i];
    if (step.is_stateful()) {
      step.stateful.instance =
          std::make_unique<ObservedStatefulAnalysis>(*this, step.stateful.id, i, std::move(step.stateful.instance));
    } else {
      step.stateless.instance =
          std::make_unique<ObservedAnalysis>(*this, step.stateless.id, i, std::move(step.stateless.instance));
    }
  }
}

void Observer::Dropped(const Place& at, Fact fact) {
  const std::lock_guard lock(mutex_);
  dropped_.insert_or_assign(at, std::move(fact));
}

void Observer::Failed(const Place& at, Fact fact) {
  const std::lock_guard lock(mutex_);
  failed_.insert_or_assign(at, std::move(fact));
}

void Observer::Raised(TimerSignal signal) {
  const std::lock_guard lock(mutex_);
  timer_signals_.push_back(std::move(signal));
}

std::unique_ptr<Analysis> MakeStub(Stub stub) { return std::make_unique<StubAnalysis>(std::move(stub)); }

std::vector<std::string> ProvidedBy(const Stub& stub) {
  std::vector<std::string> names;
  for (const StubRule& rule : stub.rules) {
    if (!rule.annotations) continue;
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    rule.annotations->GetReflection()->ListFields(*rule.annotations, &fields);
    for (const auto* field : fields) names.push_back(field->name());
  }
  return names;
}

}  // namespace wirewatch::scenario
