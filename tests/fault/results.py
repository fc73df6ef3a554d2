"""Keeps docs/results/fault.md: a section for each scenario, replaced when that is measured anew."""
import os
import re
import subprocess

from harness import ROOT

TITLE = "# Faults\n"
INTRODUCTION = """
What `tests/fault/fault.py` has measured; `tests/fault/README.md` says what each scenario does and what is compared.
Every section names the command that wrote it, the seed and the commit.
"""


def write(path, name, command, measured):
    """Puts the sentences in `measured` under the heading `name`."""
    sections = _read(path)
    sections[name] = "\n`%s`, commit %s, %d cores.\n\n%s\n" % (
        command, _commit(), os.cpu_count(), "\n".join("- " + sentence for sentence in measured))
    with open(path, "w", encoding="utf-8") as file:
        file.write(TITLE + INTRODUCTION)
        for heading in sorted(sections):
            file.write("\n## %s\n%s" % (heading, sections[heading]))


def _read(path):
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        parts = re.split(r"^## (.*)\n", file.read(), flags=re.MULTILINE)
    return {heading: body.rstrip("\n") + "\n" for heading, body in zip(parts[1::2], parts[2::2])}


def _commit():
    return subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE, check=True,
                          universal_newlines=True).stdout.strip()
