"""Lucene Monitor, the peer: built from Debian's lucene8 source, run by MonitorBench.java of the peer's folder.

One process a query set. It is stopped (SIGSTOP) while Wirewatch has its turn, so that both get the same core in turns
within one run. A round in which it was stopped is not counted.
"""
import glob
import hashlib
import os
import re
import shutil
import signal
import subprocess

JAVA = ["java", "-Xmx8g", "-Xms8g", "-XX:+UseSerialGC"]
MODULES = ["core", "analysis/common", "queryparser", "memory", "monitor", "queries", "sandbox"]
NEEDED = ["MonitorBench.java", "gen_queries.py"]
ROUND = re.compile(r"round (\d+): ([\d.]+) docs/s wall, ([\d.]+) docs per process-cpu-s +matches/doc ([\d.]+) +"
                   r"queries-run/doc ([\d.]+) +lat p50 ([\d.]+) ms p99 ([\d.]+) ms max ([\d.]+) ms")
FEWEST_ROUNDS, FEWEST_SECONDS, MOST_ROUNDS, LEAST_GAIN = 5, 20.0, 60, 1.03  # of the warm-up
HEAP = re.compile(r"registered in ([\d.]+)s .* heap=(-?[\d.]+) MB")


class Missing(Exception):
    """The peer cannot be had here; the message says what is missing."""


def source_lists(folder):
    """A private list of package sources: the machine's own, each as a source of source packages."""
    parts = os.path.join(folder, "sources")
    os.makedirs(parts, exist_ok=True)
    for path in ["/etc/apt/sources.list"] + sorted(glob.glob("/etc/apt/sources.list.d/*")):
        if not os.path.isfile(path) or not path.endswith((".list", ".sources")):
            continue
        with open(path, encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"(?m)^Types:.*", "Types: deb-src", text) if path.endswith(".sources") else re.sub(
            r"(?m)^deb ", "deb-src ", text)
        with open(os.path.join(parts, os.path.basename(path)), "w", encoding="utf-8") as file:
            file.write(text)
    lists = os.path.join(folder, "lists")
    os.makedirs(os.path.join(lists, "partial"), exist_ok=True)
    return ["-o", "Dir::Etc::sourcelist=/dev/null", "-o", "Dir::Etc::sourceparts=" + parts, "-o",
            "Dir::State::lists=" + lists, "-o", "Dir::Cache=" + folder]


def fetch(folder):
    """The path of the upstream source as Debian has it."""
    found = glob.glob(os.path.join(folder, "lucene8_*.orig.tar.*z"))
    if not found:
        options = source_lists(os.path.join(folder, "apt"))
        for command in (["update"], ["--download-only", "--tar-only", "source", "lucene8"]):
            done = subprocess.run(["apt-get", "-q"] + options + command, cwd=folder, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, universal_newlines=True, check=False)
            if done.returncode != 0:
                raise Missing("Debian's source package lucene8: apt-get %s says\n%s" % (command[0], done.stdout))
        found = glob.glob(os.path.join(folder, "lucene8_*.orig.tar.*z"))
    if not found:
        raise Missing("apt-get brought no source of lucene8")
    return found[0]


def merge_resources(top, classes):
    """Resources of all modules beside the classes; lists of services are put end to end."""
    for module in MODULES:
        root = os.path.join(top, module, "src", "resources")
        for folder, _, names in os.walk(root):
            target = os.path.join(classes, os.path.relpath(folder, root))
            os.makedirs(target, exist_ok=True)
            for name in names:
                with open(os.path.join(folder, name), "rb") as source, open(
                        os.path.join(target, name), "ab" if "services" in folder else "wb") as file:
                    file.write(source.read() + b"\n" if "services" in folder else source.read())


def compile_java(paths, classes, classpath=None):
    listing = classes + ".files"
    with open(listing, "w", encoding="utf-8") as file:
        file.writelines('"%s"\n' % path for path in paths)
    done = subprocess.run(["javac", "-nowarn", "-proc:none", "-encoding", "UTF-8", "-d", classes] +
                          (["-cp", classpath] if classpath else []) + ["@" + listing], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True, check=False)
    if done.returncode != 0:
        raise Missing("javac says\n" + done.stdout[-2000:])


