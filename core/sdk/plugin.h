// Plugin, PluginSpec and WIREWATCH_PLUGIN: how a library says what plugin it holds.
//
//   WIREWATCH_PLUGIN(Shouting, {
//       .name = "shouting", .summary = "Flags headlines written in capitals.",
//       .options = {Field("min_ratio", &Shouting::Options::min_ratio, "Share of capitals.").Range(0, 1)},
//       .provides = {"shouting"}})
//
// One library holds one plugin. It is described in a child process, checked against the ABI gate before any C++ call,
// and never unloaded. The functions here are called by the host at start-up, from one thread.
#ifndef WIREWATCH_SDK_PLUGIN_H_
#define WIREWATCH_SDK_PLUGIN_H_

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wirewatch/sdk/build_id.h"
#include "wirewatch/sdk/field.h"
#include "wirewatch/sdk/setup.h"
#include "wirewatch/v1/plugin.pb.h"

namespace wirewatch {

// A file that shows what an instance is for: something in it must, or nothing in it may, raise a Signal of this watch.
struct Example {
  std::string watch_id;
  Path file;
  bool hit = true;
  SourceLocation at;  // where it is stated
};

// Base of Analysis, StatefulAnalysis, Source and AlertChannel.
class Plugin {
 public:
  virtual ~Plugin() = default;
  // Annotations that this instance needs beyond PluginSpec::needs, known once it is created (`watch`: from its
  // watches).
  virtual std::vector<std::string> Needs() const { return {}; }
  // Run by `wirewatch test`, as the pipeline's `files` source reads files.
  virtual std::vector<Example> Examples() const { return {}; }
};

class Analysis;
class StatefulAnalysis;
class Source;
class AlertChannel;
class WatchHolder;

template <class P>
struct OptionsOfPlugin {
  struct Type {};
};
template <class P>
requires requires { typename P::Options; }
struct OptionsOfPlugin<P> {
  using Type = typename P::Options;
};
// P::Options, or an empty struct for a plugin without options.
template <class P>
using OptionsOf = typename OptionsOfPlugin<P>::Type;

// Cross-field checks: names a field, and the error is reported at the place where it was written.
class OptionErrors {
 public:
  OptionErrors(const Node& node, Diagnostics& diagnostics) : node_(node), diagnostics_(diagnostics) {}
  void Error(std::string_view field, std::string message, std::string hint = "");
  bool Written(std::string_view field) const { return node_.is_table() && node_.Find(field) != nullptr; }

 private:
  const Node& node_;
  Diagnostics& diagnostics_;
};

// What a plugin says of itself; see v1::PluginDescription for the meaning of each. Needs and provides name annotations
// (fields of Item) and promise order, not presence.
template <class P>
struct PluginSpec {
  std::string name = {};
  std::string summary = {};
  std::string details = {};
  std::string version = kVersion;
  std::vector<FieldOf<OptionsOf<P>>> options = {};
  std::vector<std::string> needs = {};
  std::vector<std::string> provides = {};
  std::function<void(const OptionsOf<P>&, OptionErrors&)> check = {};
  v1::SourcePromise promise = v1::SOURCE_PROMISE_UNSPECIFIED;  // sources
  uint32_t state_version = 1;                                  // stateful analyses, WatchHolders
};

// The host's view of a PluginSpec.
class PluginFactory {
 public:
  virtual ~PluginFactory() = default;
  virtual const v1::PluginDescription& description() const = 0;
  // Checks options without creating the plugin.
  virtual void Check(const Node& options, Diagnostics& diagnostics) const = 0;
  // Reads the options and creates the plugin. nullptr when setup.diagnostics() has (new) errors.
  virtual std::unique_ptr<Plugin> Create(const Node& options, Setup& setup) const = 0;
};

template <class P>
constexpr v1::PluginKind KindOf() {
  if constexpr (std::is_base_of_v<Source, P>)
    return v1::PLUGIN_KIND_SOURCE;
  else if constexpr (std::is_base_of_v<StatefulAnalysis, P>)
    return v1::PLUGIN_KIND_STATEFUL_ANALYSIS;
  else if constexpr (std::is_base_of_v<AlertChannel, P>)
    return v1::PLUGIN_KIND_ALERT_CHANNEL;
  else {
    static_assert(std::is_base_of_v<Analysis, P>,
                  "a plugin derives from Source, Analysis, StatefulAnalysis or AlertChannel");
    return v1::PLUGIN_KIND_STATELESS_ANALYSIS;
  }
}

template <class P>
class FactoryOf final : public PluginFactory {
 public:
  using Options = OptionsOf<P>;
  explicit FactoryOf(PluginSpec<P> spec) : spec_(std::move(spec)) {
    description_.set_name(spec_.name);
    description_.set_kind(KindOf<P>());
    description_.set_summary(spec_.summary);
    description_.set_details(spec_.details);
    description_.set_version(spec_.version);
    for (const auto& field : spec_.options) *description_.add_options() = field.Describe(Options{});
    for (const std::string& name : spec_.needs) description_.add_needs(name);
    for (const std::string& name : spec_.provides) description_.add_provides(name);
    description_.set_promise(spec_.promise);
    const bool has_state = KindOf<P>() == v1::PLUGIN_KIND_STATEFUL_ANALYSIS || std::is_base_of_v<WatchHolder, P>;
    if (has_state) description_.set_state_version(spec_.state_version);
  }
  const v1::PluginDescription& description() const override { return description_; }
  void Check(const Node& node, Diagnostics& diagnostics) const override { Read(node, diagnostics); }
  std::unique_ptr<Plugin> Create(const Node& node, Setup& setup) const override {
    const int errors_before = setup.diagnostics().errors();
    Options options = Read(node, setup.diagnostics());
    if (setup.diagnostics().errors() > errors_before) return nullptr;
    absl::StatusOr<std::unique_ptr<P>> plugin = Make(std::move(options), setup);
    if (!plugin.ok() && setup.diagnostics().errors() == errors_before) {
      setup.diagnostics().Error(node.at(), std::string(plugin.status().message()));
    }
    if (setup.diagnostics().errors() > errors_before) return nullptr;
    return *std::move(plugin);
  }

