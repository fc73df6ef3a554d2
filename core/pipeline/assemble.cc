#include "wirewatch/pipeline/assemble.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wirewatch/loader/private_copy.h"

namespace wirewatch::pipeline {
namespace {

// A step with the library that fills it.
struct Found {
  const config::Step* step;
  const loader::Library* library;
  const PluginFactory* factory = nullptr;
  StandIn* stand_in = nullptr;  // instead of the plugin
};

std::string_view WordFor(std::string_view folder) {
  return folder == "sources" ? "source" : folder == "analyses" ? "analysis" : "alert channel";
}

class Assembler {
 public:
  Assembler(const config::Pipeline& pipeline, const loader::Registry& registry, const SetupContext& context,
            Diagnostics& diagnostics, StandIns& stand_ins)
      : pipeline_(pipeline), registry_(registry), context_(context), diagnostics_(diagnostics), stand_ins_(stand_ins) {}

  std::optional<Definition> Run() {
    std::vector<Found> sources = Find("sources", pipeline_.sources), analyses = Find("analyses", pipeline_.analyses),
                       channels = Find("alerts", pipeline_.channels);
    if (!Load({&sources, &analyses, &channels})) return std::nullopt;
    Definition& definition = definition_;
    definition.name = pipeline_.name;
    if (!pipeline_.files.empty()) definition.file = pipeline_.files.front();
    for (const std::filesystem::path& file : pipeline_.files) definition.inputs.push_back({file});
    definition.limits = pipeline_.limits;
    TakeGrouping(definition.grouping);
    TakeRetention(definition.retention);
    for (const config::Recipient& recipient : pipeline_.recipients) definition.recipients.push_back(RulesOf(recipient));
    for (const Found& found : sources) {
      if (found.factory != nullptr) definition.sources.push_back(Create<Source>(found));
    }
    std::vector<OrderedStep> order;
    for (const Found& found : analyses) {
      if (found.stand_in != nullptr) definition.analyses.push_back(TakeStandIn(found, order));
      if (found.factory != nullptr) definition.analyses.push_back(CreateAnalysis(found, order));
    }
    for (const Found& found : channels) {
      if (found.factory != nullptr) definition.channels.push_back(Create<AlertChannel>(found));
    }
    CheckOrder(order, Providers(), diagnostics_);
    if (!diagnostics_.ok()) return std::nullopt;
    std::string fingerprint = pipeline_.fingerprint;
    for (const auto* steps : {&pipeline_.sources, &pipeline_.analyses, &pipeline_.channels}) {
      for (const config::Step& step : *steps) absl::StrAppend(&fingerprint, step.id, "/");
    }
    definition.fingerprint = loader::Sha256(fingerprint);
    return std::move(definition_);
  }

 private:
  std::vector<Found> Find(const std::string& folder, const std::vector<config::Step>& steps) {
    std::vector<Found> found;
    for (const config::Step& step : steps) {
      const loader::Library* library = registry_.Find(folder, step.plugin);
      const auto stand_in = folder == "analyses" ? stand_ins_.find(step.id) : stand_ins_.end();
      if (stand_in != stand_ins_.end()) {
        found.push_back({&step, library, nullptr, &stand_in->second});
      } else if (library == nullptr) {
        ReportUnknown(folder, step);
      } else if (!library->description) {
        diagnostics_.Error(step.at, absl::StrCat("the plugin \"", step.plugin, "\" cannot be used: ",
                                                 library->file.string(), ": ", library->refusal));
      } else {
        found.push_back({&step, library});
      }
    }
    return found;
  }

  void ReportUnknown(const std::string& folder, const config::Step& step) {
    std::string hint;
    for (const char* other : {"sources", "analyses", "alerts"}) {
      if (folder == other || registry_.Find(other, step.plugin) == nullptr) continue;
      hint = absl::StrCat("\"", step.plugin, "\" is ", std::string(other) == "sources" ? "a " : "an ",
                          std::string(WordFor(other)), ": put it under ",
                          std::string(other) == "alerts" ? "alerts.channels" : other);
    }
    const std::vector<std::string> names = registry_.Names(folder);
    const std::string closest = ClosestName(step.plugin, names);
    if (hint.empty() && !closest.empty()) hint = absl::StrCat("did you mean \"", closest, "\"?");
    if (hint.empty())
      hint = names.empty() ? "none is installed" : absl::StrCat("there are ", absl::StrJoin(names, ", "));
    diagnostics_.Error(
        step.at, absl::StrCat("there is no ", std::string(WordFor(folder)), " called \"", step.plugin, "\""), hint);
  }

