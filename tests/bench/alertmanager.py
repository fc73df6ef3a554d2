#!/usr/bin/env python3
"""Wirewatch beside Alertmanager on one stream of conditions that fire and resolve: what each notifies of, and when.

usage: alertmanager.py BIN_DIR PLUGINS [--events N] [--seconds N] [--seed N] [--write docs/results/alertmanager.md]

PLUGINS is the folder with the plugin `conditions` of this test. Both group by name and cluster, wait, keep to an
interval and repeat alike. Each notification is held against what was so and against the rules of its program; exit
status 1 when something follows from no rule, 77 without prometheus-alertmanager.
"""
import argparse
import collections
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from alerting import judge, programs, stream

SILENCE = (0.15, 0.35)  # of the run


class Sender(threading.Thread):
    """Sends the events to one program when they are due; what is due together goes together."""

    def __init__(self, program, events, began):
        super().__init__(daemon=True)
        self.program, self.events, self.began = program, events, began
        self.truths = collections.defaultdict(stream.Truth)
        self.longest = 0.0
        self.failed = None

    def run(self):
        try:
            self.send()
        except BaseException as failed:  # told by the main thread
            self.failed = failed

    def send(self):
        place = 0
        while place < len(self.events):
            now = time.time() - self.began
            due = place
            while due < len(self.events) and due - place < 500 and self.events[due].at <= now:
                due += 1
            if due == place:
                time.sleep(min(0.02, self.events[place].at - now))
                continue
            batch = self.events[place:due]
            at = time.time()
            for event in batch:
                self.truths[(event.name, event.cluster)].add(at, event)
            self.program.send(batch, stream.labels)
            self.longest = max(self.longest, time.time() - self.began - batch[0].at)
            place = due


def run(arguments, folder):
    events = stream.make(arguments.events, arguments.seconds, arguments.seed)
    running = [programs.Alertmanager(folder)]
    try:
        running.append(programs.Wirewatch(folder, arguments.bin_dir, arguments.plugins))
        began = time.time() + 0.5
        senders = [Sender(program, events, began) for program in running]
        for sender in senders:
            sender.start()
        time.sleep(max(0.0, began + SILENCE[0] * arguments.seconds - time.time()))
        silence = (time.time(), time.time() + (SILENCE[1] - SILENCE[0]) * arguments.seconds)
        for program in running:
            program.silence(stream.SILENCED, silence[1] - silence[0])
        for sender in senders:
            sender.join()
            if sender.failed:
                raise sender.failed
        # What is due still is told.
        time.sleep(programs.INTERVAL + programs.WAIT + 3)
    finally:
        for program in running:
            program.end()
    lag = max(sender.longest for sender in senders)
    slack = 0.5 + lag
    judged = [judge.Judge(sender.program.NAME, sender.program.notifications(), sender.truths, slack, silence)
              for sender in senders]
    return events, judged, lag, slack


def seconds_of(delays):
    if not delays:
        return "–"
    ordered = sorted(delays)
    return "%.1f / %.1f / %.1f s" % (statistics.median(ordered), ordered[int(0.99 * (len(ordered) - 1))], ordered[-1])


REASONS = (
    ("over before it was due", "A firing was over before its notification was due",
     "Both wait before they tell, and tell nothing of what is over by then. Alertmanager looks when its timer comes, "
     "every interval from the first flush on; Wirewatch counts the interval from the last message of the Alert, and "
     "an Alert shows what fired since, also where it is over by now."),
    ("told already", "An instance had resolved and fired again between two flushes",
     "To Alertmanager it is the alert that it has told of. In Wirewatch it is news."),
    ("fired again before it was due", "An instance fired again before its first firing was told",
     "The Alert then shows the later one."),
    ("silenced", "A firing was silenced", "Neither tells of it while the silence holds. Alertmanager tells at its next "
     "flush what still fires then; Wirewatch tells what still holds at once when the silence ends, and besides which "
     "Alerts it hid events of."),
    ("end: something fired again before the end was due", "All was over, and something fired again before that was due",
     "For both the group then goes on. Who was due in between differs: a timer against the time of the last message."),
    ("end: nobody had been told of the beginning", "All was over of what nobody had been told of",
     "Neither tells of the end of what it did not tell of."),
    ("end: silenced", "An end was silenced", "Neither tells of it; Wirewatch's report at the end of the silence has it."),
)


