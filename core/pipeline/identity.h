// Who an Item is: its id, the same on every machine, and the hash of its content. Stateless; any thread.
#ifndef WIREWATCH_PIPELINE_IDENTITY_H_
#define WIREWATCH_PIPELINE_IDENTITY_H_

#include <string>

#include "absl/time/time.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::pipeline {

// From the outlet and the publisher's own id, else from the canonical URL, else from the normalised text; never from a
// path or host. 32 hexadecimal digits.
std::string IdOf(const v1::Item& item);

// Of everything that a reader would call the content: text parts, status, corrections, byline, publication time.
std::string ContentHashOf(const v1::Item& item);

// Fills in what follows from the rest: domain, and the flag of a publication time that cannot be
// trusted (in the future of `now`, or before 1990).
void Complete(v1::Item& item, absl::Time now);

// Archived first-seen time, else the publication time unless flagged, else InfinitePast.
absl::Time StatedTimeOf(const v1::Item& item);

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_IDENTITY_H_