 private:
  Options Read(const Node& node, Diagnostics& diagnostics) const {
    Options options{};
    const int errors_before = diagnostics.errors();
    ParseFields(node, spec_.options, "\"" + spec_.name + "\"", options, diagnostics);
    if (spec_.check && diagnostics.errors() == errors_before) {
      OptionErrors errors(node, diagnostics);
      spec_.check(options, errors);
    }
    return options;
  }
  static absl::StatusOr<std::unique_ptr<P>> Make(Options options, Setup& setup) {
    if constexpr (requires { P::Create(std::move(options), setup); }) {
      return P::Create(std::move(options), setup);
    } else if constexpr (std::is_constructible_v<P, Options>) {
      return std::make_unique<P>(std::move(options));
    } else {
      return std::make_unique<P>();
    }
  }

  PluginSpec<P> spec_;
  v1::PluginDescription description_;
};

// The plain-C descriptor at the ABI gate. Its layout never changes; new members go to the end.
extern "C" struct WirewatchPluginDescriptor {
  uint32_t magic;            // kPluginMagic
  uint32_t struct_size;      // sizeof(WirewatchPluginDescriptor)
  uint32_t sdk_version;      // kSdkVersion
  uint32_t kind;             // v1::PluginKind
  const char* build_id;      // kBuildId of the headers it was built with
  const void* (*factory)();  // a const wirewatch::PluginFactory*, made at the first call
};
inline constexpr uint32_t kPluginMagic = 0x57525750;  // "PWRW" in memory
inline constexpr uint32_t kSdkVersion = 1;
inline constexpr char kPluginSymbol[] = "wirewatch_plugin";

// The file's name is the plugin's name (`shouting.so`); the loader checks that the spec agrees.
#define WIREWATCH_PLUGIN(PLUGIN, ...)                                                                                  \
  extern "C" __attribute__((visibility("default"))) const ::wirewatch::WirewatchPluginDescriptor* wirewatch_plugin() { \
    static const auto factory = []() -> const void* {                                                                  \
      static const ::wirewatch::FactoryOf<PLUGIN> made(::wirewatch::PluginSpec<PLUGIN> __VA_ARGS__);                   \
      return static_cast<const ::wirewatch::PluginFactory*>(&made);                                                    \
    };                                                                                                                 \
    static const ::wirewatch::WirewatchPluginDescriptor descriptor = {                                                 \
        ::wirewatch::kPluginMagic, sizeof(::wirewatch::WirewatchPluginDescriptor),                                     \
        ::wirewatch::kSdkVersion,  static_cast<uint32_t>(::wirewatch::KindOf<PLUGIN>()),                               \
        ::wirewatch::kBuildId,     factory};                                                                           \
    return &descriptor;                                                                                                \
  }                                                                                                                    \
  static_assert(true, "")

}  // namespace wirewatch

#endif  // WIREWATCH_SDK_PLUGIN_H_
