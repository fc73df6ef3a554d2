#!/usr/bin/env python3
"""What durability costs on config/newswire.

usage: durability.py BIN_DIR [--items 200000] [--pairs 5] [--write docs/results/durability.md]

Whole processes, in turns: durability_bench runs the pipeline over a made-up inbox with the archive on, once with epochs
of one second and synchronous=FULL, once with one commit at the end and synchronous=OFF. Stories are of 2 kB: sentences
of the quickstart's inbox among words drawn from 100,000 by Zipf's law. Wall time is counted until the last commit, CPU
time until the full-text index, which is no part of durability, has followed it in both. The middle of the pairs' ratios
counts. Exit status 1 when it is beyond the aim of 5 %, for wall or for CPU time.
"""
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

AIM = 1.05
ROOT = pathlib.Path(__file__).resolve().parents[2]
SYLLABLES = "ka ri to men sal ve du nor bi pest lo gra fi chu ta wen".split()


def option(name, default):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def word(number):
    number += 16
    made = ""
    while number:
        made += SYLLABLES[number % 16]
        number //= 16
    return made


def write_inbox(path, items):
    rng = random.Random(7)
    sentences = []
    for file in sorted((ROOT / "config" / "quickstart" / "inbox").glob("**/*.txt")):
        sentences += re.findall(r"[A-Z][^.\n]{30,300}\.", file.read_text(encoding="utf-8"))
    words = [word(number) for number in range(100000)]
    weights = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(words))))
    with open(path, "w", encoding="utf-8") as file:
        for number in range(items):
            drawn = rng.choices(words, cum_weights=weights, k=220)
            body = [" ".join(drawn[at:at + 20]).capitalize() + "." for at in range(0, len(drawn), 20)]
            body.insert(rng.randrange(len(body)), rng.choice(sentences))
            file.write(json.dumps({"headline": "%s %d" % (" ".join(drawn[:6]).capitalize(), number),
                                   "body": " ".join(body), "url": "https://news.example.org/%d" % number}) + "\n")


def run(bin_dir, folder, durable):
    environment = dict(os.environ, INBOX=os.path.join(folder, "inbox"), ALERTS=os.path.join(folder, "alerts.jsonl"),
                       WIREWATCH_BENCH_PIPELINE=str(ROOT / "config" / "newswire" / "pipeline.yaml"),
                       WIREWATCH_BENCH_STORE=os.path.join(folder, "store.db"))
    out = os.path.join(folder, "out.json")
    subprocess.run([os.path.join(bin_dir, "durability_bench"), "--benchmark_filter=durable:%d/" % durable,
                    "--benchmark_out=" + out], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=True)
    with open(out, encoding="utf-8") as file:
        done = json.load(file)["benchmarks"][0]
    if done.get("error_occurred"):
        sys.exit("the run failed: " + done["error_message"])
    second = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}[done["time_unit"]]
    return {"wall": done["real_time"] * second, "CPU": done["cpu_time"] * second, "items": done["items"],
            "alerts": done["alerts"], "commits": done["commits"]}


def measure(bin_dir, items, pairs):
    folder = tempfile.mkdtemp(prefix="durability-", dir=os.environ.get("WIREWATCH_BENCH_DIR"))
    try:
        os.mkdir(os.path.join(folder, "inbox"))
        write_inbox(os.path.join(folder, "inbox", "stories.jsonl"), items)
        arms = {0: [], 1: []}
        for number in range(pairs):
            for durable in ((0, 1), (1, 0))[number % 2]:
                arms[durable].append(run(bin_dir, folder, durable))
                print("durable" if durable else "at the end", arms[durable][-1], file=sys.stderr)
        return arms
    finally:
        shutil.rmtree(folder)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    items, pairs, load = int(option("--items", "200000")), int(option("--pairs", "5")), os.getloadavg()[0]
    arms = measure(sys.argv[1], items, pairs)
    if {done["items"] for arm in arms.values() for done in arm} != {items}:
        sys.exit("not every Item was archived in every run: %s" % arms)
    middle = lambda arm, what: statistics.median(done[what] for done in arms[arm])
    lines = ["| | wall, s | process CPU, s | commits |", "|---|---|---|---|"]
    for arm, name in ((1, "epochs of 1 s, `synchronous=FULL`"), (0, "one commit at the end, `synchronous=OFF`")):
        lines.append("| %s | %.2f | %.2f | %d |" % (name, middle(arm, "wall"), middle(arm, "CPU"), middle(arm, "commits")))
    ratios = {what: sorted(full[what] / off[what] for off, full in zip(arms[0], arms[1])) for what in ("wall", "CPU")}
    kept = all(statistics.median(ratio) <= AIM for ratio in ratios.values())
    lines += ["", "Ratio of the pairs, middle of %d (lowest to highest): " % pairs + ", ".join(
        "%s %.3f (%.3f to %.3f)" % (what, statistics.median(ratio), ratio[0], ratio[-1])
        for what, ratio in ratios.items()) + ". The aim of %.2f is %s." % (AIM, "met" if kept else "missed"),
              "Load of the machine before: %.1f; %d Alerts in each run." % (load, middle(1, "alerts"))]
    print("\n".join(lines))
    if "--write" in sys.argv:
        commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE,
                                check=True, universal_newlines=True).stdout.strip()
        with open(option("--write", ""), "w", encoding="utf-8") as file:
            file.write("# What durability costs\n\n`tests/bench/durability.py` on the release build of commit %s, two "
                       "cores: `config/newswire` over %s made-up stories of 2 kB,\narchive and full-text index on, "
                       "whole processes in turns, medians. Wall time until the last commit, CPU time until the full-text index "
                       "has followed it\nin both arms.\n\n%s\n" % (commit, format(items, ","), "\n".join(lines)))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
