#!/usr/bin/env python3
"""`wirewatch why` names the first stop of Items that are lost on purpose, one for each way to be lost.

usage: check_why.py BIN_DIR PLUGIN_DIR

A host runs with four pipelines. Each plant is an Item that must not reach its recipient: that is checked against what
the recipient's channel has written, and `why` has to name the reason at the right stage. Controls did reach theirs.
"""
import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from expecting import expect, until  # noqa: E402

COMMON = "limits: { commit_every: 50ms }\n"
DESK = """name: desk
sources:
  - files: { path: "desk/*.jsonl", settle: 0s }
analyses:
  - mishaps
  - watch:
      when: "NOT headline:weather"
      files: [watches.yaml]
alerts:
  group_by: [watch, item]
  wait: 0s
  interval: 0s
  on_update: added
  channels:
    - jsonl: { id: everything, path: everything.jsonl }
    - jsonl: { id: plain-file, path: plain.jsonl }
    - jsonl: { id: graver-file, path: graver.jsonl }
    - jsonl: { id: capped-file, path: capped.jsonl }
    - jsonl: { id: asleep-file, path: asleep.jsonl }
    - jsonl: { id: partner-file, path: partner.jsonl }
    - command: { id: refusing, argv: [/bin/false] }
    - command: { id: failing, argv: [/bin/sh, -c, "exit 75"] }
MORE
  recipients:
    - { id: plain, channels: [plain-file], match: { watches: [plain], least_severity: medium }, DIGEST }
    - { id: graver, channels: [graver-file], match: { watches: [story] }, DIGEST }
    - { id: capped, channels: [capped-file], match: { watches: [capped] }, cap: { messages: 1, per: 7d }, DIGEST }
    - { id: asleep, channels: [asleep-file], match: { watches: [asleep] }, quiet_hours: ["00:00-24:00"], DIGEST }
    - { id: partner, channels: [partner-file], match: { watches: [plain] }, rights: { display: link } }
    - { id: broken, channels: [refusing], match: { watches: [refused] } }
    - { id: behind, channels: [failing], match: { watches: [behind] } }
RECIPIENTS
"""
ADDED = ("    - jsonl: { id: late-file, path: late.jsonl }",
         "    - { id: latecomer, channels: [late-file], match: { watches: [plain] } }")
WATCHES = """watches:
  - { id: plain, query: "headline:plain AND NOT sport" }
  - { id: minor, query: "headline:minor", severity: low }
  - { id: capped, query: "headline:capped" }
  - { id: asleep, query: "headline:asleep" }
  - { id: hushed, query: "headline:hushed" }
  - { id: refused, query: "headline:refused" }
  - { id: behind, query: "headline:behind" }
"""
OTHER = """name: %s
sources:
  - files: { path: "%s/*.jsonl", settle: 0s }
analyses:
  - watch: { watches: [{ id: %s-watch, query: "headline:plain" }] }
alerts:
  group_by: [watch]
  %s
  channels:
    - jsonl: { id: %s-file, path: %s.jsonl }
"""
BARE = """name: bare
sources:
  - files: { path: "bare/*.jsonl", settle: 0s }
alerts:
  channels:
    - jsonl: { id: bare-file, path: bare.jsonl }
"""
OTHERS = {"slow": "wait: 1h", "quorum": "raise_when: items>=3", "grouped": "wait: 0s\n  interval: 0s"}


def url(name):
    return "https://news.example/" + name


