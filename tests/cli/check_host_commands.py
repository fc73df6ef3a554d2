#!/usr/bin/env python3
"""The commands that talk to a running host, against one that says what it is told to say.

usage: check_host_commands.py BIN_DIR
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import prometheus_text  # noqa: E402
from expecting import expect  # noqa: E402


class Hosts:
    """A folder of stores, with hosts that have them."""

    def __init__(self, bin_dir):
        self.bin = os.path.abspath(bin_dir)
        self.path = tempfile.mkdtemp(prefix="wirewatch-hosts-")
        self.stores = os.path.join(self.path, "wirewatch")
        os.mkdir(self.stores)
        self.environment = dict(os.environ, XDG_STATE_HOME=self.path, LC_ALL="C.UTF-8")
        self.running = []

    def start(self, store="desk.db"):
        host = subprocess.Popen([os.path.join(self.bin, "fake_host"), os.path.join(self.stores, store)],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True)
        self.running.append(host)
        host.address = host.stdout.readline().strip()
        expect(host.address, "the fake host does not start")
        return host

    @staticmethod
    def tell(host, line):
        host.stdin.write(line + "\n")
        host.stdin.flush()
        expect(host.stdout.readline() == "done\n", "the fake host does not obey")

    def begin(self, *arguments):
        return subprocess.Popen([os.path.join(self.bin, "wirewatch")] + list(arguments), env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)

    def run(self, *arguments):
        process = self.begin(*arguments)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def close(self):
        for host in self.running:
            host.stdin.close()
            host.wait(timeout=30)
        shutil.rmtree(self.path)


def the_host_is_found(hosts):
    status, _, err = hosts.run("top", "--once")
    expect(status == 1 and "no host answers below" in err and "wirewatch run" in err, err)
    hosts.start("desk.db")
    # What a host that was killed has left, and something else.
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(os.path.join(hosts.stores, "stale.db.sock"))
    stale.close()
    open(os.path.join(hosts.stores, "file.sock"), "w").close()
    for choice in ([], ["--pipeline", "desk"], ["--store", os.path.join(hosts.stores, "desk.db")]):
        status, out, err = hosts.run("top", "--once", "--every", "0.1", *choice)
        expect(status == 0 and "desk: position 1,000" in out, "%s: %s%s" % (choice, out, err))
    status, _, err = hosts.run("top", "--once", "--pipeline", "other")
    expect(status == 1 and "no host that runs other answers" in err, err)
    status, _, err = hosts.run("top", "--once", "--store", os.path.join(hosts.stores, "none.db"))
    expect(status == 1 and "no host has the store" in err, err)
    hosts.start("second.db")
    status, _, err = hosts.run("top", "--once")
    expect(status == 1 and "--store %s/desk.db\n" % hosts.stores in err and "second.db\n" in err, err)


def pages(hosts):
    host = hosts.start()
    curl = lambda page, *options: subprocess.run(["curl", "-s", "-i"] + list(options) +
                                                 ["http://%s%s" % (host.address, page)], check=True, timeout=20,
                                                 stdout=subprocess.PIPE, universal_newlines=True).stdout
    head, body = curl("/metrics").split("\n\n", 1)
    expect("text/plain; version=0.0.4; charset=utf-8" in head, head)
    families = prometheus_text.parse(body)
    expect(families["wirewatch_step_items_in_total"].value(step="watch") == 999, body)
    expect("200 OK" in curl("/healthz", "--head"), "no answer to HEAD")
    Hosts.tell(host, "unready the store cannot commit: disk full")
    answer = curl("/readyz")
    expect(answer.startswith("HTTP/1.1 503") and answer.endswith("\n\nthe store cannot commit: disk full\n"), answer)
    _, out, _ = hosts.run("top", "--once", "--every", "0.1")
    expect("NOT READY: the store cannot commit: disk full\n" in out, out)
    Hosts.tell(host, "ready")
    expect(curl("/readyz").startswith("HTTP/1.1 200"), "not ready again")
    expect(curl("/readyz", "--data", "x").startswith("HTTP/1.1 405"), "POST is answered")


def top(hosts):
    host = hosts.start()
    process = hosts.begin("top", "--format", "json", "--every", "0.1")
    samples = [json.loads(process.stdout.readline()) for _ in range(3)]
    expect(samples[0]["pipelines"][0]["steps"][1]["itemsIn"] == "999", samples[0])
    expect(samples[0]["host"]["ready"] is True and samples[0]["time"] < samples[2]["time"], samples)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    expect(process.returncode == 0, "status %d after SIGINT" % process.returncode)
    process = hosts.begin("top", "--every", "0.1")
    process.stdout.readline()
    host.kill()
    host.wait()
    hosts.running.remove(host)
    host.stdin.close()
    _, err = process.communicate(timeout=20)
    expect(process.returncode == 1 and "the host has gone" in err, err)


def tap(hosts):
    host = hosts.start()
    process = hosts.begin("tap", "watch", "--format", "json", "--count", "2", "--when", "language:en")
    for headline in ("First", "Second"):
        Hosts.tell(host, "item " + headline)
    out, err = process.communicate(timeout=20)
    lines = [json.loads(line) for line in out.splitlines()]
    expect([line["item"]["headline"] for line in lines] == ["First", "Second"], out + err)
    expect(process.returncode == 0 and lines[0]["skipped"] == "2" and "2 Items shown, 4 not shown" in err, err)
    Hosts.tell(host, "taps 0")
    process = hosts.begin("tap", "watch")
    Hosts.tell(host, "taps 1")
    Hosts.tell(host, "item Third")
    expect(process.stdout.readline() == "(2 not shown)\n", "nothing came")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    expect(process.returncode == 0 and "1 Items shown" in err, err)
    Hosts.tell(host, "taps 0")
    process = hosts.begin("tap", "watch")
    Hosts.tell(host, "taps 1")
    Hosts.tell(host, "item Fourth \x1b[31m red")
    Hosts.tell(host, "end")
    out, err = process.communicate(timeout=20)
    expect(process.returncode == 0 and "the host has ended" in err and "Fourth" in out and "\x1b" not in out, out + err)
    status, _, err = hosts.run("tap", "nothing")
    expect(status == 1 and "there are language and watch" in err, err)
    status, _, err = hosts.run("tap", "watch", "--when", "headline:(")
    expect(status == 3 and "1:" in err, err)


def reload(hosts):
    host = hosts.start()
    status, _, err = hosts.run("reload", "--dry-run")
    expect(status == 0, err)
    Hosts.tell(host, "fail " + "".join("desk.yaml:%d:3: there is no plugin “watsch”\\n" % line for line in range(500)))
    status, out, err = hosts.run("reload")
    expect(status == 3 and out == "" and err.count("there is no plugin “watsch”\n") == 500, err[:300])
    expect(err.startswith("not reloaded; everything runs as before:\n"), err[:100])


def quarantine(hosts):
    host = hosts.start()
    Hosts.tell(host, "quarantine 1200")
    status, out, err = hosts.run("quarantine", "list")
    expect(status == 0 and len(out.splitlines()) == 1200 and "1200 entries" in err, out[:300])
    status, out, _ = hosts.run("quarantine", "list", "--reason", "rejected", "--format", "json")
    entries = [json.loads(line) for line in out.splitlines()]
    expect(len(entries) == 240 and entries[0]["origin"] == "inbox/a.jsonl:5" and "raw" not in entries[0], out[:300])
    status, out, _ = hosts.run("quarantine", "show", "1")
    expect(status == 0 and "Bridge closed" in out and "error" in out and "watch 0.1.0" in out, out)
    expect('{"headline": "\\x1b[31mred\\xff"}' in out and "\x1b" not in out, out)
    status, _, err = hosts.run("quarantine", "show", "9999")
    expect(status == 1 and "9999" in err, err)
    status, out, _ = hosts.run("quarantine", "retry", "1", "2")
    expect(status == 0 and "2 entries sent" in out, out)
    status, _, err = hosts.run("quarantine", "retry", "5")
    expect(status == 1, err)
    status, out, err = hosts.run("quarantine", "retry", "--all")
    expect(status == 0 and "960 entries sent" in out and "240 records could not" in err, out + err)
    for wrong in (["drop"], ["drop", "--all", "1"], ["retry"]):
        expect(hosts.run("quarantine", *wrong)[0] == 2, "%s is taken" % wrong)
    status, out, _ = hosts.run("quarantine", "drop", "--all", "--step", "files")
    expect(status == 0 and "240 entries removed" in out, out)
    # Without a host the store itself is asked.
    hosts.running.remove(host)
    host.stdin.close()
    host.wait(timeout=30)
    status, out, _ = hosts.run("quarantine", "list")
    expect(status == 0 and len(out.splitlines()) == 960 and "error, to be retried" in out, out[:300])
    status, out, _ = hosts.run("quarantine", "retry", "1", "--store", os.path.join(hosts.stores, "desk.db"))
    expect(status == 0 and "the next run" in out, out)
    status, out, _ = hosts.run("quarantine", "drop", "--all", "--pipeline", "desk")
    expect(status == 0 and "960 entries removed" in out, out)
    status, _, err = hosts.run("quarantine", "list", "--store", os.path.join(hosts.stores, "none.db"))
    expect(status == 1 and not os.path.exists(os.path.join(hosts.stores, "none.db")), err)


def main():
    failed = 0
    for check in (the_host_is_found, pages, top, tap, reload, quarantine):
        hosts, begun = Hosts(sys.argv[1]), time.monotonic()
        try:
            check(hosts)
            print("%s: as it must be, %.1f s" % (check.__name__, time.monotonic() - begun))
        except AssertionError as wrong:
            failed += 1
            print("%s: %s" % (check.__name__, wrong))
        finally:
            hosts.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
