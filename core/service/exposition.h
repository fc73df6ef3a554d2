// Exposition: writes metrics in Prometheus' text format, version 0.0.4: families one after another, each with its HELP
// and TYPE and then its samples. A value of one thread.
#ifndef WIREWATCH_SERVICE_EXPOSITION_H_
#define WIREWATCH_SERVICE_EXPOSITION_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wirewatch/pipeline/latency.h"

namespace wirewatch::service {

// Names of metrics and labels are the caller's to choose well; values of labels may be any text.
using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

class Exposition {
 public:
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

  // `type`: "counter", "gauge" or "histogram". Samples that follow belong to it; a family without any is left out.
  void Family(std::string_view name, std::string_view type, std::string_view help);
  void Sample(const Labels& labels, double value);
  // Seconds. Every histogram has the same bounds, so that they can be added up.
  void Histogram(const Labels& labels, const pipeline::LatencySummary& latency);

  const std::string& text() const { return text_; }

 private:
  void Head();
  void Line(std::string_view suffix, const Labels& labels, std::string_view bound, double value);

  std::string name_;
  std::string head_;  // not written yet
  std::string text_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_EXPOSITION_H_
