"""Reload after reload under full load, a quarter of them of files that are wrong: no Item is lost or doubled."""
import comparison
import harness
from harness import Failure, say
from monitor import Monitor

WRONG = ("yaml", "plugin", "option", "watch", "state")
ENDED = "has come to its end meanwhile"
NEVER = "  - id: never\n    query: '\"a phrase that nobody writes %d\"'\n"


def run(context, reloads):
    undisturbed = context.place("undisturbed", generate=harness.made_up(30000), slow="100us")
    undisturbed.run()
    expected = comparison.dump(undisturbed.store)
    kinds = [WRONG[number % len(WRONG)] if number < reloads // 4 else "right" for number in range(reloads)]
    context.random.shuffle(kinds)
    rounds, counts = 0, {}
    while kinds:
        rounds += 1
        place = context.place("reloaded-%d" % rounds, **undisturbed.values)
        host = Monitor(place, "--once")
        while kinds and host.running():
            way = context.random.choice(("signal", "command"))
            if _reload(context, host, kinds[-1], way):
                kind = kinds.pop()
                counts[kind, way] = counts.get((kind, way), 0) + 1
        _mend(host)
        host.finish()
        # What the files were between reloads is remembered as revisions of their watches.
        comparison.check_equal(expected, place, without_state_of="watch")
        comparison.check_delivered(place)
        say("reload: round %d: equal, %d reloads to go" % (rounds, len(kinds)))
        place.remove()
    wrong = sum(count for (kind, _), count in counts.items() if kind != "right")
    commands = sum(count for (_, way), count in counts.items() if way == "command")
    say("reload: %d, %d of them of wrong files" % (reloads, wrong))
    context.measured.append(
        "%d reloads in %d runs of 30,000 records, %d of them by `wirewatch reload`, the others by SIGHUP; %d of wrong "
        "files (%s), which were refused with the reason. Each store equals that of a run without reloads." %
        (reloads, rounds, commands, wrong, ", ".join(WRONG)))


def _reload(context, host, kind, way):
    """False when the run ended before it was over."""
    _mend(host)
    _change(context, host.place)
    if kind != "right":
        _spoil(host.place, kind)
    before = _counts(host)
    if before is None:
        return False
    if way == "signal":
        host.process.send_signal(harness.signal.SIGHUP)
        if not host.wait_for("a reload", lambda: _counts(host) in (None, (before[0] + 1, before[1]),
                                                                   (before[0], before[1] + 1))):
            return False
    else:
        status, said = host.place.tell("reload", "--store", host.place.store)
        if not host.running() or ENDED in said:
            return False
        if (status == 0) != (kind == "right"):
            raise Failure("`wirewatch reload` of %s files ended with %d:\n%s" % (kind, status, said))
    after = _counts(host)
    if after is None:
        return False
    expected = (before[0] + (kind == "right"), before[1] + (kind != "right"))
    if after != expected and ENDED in host.place.end_of_log():
        return False
    if after != expected:
        raise Failure("after a reload of %s files by %s, %s taken over and refused became %s:\n%s" %
                      (kind, way, before, after, host.place.end_of_log()))
    return True


def _counts(host):
    counts = tuple(host.metric("wirewatch_reload%s_total" % what) for what in ("s", "_failures"))
    return None if None in counts else counts


def _mend(host):
    host.place.write("watches/watches.yaml", harness.WATCHES)
    host.place.configure(counter="running_count")


def _change(context, place):
    """Something that does not show in what comes out."""
    number = context.random.randrange(10**6)
    what = context.random.choice(("option", "step", "watches", "limits"))
    if what == "option":
        place.configure(setting=number)
    elif what == "step":
        place.configure(after="" if place.values["after"] else "  - no_effect: { id: extra }\n")
    elif what == "watches":
        place.configure()
        place.write("watches/watches.yaml", harness.WATCHES + (NEVER % number if number % 3 else ""))
    else:
        place.configure(limits="commit_every: %dms, batch_items: %d" % (context.random.choice((20, 50, 200)),
                                                                        context.random.choice((4, 16, 64))))


def _spoil(place, kind):
    if kind == "yaml":
        place.write("pipeline.yaml", "name: fault\nsources: [\n")
    elif kind == "plugin":
        place.configure(counter="no_such_plugin: { id: running_count }")
    elif kind == "option":
        place.configure(counter="running_count: { windows: 3 }")
    elif kind == "watch":
        place.write("watches/watches.yaml", harness.WATCHES + "  - id: broken\n    query: 'a AND (b'\n")
    else:
        place.configure(counter="running_count_refusing: { id: running_count }")
