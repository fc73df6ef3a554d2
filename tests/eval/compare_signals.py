#!/usr/bin/env python3
"""Compares what Wirewatch raised with what plain_search.py says it must raise, and prints every difference.

usage: compare_signals.py --expected expected.tsv --inspected items.jsonl [--alerts alerts.jsonl] CORPUS.jsonl...

--inspected  Items as `wirewatch inspect --format json` prints them: their watch hits are compared.
--alerts     AlertEvents as the jsonl channel writes them (`wirewatch run --once`): the evidence is compared, and the
             number of Signals that each watch's Alerts count. Evidence names Items by Wirewatch's id, which --inspected
             translates.
CORPUS       the JSON lines that were read: every item must be there, once.

Exit code 0: equal; 1: a difference; 2: a file cannot be understood.
"""
import argparse
import collections
import json
import sys


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield json.loads(line)
                except ValueError as error:
                    sys.exit("%s:%d: not JSON: %s" % (path, number, error))


def read_expected(path):
    with open(path, encoding="utf-8") as file:
        return {tuple(line.rstrip("\n").split("\t")) for line in file}


def uri_of(item, known):
    for alternate in item.get("altIds", []):
        if alternate.get("value") in known:
            return alternate["value"]
    return None


def read_inspected(path, known):
    """Wirewatch's id -> uri, and the pairs (uri, watch) of the Items' watch hits."""
    uris, hits = {}, collections.Counter()
    for item in read_lines(path):
        uri = uri_of(item, known)
        if uri is None:
            sys.exit("%s: Item %s has none of the corpus' uris among its altIds" % (path, item.get("id")))
        if item["id"] in uris:
            sys.exit("%s: two Items with id %s: %s and %s" % (path, item["id"], uris[item["id"]], uri))
        uris[item["id"]] = uri
        hits.update((uri, hit["watchId"]) for hit in item.get("watchHits", []))
    return uris, hits


def read_alerts(path, uris):
    """The pairs (uri, watch) of all evidence, and for each watch the Signals that its Alerts count."""
    pairs, last, counts = {}, {}, collections.Counter()
    for event in read_lines(path):
        alert = event["alert"]
        last[alert["id"]] = alert
        for evidence in alert.get("evidence", []):
            if evidence["itemId"] not in uris:
                sys.exit("%s: evidence names Item %s, which was not inspected" % (path, evidence["itemId"]))
            pairs[evidence["signalId"]] = (uris[evidence["itemId"]], evidence["watchId"])
    for alert in last.values():
        watches = alert.get("watchIds", [])
        if len(watches) != 1:
            sys.exit("%s: alert %s is of %d watches; group by watch to compare" % (path, alert["id"], len(watches)))
        counts[watches[0]] += int(alert["signalCount"])
    return collections.Counter(pairs.values()), counts


def report(what, expected, got):
    differences = 0
    for pair in sorted(set(expected) | set(got)):
        if expected[pair] != got[pair]:
            differences += 1
            print("%s: %s: must be raised %d times, was %d times" % (what, " ".join(pair), expected[pair], got[pair]))
    return differences


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--expected", required=True)
    arguments.add_argument("--inspected", required=True)
    arguments.add_argument("--alerts")
    arguments.add_argument("corpus", nargs="+")
    options = arguments.parse_args()
    expected = collections.Counter(read_expected(options.expected))
    if not expected:
        sys.exit("%s: nothing is expected; that would prove nothing" % options.expected)
    known = {record["uri"] for path in options.corpus for record in read_lines(path)}
    uris, hits = read_inspected(options.inspected, known)
    differences = 0
    for uri in sorted(known - set(uris.values())):
        differences += 1
        print("items: %s was not read" % uri)
    differences += report("watch hits", expected, hits)
    if options.alerts:
        pairs, counts = read_alerts(options.alerts, uris)
        differences += report("signals", expected, pairs)
        per_watch = collections.Counter(watch for _, watch in expected.elements())
        differences += report("signals counted", collections.Counter({(watch,): n for watch, n in per_watch.items()}),
                              collections.Counter({(watch,): n for watch, n in counts.items()}))
    print("%d items, %d watches, %d signals expected: %s" % (
        len(known), len({watch for _, watch in expected}), sum(expected.values()),
        "%d differences" % differences if differences else "the same, no more and no fewer"))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