  bool Load(const std::vector<std::vector<Found>*>& kinds) {
    std::vector<const loader::Library*> set;
    for (const auto* kind : kinds) {
      for (const Found& found : *kind) {
        if (found.stand_in == nullptr) set.push_back(found.library);
      }
    }
    const absl::StatusOr<std::vector<const PluginFactory*>> factories = registry_.Load(set);
    if (!factories.ok()) {
      diagnostics_.Error(pipeline_.at, std::string(factories.status().message()));
      return false;
    }
    size_t next = 0;
    for (auto* kind : kinds) {
      for (Found& found : *kind) {
        if (found.stand_in == nullptr) found.factory = (*factories)[next++];
      }
    }
    return true;
  }

  // A plugin that throws while it is created is reported like any other error.
  std::unique_ptr<Plugin> Instance(const Found& found, std::string& fingerprint) {
    HostSetup setup(context_, pipeline_.name, found.step->id, found.step->options, diagnostics_);
    try {
      std::unique_ptr<Plugin> plugin = found.factory->Create(found.step->options, setup);
      fingerprint = loader::Sha256(absl::StrCat(found.step->fingerprint, found.factory->description().version(), "/",
                                                reinterpret_cast<uintptr_t>(found.factory), "/", setup.InputHash()));
      definition_.inputs.insert(definition_.inputs.end(), setup.inputs().begin(), setup.inputs().end());
      return plugin;
    } catch (const std::exception& thrown) {
      diagnostics_.Error(found.step->at,
                         absl::StrCat("the plugin \"", found.step->plugin, "\" threw an exception: ", thrown.what()));
    } catch (...) {
      diagnostics_.Error(found.step->at, absl::StrCat("the plugin \"", found.step->plugin, "\" threw an exception"));
    }
    return nullptr;
  }

  template <class P>
  StepOf<P> Wrap(const Found& found, std::unique_ptr<Plugin> plugin, const std::string& fingerprint) {
    const v1::PluginDescription& description = found.factory->description();
    StepOf<P> step;
    step.id = found.step->id;
    step.plugin = description.name();
    step.version = description.version();
    step.provides.assign(description.provides().begin(), description.provides().end());
    step.when = found.step->when;
    step.on_error = found.step->on_error;
    step.state_version = description.state_version();
    step.fingerprint = fingerprint;
    // The kind was taken from the class itself when the description was made.
    step.instance.reset(static_cast<P*>(plugin.release()));
    return step;
  }

  template <class P>
  StepOf<P> Create(const Found& found) {
    if (!found.step->when.empty()) {
      diagnostics_.Error(found.step->at, "`when` stands only with analyses");
    }
    std::string fingerprint;
    std::unique_ptr<Plugin> plugin = Instance(found, fingerprint);
    return Wrap<P>(found, std::move(plugin), fingerprint);
  }

  AnalysisStep CreateAnalysis(const Found& found, std::vector<OrderedStep>& order) {
    const v1::PluginDescription& description = found.factory->description();
    std::string fingerprint;
    std::unique_ptr<Plugin> plugin = Instance(found, fingerprint);
    OrderedStep ordered{found.step->id, found.step->at, {}, {}};
    ordered.needs.assign(description.needs().begin(), description.needs().end());
    ordered.provides.assign(description.provides().begin(), description.provides().end());
    if (plugin != nullptr) {
      for (std::string& need : plugin->Needs()) ordered.needs.push_back(std::move(need));
    }
    for (std::string& need : found.step->when.Needs()) ordered.needs.push_back(std::move(need));
    order.push_back(std::move(ordered));
    AnalysisStep step;
    if (description.kind() == v1::PLUGIN_KIND_STATEFUL_ANALYSIS) {
      step.stateful = Wrap<StatefulAnalysis>(found, std::move(plugin), fingerprint);
    } else {
      step.stateless = Wrap<Analysis>(found, std::move(plugin), fingerprint);
    }
    return step;
  }

  AnalysisStep TakeStandIn(const Found& found, std::vector<OrderedStep>& order) {
    OrderedStep ordered{found.step->id, found.step->at, found.step->when.Needs(), found.stand_in->provides};
    if (found.library != nullptr && found.library->description) {
      const auto& provides = found.library->description->provides();
      ordered.provides.insert(ordered.provides.end(), provides.begin(), provides.end());
    }
    AnalysisStep step;
    step.stateless.provides = ordered.provides;
    order.push_back(std::move(ordered));
    step.stateless.id = found.step->id;
    step.stateless.plugin = found.step->plugin;
    step.stateless.version = "stub";
    step.stateless.when = found.step->when;
    step.stateless.on_error = found.step->on_error;
    step.stateless.instance = std::move(found.stand_in->analysis);
    return step;
  }

