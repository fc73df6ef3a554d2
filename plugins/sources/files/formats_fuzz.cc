// Any bytes as a text, a page and a JSON line: an Item whose texts are all valid UTF-8, or a reason.
#include <boost/json.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "encoding.h"
#include "html_format.h"
#include "json_format.h"
#include "options.h"
#include "text_format.h"
#include "wirewatch/text/utf8.h"

namespace {

using wirewatch::v1::Item;

// What is not UTF-8 serialises, but does not parse.
void Require(const Item& item) {
  Item again;
  if (!again.ParseFromString(item.SerializeAsString())) std::abort();
  if (!wirewatch::text::IsValidUtf8(item.headline()) || !wirewatch::text::IsValidUtf8(item.body())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wirewatch::sources;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const absl::TimeZone zone = absl::UTCTimeZone();
  static const auto& fields = *new std::vector<TextField>(FilesOptions::DefaultFields());
  const DecodedText text = DecodeText(bytes);
  if (!wirewatch::text::IsValidUtf8(text.text)) std::abort();
  Item item;
  if (FillFromText(text.text, fields, zone, item).ok()) Require(item);
  item.Clear();
  if (FillFromHtml(DecodeText(bytes, DeclaredEncoding(bytes)).text, zone, item).ok()) Require(item);
  const auto document = ParseJson(text.text);
  if (!document.ok()) return 0;
  for (const boost::json::value* story : StoriesIn(*document)) {
    item.Clear();
    if (FillFromJson(*story, zone, item).ok()) Require(item);
  }
  return 0;
}