class Host:
    """A folder with a host that runs in it."""

    def __init__(self, bin_dir, plugin_dir):
        self.path = tempfile.mkdtemp(prefix="wirewatch-why-")
        self.wirewatch = os.path.join(os.path.abspath(bin_dir), "wirewatch")
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", WIREWATCH_PLUGIN_PATH=os.path.abspath(plugin_dir),
                                XDG_STATE_HOME=os.path.join(self.path, "state"),
                                XDG_CACHE_HOME=os.path.join(self.path, "cache"))
        self.files = 0
        self.plants = []  # reason, address and version, channel
        # Twelve hours from now, whenever that is.
        self.digest = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=12)).strftime("%H:%M")
        self.write("watches.yaml", WATCHES)
        self.configure()
        for name, options in OTHERS.items():
            self.write(name + ".yaml", OTHER % (name, name, name, options, name, name) + COMMON)
        self.write("bare.yaml", BARE + COMMON)
        for name in ["desk", "bare"] + list(OTHERS):
            os.mkdir(os.path.join(self.path, name))
        self.process = None
        self.start()

    def configure(self, digest=True, more=("", "")):
        text = DESK.replace("MORE", more[0]).replace("RECIPIENTS", more[1])
        text = text.replace(", DIGEST", ', digest: "%s"' % self.digest if digest else "")
        if not digest:
            text = text.replace(", cap: { messages: 1, per: 7d }", "").replace(', quiet_hours: ["00:00-24:00"]', "")
        self.write("desk.yaml", text + COMMON)

    def write(self, name, text):
        path = os.path.join(self.path, name)
        with open(path + "~", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(path + "~", path)

    def start(self):
        files = [name + ".yaml" for name in ["desk", "bare"] + list(OTHERS)]
        self.process = subprocess.Popen([self.wirewatch, "run"] + files, cwd=self.path, env=self.environment,
                                        stderr=open(os.path.join(self.path, "log"), "ab"))
        until(lambda: self.process.poll() is not None or self.run("alerts", "list")[0] == 0, "the host answers")
        expect(self.process.poll() is None, "the host runs: " + self.log())

    def log(self):
        with open(os.path.join(self.path, "log"), encoding="utf-8") as file:
            return file.read()

    def run(self, *arguments, pipeline="desk"):
        done = subprocess.run([self.wirewatch] + list(arguments) + ["--pipeline", pipeline], cwd=self.path,
                              env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              universal_newlines=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    def ok(self, *arguments, pipeline="desk"):
        status, out, err = self.run(*arguments, pipeline=pipeline)
        expect(status == 0, "`%s` ended with %d: %s" % (" ".join(arguments), status, err))
        return out

    def publish(self, pipeline, *stories):
        self.files += 1
        lines = [story if isinstance(story, str) else json.dumps(story) for story in stories]
        self.write("%s/%d.jsonl" % (pipeline, self.files), "\n".join(lines) + "\n")

    def why(self, name, watch=None, recipient=None):
        arguments = ["why", url(name), "--format", "json"]
        if watch:
            arguments += ["--watch", watch]
        if recipient:
            arguments += ["--recipient", recipient]
        status, out, err = self.run(*arguments)
        return json.loads(out) if status == 0 else {"steps": [{"stage": "EXPLAIN_STAGE_ERROR", "detail": err}]}

    def told(self, *channels):
        """Addresses of the Items that the files of channels tell of."""
        found = set()
        for channel in channels:
            path = os.path.join(self.path, channel + ".jsonl")
            if not os.path.exists(path):
                continue
            with open(path, encoding="utf-8") as file:
                for line in file:
                    event = json.loads(line)
                    if event.get("type") in ("ALERT_EVENT_TYPE_RAISED", "ALERT_EVENT_TYPE_UPDATED"):
                        found.update((e.get("url"), e.get("itemVersion")) for e in event["alert"].get("evidence", []))
        return found

    def lost(self, name, stage, reason, channel, watch=None, recipient=None, words="", version=1):
        """`why` names the stop, every stage before is passed, and the channel's file does not have the Item."""
        last = {}

        def named():
            steps = self.why(name, watch, recipient).get("steps", [])
            last["steps"] = steps
            return steps and steps[-1].get("reason") == "STOP_REASON_" + reason
        try:
            until(named, "")
        except AssertionError:
            raise AssertionError("%s is not named as %s: %s" % (name, reason, last["steps"])) from None
        steps = last["steps"]
        expect(steps[-1]["stage"] == "EXPLAIN_STAGE_" + stage and steps[-1]["passed"] == "TRUTH_FALSE", steps)
        expect(all(step["passed"] == "TRUTH_TRUE" and "reason" not in step for step in steps[:-1]), steps)
        expect(words in steps[-1]["detail"], "%s: %s" % (name, steps[-1]["detail"]))
        self.plants.append((reason, (url(name), version), channel))
        self.check_lost()

    def check_lost(self):
        for reason, item, channel in self.plants:
            expect(item not in self.told(channel), "%s has reached %s: %s" % (item, channel, reason))

    def reached(self, name, channel, watch, recipient, version=1):
        last = {}

        def taken():
            steps = self.why(name, watch, recipient).get("steps", [])
            last["steps"] = steps
            return steps and steps[-1]["stage"] == "EXPLAIN_STAGE_DELIVERED" and steps[-1]["passed"] == "TRUTH_TRUE"
        try:
            until(taken, "")
        except AssertionError:
            raise AssertionError("%s has reached %s: %s" % (name, recipient, last["steps"])) from None
        expect(all(step["passed"] == "TRUTH_TRUE" and "reason" not in step for step in last["steps"]), last["steps"])
        until(lambda: (url(name), version) in self.told(channel), "%s is in %s" % (name, channel))

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.path)


def story(name, headline="A plain story", body="Nothing much has happened. That is all.", **facts):
    return dict({"id": name, "url": url(name), "headline": headline, "body": body}, **facts)


def check_ways_to_the_archive(host):
    host.publish("desk", story("good"), story("original", body="The very same."),
                 dict(story("copy", body="The very same."), id="original"), story("dropped", slugline="drop"),
                 story("failed", slugline="fail"), story("sports", body="Only sport."),
                 story("weather", headline="A plain weather story"), story("killed", pubstatus="canceled"),
                 '{"url": "%s", "headline": ' % url("torn"))
    host.reached("good", "plain", "plain", "plain")
    host.reached("good", "plain", None, "plain")
    host.lost("nowhere", "FETCHED", "NEVER_CAME", "everything", "plain", "plain")
    host.lost("torn", "EXTRACTED", "UNREADABLE", "everything", "plain", "plain")
    host.lost("dropped", "KEPT", "DROPPED", "everything", "plain", "plain", '"mishaps" dropped it: advertisement')
    host.lost("failed", "KEPT", "FAILED", "everything", "plain", "plain", "it is one of those")
    host.lost("copy", "NEW", "DUPLICATE", "everything", "plain", "plain")
    host.lost("weather", "CANDIDATE", "SKIPPED", "everything", "plain", "plain", "NOT headline:weather")
    host.lost("sports", "MATCHED", "NOT_MATCHED", "everything", "plain", "plain", "sport")
    host.lost("killed", "GROUPED", "KILLED", "everything", "plain", "plain")
    host.publish("bare", story("unwatched"))
    host.lost("unwatched", "CANDIDATE", "NO_WATCHES", "bare", "plain")


def check_watches(host):
    host.publish("desk", story("early", headline="About an island"))
    host.lost("early", "MATCHED", "NOT_MATCHED", "everything")
    host.ok("watches", "add", "islands", "--query", "headline:island")
    host.lost("early", "CANDIDATE", "WATCH_YOUNGER", "everything", "islands")
    host.publish("desk", story("timely", headline="An island again"))
    host.reached("timely", "everything", "islands", "everything")
    host.ok("watches", "remove", "islands")
    host.publish("desk", story("after", headline="The island once more"))
    host.lost("after", "CANDIDATE", "WATCH_REMOVED", "everything", "islands")


def check_alerts(host):
    host.publish("slow", story("waiting"))
    host.lost("waiting", "GROUPED", "WAITS", "slow", "slow-watch", words="`wait`")
    host.publish("desk", story("early-copy", embargoed_until="2199-01-01T00:00:00Z"))
    host.lost("early-copy", "GROUPED", "EMBARGOED", "plain", "plain", "plain", "at 2199-01-01T00:00:00")
    host.publish("quorum", story("alone"))
    host.lost("alone", "GROUPED", "RAISE_WHEN", "quorum", "quorum-watch", words="1 Items of 1 origins")
    host.publish("desk", story("revised", body="The first plain sentence. The end."))
    host.reached("revised", "plain", "plain", "plain")
    host.publish("desk", story("revised", body="The first plain sentence. The end, with more words."))
    host.lost("revised", "GROUPED", "UNCHANGED", "plain", "plain", "plain", "`on_update`", version=2)
    host.publish("grouped", story("first"))
    host.reached("first", "grouped", "grouped-watch", "grouped-file")
    alert = json.loads(host.ok("alerts", "list", "--format", "json", pipeline="grouped"))["id"]
    host.ok("alerts", "dismiss", alert, "--reason", "irrelevant", pipeline="grouped")
    host.publish("grouped", story("second", headline="Another plain story"))
    host.lost("second", "GROUPED", "DISMISSED", "grouped", "grouped-watch", words=alert)
    host.ok("alerts", "silence", "--watch", "hushed", "--for", "1h", "--reason", "a test")
    host.publish("desk", story("quiet", headline="A hushed story"))
    host.lost("quiet", "NOT_SILENCED", "SILENCED", "everything", "hushed", "everything")


def check_routes(host):
    host.publish("desk", story("small", headline="A minor story"), story("other", headline="A capped story"))
    host.reached("other", "capped", "capped", "capped")
    host.lost("other", "ROUTED", "NOT_ROUTED", "plain", "capped", "plain")
    host.lost("small", "ROUTED", "NOT_ROUTED", "plain", "minor", "plain")
    host.publish("desk", story("slight-plain", headline="Nothing", slugline="slight plain s0"))
    host.lost("slight-plain", "ROUTED", "BELOW_SEVERITY", "plain", "plain", "plain")
    host.publish("desk", story("second-capped", headline="A second capped story"))
    host.lost("second-capped", "NOT_CAPPED", "CAPPED", "capped", "capped", "capped")
    host.publish("desk", story("in-the-night", headline="All are asleep"))
    host.lost("in-the-night", "NOT_HELD", "QUIET_HOURS", "asleep", "asleep", "asleep")
    host.publish("desk", story("old", published="2019-03-01T12:00:00Z"))
    host.lost("old", "NOT_HELD", "LATE", "plain", "plain", "plain")
    host.publish("desk", story("grave", headline="Nothing", slugline="grave story s1"))
    host.reached("grave", "graver", "story", "graver")
    grave = host.why("grave", "story", "graver")["alertIds"][0]
    host.publish("desk", story("slight", headline="Nothing", slugline="slight story s1"))
    host.lost("slight", "NOT_INHIBITED", "INHIBITED", "graver", "story", "graver", grave)
    host.publish("desk", story("refused", headline="A refused story"), story("behind", headline="A story behind"))
    host.lost("refused", "DELIVERED", "DEAD_LETTER", "broken", "refused", "broken")
    host.lost("behind", "DELIVERED", "NOT_TAKEN_YET", "behind", "behind", "behind")
    # The partner gets the Alert, and a link.
    host.lost("good", "SHOWN", "WITHHELD", "no-file", "plain", "partner")
    with open(os.path.join(host.path, "partner.jsonl"), encoding="utf-8") as file:
        text = file.read()
    expect(url("good") in text and "A plain story" not in text, "the partner sees no more than the link: " + text)


def check_reload_and_restart(host):
    host.configure(digest=False, more=ADDED)
    host.ok("reload")
    host.lost("good", "DELIVERED", "SUBSCRIBED_LATER", "late", "plain", "latecomer")
    # What was held has gone out with a last digest.
    digest = host.why("second-capped", "capped", "capped")
    until(lambda: host.why("second-capped", "capped", "capped")["steps"][-1]["stage"] == "EXPLAIN_STAGE_DELIVERED",
          "the digest is told of: %s" % digest)
    host.process.send_signal(signal.SIGKILL)
    host.process.wait()
    host.start()
    host.lost("dropped", "KEPT", "DROPPED", "everything", "plain", "plain")
    host.lost("revised", "GROUPED", "UNCHANGED", "plain", "plain", "plain", version=2)
    host.lost("other", "ROUTED", "NOT_ROUTED", "plain", "capped", "plain")
    host.reached("good", "plain", "plain", "plain")


def main(bin_dir, plugin_dir):
    host = Host(bin_dir, plugin_dir)
    try:
        check_ways_to_the_archive(host)
        check_watches(host)
        check_alerts(host)
        check_routes(host)
        check_reload_and_restart(host)
        host.check_lost()
        ways = {reason for reason, _, _ in host.plants}
        expect(len(ways) >= 20, "only %d ways: %s" % (len(ways), sorted(ways)))
    except AssertionError:
        print(host.log()[-4000:])
        raise
    finally:
        host.close()
    print("%d ways to be lost, each with its first stop: %s" % (len(ways), ", ".join(sorted(ways)).lower()))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
