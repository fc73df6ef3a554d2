// What a template sees of a digest: the one data model of all channels that have a form for them. Any thread.
#ifndef WIREWATCH_TEMPLATES_DIGEST_MODEL_H_
#define WIREWATCH_TEMPLATES_DIGEST_MODEL_H_

#include <string>
#include <vector>

#include "wirewatch/templates/value.h"
#include "wirewatch/v1/digest.pb.h"

namespace wirewatch::templates {

struct DigestView {
  const v1::Digest* digest = nullptr;
  std::string channel;  // "pipeline/step"
};

// The root record of a DigestView.
const Record& DigestRoot();
// The root and all that is reached from it, for the documentation.
const std::vector<const Record*>& DigestRecords();

// The gravest severity of its lines; SEVERITY_UNSPECIFIED when it has none.
v1::Severity GravestOf(const v1::Digest& digest);

// A digest as a test and a preview want it: several watches, all that a line can have. Always the same.
v1::Digest SampleDigest();

// The tables of docs/templates.md, Markdown.
std::string DigestTables();

}  // namespace wirewatch::templates

#endif  // WIREWATCH_TEMPLATES_DIGEST_MODEL_H_
