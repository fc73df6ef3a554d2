"""A source that is a hundred times faster than the slowest step: resident memory stays within budget and a constant."""
import re
import time

import harness
from harness import Failure, say
from monitor import Monitor

BUDGET_MIB = 64
# The process itself: its code and plugins, the index of languages, the store's caches, and what the allocator keeps.
CONSTANT_MIB = 128
# Eight workers have 36 batches of 64 Items on their way: enough of them to fill the budget.
EACH_MS = 150
WORKERS = 8
SOURCE = "seed: 5, bytes: 4KiB, large_every: 350, large_bytes: 256KiB"


def run(context, minutes):
    place = context.place(
        "memory", generate="count: 1000000000, " + SOURCE,
        more_sources="", slow="%dms" % EACH_MS, limits="budget: %dMiB" % BUDGET_MIB)
    fastest = _source_alone(context)
    host = Monitor(place, "--workers", str(WORKERS), "--drain", "60")
    peaks, full, began = [], 0, time.monotonic()
    while time.monotonic() < began + 60 * minutes:
        if not host.running():
            raise Failure("wirewatch ended with %d:\n%s" % (host.process.returncode, place.end_of_log()))
        peaks.append(_memory(host.process.pid, "VmHWM"))
        if peaks[-1] > BUDGET_MIB + CONSTANT_MIB:
            harness.kill(host.process)
            raise Failure("%d MiB are resident after %d s" % (peaks[-1], time.monotonic() - began))
        full = max(full, host.metric("wirewatch_budget_used_bytes") or 0)
        time.sleep(0.25)
    items = host.metric("wirewatch_pipeline_committed_position")
    rate = items / (time.monotonic() - began)
    host.process.terminate()
    host.finish(90)
    if full < 0.8 * BUDGET_MIB * 2**20:
        raise Failure("the budget was never full (%d bytes): this shows nothing" % full)
    if fastest < 100 * rate:
        raise Failure("the source gives %.0f/s alone, the pipeline passes %.0f/s: not a hundred times" % (fastest, rate))
    half = peaks[len(peaks) // 2]
    say("memory: %d MiB resident at most (%d MiB after half of the time), %.0f records/s of %.0f/s that the source can" %
        (peaks[-1], half, rate, fastest))
    context.measured.append(
        "%g minutes with a budget of %d MiB; the source alone gives %.0f records/s (4 kB, every 350th 256 kB), the pipeline "
        "passes %.0f/s. The budget was in use up to %.1f MiB; resident memory was %d MiB at most (%d MiB after half of the "
        "time). The limit is the budget and %d MiB." % (minutes, BUDGET_MIB, fastest, rate, full / 2**20, peaks[-1], half,
                                                        CONSTANT_MIB))


def _source_alone(context):
    """Records a second through a pipeline without a slow step: the source gives at least as many."""
    place = context.place("source")
    place.write("pipeline.yaml", "name: fault\nsources:\n  - generate: { count: 60000, %s }\n"
                "analyses:\n  - no_effect: { setting: 1 }\n" % SOURCE)
    return 60000 / place.run()


def _memory(process, field):
    with open("/proc/%d/status" % process, encoding="utf-8") as status:
        found = re.search(r"^%s:\s+(\d+) kB" % field, status.read(), re.MULTILINE)
    return int(found.group(1)) / 1024 if found else 0
