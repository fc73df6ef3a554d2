#!/usr/bin/env python3
"""Converts the GeoVirus corpus (one XML file of Wikinews texts about epidemics) to JSON lines for the `files` source.

usage: convert_geovirus.py [DIRECTORY] > geovirus.jsonl

DIRECTORY is the one that holds GeoVirus.xml; without it $WIREWATCH_EVAL_DATA/geo-geovirus. Exit code 77 when it is not
there, which ctest shows as skipped.

229 texts: the file has 9 further <article> elements, all of them empty and inside comments. It has neither headlines
nor dates. The headline is taken from the page's address; a page that was cut into several texts gives as many items,
told apart by the number of the text.
"""
import json
import os
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

SKIPPED = 77


def read_items(path):
    for number, article in enumerate(ElementTree.parse(path).getroot().iter("article")):
        page = article.findtext("source").strip()
        title = urllib.parse.unquote(page.rsplit("/wiki/", 1)[-1]).replace("_", " ").strip()
        yield {"uri": "urn:wirewatch-eval:geovirus:%03d" % number, "version": "1", "type": "text",
               "pubstatus": "usable", "language": "en", "url": "%s#text-%d" % (page, number), "headline": title,
               "body_text": article.findtext("text").strip(),
               "infosources": [{"role": "outlet", "name": "Wikinews"}]}


def main():
    default = os.path.join(os.environ.get("WIREWATCH_EVAL_DATA", ""), "geo-geovirus")
    directory = sys.argv[1] if len(sys.argv) > 1 else default
    path = os.path.join(directory, "GeoVirus.xml")
    if not os.path.isfile(path):
        print("skipped: no GeoVirus corpus at %r (give its directory, or set WIREWATCH_EVAL_DATA)" % directory,
              file=sys.stderr)
        return SKIPPED
    count = 0
    for item in read_items(path):
        sys.stdout.write(json.dumps(item, ensure_ascii=False) + "\n")
        count += 1
    print("%d articles" % count, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main())
