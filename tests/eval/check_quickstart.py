#!/usr/bin/env python3
"""Checks what the quickstart pipeline finds in its stories against quickstart_expected.tsv.

usage: check_quickstart.py BIN_DIR

One line of the table is one Item: its file and its place in it, the language of the text, the status that the publisher
gave it, the agency that the dateline names, and the watches that it raises. "-" stands for none, and under status and
agency for "not checked". The table was made by reading the stories and by a plain search, not by running Wirewatch.
Exit code 1 on any difference.
"""
import collections
import csv
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
QUICKSTART = os.path.normpath(os.path.join(HERE, "..", "..", "config", "quickstart"))
STATUS = {"usable": "PUB_STATUS_USABLE", "withheld": "PUB_STATUS_WITHHELD", "canceled": "PUB_STATUS_CANCELED"}


def inspect(wirewatch, file):
    command = [wirewatch, "inspect", "--format", "json", "--pipeline", os.path.join(QUICKSTART, "pipeline.yaml"),
               os.path.join(QUICKSTART, "inbox", file)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=60,
                          check=False)
    if done.returncode != 0:
        sys.exit("%s\nexit code %d: %s" % (" ".join(command), done.returncode, done.stderr))
    return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]


def differences(row, item):
    language = item.get("language", {}).get("tag", "").split("-")[0]
    if language != row["language"]:
        yield "language must be %s, is %s" % (row["language"], language or "missing")
    if row["status"] != "-" and item.get("pubStatus") != STATUS[row["status"]]:
        yield "status must be %s, is %s" % (STATUS[row["status"]], item.get("pubStatus", "missing"))
    agencies = [agency.get("name", "") for agency in item.get("dateline", {}).get("agencies", [])]
    if row["agency"] != "-" and row["agency"].casefold() not in map(str.casefold, agencies):
        yield "the dateline's agency must be %s, is %s" % (row["agency"], ", ".join(agencies) or "missing")
    expected = set() if row["watches"] == "-" else set(row["watches"].split())
    raised = {hit["watchId"] for hit in item.get("watchHits", [])}
    for watch in sorted(expected - raised):
        yield "must raise %s" % watch
    for watch in sorted(raised - expected):
        yield "must not raise %s" % watch


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    wirewatch = os.path.join(sys.argv[1], "wirewatch")
    rows = collections.defaultdict(list)
    with open(os.path.join(HERE, "quickstart_expected.tsv"), encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            rows[row["file"]].append(row)
    inbox = os.path.join(QUICKSTART, "inbox")
    there = {os.path.relpath(os.path.join(folder, name), inbox)
             for folder, _, names in os.walk(inbox) for name in names}
    found = ["%s: in the inbox or in the table, not in both" % file for file in sorted(there ^ set(rows))]
    for file in sorted(there & set(rows)):
        items = inspect(wirewatch, file)
        if len(items) != len(rows[file]):
            found.append("%s: must be %d Items, is %d" % (file, len(rows[file]), len(items)))
        for row, item in zip(rows[file], items):
            found += ["%s, Item %s: %s" % (file, row["item"], difference) for difference in differences(row, item)]
    print("\n".join(found + ["%d Items: %s" % (sum(map(len, rows.values())),
                                               "%d differences" % len(found) if found else "as expected")]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
