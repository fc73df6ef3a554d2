"""The two programs, each with a receiver for what it notifies of."""
import collections
import http.client
import http.server
import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request

WAIT, INTERVAL, REPEAT = 2, 5, 30

# kind: began, more, fewer, again or ended. told: numbers of the events (Wirewatch) or names of the instances
# (Alertmanager) that fire as it says.
Notification = collections.namedtuple("Notification", "at kind group told")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(condition, what, seconds=30):
    until = time.time() + seconds
    while time.time() < until:
        if condition():
            return
        time.sleep(0.05)
    raise SystemExit("in %d s: no %s" % (seconds, what))


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


class Receiver:
    """Takes what is posted, with the time at which it came."""

    def __init__(self):
        received = self.received = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # noqa: N802
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.append((time.time(), json.loads(body)))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = "http://127.0.0.1:%d/" % self.server.server_address[1]


class Program:
    """One that runs; what it is sent goes through a connection that stays open."""

    def __init__(self, folder, name, command, **environment):
        self.receiver, self.port = Receiver(), free_port()
        self.log = open(os.path.join(folder, name + ".log"), "wb")
        self.process = subprocess.Popen(command(self.port, self.receiver.url), cwd=folder, stdout=self.log,
                                        stderr=self.log, env=dict(os.environ, **environment))
        self.lock = threading.Lock()
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def post(self, path, body):
        with self.lock:
            self.connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            return self.answer(path)

    def answer(self, path):
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit("%s answered %d: %s" % (path, answer.status, text[:500]))
        return json.loads(text) if text else {}

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


class Alertmanager(Program):
    NAME = "Alertmanager"
    CONFIG = """route:
  receiver: desk
  group_by: [alertname, cluster]
  group_wait: %ds
  group_interval: %ds
  repeat_interval: %ds
receivers:
  - name: desk
    webhook_configs: [{url: "%s", send_resolved: true}]
"""

    def __init__(self, folder):
        def command(port, url):
            with open(os.path.join(folder, "alertmanager.yml"), "w", encoding="utf-8") as file:
                file.write(self.CONFIG % (WAIT, INTERVAL, REPEAT, url))
            return ["prometheus-alertmanager", "--config.file=alertmanager.yml", "--storage.path=data",
                    "--web.listen-address=127.0.0.1:%d" % port, "--cluster.listen-address="]
        super().__init__(folder, "alertmanager", command)
        self.began = {}
        wait_for(lambda: answers("http://127.0.0.1:%d/-/ready" % self.port), "Alertmanager")

    def send(self, events, labels):
        now = time.time()
        alerts = []
        for event in events:
            key = (event.name, event.cluster, event.instance)
            if event.firing:
                self.began[key] = now
            ends = now + 3600 if event.firing else now
            alerts.append({"labels": labels(event), "startsAt": stamp(self.began[key]), "endsAt": stamp(ends)})
        self.post("/api/v2/alerts", alerts)

    def silence(self, name, seconds):
        now = time.time()
        self.post("/api/v2/silences", {
            "matchers": [{"name": "alertname", "value": name, "isRegex": False}], "startsAt": stamp(now),
            "endsAt": stamp(now + seconds), "createdBy": "desk", "comment": "works"})

    def notifications(self):
        """In order of time; of each group what it says is compared with what it said before."""
        before, found = {}, []
        for at, body in self.receiver.received:
            group = (body["groupLabels"]["alertname"], body["groupLabels"]["cluster"])
            of = {"firing": set(), "resolved": set()}
            for alert in body["alerts"]:
                of[alert["status"]].add(alert["labels"]["instance"])
            firing, resolved = of["firing"], of["resolved"]
            last, over = before.get(group, (set(), set()))
            kind = ("ended" if not firing else "began" if not last else "more" if firing - last else
                    "fewer" if last - firing or resolved - over else "again")
            before[group] = firing, resolved
            found.append(Notification(at, kind, group, firing))
        return found


class Wirewatch(Program):
    NAME = "Wirewatch"
    PIPELINE = """name: desk
sources:
  - push
analyses:
  - conditions
alerts:
  group_by: [watch, story]
  wait: %ds
  interval: %ds
  repeat: %ds
  channels:
    - webhook: { url: "%s", allow: [127.0.0.1/32] }
"""
    KINDS = {"RAISED": "began", "UPDATED": "more", "REPEATED": "again", "RESOLVED": "ended",
             "SILENCE_ENDED": "silence ended"}

    def __init__(self, folder, bin_dir, plugins):
        def command(port, url):
            with open(os.path.join(folder, "pipeline.yaml"), "w", encoding="utf-8") as file:
                file.write(self.PIPELINE % (WAIT, INTERVAL, REPEAT, url))
            return [os.path.join(bin_dir, "wirewatch"), "run", "pipeline.yaml", "--store", "desk.db", "--http",
                    str(port)]
        super().__init__(folder, "wirewatch", command, WIREWATCH_PLUGIN_PATH=plugins,
                         XDG_CACHE_HOME=os.path.join(folder, "cache"))
        self.number_of = {}
        wait_for(lambda: self.process.poll() is not None or answers("http://127.0.0.1:%d/readyz" % self.port), "Wirewatch")
        if self.process.poll() is not None:
            with open(self.log.name, encoding="utf-8") as log:
                raise SystemExit(log.read())

    def send(self, events, labels):
        items = []
        for event in events:
            text = " ".join("%s=%s" % pair for pair in sorted(labels(event).items()))
            items.append({"item": {"alt_ids": [{"role": "publisher", "value": "event-%d" % event.number}],
                                   "headline": "%s %s" % ("firing" if event.firing else "resolved", text)}})
        for event, result in zip(events, self.post("/v1/items", {"items": items})["results"]):
            if result["outcome"] != "INGEST_OUTCOME_ACCEPTED":
                raise SystemExit("not taken: %s" % result)
            self.number_of[result.get("item_id") or result["itemId"]] = event.number

    def silence(self, name, seconds):
        self.post("/v1/silences", {"matcher": {"watch_ids": [name]}, "ends": stamp(time.time() + seconds),
                                   "reason": "works"})

    def notifications(self):
        found = []
        for at, event in self.receiver.received:
            kind = self.KINDS.get(event["type"].replace("ALERT_EVENT_TYPE_", ""))
            if kind is None:
                continue
            if kind == "silence ended":
                found.append(Notification(at, kind, None, event["silence"]))
                continue
            alert = event["alert"]
            group = {label["name"]: label.get("value", "") for label in alert["group"]}
            told = {self.number_of[one.get("itemId") or one["item_id"]] for one in alert["evidence"]}
            found.append(Notification(at, kind, (group["watch"], group["story"]), told))
        return found


def stamp(at):
    """RFC 3339."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + ".%06dZ" % int(at % 1 * 1e6)
