"""What every fault test needs: a folder with a pipeline, ways to run `wirewatch` in it, and a seed.

The pipeline reads made-up Items and the quickstart's inbox, and takes them through every kind of step: the stateless
ones that come with Wirewatch, a slow one, and stateful ones that count, remember, scan, forget and set timers. It
writes every event to a file. The folder is removed at the end unless something failed.
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

WATCHES = """watches:
  - id: shots
    query: '"shots were fired" OR gunfire OR Schüsse OR disparos'
    severity: high
  - id: blast
    query: explosion* NEAR/20 (killed OR injured)
    severity: critical
  - id: evacuation
    query: evacuat* OR Evakuier* OR évacu*
  - id: ransomware
    query: cyberattack* AND ransomware
  - id: resignation
    query: (governor OR minister) NEAR/4 resigned
  - id: bridge
    query: headline:bridge OR "northern bridge"
    severity: low
"""

PIPELINE = """name: fault
sources:
  - generate: {{ {generate} }}
{more_sources}analyses:
{before}  - language
  - dateline
  - no_effect: {{ setting: {setting} }}
  - watch: {{ files: [watches/*.yaml] }}
  - {counter}
  - slow: {{ each: {slow} }}
  - first_mention
  - last_items: {{ keep: 4, when: "NOT headline:bridge"{last_items} }}
{after}alerts:
  group_by: [watch]
  wait: 30s
  interval: 1m
  close_after: 15m
  late_after: 30d
  channels:
    - jsonl: {{ path: alerts.jsonl }}
limits: {{ {limits} }}
"""



def made_up(count, more=""):
    """Options of the source: so many records, among them every kind there is."""
    return ("count: %d, seed: 11, versions_every: 17, duplicates_every: 19, rejects_every: 101, large_every: 350%s" %
            (count, more))


DEFAULTS = {
    "generate": made_up(3000),
    "more_sources": "  - files: { path: \"../inbox/**/*.{txt,html,jsonl,gz}\" }\n",
    "before": "", "after": "", "setting": 1, "slow": "300us", "counter": "running_count", "last_items": "",
    "limits": "commit_every: 50ms, batch_items: 16",
}


class Failure(Exception):
    """Something is not as it must be."""


class Context:
    """The build, the seed and the random numbers of one test."""

    def __init__(self, build, seed):
        self.build = os.path.abspath(build)
        self.seed = seed
        self.random = random.Random(seed)
        self.folder = tempfile.mkdtemp(prefix="wirewatch-fault-")
        self.measured = []  # sentences for the page of results
        # One for all places: a cursor of `files` knows files by their inodes.
        shutil.copytree(os.path.join(ROOT, "config", "quickstart", "inbox"), os.path.join(self.folder, "inbox"))

    def library(self, name):
        return os.path.join(self.build, "testdata", "fault", name + ".so")

    def place(self, name, **pipeline):
        return Place(self, name, pipeline)

    def remove(self):
        shutil.rmtree(self.folder)


class Place:
    """A folder with a pipeline, its inputs, its store and what it wrote."""

    def __init__(self, context, name, pipeline):
        self.context = context
        self.folder = os.path.join(context.folder, name)
        self.pipeline = os.path.join(self.folder, "pipeline.yaml")
        self.store = os.path.join(self.folder, "store", "store.db")
        self.alerts = os.path.join(self.folder, "alerts.jsonl")
        self.log = os.path.join(self.folder, "log")
        os.makedirs(os.path.join(self.folder, "watches"))
        os.makedirs(os.path.join(self.folder, "store"))
        self.write("watches/watches.yaml", WATCHES)
        self.values = dict(DEFAULTS, **pipeline)
        self.configure()

    def write(self, name, text):
        """Replaces a file in one go, so that nobody meets half of it."""
        path = os.path.join(self.folder, name)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(path + ".new", path)

    def configure(self, **values):
        """Writes the pipeline's file anew with some values changed."""
        self.values.update(values)
        self.write("pipeline.yaml", PIPELINE.format(**self.values))

    def environment(self, preload=None, **more):
        build = self.context.build
        environment = dict(os.environ, XDG_CACHE_HOME=os.path.join(self.context.folder, "cache"),
                           XDG_STATE_HOME=os.path.join(self.folder, "state"),
                           WIREWATCH_PLUGIN_PATH=os.path.join(build, "testdata", "fault", "plugins"), **more)
        if preload:
            environment["LD_PRELOAD"] = self.context.library(preload)
        return environment

    def command(self, *arguments):
        return [os.path.join(self.context.build, "bin", "wirewatch")] + list(arguments)

    def start(self, *arguments, preload=None, environment=None):
        """Starts `wirewatch run`; its output goes to the log."""
        with open(self.log, "ab") as log:
            return subprocess.Popen(self.command("run", "--store", self.store, *arguments, self.pipeline),
                                    cwd=self.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                    env=self.environment(preload, **(environment or {})))

    def run(self, *arguments, expect=0, timeout=300, preload=None, environment=None):
        """Runs to the end and returns how long that took, in seconds."""
        began = time.monotonic()
        process = self.start("--once", *arguments, preload=preload, environment=environment)
        status = wait(process, timeout)
        if expect is not None and status != expect:
            raise Failure("wirewatch ended with %d instead of %d; its log ends with:\n%s" %
                          (status, expect, self.end_of_log()))
        return time.monotonic() - began

    def tell(self, *arguments, timeout=60):
        """Runs another subcommand; returns status and output."""
        done = subprocess.run(self.command(*arguments), cwd=self.folder, env=self.environment(), timeout=timeout,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, check=False)
        return done.returncode, done.stdout

    def end_of_log(self, size=3000):
        with open(self.log, "rb") as log:
            log.seek(max(0, os.path.getsize(self.log) - size))
            return log.read().decode("utf-8", "replace")

    def remove(self):
        shutil.rmtree(self.folder)


def wait(process, timeout):
    """The exit status; a process that does not end in time is killed, which is a failure."""
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise Failure("wirewatch did not end within %d s" % timeout) from None


def kill(process):
    """As `kill -9`; the status is that of whatever ended it first."""
    process.send_signal(signal.SIGKILL)
    return process.wait()


def say(text):
    print(text)
    sys.stdout.flush()
