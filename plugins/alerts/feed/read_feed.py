#!/usr/bin/env python3
"""Prints an Atom document as feedparser reads it, as JSON; fails when it is not well formed.

usage: read_feed.py FILE
"""
import json
import sys

import feedparser


def main():
    feed = feedparser.parse(sys.argv[1], sanitize_html=False)
    if feed.bozo or feed.version != "atom10":
        sys.exit("%s: %s" % (feed.version, feed.get("bozo_exception")))
    entries = [{"id": entry.id, "title": entry.title, "updated": entry.updated, "published": entry.published,
                "link": entry.get("link", ""), "html": entry.content[0].value, "type": entry.content[0].type,
                "tags": [tag.term for tag in entry.tags]} for entry in feed.entries]
    json.dump({"id": feed.feed.id, "title": feed.feed.title, "updated": feed.feed.updated, "entries": entries}, sys.stdout)


if __name__ == "__main__":
    main()
