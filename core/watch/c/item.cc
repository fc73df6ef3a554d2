// Items of the C interface.
#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/text/utf8.h"
#include "wirewatch/watch/c/handles.h"

namespace wirewatch::watch::c {
namespace {

using v1::Item;

struct Field {
  std::string_view name;
  void (*put)(Item& item, std::string value);
};

constexpr std::array<Field, 18> kFields = {{
    {"agency",
     [](Item& item, std::string value) {
       v1::InfoSource& source = *item.add_info_sources();
       source.set_role("agency");
       source.set_name(std::move(value));
     }},
    {"author", [](Item& item, std::string value) { item.set_by(std::move(value)); }},
    {"body", [](Item& item, std::string value) { item.set_body(std::move(value)); }},
    {"caption", [](Item& item, std::string value) { item.add_media()->set_caption(std::move(value)); }},
    {"country", [](Item& item, std::string value) { item.mutable_outlet()->set_country(std::move(value)); }},
    {"domain", [](Item& item, std::string value) { item.set_domain(std::move(value)); }},
    {"genre", [](Item& item, std::string value) { item.add_genres(std::move(value)); }},
    {"headline", [](Item& item, std::string value) { item.set_headline(std::move(value)); }},
    {"language", [](Item& item, std::string value) { item.mutable_language()->set_tag(std::move(value)); }},
    {"lead", [](Item& item, std::string value) { item.set_lead(std::move(value)); }},
    {"link", [](Item& item, std::string value) { item.add_links()->set_url(std::move(value)); }},
    {"located", [](Item& item, std::string value) { item.set_located(std::move(value)); }},
    {"outlet", [](Item& item, std::string value) { item.mutable_outlet()->set_name(std::move(value)); }},
    {"region",
     [](Item& item, std::string value) {
       v1::Label& label = *item.add_labels();
       label.set_name("region");
       label.set_value(std::move(value));
     }},
    {"subheadline", [](Item& item, std::string value) { item.set_subheadline(std::move(value)); }},
    {"topic", [](Item& item, std::string value) { item.add_topics()->set_name(std::move(value)); }},
    {"type", [](Item& item, std::string value) { item.mutable_outlet()->set_type(std::move(value)); }},
    {"url", [](Item& item, std::string value) { item.set_url(std::move(value)); }},
}};

Failure PutPublished(const std::string& value, Item& item) {
  v1::PublishedTime published;
  absl::Time time;
  absl::CivilDay day;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, value, &time, &error)) {
    published.set_precision(v1::TIME_PRECISION_SECOND);
  } else if (value.size() == 10 && absl::ParseCivilTime(value, &day)) {
    published.set_precision(v1::TIME_PRECISION_DAY);
    time = absl::FromCivil(day, absl::UTCTimeZone());
  } else {
    return {.status = WIREWATCH_WATCH_INVALID_ARGUMENT,
            .message = absl::StrCat("\"", value.substr(0, 40), "\" is no time"),
            .hint = "2026-06-13T08:30:00Z, or 2026-06-13"};
  }
  const int64_t seconds = absl::ToUnixSeconds(time);
  published.mutable_value()->set_seconds(seconds);
  published.mutable_value()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  *item.mutable_published() = std::move(published);
  return {};
}

Failure Put(std::string_view name, std::string_view value, Item& item) {
  if (name == "published") return PutPublished(std::string(value), item);
  const auto* const field =
      std::find_if(kFields.begin(), kFields.end(), [&](const Field& known) { return known.name == name; });
  if (field == kFields.end()) {
    const bool is_known = FindField(name) != nullptr;
    return {.status = WIREWATCH_WATCH_INVALID_ARGUMENT,
            .message = absl::StrCat("no value can be put into a field \"", std::string(name), "\""),
            .hint = is_known ? "give the Item as JSON or protobuf" : ""};
  }
  field->put(item, std::string(value));
  return {};
}

