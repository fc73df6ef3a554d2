#!/usr/bin/env python3
"""An Item under embargo comes to a real host, which is killed meanwhile: before its time nobody hears of it but those
who may, and afterwards everybody.

usage: check_embargoes.py BIN_DIR
"""
import datetime
import json
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from check_tokens import Desk  # noqa: E402
from expecting import expect, until  # noqa: E402

PIPELINE = """name: desk
sources:
  - files: { path: "inbox/*.json", settle: 0s }
analyses:
  - watch: { files: ["watches.yaml"], live: true }
alerts:
  wait: 0s
  channels:
    - jsonl: { id: open, path: open.jsonl }
    - jsonl: { id: partner, path: partner.jsonl }
    - jsonl: { id: editor, path: editor.jsonl }
  recipients:
    - { id: partner, channels: partner }
    - { id: editor, channels: editor, rights: { embargoed: true } }
"""
# Long enough to kill the host and to ask it.
EMBARGO = datetime.timedelta(seconds=8)


def events(desk, name):
    path = os.path.join(desk.path, name)
    if not os.path.exists(path):
        return []
    return [json.loads(line) for line in desk.read(name).splitlines()]


def types(desk, name):
    return [event["type"].replace("ALERT_EVENT_TYPE_", "") for event in events(desk, name)]


def moment(text):
    return datetime.datetime.fromisoformat(text.split(".")[0].rstrip("Z") + "+00:00")


def check(desk):
    desk.write("pipeline.yaml", PIPELINE)
    address = desk.start("--grpc", "127.0.0.1:0")
    reader, _ = desk.token("reader", "--scope", "operate")
    editor, _ = desk.token("editor", "--scope", "operate", "--scope", "embargoed")
    ends = (datetime.datetime.now(datetime.timezone.utc) + EMBARGO).replace(microsecond=0)
    desk.write("inbox/report.json", json.dumps({
        "id": "report-1", "headline": "Flood report", "body": "The flood commission blames the dam.",
        "embargoed_until": ends.isoformat()}))
    until(lambda: types(desk, "editor.jsonl") == ["RAISED"], "the editor is told", 5)
    ahead = events(desk, "editor.jsonl")[0]["alert"]
    expect(moment(ahead["embargoedUntil"]) == ends and ahead["title"].startswith("embargoed until "), ahead)

    desk.process.send_signal(signal.SIGKILL)
    desk.process.wait()
    address = desk.start("--grpc", "127.0.0.1:0")
    as_reader = ("--server", address, "--token-file", reader)
    as_editor = ("--server", address, "--token-file", editor)
    listed = desk.ok("alerts", "list", "--format", "json", *as_editor)
    expect(ahead["id"] in listed, "the editor lists it: " + listed)
    listed = desk.ok("alerts", "list", "--format", "json", *as_reader)
    expect(ahead["id"] not in listed, "for the reader it does not exist: " + listed)
    for action in (["show", ahead["id"]], ["ack", ahead["id"]]):
        desk.refused(1, "there is no Alert", "alerts", *action, *as_reader)
    desk.ok("alerts", "ack", ahead["id"], *as_editor)
    expect(datetime.datetime.now(datetime.timezone.utc) < ends, "all that was before its end")

    for name in ("open.jsonl", "partner.jsonl"):
        until(lambda name=name: types(desk, name) == ["RAISED"], "%s has it" % name, 20)
        told = events(desk, name)[0]
        expect(moment(told["at"]) == ends and "embargoedUntil" not in told["alert"], told)
        expect(told["alert"]["evidence"][0]["headline"] == "Flood report", told)
        expect(told["alertId"] != ahead["id"], told)
    until(lambda: types(desk, "editor.jsonl") == ["RAISED", "ACKNOWLEDGED", "CLOSED", "RAISED"],
          "the editor is told again: %s" % types(desk, "editor.jsonl"), 5)
    listed = json.loads(desk.ok("alerts", "list", "--format", "json", *as_reader).splitlines()[0])
    expect("embargoedUntil" not in json.dumps(listed), listed)
    desk.stop()


def main():
    desk = Desk(sys.argv[1])
    try:
        check(desk)
    finally:
        desk.close()
    print("embargoes: as they must be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
