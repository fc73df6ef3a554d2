#!/usr/bin/env python3
"""config/recipients through the whole program: each recipient gets what its route gives it, and nothing is lost.

usage: check_recipients.py BIN_DIR ROOT

The stories are read once; then the recipients' digests are taken out of the file, and what was held has to come.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from expecting import expect  # noqa: E402

SEVERE = ("SEVERITY_HIGH", "SEVERITY_CRITICAL")
NEWS = ("ALERT_EVENT_TYPE_RAISED", "ALERT_EVENT_TYPE_UPDATED")


def lines(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def run(wirewatch, folder, environment):
    done = subprocess.run([wirewatch, "run", "--once", "pipeline.yaml"], cwd=folder, env=environment, timeout=100,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, check=False)
    expect(done.returncode == 0, "the run ends with %d: %s" % (done.returncode, done.stderr))
    return done


def lines_of(digest):
    return [line for section in digest.get("sections", []) for line in section["lines"]]


def check_first(archive, folder, done):
    """The first run: what is told at once."""
    duty = lines(folder, "duty.jsonl")
    wanted = [event for event in archive if event["type"] in NEWS and event["alert"]["severity"] in SEVERE and
              set(event["alert"]["watchIds"]) & {"border-shooting", "observers-accused"}]
    told = {event["alertId"] for event in duty}
    expect([e["sequence"] for e in duty if e["type"] in NEWS and "correction" not in e] ==
           [e["sequence"] for e in wanted if "correction" not in e], "the duty editor gets two watches at any hour")
    expect(all(event["alertId"] in told for event in duty if "correction" in event), "corrections of what was told")
    for event in lines(folder, "partner.jsonl"):
        for evidence in event["alert"]["evidence"]:
            expect("headline" not in evidence and "snippet" not in evidence, "nothing of an Item goes outside")
            expect(evidence["withheld"] == "the Item may not be passed on outside", evidence)
    held = dict(re.findall(r"^([\w-]+): (\d+) Alerts? (?:is|are) held", done.stderr, re.MULTILINE))
    expect(set(held) == {"desk-screen", "partner-file"}, "what is held is said: %s" % done.stderr)
    expect("\nDIGEST" not in done.stdout, "no digest is due")
    return int(held["partner-file"])


def check_second(archive, folder, done, held):
    """The second: digests have left the file, and the partner has all that it had not."""
    partner = lines(folder, "partner.jsonl")
    digests = [line["digest"] for line in partner if "digest" in line]
    expect(len(digests) == 1 and int(digests[0]["alertCount"]) == held, "one digest of what was held: %s" % digests)
    told = {event["alertId"] for event in partner if "digest" not in event}
    listed = {line["alertId"] for line in lines_of(digests[0])}
    raised = {event["alertId"] for event in archive if event["type"] == NEWS[0]}
    expect(told | listed == raised, "every Alert has reached the partner: %s" % (raised - told - listed))
    expect(all("CAPPED" in reason for line in lines_of(digests[0]) for reason in line["reasons"]), "because of the cap")
    expect(not any("headline" in line for line in lines_of(digests[0])), "nothing of an Item goes outside")
    expect(done.stdout.count("DIGEST foreign-desk") == 1, "the desk has its digest: %s" % done.stdout)
    expect("held" not in done.stderr, "nothing waits any more: %s" % done.stderr)


def main(bin_dir, root):
    wirewatch = os.path.join(os.path.abspath(bin_dir), "wirewatch")
    base = tempfile.mkdtemp(prefix="wirewatch-recipients-")
    environment = dict(os.environ, LC_ALL="C.UTF-8", XDG_STATE_HOME=os.path.join(base, "state"),
                       XDG_CACHE_HOME=os.path.join(base, "cache"))
    try:
        shutil.copytree(os.path.join(root, "config"), os.path.join(base, "config"))
        folder = os.path.join(base, "config", "recipients")
        done = run(wirewatch, folder, environment)
        held = check_first(lines(folder, "archive.jsonl"), folder, done)
        path = os.path.join(folder, "pipeline.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(re.sub(r"^ +(digest|cap|quiet_hours):.*\n", "", text, flags=re.MULTILINE))
        done = run(wirewatch, folder, environment)
        check_second(lines(folder, "archive.jsonl"), folder, done, held)
    finally:
        shutil.rmtree(base)
    print("three recipients, %d Alerts held for one of them" % held)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
