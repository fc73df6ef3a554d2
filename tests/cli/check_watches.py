#!/usr/bin/env python3
"""Tries the commands below `wirewatch watch`, and runs what docs/watches.md shows.

usage: check_watches.py BIN_DIR [--update]

--update writes what the commands print into docs/watches.md: read the difference before you commit it.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from expecting import expect  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
PAGE = os.path.join(ROOT, "docs", "watches.md")
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


class Folder:
    """A copy of config/quickstart in which commands run."""

    def __init__(self, bin_dir):
        self.path = tempfile.mkdtemp(prefix="wirewatch-watches-")
        self.work = os.path.join(self.path, "quickstart")
        shutil.copytree(os.path.join(ROOT, "config", "quickstart"), self.work)
        self.environment = dict(os.environ, PATH=os.path.abspath(bin_dir) + ":" + os.environ["PATH"], LC_ALL="C.UTF-8",
                                XDG_CACHE_HOME=os.path.join(self.path, "cache"))
        self.environment.pop("WIREWATCH_PLUGIN_PATH", None)
        self.wirewatch = os.path.join(os.path.abspath(bin_dir), "wirewatch")

    def shell(self, command):
        return subprocess.run(["sh", "-c", command], cwd=self.work, env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, universal_newlines=True, timeout=120, check=False).stdout

    def run(self, *arguments, given=""):
        done = subprocess.run([self.wirewatch, "watch"] + list(arguments), cwd=self.work, env=self.environment,
                              input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True,
                              timeout=120, check=False)
        return done.returncode, done.stdout, done.stderr

    def json(self, *arguments, status=0, given=""):
        returned, out, err = self.run(*arguments, "--format", "json", given=given)
        expect(returned == status, "%s: status %d\n%s%s" % (" ".join(arguments), returned, out, err))
        return [json.loads(line) for line in out.splitlines()]

    def write(self, name, text):
        with open(os.path.join(self.work, name), "w", encoding="utf-8") as file:
            file.write(text)
        return name


def lint(folder):
    found = folder.json("lint", "-", given="kfor or\n  unmik", status=1)
    expect([(f["rule"], f["kind"], f["line"], f["column"], f["begin"], f["end"], f["rewrite"]) for f in found] ==
           [("lowercase-operator", "mistake", 1, 6, 5, 7, "OR")], found)
    expect(folder.run("lint", "-", given="kfor OR unmik") == (0, "", ""), "a good query has findings")
    status, _, err = folder.run("lint", "-", given="kfor OR unmik eulex")
    expect(status == 3 and "-:1:6: error: AND stands beside OR" in err, err)
    expect(folder.run("lint")[0] == 2, "lint of nothing")
    file = folder.write("w.yaml", "lists:\n  l: |\n    kfor or unmik\nwatches:\n  - id: a\n    query: |\n      LIST(l)\n"
                        "      AND US\n")
    found = folder.json("lint", file, "--examples", status=1)
    expect([(f["watch"], f["rule"], f["line"], f["column"]) for f in found] ==
           [("a", "ambiguous-capitals", 8, 11), ("a", "no-examples", 7, 7), ("LIST(l)", "lowercase-operator", 3, 10)],
           found)


def lint_by_frequencies(folder):
    for number in range(10):
        folder.write("text-%d.txt" % number, ("The border was quiet on day %d." if number < 4 else "Nothing happened %d times.") % number)
    texts = ["text-%d.txt" % number for number in range(10)]
    found = folder.json("lint", "-", "--on", *texts, given="border AND quiet", status=1)
    expect([f["rule"] for f in found] == ["common-words"] and "up to 40 of 100 Items" in found[0]["message"], found)
    tables = []
    for name, some in (("one.tsv", texts[:5]), ("two.tsv", texts[5:])):
        status, out, err = folder.run("frequencies", "--on", *some)
        expect(status == 0, err)
        tables.append(folder.write(name, out))
    status, merged, err = folder.run("frequencies", "--merge", *tables)
    expect(status == 0 and merged == folder.run("frequencies", "--on", *texts)[1], merged + err)
    expect("\nitems\t10\n" in merged and "\nborder\t4\n" in merged, merged)
    again = folder.json("lint", "-", "--frequencies", *tables, given="border AND quiet", status=1)
    expect(again == found, again)
    folder.write("one.tsv", "nonsense")
    status, _, err = folder.run("lint", "-", "--frequencies", "one.tsv", given="border")
    expect(status == 3 and "one.tsv: line 1" in err, err)


def check_warns(folder):
    folder.write("p.yaml", "name: p\nsources: [files: { path: '*.txt' }]\nanalyses:\n  - watch:\n      files: [f.yaml]\n"
                 "      watches:\n        - id: here\n          query: |\n            kfor or unmik\n")
    folder.write("f.yaml", "watches:\n  - id: there\n    query: |\n      kfor AND US AND NOT kfor\n")
    done = subprocess.run([folder.wirewatch, "check", "p.yaml"], cwd=folder.work, env=folder.environment, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, check=False)
    expect(done.returncode == 0 and "right" in done.stdout, done.stderr)
    warnings = done.stderr.splitlines()
    expect(len(warnings) == 2, warnings)
    expect("f.yaml:4:7: warning: nothing satisfies both" in warnings[0], warnings)
    expect('p.yaml:9:18: warning: "or" is searched as a word' in warnings[1], warnings)


def test(folder):
    results = folder.json("test", "watches/border.yaml", "--on", "inbox", "--per-day", "1000")
    by_id = {result["watch"]: result for result in results}
    expect(list(by_id) == ["border-shooting", "observer-mission", "observers-accused", "kta-polemics"], list(by_id))
    accused = by_id["observers-accused"]
    expect(accused["items"] == 59 and accused["hits"] == 1 and accused["candidates"] > 1, accused)
    expect(accused["sample_too_small"] and not by_id["border-shooting"]["sample_too_small"], accused)
    least, most = accused["per_day"]["least"], accused["per_day"]["most"]
    expect(0 < least < 1000 / 59 < most < 200, accused)
    expect([span["text"] for span in accused["shown"][0]["spans"]] == ["BOLT", "provoking"], accused)
    expect(len(accused["near"]) == 3 and "not as" in accused["near"][0]["why"], accused)
    expect([(e["must_hit"], e["hit"]) for e in accused["examples"]] == [(True, True), (False, False)], accused)
    # An example that is not as it must be; without --on nothing else is tried.
    text = open(os.path.join(folder.work, "watches", "border.yaml"), encoding="utf-8").read()
    folder.write("watches/wrong.yaml", text.replace("NEAR/10 provo", "NEAR/1000 provo"))
    status, out, err = folder.run("test", "watches/wrong.yaml")
    expect(status == 1 and out.count("WRONG") == 1 and "WRONG hits ../inbox/harbourpost/bridge-analysis.html" in out,
           out + err)
    status, _, err = folder.run("test", "watches/border.yaml", "--on", "nowhere.txt")
    expect(status == 2 and "nowhere.txt is no file" in err, err)


def diff(folder):
    old = os.path.join("watches", "border.yaml")
    expect(all(d["change"] == "unchanged" for d in folder.json("diff", old, old, "--on", "inbox")), "equal files differ")
    text = open(os.path.join(folder.work, old), encoding="utf-8").read()
    new = folder.write("watches/new.yaml", text.replace("Sollen OR Velna", "Velna").replace("kta-polemics", "polemics")
                       .replace("CASE(BOLT) OR", "{BOLT} OR"))
    changes = {d["watch"]: d for d in folder.json("diff", old, new, "--on", "inbox", status=1)}
    # A changed list changes the watch; another spelling of the same does not.
    expect({id: d["change"] for id, d in changes.items()} ==
           {"border-shooting": "changed", "observer-mission": "unchanged", "observers-accused": "unchanged",
            "kta-polemics": "removed", "polemics": "added"}, changes)
    expect(len(changes["border-shooting"]["lost"]) > 0 and not changes["border-shooting"]["gained"], changes)
    expect(len(changes["polemics"]["gained"]) == len(changes["kta-polemics"]["lost"]) == 3, changes)
    expect("LIST(sollen-crossing)" in changes["border-shooting"]["lost"][0]["why"], changes)
    # What is written otherwise and hits the same is no difference.
    new = folder.write("watches/new.yaml", text.replace("Sollen OR Velna", "Sollen OR Velna OR nowhere"))
    changes = folder.json("diff", old, new, "--on", "inbox")
    expect([d["change"] for d in changes].count("changed") == 1, changes)


def explain(folder):
    lines = folder.json("explain", "watches/border.yaml", "--id", "observers-accused", "--on", "inbox/kta")
    expect([line["result"] for line in lines].count("hit") == 1 and len(lines) == 4, lines)
    for line in lines:
        expect(line["candidate"] == bool(line["anchors_found"]), line)
        expect(line["candidate"] or line["result"] == "miss", line)
    status, _, err = folder.run("explain", "watches/border.yaml", "--on", "inbox/kta")
    expect(status == 2 and "--id" in err, err)
    status, out, _ = folder.run("explain", "-", "--on", "inbox/kta/2026-06-13-ambassador.txt", given="NOT kfor")
    expect(status == 0 and out.startswith("hit") and "a candidate for every Item" in out, out)


def match_with_index(folder):
    watches = folder.write("w.jsonl", '{"id": 2, "query": "KFOR"}\n{"id": "a", "query": "headline:x OR serbs"}\n')
    items = folder.write("i.jsonl", '{"id": 1, "text": "KFOR and Serbs"}\n{"id": 2, "text": "none"}\n')
    both = '{"item":1,"matches":[2,"a"]}\n{"item":2,"matches":[]}\n'
    given = ("match", "--items", items, "--watches", watches)
    expect(folder.run(*given, "--save-index", "saved") == (0, both, ""), "saving")
    expect(folder.run("match", "--items", items, "--index", "saved") == (0, both, ""), "the index alone")
    expect(folder.run(*given, "--index", "made") == (0, both, "there is no file made; made from w.jsonl\n"), "no index")
    status, out, err = folder.run(*given, "--index", "made", "--stats")
    expect((status, out) == (0, both) and json.loads(err)["from_index"], err)
    folder.write("w.jsonl", '{"id": 3, "query": "none"}\n')
    status, out, err = folder.run(*given, "--index", "made")
    expect((status, out) == (0, '{"item":1,"matches":[]}\n{"item":2,"matches":[3]}\n'), out)
    expect(err == "made: the index is of other watches; made from w.jsonl\n", err)
    expect(folder.run(*given, "--index", "made")[2] == "", "it was not made anew")
    status, _, err = folder.run("match", "--items", items, "--index", "made", "--dialect", "lucene")
    expect(status == 3 and "other options" in err, err)
    with open(os.path.join(folder.work, "made"), "r+b") as file:
        file.truncate(100)
    status, _, err = folder.run("match", "--items", items, "--index", "made")
    expect(status == 3 and "damaged" in err, err)
    expect(folder.run("match", "--items", items)[0] == 2, "match without watches")


def page(folder, update=False):
    """Every command of the page prints what stands below it; the table has the rules that there are."""
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    wrong = []

    def check(block):
        shown = ""
        for part in re.split(r"^(?=\$ )", block.group(1), flags=re.MULTILINE)[1:]:
            command, _, expected = part.partition("\n")
            printed = folder.shell(command[2:])
            if printed != expected:
                wrong.append("%s prints\n%s" % (command, printed))
            shown += command + "\n" + printed
        return "```console\n" + shown + "```"

    current = CONSOLE.sub(check, text)
    if update:
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(current)
        return
    expect(not wrong, "\n".join(wrong))
    expect(len(CONSOLE.findall(text)) >= 5, "the page shows no commands")
    rules = [tuple(line.split(None, 2)[:2]) for line in folder.run("lint", "--rules")[1].splitlines()]
    expect(re.findall(r"^\| `([a-z-]+)` \| (\w+) \|", text, re.MULTILINE) == rules, rules)


def main():
    if "--update" in sys.argv[2:]:
        folder = Folder(sys.argv[1])
        page(folder, update=True)
        shutil.rmtree(folder.path)
        return 0
    failed = 0
    for check in (lint, lint_by_frequencies, check_warns, test, diff, explain, match_with_index, page):
        folder = Folder(sys.argv[1])
        try:
            check(folder)
            print("%s: as it must be" % check.__name__)
        except (AssertionError, KeyError, ValueError, subprocess.SubprocessError) as wrong:
            failed += 1
            print("%s: %s: %s" % (check.__name__, type(wrong).__name__, wrong))
        finally:
            shutil.rmtree(folder.path)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
