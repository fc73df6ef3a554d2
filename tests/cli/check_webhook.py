#!/usr/bin/env python3
"""The channel `webhook` with a server that fails now and then, and a host that is killed: every event arrives, in order,
and what comes twice has the same key.

usage: check_webhook.py BIN_DIR [SEED]
"""
import http.server
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from expecting import expect, until  # noqa: E402

EVENTS = 60
KILLS = 4
PIPELINE = """name: desk
sources:
  - files: { path: inbox/stories.jsonl, settle: 0s }
analyses:
  - language
  - watch: { files: [watches.yaml] }
alerts:
  group_by: [item]
  wait: 0s
  late_after: 365d
  channels:
    - jsonl: { path: alerts.jsonl }
    - webhook: { url: "${HOOK}", allow: [127.0.0.1/32], timeout: 2s }
limits: { commit_every: 50ms }
"""


class Hook(http.server.BaseHTTPRequestHandler):
    """Takes events; now and then it fails, before or after it has taken one."""
    random, taken, lock = random.Random(1), [], threading.Lock()

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        chance = self.random.random()
        if chance < 0.04:
            return self.send_error(503)
        with self.lock:
            self.taken.append((int(event["sequence"]), event["journalId"], self.headers["Idempotency-Key"]))
        if chance < 0.08:
            self.close_connection = True  # without an answer
            return None
        self.send_response(204)
        return self.end_headers()

    def log_message(self, *_):
        pass


def run(bin_dir, seed):
    Hook.random = random.Random(seed)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder = tempfile.mkdtemp(prefix="wirewatch-webhook-")
    environment = dict(os.environ, HOOK="http://127.0.0.1:%d/hook" % server.server_port, LC_ALL="C.UTF-8",
                       XDG_STATE_HOME=os.path.join(folder, "state"), XDG_CACHE_HOME=os.path.join(folder, "cache"))
    os.mkdir(os.path.join(folder, "inbox"))
    for name, text in (("pipeline.yaml", PIPELINE), ("watches.yaml", "watches: [{ id: floods, query: river }]\n"),
                       ("inbox/stories.jsonl", "")):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    written = 0
    process = None
    log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
    try:
        for attempt in range(KILLS + 1):
            process = subprocess.Popen([os.path.join(os.path.abspath(bin_dir), "wirewatch"), "run", "pipeline.yaml"],
                                       cwd=folder, env=environment, stdout=subprocess.DEVNULL,
                                       stderr=log)
            goal = EVENTS * (attempt + 1) // (KILLS + 1)
            with open(os.path.join(folder, "inbox", "stories.jsonl"), "a", encoding="utf-8") as file:
                for number in range(written, goal):
                    file.write(json.dumps({"url": "https://news.example.org/%d" % number, "headline": "Story %d" % number,
                                           "body": "The river rises, %d." % number}) + "\n")
            before, written = written, goal
            if attempt == KILLS:
                until(lambda: len({taken[0] for taken in Hook.taken}) == EVENTS, "all events", 120)
                process.send_signal(signal.SIGTERM)
                expect(process.wait(60) == 0, "the host ends with %d" % process.returncode)
            else:
                # In the middle of the deliveries.
                middle = before + Hook.random.randrange(1, goal - before)
                until(lambda: len({taken[0] for taken in Hook.taken}) >= middle, "%d events" % middle, 60)
                time.sleep(Hook.random.random() * 0.2)
                process.kill()
                process.wait()
        return check(folder)
    except AssertionError:
        log.seek(0)
        print(log.read()[-4000:], file=sys.stderr)
        raise
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        server.shutdown()
        log.close()
        shutil.rmtree(folder)


def check(folder):
    with open(os.path.join(folder, "alerts.jsonl"), encoding="utf-8") as file:
        journal = [int(json.loads(line)["sequence"]) for line in file]
    first, keys = [], {}
    for sequence, journal_id, key in Hook.taken:
        if sequence not in keys:
            first.append(sequence)
            keys[sequence] = (journal_id, key)
        expect(keys[sequence] == (journal_id, key), "event %d came with two keys" % sequence)
    expect(first == journal and len(journal) == EVENTS, "taken %s of %s" % (first, journal))
    expect(len({key for _, key in keys.values()}) == EVENTS, "two events have one key")
    return len(Hook.taken) - EVENTS


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print("%d events, %d kills, %d came again" % (EVENTS, KILLS, run(sys.argv[1], int((sys.argv + ["1"])[2]))))
