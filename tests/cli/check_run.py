#!/usr/bin/env python3
"""Runs pipelines as people do: once, again, until Ctrl-C, killed, and over any folder.

usage: check_run.py BIN_DIR
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from expecting import expect  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
INBOX = os.path.join(ROOT, "config", "quickstart", "inbox")
PIPELINE = """name: followed
sources:
  - files: { path: "inbox/**/*.{txt,html,jsonl,gz}", settle: 0s }
analyses:
  - language
  - dateline
  - watch: { files: ["%s/config/quickstart/watches/*.yaml"] }
alerts:
  group_by: [watch]
  wait: 0s
  late_after: 365d
  channels:
    - jsonl: { path: alerts.jsonl }
limits: { commit_every: 50ms }
""" % ROOT


class Folder:
    """A folder of its own, with the command in it."""

    def __init__(self, bin_dir):
        self.path = tempfile.mkdtemp(prefix="wirewatch-run-")
        self.wirewatch = os.path.join(os.path.abspath(bin_dir), "wirewatch")
        self.environment = dict(os.environ, XDG_STATE_HOME=os.path.join(self.path, "state"),
                                XDG_CACHE_HOME=os.path.join(self.path, "cache"))
        with open(os.path.join(self.path, "pipeline.yaml"), "w", encoding="utf-8") as file:
            file.write(PIPELINE)

    def start(self, *arguments, **environment):
        return subprocess.Popen([self.wirewatch] + list(arguments), cwd=self.path, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, universal_newlines=True,
                                env=dict(self.environment, **environment))

    def run(self, *arguments, **environment):
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def events(self):
        path = os.path.join(self.path, "alerts.jsonl")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]

    def wait_for_events(self, count):
        end = time.monotonic() + 20
        while time.monotonic() < end and len(self.events()) < count:
            time.sleep(0.05)
        return len(self.events())


def once_and_again(folder):
    shutil.copytree(INBOX, os.path.join(folder.path, "inbox"))
    status, _, err = folder.run("run", "--once", "pipeline.yaml")
    expect(status == 0 and "59 Items archived" in err, err)
    events = folder.events()
    expect(len(events) > 20, "only %d events" % len(events))
    status, _, err = folder.run("run", "--once", "pipeline.yaml")
    expect(status == 0 and "0 files read" in err and "0 Items archived" in err, err)
    expect(folder.events() == events, "events were delivered again")


def follows_until_interrupted(folder):
    os.mkdir(os.path.join(folder.path, "inbox"))
    process = folder.start("run", "pipeline.yaml")
    try:
        time.sleep(0.5)
        shutil.copy(os.path.join(INBOX, "kta", "2026-06-13-ambassador.txt"), os.path.join(folder.path, "inbox"))
        expect(folder.wait_for_events(3) >= 3, "no Alerts for a file that came")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=40)
    finally:
        if process.poll() is None:
            process.kill()
    expect(process.returncode == 0, "status %d after SIGINT\n%s" % (process.returncode, err))
    expect("1 Items archived" in err, err)


def killed_it_goes_on(folder):
    """Killed at several moments, a run ends with the events of an undisturbed one."""
    whole = Folder(os.path.dirname(folder.wirewatch))
    try:
        shutil.copytree(INBOX, os.path.join(whole.path, "inbox"))
        whole.run("run", "--once", "pipeline.yaml")
        expected = [dict(event, journalId="") for event in whole.events()]
    finally:
        shutil.rmtree(whole.path)
    shutil.copytree(INBOX, os.path.join(folder.path, "inbox"))
    for delay in (0.05, 0.08, 0.11, 0.14, 0.17, 0.2, 0.25):
        process = folder.start("run", "--once", "pipeline.yaml")
        time.sleep(delay)
        process.kill()
        process.communicate()
    status, _, err = folder.run("run", "--once", "pipeline.yaml")
    expect(status == 0, err)
    expect([dict(event, journalId="") for event in folder.events()] == expected, "other events than undisturbed")


def any_folder(folder):
    newswire = os.path.join(ROOT, "config", "newswire", "pipeline.yaml")
    status, out, err = folder.run("run", "--once", newswire, INBOX=INBOX,
                                  ALERTS=os.path.join(folder.path, "alerts.jsonl"))
    expect(status == 0 and "59 Items archived" in err, err)
    expect("why:" in out and len(folder.events()) > 5, out)


def statuses(folder):
    os.mkdir(os.path.join(folder.path, "inbox"))
    for status, arguments in ((0, ["check", "pipeline.yaml"]), (2, ["check"]), (2, ["no-such-command"]),
                              (3, ["check", "not-there.yaml"]), (3, ["run", "not-there.yaml"]),
                              (2, ["inspect", "not-there.txt"]), (0, ["graph", "--format", "dot", "pipeline.yaml"]),
                              (0, ["plugins"]), (0, ["version"])):
        found, out, err = folder.run(*arguments)
        expect(found == status, "%s: status %d, expected %d\n%s%s" % (arguments, found, status, out, err))


def one_host_for_a_store(folder):
    os.mkdir(os.path.join(folder.path, "inbox"))
    first = folder.start("run", "pipeline.yaml", "--store", "store.db")
    try:
        end = time.monotonic() + 20
        while time.monotonic() < end and not os.path.exists(os.path.join(folder.path, "store.db-wal")):
            time.sleep(0.05)
        status, _, err = folder.run("run", "--once", "pipeline.yaml", "--store", "store.db")
        expect(status == 1 and "store.db" in err, err)
    finally:
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=40)
    expect(first.returncode == 0, "status %d after SIGTERM" % first.returncode)


def main():
    failed = 0
    for check in (once_and_again, follows_until_interrupted, killed_it_goes_on, any_folder, statuses,
                  one_host_for_a_store):
        folder = Folder(sys.argv[1])
        try:
            check(folder)
            print("%s: as it must be" % check.__name__)
        except AssertionError as wrong:
            failed += 1
            print("%s: %s" % (check.__name__, wrong))
        finally:
            shutil.rmtree(folder.path)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
