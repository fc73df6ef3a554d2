#!/usr/bin/env python3
"""`wirewatch template preview`: what each channel would send, for the sample event and for one of a file.

usage: check_templates.py BIN_DIR
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from expecting import expect  # noqa: E402

PIPELINE = """name: desk
sources:
  - files: { path: inbox/*.txt }
analyses:
  - language
alerts:
  channels:
    - jsonl: { path: alerts.jsonl }
    - console: { template: "{{ alert.title }} at {{ alert.raised | date('%H:%M') }}", zone: Asia/Tokyo }
    - webhook: { id: oncall, preset: pagerduty, routing_key: "R0123456789012345678901234567890" }
    - mail: { server: "smtp://mail.example.org", from: a@example.org, to: [b@example.org] }
    - feed: { atom: alerts.atom }
    - syslog: { server: "udp://127.0.0.1", template: "{% if alert.late %}late{% endif %}" }
"""


def run(bin_dir):
    folder = tempfile.mkdtemp(prefix="wirewatch-templates-")
    environment = dict(os.environ, LC_ALL="C.UTF-8", XDG_STATE_HOME=folder, XDG_CACHE_HOME=folder)

    def preview(*arguments, status=0):
        done = subprocess.run([os.path.join(os.path.abspath(bin_dir), "wirewatch"), "template", "preview",
                               "pipeline.yaml", *arguments],
                              cwd=folder, env=environment, capture_output=True, encoding="utf-8")
        expect(done.returncode == status, "%s ends with %d: %s" % (arguments, done.returncode, done.stderr))
        return done.stdout, done.stderr

    def write(text, name="pipeline.yaml"):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    try:
        write(PIPELINE)
        event = json.loads(preview("--channel", "jsonl")[0])
        expect(event["alert"]["title"].startswith("danube-floods"), "the sample is %s" % event)
        expect(preview("--channel", "console")[0] == "danube-floods: 2 Items from 2 origins at 21:01\n", "console")
        body = json.loads(preview("--channel", "oncall")[0])
        expect(body["routing_key"] == "***" and body["dedup_key"] == event["alertId"], "oncall gives %s" % body)
        expect(preview("--channel", "mail")[0].startswith("Subject: [HIGH] danube-floods"), "mail")
        expect("<entry>" in preview("--channel", "feed")[0], "feed")
        out, err = preview("--channel", "syslog")
        expect(out == "" and "not for this channel" in err, "syslog gives %s%s" % (out, err))
        out = preview("--channel", "mail", "--digest")[0]
        expect(out.startswith("Subject: ") and "4 alerts" in out and "1 that cannot be shown" in out, "a digest: %s" % out)
        digest = json.loads(preview("--channel", "jsonl", "--digest")[0])
        expect(digest["digest"]["pipeline"] == "desk", "jsonl has it as %s" % digest)
        digest["digest"]["checked"] = "7777"
        write(json.dumps(digest) + "\n", "digest.jsonl")
        expect("7,777 checked" in preview("--channel", "mail", "--digest", "--event", "digest.jsonl")[0], "one of a file")
        expect("no form for digests" in preview("--channel", "oncall", "--digest", status=1)[1]
               or "one for events" in preview("--channel", "oncall", "--digest", status=1)[1], "a channel without a form")
        event["alert"]["title"] = "another"
        event["alert"]["late"] = True
        write(json.dumps(event) + "\n{}\n", "event.jsonl")
        expect(preview("--channel", "console", "--event", "event.jsonl")[0].startswith("another at"), "--event")
        expect("late" in preview("--channel", "syslog", "--event", "event.jsonl")[0], "a late event")
        expect('did you mean "console"?' in preview("--channel", "consol", status=3)[1], "a channel that is not there")
        write("no event", "event.jsonl")
        expect("no event as the channel jsonl writes it" in
               preview("--channel", "console", "--event", "event.jsonl", status=1)[1], "a file that is no event")
        write(PIPELINE.replace("alert.title", "alert.titel"))
        err = preview("--channel", "console", status=3)[1]
        expect("pipeline.yaml:9:" in err and 'did you mean "title"?' in err, "a mistake gives %s" % err)
        expect(sorted(name for name in os.listdir(folder) if name.startswith("alerts")) == [], "files were written")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    run(sys.argv[1])
    print("template preview: right")
