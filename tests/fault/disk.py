"""A disk that is full for a while, read-only for a while, or fails now and then, and a page that is damaged."""
import os
import time

import comparison
import harness
from harness import Failure, say
from monitor import Monitor

COUNT = 3000


def full(context):
    _trouble(context, "full", "full", 3)


def read_only(context):
    _trouble(context, "read-only", "read-only", 2)


def _reference(context):
    undisturbed = context.place("undisturbed", generate=harness.made_up(COUNT), slow="2ms")
    undisturbed.run()
    return undisturbed, comparison.dump(undisturbed.store)


def _preloaded(place, below):
    """The control file, and what to start with."""
    control = os.path.join(place.folder, "trouble")
    return control, {"preload": "disk_trouble",
                     "environment": {"DISK_TROUBLE": control, "DISK_TROUBLE_PREFIX": below}}


def _trouble(context, name, trouble, times):
    """The host says that it is in trouble, takes nothing in meanwhile, and goes on when it can."""
    undisturbed, expected = _reference(context)
    place = context.place(name, **undisturbed.values)
    control, preloaded = _preloaded(place, os.path.dirname(place.store))
    host = Monitor(place, "--once", "--drain", "120", **preloaded)
    reason = ""
    for number in range(times):
        beyond = (number + 0.5) / (times + 1) * COUNT + context.random.uniform(0, COUNT / 8)
        if not host.wait_for("position %d" % beyond, lambda: (host.metric(COMMITTED) or 0) >= beyond):
            raise Failure("the run ended before trouble %d" % (number + 1))
        place.write("trouble", trouble)
        host.wait_for("it says that it is not ready", lambda: host.page("/readyz")[0] == 503)
        reason = host.page("/readyz")[1].strip()
        time.sleep(0.3)
        before = _standing(host)
        time.sleep(0.7)
        if _standing(host) != before:
            raise Failure("records are read, or commits made, while the disk is %s: %s, then %s" %
                          (trouble, before, _standing(host)))
        os.remove(control)
        host.wait_for("it is ready again", lambda: host.page("/readyz")[0] == 200)
    host.finish()
    comparison.check_equal(expected, place)
    comparison.check_delivered(place)
    say("%s: %d times; not ready: %s" % (name, times, reason))
    context.measured.append("%d times %s: `/readyz` answers 503 with \"%s\", nothing is read meanwhile, and it goes on "
                            "by itself; the store equals the undisturbed one." % (times, trouble, reason))


COMMITTED = "wirewatch_pipeline_committed_position"


def _standing(host):
    return host.metric("wirewatch_pipeline_position"), host.metric(COMMITTED)


TROUBLED_S = 40


def errors(context):
    """Reads, writes and syncs fail now and then, for moments and for most of a second."""
    undisturbed, expected = _reference(context)
    place = context.place("errors", **undisturbed.values)
    control, preloaded = _preloaded(place, os.path.dirname(place.store))
    # What cannot be opened at all ends the start with a message; here it is under way.
    host = Monitor(place, "--once", "--drain", "120", **preloaded)
    host.wait_for("the first commit", lambda: (host.metric(COMMITTED) or 0) > 0)
    bursts, last = 0, time.monotonic() + TROUBLED_S
    while host.running():
        if time.monotonic() > last:
            # What is left to deliver is to come through.
            time.sleep(0.1)
            continue
        place.write("trouble", "errors %.2f %d" % (context.random.choice((0.01, 0.1, 0.5)),
                                                   context.random.randrange(10**9)))
        time.sleep(context.random.uniform(0.02, 0.6))
        os.remove(control)
        bursts += 1
        time.sleep(context.random.uniform(0.05, 0.4))
    host.finish()
    comparison.check_equal(expected, place)
    comparison.check_delivered(place)
    say("disk-errors: %d bursts of I/O errors; equal" % bursts)
    context.measured.append("%d bursts of I/O errors (1, 10 or 50 %% of reads, writes and syncs of the store's files): "
                            "the store equals the undisturbed one." % bursts)


def damaged(context):
    """A page is damaged: `store check` names it, the host does not run over it, and goes on once it is mended."""
    undisturbed = context.place("undisturbed", generate=harness.made_up(600), slow="0us")
    undisturbed.run()
    undisturbed.configure(generate=harness.made_up(1200))
    undisturbed.run()
    expected = comparison.dump(undisturbed.store)
    place = context.place("damaged", generate=harness.made_up(600), slow="0us")
    place.run()
    place.configure(generate=harness.made_up(1200))
    page, size, table = _page_of_state(place)
    with open(place.store, "r+b") as file:
        file.seek((page - 1) * size)
        good = file.read(size)
        file.seek((page - 1) * size)
        file.write(context.random.randbytes(size))
    status, said = place.tell("store", "check", place.store)
    if status == 0 or str(page) not in said:
        raise Failure("`store check` ends with %d and does not name page %d of %s:\n%s" % (status, page, table, said))
    process = place.start("--once", "--drain", "2")
    try:
        if harness.wait(process, 6) == 0:
            raise Failure("a run over a damaged page of %s is as if nothing were" % table)
    except Failure:
        if process.returncode == 0:
            raise
    with open(place.store, "r+b") as file:
        file.seek((page - 1) * size)
        file.write(good)
    place.run()
    comparison.check_equal(expected, place)
    comparison.check_delivered(place)
    first = said.strip().splitlines()[0]
    say("damaged: `store check` says: %s" % first)
    context.measured.append("A damaged page of the state: `wirewatch store check` ends with %d and names it (\"%s\"); the "
                            "host does not run over it; with the page mended the store equals the undisturbed one." %
                            (status, first))


def _page_of_state(place):
    """A page that the run will need: (number, size in bytes, table)."""
    connection = comparison.sqlite3.connect(place.store)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'state'").fetchone()[0]
    connection.close()
    return root, size, "state"
