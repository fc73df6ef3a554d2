#include "wirewatch/cli/watch_translate.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/text/fold.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::cli {
namespace {

namespace json = boost::json;
using watch::ClauseKind;
using watch::ClauseNote;
using watch::Translation;

struct Place {
  size_t line = 1, column = 1;  // columns count code points
};

Place PlaceOf(std::string_view query, uint32_t offset) {
  Place place;
  for (const char c : query.substr(0, offset)) {
    if (c == '\n') {
      ++place.line;
      place.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++place.column;
    }
  }
  return place;
}

std::string Drawn(const Place& place) { return absl::StrCat(place.line, ":", place.column); }

std::string Padded(std::string text, size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string JoinedWhy(const std::string& why, const std::string& hint) {
  if (why.empty() || hint.empty()) return why + hint;
  return absl::StrCat(why, "; ", hint);
}

// At spaces outside of phrases, so that people can read a long query and its differences.
std::string Wrapped(const std::string& query, const std::string& indent) {
  constexpr size_t kWidth = 100;
  std::string wrapped = indent;
  bool quoted = false;
  size_t column = 0;
  for (size_t i = 0; i < query.size(); ++i) {
    if (query[i] == '"') quoted = !quoted;
    if (query[i] == ' ' && !quoted && column + std::min(query.find(' ', i + 1), query.size()) - i > kWidth) {
      absl::StrAppend(&wrapped, "\n", indent);
      column = 0;
    } else {
      wrapped += query[i];
      ++column;
    }
  }
  return wrapped;
}

// YAML reads a JSON string as it is; ${ would be a variable.
std::string Quoted(const std::string& text) { return absl::StrReplaceAll(json::serialize(text), {{"${", "$${"}}); }

std::string QueryAsYaml(const std::string& query) {
  // Line separators and controls cannot stand in a block.
  const bool printable = text::Printable(query) == query;
  if (!printable) return absl::StrCat(" ", Quoted(query), "\n");
  return absl::StrCat(" |\n", Wrapped(absl::StrReplaceAll(query, {{"${", "$${"}}), "      "), "\n");
}

// An id out of a name: letters, digits and hyphens, and no two alike.
std::string IdOf(const std::string& name, std::set<std::string>& taken) {
  constexpr size_t kLongest = 80;
  std::string id;
  for (const char c : text::Fold(name)) {
    const bool letter = absl::ascii_isalnum(static_cast<unsigned char>(c)) != 0;
    if (letter) {
      id += c;
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
  }
  id.resize(std::min(id.size(), kLongest));
  while (id.ends_with('-')) id.pop_back();
  if (id.empty()) id = "watch";
  std::string unique = id;
  for (int i = 2; !taken.insert(unique).second; ++i) unique = absl::StrCat(id, "-", i);
  return unique;
}

std::string Comment(const std::string& indent, const std::string& text) {
  return absl::StrCat(indent, "# ", text::Printable(text), "\n");
}

// The reasons why it is approximate, each once.
std::string ApproximateComments(const Translation& translation) {
  std::string comments;
  std::set<std::string> said;
  for (const ClauseNote& note : translation.clauses) {
    if (note.kind != ClauseKind::kApproximate || !said.insert(note.why).second) continue;
    comments += Comment("    ", absl::StrCat("approximate: ", note.written, " became ", note.became, ": ", note.why));
  }
  return comments;
}

// What stands in the way of a translation, a line each.
std::vector<std::string> Obstacles(const std::string& query, const Translation& translation) {
  std::vector<std::string> lines;
  if (translation.unreadable) {
    lines.push_back(absl::StrCat(Drawn(PlaceOf(query, translation.error->offset)), ": ",
                                 JoinedWhy(translation.error->message, translation.error->hint)));
  }
  for (const ClauseNote& note : translation.clauses) {
    if (note.kind != ClauseKind::kRefused) continue;
    lines.push_back(absl::StrCat(Drawn(PlaceOf(query, note.begin)), ": ", note.written,
                                 " is refused: ", JoinedWhy(note.why, note.hint)));
  }
  return lines;
}

struct Counts {
  size_t exact = 0, approximate = 0, refused = 0;
};

void Count(const Translation& translation, Counts& clauses, Counts& queries) {
  clauses.exact += translation.Count(ClauseKind::kExact);
  clauses.approximate += translation.Count(ClauseKind::kApproximate);
  clauses.refused += translation.Count(ClauseKind::kRefused);
  if (translation.error) {
    ++queries.refused;
  } else if (translation.Count(ClauseKind::kApproximate) > 0) {
    ++queries.approximate;
  } else {
    ++queries.exact;
  }
}

std::string Draw(const char* what, const Counts& counts) {
  return absl::StrCat(what, ": ", counts.exact + counts.approximate + counts.refused, ", of them ", counts.exact,
                      " exact, ", counts.approximate, " approximate, ", counts.refused, " refused\n");
}

std::string ReadStandardInput() {
  std::string query;
  for (char c = 0; query.size() <= watch::kMaxQueryBytes && std::cin.get(c);) query += c;
  while (!query.empty() && (query.back() == '\n' || query.back() == '\r')) query.pop_back();
  return query;
}

}  // namespace

std::string DrawTranslation(const std::string& query, const Translation& translation) {
  std::string drawn;
  if (!translation.error) absl::StrAppend(&drawn, text::Printable(translation.normal_form), "\n\n");
  for (const ClauseNote& note : translation.clauses) {
    absl::StrAppend(&drawn, Padded(std::string(NameOf(note.kind)), 13), Padded(Drawn(PlaceOf(query, note.begin)), 7),
                    text::Printable(note.written));
    if (!note.became.empty() && note.became != note.written)
      absl::StrAppend(&drawn, "  ->  ", text::Printable(note.became));
    drawn += '\n';
    if (const std::string why = JoinedWhy(note.why, note.hint); !why.empty())
      absl::StrAppend(&drawn, std::string(20, ' '), text::Printable(why), "\n");
  }
  if (translation.unreadable) {
    absl::StrAppend(&drawn, Padded("error", 13), Padded(Drawn(PlaceOf(query, translation.error->offset)), 7),
                    text::Printable(JoinedWhy(translation.error->message, translation.error->hint)), "\n");
  }
  return drawn;
}

std::string TranslationAsJson(const std::string& query, watch::Dialect dialect, const Translation& translation) {
  json::object object;
  object["dialect"] = std::string(watch::NameOf(dialect));
  object["query"] = query;
  if (!translation.error) object["normal_form"] = translation.normal_form;
  json::array& clauses = object["clauses"].emplace_array();
  for (const ClauseNote& note : translation.clauses) {
    const Place place = PlaceOf(query, note.begin);
    json::object clause = {{"kind", std::string(NameOf(note.kind))},
                           {"begin", note.begin},
                           {"end", note.end},
                           {"line", place.line},
                           {"column", place.column},
                           {"written", note.written}};
    if (note.kind != ClauseKind::kRefused) clause["became"] = note.became;
    if (!note.why.empty()) clause["why"] = note.why;
    if (!note.hint.empty()) clause["hint"] = note.hint;
    clauses.push_back(std::move(clause));
  }
  if (translation.error) {
    const Place place = PlaceOf(query, translation.error->offset);
    object["error"] = {{"line", place.line},
                       {"column", place.column},
                       {"message", translation.error->message},
                       {"hint", translation.error->hint}};
  }
  return absl::StrCat(json::serialize(object), "\n");
}

int TranslateWatch(const TranslateArguments& arguments) {
  const std::string query = text::RepairUtf8(arguments.query ? *arguments.query : ReadStandardInput());
  const Translation translation = watch::Translate(query, arguments.dialect);
  const std::string drawn =
      arguments.json ? TranslationAsJson(query, arguments.dialect, translation) : DrawTranslation(query, translation);
  std::fputs(drawn.c_str(), stdout);
  return translation.error ? kFailed : kOk;
}

ImportedWatches Import(const std::vector<ExportedQuery>& queries, watch::Dialect dialect, const std::string& from) {
  ImportedWatches imported;
  Counts clauses, counted;
  std::set<std::string> ids;
  std::string watches, refused;
  for (const ExportedQuery& exported : queries) {
    const std::string query(absl::StripAsciiWhitespace(exported.query));
    const Translation translation = watch::Translate(query, dialect);
    Count(translation, clauses, counted);
    if (translation.error) {
      refused += Comment("", absl::StrCat("refused: ", exported.name, " (", exported.line, "): ", query));
      for (const std::string& line : Obstacles(query, translation)) {
        refused += Comment("", absl::StrCat("  ", line));
        absl::StrAppend(&imported.report, from, ":", exported.line, ": ", text::Printable(exported.name), ": ",
                        text::Printable(line), "\n");
      }
      continue;
    }
    absl::StrAppend(&watches, "  - id: ", IdOf(exported.name, ids), "\n");
    if (!exported.name.empty()) absl::StrAppend(&watches, "    title: ", Quoted(exported.name), "\n");
    absl::StrAppend(&watches, ApproximateComments(translation), "    query:", QueryAsYaml(translation.normal_form));
  }
  imported.refused = counted.refused;
  imported.yaml = absl::StrCat(
      Comment("", absl::StrCat("Imported from ", from, ", written for ", std::string(watch::NameOf(dialect)), ".")),
      watches.empty() ? "watches: []\n" : absl::StrCat("watches:\n", watches), refused);
  absl::StrAppend(&imported.report, Draw("queries", counted), Draw("clauses", clauses));
  return imported;
}

int ImportWatches(const ImportArguments& arguments) {
  const absl::StatusOr<std::vector<ExportedQuery>> queries = ReadExport(arguments.file, arguments.columns);
  if (!queries.ok()) {
    std::fprintf(stderr, "%s\n", text::Printable(std::string(queries.status().message())).c_str());
    return kUsage;
  }
  const ImportedWatches imported = Import(*queries, arguments.dialect, arguments.file.filename().string());
  if (arguments.output.empty()) {
    std::fputs(imported.yaml.c_str(), stdout);
  } else {
    std::error_code error;
    if (std::filesystem::exists(arguments.output, error)) {
      std::fprintf(stderr, "%s is there already; name another file\n", arguments.output.c_str());
      return kUsage;
    }
    std::ofstream stream(arguments.output, std::ios::binary);
    stream << imported.yaml;
    if (!stream.flush()) {
      std::fprintf(stderr, "%s could not be written\n", arguments.output.c_str());
      return kFailed;
    }
  }
  std::fputs(imported.report.c_str(), stderr);
  return imported.refused > 0 ? kFailed : kOk;
}

}  // namespace wirewatch::cli
