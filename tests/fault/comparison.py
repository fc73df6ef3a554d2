"""A store written down so that two of them can be compared byte for byte.

Everything is compared: every table of the store's file with every column and row. Left out is exactly what no two runs
can have in common and what nothing rests on:
- meta: `journal_id` (drawn at random when a store is made), `fence` and `commits` (count the times that it was opened
  and written to),
- dead_letters.at_us (the time of day at which a delivery was given up),
- which of the tables item_keys and recent_keys a key stands in: the first takes over from the second now and then,
- arrivals: an index for retention with a row for some of the commits, which fall where time lets them fall,
- sqlite_sequence and the pages of the file: how SQLite keeps it, not what is kept.
"""
import json
import sqlite3

from harness import Failure

RANDOM_META = ("journal_id", "fence", "commits")
TIMES_OF_DAY = {("dead_letters", "at_us")}


def dump(store):
    """{table: [row, ...]}, rows as text in the order of their keys."""
    connection = sqlite3.connect("file:%s?mode=ro" % store, uri=True)
    try:
        ok = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if ok != "ok":
            raise Failure("the store is damaged: %s" % ok)
        return tables(connection)
    finally:
        connection.close()


def tables(connection):
    names = [name for name, in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")]
    found = {name: _rows(connection, name) for name in names}
    found["item_keys"] = sorted(found["item_keys"] + found.pop("recent_keys"))
    del found["arrivals"]
    return found


def _rows(connection, table):
    columns = connection.execute("PRAGMA table_info(%s)" % table).fetchall()
    key = [c[1] for c in sorted((c for c in columns if c[5]), key=lambda c: c[5])]
    kept = [c[1] for c in columns if (table, c[1]) not in TIMES_OF_DAY]
    rows = []
    for row in connection.execute("SELECT %s FROM %s ORDER BY %s" % (", ".join(kept), table, ", ".join(key or kept))):
        if table == "meta" and row[0] in RANDOM_META:
            continue
        rows.append(" | ".join(value.hex() if isinstance(value, bytes) else repr(value) for value in row))
    return rows


def differences(expected, found):
    """Sentences on what differs; empty when nothing does."""
    said = []
    for table in sorted(set(expected) | set(found)):
        want, have = expected.get(table), found.get(table)
        if want is None or have is None:
            said.append("table %s is only in one of the stores" % table)
        elif want != have:
            said.append("table %s: %s" % (table, _first_difference(want, have)))
    return said


def _first_difference(want, have):
    for place, (a, b) in enumerate(zip(want, have)):
        if a != b:
            return "row %d of %d (%d expected) is\n      %.400s\n    instead of\n      %.400s" % (
                place, len(have), len(want), b, a)
    longer, name = (want, "missing") if len(want) > len(have) else (have, "too many")
    return "%d rows %s, the first is\n      %.400s" % (abs(len(want) - len(have)), name,
                                                      longer[min(len(want), len(have))])


def _without_state_of(step, found):
    return dict(found, state=[row for row in found["state"] if " | %r | " % step not in row])


def check_equal(expected, place, tables=None, without_state_of=None):
    """Compares a store with what dump() gave of another; one step's state may be left out."""
    found = dump(place.store)
    if without_state_of is not None:
        expected, found = _without_state_of(without_state_of, expected), _without_state_of(without_state_of, found)
    if tables is not None:
        expected = {name: rows for name, rows in expected.items() if name in tables}
        found = {name: rows for name, rows in found.items() if name in tables}
    said = differences(expected, found)
    if said:
        raise Failure("the store differs from that of the undisturbed run:\n  " + "\n  ".join(said))


def check_delivered(place):
    """The channel's file holds every event of the journal in its order; an event may come again, but only itself.
    Returns (events, repetitions)."""
    connection = sqlite3.connect("file:%s?mode=ro" % place.store, uri=True)
    journal = [sequence for sequence, in connection.execute("SELECT sequence FROM alert_events ORDER BY sequence")]
    connection.close()
    lines = {}
    order = []
    repeated = 0
    with open(place.alerts, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                sequence = int(json.loads(line)["sequence"])
            except (ValueError, KeyError):
                raise Failure("line %d of %s is no event: %.200r" % (number, place.alerts, line)) from None
            if lines.setdefault(sequence, line) != line:
                raise Failure("sequence %d was delivered with two contents" % sequence)
            repeated += sequence in order[-1:] or (bool(order) and sequence < order[-1])
            order.append(sequence)
    if sorted(lines) != journal:
        raise Failure("delivered were %d events, the journal has %d; missing: %s, made up: %s" % (
            len(lines), len(journal), sorted(set(journal) - set(lines))[:10], sorted(set(lines) - set(journal))[:10]))
    first_time = list(dict.fromkeys(order))
    if first_time != sorted(first_time):
        raise Failure("events were delivered out of order")
    return len(journal), repeated
