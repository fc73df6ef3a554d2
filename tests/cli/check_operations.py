#!/usr/bin/env python3
"""Operates a real host: pages for monitoring, remote control, logs, a store in trouble.

usage: check_operations.py BIN_DIR
"""
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
import prometheus_text  # noqa: E402
from expecting import expect, until  # noqa: E402

INBOX = os.path.join(ROOT, "config", "quickstart", "inbox")
PIPELINE = """name: desk
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


class RunningHost:
    """A folder of its own with a host that runs in it."""

    def __init__(self, bin_dir, *arguments):
        self.path = tempfile.mkdtemp(prefix="wirewatch-operations-")
        self.wirewatch = os.path.join(os.path.abspath(bin_dir), "wirewatch")
        self.environment = dict(os.environ, XDG_STATE_HOME=os.path.join(self.path, "state"), LC_ALL="C.UTF-8",
                                XDG_CACHE_HOME=os.path.join(self.path, "cache"))
        self.log = os.path.join(self.path, "log")
        self.inbox = os.path.join(self.path, "inbox")
        shutil.copytree(INBOX, self.inbox)
        self.configure(PIPELINE)
        self.process = subprocess.Popen(
            [self.wirewatch, "run", "pipeline.yaml", "--http", "127.0.0.1:0", "--log-format", "json", "--log-level",
             "info"] + list(arguments), cwd=self.path, env=self.environment, stderr=open(self.log, "wb"))
        until(lambda: self.lines("The host runs."), "the host runs")
        self.address = self.lines("The host runs.")[0]["fields"]["http"]
        until(lambda: self.metric("wirewatch_pipeline_archived_items_total") >= 59, "all is archived")

    def configure(self, text):
        with open(os.path.join(self.path, "pipeline.yaml"), "w", encoding="utf-8") as file:
            file.write(text)

    def lines(self, message=""):
        """Lines of the log; each must be JSON."""
        with open(self.log, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file if line.endswith("\n")]
        return [line for line in lines if message in line["message"]]

    def get(self, page):
        answer = subprocess.run(["curl", "-s", "-w", "%{http_code}", "http://%s%s" % (self.address, page)], check=True,
                                timeout=20, stdout=subprocess.PIPE, universal_newlines=True).stdout
        return int(answer[-3:]), answer[:-3]

    def metric(self, name, **labels):
        return prometheus_text.parse(self.get("/metrics")[1])[name].value(**labels)

    def run(self, *arguments):
        done = subprocess.run([self.wirewatch] + list(arguments), cwd=self.path, env=self.environment, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.path)


def pages(host):
    status, text = host.get("/metrics")
    families = prometheus_text.parse(text)
    expect(status == 200 and families["wirewatch_ready"].value() == 1, text)
    for step in ("language", "dateline", "watch"):
        expect(families["wirewatch_step_items_in_total"].value(step=step, pipeline="desk") == 59, step)
        timed = families["wirewatch_step_duration_seconds"].samples
        expect([n for (name, labels), n in timed.items() if name.endswith("_count") and ("step", step) in labels] == [59],
               step)
    expect(families["wirewatch_source_records_total"].value(source="files") == 59, text)
    expect(families["process_resident_memory_bytes"].value() > 1 << 20, text)
    with open(os.path.join(ROOT, "docs", "operations.md"), encoding="utf-8") as file:
        documented = set(re.findall(r"^\| `((?:wirewatch|process)_\w+)` \|", file.read(), re.MULTILINE))
    # Families without any sample are left out.
    expect(families.keys() <= documented, families.keys() - documented)
    expect(host.get("/healthz") == (200, "alive\n") and host.get("/readyz") == (200, "ready\n"), "not ready")
    until(lambda: host.metric("wirewatch_channel_delivered_total", channel="jsonl") > 10, "all is delivered")
    expect(host.metric("wirewatch_channel_outbox_age_seconds", channel="jsonl") == 0, "something waits")


def top(host):
    status, out, err = host.run("top", "--once", "--every", "0.1", "--pipeline", "pipeline.yaml")
    # The watches of files have the first position: their revisions are recorded there.
    expect(status == 0 and "desk: position 60" in out and "watch     analysis  59" in out, out + err)
    _, out, _ = host.run("top", "--once", "--every", "0.1", "--format", "json")
    expect(json.loads(out)["pipelines"][0]["archived"] == "59", out)


def reload(host):
    host.configure(PIPELINE.replace("  - watch:", "  - language: { id: again }\n  - watch:"))
    status, out, err = host.run("reload", "--dry-run")
    expect(status == 0 and "again: added\n" in out, out + err)
    expect(host.metric("wirewatch_reloads_total") == 0, "a dry run took over")
    status, out, err = host.run("reload")
    expect(status == 0 and "again: added\n" in out and "watch: kept\n" in out, out + err)
    expect(host.metric("wirewatch_reloads_total") == 1, "not counted")
    expect(host.metric("wirewatch_step_items_in_total", step="again") == 0, "the step is not there")
    host.configure(PIPELINE.replace("- language", "- langage"))
    for arguments in (["--dry-run"], []):
        status, out, err = host.run("reload", *arguments)
        expect(status == 3 and "pipeline.yaml:5:5" in err and 'mean "language"' in err, err)
    expect(host.metric("wirewatch_reload_failures_total") == 1, "not counted")
    expect(host.get("/readyz")[0] == 200 and host.metric("wirewatch_step_items_in_total", step="language") >= 0, "down")
    expect(len(host.lines("The reload failed")) == 1 and len(host.lines("taken over")) == 1, host.lines())


def tap(host):
    tapping = subprocess.Popen([host.wirewatch, "tap", "watch", "--format", "json", "--count", "1", "--when",
                                "language:en"], env=host.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               universal_newlines=True)
    number = 0
    while tapping.poll() is None and number < 100:
        number += 1
        with open(os.path.join(host.inbox, "tap-%d.txt" % number), "w", encoding="utf-8") as file:
            file.write("The bridge at Sollen was closed for the %d. time on Friday because of the flood.\n" % number)
        time.sleep(0.1)
    out, err = tapping.communicate(timeout=20)
    expect(tapping.returncode == 0, err)
    item = json.loads(out)["item"]
    expect("bridge at Sollen" in item["body"] and item["language"]["tag"] == "en", out)


def quarantine(host):
    with open(os.path.join(host.inbox, "bad.jsonl"), "w", encoding="utf-8") as file:
        file.write('{"headline": "no end\\u001b[31m\n')
    until(lambda: host.metric("wirewatch_source_rejected_total") == 1, "the record is rejected")
    until(lambda: host.run("quarantine", "list")[1].count("bad.jsonl:1") == 1, "it is in the quarantine")
    status, out, err = host.run("quarantine", "list", "--format", "json", "--pipeline", "desk")
    entry = json.loads(out)
    expect(status == 0 and entry["reason"] == "rejected" and "retryable" not in entry, out + err)
    status, out, err = host.run("quarantine", "show", entry["id"])
    expect(status == 0 and '{"headline": "no end' in out and "\x1b" not in out, out + err)
    status, _, err = host.run("quarantine", "retry", entry["id"])
    expect(status == 1, err)
    expect(host.stop() == 0, "did not stop")
    status, out, err = host.run("quarantine", "list")
    expect(status == 0 and "bad.jsonl:1" in out, out + err)
    status, out, err = host.run("quarantine", "drop", "--all")
    expect(status == 0 and "1 entries removed" in out, out + err)
    expect(host.run("quarantine", "list")[1] == "", "still there")


def a_store_in_trouble(host):
    """Writes fail beyond a size, as on a full disk; then there is room again."""
    store = os.path.join(host.path, "state", "wirewatch", "desk.db")
    size = max(os.path.getsize(store), os.path.getsize(store + "-wal"))
    unlimited = resource.prlimit(host.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    number = 0

    def unready():
        nonlocal number
        number += 1
        with open(os.path.join(host.inbox, "more-%d.txt" % number), "w", encoding="utf-8") as file:
            file.write("Number %d. " % number + "The river rose. " * 2000)
        return host.get("/readyz")[0] == 503

    until(unready, "the host says that it is not ready")
    expect(host.get("/healthz")[0] == 200, "not alive")
    reason = host.get("/readyz")[1]
    expect("store" in reason, reason)
    expect(host.metric("wirewatch_ready") == 0 and host.metric("wirewatch_store_trouble") == 1, "no metric of it")
    expect("NOT READY: " + reason in host.run("top", "--once", "--every", "0.1")[1], "not in the table")
    resource.prlimit(host.process.pid, resource.RLIMIT_FSIZE, unlimited)
    until(lambda: host.get("/readyz")[0] == 200, "ready again", 30)
    until(lambda: host.metric("wirewatch_pipeline_archived_items_total") == 59 + number, "nothing is lost")


def logs(host):
    runs = host.lines("The host runs.")[0]
    expect(runs["level"] == "info" and runs["context"] == "host" and runs["fields"]["pipelines"] == "desk", runs)
    socket = runs["fields"]["socket"]
    expect(os.stat(socket).st_mode & 0o777 == 0o600, "others may connect")
    expect(host.stop() == 0, "did not stop")
    expect(not os.path.exists(socket), "the socket is still there")
    ended = host.lines("A pipeline has ended.")[0]
    expect(ended["fields"]["archived"] == "59" and len(host.lines("Draining")) == 1, ended)


def main():
    failed = 0
    for check in (pages, top, reload, tap, quarantine, a_store_in_trouble, logs):
        host, begun = None, time.monotonic()
        try:
            host = RunningHost(sys.argv[1])
            check(host)
            print("%s: as it must be, %.1f s" % (check.__name__, time.monotonic() - begun))
        except (AssertionError, KeyError, ValueError, subprocess.SubprocessError) as wrong:
            failed += 1
            print("%s: %s: %s" % (check.__name__, type(wrong).__name__, wrong))
            if host is not None:
                print(open(host.log, encoding="utf-8").read()[-2000:])
        finally:
            if host is not None:
                host.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
