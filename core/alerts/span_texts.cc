#include "wirewatch/alerts/span_texts.h"

#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "wirewatch/alerts/snippet.h"

namespace wirewatch::alerts {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kMaxDepth = 8;

void Fill(const v1::Item& item, Message& message, int depth) {
  if (message.GetDescriptor() == v1::Span::descriptor()) {
    auto& span = static_cast<v1::Span&>(message);
    span.set_text(std::string(SpanText(item, span)));
    return;
  }
  if (depth > kMaxDepth) return;
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field.is_repeated()) {
      if (reflection.HasField(message, &field)) Fill(item, *reflection.MutableMessage(&message, &field), depth + 1);
      continue;
    }
    for (int element = 0; element < reflection.FieldSize(message, &field); ++element) {
      Fill(item, *reflection.MutableRepeatedMessage(&message, &field, element), depth + 1);
    }
  }
}

}  // namespace

void FillSpanTexts(v1::Item& item) { Fill(item, item, 0); }

}  // namespace wirewatch::alerts
