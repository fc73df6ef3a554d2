#!/usr/bin/env python3
"""Checks `wirewatch test`: the tests below config hold, failures and broken test files are told as their golden files
state, and reports are what machines can read.

usage: check_tests.py BIN_DIR ROOT [--update]

Golden files: failing/failing.golden is what the failing tests print; broken_tests/NAME.golden what NAME_test.yaml does on
standard error. --update rewrites them: read them. Then the examples of docs/testing-pipelines.md are run: a block
that begins with `# file: NAME` is that file, and in a console block what stands below `$ wirewatch test …` is what
the command prints.
"""
import difflib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

FOLDER = pathlib.Path(__file__).resolve().parent


class Check:
    def __init__(self, bin_dir, root, update):
        self.wirewatch = os.path.abspath(os.path.join(bin_dir, "wirewatch"))
        self.root, self.update, self.failures = pathlib.Path(root).resolve(), update, []
        self.environment = dict(os.environ, NO_COLOR="1")
        self.environment.pop("WIREWATCH_PLUGIN_PATH", None)

    def run(self, folder, *arguments):
        return subprocess.run([self.wirewatch, "test"] + list(arguments), cwd=str(folder), env=self.environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=100,
                              check=False)

    def expect(self, holds, what, shown=""):
        if not holds:
            self.failures.append("%s\n%s" % (what, shown))

    def same(self, expected, printed, what):
        difference = "".join(difflib.unified_diff(expected.splitlines(True), printed.splitlines(True), "expected",
                                                  "printed"))
        self.expect(expected == printed, what, difference)

    def golden(self, path, printed):
        if self.update:
            path.write_text(printed, encoding="utf-8")
        self.same(path.read_text(encoding="utf-8") if path.exists() else "", printed, path.name)

    def config(self):
        """The examples hold, and print the same with any number of workers."""
        done = self.run(self.root, "config")
        self.expect(done.returncode == 0 and not done.stderr, "config", done.stdout + done.stderr)
        cases = re.search(r"^(\d+) cases: \1 passed, 0 failed$", done.stdout, re.MULTILINE)
        self.expect(cases and int(cases.group(1)) >= 70, "too few cases below config", done.stdout[-200:])
        for workers in ("2", "8"):
            self.same(done.stdout, self.run(self.root, "config", "--workers", workers).stdout, workers + " workers")
        for name in ("quickstart", "newswire"):
            self.expect(list((self.root / "config" / name / "tests").glob("*_test.yaml")), name + " has no tests")

    def failing(self):
        done = self.run(FOLDER / "failing")
        self.expect(done.returncode == 1, "exit status of failing tests: %d" % done.returncode, done.stderr)
        self.golden(FOLDER / "failing" / "failing.golden", done.stdout)
        for workers in ("2", "8"):
            self.same(done.stdout, self.run(FOLDER / "failing", "--workers", workers).stdout, workers + " workers")
        filtered = self.run(FOLDER / "failing", "--filter", "^what (holds|is not run)$")
        self.expect(filtered.returncode == 0 and "2 cases: 1 passed, 0 failed, 1 skipped" in filtered.stdout, "--filter",
                    filtered.stdout)
        for arguments in (["--filter", "no such case"], ["--filter", "("], ["nowhere_test.yaml"]):
            self.expect(self.run(FOLDER / "failing", *arguments).returncode == 2, "exit status of %s" % arguments)

    def reports(self):
        printed = json.loads(self.run(FOLDER / "failing", "--format", "json").stdout)
        failed = [case for case in printed["cases"] if case["status"] == "failed"]
        self.expect(printed["failed"] == len(failed) > 5, "the JSON report counts wrongly")
        for case in failed:
            for mismatch in case["mismatches"]:
                self.expect(mismatch["file"] and mismatch["line"] > 0 and mismatch["column"] > 0, "no place", mismatch)
        with tempfile.TemporaryDirectory(prefix="wirewatch-junit-") as work:
            path = os.path.join(work, "junit.xml")
            self.run(FOLDER / "failing", "--junit", path)
            self.junit(xml.etree.ElementTree.parse(path).getroot(), printed)
        self.junit(xml.etree.ElementTree.fromstring(self.run(FOLDER / "failing", "--format", "junit").stdout), printed)

    def junit(self, root, printed):
        """What GitLab and Jenkins need: the elements, their attributes, and counts that are right."""
        self.expect(root.tag == "testsuites" and root.findall("testsuite"), "no <testsuites>")
        cases = root.findall("testsuite/testcase")
        self.expect(len(cases) == len(printed["cases"]), "%d <testcase>" % len(cases))
        for suite in [root] + root.findall("testsuite"):
            inside = suite.iter("testcase") if suite is root else suite.findall("testcase")
            inside = list(inside)
            counts = {"tests": len(inside), "errors": 0, "failures": sum(c.find("failure") is not None for c in inside),
                      "skipped": sum(c.find("skipped") is not None for c in inside)}
            self.expect({key: int(suite.get(key)) for key in counts} == counts, "wrong counts", suite.attrib)
            self.expect(suite.get("name") and float(suite.get("time")) >= 0, "no name or time", suite.attrib)
        for case, told in zip(cases, printed["cases"]):
            self.expect(case.get("name") == told["name"] and case.get("classname") and float(case.get("time")) >= 0,
                        "an incomplete <testcase>", case.attrib)
            failure = case.find("failure")
            self.expect((failure is not None) == (told["status"] == "failed"), "a wrong <failure>", case.attrib)
            if failure is not None:
                self.expect(failure.get("message") and failure.get("type") and "expected" in failure.text,
                            "an incomplete <failure>", failure.attrib)

    def golden_mode(self):
        """--update writes what came out; then the case holds, until something else comes out."""
        with tempfile.TemporaryDirectory(prefix="wirewatch-golden-") as work:
            shutil.copy(str(FOLDER / "failing" / "pipeline.yaml"), work)
            test = pathlib.Path(work, "golden_test.yaml")
            test.write_text("pipeline: pipeline.yaml\nexamples: false\ncases:\n  - name: g\n    golden: out/g.txt\n"
                            "    input: [{ item: { headline: Fire } }, { advance: 2d }]\n", encoding="utf-8")
            self.expect(self.run(work).returncode == 1, "a golden file that is missing must fail")
            self.expect(self.run(work, "--update").returncode == 0, "--update must hold")
            golden = pathlib.Path(work, "out", "g.txt")
            self.expect("event: closed" in golden.read_text(encoding="utf-8"), "the golden file has no events")
            self.expect(work not in golden.read_text(encoding="utf-8"), "the golden file names a place of this machine")
            self.expect(self.run(work).returncode == 0, "what was written must hold")
            test.write_text(test.read_text(encoding="utf-8").replace("Fire", "Fire!"), encoding="utf-8")
            changed = self.run(work)
            self.expect(changed.returncode == 1 and "-  " in changed.stdout and "+  " in changed.stdout, "no difference",
                        changed.stdout)

    def broken(self):
        names = sorted(path.name[:-10] for path in (FOLDER / "broken_tests").glob("*_test.yaml"))
        self.expect(len(names) >= 15, "only %d broken test files" % len(names))
        for name in names:
            done = self.run(FOLDER / "broken_tests", name + "_test.yaml")
            self.expect(done.returncode == 3, "%s: exit status %d" % (name, done.returncode), done.stdout)
            self.golden(FOLDER / "broken_tests" / (name + ".golden"), done.stderr)

    def guide(self):
        text = (self.root / "docs" / "testing-pipelines.md").read_text(encoding="utf-8")
        commands = 0
        with tempfile.TemporaryDirectory(prefix="wirewatch-guide-") as work:
            for kind, block in re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
                named = re.match(r"# file: (\S+)\n", block)
                if named:
                    path = pathlib.Path(work, named.group(1))
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(block[named.end():], encoding="utf-8")
                if kind != "console":
                    continue
                for command, shown in re.findall(r"^\$ wirewatch test ?(.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
                    done = self.run(work, *command.split())
                    self.same(shown, done.stdout + done.stderr, "docs/testing-pipelines.md: wirewatch test " + command)
                    commands += 1
        self.expect(commands >= 3, "the guide shows only %d commands" % commands)


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--update"]
    if len(arguments) != 2:
        sys.exit(__doc__)
    check = Check(arguments[0], arguments[1], "--update" in sys.argv[1:])
    for part in (check.config, check.failing, check.reports, check.golden_mode, check.broken, check.guide):
        part()
    print("\n".join(check.failures) or "wirewatch test does what it says")
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main())
