#!/usr/bin/env python3
"""Changes watches of a real host with `wirewatch watches`, over its socket; reloads and starts it again.

usage: check_live_watches.py BIN_DIR
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from expecting import expect, until  # noqa: E402

PIPELINE = """name: desk
sources:
  - files: { path: "inbox/*.txt", settle: 0s }
analyses:
  - language
  - watch: { files: ["watches/*.yaml"] }
alerts:
  group_by: [watch]
  wait: 0s
  late_after: 365d
  channels:
    - jsonl: { path: alerts.jsonl }
limits: { commit_every: 50ms }
"""
WATCHES = """lists:
  water: river OR bridge
watches:
  - id: of-file
    query: LIST(water)
"""
MANY = """dialect: meltwater
watches:
  - { id: many-1, query: flood near dam, severity: high, title: Floods, labels: { desk: home } }
  - { id: many-2, dialect: wirewatch, query: flood }
  - { id: many-3, dialect: wirewatch, query: a NEAR b }
"""


class Host:
    """A folder with a host that runs in it."""

    def __init__(self, bin_dir):
        self.path = tempfile.mkdtemp(prefix="wirewatch-live-")
        self.wirewatch = os.path.join(os.path.abspath(bin_dir), "wirewatch")
        self.environment = dict(os.environ, XDG_STATE_HOME=os.path.join(self.path, "state"), LC_ALL="C.UTF-8",
                                XDG_CACHE_HOME=os.path.join(self.path, "cache"))
        for folder in ("inbox", "watches"):
            os.mkdir(os.path.join(self.path, folder))
        self.write("pipeline.yaml", PIPELINE)
        self.write("watches/a.yaml", WATCHES)
        self.stories = 0
        self.process = None
        self.start()

    def write(self, name, text):
        path = os.path.join(self.path, name)
        with open(path + "~", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(path + "~", path)

    def start(self):
        self.process = subprocess.Popen([self.wirewatch, "run", "pipeline.yaml"], cwd=self.path, env=self.environment,
                                        stderr=open(os.path.join(self.path, "log"), "ab"))
        until(lambda: self.process.poll() is not None or self.run("watches", "list")[0] == 0, "the host answers")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def run(self, *arguments, text=None):
        done = subprocess.run([self.wirewatch] + list(arguments), cwd=self.path, env=self.environment, input=text,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=60,
                              check=False)
        return done.returncode, done.stdout, done.stderr

    def ok(self, *arguments, text=None):
        status, out, err = self.run(*arguments, text=text)
        expect(status == 0, "`%s` ended with %d: %s" % (" ".join(arguments), status, err))
        return out

    def refused(self, status, words, *arguments):
        ended, out, err = self.run(*arguments)
        expect(ended == status and words in err, "`%s` ended with %d: %s%s" % (" ".join(arguments), ended, out, err))

    def publish(self, text):
        """The watches that hit it, with their revisions."""
        self.stories += 1
        name = "Story %d" % self.stories
        self.write("inbox/%d.txt" % self.stories, "%s\n\n%s\n" % (name, text))
        found = []

        def archived():
            status, out, _ = self.run("search", '"%s"' % name, "--pipeline", "desk", "--format", "json")
            found[:] = [json.loads(line)["item"] for line in out.splitlines() if line.startswith("{")]
            return status == 0 and len(found) == 1
        until(archived, "story %d is archived" % self.stories)
        return ["%s:%s" % (hit["watchId"], hit["revision"]) for hit in found[0].get("watchHits", [])]

    def close(self):
        self.kill()
        shutil.rmtree(self.path)


def check_changes(host):
    expect(host.publish("The river rose.") == ["of-file:1"], "the watch of the file hits")
    host.ok("watches", "add", "houses", "--query", "house* OR LIST(water)", "--severity", "high", "--label", "desk=home",
            "--author", "anna", "--note", "for the flood")
    expect(host.publish("A house fell into the river.") == ["houses:1", "of-file:1"], "the new watch hits at once")
    host.ok("watches", "change", "houses", "--query", "-", "--title", "Houses", "--author", "bert", text="house*\n")
    expect(host.publish("A house stands.") == ["houses:2"], "the changed watch hits")
    shown = json.loads(host.ok("watches", "show", "houses", "--format", "json"))
    expect(shown["watch"]["definition"]["severity"] == "SEVERITY_HIGH", "what is not given stays")
    expect(shown["watch"]["live"] and shown["normalForm"] == "house*", "it is shown in full")
    drawn = host.ok("watches", "revisions", "houses")
    expect("bert" in drawn and "anna" in drawn and "house* [-OR LIST(water)-]" in drawn, "revisions: " + drawn)
    tried = host.ok("watches", "test", "houses", "--query", "river OR house*")
    expect("3 of 3 Items hit" in tried and "1 gained, 0 lost" in tried, "a query is tried on the archive: " + tried)
    host.refused(3, "1:3: NEAR without how many", "watches", "add", "bad", "--query", "a NEAR b")
    host.refused(1, "watches/a.yaml:5", "watches", "remove", "of-file")
    host.refused(1, "is there already", "watches", "add", "houses", "--query", "x")
    host.refused(1, "not 1", "watches", "change", "houses", "--query", "x", "--revision", "1")
    host.refused(1, "there is no watch", "watches", "show", "nothing")
    host.refused(2, "either an id", "watches", "add", "x")
    host.ok("watch", "top")


def check_files(host):
    host.write("many.yaml", MANY)
    host.refused(1, "many-3", "watches", "add", "--file", "many.yaml", "--all-or-nothing")
    expect("many-1" not in host.ok("watches", "list"), "nothing was done")
    host.refused(1, "1:3: NEAR", "watches", "add", "--file", "many.yaml")
    listed = [json.loads(line) for line in host.ok("watches", "list", "--live", "--format", "json").splitlines()]
    expect([record["definition"]["id"] for record in listed] == ["houses", "many-1", "many-2"], "the others are made")
    host.write("many.yaml", MANY.replace("a NEAR b", "a NEAR/3 b"))
    host.ok("watches", "add", "--file", "many.yaml", "--replace")
    listed = [json.loads(line) for line in host.ok("watches", "list", "--live", "--format", "json").splitlines()]
    expect([record["revision"] for record in listed] == ["2", "1", "1", "1"], "what is as it was has no new revision")
    expect(host.publish("A flood at the old dam.") == ["many-1:1", "many-2:1"], "both dialects hit")
    host.ok("watches", "remove", "many-1", "many-3")
    expect(host.publish("A flood at the old dam again.") == ["many-2:1"], "what is removed does not hit")


def check_restarts(host):
    before = host.ok("watches", "list", "--removed", "--format", "json")
    host.kill()
    host.start()
    expect(host.ok("watches", "list", "--removed", "--format", "json") == before, "a kill changes nothing")
    host.ok("watches", "change", "houses", "--query", "LIST(water) AND house")
    host.write("watches/b.yaml", "watches: [{id: later, query: LIST(water)}]\n")
    host.ok("reload")
    expect(host.publish("A house at the river.") == ["houses:3", "later:1", "of-file:1"], "a reload keeps them")
    host.write("watches/b.yaml", "watches: [{id: houses, query: x}]\n")
    host.refused(1, "made through the interface by", "reload")
    os.remove(os.path.join(host.path, "watches", "b.yaml"))
    host.write("watches/a.yaml", "watches: [{id: of-file, query: river}]\n")
    host.refused(1, "\"houses\": 1:6: ", "reload")
    host.write("watches/a.yaml", WATCHES.replace("river", "lake OR river"))
    host.ok("reload")
    expect(host.publish("A house at the lake.") == ["houses:4", "of-file:2"], "another list is another revision")
    drawn = host.ok("watches", "revisions", "--list", "water")
    expect("{+lake OR+} river OR bridge" in drawn, "revisions of a list: " + drawn)
    host.process.send_signal(signal.SIGTERM)
    expect(host.process.wait(30) == 0, "the host ends")
    host.refused(1, "no host", "watches", "list")
    host.start()


def main():
    host = Host(sys.argv[1])
    try:
        check_changes(host)
        check_files(host)
        check_restarts(host)
    except BaseException:
        with open(os.path.join(host.path, "log"), encoding="utf-8", errors="replace") as log:
            sys.stderr.write(log.read()[-4000:])
        raise
    finally:
        host.close()
    print("watches of a running host: made, changed, removed, kept")


if __name__ == "__main__":
    main()
