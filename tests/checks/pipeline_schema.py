#!/usr/bin/env python3
"""Checks that `wirewatch schema` accepts and refuses the same pipelines as `wirewatch check`, as an editor would.

usage: pipeline_schema.py BIN_DIR ROOT

Every pipeline below ROOT/config must be accepted by the schema. Then each change of CHANGES is made to a pipeline that
is right, and the schema must say what `wirewatch check` says of it: accepted, or refused.
"""
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import jsonschema
import yaml

BASE = """
name: schema
sources:
  - files: { path: inbox/*.txt }
analyses:
  - language
alerts:
  channels:
    - console
"""

# (where, what is written there, whether it is right)
CHANGES = [
    ((), {"description": "For people."}, True),
    ((), {"sorces": []}, False),
    ((), {"name": "Two Words"}, False),
    ((), {"name": "${WIREWATCH_NAME:-schema}"}, True),
    ((), {"limits": {"commit_every": "2s", "budget": "64MiB", "batch_items": 8}}, True),
    ((), {"limits": {"comit_every": "2s"}}, False),
    ((), {"limits": {"batch_items": 65}}, False),
    ((), {"limits": {"batch_items": "${WIREWATCH_ITEMS:-8}"}}, True),
    ((), {"limits": {"budget": "64 MiB"}}, False),
    ((), {"limits": {"budget": "64Mi"}}, False),
    ((), {"limits": {"budget": "${WIREWATCH_MEGABYTES:-64}MiB"}}, True),
    ((), {"limits": {"budget": 67108864}}, True),
    (("sources", 0), {"files": {"path": "a.txt", "pth": "b"}}, False),
    (("sources", 0), {"files": {"path": ["a.txt", "b.txt"], "exclude": "c.txt", "settle": "1m30s"}}, True),
    (("sources", 0), {"files": {"path": "a.txt", "settle": 30}}, False),
    (("sources", 0), {"files": {"path": "a.txt", "settle": 0}}, True),
    (("sources", 0), {"files": {"path": "a.txt", "settle": "0.5h"}}, True),
    (("sources", 0), {"files": {"path": "a.txt", "follow": "perhaps"}}, False),
    (("sources", 0), {"files": {"path": "a.txt", "defaults": {"outlet": 7}}}, True),
    (("sources", 0), {"files": {"path": []}}, False),
    (("sources", 0), {"files": {}}, False),
    (("sources", 0), {"files": None}, False),
    (("sources", 0), {"files": {"path": "a.txt", "id": "inbox"}}, True),
    (("sources", 0), {"files": {"path": "a.txt", "when": "language:en"}}, False),
    (("sources", 0), {"language": {"path": "a.txt"}}, False),
    (("sources",), ["files"], False),
    (("sources",), {"files": {"path": "a.txt"}}, False),
    (("analyses",), ["language", "dateline"], True),
    (("analyses",), ["langage"], False),
    (("analyses",), [{"language": None}], True),
    (("analyses",), [{"language": {}, "dateline": {}}], False),
    (("analyses",), ["language", {"dateline": {"when": "language:en", "on_error": "pass"}}], True),
    (("analyses",), [{"language": {"on_error": "ignore"}}], False),
    (("analyses",), [{"language": {"min_confidence": 1.5}}], False),
    (("analyses",), [{"language": {"min_confidence": 0.7}}], True),
    (("alerts",), {"wait": "30s", "group_by": "watch", "channels": ["console"]}, True),
    (("alerts",), {"wait": "30", "channels": ["console"]}, False),
    (("alerts",), {"chanels": ["console"]}, False),
    (("alerts", "channels", 0), {"console": {"colour": "never"}}, True),
    (("alerts", "channels", 0), {"console": {"colour": "red"}}, False),
]


def changed(where, what):
    pipeline = yaml.safe_load(BASE)
    if not where:
        pipeline.update(copy.deepcopy(what))
        return pipeline
    holder = pipeline
    for key in where[:-1]:
        holder = holder[key]
    holder[where[-1]] = copy.deepcopy(what)
    return pipeline


def main():
    wirewatch = os.path.abspath(os.path.join(sys.argv[1], "wirewatch"))
    root = pathlib.Path(sys.argv[2])
    printed = subprocess.run([wirewatch, "schema"], stdout=subprocess.PIPE, timeout=100, check=True).stdout
    schema = json.loads(printed)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures = []
    pipelines = sorted(root.glob("config/*/pipeline.yaml"))
    for path in pipelines:
        for error in validator.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8"))):
            failures.append("%s: %s" % (path.relative_to(root), error.message))
    with tempfile.TemporaryDirectory(prefix="wirewatch-schema-") as work:
        for where, what, right in [((), {}, True)] + CHANGES:
            pipeline = changed(where, what)
            file = os.path.join(work, "pipeline.yaml")
            with open(file, "w", encoding="utf-8") as out:
                yaml.safe_dump(pipeline, out)
            done = subprocess.run([wirewatch, "check", file], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  universal_newlines=True, timeout=100, check=False)
            verdicts = {"the schema": validator.is_valid(pipeline), "wirewatch check": done.returncode == 0}
            for judge, accepts in verdicts.items():
                if accepts != right:
                    failures.append("%s %s %s at %s\n%s" % (judge, "accepts" if accepts else "refuses", what,
                                                           "/".join(map(str, where)) or "the top", done.stdout))
    print("\n".join(failures) or "%d pipelines and %d changes judged alike" % (len(pipelines), len(CHANGES)))
    return 1 if failures or not pipelines else 0


if __name__ == "__main__":
    sys.exit(main())
