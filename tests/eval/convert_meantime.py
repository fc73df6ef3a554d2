#!/usr/bin/env python3
"""Converts the MEANTIME corpus (CAT XML: tokens with stand-off annotation) to JSON lines for the `files` source.

usage: convert_meantime.py [DIRECTORY] > meantime.jsonl

DIRECTORY is the one that holds intra-doc_annotation/; without it $WIREWATCH_EVAL_DATA/meantime. Exit code 77 when it is
not there, which ctest shows as skipped.

The text is put together from the tokens with natural spacing. Headline: the first sentence. A sentence that is only
the date is left out of the body. The corpus does not mark paragraphs: the body's first sentence is made the first
paragraph, and every three sentences after it another one.
"""
import json
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

SKIPPED = 77
SENTENCES_A_PARAGRAPH = 3
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December"]
DATE_LINE = re.compile(r"(?:\w+day ?, )?(%s) (\d{1,2}) ?, ?(\d{4})\.?" % "|".join(MONTHS))

NO_SPACE_BEFORE = {",", ".", ";", ":", "?", "!", "%", ")", "]", "...", "''", "”", "’", "n't", "/"}
NO_SPACE_AFTER = {"(", "[", "$", "US$", "AU$", "CA$", "C$", "HK$", "£", "€", "#", "“", "``", "`", "/"}


def join_tokens(tokens):
    """Text of one sentence. Penn quotes (`` '') become straight ones; straight ones open and close in turn."""
    text = ""
    glue = True  # the next token follows without a space
    quote_open = False
    for token in tokens:
        written = token
        opens = token in NO_SPACE_AFTER
        closes = token in NO_SPACE_BEFORE or re.fullmatch(r"'[A-Za-z]{0,2}", token) is not None
        if token == "#":  # how the corpus writes the pound sign: "#8.4 bn"
            written = "£"
        elif token == '"':
            opens, closes = not quote_open, quote_open
            quote_open = not quote_open
        elif token in ("``", "''"):
            written = '"'
        elif token == "`":
            written = "'"
        elif token.startswith("''") and len(token) > 2:  # "''I'": an opening quote that was not split off
            written = '"' + token[2:]
        text += written if glue or closes else " " + written
        glue = opens
    return text


def read_article(path):
    root = ElementTree.parse(path).getroot()
    sentences = {}
    for token in root.iter("token"):
        sentences.setdefault(int(token.get("sentence")), []).append(token.text or "")
    lines = [join_tokens(sentences[number]) for number in sorted(sentences)]
    date = None
    for timex in root.iter("TIMEX3"):
        value = timex.get("value", "")
        if timex.get("functionInDocument") == "CREATION_TIME" and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            date = value
    body = lines[1:]
    if body and DATE_LINE.fullmatch(body[0]):
        month, day, year = DATE_LINE.fullmatch(body[0]).groups()
        date = date or "%s-%02d-%02d" % (year, MONTHS.index(month) + 1, int(day))
        body = body[1:]
    paragraphs = body[:1]
    for first in range(1, len(body), SENTENCES_A_PARAGRAPH):
        paragraphs.append(" ".join(body[first:first + SENTENCES_A_PARAGRAPH]))
    item = {"uri": "urn:wirewatch-eval:meantime:" + root.get("doc_id"), "version": "1", "type": "text",
            "pubstatus": "usable", "language": "en", "url": root.get("url"), "headline": lines[0],
            "body_text": "\n\n".join(paragraphs),
            "infosources": [{"role": "outlet", "name": "Wikinews"}]}
    if date:
        item["firstcreated"] = item["versioncreated"] = date + "T00:00:00Z"
    return item


def main():
    default = os.path.join(os.environ.get("WIREWATCH_EVAL_DATA", ""), "meantime")
    directory = sys.argv[1] if len(sys.argv) > 1 else default
    articles = os.path.join(directory, "intra-doc_annotation")
    if not os.path.isdir(articles):
        print("skipped: no MEANTIME corpus at %r (give its directory, or set WIREWATCH_EVAL_DATA)" % directory,
              file=sys.stderr)
        return SKIPPED
    paths = sorted(os.path.join(folder, name) for folder, _, names in os.walk(articles) for name in names
                   if name.endswith(".xml"))
    for path in paths:
        sys.stdout.write(json.dumps(read_article(path), ensure_ascii=False) + "\n")
    print("%d articles" % len(paths), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main())