const std::string* FindText(const Item& item, std::string_view part, uint32_t part_index) {
  if (part == "caption") {
    return part_index < static_cast<uint32_t>(item.media_size()) ? &item.media(static_cast<int>(part_index)).caption()
                                                                 : nullptr;
  }
  if (part_index != 0) return nullptr;
  if (part == "headline") return &item.headline();
  if (part == "subheadline") return &item.subheadline();
  if (part == "lead") return &item.lead();
  if (part == "body") return &item.body();
  return nullptr;
}

// A message half read is not left behind.
Failure Replace(bool read, const std::string& why, Item&& parsed, Item& item) {
  if (read) {
    item = std::move(parsed);
    return {};
  }
  return {.status = WIREWATCH_WATCH_INVALID_ITEM,
          .message = absl::StrCat("this is no Item", why.empty() ? "" : ": ", why)};
}

}  // namespace
}  // namespace wirewatch::watch::c

using namespace wirewatch::watch::c;  // NOLINT(google-build-using-namespace): the functions are C's

wirewatch_watch_item* wirewatch_watch_item_create(void) {
  return GuardedOr<>(static_cast<wirewatch_watch_item*>(nullptr), [] { return new wirewatch_watch_item; });
}

void wirewatch_watch_item_destroy(wirewatch_watch_item* item) { delete item; }

void wirewatch_watch_item_clear(wirewatch_watch_item* item) {
  if (item != nullptr) item->item.Clear();
}

void wirewatch_watch_item_set_repairs(wirewatch_watch_item* item, int repairs) {
  if (item != nullptr) item->repairs = repairs != 0;
}

wirewatch_watch_status wirewatch_watch_item_put(wirewatch_watch_item* item, const char* field, const char* value,
                                                size_t size, wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (item == nullptr) return NullFailure("item");
    if (field == nullptr) return NullFailure("field");
    const Text text = ReadText(value, size, "value", kMaxItemBytes, item->repairs);
    Failure failure = text.failure;
    if (failure.ok()) {
      failure = !item->repairs || wirewatch::text::IsValidUtf8(text.view)
                    ? Put(field, text.view, item->item)
                    : Put(field, wirewatch::text::RepairUtf8(text.view), item->item);
    }
    if (!failure.ok()) failure.subject = field;
    return failure;
  });
}

const char* wirewatch_watch_item_get(const wirewatch_watch_item* item, const char* part, uint32_t part_index,
                                     size_t* size) {
  if (item == nullptr || part == nullptr) return nullptr;
  const std::string* const text = FindText(item->item, part, part_index);
  if (text != nullptr && size != nullptr) *size = text->size();
  return text == nullptr ? nullptr : text->c_str();
}

wirewatch_watch_status wirewatch_watch_item_parse_json(wirewatch_watch_item* item, const char* json, size_t size,
                                                       wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (item == nullptr) return NullFailure("item");
    const Text text = ReadText(json, size, "json", kMaxItemBytes, item->repairs);
    if (!text.failure.ok()) return text.failure;
    wirewatch::v1::Item parsed;
    const auto status =
        item->repairs ? google::protobuf::util::JsonStringToMessage(wirewatch::text::RepairUtf8(text.view), &parsed)
                      : google::protobuf::util::JsonStringToMessage({text.view.data(), text.view.size()}, &parsed);
    return Replace(status.ok(), std::string(status.message()), std::move(parsed), item->item);
  });
}

wirewatch_watch_status wirewatch_watch_item_parse_protobuf(wirewatch_watch_item* item, const void* bytes, size_t size,
                                                           wirewatch_watch_error** error) {
  return Guarded(error, [&]() -> Failure {
    if (item == nullptr) return NullFailure("item");
    if (size == WIREWATCH_WATCH_NUL) {
      return {.status = WIREWATCH_WATCH_INVALID_ARGUMENT, .message = "bytes need their number"};
    }
    const Text text = ReadText(static_cast<const char*>(bytes), size, "bytes", kMaxItemBytes, true);
    if (!text.failure.ok()) return text.failure;
    wirewatch::v1::Item parsed;
    const bool read = parsed.ParseFromArray(text.view.data(), static_cast<int>(text.view.size()));
    return Replace(read, "", std::move(parsed), item->item);
  });
}
