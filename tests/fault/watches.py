"""Watches are changed while Items flow and the host is killed: what was answered is there, and nothing else.

A client makes, changes and removes watches, one call after the other, and writes down what was answered. The host is
killed at any moment. After each start it must have exactly what was answered, or that and the one call that was under
way. In the end each archived Item must have the hits of the watches that were there at its position, no matter when it
was matched and how often the host died.
"""
import json
import re
import threading
import time

import harness
from harness import Failure, say
from monitor import Monitor

WORDS = ("gunfire", "explosion", "bridge", "governor", "minister", "ransomware", "killed", "injured", "resigned")
IDS = ["live-%d" % number for number in range(12)]


class Client:
    """Changes watches until it is told to stop; knows what must be there."""

    def __init__(self, place, random):
        self.place = place
        self.random = random
        self.known = {}  # id: (revision, query, removed), as answered
        self.under_way = None  # (id, outcome) of the call that got no answer
        self.history = {}  # id: [(position, revision, query or None)]
        self.answered = 0
        self.stop = threading.Event()

    def run(self):
        while not self.stop.is_set() and self.under_way is None:
            self.change()

    def change(self):
        name = self.random.choice(IDS)
        revision, _, removed = self.known.get(name, (0, "", True))
        query = " OR ".join(self.random.sample(WORDS, self.random.choice((1, 2))))
        if not removed and self.random.random() < 0.3:
            arguments, outcome = ["remove", name], (revision + 1, None, True)
        elif removed:
            arguments, outcome = ["add", name, "--query", query], (revision + 1, query, False)
        else:
            arguments, outcome = ["change", name, "--query", query], (revision + 1, query, False)
        self.under_way = (name, outcome)
        status, said = self.place.tell("watches", *arguments, "--store", self.place.store, "--author", "client",
                                       "--format", "json")
        if status != 0:
            if not re.search("has gone|no host|[Tt]ransport|has come to its end|not known|in the stream", said):
                raise Failure("`watches %s` ended with %d:\n%s" % (" ".join(arguments), status, said))
            return
        record = json.loads(said)
        if int(record["revision"]) != outcome[0]:
            raise Failure("%s has the revision %s instead of %d" % (name, record["revision"], outcome[0]))
        self.take(name, outcome, int(record["position"]))
        self.under_way = None
        self.answered += 1

    def take(self, name, outcome, position):
        self.known[name] = outcome
        self.history.setdefault(name, []).append((position, outcome[0], outcome[1]))

    def check(self, records):
        """What the host has after a start."""
        found = {}
        for record in records:
            name = record["definition"]["id"]
            if name.startswith("live-"):
                removed = record.get("removed", False)
                found[name] = (int(record["revision"]), None if removed else record["definition"]["query"], removed)
        if found != self.known and self.under_way is not None:
            name, outcome = self.under_way
            if found.get(name) == outcome:
                position = next(int(r["position"]) for r in records if r["definition"]["id"] == name)
                self.take(name, outcome, position)
        self.under_way = None
        known = {name: (r, None if gone else q, gone) for name, (r, q, gone) in self.known.items()}
        if found != known:
            raise Failure("after a kill the watches are\n  %s\ninstead of\n  %s" % (found, known))

    def at(self, name, position):
        """(revision, query or None) that an Item at a position has seen."""
        seen = (0, None)
        for begin, revision, query in self.history.get(name, []):
            if begin < position:
                seen = (revision, query)
        return seen


def _list(place):
    status, said = place.tell("watches", "list", "--removed", "--store", place.store, "--format", "json")
    if status != 0:
        raise Failure("`watches list` ended with %d:\n%s" % (status, said))
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


def _check_hits(place, client):
    status, said = place.tell("search", "NOT nobodywritesthis", "--store", place.store, "--limit", "100000", "--format",
                              "json", timeout=300)
    if status != 0:
        raise Failure("`search` ended with %d:\n%s" % (status, said))
    items = hits = 0
    for line in said.splitlines():
        if not line.startswith("{"):
            continue
        item = json.loads(line)["item"]
        position = int(item["position"])
        words = set(re.findall("[a-z]+", (item.get("headline", "") + " " + item.get("body", "")).lower()))
        found = {(hit["watchId"], int(hit["revision"])) for hit in item.get("watchHits", [])
                 if hit["watchId"].startswith("live-")}
        expected = set()
        for name in IDS:
            revision, query = client.at(name, position)
            if query is not None and words & set(query.split(" OR ")):
                expected.add((name, revision))
        if found != expected:
            raise Failure("the Item at position %d has the hits %s instead of %s" %
                          (position, sorted(found), sorted(expected)))
        items += 1
        hits += len(found)
    if hits < 100:
        raise Failure("only %d hits on %d Items: too few to show anything" % (hits, items))
    return items, hits


def run(context, kills):
    place = context.place("watches", generate=harness.made_up(200000, ", rate: 300"), slow="0us", more_sources="")
    client = Client(place, context.random)
    killed = 0
    while True:
        host = Monitor(place)
        client.check(_list(place))
        if killed == kills:
            break
        client.stop.clear()
        failed = []
        thread = threading.Thread(target=_guarded, args=(client, failed))
        thread.start()
        time.sleep(context.random.uniform(0.05, 1.5))
        harness.kill(host.process)
        client.stop.set()
        thread.join()
        if failed:
            raise failed[0]
        killed += 1
    host.process.send_signal(harness.signal.SIGTERM)
    host.finish()
    items, hits = _check_hits(place, client)
    say("watches: %d kills, %d changes answered; %d hits on %d Items are those of their positions" %
        (killed, client.answered, hits, items))
    context.measured += [
        "%d `kill -9`s while a client changed watches: %d changes were answered, and each start had these and at most "
        "the one that was under way." % (killed, client.answered),
        "%d archived Items have exactly the %d hits of the watches at their positions." % (items, hits)]


def _guarded(client, failed):
    try:
        client.run()
    except Exception as error:  # told by the main thread
        failed.append(error)
