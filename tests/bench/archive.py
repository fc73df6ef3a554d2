#!/usr/bin/env python3
"""The sustained archive rate, and the longest commit.

usage: archive.py BIN_DIR [--seconds 60] [--write docs/results/archive.md]

Runs archive_bench: Items of 2 kB come at a steady rate, are committed with synchronous=FULL, and the full-text index
follows. Exit status 1 when, at 7,000 Items/s in epochs of one second, a commit takes more than 100 ms, commits come too
late, or the index falls behind.
"""
import json
import os
import subprocess
import sys
import time

LIMIT_MS = 100.0
RATE = 7000
BLOCK = 4096


def option(name, default):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def measure(bin_dir, seconds):
    environment = dict(os.environ, WIREWATCH_BENCH_SECONDS=str(seconds))
    done = subprocess.run([os.path.join(bin_dir, "archive_bench"), "--benchmark_format=json"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True, env=environment)
    for run in json.loads(done.stdout.decode())["benchmarks"]:
        _, rate, most_mib = run["name"].split("/")[:3]
        yield int(rate), int(most_mib), run


def sync_ms(megabytes):
    """What the disk itself takes to make so much safe in a file that is written over, as the log is."""
    path = os.path.join(os.environ.get("WIREWATCH_BENCH_DIR", "/tmp"), "archive-bench-probe-%d" % os.getpid())
    data = os.urandom(megabytes << 20)
    with open(path, "wb") as file:
        for _ in range(2):
            file.seek(0)
            began = time.perf_counter()
            file.write(data)
            file.flush()
            os.fdatasync(file.fileno())
            taken = time.perf_counter() - began
    os.remove(path)
    return 1000 * taken


def keeps_up(rate, run):
    return run["late_ms"] < 1000 and run["behind_items"] <= rate + 2 * BLOCK


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    seconds = int(option("--seconds", "60"))
    load = os.getloadavg()[0]
    lines = ["| Items/s | committed | longest commit | median | index behind at the end | log at most | store | index |",
             "|---|---|---|---|---|---|---|---|"]
    kept = False
    for rate, most_mib, run in measure(sys.argv[1], seconds):
        lines.append("| %s | %s | %.0f ms | %.0f ms | %s | %.0f MiB | %.0f MiB | %.0f MiB |" % (
            format(rate, ","), "once a second" + (", and whenever %d MiB wait" % most_mib if most_mib else ""),
            run["longest_ms"], run["median_ms"],
            "%s Items" % format(int(run["behind_items"]), ",") if keeps_up(rate, run) else "falls behind",
            run["log_MiB"], run["file_MiB"], run["index_MiB"]))
        if (rate, most_mib) == (RATE, 0):
            kept = run["longest_ms"] <= LIMIT_MS and keeps_up(rate, run)
    lines += ["", "Load of the machine before: %.1f; the disk takes %.0f ms to make 16 MiB safe. The limit of %.0f ms at "
              "%s Items/s in epochs of one second is %s." % (load, sync_ms(16), LIMIT_MS, format(RATE, ","),
                                                             "kept" if kept else "exceeded")]
    print("\n".join(lines))
    if "--write" in sys.argv:
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE, check=True,
                                universal_newlines=True).stdout.strip()
        with open(option("--write", ""), "w", encoding="utf-8") as file:
            file.write("# The sustained archive rate\n\n`tests/bench/archive.py` on the release build of commit %s, two "
                       "cores, %d s for each row: Items of 2 kB on average,\n`synchronous=FULL`, the full-text index "
                       "following; the Items are made by the same process.\n\n%s\n" % (commit, seconds, "\n".join(lines)))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
