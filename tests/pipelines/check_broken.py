#!/usr/bin/env python3
"""Checks that each broken pipeline file gives the errors that its golden file states.

usage: check_broken.py BIN_DIR [--update]

For each broken/NAME.yaml, `wirewatch check` runs in that folder; what it prints on standard error must be NAME.golden and
its exit status 3, or 0 where the golden file holds warnings only. --update rewrites the golden files: read them.
"""
import difflib
import os
import subprocess
import sys

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "broken")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    wirewatch = os.path.abspath(os.path.join(sys.argv[1], "wirewatch"))
    update = "--update" in sys.argv[2:]
    names = sorted(name[:-5] for name in os.listdir(FOLDER) if name.endswith(".yaml"))
    failed = 0
    for name in names:
        done = subprocess.run([wirewatch, "check", name + ".yaml"], cwd=FOLDER, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, universal_newlines=True, timeout=60, check=False)
        golden = os.path.join(FOLDER, name + ".golden")
        if update:
            with open(golden, "w", encoding="utf-8") as file:
                file.write(done.stderr)
        expected = ""
        if os.path.exists(golden):
            with open(golden, encoding="utf-8") as file:
                expected = file.read()
        status = 3 if ": error: " in expected else 0
        if not expected or done.stderr != expected or done.returncode != status:
            failed += 1
            print("%s: exit status %d" % (name, done.returncode))
            print("".join(difflib.unified_diff(expected.splitlines(True), done.stderr.splitlines(True), "expected",
                                               "printed")))
    print("%d broken pipelines, %d not as expected" % (len(names), failed))
    return 1 if failed or len(names) < 40 else 0


if __name__ == "__main__":
    sys.exit(main())
