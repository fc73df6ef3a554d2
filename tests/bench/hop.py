#!/usr/bin/env python3
"""The cost of a hop, beside GStreamer's in the same run.

usage: hop.py BIN_DIR [--write docs/results/hop.md]

Wirewatch: hop_bench, ten stateless steps that do nothing over batches of 64 Items with counters on. GStreamer: the
time of `fakesrc ! identity x 11 ! fakesink` less that of `identity x 1`, for one buffer and element. Five pairs, taken
in turns; the median counts. Exit status 1 when the hop costs more than the limit of 10 ns, 77 without gst-launch-1.0.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

LIMIT_NS = 10.0
PAIRS = 5
BUFFERS = 400000


def wirewatch_hop(bin_dir):
    done = subprocess.run([os.path.join(bin_dir, "hop_bench"), "--benchmark_filter=Hops/64", "--benchmark_format=json",
                           "--benchmark_min_time=0.5"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return json.loads(done.stdout.decode())["benchmarks"][0]["hop_ns"]


def gstreamer_seconds(elements):
    command = ["gst-launch-1.0", "-q", "fakesrc", "num-buffers=%d" % BUFFERS, "sizetype=fixed", "sizemax=64"]
    for _ in range(elements):
        command += ["!", "identity", "silent=true"]
    began = time.perf_counter()
    subprocess.run(command + ["!", "fakesink", "sync=false", "silent=true"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if shutil.which("gst-launch-1.0") is None:
        print("gst-launch-1.0 is not there (Debian's gstreamer1.0-tools)")
        return 77
    ours, theirs = [], []
    for _ in range(PAIRS):
        ours.append(wirewatch_hop(sys.argv[1]))
        theirs.append((gstreamer_seconds(11) - gstreamer_seconds(1)) / 10 / BUFFERS * 1e9)
    hop, peer = statistics.median(ours), statistics.median(theirs)
    lines = ["| | ns for one Item (buffer) and step, median of %d | lowest | highest |" % PAIRS, "|---|---|---|---|",
             "| Wirewatch, batches of 64, counters on | %.1f | %.1f | %.1f |" % (hop, min(ours), max(ours)),
             "| GStreamer `identity` | %.1f | %.1f | %.1f |" % (peer, min(theirs), max(theirs)), "",
             "A hop in Wirewatch costs %.0f %% of one in GStreamer; the limit of %.0f ns is %s." %
             (100 * hop / peer, LIMIT_NS, "kept" if hop <= LIMIT_NS else "passed")]
    print("\n".join(lines))
    if "--write" in sys.argv:
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE, check=True,
                                universal_newlines=True).stdout.strip()
        with open(sys.argv[sys.argv.index("--write") + 1], "w", encoding="utf-8") as file:
            file.write("# The cost of a hop\n\n`tests/bench/hop.py` on the release build of commit %s, two cores.\n\n%s\n"
                       % (commit, "\n".join(lines)))
    return 0 if hop <= LIMIT_NS else 1


if __name__ == "__main__":
    sys.exit(main())
