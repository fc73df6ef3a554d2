#!/usr/bin/env python3
"""A day at a desk: each of three recipients gets what the golden file says, and docs/desk-day.md explains every line.

usage: check_desk_day.py BIN_DIR PLUGINS ROOT [--update]

The day (day.py) goes through the whole program on the pipeline's own time, with one worker and with several. --update
writes the golden files anew, to be read before they are committed.
"""
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zoneinfo

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), HERE]
sys.dont_write_bytecode = True
import day  # noqa: E402
from expecting import expect  # noqa: E402

RECIPIENTS = {"foreign-desk": "Europe/Vienna", "duty-editor": "Europe/Vienna", "radio-client": "America/New_York"}


def word(enumerator, prefix):
    return enumerator[len(prefix):].lower().replace("_", " ")


def moment(text, zone):
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(zoneinfo.ZoneInfo(zone))
    return at.strftime("%a %H:%M")


def marked(evidence):
    """The snippet with its hits in brackets; offsets are in bytes."""
    text = evidence.get("snippet", "").encode()
    for hit in reversed(evidence.get("highlights", [])):
        begin, end = hit.get("begin", 0), hit["end"]
        text = text[:begin] + b"[" + text[begin:end] + b"]" + text[end:]
    return text.decode()


def is_news(event, evidence):
    if "correction" in event:
        return evidence["itemId"] == event["correctedItemId"]
    return evidence["signalId"] in event.get("newSignalIds", [])


def event_line(event, zone):
    alert = event["alert"]
    group = {label["name"]: label.get("value", "") for label in alert["group"]}
    what = word(event["type"], "ALERT_EVENT_TYPE_")
    if "correction" in event:
        what = word(event["correction"], "CORRECTION_KIND_")
    parts = ["%s %s %s%s %s in %s" % (moment(event["at"], zone), what, word(alert["severity"], "SEVERITY_").upper(),
                                      " late" if alert.get("late") else "", alert["title"], group["story"])]
    news = [evidence for evidence in alert["evidence"] if is_news(event, evidence)]
    for evidence in news[-1:]:
        parts += [evidence.get(field, "") for field in ("headline", "outlet", "url")] + [marked(evidence)]
        if "withheld" in evidence:
            parts.append("(%s)" % evidence["withheld"])
    return " · ".join(part for part in parts if part)


def digest_lines(digest, zone):
    yield "%s digest, %s held; %s checked" % (moment(digest["time"], zone), digest.get("alertCount", 0) or "nothing",
                                              digest.get("checked", 0))
    for section in digest.get("sections", []):
        for line in section["lines"]:
            reasons = ", ".join(word(reason, "HELD_REASON_") for reason in line["reasons"])
            parts = ["- %s %s" % (word(line["severity"], "SEVERITY_").upper(), line["title"])]
            parts += [line.get(field, "") for field in ("headline", "outlet", "url")]
            if "correction" in line:
                parts.append(word(line["correction"], "CORRECTION_KIND_"))
            if "withheld" in line:
                parts.append("(%s)" % line["withheld"])
            parts.append("held: %s × %s" % (line["heldEvents"], reasons))
            yield " · ".join(part for part in parts if part)


def received(path, zone):
    """What a recipient got, as lines for people."""
    lines = []
    with open(path, encoding="utf-8") as file:
        for message in map(json.loads, file):
            lines += digest_lines(message["digest"], zone) if "digest" in message else [event_line(message, zone)]
    return lines


def run_day(bin_dir, plugins, base, workers):
    folder = os.path.join(base, "day-%d" % workers)
    os.makedirs(folder)
    for name in ("pipeline.yaml", "watches.yaml"):
        shutil.copy(os.path.join(HERE, name), folder)
    day.write(os.path.join(folder, "inbox"))
    environment = dict(os.environ, LC_ALL="C.UTF-8", XDG_STATE_HOME=os.path.join(folder, "state"),
                       XDG_CACHE_HOME=os.path.join(base, "cache"), WIREWATCH_PLUGIN_PATH=plugins)
    done = subprocess.run([os.path.join(bin_dir, "wirewatch"), "run", "--once", "--rehearse", "--workers", str(workers),
                           "pipeline.yaml"], cwd=folder, env=environment, timeout=100, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True, check=False)
    expect(done.returncode == 0, "the run ends with %d: %s" % (done.returncode, done.stderr))
    return {name: received(os.path.join(folder, name + ".jsonl"), zone) for name, zone in RECIPIENTS.items()}


def check_input():
    versions = day.the_day()
    items = {story["uri"] for _, story in versions}
    expect(len(items) == 200, "200 Items")
    expect(len({story["slugline"] for _, story in versions if "slugline" in story}) == 6, "six stories")
    copies = [story for _, story in versions if story["outlet"].startswith("Paper ")]
    expect(len(copies) == 49 and {story["headline"] for story in copies} == {day.DAM[0]}, "49 copies of a wire story")
    expect(sum(story["headline"].startswith("CORRECTED: ") for _, story in versions) == 2, "two corrections")
    expect(sum(story["pubstatus"] == "canceled" for _, story in versions) == 1, "one kill")
    expect(len(list(day.new_feed())) == 500, "500 old Items")


def check_page(path, golden):
    """Every line of the golden files stands on the page, in order, with a reason beside it, and no other does."""
    with open(path, encoding="utf-8") as file:
        sections = re.split(r"^## ", file.read(), flags=re.MULTILINE)
    for recipient, lines in golden.items():
        section = [text for text in sections if text.startswith(recipient + "\n")]
        expect(len(section) == 1, "%s has no section for %s" % (path, recipient))
        rows = re.findall(r"^\| `(.*)` \| (.*) \|$", section[0], re.MULTILINE)
        explained = [line for line, _ in rows]
        for at, line in enumerate(lines):
            expect(at < len(explained) and explained[at] == line,
                   "%s, %s: line %d is\n  %s\nand the page has\n  %s" %
                   (path, recipient, at + 1, line, explained[at] if at < len(explained) else "no more"))
        expect(len(explained) == len(lines), "%s explains more than %s got" % (path, recipient))
        expect(all(reason.strip() for _, reason in rows), "%s: a line of %s has no reason" % (path, recipient))


def main(bin_dir, plugins, root, update):
    check_input()
    golden = {}
    for name in RECIPIENTS:
        path = os.path.join(HERE, "golden", name + ".txt")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                golden[name] = file.read().splitlines()
    base = tempfile.mkdtemp(prefix="wirewatch-desk-day-")
    try:
        for workers in (1, 4):
            got = run_day(bin_dir, plugins, base, workers)
            if update:
                golden, update = got, False
                for name, lines in got.items():
                    with open(os.path.join(HERE, "golden", name + ".txt"), "w", encoding="utf-8") as file:
                        file.write("\n".join(lines) + "\n")
            for name, lines in got.items():
                expect(lines == golden.get(name), "with %d workers %s got\n%s" % (workers, name, "\n".join(lines)))
    finally:
        shutil.rmtree(base)
    check_page(os.path.join(root, "docs", "desk-day.md"), golden)
    print("three recipients, %s lines" % "+".join(str(len(lines)) for lines in golden.values()))


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5) or sys.argv[4:] not in ([], ["--update"]):
        sys.exit(__doc__)
    main(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3], len(sys.argv) == 5)
