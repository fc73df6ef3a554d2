"""The power goes at any moment: what was committed is there, whatever the disk has done with what was not synced."""
import os
import shutil

import comparison
import harness
import kills
from harness import Failure, say

# How often the disk lies at most, and how many of the lies must show: one shows in about half the cuts.
LIES, NOTICED = 30, 3


def run(context, cuts):
    undisturbed = context.place("undisturbed", generate=kills.generate(cuts), slow="200us")
    operations = _with_power(undisturbed)
    expected = comparison.dump(undisturbed.store)
    say("power: %d operations on the store's files undisturbed" % operations)
    left, rounds, lost = cuts, 0, 0
    while left > 0:
        rounds += 1
        place = context.place("cut-%d" % rounds, **undisturbed.values)
        done = False
        while left > 0 and not done:
            at = context.random.randint(1, max(2, 2 * operations // cuts + 40))
            cut, pieces = _cut(place, at, context.random.randrange(1, 2**31))
            done = not cut
            left -= cut
            lost += pieces
        place.run()
        comparison.check_equal(expected, place)
        events, _ = comparison.check_delivered(place)
        say("power: round %d: equal; %d events delivered" % (rounds, events))
        place.remove()
    context.measured += [
        "%d power cuts spread over %d runs of %d records (%d operations on the store's files undisturbed)." %
        (cuts, rounds, kills.items_for(cuts), operations),
        "%d files were not after the cut what they were before it; each of the %d stores equals the undisturbed one." %
        (lost, rounds)]


def self_test(context):
    """A disk that lies about syncs must show: else the cuts cut nothing."""
    undisturbed = context.place("undisturbed", generate=kills.generate(0), slow="0us")
    operations = _with_power(undisturbed)
    expected = comparison.dump(undisturbed.store)
    seen, cuts = [], 0
    # Not every cut loses something: it may fall where all was synced anyway.
    while len(seen) < NOTICED and cuts < LIES:
        cuts += 1
        place = context.place("lied-to-%d" % cuts, **undisturbed.values)
        # Late enough that there is something to lose.
        at = context.random.randint(operations // 4, operations // 2)
        cut, _ = _cut(place, at, context.random.randrange(1, 2**31), POWER_IGNORE_SYNC="1")
        if not cut:
            raise Failure("the run ended before operation %d of %d" % (at, operations))
        try:
            place.run()
            comparison.check_equal(expected, place)
            comparison.check_delivered(place)
        except (Failure, comparison.sqlite3.DatabaseError) as failure:
            seen.append(str(failure).split("\n", 1)[0])
        place.remove()
    say("power-lies: %d of %d cuts on a disk that ignores syncs were noticed" % (len(seen), cuts))
    if len(seen) < NOTICED:
        raise Failure("of %d cuts on a disk that ignores syncs only %d were noticed: this test cannot fail" %
                      (cuts, len(seen)))
    context.measured.append("%d of %d cuts on a disk that ignores syncs were noticed, as they must be: %s." % (
        len(seen), cuts, "; ".join(sorted(set(seen)))))


def _environment(place, **more):
    folder = os.path.join(place.folder, "power")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder, dict(POWER_PREFIX=os.path.dirname(place.store), POWER_STATE=folder, POWER_APPENDED=place.alerts,
                        **more)


def _with_power(place):
    """An undisturbed run; returns the number of operations on the store's files."""
    folder, environment = _environment(place)
    place.run(preload="power_loss", environment=environment)
    with open(os.path.join(folder, "operations"), encoding="utf-8") as file:
        return int(file.read())


def _cut(place, at, seed, **more):
    """Runs until operation `at`, then puts the files in the state that the disk was left in. Returns whether the cut
    came before the end, and how many files it has changed."""
    folder, environment = _environment(place, POWER_CUT_AT=str(at), POWER_SEED=str(seed), **more)
    process = place.start("--once", preload="power_loss", environment=environment)
    status = harness.wait(process, 300)
    if status == 0:
        return False, 0
    if status != -harness.signal.SIGKILL:
        raise Failure("wirewatch ended with %d by itself:\n%s" % (status, place.end_of_log()))
    return True, sum([_after_the_cut(place, folder, name) for name in os.listdir(folder)])


def _after_the_cut(place, folder, name):
    gone = name.endswith(".gone")
    real = name[:-len(".gone")] if gone else name
    path = place.alerts if real == os.path.basename(place.alerts) else os.path.join(os.path.dirname(place.store), real)
    # Memory does not outlive the power.
    if os.path.exists(path + "-shm"):
        os.remove(path + "-shm")
    if gone:
        changed = os.path.exists(path)
        if changed:
            os.remove(path)
        return changed
    with open(os.path.join(folder, name), "rb") as file:
        left = file.read()
    before = None
    if os.path.exists(path):
        with open(path, "rb") as file:
            before = file.read()
    with open(path, "wb") as file:
        file.write(left)
    return before != left
