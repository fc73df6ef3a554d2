#!/usr/bin/env python3
"""Reads the feeds of a real host over HTTP, as a feed reader does: conditionally, with a token and without.

usage: check_feeds.py BIN_DIR
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

import feedparser

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from expecting import expect, until  # noqa: E402

PIPELINE = """name: desk
sources:
  - files: { path: inbox/stories.jsonl, settle: 0s }
analyses:
  - watch: { files: [watches.yaml] }
alerts:
  group_by: [item]
  wait: 0s
  late_after: 365d
  channels:
    - feed: { atom: public/feed.atom, json: public/feed.json }
limits: { commit_every: 50ms }
"""


class Desk:
    def __init__(self, bin_dir):
        self.folder = tempfile.mkdtemp(prefix="wirewatch-feeds-")
        self.wirewatch = os.path.join(os.path.abspath(bin_dir), "wirewatch")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("WIREWATCH_")}
        self.environment.update(XDG_STATE_HOME=self.path("state"), XDG_CACHE_HOME=self.path("cache"), LC_ALL="C.UTF-8")
        for folder in ("inbox", "public"):
            os.mkdir(self.path(folder))
        self.write("pipeline.yaml", PIPELINE)
        self.write("watches.yaml", "watches:\n  - { id: floods, query: flood }\n")
        self.process = None

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, mode="w"):
        with open(self.path(name), mode, encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def tell(self, number):
        self.write("inbox/stories.jsonl", json.dumps({"url": "https://news.example.org/%d" % number,
                                                      "headline": "Flood %d" % number,
                                                      "body": "A flood, the %d." % number}) + "\n", "a")

    def run(self, *arguments):
        return subprocess.run([self.wirewatch] + list(arguments), cwd=self.folder, env=self.environment, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, check=False)

    def start(self):
        """Where the host serves."""
        self.process = subprocess.Popen([self.wirewatch, "run", "pipeline.yaml", "--http", "0", "--feeds", "public"],
                                        cwd=self.folder, env=self.environment, stderr=open(self.path("log"), "wb"))
        found = []

        def served():
            expect(self.process.poll() is None, "the host runs: " + self.read("log"))
            found[:] = re.findall(r"health at (http://[^\s,]+)", self.read("log"))
            return bool(found)
        until(served, "the host serves HTTP")
        return found[0] + "/feeds/"

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
        shutil.rmtree(self.folder)


def get(url, **headers):
    """Status, headers and body."""
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def check_readers(desk, base):
    desk.tell(1)
    until(lambda: len(feedparser.parse(base + "feed.atom").entries) == 1, "the feed has an entry", 30)
    first = feedparser.parse(base + "feed.atom")
    expect(not first.bozo and first.headers["content-type"].startswith("application/atom+xml"), "it is Atom")
    expect(first.get("etag") and first.get("modified"), "it has validators: %s" % first.headers)
    for validator in ({"etag": first.etag}, {"modified": first.modified}):
        again = feedparser.parse(base + "feed.atom", **validator)
        expect(again.status == 304 and not again.entries, "it is not sent twice: %s" % validator)
    status, headers, body = get(base + "feed.json")
    expect(status == 200 and headers["Content-Type"].startswith("application/feed+json"), "it is JSON Feed")
    expect(len(json.loads(body)["items"]) == 1, "with an item")
    desk.tell(2)
    until(lambda: feedparser.parse(base + "feed.atom", etag=first.etag).status == 200, "what is new is sent", 30)


def check_what_is_not_served(desk, base):
    desk.write("secret.json", "{}")
    desk.write("public/.hidden.json", "{}")
    os.symlink(desk.path("secret.json"), desk.path("public/link.json"))
    for name in ("feed.atom.state", "../secret.json", "..%2fsecret.json", "link.json", ".hidden.json", "none.atom", ""):
        expect(get(base + name)[0] == 404, "%r is not served" % name)
    expect(get(base + "feed.atom", Host="evil.example.org")[0] == 421, "a foreign name is not answered")


def check_tokens(desk, base):
    tag = get(base + "feed.atom")[1]["ETag"]

    def token(*arguments):
        made = desk.run("token", "create", *arguments)
        expect(made.returncode == 0, made.stderr)
        return "Bearer " + made.stdout.strip()
    reader = token("reader", "--scope", "read")
    until(lambda: get(base + "feed.atom")[0] == 401, "a token is asked for", 10)
    expect(get(base + "feed.atom", If_None_Match=tag)[0] == 401, "also of who knows the tag")
    expect(get(base + "none.atom")[0] == 401, "names are not to be guessed")
    until(lambda: get(base + "feed.atom", Authorization=reader)[0] == 200, "a reader reads", 10)
    expect(get(base + "feed.atom", Authorization=reader, If_None_Match=tag)[0] == 304, "conditionally")
    for other in (token("some", "--scope", "read", "--visible", "desk=home"), token("feeder", "--scope", "ingest")):
        until(lambda: get(base + "feed.atom", Authorization=other)[0] == 403, "others are refused", 10)
    expect("Feeds/Get" in desk.read("state/wirewatch/desk.db.refused.jsonl"), "refusals are written down")


def main(bin_dir):
    desk = Desk(bin_dir)
    try:
        beyond = desk.run("run", "pipeline.yaml", "--http", "0.0.0.0:0", "--feeds", "public")
        expect(beyond.returncode != 0 and "--insecure-listen" in beyond.stderr, "beyond loopback: " + beyond.stderr)
        useless = desk.run("run", "pipeline.yaml", "--feeds", "public")
        expect(useless.returncode != 0 and "without --http" in useless.stderr, "without HTTP: " + useless.stderr)
        base = desk.start()
        check_readers(desk, base)
        check_what_is_not_served(desk, base)
        check_tokens(desk, base)
    finally:
        desk.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
