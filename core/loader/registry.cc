#include "wirewatch/loader/registry.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "wirewatch/loader/describer.h"
#include "wirewatch/loader/library.h"
#include "wirewatch/loader/private_copy.h"

namespace wirewatch::loader {
namespace {

// What tells one build of a library from another without reading it.
std::string IdentityOf(const std::filesystem::path& file) {
  struct stat found {};
  if (stat(file.c_str(), &found) != 0) return "";
  return absl::StrCat(file.string(), "|", found.st_dev, "|", found.st_ino, "|", found.st_size, "|",
                      found.st_mtim.tv_sec, ".", found.st_mtim.tv_nsec, "|", found.st_ctim.tv_sec, ".",
                      found.st_ctim.tv_nsec, "|", kBuildId);
}

std::string Described(const Library& library) { return absl::StrCat(library.file.string(), ": "); }

// Factories by the private copy they came from; a copy is loaded once in the process.
struct Loaded {
  std::mutex mutex;
  std::map<std::filesystem::path, const PluginFactory*> factories;
};
Loaded& AllLoaded() {
  static Loaded& loaded = *new Loaded;
  return loaded;
}

}  // namespace

RegistryOptions DefaultOptions() {
  RegistryOptions options;
  std::error_code error;
  const std::filesystem::path prefix =
      std::filesystem::read_symlink("/proc/self/exe", error).parent_path().parent_path();
  if (const char* more = std::getenv("WIREWATCH_PLUGIN_PATH")) {
    for (const std::string& folder : std::vector<std::string>(absl::StrSplit(more, ':', absl::SkipEmpty()))) {
      options.folders.emplace_back(folder);
    }
  }
  options.folders.push_back(prefix / "lib/wirewatch/plugins");
  options.describer = prefix / "lib/wirewatch/describe-plugin";
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  options.cache = cache != nullptr && *cache != '\0' ? std::filesystem::path(cache) / "wirewatch"
                  : home != nullptr && *home != '\0' ? std::filesystem::path(home) / ".cache/wirewatch"
                                                     : std::filesystem::temp_directory_path() /
                                                           absl::StrCat("wirewatch-", static_cast<unsigned>(getuid()));
  return options;
}

Registry Registry::Scan(RegistryOptions options) {
  Registry registry(std::move(options));
  std::map<std::pair<std::string, std::string>, std::filesystem::path> seen;
  for (const std::filesystem::path& root : registry.options_.folders) {
    for (const std::string folder : {"alerts", "analyses", "sources"}) {
      std::error_code error;
      std::set<std::filesystem::path> files;
      for (const auto& entry : std::filesystem::directory_iterator(root / folder, error)) {
        if (entry.path().extension() == ".so") files.insert(entry.path());
      }
      for (const std::filesystem::path& file : files) {
        Library library{file, folder, file.stem().string(), std::nullopt, ""};
        const auto [first, added] = seen.emplace(std::pair(folder, library.name), file);
        if (!added) {
          library.refusal = absl::StrCat("there is another plugin of this name, ", first->second.string(),
                                         ", which comes first: rename or remove one");
        } else {
          registry.Describe(library);
        }
        registry.libraries_.push_back(std::move(library));
      }
    }
  }
  std::stable_sort(registry.libraries_.begin(), registry.libraries_.end(), [](const Library& a, const Library& b) {
    return std::tie(a.folder, a.name) < std::tie(b.folder, b.name);
  });
  return registry;
}

void Registry::Describe(Library& library) const {
  const std::filesystem::path cached = options_.cache / "descriptions" / Sha256(IdentityOf(library.file));
  if (const absl::StatusOr<std::string> known = ReadFile(cached); known.ok()) {
    v1::PluginDescription description;
    if (description.ParseFromString(*known) && description.name() == library.name) {
      library.description = std::move(description);
      return;
    }
  }
  const std::filesystem::path files[] = {library.file};
  Description found = Describer(options_.describer, options_.timeout).Describe(files).front();
  if (found.status.ok() && FolderOf(found.plugin.kind()) != library.folder) {
    found.status = absl::FailedPreconditionError(absl::StrCat("it stands in ", library.folder, "/ but belongs in ",
                                                              std::string(FolderOf(found.plugin.kind())), "/"));
  }
  if (!found.status.ok()) {
    library.refusal = std::string(found.status.message());
    return;
  }
  // A description that cannot be cached is made again next time: slower, nothing else.
  std::error_code error;
  std::filesystem::create_directories(cached.parent_path(), error);
  WriteFileAtomically(cached, found.plugin.SerializeAsString()).IgnoreError();
  library.description = std::move(found.plugin);
}

const Library* Registry::Find(std::string_view folder, std::string_view name) const {
  const Library* refused = nullptr;
  for (const Library& library : libraries_) {
    if (library.folder != folder || library.name != name) continue;
    if (library.description) return &library;
    if (refused == nullptr) refused = &library;
  }
  return refused;
}

std::vector<std::string> Registry::Names(std::string_view folder) const {
  std::vector<std::string> names;
  for (const Library& library : libraries_) {
    if (library.folder == folder && library.description) names.push_back(library.name);
  }
  return names;
}

absl::StatusOr<std::vector<const PluginFactory*>> Registry::Load(std::span<const Library* const> set) const {
  std::vector<std::filesystem::path> copies;  // one for each of `set`
  std::vector<std::filesystem::path> distinct;
  for (const Library* library : set) {
    if (!library->description) return absl::FailedPreconditionError(Described(*library) + library->refusal);
    absl::StatusOr<std::filesystem::path> copy = PrivateCopy(library->file, options_.cache);
    if (!copy.ok())
      return absl::Status(copy.status().code(), Described(*library) + std::string(copy.status().message()));
    if (std::find(distinct.begin(), distinct.end(), *copy) == distinct.end()) distinct.push_back(*copy);
    copies.push_back(*std::move(copy));
  }
  const std::vector<Description> rehearsed = Describer(options_.describer, options_.timeout).Describe(distinct);
  for (size_t i = 0; i < rehearsed.size(); ++i) {
    if (rehearsed[i].status.ok()) continue;
    const size_t at = static_cast<size_t>(std::find(copies.begin(), copies.end(), distinct[i]) - copies.begin());
    std::vector<std::string> others;
    for (size_t before = 0; before < i; ++before) others.push_back(distinct[before].stem().string());
    return absl::FailedPreconditionError(absl::StrCat(
        Described(*set[at]), others.empty() ? "" : absl::StrCat("together with ", absl::StrJoin(others, ", "), ", "),
        std::string(rehearsed[i].status.message())));
  }
  std::vector<const PluginFactory*> factories;
  Loaded& loaded = AllLoaded();
  const std::lock_guard lock(loaded.mutex);
  for (size_t i = 0; i < set.size(); ++i) {
    const PluginFactory*& factory = loaded.factories[copies[i]];
    if (factory == nullptr) {
      absl::StatusOr<const PluginFactory*> opened = OpenLibrary(copies[i], set[i]->name);
      if (!opened.ok())
        return absl::Status(opened.status().code(), Described(*set[i]) + std::string(opened.status().message()));
      factory = *opened;
    }
    factories.push_back(factory);
  }
  return factories;
}

}  // namespace wirewatch::loader