def table(events, judged, lag, slack, arguments):
    ours, theirs = judged[1], judged[0]
    kinds = (("began", "a group begins to fire (RAISED)"), ("more", "more of it fires (UPDATED)"),
             ("fewer", "less of it fires, or what fired in between is over"), ("again", "the same again (REPEATED)"), ("ended", "all is over (RESOLVED)"),
             ("silence ended", "a silence has ended: what it hid"))
    lines = ["| | Alertmanager | Wirewatch |", "|---|---|---|",
             "| notifications | %d | %d |" % (sum(theirs.kinds.values()), sum(ours.kinds.values()))]
    lines += ["| – %s | %d | %d |" % (what, theirs.kinds[kind], ours.kinds[kind]) for kind, what in kinds]
    first = {of: tuple(seconds_of(one.first_delays[of].values()) for one in judged) for of in ("warning", "critical")}
    lines += ["| firings told of, of %d | %d | %d |" % (ours.firings, *(one.told for one in judged)),
              "| – how long after: median / 99 %% / longest | %s | %s |" % tuple(seconds_of(one.delays) for one in judged),
              "| – the first of a group, warnings | %s | %s |" % first["warning"],
              "| – the first of a group, critical | %s | %s |" % first["critical"],
              "| ends of all of a group told of, of %d | %d | %d |" % (ours.ends, *(len(one.end_delays) for one in judged)),
              "| – how long after | %s | %s |" % tuple(seconds_of(one.end_delays) for one in judged)]
    lines += ["", "What each did not tell of, and the rule that it follows from:", "",
              "| what | Alertmanager | Wirewatch | why |", "|---|---|---|---|"]
    lines += ["| %s | %d | %d | %s |" % (what, theirs.reasons[reason], ours.reasons[reason], why)
              for reason, what, why in REASONS if theirs.reasons[reason] or ours.reasons[reason]]
    lines += ["| Unexplained | %d | %d | |" % (len(theirs.unexplained), len(ours.unexplained)), "",
              "%d events of %d groups over %d s, wait %d s, interval %d s, repeat %d s, seed %d. The slowest took %.2f s "
              "from when it was due until its program had it; times that differ by %.2f s count as the same. What was silenced has no part in the times." %
              (len(events), len(ours.truths), arguments.seconds, programs.WAIT, programs.INTERVAL, programs.REPEAT,
               arguments.seed, lag, slack)]
    return "\n".join(lines)


INTRODUCTION = """# Beside Alertmanager

`tests/bench/alertmanager.py` sends one stream of conditions that fire and resolve to both programs and takes what each
posts to a webhook. Commit %s; prometheus-alertmanager %s of Debian 12; both on one machine with two cores.

%s

The differences in how many and when:

- **Less of it fires.** Alertmanager sends the whole group again whenever one of its alerts has resolved, also one that
  nobody was told of. Wirewatch tells what is new and that all is over; what has ended in between stands in the Alert at
  the next message.
- **When.** Alertmanager looks at a group when its timer comes: `group_wait` after the first alert, then every
  `group_interval`, whatever happened when; the timer of a group that is empty runs on until it is cleared away, half a minute later at most. Wirewatch tells news `wait`
  after it came, unless the Alert's last message is less than `interval` ago: after a quiet time it is told earlier.
- **Critical.** In Wirewatch the first critical Signal of an Alert does not wait. Alertmanager has no such rule.
- **Again.** Alertmanager repeats at the first flush after `repeat_interval`, so up to an interval late; Wirewatch when it
  is due, unless news waits that goes out within `wait`.
- **Silences.** See the table. Alertmanager does not tell what was hidden.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin_dir")
    parser.add_argument("plugins")
    parser.add_argument("--events", type=int, default=10000)
    parser.add_argument("--seconds", type=int, default=240)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write")
    arguments = parser.parse_args()
    arguments.bin_dir, arguments.plugins = map(os.path.abspath, (arguments.bin_dir, arguments.plugins))
    if shutil.which("prometheus-alertmanager") is None:
        print("prometheus-alertmanager is not there")
        return 77
    with tempfile.TemporaryDirectory(prefix="wirewatch-alertmanager-") as folder:
        events, judged, lag, slack = run(arguments, folder)
    text = table(events, judged, lag, slack, arguments)
    print(text)
    unexplained = [line for one in judged for line in one.unexplained]
    print("\n".join(unexplained[:50]))
    if arguments.write:
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE, check=True,
                                universal_newlines=True).stdout.strip()
        version = subprocess.run(["prometheus-alertmanager", "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 check=True, universal_newlines=True).stdout.split()[2].rstrip(",")
        with open(arguments.write, "w", encoding="utf-8") as file:
            file.write(INTRODUCTION % (commit, version, text))
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
