#!/usr/bin/env python3
"""Items pushed to a host that is killed and reloaded: each is answered once and archived exactly once. Over HTTP as well.

usage: check_ingest.py BIN_DIR ROOT [KILLS [SEED]]
"""
import glob
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from expecting import expect, until  # noqa: E402

ITEMS = 2000
PIPELINE = """name: desk
sources:
  - push: { max_pending: %d }
analyses:
  - language
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def make_stubs(root, stubs):
    os.mkdir(stubs)
    protos = os.path.join(root, "proto")
    subprocess.run(["protoc", "-I", protos, "--python_out=" + stubs, "--grpc_out=" + stubs,
                    "--plugin=protoc-gen-grpc=" + shutil.which("grpc_python_plugin")] +
                   sorted(glob.glob(os.path.join(protos, "wirewatch/v1/*.proto"))), check=True)


def story(number):
    return {"altIds": [{"role": "publisher", "value": "story-%d" % number}], "headline": "Story %d" % number,
            "body": "The river rises, %d. " % number * 20, "id": "mine"}


def post(port, body):
    request = urllib.request.Request("http://127.0.0.1:%d/v1/items" % port, json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def check_http(port):
    status, answer = post(port, {"items": [{"pipeline": "desk", "item": story(0)}, {"item": story(ITEMS)}, {"item": {}}]})
    expect(status == 200, answer)
    outcomes = [result["outcome"] for result in answer["results"]]
    expect(outcomes == ["INGEST_OUTCOME_DUPLICATE", "INGEST_OUTCOME_ACCEPTED", "INGEST_OUTCOME_REJECTED"], outcomes)
    status, answer = post(port, {"items": [{"pipeline": "dest", "item": story(1)}]})
    expect(status == 404 and "desk" in answer["error"]["message"], answer)


class Desk:
    """A host of one pipeline, in a folder of its own."""

    def __init__(self, bin_dir, folder):
        self.wirewatch, self.folder, self.process = os.path.join(bin_dir, "wirewatch"), folder, None
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", XDG_STATE_HOME=os.path.join(folder, "state"),
                                XDG_CACHE_HOME=os.path.join(folder, "cache"))
        self.port, self.http = free_port(), free_port()
        self.log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
        self.write(50)

    def write(self, pending):
        with open(os.path.join(self.folder, "pipeline.yaml"), "w", encoding="utf-8") as file:
            file.write(PIPELINE % pending)

    def start(self):
        self.process = subprocess.Popen(
            [self.wirewatch, "run", "pipeline.yaml", "--store", "desk.db", "--grpc", "127.0.0.1:%d" % self.port, "--http",
             str(self.http)], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=self.log)

    def command(self, *arguments):
        return subprocess.run([self.wirewatch] + list(arguments), cwd=self.folder, env=self.environment, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def end(self, with_signal=signal.SIGKILL):
        if self.process and self.process.poll() is None:
            self.process.send_signal(with_signal)
            return self.process.wait(60)
        return None


def archived(desk):
    """Ids in the archive."""
    import sqlite3
    with sqlite3.connect(os.path.join(desk.folder, "desk.db")) as store:
        return [row[0].hex() if isinstance(row[0], bytes) else row[0] for row in store.execute("SELECT id FROM items")]


def run(bin_dir, root, kills, seed):
    chance = random.Random(seed)
    folder = tempfile.mkdtemp(prefix="wirewatch-ingest-")
    desk, client = Desk(bin_dir, folder), None
    stubs = os.path.join(folder, "stubs")
    make_stubs(root, stubs)
    with open(os.path.join(folder, "items.jsonl"), "w", encoding="utf-8") as file:
        file.writelines(json.dumps(story(number)) + "\n" for number in range(ITEMS))
    answers = os.path.join(folder, "answers")

    def answered():
        with open(answers, encoding="utf-8") as file:
            return [line.split() for line in file.read().split("\n")[:-1]]

    try:
        desk.start()
        with open(answers, "w", encoding="utf-8") as out, open(os.path.join(folder, "items.jsonl"), encoding="utf-8") as lines:
            client = subprocess.Popen(["/usr/bin/python3", os.path.join(root, "docs/clients/python/push.py"),
                                       "127.0.0.1:%d" % desk.port, "desk"], stdin=lines, stdout=out, stderr=desk.log,
                                      env=dict(desk.environment, PYTHONPATH=stubs))
        for turn in range(kills):
            before = ITEMS * (turn + 1) // (kills + 2)
            until(lambda before=before: len(answered()) >= before, "%d answers" % before, 120)
            if turn % 2:
                desk.write(20 + turn)
                reloaded = desk.command("reload", "--store", "desk.db")
                expect(reloaded.returncode == 0, reloaded.stdout)
            time.sleep(chance.random() * 0.02)
            desk.end()
            desk.start()
        expect(client.wait(300) == 0, "the client failed")
        until(lambda: desk.command("top", "--once", "--store", "desk.db").returncode == 0, "the host", 60)
        check_http(desk.http)
        expect(desk.end(signal.SIGTERM) == 0, "the host does not end well")

        lines = answered()
        expect(sorted(int(line[0]) for line in lines) == list(range(1, ITEMS + 1)), "not every line is answered once")
        outcomes = {line[1] for line in lines}
        expect(outcomes <= {"ACCEPTED", "DUPLICATE"}, outcomes)
        ids = archived(desk)
        expect(len(ids) == ITEMS + 1 and len(set(ids)) == ITEMS + 1, "%d archived, %d of them different" % (len(ids), len(set(ids))))
        expect({line[2] for line in lines} < set(ids), "an answer names what is not there")
        once = desk.command("run", "--once", "pipeline.yaml", "--store", "desk.db")
        expect(once.returncode == 0, once.stdout)
        checked = desk.command("check", "pipeline.yaml")
        expect("acknowledged" in checked.stdout, checked.stdout)
        return sum(line[1] == "DUPLICATE" for line in lines)
    except AssertionError:
        desk.log.seek(0)
        print(desk.log.read()[-3000:], file=sys.stderr)
        raise
    finally:
        desk.end()
        if client and client.poll() is None:
            client.kill()
            client.wait()
        desk.log.close()
        shutil.rmtree(folder)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    kills = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    again = run(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), kills,
                int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    print("%d Items, %d kills; %d came again" % (ITEMS, kills, again))
