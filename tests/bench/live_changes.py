#!/usr/bin/env python3
"""Changes to the watches while Items flow at full speed: the longest pause, and whether every match is right.

usage: live_changes.py BIN_DIR [--runs 3] [--write docs/results/live_changes.md]

Whole processes of live_changes_bench: 100,000 watches, of which 100,000 changes (a third each add, replace and remove one)
come in groups of 500 every 50 ms, while one thread makes texts of 325 words ready and matches them one after another. The
bench itself evaluates every 1000th Item again, and compares the end with an Engine that is made anew. Exit status 1 when
an Item took more than 10 ms or a match was wrong.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

LIMIT_US = 10000
ROOT = pathlib.Path(__file__).resolve().parents[2]


def option(name, default):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def run(bin_dir):
    with tempfile.TemporaryDirectory(prefix="live-changes-") as folder:
        out = os.path.join(folder, "out.json")
        subprocess.run([os.path.join(bin_dir, "live_changes_bench"), "--benchmark_out=" + out], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(out, encoding="utf-8") as file:
            return json.load(file)["benchmarks"][0]


def row(done, phase, clock, name):
    times = [done["%s_%s_%s_us" % (phase, clock, which)] for which in ("p50", "p99", "p999", "worst")]
    return "| %s | %s |" % (name, " | ".join("%.0f" % time for time in times))


def table(done):
    lines = ["| time of an Item, µs | p50 | p99 | p99.9 | worst |", "|---|---|---|---|---|"]
    for phase, name in (("undisturbed", "before the changes"), ("changed", "while watches change")):
        lines.append(row(done, phase, "wall", name))
        lines.append(row(done, phase, "cpu", name + ", the thread's own processor time"))
    lines += ["", "%s Items/s before, %s while %s Items flowed in %.0f s of changes; at most %d segments; the slowest group "
              "took %.0f ms. Matches: %s; Items evaluated again: %d, wrong: %d; texts matched otherwise by an Engine made "
              "anew: %d." % (format(int(done["undisturbed_items_per_second"]), ","),
                             format(int(done["changed_items_per_second"]), ","), format(int(done["changed_items"]), ","),
                             done["changed_seconds"], done["most_segments"], done["slowest_group_ms"],
                             format(int(done["matches"]), ","), done["checked"], done["wrong"],
                             done["different_at_the_end"])]
    return lines


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    load = os.getloadavg()[0]
    runs = [run(sys.argv[1]) for _ in range(int(option("--runs", "3")))]
    worst = max(done["changed_wall_worst_us"] for done in runs)
    wrong = sum(done["wrong"] + done["different_at_the_end"] for done in runs)
    checked = sum(done["checked"] for done in runs)
    kept = worst <= LIMIT_US and wrong == 0 and checked > 0
    middle = sorted(runs, key=lambda done: done["changed_wall_worst_us"])[len(runs) // 2]
    lines = table(middle)
    lines += ["", "The longest pause of %d runs: %.1f ms (%s). The limit of %d ms without a wrong match is %s. Load of the "
              "machine before: %.1f." % (len(runs), worst / 1000, ", ".join(
                  "%.1f" % (done["changed_wall_worst_us"] / 1000) for done in runs), LIMIT_US / 1000,
                  "kept" if kept else "passed", load)]
    print("\n".join(lines))
    if "--write" in sys.argv:
        commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE,
                                check=True, universal_newlines=True).stdout.strip()
        with open(option("--write", ""), "w", encoding="utf-8") as file:
            file.write("# Watches that change while Items flow\n\n`tests/bench/live_changes.py` on the release build of "
                       "commit %s, two cores: 100,000 watches and 100,000 changes to\nthem, a third each add, replace and "
                       "remove one, in groups of 500 every 50 ms. An Item's time is from its text to its matches.\nThe run "
                       "with the middle of the longest pauses:\n\n%s\n" % (commit, "\n".join(lines)))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
