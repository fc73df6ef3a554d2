#!/usr/bin/env python3
"""Every channel with a peer on loopback (a program, an SMTP server, rsyslog, a feed reader) and a host that is killed:
every event arrives through each of them, in order, and what comes twice has the same key.

usage: check_channels.py BIN_DIR [SEED]
"""
import glob
import gzip
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import feedparser

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from expecting import expect, until  # noqa: E402

SMTP_SERVER = os.path.join(HERE, "..", "..", "plugins", "alerts", "mail", "smtp_server.py")
EVENTS = 60
KILLS = 4
PIPELINE = """name: desk
sources:
  - files: { path: inbox/stories.jsonl, settle: 0s }
analyses:
  - language
  - watch: { files: [watches.yaml] }
alerts:
  group_by: [item]
  wait: 0s
  late_after: 365d
  channels:
    - jsonl: { path: alerts.jsonl, rotate: { size: 20KiB, gzip: true } }
    - command: { argv: [./note.sh] }
    - syslog: { server: "tcp://127.0.0.1:${SYSLOG_PORT}", timeout: 2s }
    - mail: { server: "smtp://127.0.0.1:${SMTP_PORT}", tls: none, from: a@example.org, to: [b@example.org], timeout: 5s }
    - feed: { atom: feed.atom, json: feed.json, entries: 1000 }
limits: { commit_every: 50ms }
"""
# One line an event, written by one call.
NOTE = """#!/bin/sh
cat > /dev/null
echo "$WIREWATCH_SEQUENCE $WIREWATCH_IDEMPOTENCY_KEY" >> noted
"""
RSYSLOG = """global(workDirectory="{folder}")
module(load="imtcp")
input(type="imtcp" port="{port}" address="127.0.0.1")
template(name="all" type="string" string="%app-name% %structured-data%\\n")
*.* action(type="omfile" file="{folder}/syslogged" template="all")
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Desk:
    """A folder with a pipeline, and what its channels have brought so far."""

    def __init__(self, bin_dir):
        self.folder = tempfile.mkdtemp(prefix="wirewatch-channels-")
        self.wirewatch = os.path.join(os.path.abspath(bin_dir), "wirewatch")
        self.peers, self.host = [], None
        os.mkdir(self.path("inbox"))
        os.mkdir(self.path("mails"))
        port = free_port()
        for name, text in (("pipeline.yaml", PIPELINE), ("note.sh", NOTE), ("inbox/stories.jsonl", ""),
                           ("watches.yaml", "watches: [{ id: floods, query: river }]\n"),
                           ("rsyslog.conf", RSYSLOG.format(folder=self.folder, port=port))):
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write(text)
        os.chmod(self.path("note.sh"), 0o755)
        self.start_peer("/usr/sbin/rsyslogd", "-n", "-f", self.path("rsyslog.conf"), "-i", self.path("rsyslog.pid"))
        self.start_peer(sys.executable, SMTP_SERVER, self.path("mails"))
        until(lambda: os.path.exists(self.path("mails/port")), "the SMTP server")
        until(lambda: os.path.exists(self.path("rsyslog.pid")), "rsyslog")
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", SYSLOG_PORT=str(port),
                                SMTP_PORT=self.read("mails/port"), XDG_STATE_HOME=self.path("state"),
                                XDG_CACHE_HOME=self.path("cache"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        try:
            with open(self.path(name), encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def start_peer(self, *argv):
        self.peers.append(subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def start(self, log):
        self.host = subprocess.Popen([self.wirewatch, "run", "pipeline.yaml"], cwd=self.folder, env=self.environment,
                                     stdout=subprocess.DEVNULL, stderr=log)

    def close(self):
        for process in [self.host, *self.peers]:
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder)

    def append(self, first, end):
        with open(self.path("inbox/stories.jsonl"), "a", encoding="utf-8") as file:
            for number in range(first, end):
                file.write(json.dumps({"url": "https://news.example.org/%d" % number, "headline": "Story %d" % number,
                                       "body": "The river rises, %d." % number}) + "\n")

    # Of each channel pairs of sequence and key, as they came.

    def noted(self):
        return [(int(line.split()[0]), line.split()[1]) for line in self.read("noted").splitlines()]

    def syslogged(self):
        pattern = re.compile(r'^wirewatch \[wirewatch@\d+ .*?sequence="(\d+)" .*?key="([0-9a-f]+)"')
        found = (pattern.match(line) for line in self.read("syslogged").splitlines())
        return [(int(match.group(1)), match.group(2)) for match in found if match]

    def mailed(self):
        # A mail does not tell the sequence: the story's number stands for it.
        mails = []
        for index in range(len(glob.glob(self.path("mails/*.json")))):
            mail = json.loads(self.read("mails/%d.json" % index))
            number = int(re.search(r"Story (\d+)", mail["parts"]["text/plain"]).group(1))
            mails.append((number, dict(mail["headers"])["Message-ID"]))
        return mails

    def appended(self):
        lines = []
        names = sorted(glob.glob(self.path("alerts.jsonl.*")), key=lambda name: -int(name.split(".jsonl.")[1].split(".")[0]))
        for name in names + [self.path("alerts.jsonl")]:
            opened = gzip.open if name.endswith(".gz") else open
            with opened(name, "rt", encoding="utf-8") as file:
                lines += [int(json.loads(line)["sequence"]) for line in file]
        return lines


def check_once_each(name, came, expected):
    first, keys = [], {}
    for number, key in came:
        if number not in keys:
            first.append(number)
            keys[number] = key
        expect(keys[number] == key, "%s: event %d came with two keys" % (name, number))
    expect(first == expected, "%s: %s instead of %s" % (name, first, expected))
    expect(len(set(keys.values())) == len(expected), "%s: two events have one key" % name)
    return len(came) - len(expected)


def run(bin_dir, seed):
    chance = random.Random(seed)
    desk = Desk(bin_dir)
    log = open(desk.path("log"), "w+", encoding="utf-8")
    try:
        written = 0
        for attempt in range(KILLS + 1):
            desk.start(log)
            goal = EVENTS * (attempt + 1) // (KILLS + 1)
            desk.append(written, goal)
            middle, written = written + chance.randrange(1, goal - written), goal
            if attempt < KILLS:
                # In the middle of the deliveries.
                until(lambda: len({number for number, _ in desk.noted()}) >= middle, "%d events" % middle, 60)
                time.sleep(chance.random() * 1.5)  # positions advance once a second
                desk.host.kill()
                desk.host.wait()
                continue
            for came in (desk.noted, desk.syslogged, desk.mailed):
                until(lambda: len({number for number, _ in came()}) == EVENTS, came.__name__, 120)
            desk.host.send_signal(signal.SIGTERM)
            expect(desk.host.wait(60) == 0, "the host ends with %d" % desk.host.returncode)
        journal = desk.appended()
        expect(len(journal) == EVENTS and journal == sorted(set(journal)), "jsonl has %s" % journal)
        expect(len(glob.glob(desk.path("alerts.jsonl.*.gz"))) >= 2, "nothing was rotated")
        again = [check_once_each("command", desk.noted(), journal), check_once_each("syslog", desk.syslogged(), journal),
                 check_once_each("mail", desk.mailed(), list(range(EVENTS)))]
        feed = feedparser.parse(desk.path("feed.atom"))
        expect(not feed.bozo and len({entry.id for entry in feed.entries}) == EVENTS, "the feed has %d entries" %
               len(feed.entries))
        expect([item["id"] for item in json.loads(desk.read("feed.json"))["items"]] ==
               [entry.id for entry in feed.entries], "the documents of the feed differ")
        return again
    except AssertionError:
        log.seek(0)
        print(log.read()[-4000:], file=sys.stderr)
        raise
    finally:
        log.close()
        desk.close()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print("%d events, %d kills; came again: command %d, syslog %d, mail %d" %
          (EVENTS, KILLS, *run(sys.argv[1], int((sys.argv + ["1"])[2]))))
