#!/usr/bin/env python3
"""Inspects the seed article: dateline, language, and watch hits with spans.

usage: check_seed.py BIN_DIR [DATA_DIR]   (default: $WIREWATCH_EVAL_DATA, else ../shared/data beside the repository)
Exit status 77 without the article.
"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PIPELINE = """name: seed
sources:
  - files: { path: none.txt }
analyses:
  - language
  - dateline
  - watch:
      watches:
        - id: kfor-force
          query: |
            (KFOR OR "Kosovo Force") NEAR/15 (force OR clash* OR protest*)
        - id: tass-says
          query: |
            agency:TASS AND located:Belgrade AND language:en
        - id: in-the-dateline
          query: |
            Belgrade
"""


def main():
    data = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("WIREWATCH_EVAL_DATA",
                                                                os.path.join(HERE, "..", "..", "..", "shared", "data"))
    article = os.path.join(data, "seed", "tass-2023-06-23.txt")
    if not os.path.exists(article):
        print("skipped: %s is not there" % article)
        return 77
    with tempfile.TemporaryDirectory() as work:
        pipeline = os.path.join(work, "pipeline.yaml")
        with open(pipeline, "w", encoding="utf-8") as file:
            file.write(PIPELINE)
        command = [os.path.join(sys.argv[1], "wirewatch"), "inspect", article, "--pipeline", pipeline]
        item = json.loads(subprocess.run(command + ["--format", "json"], stdout=subprocess.PIPE, check=True).stdout.decode())
        drawn = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
    dateline = item["dateline"]
    hits = {hit["watchId"]: [span["text"] for span in hit.get("spans", [])] for hit in item["watchHits"]}
    found = {
        "place": dateline["place"], "date": dateline["date"], "agency": dateline["agencies"][0]["name"],
        "dateline's words": dateline["span"]["text"], "language": item["language"]["tag"],
        "published": item["published"]["value"][:10], "watches": sorted(hits), "first words": hits["kfor-force"][:2],
        "drawn": "dateline    BELGRADE, 2023-06-23" in drawn and "kfor-force" in drawn,
    }
    expected = {
        "place": "BELGRADE", "date": "2023-06-23", "agency": "TASS", "dateline's words": "BELGRADE, June 23. /TASS/.",
        "language": "en", "published": "2023-06-23", "watches": ["kfor-force", "tass-says"],
        "first words": ["force", "KFOR"], "drawn": True,
    }
    wrong = ["%s: %s, expected %s" % (key, found[key], expected[key]) for key in expected if found[key] != expected[key]]
    print("\n".join(wrong) or "the seed article is understood as it must be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
