#!/usr/bin/env python3
"""Reloads under load while subscribers follow, a quarter of them of a broken file: none is disconnected, and each gets
every event once, in order.

usage: check_subscribed_reloads.py BIN_DIR [RELOADS]
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from expecting import expect, until  # noqa: E402

SUBSCRIBERS = 5
PIPELINE = """name: desk
sources:
  - files: { path: inbox/stories.jsonl, settle: 0s }
analyses:
  - language
  - watch: { files: [watches.yaml] }
alerts:
  group_by: [item]
  wait: 0s
  interval: %ds
  late_after: 365d
limits: { commit_every: 50ms }
"""


class Writer(threading.Thread):
    """Appends stories until it is told to stop."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.written, self.ending = path, 0, False

    def run(self):
        while not self.ending:
            with open(self.path, "a", encoding="utf-8") as file:
                for _ in range(5):
                    file.write(json.dumps({"url": "https://news.example.org/%d" % self.written,
                                           "headline": "Story %d" % self.written,
                                           "body": "The river rises, %d." % self.written}) + "\n")
                    self.written += 1
            time.sleep(0.02)


def write(folder, name, text):
    with open(os.path.join(folder, name + ".new"), "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(os.path.join(folder, name + ".new"), os.path.join(folder, name))


def sequences(path):
    with open(path, encoding="utf-8") as file:
        return [int(json.loads(line)["event"]["sequence"]) for line in file.read().split("\n")[:-1]]


def run(bin_dir, reloads):
    folder = tempfile.mkdtemp(prefix="wirewatch-reloads-")
    environment = dict(os.environ, LC_ALL="C.UTF-8", XDG_STATE_HOME=os.path.join(folder, "state"),
                       XDG_CACHE_HOME=os.path.join(folder, "cache"))
    wirewatch = os.path.join(bin_dir, "wirewatch")
    os.mkdir(os.path.join(folder, "inbox"))
    write(folder, "pipeline.yaml", PIPELINE % 300)
    write(folder, "watches.yaml", "watches: [{ id: floods, query: river }]\n")
    write(folder, "inbox/stories.jsonl", "")
    log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
    host = subprocess.Popen([wirewatch, "run", "pipeline.yaml"], cwd=folder, env=environment, stdout=subprocess.DEVNULL,
                            stderr=log)
    followers = []

    def call(*arguments):
        return subprocess.run([wirewatch] + list(arguments), cwd=folder, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120, check=False)

    try:
        until(lambda: call("alerts", "stats").returncode == 0, "the host", 60)
        for number in range(SUBSCRIBERS):
            out, err = (open(os.path.join(folder, "%d.%s" % (number, kind)), "w+", encoding="utf-8")
                        for kind in ("out", "err"))
            followers.append((subprocess.Popen([wirewatch, "alerts", "follow", "--oldest", "--format", "json"], cwd=folder,
                                               env=environment, stdout=out, stderr=err), out, err))
        writer = Writer(os.path.join(folder, "inbox", "stories.jsonl"))
        writer.start()
        refused = 0
        for number in range(reloads):
            broken = number % 4 == 3
            write(folder, "pipeline.yaml", PIPELINE.replace("- language", "- langwidge") % 1 if broken
                  else PIPELINE % (300 + number % 3))
            done = call("reload")
            expect((done.returncode != 0) == broken, "reload %d ended with %d: %s" % (number, done.returncode, done.stderr))
            refused += broken
        writer.ending = True
        writer.join()
        for process, out, err in followers:
            until(lambda path=out.name: len(sequences(path)) >= writer.written, "all events", 120)
            seen = sequences(out.name)
            expect(seen == list(range(1, writer.written + 1)), "not every event once and in order")
            expect(process.poll() is None, "a subscriber has ended")
            err.seek(0)
            said = err.read()
            expect(said == "", "a subscriber was disconnected: " + said)
        return writer.written, refused
    except AssertionError:
        log.seek(0)
        print(log.read()[-3000:], file=sys.stderr)
        raise
    finally:
        for process in [host] + [follower[0] for follower in followers]:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
        for file in [log] + [one for follower in followers for one in follower[1:]]:
            file.close()
        shutil.rmtree(folder)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    RELOADS = int(sys.argv[2]) if len(sys.argv) > 2 else 12
    EVENTS, REFUSED = run(os.path.abspath(sys.argv[1]), RELOADS)
    print("%d reloads, %d of them refused; %d subscribers have %d events each, once and in order"
          % (RELOADS, REFUSED, SUBSCRIBERS, EVENTS))
