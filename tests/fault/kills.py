"""kill -9 at any moment: nothing is lost, nothing doubled, nothing quarantined."""
import comparison
import harness
from harness import Failure, say

# An Item takes this long in one step, so that kills fall into everything.
SLOW = "2ms"


def items_for(kills):
    return 1000 + 60 * kills


def reference(context, kills):
    """The undisturbed run: its place, its dump, and how long it took."""
    place = context.place("undisturbed", generate=generate(kills), slow=SLOW)
    seconds = place.run()
    comparison.check_delivered(place)
    return place, comparison.dump(place.store), seconds


def generate(kills):
    return harness.made_up(items_for(kills))


def run(context, kills):
    undisturbed, expected, seconds = reference(context, kills)
    start_up = undisturbed.run()
    say("kill: undisturbed run %.1f s, a start with nothing to do %.1f s" % (seconds, start_up))
    # The last ones come when a run is as good as over, so some are kept for a store of its own.
    mean = 0.4 * start_up + seconds / kills
    left, rounds, repeated, early = kills, 0, 0, 0
    while left > 0:
        rounds += 1
        place = context.place("killed-%d" % rounds, **undisturbed.values)
        done = False
        while left > 0 and not done:
            delay = context.random.uniform(0, 2 * mean)
            done = _run_for(place, delay)
            left -= not done
            early += delay < 0.4 * start_up and not done
        place.run()
        comparison.check_equal(expected, place)
        events, again = comparison.check_delivered(place)
        repeated += again
        _nothing_from_kills(place, expected)
        say("kill: round %d: equal; %d events delivered, %d of them more than once" % (rounds, events, again))
        place.remove()
    context.measured += [
        "%d `kill -9`s spread over %d runs of %d records (%.1f s undisturbed), %d of them during start-up." %
        (kills, rounds, items_for(kills), seconds, early),
        "Each of the %d stores equals the undisturbed one: %d Items, %d events, %d entries of state." %
        (rounds, len(expected["items"]), len(expected["alert_events"]), len(expected["state"])),
        "Every event was delivered, %d of them more than once; no kill quarantined anything." % repeated]


def _run_for(place, delay):
    """True when the run ended by itself before."""
    process = place.start("--once")
    try:
        status = process.wait(delay)
    except harness.subprocess.TimeoutExpired:
        if harness.kill(process) == -harness.signal.SIGKILL:
            return False
        status = process.returncode
    if status != 0:
        raise Failure("wirewatch ended with %d by itself:\n%s" % (status, place.end_of_log()))
    return True


def _nothing_from_kills(place, expected):
    found = comparison.dump(place.store)["quarantine"]
    if found != expected["quarantine"]:
        raise Failure("kills have quarantined something: %d entries instead of %d" %
                      (len(found), len(expected["quarantine"])))


def workers(context):
    """One, two and eight workers come to the same store."""
    expected = None
    for count in (1, 2, 8):
        place = context.place("workers-%d" % count, generate=generate(30), slow="100us")
        place.run("--workers", str(count))
        comparison.check_delivered(place)
        if expected is None:
            expected = comparison.dump(place.store)
        comparison.check_equal(expected, place)
    say("workers: 1, 2 and 8 come to the same store, %d Items archived" % len(expected["items"]))
    context.measured.append("1, 2 and 8 workers come to the same store: %d Items, %d events, %d entries of state." % (
        len(expected["items"]), len(expected["alert_events"]), len(expected["state"])))


def self_test(context):
    """A store in which one thing is not as it was must not pass for equal."""
    place = context.place("undisturbed", generate=generate(0), slow="0us")
    place.run()
    expected = comparison.dump(place.store)
    changes = ["DELETE FROM items WHERE row = (SELECT max(row) FROM items)",
               "INSERT INTO items SELECT row + 1, pipeline, id, version, content_hash, item FROM items "
               "WHERE row = (SELECT max(row) FROM items)",
               "UPDATE items SET item = CAST(item || x'00' AS BLOB) WHERE row = (SELECT min(row) FROM items)",
               "DELETE FROM alert_events WHERE sequence = 7",
               "UPDATE alert_events SET alert_id = x'00' WHERE sequence = 7",
               "UPDATE state SET value = CAST(value || x'31' AS BLOB) WHERE step = 'running_count' "
               "AND CAST(key AS TEXT) LIKE 'total/k%'",
               "DELETE FROM state WHERE step = 'last_items' AND "
               "key = (SELECT min(key) FROM state WHERE step = 'last_items')",
               "UPDATE cursors SET cursor = x'31' WHERE source = 'generate'",
               "DELETE FROM quarantine WHERE id = (SELECT min(id) FROM quarantine)",
               "UPDATE pipelines SET last_position = last_position + 1"]
    for change in changes:
        comparison.check_equal(expected, place)
        _check_noticed(expected, place, change)
    with open(place.alerts, encoding="utf-8") as file:
        lines = file.readlines()
    for what, changed in (("an event less", lines[:5] + lines[6:]), ("two in another order", lines[1::-1] + lines[2:]),
                          ("half a line", lines[:-1] + [lines[-1][:40]])):
        with open(place.alerts, "w", encoding="utf-8") as file:
            file.writelines(changed)
        try:
            comparison.check_delivered(place)
        except Failure:
            continue
        raise Failure("what was delivered passed with " + what)
    say("comparison: each of %d changes was noticed" % (len(changes) + 3))
    context.measured.append("Each of %d changes to a store was noticed." % (len(changes) + 3))


def _check_noticed(expected, place, change):
    connection = comparison.sqlite3.connect(place.store, isolation_level=None)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("BEGIN")
        if connection.execute(change).rowcount < 1:
            raise Failure("nothing to change: " + change)
        if not comparison.differences(expected, comparison.tables(connection)):
            raise Failure("passed for equal after: " + change)
        connection.execute("ROLLBACK")
    finally:
        connection.close()