def build(cache):
    """(folder of Lucene's classes, version). Kept in the cache."""
    archive = fetch(cache)
    version = re.search(r"lucene8_([\d.]+)\.orig", archive).group(1)
    classes = os.path.join(cache, "lucene-" + version)
    if not os.path.isdir(classes):
        top, unfinished = os.path.join(cache, "source"), classes + ".unfinished"
        for folder in (top, unfinished):
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
        subprocess.run(["tar", "-xf", archive, "-C", top, "--strip-components=1"], check=True)
        paths = [path for module in MODULES
                 for path in sorted(glob.glob(os.path.join(top, module, "src", "java", "**", "*.java"), recursive=True))
                 if os.path.basename(path) not in ("module-info.java", "package-info.java")]
        compile_java(paths, unfinished)
        merge_resources(top, unfinished)
        os.rename(unfinished, classes)
        shutil.rmtree(top)
    return classes, version


class Peer:
    """The compiled peer. Missing is raised where Java, the peer's folder or Lucene's source is not there."""

    def __init__(self, folder, cache):
        for tool in ("java", "javac"):
            if shutil.which(tool) is None:
                raise Missing("%s (Debian's openjdk-17-jdk-headless)" % tool)
        for name in NEEDED:
            if not os.path.isfile(os.path.join(folder, name)):
                raise Missing(os.path.join(folder, name))
        os.makedirs(cache, exist_ok=True)
        classes, self.version = build(cache)
        source = os.path.join(folder, "MonitorBench.java")
        with open(source, "rb") as file:
            bench = os.path.join(cache, "bench-" + hashlib.sha256(file.read()).hexdigest()[:16])
        if not os.path.isdir(bench):
            os.makedirs(bench + ".unfinished", exist_ok=True)
            compile_java([source], bench + ".unfinished", classes)
            os.rename(bench + ".unfinished", bench)
        self.classpath = bench + ":" + classes
        self.generator = os.path.join(folder, "gen_queries.py")

    def tokens(self, items, out, raw):
        """One line a document: its tokens, a space between them; in the text's own case with `raw`."""
        subprocess.run(["java", "-cp", self.classpath, "MonitorBench", "tokens", items, out] + (["raw"] if raw else []),
                       check=True)

    def java_version(self):
        done = subprocess.run(["java", "-version"], stderr=subprocess.PIPE, universal_newlines=True, check=True)
        return done.stderr.splitlines()[0]


def settings(watches):
    """The best found for so many queries: selection of candidates and how prefixes are looked up."""
    return ("termfreq", "edge") if watches < 10000 else ("multifreq2", "edge")


class Run:
    """One process over one query set. turn() is one measured round; between turns the process is stopped. With
    `once` it does one round, which writes the matches, and ends."""

    def __init__(self, peer, items, queries, watches, matches, cpu, most_items, once=False):
        selection, prefixes = settings(watches)
        self.settings = "%s %s" % (selection, prefixes)
        self.heap_mb = self.load_s = None
        self.items, self.once, self.warm_up = most_items, once, []
        command = ["taskset", "-c", cpu] + JAVA + ["-Dmaxdocs=%d" % most_items]
        command += ["-cp", peer.classpath, "MonitorBench", "bench", items, queries, str(watches), selection, prefixes,
                    "1", "1" if once else "100000", matches]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, universal_newlines=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def next_round(self):
        for line in self.process.stdout:
            registered, found = HEAP.search(line), ROUND.search(line)
            if registered:
                self.load_s, self.heap_mb = float(registered.group(1)), float(registered.group(2))
            if found:
                values = [float(value) for value in found.groups()]
                return {"items_per_s": values[1], "items_per_cpu_s": values[2], "matches_per_item": values[3],
                        "candidates_per_item": values[4], "p50_us": 1000 * values[5], "p99_us": 1000 * values[6],
                        "max_us": 1000 * values[7]}
        raise RuntimeError("Lucene Monitor ended with status %s" % self.process.wait())

    def warm(self):
        """The rounds before the first turn. The matches of the first are in the file once a later one is through, or
        the process has ended."""
        if self.once:
            self.next_round()
            self.process.wait()
            return
        while not self.is_warm():
            self.warm_up.append(self.next_round()["items_per_cpu_s"])
        self.pause()

    def is_warm(self):
        """No gain worth naming in the last rounds, after so many and so long that the compiler has had its time."""
        rates = self.warm_up
        if len(rates) < FEWEST_ROUNDS or sum(self.items / rate for rate in rates) < FEWEST_SECONDS:
            return False
        return len(rates) >= MOST_ROUNDS or max(rates[-3:]) <= LEAST_GAIN * max(rates[:-3])

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def turn(self):
        """The round that the stop fell into goes unmeasured; the one after it counts."""
        self.process.send_signal(signal.SIGCONT)
        self.next_round()
        measured = self.next_round()
        measured["resident_bytes"] = self.resident()
        self.pause()
        return measured

    def resident(self):
        with open("/proc/%d/status" % self.process.pid, encoding="ascii", errors="replace") as file:
            return 1024 * int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))
