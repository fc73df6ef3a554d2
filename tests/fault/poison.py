"""Plugins that throw, crash or hang on single Items, and state that another version has written."""
import comparison
import harness
from harness import Failure, say

# As a supervisor would: more starts than any poison Item may take.
STARTS = 12
COUNT = 1500
MARKED = 777


def throws(context):
    """Every 7th Item is quarantined, everything else is processed as if it had never been there."""
    place = context.place("throws", generate=harness.made_up(COUNT), slow="0us", before="  - throws: { every: 7 }\n")
    place.run()
    comparison.check_delivered(place)
    all_items = context.place("all", generate=harness.made_up(COUNT), slow="0us")
    all_items.run()
    archived = _column(place, "SELECT row & 0xfffffffffff FROM items")
    quarantined = _column(place, "SELECT position FROM quarantine WHERE step = 'throws' AND reason = 'exception'")
    expected = _column(all_items, "SELECT row & 0xfffffffffff FROM items")
    split = all(p % 7 for p in archived) and not any(p % 7 for p in quarantined)
    if sorted(archived + quarantined) != expected or not split:
        raise Failure("%d archived and %d quarantined are not the %d Items that there are" %
                      (len(archived), len(quarantined), len(expected)))
    say("throws: %d Items quarantined, %d archived" % (len(quarantined), len(archived)))
    context.measured.append("A step that throws on every 7th position: %d Items quarantined, the other %d archived." %
                            (len(quarantined), len(archived)))


def run(context):
    """Three kinds of poison, each alone, then all at once."""
    crash = {"before": "  - segfaults: { on: SEGFAULT%s }\n"}
    hang = {"after": "  - never_returns: { on: HANG%s }\n"}
    stateful = {"last_items": ", crash_on: HALFWAY%s"}
    cases = [("a stateless step crashes", "SEGFAULT", crash, [("segfaults", "fault")]),
             ("a stateful step crashes with half of its writes made", "HALFWAY", stateful, [("last_items", "fault")]),
             ("a step never returns", "HANG", hang, [("never_returns", "overrun")]),
             ("all of them on neighbours", "SEGFAULT, HANG, HALFWAY", dict(crash, **hang, **stateful),
              [("segfaults", "fault"), ("never_returns", "overrun"), ("last_items", "fault")])]
    for number, (what, markers, values, quarantined) in enumerate(cases):
        deaths = _poisoned(context, number, markers, values, quarantined)
        reasons = ", ".join(reason for _, reason in quarantined)
        say("poison: %s: quarantined (%s) after %d deaths, and all else is equal" % (what, reasons, deaths))
        context.measured.append("%s: those Items alone are quarantined (%s) after %d deaths; everything else is equal." %
                                (what[0].upper() + what[1:], reasons, deaths))


def _poisoned(context, number, markers, values, quarantined):
    marked = ", markers: [%s], marker_at: [%d, %d, %d]" % (markers, MARKED, MARKED + 1, MARKED + 2)
    if "," not in markers:
        marked = ", markers: [%s], marker_at: [%d]" % (markers, MARKED)
    pipeline = dict(generate=harness.made_up(COUNT, marked), slow="100us",
                    limits="commit_every: 50ms, batch_items: 16, call_timeout: 1s")
    orderly = context.place("orderly-%d" % number, **pipeline,
                            **{name: text % ", error: true" for name, text in values.items()})
    orderly.run()
    expected = comparison.dump(orderly.store)
    place = context.place("poisoned-%d" % number, **pipeline, **{name: text % "" for name, text in values.items()})
    deaths = 0
    while (status := harness.wait(place.start("--once"), 120)) != 0:
        if status > 0:
            raise Failure("wirewatch ended with %d instead of a signal:\n%s" % (status, place.end_of_log()))
        deaths += 1
        if deaths == STARTS:
            raise Failure("after %d deaths the poison is not set aside:\n%s" % (deaths, place.end_of_log()))
    if deaths == 0:
        raise Failure("the poison did no harm")
    _check_quarantine(place, orderly, quarantined)
    rest = [table for table in expected if table != "quarantine"]
    comparison.check_equal(expected, place, rest)
    comparison.check_delivered(place)
    return deaths


# What a fault and an error have in common.
SAME = "position, plugin_version, origin, item, raw, at_us"


def _check_quarantine(place, orderly, quarantined):
    steps = ", ".join("'%s'" % step for step, _ in quarantined)
    found = _rows(place, "SELECT step, reason FROM quarantine WHERE step <> 'generate' ORDER BY id")
    if found != quarantined:
        raise Failure("quarantined is %s instead of %s" % (found, quarantined))
    what = "SELECT %s FROM quarantine WHERE step IN (%s) ORDER BY id" % (SAME, steps)
    if _rows(place, what) != _rows(orderly, what):
        raise Failure("what is quarantined is not what an error would have quarantined")
    what = "SELECT %s FROM quarantine WHERE step = 'generate' ORDER BY position" % SAME
    if _rows(place, what) != _rows(orderly, what):
        raise Failure("the records that could not be read are not the same")


def state_versions(context):
    """State of version 1 is taken over by version 2; a step that cannot refuses, and nothing is lost."""
    versions = {1: "running_count", 2: "running_count_v2: { id: running_count }",
                3: "running_count_refusing: { id: running_count }"}
    half, whole = harness.made_up(600), harness.made_up(1200)

    def run_in_halves(name, first, second):
        place = context.place(name, generate=half, slow="0us", counter=versions[first])
        place.run()
        place.configure(generate=whole, counter=versions[second])
        return place

    references = {}
    for version in (1, 2):
        place = run_in_halves("always-%d" % version, version, version)
        place.run()
        references[version] = comparison.dump(place.store)
    migrated = run_in_halves("migrated", 1, 2)
    migrated.run()
    comparison.check_equal(references[2], migrated)
    refused = run_in_halves("refused", 1, 3)
    before = comparison.dump(refused.store)
    refused.run(expect=1)
    for words in ("running_count", "version 1", "counts of version 3 only, begin anew"):
        if words not in refused.end_of_log():
            raise Failure("the refusal does not say \"%s\":\n%s" % (words, refused.end_of_log()))
    comparison.check_equal(before, refused)
    refused.configure(counter=versions[1])
    refused.run()
    comparison.check_equal(references[1], refused)
    say("state-versions: migrated to what version 2 would have written; refused without a change")
    context.measured.append("State of version 1 becomes what version 2 would have written from the beginning; a step "
                            "that cannot take it refuses with its reason, changes nothing, and version 1 goes on.")


def _rows(place, what):
    connection = comparison.sqlite3.connect("file:%s?mode=ro" % place.store, uri=True)
    try:
        return connection.execute(what).fetchall()
    finally:
        connection.close()


def _column(place, what):
    return sorted(row[0] for row in _rows(place, what))
