#!/usr/bin/env python3
"""The clients of docs/clients, and `wirewatch alerts follow`, with a host that is killed: each gets every event, in order,
and again only what it had not advanced.

usage: check_clients.py BIN_DIR ROOT [KILLS [SEED [OF_EACH]]]

The client for Node takes part where `node` is there and build/node/node_modules has what it needs (deploy/test.sh
installs it where npm is); otherwise that is said.
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

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from expecting import expect, until  # noqa: E402

EVENTS_A_TURN = 12
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
limits: { commit_every: 50ms }
"""


class Client:
    """A process that prints a line an event, the sequence number first."""

    def __init__(self, name, command, folder, environment):
        self.name, self.path = name, os.path.join(folder, name + ".out")
        self.command, self.folder, self.environment = command, folder, environment
        self.errors = open(os.path.join(folder, name + ".err"), "w+", encoding="utf-8")
        self.process = None

    def start(self):
        with open(self.path, "a", encoding="utf-8") as out:
            self.process = subprocess.Popen(self.command, cwd=self.folder, env=self.environment, stdout=out,
                                            stderr=self.errors)

    def sequences(self):
        with open(self.path, encoding="utf-8") as file:
            lines = file.read().split("\n")[:-1]
        if self.name.startswith("command"):
            return [int(json.loads(line)["event"]["sequence"]) for line in lines if '"event"' in line]
        return [int(line.split()[0]) for line in lines]

    def last(self):
        return max(self.sequences(), default=0)

    def check(self, events):
        seen, highest = self.sequences(), 0
        for sequence in seen:
            expect(sequence <= highest + 1, "%s: %d follows %d" % (self.name, sequence, highest))
            highest = max(highest, sequence)
        expect(highest == events, "%s has %d of %d" % (self.name, highest, events))
        return len(seen) - events


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def make_clients(bin_dir, root, folder, environment, address, of_each):
    stubs = os.path.join(folder, "stubs")
    os.mkdir(stubs)
    protos = os.path.join(root, "proto")
    subprocess.run(["protoc", "-I", protos, "--python_out=" + stubs, "--grpc_out=" + stubs,
                    "--plugin=protoc-gen-grpc=" + shutil.which("grpc_python_plugin")] + sorted(glob.glob(os.path.join(protos, "wirewatch/v1/*.proto"))),
                   check=True)
    clients = []
    for number in range(of_each):
        name = "python-%d" % number
        clients.append(Client(name, ["/usr/bin/python3", os.path.join(root, "docs/clients/python/follow.py"), address, name],
                              folder, dict(environment, PYTHONPATH=stubs)))
        name = "command-%d" % number
        clients.append(Client(name, [os.path.join(bin_dir, "wirewatch"), "alerts", "follow", "--server", address, "--name",
                                     name, "--format", "json"], folder, environment))
    modules = os.path.join(os.path.dirname(os.path.dirname(bin_dir)), "node", "node_modules")
    if shutil.which("node") and os.path.isdir(os.path.join(modules, "@grpc", "grpc-js")):
        script = os.path.join(folder, "follow.mjs")
        shutil.copy(os.path.join(root, "docs/clients/node/follow.mjs"), script)
        os.symlink(modules, os.path.join(folder, "node_modules"))
        protoset = os.path.join(bin_dir, "..", "gen", "wirewatch.protoset")
        for number in range(of_each):
            name = "node-%d" % number
            clients.append(Client(name, ["node", script, address, name], folder,
                                  dict(environment, WIREWATCH_PROTOSET=os.path.abspath(protoset))))
    else:
        print("skipped: the client for Node, for node or its modules are not there")
    return clients


def run(bin_dir, root, kills, seed, of_each):
    chance = random.Random(seed)
    folder = tempfile.mkdtemp(prefix="wirewatch-clients-")
    environment = dict(os.environ, LC_ALL="C.UTF-8", XDG_STATE_HOME=os.path.join(folder, "state"),
                       XDG_CACHE_HOME=os.path.join(folder, "cache"))
    os.mkdir(os.path.join(folder, "inbox"))
    for name, text in (("pipeline.yaml", PIPELINE), ("watches.yaml", "watches: [{ id: floods, query: river }]\n"),
                       ("inbox/stories.jsonl", "")):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    address = "127.0.0.1:%d" % free_port()
    clients = make_clients(bin_dir, root, folder, environment, address, of_each)
    log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
    host, written = None, 0

    def start_host():
        return subprocess.Popen([os.path.join(bin_dir, "wirewatch"), "run", "pipeline.yaml", "--grpc", address],
                                cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=log)

    def reachable():
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", int(address.rsplit(":", 1)[1]))) == 0

    try:
        host = start_host()
        until(reachable, "the host's address", 60)
        for client in clients:
            client.start()
        # A subscription begins with the next event: all must be there before the first one.
        until(lambda: subscribers(bin_dir, folder, environment, address) == len(clients), "all subscribers", 60)
        for turn in range(kills + 1):
            with open(os.path.join(folder, "inbox", "stories.jsonl"), "a", encoding="utf-8") as file:
                for _ in range(EVENTS_A_TURN):
                    file.write(json.dumps({"url": "https://news.example.org/%d" % written, "headline": "Story %d" % written,
                                           "body": "The river rises, %d." % written}) + "\n")
                    written += 1
            if turn == kills:
                until(lambda: all(client.last() >= written for client in clients), "all %d events" % written, 600)
                break
            # In the middle of what this turn brings, for one of the clients.
            one = chance.choice(clients)
            middle = written - chance.randrange(EVENTS_A_TURN)
            until(lambda one=one, middle=middle: one.last() >= middle, "%d events for %s" % (middle, one.name), 120)
            time.sleep(chance.random() * 0.1)
            host.kill()
            host.wait()
            host = start_host()
        return [(client.name, client.check(written)) for client in clients], written
    except AssertionError:
        for file in [log] + [client.errors for client in clients]:
            file.seek(0)
            print(file.read()[-2000:], file=sys.stderr)
        raise
    finally:
        for process in [host] + [client.process for client in clients]:
            if process and process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
        log.close()
        for client in clients:
            client.errors.close()
        shutil.rmtree(folder)


def subscribers(bin_dir, folder, environment, address):
    done = subprocess.run([os.path.join(bin_dir, "wirewatch"), "alerts", "stats", "--server", address, "--format", "json"],
                          cwd=folder, env=environment, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        return 0
    return sum(1 for one in json.loads(done.stdout).get("subscribers", []) if one.get("live"))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    kills = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    results, events = run(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), kills,
                          int(sys.argv[4]) if len(sys.argv) > 4 else 1,
                          int(sys.argv[5]) if len(sys.argv) > 5 else 1)
    print("%d events, %d kills; came again: %s" % (events, kills, ", ".join("%s %d" % one for one in results)))