  std::vector<std::pair<std::string, std::string>> Providers() const {
    std::vector<std::pair<std::string, std::string>> providers;
    for (const loader::Library& library : registry_.libraries()) {
      if (!library.description) continue;
      for (const std::string& annotation : library.description->provides())
        providers.emplace_back(annotation, library.name);
    }
    return providers;
  }

  void TakeGrouping(alerts::GroupingOptions& options) {
    const config::Grouping& grouping = pipeline_.grouping;
    options.group_by = grouping.group_by;
    options.wait = grouping.wait;
    options.interval = grouping.interval;
    options.repeat = grouping.repeat;
    options.close_after = grouping.close_after;
    options.late_after = grouping.late_after;
    options.on_update = grouping.on_update == config::OnUpdate::kFirst   ? alerts::OnUpdate::kFirst
                        : grouping.on_update == config::OnUpdate::kEvery ? alerts::OnUpdate::kEvery
                                                                         : alerts::OnUpdate::kAdded;
    options.escalate_after = grouping.escalate_after;
    alerts::RaiseWhen::Error error;
    if (grouping.raise_when.empty() || alerts::RaiseWhen::Parse(grouping.raise_when, options.raise_when, error)) return;
    diagnostics_.Error(grouping.raise_when_at,
                       absl::StrCat("in the condition, column ", error.column, ": ", error.message), error.hint);
  }

  static alerts::RecipientRules RulesOf(const config::Recipient& recipient) {
    alerts::RecipientRules rules;
    rules.id = recipient.id;
    rules.channels = recipient.channels;
    rules.language = recipient.language;
    rules.time_zone = recipient.time_zone;
    rules.match = {recipient.match.watches, recipient.match.labels, recipient.match.least_severity};
    for (const config::WeekInterval& quiet : recipient.quiet_hours) {
      rules.quiet_hours.push_back({quiet.days, quiet.begin, quiet.end});
    }
    for (const config::WeekTime& time : recipient.digest) rules.digest.push_back({time.days, time.minute});
    if (recipient.cap) rules.cap = alerts::Cap{recipient.cap->messages, recipient.cap->per};
    rules.inhibit = recipient.delivery == config::AlertDelivery::kGrouped;
    rules.render = {recipient.rights.unknown, recipient.rights.display, recipient.rights.forward,
                    recipient.rights.embargoed};
    return rules;
  }

  void TakeRetention(store::RetentionRule& rule) const {
    rule.pipeline = pipeline_.name;
    rule.items = pipeline_.retention.items;
    rule.items_at_least = pipeline_.grouping.close_after;
    rule.alerts = pipeline_.retention.alerts;
    rule.size = pipeline_.retention.size.bytes;
    rule.quarantine = pipeline_.retention.quarantine.bytes;
    rule.suppressions = pipeline_.retention.suppressions;
    rule.most_suppressions = pipeline_.retention.most_suppressions;
  }

  const config::Pipeline& pipeline_;
  const loader::Registry& registry_;
  const SetupContext& context_;
  Diagnostics& diagnostics_;
  Definition definition_;
  StandIns& stand_ins_;
};

}  // namespace

void CheckOrder(const std::vector<OrderedStep>& steps,
                const std::vector<std::pair<std::string, std::string>>& providers, Diagnostics& diagnostics) {
  const auto provides = [](const OrderedStep& step, const std::string& need) {
    return std::find(step.provides.begin(), step.provides.end(), need) != step.provides.end();
  };
  for (size_t i = 0; i < steps.size(); ++i) {
    std::vector<std::string> needs = steps[i].needs;
    std::sort(needs.begin(), needs.end());
    needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
    for (const std::string& need : needs) {
      const auto end = steps.begin() + static_cast<std::ptrdiff_t>(i);
      if (std::any_of(steps.begin(), end, [&](const auto& step) { return provides(step, need); })) continue;
      std::string hint;
      for (size_t later = i + 1; later < steps.size() && hint.empty(); ++later) {
        if (provides(steps[later], need)) hint = absl::StrCat("move \"", steps[later].id, "\" before it");
      }
      for (const auto& [annotation, plugin] : providers) {
        if (hint.empty() && annotation == need) hint = absl::StrCat("add \"", plugin, "\" before it");
      }
      if (hint.empty()) hint = "no plugin that is installed provides it";
      diagnostics.Error(steps[i].at,
                        absl::StrCat("\"", steps[i].id, "\" needs ", need, ", which no step before it provides"), hint);
    }
  }
}

std::optional<Definition> Assemble(const config::Pipeline& pipeline, const loader::Registry& registry,
                                   const SetupContext& context, Diagnostics& diagnostics, StandIns stand_ins) {
  return Assembler(pipeline, registry, context, diagnostics, stand_ins).Run();
}

}  // namespace wirewatch::pipeline
