// Any bytes as a template: a template or problems, each with a place in it, never a crash; and what can be read is
// rendered within its bounds.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wirewatch/templates/alert_model.h"
#include "wirewatch/templates/template.h"

using wirewatch::templates::AlertRoot;
using wirewatch::templates::AlertView;
using wirewatch::templates::Object;
using wirewatch::templates::Target;
using wirewatch::templates::Template;
using wirewatch::templates::TemplateProblem;

namespace {

constexpr size_t kLimit = 64 << 10;

void Check(std::string_view text, Target target) {
  static const wirewatch::v1::AlertEvent& event = *new wirewatch::v1::AlertEvent(wirewatch::templates::SampleEvent());
  std::vector<TemplateProblem> problems;
  const auto made =
      Template::Parse(text, {.target = target, .root = &AlertRoot(), .extras = {"x"}, .limit_bytes = kLimit}, problems);
  if ((made == nullptr) == problems.empty()) std::abort();
  for (const TemplateProblem& problem : problems) {
    if (problem.offset > text.size() || problem.message.empty()) std::abort();
  }
  if (made == nullptr) return;
  const AlertView view{&event, "key", "desk/hook"};
  const auto rendered = made->Render(Object::Borrowed(AlertRoot(), view), {"x\"<\n"});
  if (rendered.ok() && rendered->size() > kLimit) std::abort();
  if (!rendered.ok() && !absl::IsOutOfRange(rendered.status())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Target target : {Target::kText, Target::kLine, Target::kHtml, Target::kJson}) Check(text, target);
  return 0;
}
