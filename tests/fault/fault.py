#!/usr/bin/env python3
"""Disturbs `wirewatch` in every way that it must survive, and compares with undisturbed runs.

    fault.py BUILD_DIR SCENARIO... [--seed N] [--kills N] [--reloads N] [--minutes N]
             [--write docs/results/fault.md]

Scenarios: see README.md beside this file, or `all`. Everything random follows from the seed, which is said; the folder
with the stores is kept when something fails. --write adds what was measured to a page. Exit status 1 when something is
not as it must be.
"""
import argparse
import random
import sys
import time
import traceback

import disk
import kills
import memory
import poison
import power
import reloads
import results
import watches
from harness import Context, Failure, say

SCENARIOS = {
    "workers": lambda context, arguments: kills.workers(context),
    "comparison": lambda context, arguments: kills.self_test(context),
    "kill": lambda context, arguments: kills.run(context, arguments.kills),
    "throws": lambda context, arguments: poison.throws(context),
    "poison": lambda context, arguments: poison.run(context),
    "state-versions": lambda context, arguments: poison.state_versions(context),
    "disk-full": lambda context, arguments: disk.full(context),
    "disk-read-only": lambda context, arguments: disk.read_only(context),
    "disk-errors": lambda context, arguments: disk.errors(context),
    "disk-damaged": lambda context, arguments: disk.damaged(context),
    "memory": lambda context, arguments: memory.run(context, arguments.minutes),
    "reload": lambda context, arguments: reloads.run(context, arguments.reloads),
    "watches": lambda context, arguments: watches.run(context, arguments.kills),
    "power": lambda context, arguments: power.run(context, arguments.kills),
    "power-lies": lambda context, arguments: power.self_test(context),
}

# The flag that makes a scenario longer, as it was given.
LONG_FORM = {
    "kill": lambda arguments: " --kills %d" % arguments.kills,
    "watches": lambda arguments: " --kills %d" % arguments.kills,
    "power": lambda arguments: " --kills %d" % arguments.kills,
    "reload": lambda arguments: " --reloads %d" % arguments.reloads,
    "memory": lambda arguments: " --minutes %g" % arguments.minutes,
}


def _no_flag(_arguments):
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("scenarios", nargs="+", choices=sorted(SCENARIOS) + ["all"], metavar="SCENARIO")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 10**9))
    parser.add_argument("--kills", type=int, default=30, help="kills or cuts; the long form is 300")
    parser.add_argument("--reloads", type=int, default=20, help="the long form is 200")
    parser.add_argument("--minutes", type=float, default=0.25, help="of load; the long form is 10")
    parser.add_argument("--write", metavar="FILE")
    arguments = parser.parse_args()
    names = sorted(SCENARIOS) if "all" in arguments.scenarios else arguments.scenarios
    failed = 0
    for name in names:
        context = Context(arguments.build, arguments.seed)
        say("%s: seed %d" % (name, arguments.seed))
        began = time.monotonic()
        try:
            SCENARIOS[name](context, arguments)
        except Exception as error:  # whatever it is, the seed and the folder must be said
            failed += 1
            text = str(error) if isinstance(error, Failure) else traceback.format_exc()
            say("%s FAILED (seed %d, everything kept in %s):\n%s" % (name, arguments.seed, context.folder, text))
            continue
        context.remove()
        say("%s: passed in %.0f s" % (name, time.monotonic() - began))
        if arguments.write:
            command = "fault.py BUILD_DIR %s --seed %d%s" % (name, arguments.seed, LONG_FORM.get(name, _no_flag)(arguments))
            results.write(arguments.write, name, command, context.measured)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
